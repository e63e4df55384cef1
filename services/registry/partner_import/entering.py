"""What an import asks of partners: one written down, one described anew, an account that it names beside the others."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from libs.contracts.registry.partner import SocialAccount
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.contracts.words import AccountState, Channel
from services.registry.partner.profile import PlacedDescription, PlacedEntry
from services.registry.partner.state import Partner
from services.registry.partner_import.identity import Known
from services.registry.partner_import.reading import Account, Entry

OWN = ("run_by_office", "language")
"""Fields of the partner itself, beside its profile and its papers."""
IN_PAPERS = tuple(PartnerPapers.model_fields)


class ImportedEntry(PlacedEntry):
    """Tried without a look at what is there: most rows of a file are new."""

    creates: ClassVar[bool] = True


def known(partner_id: str, state: Partner) -> Known:
    return Known(
        id=partner_id,
        name=state.name,
        kind=state.kind,
        area=state.area,
        phones=_addresses(state, Channel.WHATSAPP_MANUAL),
        emails=_addresses(state, Channel.EMAIL),
        accounts=tuple(account.identity_key for account in state.accounts),
        decree=state.profile.decree_number,
    )


def _addresses(state: Partner, channel: Channel) -> tuple[str, ...]:
    return tuple(contact.address for contact in state.contacts if contact.channel == channel)


def entered(partner_id: str, entry: Entry, *, region: str, agreed: bool) -> tuple[ImportedEntry, PartnerPapers]:
    values = entry.values
    command = ImportedEntry(
        partner_id=partner_id,
        kind=entry.kind,
        area=entry.area,
        profile=Profile(**{name: value for name, value in values.items() if name in Profile.model_fields}),
        agreed=agreed,
        region=region,
        known_accounts=tuple(map(social_account, entry.accounts)),
        **{name: values[name] for name in OWN if name in values},
    )
    return command, _papers(entry)


def _papers(entry: Entry, before: PartnerPapers | None = None) -> PartnerPapers:
    said: dict[str, Any] = {name: value for name, value in entry.values.items() if name in IN_PAPERS}
    said |= {"name": entry.name}
    said |= {"phone": entry.phone} if entry.phone else {}
    said |= {"email": entry.email} if entry.email else {}
    return PartnerPapers(**{**(before.model_dump() if before is not None else {}), **said})


def social_account(account: Account) -> SocialAccount:
    return SocialAccount(
        platform=account.platform,
        handle=account.handle,
        url=account.url,
        identity_key=account.identity_key,
        state=AccountState.CLAIMED,
    )


def described(
    partner_id: str, state: Partner, entry: Entry, *, region: str, reason: str
) -> tuple[PlacedDescription, PartnerPapers]:
    """What the row says, and where it says nothing what is there."""
    command = PlacedDescription(
        partner_id=partner_id,
        kind=entry.kind if entry.says_kind else state.kind,
        area=entry.area if entry.says_area else state.area,
        profile=state.profile.model_copy(update=dict(_profile_values(state, entry))),
        reason=reason,
        region=region,
        **{name: entry.values.get(name, getattr(state, name)) for name in OWN},
    )
    return command, _papers(entry, state.papers)


def _profile_values(state: Partner, entry: Entry) -> Mapping[str, Any]:
    found = {name: value for name, value in entry.values.items() if name in Profile.model_fields}
    if "attributes" in found:
        found["attributes"] = _noted(state.profile.attributes, str(found["attributes"]))
    return found


def _noted(before: str, now: str) -> str:
    """Lines `name: value`: of a name that both have the new one counts."""
    lines = {line.partition(":")[0].strip(): line for line in before.split("\n") if line.strip()}
    lines |= {line.partition(":")[0].strip(): line for line in now.split("\n") if line.strip()}
    return "\n".join(lines.values())


def missing_accounts(state: Partner, entry: Entry) -> tuple[Account, ...]:
    there = {account.identity_key for account in state.accounts}
    return tuple(account for account in entry.accounts if account.identity_key not in there)


def differs(state: Partner, entry: Entry) -> tuple[str, ...]:
    """Names of the fields in which a row says something else than what is there."""
    return tuple(_differing(state, entry))


def _differing(state: Partner, entry: Entry) -> Iterable[str]:
    if entry.name != state.name:
        yield "name"
    if entry.says_kind and entry.kind != state.kind:
        yield "kind"
    if entry.says_area and entry.area != state.area:
        yield "area"
    if entry.phone and entry.phone not in _addresses(state, Channel.WHATSAPP_MANUAL):
        yield "phone"
    if entry.email and entry.email.casefold() not in (one.casefold() for one in _addresses(state, Channel.EMAIL)):
        yield "email"
    if missing_accounts(state, entry):
        yield "account"
    profile = _profile_values(state, entry)
    for name, value in entry.values.items():
        if name in OWN:
            before = getattr(state, name)
        elif name in Profile.model_fields:
            before, value = getattr(state.profile, name), profile[name]
        else:
            before = getattr(state.papers, name, "") if state.papers is not None else ""
        if value != before:
            yield name
