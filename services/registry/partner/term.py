"""The term of a partner's decree: told before it ends, ended by itself, followed by a new one.

Days begin in the zone of the partner's own area, which is its office's.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from libs.contracts.messages import Command, Event
from libs.contracts.registry.partner import PartnerStateChanged
from libs.contracts.registry.term import AdvanceTerm, PartnerTermNearing, RenewTerm, Term, TermRenewed
from libs.contracts.words import PartnerState
from libs.kit.calendar import local_day, zone_of
from libs.runtime.aggregates import Context, Due
from libs.runtime.errors import Refused
from services.registry import fields
from services.registry.partner.state import Partner
from services.registry.permissions import REGISTRATION, require_role

COMMANDS = (RenewTerm, AdvanceTerm)
EVENTS = (TermRenewed, PartnerTermNearing)
STEPS = (60, 30, 7)
"""Days before the end of a term on which it is told."""
RENEWED = frozenset({PartnerState.ACTIVE, PartnerState.EXPIRED})


def term_of(state: Partner) -> Term:
    profile = state.profile
    return Term(**{name: getattr(profile, name) for name in Term.model_fields})


def due(state: Partner) -> Iterable[Due]:
    """The next day on which something is to be said, or the first day after the term."""
    until = _last_day(state)
    if state.state == PartnerState.ACTIVE and until is not None:
        days = [until - timedelta(days=step) for step in _untold(state)]
        yield Due("term", min(_begin(day, state) for day in (*days, until + timedelta(days=1))))


def _last_day(state: Partner) -> date | None:
    return date.fromisoformat(state.profile.term_until) if state.profile.term_until else None


def _untold(state: Partner) -> tuple[int, ...]:
    """Steps of this term that are still to come."""
    told = state.told_days if state.told_until == state.profile.term_until else max(STEPS) + 1
    return tuple(step for step in STEPS if step < told)


def _begin(day: date, state: Partner) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone_of(state.area).tz).astimezone(UTC)


def events_of(state: Partner, command: Command, context: Context) -> Iterable[Event]:
    if isinstance(command, RenewTerm):
        return _renewed(state, command, context)
    return _advanced(state, command.target, context)


def _advanced(state: Partner, partner_id: str, context: Context) -> Iterable[Event]:
    until, today = _last_day(state), local_day(context.at, zone_of(state.area))
    if state.state != PartnerState.ACTIVE or until is None:
        return []
    if today > until:
        return [_moved(state, partner_id, PartnerState.EXPIRED, context)]
    reached = [step for step in _untold(state) if today >= until - timedelta(days=step)]
    if not reached:
        return []
    return [PartnerTermNearing(partner_id=partner_id, until=until.isoformat(), days=min(reached))]


def _moved(state: Partner, partner_id: str, to: PartnerState, context: Context) -> Event:
    by = context.actor.id if context.actor is not None else None
    return PartnerStateChanged(partner_id=partner_id, state=to, previous=state.state, by=by, at=context.at)


def _renewed(state: Partner, command: RenewTerm, context: Context) -> Iterable[Event]:
    require_role(context, *REGISTRATION)
    if state.state not in RENEWED:
        raise Refused("state_conflict")
    fields.line(command.decree_number, "decree_number", longest=160)
    fields.line(command.decree_signer, "decree_signer", longest=160, empty=True)
    fields.line(command.reason, "reason", longest=300, empty=True)
    if command.decree_on:
        fields.day(command.decree_on, "decree_on")
    begins, ends = fields.day(command.term_from, "term_from"), fields.day(command.term_until, "term_until")
    before, today = _last_day(state), local_day(context.at, zone_of(state.area))
    fields.require(begins <= ends and ends >= today, "term_until")
    fields.require(before is None or ends > before, "term_until")
    # A term that is still to begin makes nobody active.
    fields.require(begins <= today or state.state == PartnerState.ACTIVE, "term_from")
    said = {name: getattr(command, name) for name in Term.model_fields}
    happened: list[Event] = [
        TermRenewed(
            partner_id=command.partner_id, term=Term(**said), before=term_of(state), reason=command.reason.strip()
        )
    ]
    if state.state == PartnerState.EXPIRED:
        happened.append(_moved(state, command.partner_id, PartnerState.ACTIVE, context))
    return happened


def as_changed(state: Partner, event: Event) -> Partner:
    match event:
        case TermRenewed():
            profile = state.profile.model_copy(update=event.term.model_dump())
            return state.model_copy(update={"profile": profile, "terms": (*state.terms, event.before)})
        case PartnerTermNearing():
            return state.model_copy(update={"told_until": event.until, "told_days": event.days})
    raise TypeError(event.type_name)
