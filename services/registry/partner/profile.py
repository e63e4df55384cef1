"""What is known of a partner: written down by an officer, described anew by officers and by itself."""

import re
from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.registry.partner import (
    ContactPoint,
    DescribePartner,
    EnterPartner,
    PartnerDescribed,
    PartnerEntered,
    PartnerStateChanged,
    SocialAccount,
)
from libs.contracts.registry.profile import (
    KEPT_BY_OFFICE,
    GroupLevel,
    PartnerPapers,
    PressStatus,
    Profile,
    lines_of,
)
from libs.contracts.words import Channel, PartnerKind, PartnerState
from libs.kit import areas
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.partner.accounts import canonical_accounts
from services.registry.partner.state import ENDED, LANGUAGES, Partner, is_themself
from services.registry.permissions import REGISTRATION, require_office, require_role
from services.registry.regions import lies_in

MOST_ACCOUNTS = 20
MOST_LINES = 60
LONGEST_LINE = 160
AGES = re.compile(r"\d{1,2}(-\d{1,3}|\+)?")
"""18-25, 40+."""
LINES = ("areas", "topics", "audience_areas", "audience_ages", "audience_interests", "audience_languages", "attributes")
DAYS = ("decree_on", "term_from", "term_until", "press_seen_on")
PEOPLE = ("chair", "secretary", "treasurer", "editor", "account_admin")


class PlacedEntry(EnterPartner):
    """With the office's own region; the registry itself puts it in.

    Attributes:
        known_accounts: read already, from an import's file; None: `accounts` are to be read.
    """

    region: str
    known_accounts: tuple[SocialAccount, ...] | None = None


class PlacedDescription(DescribePartner):
    region: str


def entered(state: Partner | None, command: EnterPartner, context: Context) -> Iterable[Event]:
    require_office(context)
    require_role(context, *REGISTRATION)
    if state is not None:
        raise Refused("state_conflict")
    if not isinstance(command, PlacedEntry):
        raise NotFound("tenant")
    fields.identifier(command.partner_id, "partner_id")
    accounts = lines_of(command.accounts)
    fields.require(len(accounts) <= MOST_ACCOUNTS, "accounts")
    _check_facts(command, command.region)
    papers = _papers(context)
    happened: list[Event] = [
        PartnerEntered(
            partner_id=command.partner_id,
            kind=command.kind,
            area=command.area,
            run_by_office=command.run_by_office,
            language=command.language,
            accounts=command.known_accounts if command.known_accounts is not None else _read(accounts),
            profile=command.profile,
            at=context.at,
            consented_at=context.at if command.agreed else None,
            papers=papers,
        )
    ]
    if command.agreed:
        happened.append(
            PartnerStateChanged(
                partner_id=command.partner_id,
                state=PartnerState.SUBMITTED,
                previous=PartnerState.DRAFT,
                at=context.at,
            )
        )
    return happened


def _read(accounts: Iterable[str]) -> tuple[SocialAccount, ...]:
    return canonical_accounts(
        tuple(SocialAccount(platform="", handle="", url=url, identity_key="") for url in accounts)
    )


def described(state: Partner, command: DescribePartner, context: Context) -> Iterable[Event]:
    if not isinstance(command, PlacedDescription):
        raise NotFound("tenant")
    if is_themself(command.partner_id, context):
        command = _by_themself(state, command)
    else:
        require_role(context, *REGISTRATION)
    if state.state in ENDED:
        raise Refused("state_conflict")
    _check_facts(command, command.region)
    papers = _kept(state, _papers(context))
    changed = tuple(_changed(state, command, papers))
    # Also where nothing changed: whoever pressed the button waits for an outcome.
    return [
        PartnerDescribed(
            partner_id=command.partner_id,
            kind=command.kind,
            area=command.area,
            run_by_office=command.run_by_office,
            language=command.language,
            profile=command.profile,
            changed=changed,
            reason=command.reason.strip(),
            papers=papers,
        )
    ]


def _by_themself(state: Partner, command: PlacedDescription) -> PlacedDescription:
    """What the office keeps of it stays as it is: nobody lengthens their own term."""
    kept = {name: getattr(state.profile, name) for name in KEPT_BY_OFFICE}
    profile = command.profile.model_copy(update=kept)
    update = {"kind": state.kind, "run_by_office": state.run_by_office, "profile": profile}
    return command.model_copy(update=update)


def _check_facts(command: EnterPartner | DescribePartner, region: str) -> None:
    fields.require(command.kind in set(PartnerKind), "kind")
    fields.require(lies_in(command.area, region), "area")
    fields.require(command.language in LANGUAGES, "language")
    check(command.profile, region)


def check(profile: Profile, region: str) -> None:
    """
    Raises:
        Refused: `validation` of the field.
    """
    for name in LINES:
        lines = lines_of(getattr(profile, name))
        fields.require(len(lines) <= MOST_LINES, name)
        for one in lines:
            fields.line(one, name, longest=LONGEST_LINE)
    fields.require(all(lies_in(code, region) for code in lines_of(profile.areas)), "areas")
    fields.require(all(areas.exists(code) for code in lines_of(profile.audience_areas)), "audience_areas")
    fields.require(all(AGES.fullmatch(one) for one in lines_of(profile.audience_ages)), "audience_ages")
    fields.require(all(":" in one for one in lines_of(profile.attributes)), "attributes")
    fields.require(profile.level in {"", *GroupLevel}, "level")
    fields.require(profile.press_status in {"", *PressStatus}, "press_status")
    fields.require(profile.members >= 0, "members")
    days = {name: fields.day(written, name) if (written := getattr(profile, name)) else None for name in DAYS}
    begins, ends = days["term_from"], days["term_until"]
    fields.require(begins is None or ends is None or begins <= ends, "term_until")


def _papers(context: Context) -> PartnerPapers:
    papers = context.private
    if not isinstance(papers, PartnerPapers):
        raise Refused("validation", "name")
    fields.line(papers.name, "name", longest=160)
    if papers.email:
        fields.email(papers.email, "email")
    for name in ("phone", "chair_phone"):
        written = getattr(papers, name)
        if written:
            fields.phone(written, name)
    fields.paragraph(papers.address, "address", longest=300)
    for name in PEOPLE:
        fields.line(getattr(papers, name), name, longest=160, empty=True)
    for one in lines_of(papers.sections):
        fields.line(one, "sections", longest=LONGEST_LINE)
    return papers


def _kept(state: Partner, papers: PartnerPapers) -> PartnerPapers:
    """With the addresses of before where none was typed: who describes a partner does not see them."""
    email = papers.email or _address(state.contacts, Channel.EMAIL)
    phone = papers.phone or _address(state.contacts, Channel.WHATSAPP_MANUAL)
    before = state.papers
    chair_phone = papers.chair_phone or (before.chair_phone if before is not None else "")
    return papers.model_copy(update={"email": email, "phone": phone, "chair_phone": chair_phone})


def _address(contacts: Iterable[ContactPoint], channel: Channel) -> str:
    return next((contact.address for contact in contacts if contact.channel == channel), "")


def _changed(state: Partner, command: DescribePartner, papers: PartnerPapers) -> Iterable[str]:
    for name in ("kind", "area", "run_by_office", "language"):
        if getattr(command, name) != getattr(state, name):
            yield name
    for name in Profile.model_fields:
        if getattr(command.profile, name) != getattr(state.profile, name):
            yield name
    before = _known_papers(state)
    for name in PartnerPapers.model_fields:
        if getattr(papers, name) != getattr(before, name):
            yield name


def _known_papers(state: Partner) -> PartnerPapers:
    """Of one that registered itself, its name and addresses alone."""
    known = state.papers or PartnerPapers(name=state.name)
    email, phone = (_address(state.contacts, channel) for channel in (Channel.EMAIL, Channel.WHATSAPP_MANUAL))
    return known.model_copy(update={"name": state.name, "email": email, "phone": phone})


def as_entered(event: PartnerEntered) -> Partner:
    papers = event.papers
    return Partner(
        kind=event.kind,
        state=PartnerState.DRAFT,
        area=event.area,
        run_by_office=event.run_by_office,
        language=event.language,
        accounts=event.accounts,
        consented_at=event.consented_at,
        registered_at=event.at,
        profile=event.profile,
        name=papers.name.strip() if papers is not None else "",
        contacts=_contacts(papers, ()),
        papers=papers,
    )


def as_described(state: Partner, event: PartnerDescribed) -> Partner:
    papers = event.papers
    return state.model_copy(
        update={
            "kind": event.kind,
            "area": event.area,
            "run_by_office": event.run_by_office,
            "language": event.language,
            "profile": event.profile,
            "name": papers.name.strip() if papers is not None else state.name,
            "contacts": _contacts(papers, state.contacts),
            "papers": papers,
        }
    )


def _contacts(papers: PartnerPapers | None, before: Iterable[ContactPoint]) -> tuple[ContactPoint, ...]:
    """Its first address of each channel is the one of the papers; further ones stay."""
    if papers is None:
        return tuple(before)
    found: list[ContactPoint] = []
    for channel, address in ((Channel.EMAIL, papers.email), (Channel.WHATSAPP_MANUAL, papers.phone)):
        others = [contact for contact in before if contact.channel == channel]
        found += [ContactPoint(channel=channel, address=address)] if address else []
        found += others[1:]
    return tuple(found)
