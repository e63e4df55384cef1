"""Reports as the office reads them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.reports.parts import Attachment, QuestionAnswer, Snapshot
from libs.contracts.reports.reads import MessageView, OpeningView, PageView, PieceView, ReportRow, Reveal
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from services.reports.report.masking import Reader, Veil
from services.reports.report.pages import pages_of
from services.reports.report.rules import (
    Report,
    Taken,
    has_preview,
    looks_of,
    opened_until,
    openings_of,
    pages_due,
    revealed_until,
)
from services.reports.store import MOST, PAGE, Store

WAITING: Mapping[str, Any] = {"$or": [{"ix.state": {"$in": ["received", "reopened"]}}, {"ix.unread": True}]}
"""Reports that are answered one by one and wait for an answer, or to be read."""


class ReportReads:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors

    async def page(
        self, tenant: str, *, kind: str | None, state: str | None, cursor: str | None, limit: int = PAGE
    ) -> Page[ReportRow]:
        """Reports of the kinds that are answered one by one. `waiting`: for an answer, or to be read; `unread`."""
        where: dict[str, Any] = {"ix.one_by_one": True}
        if kind:
            where["ix.kind"] = kind
        if state == "waiting":
            where |= WAITING
        elif state == "unread":
            where["ix.unread"] = True
        elif state:
            where["ix.state"] = state
        return await self._page(tenant, where, scope=f"reports|{tenant}", cursor=cursor, limit=limit)

    async def of_case(
        self, tenant: str, case_id: str, reader: Reader, *, cursor: str | None = None, limit: int = 10
    ) -> Page[ReportRow]:
        """Newest first."""
        where: dict[str, Any] = {"ix.case": case_id}
        scope = f"case|{tenant}|{case_id}"
        return await self._page(tenant, where, scope=scope, cursor=cursor, limit=limit, reader=reader)

    async def looked_at(self, tenant: str, case_id: str) -> list[Report]:
        """Reports of a case whose personal data somebody has read, newest first."""
        where = {"ix.case": case_id, "ix.revealed": True}
        return await self._store.find_reports(tenant, where, sort=(("ix.received", -1),), limit=PAGE)

    async def _page(
        self,
        tenant: str,
        where: dict[str, Any],
        *,
        scope: str,
        cursor: str | None,
        limit: int,
        reader: Reader | None = None,
    ) -> Page[ReportRow]:
        limit = min(limit, MOST)
        count = await self._engine.collection("report").count(tenant, where)
        if cursor:
            at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            before = [{"ix.received": {"$lt": moment}}, {"ix.received": moment, "_id": {"$lt": last}}]
            where = {"$and": [where, {"$or": before}]}
        found = await self._store.find_reports(tenant, where, sort=(("ix.received", -1), ("_id", -1)), limit=limit + 1)
        next_ = None
        if len(found) > limit:
            last_report = found[limit - 1]
            next_ = self._cursors.encode(
                scope, [last_report.received_at.isoformat(), f"{tenant}/{last_report.report_id}"]
            )
        return Page(items=tuple(report_row(r, reader) for r in found[:limit]), next=next_, count=count)

    async def one(self, tenant: str, report_id: str, reader: Reader) -> ReportRow:
        found = await self._store.report(tenant, report_id)
        if found is None:
            raise NotFound("report")
        return report_row(found, reader)


def report_row(report: Report, reader: Reader | None = None) -> ReportRow:
    """Masked, but for a reader who has said why they must read it."""
    until = revealed_until(report, reader.officer, reader.at) if reader is not None else None
    veil, again = Veil(lifted=until is not None), Veil(lifted=until is not None)
    return ReportRow(
        id=report.report_id,
        number=report.number,
        kind=report.kind,
        state=report.state,
        received_at=report.received_at,
        text=veil.over(report.text),
        urls=tuple(map(veil.over, report.urls)),
        doubt=veil.over(report.doubt),
        answers=tuple(a.model_copy(update={"answer": veil.over(a.answer)}) for a in answers_of(report)),
        area=report.area,
        seen_on=report.seen_on,
        forwarded_often=report.forwarded_often,
        confidential=report.confidential,
        attachments=len(report.attachments),
        words=veil.over(report.words),
        transcript=veil.over(report.transcript),
        evidence=pieces_of(report, reader),
        pages=pages_view(report, veil, again),
        case_id=report.case_id,
        answer=report.answer,
        messages=tuple(
            m if m.by_office else m.model_copy(update={"text": veil.over(m.text)}) for m in messages_of(report)
        ),
        marks=report.marks,
        masked=veil.hidden,
        revealed_until=until,
        reveals=tuple(
            Reveal(officer=look.officer, at=look.at, reason=look.reason, note=look.note) for look in looks_of(report)
        ),
        intake=report.intake,
        entered_by=report.entered_by,
        claims=tuple(c.model_copy(update={"text": again.over(c.text)}) for c in report.claims),
    )


def pieces_of(report: Report, reader: Reader | None = None) -> tuple[PieceView, ...]:
    return tuple(_piece(report, number, attachment, reader) for number, attachment in enumerate(report.attachments, 1))


def _piece(report: Report, number: int, attachment: Attachment, reader: Reader | None) -> PieceView:
    taken = report.taken.get(attachment.blob_id, Taken())
    until = opened_until(report, attachment, reader.officer, reader.at) if reader is not None else None
    return PieceView(
        piece=number,
        kind=attachment.kind or "picture",
        media_type=attachment.media_type,
        size=attachment.size,
        sha256=attachment.sha256,
        original_sha256=attachment.original_sha256,
        duration_seconds=attachment.duration_seconds,
        pages=attachment.pages,
        has_preview=has_preview(attachment),
        brought_at=report.brought.get(attachment.blob_id, report.received_at),
        taken_at=taken.at,
        taken=attachment.blob_id in report.evidence,
        failure=taken.failure,
        openings=tuple(
            OpeningView(officer=o.officer, at=o.at, reason=o.reason, note=o.note)
            for o in openings_of(report, attachment)
        ),
        opened_until=until,
    )


def pages_view(report: Report, veil: Veil, again: Veil) -> tuple[PageView, ...]:
    """What strangers wrote is masked as what the reporter did.

    Args:
        again: over addresses, which are counted where they were reported.
    """
    if not report.pages or not isinstance(report.snapshots, tuple):
        return ()
    due = {page for page, _ in pages_due(report)}
    newest_first = sorted(report.snapshots, key=lambda s: -s.turn)
    return tuple(
        PageView(
            page=page,
            url=again.over(url),
            waits=page in due,
            copies=tuple(masked_snapshot(s, veil, again) for s in newest_first if s.page == page),
        )
        for page, url in enumerate(pages_of(report.text, report.urls)[: report.pages], 1)
    )


def masked_snapshot(snapshot: Snapshot, veil: Veil, again: Veil) -> Snapshot:
    addresses = {"url": again.over(snapshot.url), "final_url": again.over(snapshot.final_url)}
    words = {"title": veil.over(snapshot.title), "description": veil.over(snapshot.description)}
    return snapshot.model_copy(update=addresses | words)


def answers_of(report: Report) -> tuple[QuestionAnswer, ...]:
    return report.answers if isinstance(report.answers, tuple) else ()


def messages_of(report: Report) -> tuple[MessageView, ...]:
    if not isinstance(report.messages, tuple):
        return ()
    return tuple(
        MessageView(by_office=m.by_office, at=m.at, text=m.text, officer=m.officer, about=m.about)
        for m in report.messages
    )
