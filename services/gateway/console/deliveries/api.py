"""How far answers have been carried, for programs."""

from fastapi import APIRouter

from libs.contracts.notify.reads import BulletinView, ByHandRow, LedgerRow
from libs.contracts.reads import Page
from services.gateway.api.models import READS, Cursor, Word
from services.gateway.api.serving import add_wishes
from services.gateway.console.deliveries.wishes import WISHES
from services.gateway.context import Parts, SignedInOfficer
from services.gateway.paths import Id

router = APIRouter(prefix="/console")


@router.get("/cases/{case_id}/bulletins", summary="How far the answer has been carried", responses=READS)
async def bulletins(parts: Parts, officer: SignedInOfficer, case_id: Id) -> tuple[BulletinView, ...]:
    """One entry for each version that was sent, with how many deliveries and requests are in which state."""
    return await parts.notify.bulletins(officer.tenant.id, officer.actor, case_id)


@router.get("/bulletins/{bulletin_id}/ledger", summary="Every recipient and channel", responses=READS)
async def ledger(
    parts: Parts, officer: SignedInOfficer, bulletin_id: Id, state: Word = "", cursor: Cursor = ""
) -> Page[LedgerRow]:
    """One row for each recipient and channel of one version of an answer: its state, and why it did not arrive."""
    return await parts.notify.ledger(officer.tenant.id, officer.actor, bulletin_id, state=state, cursor=cursor)


@router.get("/by-hand", summary="Messages to send by hand", responses=READS)
async def by_hand(parts: Parts, officer: SignedInOfficer, cursor: Cursor = "") -> Page[ByHandRow]:
    """What waits for an officer to send from the office's own telephone, oldest first."""
    return await parts.notify.by_hand(officer.tenant.id, officer.actor, cursor=cursor)


add_wishes(router, WISHES)
