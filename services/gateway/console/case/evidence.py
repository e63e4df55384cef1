"""One piece of evidence with its digests and whoever opened it, and the chain of custody of a case, to be printed."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from libs.contracts.reports.reads import CustodyReport, PieceView, ReportRow
from libs.runtime.errors import NotFound, Refused
from services.gateway.console.carrying import Pressed, carry_out
from services.gateway.console.case import views
from services.gateway.console.serving import add_buttons
from services.gateway.console.shift import Attempt, Done, Frame, OnShift, Said, Shift, of
from services.gateway.console.wishes import WISHES
from services.gateway.paths import Id, Position
from services.gateway.web.pages import see

router = APIRouter(include_in_schema=False)

SUFFIXES = {"image/jpeg": "jpg", "audio/ogg": "ogg", "audio/mp4": "m4a", "video/mp4": "mp4"}
SEALED_OFF = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Of what strangers made: carried away, never opened as a page of ours."""


def piece_line(shift: Shift, report_id: str, number: str, piece: PieceView, frame: Frame) -> views.Piece:
    base = ("reports", report_id, "evidence", str(piece.piece))
    seen = piece.has_preview and piece.failure is None
    return views.Piece(
        number=number,
        piece=piece,
        url=shift.url(*base),
        preview=shift.url("reports", report_id, "pictures", str(piece.piece)) if seen else "",
        copy=shift.url(*base, "copy") if piece.size and piece.taken and piece.failure is None else "",
        original=shift.url(*base, "original") if piece.opened_until is not None else "",
        openings=tuple(
            views.Look(who=frame.name(o.officer), at=o.at, reason=o.reason, note=o.note) for o in piece.openings
        ),
    )


def _found(row: ReportRow, number: int) -> PieceView:
    if not 1 <= number <= len(row.evidence):
        raise NotFound("evidence")
    return row.evidence[number - 1]


@router.get("/{slug}/console/reports/{report_id}/evidence/{piece}")
async def piece(shift: OnShift, report_id: Id, piece: Position, done: Done) -> Response:
    return await _shown(shift, report_id, piece, done)


async def _shown(shift: Shift, report_id: str, number: int, said: Said, attempt: Attempt | None = None) -> Response:
    row, frame = await asyncio.gather(
        shift.parts.reports.report(shift.office.id, shift.officer.actor, report_id), shift.frame()
    )
    found = _found(row, number)
    tried = of(attempt, "open")
    sealed = found.original_sha256 is not None and found.taken and found.failure is None
    page = views.PiecePage(
        desk=shift.desk(frame, attempt.said if attempt else said),
        line=piece_line(shift, report_id, row.number, found, frame),
        words=row.words,
        transcript=row.transcript,
        back=shift.url("cases", row.case_id) if row.case_id else shift.url("answers", report_id),
        custody=shift.url("cases", row.case_id, "custody") if row.case_id else "",
        open=shift.action("reports", report_id, "evidence", str(number), "open", attempt=tried) if sealed else None,
    )
    return shift.show("case/piece", page, status=attempt.status if attempt else 200)


@router.get("/{slug}/console/reports/{report_id}/evidence/{piece}/copy")
async def copy(shift: OnShift, report_id: Id, piece: Position) -> Response:
    row = await shift.parts.reports.report(shift.office.id, shift.officer.actor, report_id)
    found = _found(row, piece)
    data = await shift.parts.reports.evidence_copy(shift.office.id, shift.officer.actor, report_id, piece)
    name = f"{row.number}-{piece}.{SUFFIXES.get(found.media_type, 'bin')}"
    return _carried_away(data, found.media_type, name)


@router.get("/{slug}/console/reports/{report_id}/evidence/{piece}/original")
async def original(shift: OnShift, report_id: Id, piece: Position) -> Response:
    """To the officer who said why, for a quarter of an hour; anybody else is led to where one says it."""
    try:
        data = await shift.parts.reports.original(shift.office.id, shift.officer.actor, report_id, piece)
    except Refused as refused:
        if refused.code != "forbidden":
            raise
        return shift.visit.finish(see(shift.url("reports", report_id, "evidence", str(piece))))
    return _carried_away(data, "application/octet-stream", f"{report_id}-{piece}.original")


def _carried_away(data: bytes, media_type: str, name: str) -> Response:
    headers = {**SEALED_OFF, "Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=media_type, headers=headers)


@router.get("/{slug}/console/cases/{case_id}/custody")
async def custody(shift: OnShift, case_id: Id) -> Response:
    found, frame = await asyncio.gather(
        shift.parts.reports.custody(shift.office.id, shift.officer.actor, case_id), shift.frame()
    )
    page = views.CustodyPage(
        desk=shift.desk(frame, Said()),
        number=found.number,
        title=found.title,
        case_url=shift.url("cases", case_id),
        reports=tuple(_brought(shift, report, frame) for report in found.reports),
        references=found.references,
        left_off=found.left_off,
    )
    return shift.show("case/custody", page)


def _brought(shift: Shift, report: CustodyReport, frame: Frame) -> views.Brought:
    return views.Brought(
        number=report.number,
        intake=report.intake,
        entered_by=frame.name(report.entered_by) if report.entered_by else "",
        received_at=report.received_at,
        pieces=tuple(piece_line(shift, report.report_id, report.number, piece, frame) for piece in report.pieces),
        snapshots=report.snapshots,
    )


async def _carry(shift: Shift, pressed: Pressed) -> Response:
    report_id, number = pressed.ids["report_id"], pressed.ids["piece"]
    if not number.isdecimal():
        raise NotFound("evidence")
    return await carry_out(
        shift,
        pressed,
        to=shift.url("reports", report_id, "evidence", number),
        again=lambda attempt: _shown(shift, report_id, int(number), Said(), attempt),
    )


add_buttons(router, WISHES, "reports/", _carry)
