"""Published answers and the office's numbers, for programs."""

from datetime import datetime

from fastapi import APIRouter, Response

from libs.contracts.reports.parts import Reference
from libs.contracts.reports.reads import ClarificationCard, ClarificationView, KnownCard, StatsView, VersionView
from services.gateway.api.models import ALWAYS, WRITING, Answer, CommandAnswer, answered, problems
from services.gateway.archive.wishes import count_demand as counted
from services.gateway.archive.wishes import count_known_demand as known_counted
from services.gateway.context import Key, Office, Parts, PublicWrite, Wait
from services.gateway.paths import Id
from services.gateway.web.pages import Cursor, Words

router = APIRouter()


class PublicClarification(Answer):
    """Without who wrote and who approved it: the page names their roles."""

    id: str
    number: str
    version: int
    state: str
    claim: str
    verdict: str
    fact: str
    explanation: str
    references: tuple[Reference, ...]
    versions: tuple[VersionView, ...]
    demand: int
    area: str | None = None
    topic: str = ""
    published_at: datetime
    retraction: str = ""


def public_clarification(view: ClarificationView) -> PublicClarification:
    return PublicClarification.model_validate(view.model_dump(include=set(PublicClarification.model_fields)))


class ClarificationList(Answer):
    items: tuple[ClarificationCard, ...]
    next: str | None = None
    count: int | None = None


@router.get("/{slug}/clarifications", summary="Published answers, newest first", responses=problems(*ALWAYS))
async def clarifications(office: Office, parts: Parts, q: Words = "", cursor: Cursor = "") -> ClarificationList:
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
    return answered(await counted(parts, office, key, found.id, wait=wait), response)


class KnownList(Answer):
    items: tuple[KnownCard, ...]
    next: str | None = None
    count: int | None = None


@router.get("/{slug}/known", summary="What other publishers have answered", responses=problems(*ALWAYS))
async def known(office: Office, parts: Parts, q: Words = "", cursor: Cursor = "") -> KnownList:
    """Newest first, each with its publisher and the address where it stands. None is the office's verdict."""
    page = await parts.reports.known(office.id, q=q, cursor=cursor)
    return KnownList(items=page.items, next=page.next, count=page.count)


@router.get("/{slug}/known/{ref}", summary="One answer of another publisher", responses=problems(*ALWAYS))
async def one_known(office: Office, parts: Parts, ref: Id) -> KnownCard:
    """By its id in the archive of the office, or in the one that all share."""
    return await parts.reports.known_one(office.id, ref)


@router.post(
    "/{slug}/known/{ref}/demand",
    status_code=202,
    summary="This is what I received, of another publisher's answer",
    dependencies=[PublicWrite],
    responses={201: {"model": CommandAnswer, "description": "Counted"}, **problems(*WRITING)},
)
async def count_known_demand(
    office: Office, parts: Parts, ref: Id, key: Key, wait: Wait, response: Response
) -> CommandAnswer:
    """Counts somebody who received the claim, without keeping anything about them."""
    found = await parts.reports.known_one(office.id, ref)
    return answered(await known_counted(parts, office, key, found, wait=wait), response)


@router.get("/{slug}/stats", summary="Numbers of the last week", responses=problems(*ALWAYS))
async def stats(office: Office, parts: Parts) -> StatsView:
    """Of the office; small numbers are left out."""
    return await parts.reports.stats(office.id)
