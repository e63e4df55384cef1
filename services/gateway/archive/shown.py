"""Read models of the reports service as the pages show them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.reads import OfficerView
from libs.contracts.reports.reads import ClarificationCard, ClarificationView, TicketView
from libs.contracts.reports.reads import Step as CaseStep
from services.gateway.web.views import (
    ClarificationPage,
    ClarificationRow,
    Decider,
    Message,
    Source,
    ThreadStep,
    VersionView,
)

SHOWN_STEPS = {
    "received": "received",
    "linked": "linked",
    "moved": "linked",
    "rejected": "rematched",
    "asked": "waiting_party",
    "confirmed": "checking",
    "published": "answered",
    "closed": "not_continued",
    "answered": "answered",
    "screened_out": "screened_out",
    "withdrawn": "withdrawn",
}
"""Steps that a reporter sees, by the words of the page; the others are the office's own."""
NODES = {"linked": "knot", "screened_out": "stopped", "not_continued": "stopped", "withdrawn": "stopped"}


def row(card: ClarificationCard) -> ClarificationRow:
    return ClarificationRow(
        number=card.number,
        fact=card.fact,
        claim=card.claim,
        verdict=card.verdict,
        published_at=card.published_at,
        demand=card.demand,
        corrected_at=card.corrected_at,
        state=card.state,
    )


def clarification_page(
    view: ClarificationView, office: TenantRecord, officers: Sequence[OfficerView], *, public_url: str, counted: bool
) -> ClarificationPage:
    initials = {o.id: o.initials for o in officers}
    address = f"/{office.slug}/clarifications/{view.number}"
    corrected = view.versions[-1].at if view.version > 1 else None
    return ClarificationPage(
        row=ClarificationRow(
            number=view.number,
            fact=view.fact,
            claim=view.claim,
            verdict=view.verdict,
            published_at=view.published_at,
            demand=view.demand,
            corrected_at=corrected,
            state=view.state,
        ),
        version=view.version,
        explanation=paragraphs(view.explanation),
        sources=tuple(
            Source(title=r.title, url=r.url, publisher=r.publisher, at=r.archived_at, sha256=r.sha256 or "")
            for r in view.references
        ),
        deciders=tuple(
            Decider(role=role, initials=initials.get(officer, ""))
            for role, officer in (("author", view.author), *(("approver", a) for a in view.approvers))
        ),
        versions=tuple(
            VersionView(number=v.version, at=v.at, verdict=v.verdict, change=v.change_note) for v in view.versions
        ),
        url=f"{public_url}{address}",
        card_url=f"{address}/card.png",
        retracted_reason=view.retraction,
        counted=counted,
    )


def paragraphs(text: str) -> tuple[str, ...]:
    return tuple(p.strip() for p in text.split("\n\n") if p.strip())


def thread(ticket: TicketView, *, now: datetime) -> tuple[ThreadStep, ...]:
    """Oldest first: what happened, where it stands, what comes next."""
    steps = list(_happened(ticket.steps))
    again = is_reopened(ticket)
    if again:
        steps.append(ThreadStep(step="reopened", node="now"))
    elif ticket.state in ("received", "checking") and ticket.clarification is None:
        steps.append(ThreadStep(step="checking", node="now"))
    if ticket.state in ("received", "checking", "waiting_party"):
        steps.append(ThreadStep(step="answered", node="todo", at=None if again else ticket.answer_due_at))
    if ticket.state == "answered" and ticket.helpful is None:
        steps.append(ThreadStep(step="closed", node="todo"))
    if ticket.state == "closed":
        steps.append(ThreadStep(step="closed", node="done"))
    return tuple(steps)


def is_reopened(ticket: TicketView) -> bool:
    """Its reporter said "Belum", and no other answer has come since."""
    return ticket.helpful is False and ticket.state in ("received", "checking")


def _happened(steps: Iterable[CaseStep]) -> Iterable[ThreadStep]:
    listed = [s for s in steps if s.what in SHOWN_STEPS]
    waiting = next((s for s in reversed(listed) if s.what in ("asked", "confirmed")), None)
    for step in listed:
        word = SHOWN_STEPS[step.what]
        node = {"linked": "knot", "screened_out": "stopped", "not_continued": "stopped", "withdrawn": "stopped"}.get(
            word, "done"
        )
        if word == "linked" and not step.count:
            continue
        if step.what == "asked" and step is waiting:
            node = "now"
        if step.what == "published" and (step.count or 1) > 1:
            yield ThreadStep(step="corrected", node="corrected", at=step.at)
            continue
        yield ThreadStep(
            step=word,
            node=node,
            at=step.at,
            party=step.party or "",
            until=step.until,
            count=step.count or 0 if word == "linked" else 0,
            reason=step.note if word in ("screened_out", "not_continued") else "",
        )


def messages(ticket: TicketView) -> tuple[Message, ...]:
    return tuple(
        Message(mine=not m.by_office, at=m.at, text=m.text, not_answered=m.about == "not_answered")
        for m in ticket.messages
    )
