"""What the office says of itself and how it works, for programs."""

from typing import Any

from fastapi import APIRouter, Response

from libs.contracts.reads import Page
from libs.contracts.registry.reads import HistoryLine
from libs.runtime.errors import NotFound, Refused
from services.gateway.api.models import READS, WRITES, CommandAnswer, OfficeAnswer, answered
from services.gateway.api.serving import with_parameters
from services.gateway.console.office.logos import made_small, send_logo
from services.gateway.console.office.officer_wishes import (
    ALLOW_RESET,
    ASK_RESET,
    GRANT,
    INVITE,
    REINSTATE,
    RENEW,
    RETIRE,
)
from services.gateway.console.office.officers import invited_id, send_officers_wish
from services.gateway.console.office.wishes import CLOCKS, LOGO, LOOK, PRACTICE
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.dispatch.wishes import Wish
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/office", summary="The office itself", responses=READS)
async def office(officer: SignedInOfficer) -> OfficeAnswer:
    """As its pages have it, with the revisions that changes are made from."""
    record = officer.tenant
    return OfficeAnswer(
        id=record.id,
        slug=record.slug,
        region_code=record.region_code,
        branding=record.branding,
        settings=record.settings,
        logo=record.logo,
        revisions=dict(record.revisions),
    )


@router.get("/office/history", summary="Who changed the office", responses=READS)
async def office_history(parts: Parts, officer: SignedInOfficer) -> Page[HistoryLine]:
    """Newest first: who, when, why, and each field from what to what."""
    return await parts.registry.office_history(officer.tenant.id, officer.actor)


def _add(path: str, wish: Wish[Any]) -> None:
    async def changed(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
        who, body = given["who"], given["wish"]
        return answered(await wish.send(parts, who, key, who.tenant.id, body, wait=wait), response)

    async def put_up(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
        who, body = given["who"], given["wish"]
        if not who.has(*wish.may):
            raise Refused("role_missing")
        try:
            picture = await made_small(parts, who.tenant.id, body.upload) if body.upload else ""
        except NotFound:
            raise Refused("validation", "upload") from None
        return answered(await send_logo(parts, who, key, body, picture, wait=wait), response)

    router.add_api_route(
        path,
        with_parameters(
            put_up if wish is LOGO else changed, {"who": SignedInOfficer, "wish": wish.body}, of=CommandAnswer
        ),
        methods=["POST"],
        status_code=202,
        name=wish.name,
        summary=wish.summary,
        description=wish.about,
        responses=WRITES,
    )


for _path, _wish in (
    ("/office/look", LOOK),
    ("/office/clocks", CLOCKS),
    ("/office/practice", PRACTICE),
    ("/office/logo", LOGO),
):
    _add(_path, _wish)


@router.get("/officers/{officer_id}/history", summary="Who changed an officer", responses=READS)
async def officer_history(parts: Parts, officer: SignedInOfficer, officer_id: Id) -> Page[HistoryLine]:
    """Newest first: who, when, why; roles from what to what."""
    return await parts.registry.officer_history(officer.tenant.id, officer.actor, officer_id)


def _add_officers(wish: Wish[Any]) -> None:
    async def sent(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
        officer_id = given.get("officer_id") or invited_id(key)
        body = given.get("wish") or wish.read({})
        return answered(await send_officers_wish(parts, given["who"], wish, key, officer_id, body, wait=wait), response)

    asked: dict[str, Any] = {"who": SignedInOfficer}
    asked |= {"officer_id": Id} if wish.path else {}
    asked |= {"wish": wish.body} if wish.shape else {}
    router.add_api_route(
        wish.path or "/officers",
        with_parameters(sent, asked, of=CommandAnswer),
        methods=["POST"],
        status_code=202,
        name=wish.name,
        summary=wish.summary,
        description=wish.about,
        responses=WRITES,
    )


for _asked in (INVITE, RENEW, GRANT, RETIRE, REINSTATE, ASK_RESET, ALLOW_RESET):
    _add_officers(_asked)
