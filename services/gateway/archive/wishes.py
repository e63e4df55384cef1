"""What anybody may want done with a published answer."""

from uuid import UUID

from libs.contracts.directory import TenantRecord
from libs.contracts.ids import SHARED
from libs.contracts.reports.clarification import CountDemand
from libs.contracts.reports.known import CountKnownDemand
from libs.contracts.reports.reads import KnownCard
from services.gateway.context import Gateway
from services.gateway.dispatch.dispatcher import WAIT, Reply, by_anybody


async def count_demand(
    parts: Gateway, office: TenantRecord, key: UUID, clarification_id: str, *, wait: float = WAIT
) -> Reply:
    """ "This is what I received": counted, without keeping anything about who says so."""
    command = CountDemand(clarification_id=clarification_id)
    return await parts.dispatcher.send(by_anybody(office.id), key, command, wait=wait)


async def count_known_demand(
    parts: Gateway, office: TenantRecord, key: UUID, found: KnownCard, *, wait: float = WAIT
) -> Reply:
    """The same of another publisher's answer, in the archive where it stands."""
    command = CountKnownDemand(known_id=found.id)
    return await parts.dispatcher.send(by_anybody(SHARED if found.shared else office.id), key, command, wait=wait)
