"""What an officer may want done with a case."""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any

from libs.contracts.fields import FARTHEST_DUE
from libs.contracts.reports import case
from libs.contracts.words import CHECKERS
from libs.kit.calendar import Zone, local_day
from services.gateway.checking import active_officer, area_of_office, known_case, usable_source
from services.gateway.console.shift import wrong
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Asked, Button, Posted, Wish, declared
from services.gateway.web.pages import zone_of


def _as_owner(posted: Posted) -> Mapping[str, Any]:
    """Whoever triages a case owns it until somebody else does."""
    return {"owner": posted.officer.id}


def _of_agency(posted: Posted) -> Mapping[str, Any]:
    agencies = {a.id: a.name for a in posted.parts.directory.agencies_of(posted.office.id)}
    until = end_of_day(posted.text("until"), zone_of(posted.office), now=datetime.now(UTC))
    return {"party": agencies.get(posted.text("party"), ""), "due_at": until.isoformat()}


def end_of_day(day: str, zone: Zone, *, now: datetime) -> datetime:
    """The last minute of a date as typed, in the office's zone.

    Raises:
        RequestValidationError: `date_past` or `date_far`: it lies after today and within a year.
    """
    try:
        moment = datetime.combine(datetime.fromisoformat(day).date(), time(23, 59), tzinfo=zone.tz)
    except (ValueError, OverflowError):
        raise wrong("until", "invalid") from None
    if moment.date() <= local_day(now, zone):
        raise wrong("until", "date_past")
    if moment > now + FARTHEST_DUE:
        raise wrong("until", "date_far")
    return moment


def _without_blanks(name: str) -> Any:
    return lambda posted: {name: posted.text(name).strip()}


def _in_lines(posted: Posted) -> Mapping[str, Any]:
    """A browser sends a line break as two characters."""
    return {"explanation": posted.text("explanation").replace("\r\n", "\n")}


async def _into_known(asked: Asked[case.MergeCase]) -> None:
    await known_case(asked, asked.command.into, field="into")


async def _other_known(asked: Asked[case.JudgeSuggestion]) -> None:
    await known_case(asked, asked.command.other, field="other")


SETTLED = Notice("settled", "Ditandai sudah ditangani.")

LEASE = Wish(
    case.LeaseCase,
    "/cases/{case_id}/lease",
    name="lease",
    shape="LeaseWish",
    summary="Take it in hand, or let go",
    about="Who holds a case works on it; others see that. It ends by itself.",
    may=CHECKERS,
    buttons=(
        Button("cases/{case_id}/claim", done=Notice("claimed", "Kasus ini Anda pegang.")),
        Button(
            "cases/{case_id}/release",
            done=Notice("released", "Kasus dilepas; petugas lain bisa mengambilnya."),
            fixed={"release": True},
        ),
    ),
)
TRIAGE = Wish(
    case.TriageCase,
    "/cases/{case_id}/triage",
    name="triage",
    shape="TriageWish",
    summary="Severity, topic, area, owner",
    about="Whoever triages owns the case until somebody else does. The area must lie in the office's own.",
    may=CHECKERS,
    defaults={"topic": ""},
    checks=(area_of_office, active_officer),
    buttons=(
        Button(
            "cases/{case_id}/triage",
            done=Notice("triaged", "Triase tersimpan."),
            needed=("severity", "topic"),
            fills=_as_owner,
        ),
    ),
)
ASK = Wish(
    case.AskSource,
    "/cases/{case_id}/questions",
    name="question",
    shape="QuestionWish",
    summary="Ask a named party, until a date",
    about="The clock of the case stops until the party has answered, or until the date.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/ask",
            done=Notice(
                "asked",
                "Pertanyaan tercatat; sampaikan kepada pihak itu. Jam jawaban berhenti sampai tanggal yang disebut.",
            ),
            pages={"due_at": "until"},
            needed=("party", "until"),
            fills=_of_agency,
        ),
    ),
)
CONFIRM = Wish(
    case.RecordConfirmation,
    "/cases/{case_id}/confirmations",
    name="confirmation",
    shape="ConfirmationWish",
    summary="What the party answered",
    about="What the asked party said; the clock of the case runs on.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/confirm",
            done=Notice("confirmed", "Jawaban pihak itu tercatat; jam berjalan lagi."),
            pages={"text": "confirmed"},
        ),
    ),
)
ADD_REFERENCE = Wish(
    case.AddReference,
    "/cases/{case_id}/references",
    name="reference",
    shape="ReferenceWish",
    summary="Add a source",
    about="An address that supports the answer; at least one is needed before it may be submitted.",
    may=CHECKERS,
    checks=(usable_source,),
    buttons=(
        Button(
            "cases/{case_id}/references",
            done=Notice("reference_added", "Bukti ditambahkan."),
            needed=("title", "url"),
            fills=_without_blanks("url"),
        ),
    ),
)
REMOVE_REFERENCE = Wish(
    case.RemoveReference,
    "",
    name="remove_reference",
    summary="Remove a source",
    about="Named by its address.",
    may=CHECKERS,
)
DRAFT = Wish(
    case.SaveDraft,
    "/cases/{case_id}/draft",
    name="draft",
    shape="DraftWish",
    summary="Save the draft, or submit it",
    about="`expects` is the number of the draft that the author had before them: somebody else's later one is never\n"
    "overwritten.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/draft",
            done=Notice("draft_saved", "Draf tersimpan."),
            pages={"change_note": "change"},
            fills=_in_lines,
        ),
        Button(
            "cases/{case_id}/submit",
            name="draft",
            done=Notice("submitted", "Draf dikirim ke penyetuju."),
            pages={"change_note": "change"},
            fixed={"submit": True},
            fills=_in_lines,
        ),
    ),
)
MERGE = Wish(
    case.MergeCase,
    "/cases/{case_id}/merge",
    name="merge",
    shape="MergeWish",
    summary="The same claim as another case",
    about="Leads on to where that case went. `merged_here` where it has gone into this one already.",
    may=CHECKERS,
    checks=(_into_known,),
)
JUDGE = Wish(
    case.JudgeSuggestion,
    "/cases/{case_id}/suggestions",
    name="judge",
    shape="SuggestionWish",
    summary="Not the same claim",
    about="Puts a suggestion of the matcher away: another claim, or one of the same campaign.",
    may=CHECKERS,
    checks=(_other_known,),
)
CLOSE = Wish(
    case.CloseCase,
    "/cases/{case_id}/closing",
    name="close",
    shape="ClosingWish",
    summary="Close the case",
    about="Without an answer; the reason stands in the case's history.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/close",
            done=Notice("closed", "Kasus ditutup."),
            needed=("reason",),
            fills=_without_blanks("reason"),
        ),
    ),
)
ADOPT = Wish(
    case.AdoptDraft,
    "/cases/{case_id}/adoption",
    name="adopt",
    shape="AdoptionWish",
    summary="Take a merged case's draft",
    about="The draft that stood there is kept in its place.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/drafts/{of}/adopt",
            each="of",
            done=Notice("adopted", "Draf itu dipakai; draf sebelumnya tersimpan di bawahnya."),
        ),
    ),
)
ADOPT_KNOWN = Wish(
    case.AdoptKnown,
    "/cases/{case_id}/known-adoption",
    name="adopt_known",
    shape="KnownAdoptionWish",
    summary="Begin the draft with another publisher's answer",
    about="What stands in the draft already stays. The publisher becomes a source of the case.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/known/{known_id}/adopt",
            each="known_id",
            done=Notice("known_adopted", "Jawaban itu menjadi awal draf, dengan penerbitnya sebagai sumber."),
        ),
    ),
)
DISMISS_KNOWN = Wish(
    case.DismissKnown,
    "/cases/{case_id}/known-dismissal",
    name="dismiss_known",
    shape="KnownDismissalWish",
    summary="Another publisher's answer is about something else",
    about="It is no longer shown with the case, nor to its reporters.",
    may=CHECKERS,
    buttons=(
        Button(
            "cases/{case_id}/known/{known_id}/dismiss",
            each="known_id",
            done=Notice("known_dismissed", "Jawaban penerbit lain itu tidak ditampilkan lagi di kasus ini."),
        ),
    ),
)
SETTLE = Wish(
    case.SettleRecalls,
    "/cases/{case_id}/settlement",
    name="settle",
    shape="SettlementWish",
    shape_about="What reporters brought back has been dealt with.",
    summary="Dealt with what came back",
    about="A message to the reporter does the same for their report.",
    may=CHECKERS,
    buttons=(
        Button("cases/{case_id}/settle", done=SETTLED),
        Button("cases/{case_id}/reports/{report_id}/settle", each="report_id", done=SETTLED),
    ),
)

WISHES = declared(globals())
