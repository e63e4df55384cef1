"""The text of a case, the people who look at it, and its publication."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from libs.contracts import ids
from libs.contracts.fields import LONGEST_NOTE
from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    AdoptDraft,
    AdoptKnown,
    ApproveVerdict,
    CaseDecided,
    CasePublished,
    ChangesRequested,
    DraftAdopted,
    DraftSaved,
    ReferenceAdded,
    ReturnDraft,
    ReviewRequested,
    SaveDraft,
    VerdictApproved,
)
from libs.contracts.reports.parts import Draft, Reference, SpareDraft
from libs.contracts.words import CaseState, Role, Verdict
from libs.kit.visible import is_visible
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.reports.case.state import MOST_REFERENCES, NOBODY_ASKED, WRITABLE, Case, require_state
from services.reports.known.labels import verdict_of
from services.reports.permissions import require

GRAVE = 3
"""From here two people approve."""


def saved(case: Case, command: SaveDraft, officer: str, context: Context) -> Iterable[Event]:
    require_state(case, WRITABLE)
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    number = case.draft_number + 1
    draft = DraftSaved(case_id=case.case_id, draft=command.draft, number=number, author=officer)
    if not command.submit:
        return [draft]
    missing = missing_in(command.draft, correcting=case.version > 0)
    if missing:
        raise Refused("draft_incomplete", *missing)
    if not case.references:
        raise Refused("reference_missing", "references")
    needed = approvals_needed(command.draft, case.severity)
    return [draft, ReviewRequested(case_id=case.case_id, number=number, approvals_needed=needed, at=context.at)]


def adopted(case: Case, command: AdoptDraft) -> Iterable[Event]:
    require_state(case, WRITABLE)
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    spare = next((s for s in case.spare_drafts if s.case_id == command.of), None)
    if spare is None:
        raise Refused("state_conflict")
    return [
        DraftAdopted(
            case_id=case.case_id,
            of=spare.case_id,
            draft=spare.draft,
            number=case.draft_number + 1,
            author=spare.author,
        )
    ]


def taken_from(case: Case, command: AdoptKnown, officer: str) -> Iterable[Event]:
    """What stands in the draft already stays; the rest is the publisher's, and the publisher is its source."""
    require_state(case, WRITABLE)
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    entry = command.entry
    if entry is None or command.known_id not in {k.id for k in case.known}:
        raise Refused("state_conflict")
    urls = [r.url for r in case.references]
    if entry.url not in urls:
        if len(urls) >= MOST_REFERENCES:
            raise Refused("validation", "references")
        reference = Reference(title=entry.claim[:LONGEST_TITLE], url=entry.url, publisher=entry.publisher)
        yield ReferenceAdded(case_id=case.case_id, reference=reference)
        urls.append(entry.url)
    draft = case.draft
    said = f"Klaim ini sudah diperiksa {entry.publisher}. [{urls.index(entry.url) + 1}]"
    yield DraftSaved(
        case_id=case.case_id,
        draft=draft.model_copy(
            update={
                "claim": draft.claim or entry.claim[:LONGEST_NOTE],
                "verdict": draft.verdict or verdict_of(entry.label),
                "fact": draft.fact or entry.fact[:LONGEST_NOTE],
                "explanation": draft.explanation or said,
            }
        ),
        number=case.draft_number + 1,
        author=officer,
    )


LONGEST_TITLE = 300
"""As a reference's title may be."""


def missing_in(draft: Draft, *, correcting: bool) -> list[str]:
    """Fields that a draft needs before two people can look at it."""
    needed = {
        "claim": is_visible(draft.claim),
        "verdict": draft.verdict in set(Verdict),
        "about_own_tenant": draft.about_own_tenant is not None,
        "fact": is_visible(draft.fact),
        "explanation": is_visible(draft.explanation),
        "change_note": is_visible(draft.change_note) or not correcting,
    }
    return [name for name, there in needed.items() if not there]


def approvals_needed(draft: Draft, severity: int) -> int:
    """Two where the office judges itself or much is at stake, else one; the author is never among them."""
    return 2 if draft.about_own_tenant or severity >= GRAVE else 1


def returned(case: Case, command: ReturnDraft, context: Context) -> Iterable[Event]:
    require(context, Role.APPROVER)
    require_state(case, {CaseState.IN_REVIEW, CaseState.DECIDED})
    return [ChangesRequested(case_id=case.case_id, note=command.note)]


def approved(case: Case, command: ApproveVerdict, context: Context) -> Iterable[Event]:
    approver = require(context, Role.APPROVER).id
    require_state(case, {CaseState.IN_REVIEW})
    if approver == case.author:
        raise Refused("self_approval")
    if approver in case.approvals:
        raise Refused("already_approved")
    if command.expects != case.draft_number:
        raise Refused("version_conflict")
    assert case.draft.verdict is not None
    yield VerdictApproved(case_id=case.case_id, approver=approver, number=case.draft_number)
    if len(case.approvals) + 1 >= case.approvals_needed:
        yield CaseDecided(case_id=case.case_id, verdict=case.draft.verdict, at=context.at)


def published(case: Case, context: Context) -> Iterable[Event]:
    require(context, Role.EDITOR, Role.APPROVER, Role.VERIFIER)
    require_state(case, {CaseState.DECIDED})
    assert case.author is not None
    return [
        CasePublished(
            case_id=case.case_id,
            clarification_id=case.clarification_id or str(ids.clarification_id(UUID(case.case_id))),
            number=case.number.removeprefix("KSS-"),
            version=case.version + 1,
            draft=case.draft,
            references=case.references,
            topic=case.topic,
            area=case.area,
            severity=case.severity,
            author=case.author,
            approvers=case.approvals,
            demand=case.published_askers,
            at=context.at,
        )
    ]


def changes(case: Case, event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case DraftSaved():
            waiting = case.state == CaseState.AWAITING_CONFIRMATION
            return {
                "draft": event.draft,
                "draft_number": event.number,
                "author": event.author,
                "approvals": (),
                "state": case.state if waiting else CaseState.DRAFTING,
            }
        case DraftAdopted():
            return _exchanged(case, event)
        case ReviewRequested():
            return {
                "state": CaseState.IN_REVIEW,
                "approvals": (),
                "approvals_needed": event.approvals_needed,
                "return_note": "",
                "submitted_at": event.at,
                "also_asked": (),
                **NOBODY_ASKED,
            }
        case ChangesRequested():
            return {"state": CaseState.DRAFTING, "approvals": (), "return_note": event.note}
        case VerdictApproved():
            return {"approvals": (*case.approvals, event.approver)}
        case CaseDecided():
            return {"state": CaseState.DECIDED, "decided_at": event.at}
        case CasePublished():
            return {
                "state": CaseState.PUBLISHED,
                "version": event.version,
                "clarification_id": event.clarification_id,
                "published_verdict": event.draft.verdict,
                "published_fact": event.draft.fact,
                "published_at": event.at,
                "retracted": False,
                "leased_by": None,
                "leased_until": None,
            }
    return None


def _exchanged(case: Case, event: DraftAdopted) -> Mapping[str, Any]:
    """The text that stood there takes the place of the one that was adopted."""
    spare = [s for s in case.spare_drafts if s.case_id != event.of]
    if case.author is not None and case.draft not in (Draft(), event.draft):
        number = next((s.number for s in case.spare_drafts if s.case_id == event.of), "")
        spare.append(SpareDraft(case_id=event.of, number=number, author=case.author, draft=case.draft))
    waits = case.state == CaseState.AWAITING_CONFIRMATION
    return {
        "draft": event.draft,
        "draft_number": event.number,
        "author": event.author,
        "approvals": (),
        "spare_drafts": tuple(spare),
        "state": case.state if waits else CaseState.DRAFTING,
    }
