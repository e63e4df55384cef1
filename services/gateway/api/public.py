"""The API for the public and for holders of tickets. The office is the one in the path."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, UploadFile
from starlette.responses import Response as PlainResponse

from libs.contracts.reads import BlobView
from libs.contracts.reports.reads import MatchView, StatsView
from libs.kit.imaging import LARGEST_BYTES
from services.gateway.api.bodies import documented
from services.gateway.api.models import (
    ALWAYS,
    WRITING,
    ClarificationList,
    CommandAnswer,
    PublicClarification,
    ReportAnswer,
    answered,
    problems,
    public_clarification,
)
from services.gateway.archive import wishes
from services.gateway.context import Key, Office, Parts, PublicWrite, Wait, parts_of
from services.gateway.paths import Id, Slug
from services.gateway.reporting.door import submit_report
from services.gateway.reporting.forms import MatchQuestion, ReportForm

MATCH_WITHIN = 3.0

router = APIRouter()

Cursor = Annotated[str, Query(max_length=600)]

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


@router.post(
    "/{slug}/reports",
    status_code=202,
    summary="Send a report",
    responses={
        202: {"model": ReportAnswer, "description": "Kept, and on its way"},
        201: {"model": ReportAnswer, "description": "Recorded"},
        **problems(*WRITING),
    },
    openapi_extra={**documented(ReportForm), "parameters": _KEY_AND_WAIT},
    response_class=PlainResponse,
)
async def report(slug: Slug, request: Request) -> PlainResponse:
    """Kept once the broker has it. Number and code open the ticket; the same key and body get the same again."""
    return await submit_report(parts_of(request), slug, request)


@router.post(
    "/{slug}/uploads",
    status_code=201,
    summary="Upload a picture",
    dependencies=[PublicWrite],
    responses=problems(*WRITING),
)
async def upload(office: Office, parts: Parts, key: Key, file: UploadFile, request: Request) -> BlobView:
    """JPEG, PNG or WebP of at most 10 MB and 40 megapixels; kept as a copy without metadata, and sealed as it was sent.
    Name it in a report within a day. Eight at once from one address are taken; beyond, 429 says when to try again."""
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
    return await parts.reports.match(office.id, text[:6_000], within=MATCH_WITHIN)


@router.get("/{slug}/clarifications", summary="Published answers, newest first", responses=problems(*ALWAYS))
async def clarifications(
    office: Office, parts: Parts, q: Annotated[str, Query(max_length=300)] = "", cursor: Cursor = ""
) -> ClarificationList:
    """`q` searches claims, facts and numbers. `next` is the cursor of the page after."""
    page = await parts.reports.clarifications(office.id, q=q, cursor=cursor)
    return ClarificationList(items=page.items, next=page.next, count=page.count)


@router.get("/{slug}/clarifications/{ref}", summary="One answer, by its number", responses=problems(*ALWAYS))
async def clarification(office: Office, parts: Parts, ref: Id) -> PublicClarification:
    """Its newest version, with every earlier one's date and note."""
    return public_clarification(await parts.reports.clarification(office.id, ref))


@router.post(
    "/{slug}/clarifications/{ref}/demand",
    status_code=202,
    summary="This is what I received",
    dependencies=[PublicWrite],
    responses={201: {"model": CommandAnswer, "description": "Counted"}, **problems(*WRITING)},
)
async def count_demand(
    office: Office, parts: Parts, ref: Id, key: Key, wait: Wait, response: Response
) -> CommandAnswer:
    """Counts somebody who received the claim, without keeping anything about them."""
    found = await parts.reports.clarification(office.id, ref)
    return answered(await wishes.count_demand(parts, office, key, found.id, wait=wait), response)


@router.get("/{slug}/stats", summary="Numbers of the last week", responses=problems(*ALWAYS))
async def stats(office: Office, parts: Parts) -> StatsView:
    """Of the office; small numbers are left out."""
    return await parts.reports.stats(office.id)
