"""Two records of one partner become one: the merged one asks, the survivor takes what it lacks, and both say so.

The survivor decides alone whether it can take anybody: one that has ended or is leaving itself cannot, so that two
merged into each other at the same moment both stay. Until the answer is there nothing else happens to the one that
leaves, for the survivor has read what it holds. To undo it the survivor gives back what it took and what is still as it
took it; what was changed since stays with it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from libs.contracts.messages import Command, Event
from libs.contracts.registry.merging import (
    AbsorbPartner,
    AbsorptionDeclined,
    EndMerge,
    EndUnmerge,
    MergePartner,
    MergeStage,
    PartnerAbsorbed,
    PartnerMergeBegun,
    PartnerMerged,
    PartnerMergeDropped,
    PartnerReleased,
    PartnersToldApart,
    PartnerUnmergeBegun,
    PartnerUnmerged,
    PartnerUnmergeDropped,
    ReleaseDeclined,
    ReleasePartner,
    Taken,
    TakenAccount,
    TellApart,
    UnmergePartner,
)
from libs.contracts.registry.partner import ContactPoint, SocialAccount
from libs.contracts.registry.profile import PartnerPapers, Profile, lines_of
from libs.contracts.words import AccountState, PartnerState
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.addresses import normalised
from services.registry.partner.state import ENDED, Partner
from services.registry.permissions import REGISTRATION, require_role

UNDONE_WITHIN = timedelta(days=30)
MOST_LINES = 60
COMMANDS = (
    MergePartner, AbsorbPartner, EndMerge, UnmergePartner, ReleasePartner, EndUnmerge, TellApart,
)  # fmt: skip
EVENTS = (
    PartnerMergeBegun, PartnerAbsorbed, AbsorptionDeclined, PartnerMerged, PartnerMergeDropped, PartnerUnmergeBegun,
    PartnerReleased, ReleaseDeclined, PartnerUnmerged, PartnerUnmergeDropped, PartnersToldApart,
)  # fmt: skip
BEST = (AccountState.VERIFIED, AccountState.DISPUTED, AccountState.CLAIMED)
"""Of two records of one account the further one counts."""
LISTS = ("areas", "topics", "audience_areas", "audience_ages", "audience_interests", "audience_languages", "attributes")
DECREE = ("decree_number", "decree_signer", "decree_on", "term_from", "term_until")
PRESS = ("press_status", "press_number", "press_seen_on")
"""Taken together or not at all: half of one decree and half of another is none."""
ALONE = ("level", "members", "legal_entity", "certificate", "agency_id")
PEOPLE = ("chair", "chair_phone", "secretary", "treasurer", "sections", "editor", "account_admin", "address")


class KnownMerge(MergePartner):
    """With what stands at the other end; the registry itself puts it in.

    Attributes:
        survivor: None: there is no such partner in this office.
    """

    survivor: Partner | None


class KnownAbsorption(AbsorbPartner):
    """With what there is to take."""

    other: Partner | None


def decided(state: Partner, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case MergePartner():
            return [_begun(state, command, context)]
        case AbsorbPartner():
            return _absorbed(state, command)
        case EndMerge():
            return _ended(state, command, context)
        case UnmergePartner():
            return [_unmerge_begun(state, command, context)]
        case ReleasePartner():
            return _released(state, command)
        case EndUnmerge():
            return _returned(state, command)
        case TellApart():
            return _told_apart(state, command, context)
    raise TypeError(command.type_name)


def refuse_while_leaving(state: Partner) -> None:
    """Raises:
    Refused: `state_conflict`: what it holds has been read by another one, and is not to change until that has answered.
    """
    if state.merging is not None and (state.merging.leaving or state.merging.returning):
        raise Refused("state_conflict")


def _begun(state: Partner, command: MergePartner, context: Context) -> Event:
    require_role(context, *REGISTRATION)
    fields.line(command.reason, "reason", longest=300)
    fields.require(command.into != command.partner_id, "into")
    if not isinstance(command, KnownMerge) or command.survivor is None:
        raise NotFound("into")
    refuse_while_leaving(state)
    if state.state in ENDED or any(account.state == AccountState.VERIFYING for account in state.accounts):
        raise Refused("state_conflict")
    if not _takes(command.survivor):
        raise Refused("state_conflict", "into")
    return PartnerMergeBegun(
        partner_id=command.partner_id, into=command.into, merge=_merges(state) + 1, reason=command.reason.strip()
    )


def _merges(state: Partner) -> int:
    return state.merging.merge if state.merging is not None else 0


def _leaves_in(other: Partner, merge: int) -> bool:
    return other.merging is not None and other.merging.leaving and other.merging.merge == merge


def _takes(state: Partner) -> bool:
    leaving = state.merging is not None and (state.merging.leaving or state.merging.returning)
    return state.state not in ENDED and not leaving


def _absorbed(state: Partner, command: AbsorbPartner) -> Iterable[Event]:
    if state.absorbed.get(command.absorbed) == command.merge:
        return []
    other = command.other if isinstance(command, KnownAbsorption) else None
    about = {"partner_id": command.partner_id, "absorbed": command.absorbed, "merge": command.merge}
    if other is None or not _takes(state) or not _leaves_in(other, command.merge):
        return [AbsorptionDeclined(**about)]
    taken = _lacked(state, other)
    changed = (*taken.papers, *taken.profile, *taken.lines, *(["contacts"] if taken.contacts else []))
    return [PartnerAbsorbed(**about, accounts=_accounts(state, other), changed=changed, taken=taken)]


def _accounts(state: Partner, other: Partner) -> tuple[TakenAccount, ...]:
    mine = {account.identity_key: account for account in state.accounts}
    found = []
    for account in other.accounts:
        before = mine.get(account.identity_key)
        held = account.state == AccountState.VERIFIED
        if before is None or _rank(account) < _rank(before):
            found.append(TakenAccount(after=account, before=before, held=held))
    return tuple(found)


def _rank(account: SocialAccount) -> int:
    return BEST.index(AccountState(account.state)) if account.state in BEST else len(BEST)


def _lacked(state: Partner, other: Partner) -> Taken:
    has = {(contact.channel, normalised(contact.address)) for contact in state.contacts}
    contacts = tuple(c for c in other.contacts if (c.channel, normalised(c.address)) not in has)
    mine, its = state.papers, other.papers
    papers = {
        name: getattr(its, name)
        for name in PEOPLE
        if its is not None and getattr(its, name) and not (mine is not None and getattr(mine, name))
    }
    return Taken(
        contacts=contacts,
        papers=papers,
        profile=dict(_fields_lacked(state.profile, other.profile)),
        lines=dict(_lines_lacked(state, other)),
        had_papers=mine is not None,
    )


def _fields_lacked(mine: Profile, its: Profile) -> Iterable[tuple[str, str | int | bool]]:
    for together in (DECREE, PRESS, *((name,) for name in ALONE)):
        if not any(getattr(mine, name) for name in together):
            yield from ((name, value) for name in together if (value := getattr(its, name)))


def _lines_lacked(state: Partner, other: Partner) -> Iterable[tuple[str, tuple[str, ...]]]:
    for name in LISTS:
        mine = lines_of(getattr(state.profile, name))
        its = lines_of(getattr(other.profile, name))
        if name == "areas":
            mine, its = (state.area, *mine), (other.area, *its)
        if name == "attributes":
            named = {line.partition(":")[0].strip() for line in mine}
            its = tuple(line for line in its if line.partition(":")[0].strip() not in named)
        if more := tuple(line for line in dict.fromkeys(its) if line not in mine)[: max(0, MOST_LINES - len(mine))]:
            yield name, more


def _ended(state: Partner, command: EndMerge, context: Context) -> Iterable[Event]:
    merging = state.merging
    if merging is None or not merging.leaving or merging.merge != command.merge:
        return []
    about = {"partner_id": command.partner_id, "into": merging.into, "merge": merging.merge}
    if not command.done:
        return [PartnerMergeDropped(**about)]
    return [PartnerMerged(**about, previous=state.state, at=context.at)]


def _unmerge_begun(state: Partner, command: UnmergePartner, context: Context) -> Event:
    require_role(context, *REGISTRATION)
    fields.line(command.reason, "reason", longest=300)
    merging = state.merging
    if state.state != PartnerState.MERGED or merging is None or merging.returning:
        raise Refused("state_conflict")
    if merging.at is None or context.at > merging.at + UNDONE_WITHIN:
        raise Refused("merged_for_good")
    return PartnerUnmergeBegun(
        partner_id=command.partner_id, into=merging.into, merge=merging.merge, reason=command.reason.strip()
    )


def _released(state: Partner, command: ReleasePartner) -> Iterable[Event]:
    if state.absorbed.get(command.absorbed) != command.merge:
        # Told once more: it was given back before.
        return []
    about = {"partner_id": command.partner_id, "absorbed": command.absorbed, "merge": command.merge}
    if state.state == PartnerState.MERGED or (state.merging is not None and state.merging.leaving):
        return [ReleaseDeclined(**about)]
    return [PartnerReleased(**about, accounts=_on_top(state, command.absorbed))]


def _on_top(state: Partner, absorbed: str) -> tuple[TakenAccount, ...]:
    """What came with one and no other brought a further record of later."""
    others = [one for partner, accounts in state.taken_accounts.items() if partner != absorbed for one in accounts]
    return tuple(one for one in state.taken_accounts.get(absorbed, ()) if all(o.before != one.after for o in others))


def _returned(state: Partner, command: EndUnmerge) -> Iterable[Event]:
    merging = state.merging
    if merging is None or not merging.returning or merging.merge != command.merge:
        return []
    about = {"partner_id": command.partner_id, "into": merging.into, "merge": merging.merge}
    return [PartnerUnmerged(**about, state=merging.was) if command.done else PartnerUnmergeDropped(**about)]


def _told_apart(state: Partner, command: TellApart, context: Context) -> Iterable[Event]:
    require_role(context, *REGISTRATION)
    fields.identifier(command.other, "other")
    fields.require(command.other != command.partner_id, "other")
    fields.line(command.reason, "reason", longest=300, empty=True)
    if command.other in state.apart:
        return []
    return [PartnersToldApart(partner_id=command.partner_id, other=command.other, reason=command.reason.strip())]


def evolved(state: Partner, event: Event) -> Partner:
    return state.model_copy(update=dict(_changes(state, event)))


def _changes(state: Partner, event: Event) -> Mapping[str, Any]:
    match event:
        case PartnerMergeBegun():
            return {"merging": MergeStage(into=event.into, merge=event.merge, leaving=True, was=state.state)}
        case PartnerMerged():
            return {
                "state": PartnerState.MERGED,
                "merging": _stage(state, leaving=False, was=event.previous, at=event.at),
            }
        case PartnerMergeDropped():
            return {"merging": _stage(state, leaving=False)}
        case PartnerUnmergeBegun():
            return {"merging": _stage(state, returning=True)}
        case PartnerUnmerged():
            return {"state": event.state, "merging": _stage(state, returning=False, at=None)}
        case PartnerUnmergeDropped():
            return {"merging": _stage(state, returning=False)}
        case PartnerAbsorbed():
            return _with(state, event)
        case PartnerReleased():
            return _without(state, event)
        case PartnersToldApart():
            return {"apart": (*state.apart, event.other)}
    return {}


def _stage(state: Partner, **changes: Any) -> MergeStage:
    assert state.merging is not None
    return state.merging.model_copy(update=changes)


def _with(state: Partner, event: PartnerAbsorbed) -> Mapping[str, Any]:
    taken = event.taken or Taken()
    after = {one.after.identity_key: one.after for one in event.accounts}
    kept = tuple(after.pop(account.identity_key, account) for account in state.accounts)
    profile = {
        **taken.profile,
        **{name: _lines(*lines_of(getattr(state.profile, name)), *more) for name, more in taken.lines.items()},
    }
    papers = state.papers
    if taken.papers:
        papers = (papers or PartnerPapers(name=state.name or "-")).model_copy(update=dict(taken.papers))
    return {
        "accounts": (*kept, *after.values()),
        "contacts": (*state.contacts, *taken.contacts),
        "profile": state.profile.model_copy(update=profile),
        "papers": papers,
        "absorbed": {**state.absorbed, event.absorbed: event.merge},
        "taken_accounts": {**state.taken_accounts, event.absorbed: event.accounts},
        "taken": {**state.taken, event.absorbed: taken},
    }


def _lines(*lines: str) -> str:
    return "\n".join(lines)


def _without(state: Partner, event: PartnerReleased) -> Mapping[str, Any]:
    taken = state.taken.get(event.absorbed, Taken())
    layer = {one.after.identity_key: one for one in state.taken_accounts.get(event.absorbed, ())}
    gone = {one.after.identity_key: one for one in event.accounts}
    kept_papers = state.papers
    if kept_papers is not None:
        back = {name: "" for name, value in taken.papers.items() if getattr(kept_papers, name) == value}
        kept_papers = kept_papers.model_copy(update=back)
        if not taken.had_papers and not any(getattr(kept_papers, name) for name in PEOPLE):
            kept_papers = None
    profile = {
        name: Profile.model_fields[name].default
        for name, value in taken.profile.items()
        if getattr(state.profile, name) == value
    }
    for name, lines in taken.lines.items():
        profile[name] = _lines(*(line for line in lines_of(getattr(state.profile, name)) if line not in lines))
    return {
        "accounts": tuple(_given_back(state.accounts, gone)),
        "contacts": _less(state.contacts, taken.contacts),
        "profile": state.profile.model_copy(update=profile),
        "papers": kept_papers,
        "absorbed": {partner: merge for partner, merge in state.absorbed.items() if partner != event.absorbed},
        "taken_accounts": {
            partner: tuple(_less_a_layer(one, layer) for one in accounts)
            for partner, accounts in state.taken_accounts.items()
            if partner != event.absorbed
        },
        "taken": {
            partner: one if taken.had_papers else one.model_copy(update={"had_papers": False})
            for partner, one in state.taken.items()
            if partner != event.absorbed
        },
    }


def _less_a_layer(one: TakenAccount, gone: Mapping[str, TakenAccount]) -> TakenAccount:
    """Of what was taken later: before it stood what stood before that which goes."""
    under = gone.get(one.after.identity_key)
    return one.model_copy(update={"before": under.before}) if under is not None and one.before == under.after else one


def _given_back(accounts: Iterable[SocialAccount], gone: Mapping[str, TakenAccount]) -> Iterable[SocialAccount]:
    for account in accounts:
        one = gone.get(account.identity_key)
        if one is None:
            yield account
        elif one.before is not None:
            # Changed since: that is the survivor's own doing. What the other held it holds again.
            yield one.before if one.held or account == one.after else account


def _less(contacts: tuple[ContactPoint, ...], taken: tuple[ContactPoint, ...]) -> tuple[ContactPoint, ...]:
    return tuple(contact for contact in contacts if contact not in taken)
