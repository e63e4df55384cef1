"""What an officer may want done with one report: on its own page, and on that of its case."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.reports import report
from libs.contracts.words import CHECKERS
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish, declared
from services.gateway.web.pages import number_in

REPLY = "text-"
"""Begins the names of replies on a page that has a box for each report, and for each thing that came back."""


def reply_name(posted: Posted) -> str:
    """The box that was written in: the one beside the button, where the report has several on the page."""
    named = posted.text("box")
    return named if named.startswith(REPLY) else f"{REPLY}{posted.ids['report_id']}"


def _from_its_box(posted: Posted) -> Mapping[str, Any]:
    return {"text": posted.text(reply_name(posted)) or posted.text("text")}


def _with_its_reason(posted: Posted) -> Mapping[str, Any]:
    """The page of a case asks for the reason of closing it as well."""
    own = f"reason-{posted.ids['report_id']}"
    name = own if own in posted.form else "reason"
    posted.require(name)
    return {"reason": posted.text(name)}


def _of_its_address(posted: Posted) -> Mapping[str, Any]:
    return {"page": number_in(posted.ids["page"])}


def _of_its_piece(posted: Posted) -> Mapping[str, Any]:
    """
    Raises:
        RequestValidationError: a reason that needs words has none.
    """
    if posted.text("reason") == "other":
        posted.require("note")
    return {"piece": number_in(posted.ids["piece"])}


def _with_its_purpose(posted: Posted) -> Mapping[str, Any]:
    """
    Raises:
        RequestValidationError: no reason was chosen, or one that needs words has none.
    """
    purpose, words = (f"{name}-{posted.ids['report_id']}" for name in ("purpose", "purpose-note"))
    posted.require(purpose)
    if posted.text(purpose) == "other":
        posted.require(words)
    return {"reason": posted.text(purpose), "note": posted.text(words)}


def _out_of_its_case(posted: Posted) -> Mapping[str, Any]:
    """
    Raises:
        RequestValidationError: no reason was chosen.
    """
    reason, into = (f"{name}-{posted.ids['report_id']}" for name in ("apart", "into"))
    posted.require(reason)
    return {"reason": posted.text(reason), "into": posted.text(into).strip()}


REVEALED = Notice("revealed", "Data pribadi laporan ini tampil untuk Anda selama 15 menit; alasannya tercatat.")
OPENED = Notice("original_opened", "Berkas asli bisa Anda unduh selama 15 menit; alasannya tercatat.")
REPLIED = Notice("replied", "Pesan tercatat di laporan. Pelapor yang meninggalkan kontak dikabari.")
SCREENED_OUT = Notice(
    "screened_out", "Laporan tidak dilanjutkan; alasannya tampil di laporan. Pelapor yang meninggalkan kontak dikabari."
)

DETACHED = Notice("detached", "Laporan dikeluarkan dari kasus ini; riwayat mencatat siapa, alasannya, dan ke mana.")

MESSAGE = Wish(
    report.AddMessage,
    "/reports/{report_id}/messages",
    name="message",
    shape="ConfirmationWish",
    summary="Write to the reporter",
    about="Read with the ticket's code, and sent to the reporter's contact where there is one.",
    may=CHECKERS,
    buttons=(
        Button("answers/{report_id}/reply", done=REPLIED),
        Button("cases/{case_id}/reports/{report_id}/reply", each="report_id", done=REPLIED, fills=_from_its_box),
    ),
)
ANSWER = Wish(
    report.AnswerReport,
    "/reports/{report_id}/answer",
    name="answer",
    shape="ReportAnswerWish",
    summary="Answer one reporter",
    about="Once; for what is no hoax. "
    "Read with the ticket's code, and sent to the reporter's contact where there is one.",
    may=CHECKERS,
    buttons=(
        Button(
            "answers/{report_id}/answer",
            done=Notice("answered", "Jawaban tercatat di laporan. Pelapor yang meninggalkan kontak dikabari."),
            needed=("outcome", "text"),
        ),
    ),
)
SCREEN_OUT = Wish(
    report.ScreenOutReport,
    "/reports/{report_id}/screening",
    name="screen_out",
    shape="ScreeningWish",
    summary="Screen it out",
    about="It is not looked into; the reporter reads why.",
    may=CHECKERS,
    buttons=(
        Button("answers/{report_id}/screen", done=SCREENED_OUT, fills=_with_its_reason),
        Button(
            "cases/{case_id}/reports/{report_id}/screen",
            each="report_id",
            done=SCREENED_OUT,
            fills=_with_its_reason,
        ),
    ),
)
DETACH = Wish(
    report.DetachReport,
    "/reports/{report_id}/detachment",
    name="detach",
    shape="DetachmentWish",
    summary="Take it out of its case",
    about="`case_id` is where it was seen. It opens a case of its own, or goes to the one that `into` names by\n"
    "number or id; the matcher keeps the two apart from then on. Taken back by naming the case that it left.",
    may=CHECKERS,
    buttons=(
        Button("cases/{case_id}/reports/{report_id}/detach", each="report_id", done=DETACHED, fills=_out_of_its_case),
    ),
)
REVEAL = Wish(
    report.RevealPersonalData,
    "/reports/{report_id}/personal-data",
    name="reveal_personal_data",
    shape="RevealWish",
    summary="Read what is masked in a report",
    about="For a quarter of an hour and for this officer alone. Who, when and why stands in the report's history.",
    may=CHECKERS,
    buttons=(
        Button("answers/{report_id}/reveal", done=REVEALED, fills=_with_its_purpose),
        Button(
            "cases/{case_id}/reports/{report_id}/reveal",
            each="report_id",
            done=REVEALED,
            fills=_with_its_purpose,
        ),
    ),
)
OPEN_ORIGINAL = Wish(
    report.OpenOriginal,
    "/reports/{report_id}/originals",
    name="open_original",
    shape="OriginalWish",
    summary="Open a file as it was sent",
    about="For a quarter of an hour and for this officer alone. Who, when and why stands in the chain of custody.",
    may=CHECKERS,
    buttons=(
        Button("reports/{report_id}/evidence/{piece}/open", done=OPENED, fills=_of_its_piece, needed=("reason",)),
    ),
)
SETTLE = Wish(
    report.SettleReport,
    "/reports/{report_id}/settlement",
    name="settle_report",
    shape="ReportSettlementWish",
    shape_about="Nothing more to say.",
    summary="Dealt with its mark",
    about="Takes the mark off one report of a case.",
    may=CHECKERS,
    buttons=(Button("answers/{report_id}/settle", done=Notice("settled", "Ditandai sudah ditangani.")),),
)

LOOKED_AGAIN = Notice("page_asked", "Laman itu akan diambil lagi; salinan yang ada tetap tersimpan.")
RETAKE = Wish(
    report.RetakeSnapshot,
    "/reports/{report_id}/snapshots",
    name="retake_snapshot",
    shape="SnapshotWish",
    summary="Look at a reported page once more",
    about="Earlier copies are kept.",
    may=CHECKERS,
    buttons=(
        Button("answers/{report_id}/pages/{page}/again", done=LOOKED_AGAIN, fills=_of_its_address),
        Button(
            "cases/{case_id}/reports/{report_id}/pages/{page}/again",
            each="report_id",
            done=LOOKED_AGAIN,
            fills=_of_its_address,
        ),
    ),
)

WISHES = declared(globals())
