"""Reports that officers enter, for programs."""

from fastapi import APIRouter, Response

from libs.contracts.words import CHECKERS, Intake
from libs.runtime.errors import Refused
from services.gateway.api.models import WRITES
from services.gateway.console.entry.forms import EntryForm, check_entry
from services.gateway.context import Key, Parts, SignedInOfficer, Wait
from services.gateway.dispatch.accepting import Origin
from services.gateway.reporting.api import ReportAnswer, answer_of

router = APIRouter(prefix="/console")


@router.post("/reports", status_code=202, summary="Enter somebody's report, or a post", responses=WRITES)
async def enter_report(
    parts: Parts, officer: SignedInOfficer, key: Key, wait: Wait, form: EntryForm, response: Response
) -> ReportAnswer:
    """For whoever came, called or wrote: hand number and code over, they open the ticket. Of a post that an officer saw
    (`post_seen`) nobody is told, and it counts nobody who asks."""
    if not officer.has(*CHECKERS):
        raise Refused("role_missing")
    check_entry(form)
    origin = Origin(Intake(form.intake), officer=officer.actor)
    accepted = await parts.accepting.submit_report(officer.tenant, form, key, wait=wait, origin=origin)
    response.status_code = 202 if accepted.outcome is None else 201
    return answer_of(accepted)
