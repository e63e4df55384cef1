"""Partners and colleagues, for programs."""

from typing import Annotated, Any, Literal
from uuid import uuid5

from fastapi import APIRouter, Query, Response

from libs.contracts.reads import Page
from libs.contracts.registry.reads import OfficerView, PartnerChange, PartnerRow, PartnerView
from services.gateway.api.models import READS, WRITES, CommandAnswer, Cursor, Word, answered
from services.gateway.api.serving import add_wishes, with_parameters
from services.gateway.console.partners import wishes
from services.gateway.console.partners.wishes import ENTER
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.paths import Id

router = APIRouter(prefix="/console")
Text = Annotated[str, Query(max_length=200)]


@router.get("/officers", summary="Colleagues", responses=READS)
async def officers(parts: Parts, officer: SignedInOfficer) -> tuple[OfficerView, ...]:
    """Active officers of the office, with their names and roles."""
    return await parts.registry.officers(officer.tenant.id, actor=officer.actor)


@router.get("/partners", summary="Partners", responses=READS)
async def partners(
    parts: Parts,
    officer: SignedInOfficer,
    area: Word = "",
    kind: Word = "",
    state: Word = "",
    platform: Word = "",
    topic: Word = "",
    run_by_office: bool | None = None,
    text: Text = "",
    sort: Literal["name", "newest"] = "newest",
    cursor: Cursor = "",
) -> Page[PartnerRow]:
    """Those of the office. `area` takes those inside it too; `text`: beginnings of words of names, handles and areas.
    What is found by it comes by name, as far as names may be known: persons by two letters."""
    return await parts.registry.partners(
        officer.tenant.id,
        officer.actor,
        area=area,
        kind=kind,
        state=state,
        platform=platform,
        topic=topic,
        run_by_office="" if run_by_office is None else str(run_by_office).lower(),
        text=text,
        sort=sort,
        cursor=cursor,
    )


@router.get("/partners/{partner_id}", summary="One partner", responses=READS)
async def partner(parts: Parts, officer: SignedInOfficer, partner_id: Id) -> PartnerView:
    """What is known of it; its numbers and addresses stay under seal."""
    return await parts.registry.partner(officer.tenant.id, officer.actor, partner_id)


@router.get("/partners/{partner_id}/history", summary="The history of a partner", responses=READS)
async def partner_history(parts: Parts, officer: SignedInOfficer, partner_id: Id) -> tuple[PartnerChange, ...]:
    """Who, what, when and why, oldest first."""
    return await parts.registry.partner_history(officer.tenant.id, officer.actor, partner_id)


async def _enter(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
    who, wish = given["who"], given["wish"]
    return answered(await ENTER.send(parts, who, key, str(uuid5(key, "partner")), wish, wait=wait), response)


router.add_api_route(
    "/partners",
    with_parameters(_enter, {"who": SignedInOfficer, "wish": ENTER.body}, of=CommandAnswer),
    methods=["POST"],
    status_code=202,
    name=ENTER.name,
    summary=ENTER.summary,
    description=ENTER.about,
    responses=WRITES,
)
add_wishes(router, wishes.WISHES)
