"""Opening a ticket with its number and code."""

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.reads import TicketView
from libs.runtime.errors import Refused
from services.gateway.context import Gateway
from services.gateway.sessions import Ticket


async def open_ticket(parts: Gateway, office: TenantRecord, number: str, code: str) -> tuple[Ticket, TicketView]:
    """
    Raises:
        Refused: `wrong_code`, for a number that never was as for a wrong code.
        Unavailable: reports does not answer.
    """
    written = ids.read_number(number, office.prefix)
    code_hash = parts.codes.hashed(code)
    view = await ticket_view(parts, office, written, code_hash)
    return Ticket(office.id, view.number, view.report_id, code_hash), view


async def ticket_view(parts: Gateway, office: TenantRecord, number: str, code_hash: str) -> TicketView:
    try:
        return await parts.reports.ticket(office.id, number=number, code_hash=code_hash)
    except Refused as refused:
        raise Refused("wrong_code") from refused
