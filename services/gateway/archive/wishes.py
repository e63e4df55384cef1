"""What anybody may want done with a published answer."""

from uuid import UUID

from libs.contracts.directory import TenantRecord
from libs.contracts.reports.clarification import CountDemand
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_anybody


async def count_demand(
    parts: Gateway, office: TenantRecord, key: UUID, clarification_id: str, *, wait: float = WAIT
) -> Reply:
    """ "This is what I received": counted, without keeping anything about who says so."""
    command = CountDemand(clarification_id=clarification_id)
    return await parts.dispatcher.send(by_anybody(office.id), key, command, wait=wait)
