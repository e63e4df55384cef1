"""How a partner becomes active: its papers are looked at, it is visited where its kind needs that, an officer decides.

submitted → administrative_review → needs_revision → submitted; → factual_review → active; → rejected → appealed.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from libs.contracts.messages import Command, Event
from libs.contracts.registry.partner import PartnerStateChanged
from libs.contracts.registry.verification import (
    VISITED,
    ActivationProposed,
    AppealRejection,
    AppealText,
    CheckPaper,
    DecideVerification,
    Outcome,
    PaperChecked,
    PaperNote,
    PartnerConsented,
    PartnerVisited,
    RecordConsent,
    RecordVisit,
    RejectionAppealed,
    ResubmitPartner,
    SettleAppeal,
    TakeVerification,
    VisitDetails,
    papers_of,
)
from libs.contracts.words import AccountState, PartnerState
from libs.kit.calendar import Zone, due_after_working_days, local_day
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.partner.state import Partner, Review, Tick, Visit, is_themself
from services.registry.permissions import REGISTRATION, require_role

APPEAL_DAYS = timedelta(days=14)
MOST_VISITS = 20
UNDER_REVIEW = frozenset({PartnerState.ADMINISTRATIVE_REVIEW, PartnerState.FACTUAL_REVIEW})
QUEUED = UNDER_REVIEW | {PartnerState.SUBMITTED, PartnerState.APPEALED}
"""States in which it is the office's turn."""
ZONES = {"Asia/Jakarta": Zone.WIB, "Asia/Makassar": Zone.WITA, "Asia/Jayapura": Zone.WIT}


class OfficeRules(BaseModel):
    """How an office verifies; the registry itself puts it into the commands that need it."""

    model_config = ConfigDict(frozen=True)

    timezone: str
    review_days: int
    two_persons: bool
    holidays: tuple[str, ...]

    @property
    def zone(self) -> Zone:
        return ZONES.get(self.timezone, Zone.WIB)


class RuledTake(TakeVerification):
    rules: OfficeRules


class RuledDecision(DecideVerification):
    rules: OfficeRules


class RuledAppeal(AppealRejection):
    rules: OfficeRules


class RuledSettlement(SettleAppeal):
    rules: OfficeRules


class RuledVisit(RecordVisit):
    rules: OfficeRules


class RuledConsent(RecordConsent):
    rules: OfficeRules


COMMANDS = (
    RecordConsent, TakeVerification, CheckPaper, RecordVisit, DecideVerification, ResubmitPartner, AppealRejection,
    SettleAppeal,
)  # fmt: skip
EVENTS = (PartnerConsented, PaperChecked, PartnerVisited, ActivationProposed, RejectionAppealed)


OF_PARTNERS = (ResubmitPartner, AppealRejection)
"""What a partner may want itself."""


def events_of(state: Partner, command: Command, context: Context) -> Iterable[Event]:
    if not (isinstance(command, OF_PARTNERS) and is_themself(command.target, context)):
        require_role(context, *REGISTRATION)
    match command:
        case RuledConsent():
            return _consented(state, command, context)
        case RuledTake():
            return [_taken(state, command, context)]
        case CheckPaper():
            return [_checked(state, command, context)]
        case RuledVisit():
            return [_visited(state, command, context)]
        case RuledDecision():
            return [_decided(state, command, context)]
        case ResubmitPartner():
            return [_resubmitted(state, command, context)]
        case RuledAppeal():
            return _appealed(state, command, context)
        case RuledSettlement():
            return [_settled(state, command, context)]
    # Without the office's rules: there is no such office.
    raise NotFound("tenant")


def _moved(state: Partner, partner_id: str, to: PartnerState, context: Context, **more: object) -> PartnerStateChanged:
    said = {"partner_id": partner_id, "state": to, "previous": state.state, "by": _officer(context), "at": context.at}
    return PartnerStateChanged.model_validate({**said, **more})


def _officer(context: Context) -> str:
    return context.actor.id if context.actor is not None else ""


def _require_state(state: Partner, *wanted: PartnerState) -> None:
    if state.state not in wanted:
        raise Refused("state_conflict")


def _due(context: Context, rules: OfficeRules) -> dict[str, object]:
    holidays = frozenset(map(date.fromisoformat, rules.holidays))
    return {"due_at": due_after_working_days(context.at, rules.review_days, rules.zone, holidays)}


def _past_day(written: str, name: str, rules: OfficeRules, context: Context) -> None:
    fields.require(fields.day(written, name) <= local_day(context.at, rules.zone), name)


def _consented(state: Partner, command: RuledConsent, context: Context) -> Iterable[Event]:
    _require_state(state, PartnerState.DRAFT)
    _past_day(command.signed_on, "signed_on", command.rules, context)
    return [
        PartnerConsented(partner_id=command.partner_id, signed_on=command.signed_on, at=context.at),
        _moved(state, command.partner_id, PartnerState.SUBMITTED, context),
    ]


def _taken(state: Partner, command: RuledTake, context: Context) -> Event:
    _require_state(state, PartnerState.SUBMITTED)
    due = _due(context, command.rules)
    return _moved(state, command.partner_id, PartnerState.ADMINISTRATIVE_REVIEW, context, **due)


def _checked(state: Partner, command: CheckPaper, context: Context) -> Event:
    _require_state(state, *UNDER_REVIEW)
    fields.require(command.paper in papers_of(state.kind), "paper")
    note = context.private.note.strip() if isinstance(context.private, PaperNote) else ""
    fields.require(command.present or bool(note), "note")
    fields.paragraph(note, "note", longest=300)
    return PaperChecked(
        partner_id=command.partner_id,
        paper=command.paper,
        present=command.present,
        by=_officer(context),
        at=context.at,
        note=note,
    )


def _visited(state: Partner, command: RuledVisit, context: Context) -> Event:
    _require_state(state, PartnerState.FACTUAL_REVIEW)
    _past_day(command.visited_on, "visited_on", command.rules, context)
    details = context.private
    if not isinstance(details, VisitDetails):
        raise Refused("validation", "place")
    fields.line(details.place, "place", longest=160)
    fields.line(details.person, "person", longest=160, empty=True)
    fields.paragraph(details.note, "note", longest=1_000)
    fields.require(len(state.review.visits) < MOST_VISITS, "visited_on")
    return PartnerVisited(
        partner_id=command.partner_id,
        visited_on=command.visited_on,
        by=_officer(context),
        at=context.at,
        details=details,
    )


def _decided(state: Partner, command: RuledDecision, context: Context) -> Event:
    _require_state(state, *UNDER_REVIEW)
    reason = command.reason.strip()
    fields.line(reason, "reason", longest=300, empty=command.outcome != Outcome.REJECT)
    match command.outcome:
        case Outcome.GO_ON:
            return _passed(state, command, reason, context)
        case Outcome.REVISE:
            missing = missing_papers(state)
            fields.require(bool(missing), "paper")
            return _moved(
                state, command.partner_id, PartnerState.NEEDS_REVISION, context, reason=reason, papers=missing
            )
        case Outcome.REJECT:
            return _moved(state, command.partner_id, PartnerState.REJECTED, context, reason=reason)
    raise Refused("validation", "outcome")


def _passed(state: Partner, command: RuledDecision, reason: str, context: Context) -> Event:
    """
    Raises:
        Refused: `validation` of what is not there yet: a paper, the visit, or the reason to go without an account.
    """
    fields.require(state.consented_at is not None, "agreed")
    fields.require(all(paper in state.review.right for paper in papers_of(state.kind)), "paper")
    if state.kind in VISITED and state.state == PartnerState.ADMINISTRATIVE_REVIEW:
        due = _due(context, command.rules)
        return _moved(state, command.partner_id, PartnerState.FACTUAL_REVIEW, context, reason=reason, **due)
    if state.kind in VISITED:
        fields.require(bool(state.review.visits), "visited_on")
        proven = any(account.state == AccountState.VERIFIED for account in state.accounts)
        fields.require(proven or bool(reason), "reason")
    by = _officer(context)
    if command.rules.two_persons and not state.review.proposed_by:
        return ActivationProposed(partner_id=command.partner_id, by=by, at=context.at, reason=reason)
    if command.rules.two_persons and state.review.proposed_by == by:
        raise Refused("self_approval")
    return _moved(state, command.partner_id, PartnerState.ACTIVE, context, reason=reason)


def missing_papers(state: Partner) -> tuple[str, ...]:
    """Those that somebody has found missing or wrong."""
    return tuple(paper for paper in papers_of(state.kind) if paper in state.review.wrong)


def _resubmitted(state: Partner, command: ResubmitPartner, context: Context) -> Event:
    _require_state(state, PartnerState.NEEDS_REVISION)
    return _moved(state, command.partner_id, PartnerState.SUBMITTED, context)


def _appealed(state: Partner, command: RuledAppeal, context: Context) -> Iterable[Event]:
    _require_state(state, PartnerState.REJECTED)
    at = state.review.rejected_at
    if at is None or state.review.appealed or context.at > at + APPEAL_DAYS:
        raise Refused("state_conflict")
    text = context.private.text.strip() if isinstance(context.private, AppealText) else ""
    fields.require(bool(text), "text")
    fields.paragraph(text, "text", longest=1_000)
    due = _due(context, command.rules)
    return [
        RejectionAppealed(partner_id=command.partner_id, at=context.at, text=text),
        _moved(state, command.partner_id, PartnerState.APPEALED, context, **due),
    ]


def _settled(state: Partner, command: RuledSettlement, context: Context) -> Event:
    _require_state(state, PartnerState.APPEALED)
    if state.review.rejected_by == _officer(context):
        raise Refused("self_approval")
    reason = command.reason.strip()
    fields.line(reason, "reason", longest=300)
    if not command.granted:
        return _moved(state, command.partner_id, PartnerState.REJECTED, context, reason=reason)
    due = _due(context, command.rules)
    back = PartnerState.ADMINISTRATIVE_REVIEW
    return _moved(state, command.partner_id, back, context, reason=reason, **due)


def as_changed(state: Partner, event: Event) -> Partner:
    review = state.review
    match event:
        case PartnerConsented():
            return state.model_copy(update={"consented_at": event.at})
        case PaperChecked():
            ticks = {**review.ticks, event.paper: Tick(present=event.present, by=event.by, at=event.at)}
            notes = {**state.paper_notes, event.paper: event.note}
            changed = review.model_copy(update={"ticks": ticks})
            return state.model_copy(update={"review": changed, "paper_notes": notes})
        case PartnerVisited():
            visit = Visit(visited_on=event.visited_on, by=event.by, at=event.at)
            changed = review.model_copy(update={"visits": (*review.visits, visit)})
            details = event.details or VisitDetails(place="")
            return state.model_copy(update={"review": changed, "visit_details": (*state.visit_details, details)})
        case ActivationProposed():
            return state.model_copy(update={"review": review.model_copy(update={"proposed_by": event.by})})
        case RejectionAppealed():
            changed = review.model_copy(update={"appealed": True})
            return state.model_copy(update={"review": changed, "appeal": event.text})
    raise TypeError(event.type_name)


def as_moved(review: Review, event: PartnerStateChanged) -> Review:
    """The clock, and by whom, of the state that it has come to."""
    change: dict[str, object] = {"since": event.at, "due_at": event.due_at, "proposed_by": ""}
    if event.state == PartnerState.ADMINISTRATIVE_REVIEW:
        change["taken_by"] = event.by or ""
    elif event.state == PartnerState.REJECTED:
        change |= {"rejected_at": event.at, "rejected_by": event.by or ""}
    return review.model_copy(update=change)
