"""The sites that may show the report form, for programs."""

from typing import Any

from fastapi import APIRouter, Response

from services.gateway.api.models import READS, WRITES, CommandAnswer, answered
from services.gateway.api.serving import with_parameters
from services.gateway.console.embedding.wishes import ALLOW
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait

router = APIRouter(prefix="/console")


@router.get("/embed", summary="The sites that may show the report form", responses=READS)
async def embed_hosts(officer: SignedInOfficer) -> tuple[str, ...]:
    """Host names in lower case, with a port where they have one; empty: no site may."""
    return officer.tenant.settings.embed_hosts


async def _allow(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
    who, wish = given["who"], given["wish"]
    return answered(await ALLOW.send(parts, who, key, who.tenant.id, wish, wait=wait), response)


router.add_api_route(
    "/embed",
    with_parameters(_allow, {"who": SignedInOfficer, "wish": ALLOW.body}, of=CommandAnswer),
    methods=["POST"],
    status_code=202,
    name=ALLOW.name,
    summary=ALLOW.summary,
    description=ALLOW.about,
    responses=WRITES,
)
