"""The office's own questions, for programs."""

from typing import Any

from fastapi import APIRouter, Response

from libs.contracts.registry.questions import Question
from services.gateway.api.models import READS, WRITES, CommandAnswer, answered
from services.gateway.api.serving import with_parameters
from services.gateway.console.questions.wishes import DEFINE
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait

router = APIRouter(prefix="/console")


@router.get("/questions", summary="The office's own questions", responses=READS)
async def questions(officer: SignedInOfficer) -> tuple[Question, ...]:
    """Retired ones included, in their order."""
    return officer.tenant.settings.questions


async def _define(parts: Parts, key: Key, wait: StaffWait, response: Response, **given: Any) -> CommandAnswer:
    who, wish = given["who"], given["wish"]
    return answered(await DEFINE.send(parts, who, key, who.tenant.id, wish, wait=wait), response)


router.add_api_route(
    "/questions",
    with_parameters(_define, {"who": SignedInOfficer, "wish": DEFINE.body}, of=CommandAnswer),
    methods=["POST"],
    status_code=202,
    name=DEFINE.name,
    summary=DEFINE.summary,
    description=DEFINE.about,
    responses=WRITES,
)
