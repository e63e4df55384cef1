"""A report, its files, and the question whether it was answered already, for programs."""

from typing import Literal

from fastapi import APIRouter, Request, Response, UploadFile

from libs.contracts.reads import BlobView
from libs.contracts.registry.questions import Question
from libs.contracts.reports.reads import MatchView
from libs.contracts.words import ReportKind
from services.gateway.api.bodies import documented
from services.gateway.api.models import ALWAYS, WRITING, Answer, problems
from services.gateway.context import Key, Office, Parts, PublicWrite, parts_of
from services.gateway.dispatch.accepting import Accepted
from services.gateway.paths import Slug
from services.gateway.pictures.uploads import LARGEST_BYTES
from services.gateway.reporting import questions as asking
from services.gateway.reporting.door import submit_report
from services.gateway.reporting.forms import MatchQuestion, ReportForm

router = APIRouter()
behind_the_door = APIRouter()
"""What `door.py` answers: routed last, since the fixed words of other routes fit its path."""


class ReportAnswer(Answer):
    """Keep number and code: together they open the ticket, and the code is shown only here."""

    number: str
    tracking_code: str
    report_id: str
    state: Literal["accepted", "done"]


def answer_of(accepted: Accepted) -> ReportAnswer:
    return ReportAnswer(
        number=accepted.number,
        tracking_code=accepted.tracking_code,
        report_id=accepted.report_id,
        state="accepted" if accepted.outcome is None else "done",
    )


_KEY_AND_WAIT = [
    {
        "name": "idempotency-key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
        "description": "A random UUID (version 4 or 7). The same key and body again give the same ticket.",
    },
    {
        "name": "prefer",
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": "^wait=[0-9]{1,2}$"},
        "description": "`wait=N`: up to N seconds (at most 10) for the outcome.",
    },
]
"""In both states below the report is kept."""


@behind_the_door.post(
    "/{slug}/reports",
    status_code=202,
    summary="Send a report",
    responses={
        202: {"model": ReportAnswer, "description": "Kept, and on its way"},
        201: {"model": ReportAnswer, "description": "Recorded"},
        **problems(*WRITING),
    },
    openapi_extra={**documented(ReportForm), "parameters": _KEY_AND_WAIT},
    response_class=Response,
)
async def report(slug: Slug, request: Request) -> Response:
    """Kept once the broker has it. Number and code open the ticket; the same key and body get the same again."""
    return await submit_report(parts_of(request), slug, request)


@router.get("/{slug}/report-questions", summary="What the office asks beside a report", responses=problems(*ALWAYS))
async def questions(office: Office, kind: ReportKind = ReportKind.HOAX) -> tuple[Question, ...]:
    """Of such a report, in their order. Where `after` names another, it is asked only if that was answered with
    `answer`. Answers go with the report, by id."""
    return asking.of_kind(office.settings.questions, kind)


@router.post(
    "/{slug}/uploads",
    status_code=201,
    summary="Upload a file",
    dependencies=[PublicWrite],
    responses=problems(*WRITING),
)
async def upload(office: Office, parts: Parts, key: Key, file: UploadFile, request: Request) -> BlobView:
    """A picture (JPEG, PNG, WebP; at most 10 MB and 40 megapixels), a voice note (Ogg Opus, M4A), a video (MP4 with
    H.264 or HEVC) or a PDF (at most 50 pages); these at most 16 MB and 10 minutes. Kept as a copy without metadata, and
    sealed as it was sent. A PDF that carries scripts or files is refused. Name it in a report within a day. Eight at
    once from one address are taken; beyond, 429 says when to try again."""
    data = await file.read(LARGEST_BYTES + 1)
    return await parts.uploads.take(office.id, key, data, client=parts.client(request))


@router.post(
    "/{slug}/match", summary="Has this been answered already?", dependencies=[PublicWrite], responses=problems(*WRITING)
)
async def match(office: Office, parts: Parts, question: MatchQuestion) -> MatchView:
    """For a text that somebody is about to report. Keeps nothing."""
    text = "\n".join((question.text, *question.urls)).strip()
    if not text:
        return MatchView(outcome="none")
    return await parts.reports.match(office.id, text[:6_000])
