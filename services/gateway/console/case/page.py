"""A case as its page shows it: read models to view. No I/O."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from libs.contracts.fields import FARTHEST_DUE
from libs.contracts.reports.parts import Draft, Reference, Snapshot, SpareDraft, Why
from libs.contracts.reports.reads import CaseView, KnownMatch, MarkView, ReportedClaim, ReportRow, SimilarCase, Step
from libs.contracts.words import CaseState, Role
from libs.kit import areas
from libs.kit.calendar import local_day
from libs.kit.personal import find
from services.gateway.console import views as console_views
from services.gateway.console.case import views as case_views
from services.gateway.console.case.unsent import NOTHING, Unsent, is_page
from services.gateway.console.queue import views as queue_views
from services.gateway.console.requests.wishes import REPLY
from services.gateway.console.shift import Attempt, Frame, Said, Shift, of
from services.gateway.console.views import Action, ClockState
from services.gateway.console.wishes import WISHES

TOPICS = (
    "politics", "government", "health", "disaster", "crime", "law", "figure", "social_aid", "jobs", "prize_scam",
    "religion", "education", "economy", "other",
)  # fmt: skip

OUT = frozenset({CaseState.PUBLISHED, CaseState.MONITORING})
ENDED = frozenset({CaseState.CLOSED, CaseState.MERGED, CaseState.OUT_OF_SCOPE})
HIGH, MEDIUM = 0.7, 0.35
"""Scores from which a suggestion is called likely; a guess, for officers to sort by."""
LOCKED = frozenset({CaseState.IN_REVIEW, CaseState.DECIDED})
ASKABLE = frozenset({CaseState.OPEN, CaseState.TRIAGED, CaseState.INVESTIGATING, CaseState.DRAFTING})

MOMENTS = {
    "opened": "opened",
    "triaged": "triaged",
    "asked": "asked",
    "confirmed": "answered",
    "submitted": "submitted",
    "returned": "returned",
    "approved": "approved",
    "published": "published",
    "absorbed": "linked",
    "gathered": "gathered",
    "merged": "merged",
    "closed": "closed",
    "reopened": "reopened",
    "recalled": "recalled",
    "settled": "settled",
    "adopted": "adopted",
    "revived": "reopened",
    "taken_out": "taken_out",
    "brought_in": "brought_in",
    "revealed": "revealed",
    "original_opened": "original_opened",
}
"""Steps of a case by the words of the page; a decision is told by its last approval."""


def reference_id(url: str) -> str:
    """Names a reference in an address: its own URL may be 2,000 characters long."""
    return sha256(url.encode()).hexdigest()[:16]


def lease(
    shift: Shift, frame: Frame, *, leased_by: str | None, until: datetime | None, owner: str | None = None
) -> queue_views.Lease | None:
    if leased_by is not None and until is not None and until > frame.now:
        return queue_views.Lease(name=frame.name(leased_by), until=until, mine=leased_by == shift.officer.id)
    if owner is not None:
        return queue_views.Lease(name=frame.name(owner), until=None, mine=owner == shift.officer.id)
    return None


def clock_of(row: CaseView, *, now: datetime) -> tuple[datetime, ClockState]:
    """What the case is measured by now. Once its answer is out, a correction has no clock of its own."""
    due = row.answer_due_at or row.waiting_until or row.limit_at
    done = row.clarification is not None or row.state in ENDED | OUT
    return due, console_views.clock_state(due, now=now, paused=row.waiting_for is not None, done=done)


def case_page(
    shift: Shift, case: CaseView, frame: Frame, said: Said, attempt: Attempt | None, unsent: Unsent
) -> case_views.CasePage:
    desk = shift.desk(frame, attempt.said if attempt else said, live=attempt is None)
    held = lease(shift, frame, leased_by=case.leased_by, until=case.leased_until)
    mine = held is not None and held.mine
    why_not = "" if mine else "held_by_other" if held else "not_held"
    writable = case.state not in ENDED | LOCKED | OUT
    due_at, clock = clock_of(case, now=frame.now)
    published = case.clarification is not None or case.state in OUT
    offered = held is None and case.state not in ENDED | LOCKED and shift.works
    return case_views.CasePage(
        desk=desk,
        number=case.number,
        url=shift.url("cases", case.id),
        title=case.title,
        state=case.state,
        waiting_for=waiting_for(case.waiting_for, case.waiting_until),
        severity=case.severity if is_triaged(case) else None,
        due_at=due_at,
        clock=clock,
        lease=held,
        claim_action=_action(shift, case, attempt, "claim") if offered else None,
        release=_action(shift, case, attempt, "release") if mine else None,
        reports=tuple(
            report_line(shift, r, attempt, frame, case_id=case.id, unsent=unsent) for r in case.reports.items
        ),
        report_count=case.askers,
        reports_last_hour=case.last_hour,
        reports_forwarded=case.forwarded_often,
        first_report_at=case.first_at,
        reports_url=shift.url("cases", case.id, "reports"),
        custody_url=shift.url("cases", case.id, "custody"),
        similar=_similar(shift, case, attempt) if case.state not in ENDED | LOCKED else None,
        known=tuple(_known(shift, case, k, attempt, why_not, writable=writable) for k in case.known),
        claims=tuple(claim_line(shift, claim) for claim in case.claims),
        references=tuple(
            reference_line(r, _removal(shift, case, r, why_not) if writable else None) for r in case.references
        ),
        new_reference=_new_reference(shift, case, attempt, unsent, why_not) if writable else None,
        triage=_triage(shift, case, attempt, why_not if case.state not in ENDED else "closed"),
        draft=_draft(case, frame, of(attempt, "draft"), unsent),
        save=_draft_action(shift, case, attempt, "draft", why_not) if writable else None,
        submit=_draft_action(shift, case, attempt, "submit", why_not) if writable else None,
        unsent=_draft_action(shift, case, attempt, "unsent", "") if writable else None,
        unsent_at=unsent.at if unsent.draft is not None else None,
        approve=_why_not_approve(shift, case),
        review_url=shift.url("reviews", case.id) if case.state in LOCKED else "",
        publish=_action(shift, case, attempt, "publish") if case.state == CaseState.DECIDED else None,
        correct=_action(shift, case, attempt, "correct") if case.state in OUT else None,
        conflict=_conflict(shift, case, frame, attempt),
        marks=tuple(mark_line(shift, case, m, attempt, unsent) for m in case.marks),
        marks_count=case.unread,
        buttons=shift.buttons(WISHES, "cases/", attempt=attempt, case_id=case.id),
        spare_drafts=tuple(_spare(shift, case, frame, s, attempt, why_not) for s in case.spare_drafts),
        also_asked=tuple(case_views.AlsoAsked(party=a.party, until=a.due_at) for a in case.also_asked),
        retracted=case.retracted,
        ends_reports=case.clarification is None or case.retracted,
        clocks=tuple(_clocks(case, clock, frame.now)),
        question=_question(shift, case, frame, attempt, unsent, why_not=why_not) if case.state in ASKABLE else None,
        confirmation=_confirmation(shift, case, attempt, unsent, why_not),
        closing=_closing(shift, case, attempt, unsent) if case.state not in ENDED | {CaseState.IN_REVIEW} else None,
        history=tuple(history(case, frame, case_url=partial(shift.url, "cases"))),
        published=published_view(shift, case) if published else None,
    )


def _action(shift: Shift, case: CaseView, attempt: Attempt | None, what: str, why_not: str = "") -> Action:
    return shift.action("cases", case.id, what, attempt=of(attempt, what), why_not=why_not)


def is_triaged(case: CaseView) -> bool:
    return case.screened_at is not None or bool(case.topic)


def waiting_for(party: str | None, until: datetime | None) -> queue_views.WaitingFor | None:
    return queue_views.WaitingFor(party=party, until=until) if party and until else None


def piece_lines(shift: Shift, row: ReportRow) -> tuple[case_views.Piece, ...]:
    return tuple(
        case_views.Piece(
            number=row.number,
            piece=piece,
            url=shift.url("reports", row.id, "evidence", str(piece.piece)),
            preview=shift.url("reports", row.id, "pictures", str(piece.piece)) if piece.has_preview else "",
        )
        for piece in row.evidence
    )


def page_lines(shift: Shift, row: ReportRow, attempt: Attempt | None, *base: str) -> tuple[case_views.PageLine, ...]:
    """`base`: where the forms of its report begin."""
    gone = row.state in ("withdrawn", "screened_out")
    again = of(attempt, f"again {row.id}")
    return tuple(
        case_views.PageLine(
            page=page.page,
            url=page.url,
            waits=page.waits,
            copies=tuple(_page_copy(shift, row.id, copy) for copy in page.copies),
            again=None if gone or page.waits else shift.action(*base, "pages", str(page.page), "again", attempt=again),
        )
        for page in row.pages
    )


def _page_copy(shift: Shift, report_id: str, copy: Snapshot) -> case_views.PageCopy:
    base = ("reports", report_id, "pages", str(copy.page), str(copy.turn))
    return case_views.PageCopy(
        at=copy.at,
        status=copy.status,
        title=copy.title,
        description=copy.description,
        final_url=copy.final_url if copy.final_url.rstrip("/") != copy.url.rstrip("/") else "",
        sha256=copy.sha256 or "",
        file_url=shift.url(*base, "copy") if copy.sha256 and shift.works else "",
        picture_url=shift.url(*base, "picture") if copy.screenshot_sha256 else "",
        picture="" if copy.screenshot_sha256 else copy.screenshot,
        truncated=copy.truncated,
        failure=copy.failure or "",
    )


def report_line(
    shift: Shift, row: ReportRow, attempt: Attempt | None, frame: Frame, *, case_id: str, unsent: Unsent = NOTHING
) -> case_views.ReportLine:
    replied, screened = of(attempt, f"reply {row.id}"), of(attempt, f"screen {row.id}")
    ended = row.state in ("withdrawn", "screened_out")
    return case_views.ReportLine(
        id=row.id,
        number=row.number,
        sent_at=row.received_at,
        text=row.text,
        links=tuple(u for u in row.urls if u not in row.text and u not in {p.url for p in row.pages}),
        pages=page_lines(shift, row, attempt, "cases", case_id, "reports", row.id),
        pieces=piece_lines(shift, row),
        picture_text=row.words,
        transcript=row.transcript,
        doubt=row.doubt,
        answers=row.answers,
        area=areas.title_of(row.area),
        seen_on=row.seen_on or "",
        often_forwarded=row.forwarded_often,
        confidential=row.confidential,
        messages=message_lines(row),
        reply=None if ended else shift.action("cases", case_id, "reports", row.id, "reply", attempt=replied),
        reply_text=unsent.typed(f"{REPLY}{row.id}") or (replied.typed("text") if replied else ""),
        screen_out=None if ended else shift.action("cases", case_id, "reports", row.id, "screen", attempt=screened),
        detach=None if ended else detach_form(shift, row, of(attempt, f"detach {row.id}"), case_id),
        masked=row.masked,
        revealed_until=row.revealed_until,
        reveal=reveal_form(shift, row, of(attempt, f"reveal {row.id}"), "cases", case_id, "reports", row.id),
        intake=row.intake,
        entered_by=frame.name(row.entered_by) if row.entered_by else "",
    )


def detach_form(shift: Shift, row: ReportRow, tried: Attempt | None, case_id: str) -> case_views.Detach:
    reason, into = f"apart-{row.id}", f"into-{row.id}"
    return case_views.Detach(
        action=shift.action("cases", case_id, "reports", row.id, "detach", attempt=tried),
        reason=tried.typed(reason) if tried else "",
        into=tried.typed(into) if tried else "",
        error=tried.said.errors.get(reason, "") if tried else "",
        into_error="case_unknown" if tried and "into" in tried.said.errors else "",
    )


def reveal_form(shift: Shift, row: ReportRow, tried: Attempt | None, *path: str) -> case_views.Reveal | None:
    if not row.masked or row.revealed_until is not None:
        return None
    purpose, words = f"purpose-{row.id}", f"purpose-note-{row.id}"
    return case_views.Reveal(
        action=shift.action(*path, "reveal", attempt=tried),
        purpose=tried.typed(purpose) if tried else "",
        note=tried.typed(words) if tried else "",
        error=tried.said.errors.get(purpose, "") if tried else "",
        note_error=tried.said.errors.get(words, "") if tried else "",
    )


def message_lines(row: ReportRow) -> tuple[case_views.ReportMessage, ...]:
    return tuple(
        case_views.ReportMessage(text=m.text, at=m.at, by_office=m.by_office, not_answered=m.about == "not_answered")
        for m in row.messages
    )


def mark_line(
    shift: Shift, case: CaseView, mark: MarkView, attempt: Attempt | None, unsent: Unsent
) -> case_views.CaseMark:
    base = ("cases", case.id, "reports", mark.report_id)
    replied = of(attempt, f"reply {mark.report_id}")
    name = f"{mark.number}-{mark.n}"
    return case_views.CaseMark(
        id=name,
        number=mark.number,
        reason=mark.reason,
        at=mark.at,
        text=mark.text,
        reply=shift.action(*base, "reply", attempt=replied),
        reply_text=unsent.typed(f"{REPLY}{name}") or (replied.typed("text") if replied else ""),
        settle=shift.action(*base, "settle", attempt=of(attempt, f"settle {mark.report_id}")),
    )


def _spare(
    shift: Shift, case: CaseView, frame: Frame, spare: SpareDraft, attempt: Attempt | None, why_not: str
) -> case_views.SpareDraft:
    writable = case.state not in ENDED | LOCKED
    adopt = shift.action(
        "cases",
        case.id,
        "drafts",
        spare.case_id,
        "adopt",
        attempt=of(attempt, f"adopt {spare.case_id}"),
        version=case.draft_number,
        why_not=why_not,
    )
    return case_views.SpareDraft(
        number=spare.number,
        author=frame.name(spare.author),
        draft=draft_view(case, frame, spare.draft),
        adopt=adopt if writable else None,
    )


def _similar(shift: Shift, case: CaseView, attempt: Attempt | None) -> case_views.SimilarCase | None:
    if not case.similar:
        return None
    other: SimilarCase = case.similar[0]

    def judged(relation: str) -> Action:
        what = f"similar {relation}"
        both_out = relation == "same" and case.clarification is not None and other.kind == "clarification"
        why_not = "both_published" if both_out else ""
        path = ("cases", case.id, "similar", other.case_id, relation)
        return shift.action(*path, attempt=of(attempt, what), why_not=why_not)

    return case_views.SimilarCase(
        number=other.number,
        url=shift.url("cases", other.case_id),
        claim=other.title,
        reports=other.askers,
        verdict=other.verdict or "",
        differences=tuple(
            case_views.Difference(what=d.what, ours=d.theirs, theirs=d.ours, same=d.same) for d in other.differences
        ),
        likely="" if other.relation == "campaign" else _likely(other.score, other.reasons),
        reasons=other.reasons,
        campaign=_campaign(other),
        same_case=judged("same"),
        same_campaign=judged("campaign"),
        different=judged("different"),
    )


def _likely(score: float, reasons: Iterable[Why]) -> str:
    """Of a picture it was measured that it is the same one, not that the claim is."""
    if any(reason.code == "same_picture" for reason in reasons):
        return ""
    return "high" if score >= HIGH else "medium" if score >= MEDIUM else "low"


def _campaign(other: SimilarCase) -> case_views.Campaign | None:
    if other.relation != "campaign":
        return None
    return case_views.Campaign(
        ours=tuple((piece.text, piece.differs) for piece in other.ours),
        theirs=tuple((piece.text, piece.differs) for piece in other.theirs),
        exchanged=tuple((each.ours, each.theirs) for each in other.exchanged),
    )


def _known(
    shift: Shift, case: CaseView, found: KnownMatch, attempt: Attempt | None, why_not: str, *, writable: bool
) -> case_views.OthersAnswer:
    known_id = found.card.id

    def action(word: str) -> Action:
        done = of(attempt, f"{word} {known_id}")
        path = ("cases", case.id, "known", known_id, word)
        return shift.action(*path, attempt=done, version=case.draft_number, why_not=why_not)

    used = any(r.url == found.card.url for r in case.references)
    return case_views.OthersAnswer(
        card=found.card,
        differences=tuple(
            case_views.Difference(what=d.what, ours=d.theirs, theirs=d.ours, same=d.same) for d in found.differences
        ),
        likely=_likely(found.score, found.reasons),
        reasons=found.reasons,
        used=used,
        adopt=action("adopt") if writable and not used else None,
        dismiss=action("dismiss") if writable else None,
    )


def claim_line(shift: Shift, claim: ReportedClaim) -> case_views.ClaimLine:
    return case_views.ClaimLine(
        text=claim.text,
        number=claim.number,
        url=shift.url("cases", claim.case_id) if claim.case_id else "",
        title=claim.title,
        verdict=claim.verdict or "",
        known=claim.known,
        likely=_likely(claim.score, claim.reasons),
        reasons=claim.reasons,
    )


def reference_line(reference: Reference, remove: Action | None = None) -> case_views.ReferenceLine:
    return case_views.ReferenceLine(
        id=reference_id(reference.url),
        title=reference.title,
        url=reference.url,
        publisher=reference.publisher,
        archived_at=reference.archived_at,
        sha256=reference.sha256 or "",
        failure="" if reference.archived_at else "pending",
        remove=remove,
    )


def _removal(shift: Shift, case: CaseView, reference: Reference, why_not: str) -> Action:
    return shift.action("cases", case.id, "references", reference_id(reference.url), "remove", why_not=why_not)


def _new_reference(
    shift: Shift, case: CaseView, attempt: Attempt | None, unsent: Unsent, why_not: str
) -> case_views.NewReference:
    tried = of(attempt, "references") or unsent
    return case_views.NewReference(
        action=_action(shift, case, attempt, "references", why_not),
        title=tried.typed("title"),
        url=tried.typed("url"),
        publisher=tried.typed("publisher"),
    )


def _triage(shift: Shift, case: CaseView, attempt: Attempt | None, why_not: str) -> case_views.Triage:
    tried = of(attempt, "triage")
    severity = case.severity if is_triaged(case) else None
    if tried:
        severity = int(tried.typed("severity")) if tried.typed("severity") in ("1", "2", "3", "4") else None
    return case_views.Triage(
        action=_action(shift, case, attempt, "triage", why_not),
        severity=severity,
        topic=tried.typed("topic") if tried else case.topic,
        area=tried.typed("area") if tried else case.area or "",
        topics=TOPICS,
        areas=tuple((a.code, a.name) for a in areas.children(shift.office.region_code)),
    )


def typed_draft(attempt: Attempt) -> Draft:
    return Draft(
        claim=attempt.typed("claim"),
        verdict=attempt.typed("verdict") or None,
        about_own_tenant={"yes": True, "no": False}.get(attempt.typed("about_own_tenant")),
        fact=attempt.typed("fact"),
        explanation=attempt.typed("explanation"),
        change_note=attempt.typed("change"),
    )


def _draft(case: CaseView, frame: Frame, attempt: Attempt | None, unsent: Unsent) -> case_views.Draft:
    return draft_view(case, frame, typed_draft(attempt) if attempt else unsent.draft or case.draft)


def draft_view(case: CaseView, frame: Frame, draft: Draft) -> case_views.Draft:
    standing = case.clarification.version if case.clarification else 0
    out = case.state in OUT
    return case_views.Draft(
        claim=draft.claim,
        verdict=draft.verdict or "",
        about_own_tenant=draft.about_own_tenant,
        fact=draft.fact,
        explanation=draft.explanation,
        change=draft.change_note,
        version=max(1, standing if out else standing + 1),
        author=frame.name(case.author) if case.author else "",
        personal=personal_in(draft.claim, draft.fact, draft.explanation, draft.change_note),
        returned_note=case.return_note if case.state == CaseState.DRAFTING else "",
        returned_by=_returned_by(case, frame),
    )


def personal_in(*texts: str) -> tuple[str, ...]:
    """Each once."""
    return tuple(dict.fromkeys(text[span.start : span.end] for text in texts for span in find(text)))


def _returned_by(case: CaseView, frame: Frame) -> str:
    last = next((s for s in reversed(case.steps) if s.what == "returned"), None)
    return frame.name(last.actor) if last else ""


def _draft_action(shift: Shift, case: CaseView, attempt: Attempt | None, what: str, why_not: str) -> Action:
    """The page's form: every part that somebody writes in belongs to it, and its one key comes back to all."""
    return shift.action("cases", case.id, what, attempt=attempt, version=case.draft_number, why_not=why_not)


def _why_not_approve(shift: Shift, case: CaseView) -> Action | None:
    """Approving is done on the review page; here stands why this officer cannot."""
    if case.author != shift.officer.id or case.state not in (CaseState.DRAFTING, CaseState.IN_REVIEW):
        return None
    return shift.action("reviews", case.id, "approve", why_not="author")


def _conflict(shift: Shift, case: CaseView, frame: Frame, attempt: Attempt | None) -> case_views.Conflict | None:
    if attempt is None or not attempt.conflict or not is_page(attempt.form):
        return None
    mine, theirs = typed_draft(attempt), case.draft
    return case_views.Conflict(
        by=frame.name(case.author),
        at=None,
        clashes=tuple(_clashes(mine, theirs)),
        mine=draft_view(case, frame, mine),
        keep_mine=shift.action("cases", case.id, "draft", version=case.draft_number),
        take_theirs=shift.action("cases", case.id, "unsent"),
    )


def _clashes(mine: Draft, theirs: Draft) -> Iterable[case_views.Clash]:
    said = {True: "yes", False: "no", None: ""}
    for name, page_name in (("claim", "claim"), ("verdict", "verdict"), ("fact", "fact"),
                            ("explanation", "explanation"), ("change_note", "change")):  # fmt: skip
        ours, other = getattr(mine, name) or "", getattr(theirs, name) or ""
        # A browser sends a line break as two characters.
        if ours.replace("\r\n", "\n") != other.replace("\r\n", "\n"):
            yield case_views.Clash(what=page_name, mine=ours, theirs=other)
    if mine.about_own_tenant != theirs.about_own_tenant:
        yield case_views.Clash(
            what="about_own_tenant", mine=said[mine.about_own_tenant], theirs=said[theirs.about_own_tenant]
        )


def _clocks(case: CaseView, clock: ClockState, now: datetime) -> Iterable[case_views.CaseClock]:
    if case.screened_at is not None:
        yield case_views.CaseClock(what="screening", due_at=case.screened_at, state=ClockState.DONE)
    answer = case.answer_due_at or case.waiting_until or case.limit_at
    yield case_views.CaseClock(what="answer", due_at=answer, state=clock)
    done = clock == ClockState.DONE
    yield case_views.CaseClock(
        what="limit",
        due_at=case.limit_at,
        state=console_views.clock_state(case.limit_at, now=now, paused=clock == ClockState.PAUSED, done=done),
    )


def _question(
    shift: Shift, case: CaseView, frame: Frame, attempt: Attempt | None, unsent: Unsent, *, why_not: str
) -> case_views.Question:
    tried = of(attempt, "ask") or unsent
    today = local_day(frame.now, shift.zone)
    agencies = sorted(shift.parts.directory.agencies_of(shift.office.id), key=lambda a: a.name)
    return case_views.Question(
        action=_action(shift, case, attempt, "ask", why_not),
        parties=tuple((a.id, a.name) for a in agencies),
        party=tried.typed("party"),
        until=tried.typed("until"),
        text=tried.typed("question"),
        earliest=(today + timedelta(days=1)).isoformat(),
        latest=(today + FARTHEST_DUE - timedelta(days=1)).isoformat(),
    )


def _confirmation(
    shift: Shift, case: CaseView, attempt: Attempt | None, unsent: Unsent, why_not: str
) -> case_views.Confirmation | None:
    if case.state != CaseState.AWAITING_CONFIRMATION:
        return None
    tried = of(attempt, "confirm") or unsent
    return case_views.Confirmation(
        action=_action(shift, case, attempt, "confirm", why_not), text=tried.typed("confirmed")
    )


def _closing(shift: Shift, case: CaseView, attempt: Attempt | None, unsent: Unsent) -> case_views.Closing:
    tried = of(attempt, "close") or unsent
    return case_views.Closing(action=_action(shift, case, attempt, "close"), reason=tried.typed("reason"))


def history(case: CaseView, frame: Frame, *, case_url: Callable[[str], str]) -> Iterable[case_views.Moment]:
    waiting = next((s for s in reversed(case.steps) if s.what in ("asked", "confirmed")), None)
    for step in case.steps:
        kind = MOMENTS.get(step.what)
        if kind is not None:
            yield _moment(step, kind, frame, case_url=case_url, waits=step is waiting and case.waiting_for is not None)
    if case.state == CaseState.IN_REVIEW:
        yield case_views.Moment(kind="review", state="now")
    if case.state not in OUT | ENDED:
        yield case_views.Moment(kind="publication", state="todo", count=case.askers or None)


def _moment(step: Step, kind: str, frame: Frame, *, case_url: Callable[[str], str], waits: bool) -> case_views.Moment:
    corrects = kind == "published" and (step.count or 1) > 1
    nodes = {"linked": "knot", "returned": "corrected"}
    return case_views.Moment(
        kind="corrected" if corrects else kind,
        state="now" if waits else "corrected" if corrects else nodes.get(kind, "done"),
        at=step.at,
        who=frame.name(step.actor) if step.actor in frame.names else "",
        count=step.count if kind in ("linked", "gathered") else None,
        note=_note(step, kind),
        number=step.number,
        url=case_url(step.case_id) if step.case_id is not None else "",
    )


def _note(step: Step, kind: str) -> str:
    if kind in ("asked", "answered", "gathered"):
        return step.party or ""
    return step.note if kind in ("taken_out", "brought_in", "returned", "closed", "revealed", "original_opened") else ""


def published_view(shift: Shift, case: CaseView) -> case_views.Published:
    """The public page follows the publication within a moment; until then the case stands in for it."""
    card, step = case.clarification, next((s for s in reversed(case.steps) if s.what == "published"), None)
    at = step.at if step else case.last_at
    return case_views.Published(
        number=card.number if card else case.number,
        version=card.version if card else 1,
        url=f"/{shift.office.slug}/clarifications/{card.number}" if card else shift.url("cases", case.id),
        answers_url=shift.url("cases", case.id, "partners"),
        deliveries_url=shift.url("cases", case.id, "deliveries"),
        at=(card.corrected_at or card.published_at) if card else at,
    )


def can_approve(shift: Shift, case: CaseView) -> str:
    """Code of why this officer may not approve; empty when they may."""
    if case.author == shift.officer.id:
        return "author"
    if not shift.officer.has(Role.APPROVER):
        return "role"
    return "already_approved" if shift.officer.id in case.approvals else ""
