"""Opening a ticket: with its number and code, or once by a link that is mailed to the contact that it has."""

import asyncio
from uuid import UUID

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.notify.delivery import LoginAddress, SendTicketLink
from libs.contracts.reports.reads import TicketView
from libs.runtime.errors import Refused
from services.gateway.access.partner_login import SAME_TIME
from services.gateway.access.sessions import Ticket, new_secret
from services.gateway.context import Gateway


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


async def send_opening(parts: Gateway, office: TenantRecord, number: str, email: str, key: UUID) -> None:
    """Mails a link if the ticket has this contact; to the asker all looks and takes alike.

    Raises:
        Unavailable: reports or notify does not answer, or the broker does not.
        TooMany: of this number, whether there is one or not.
    """
    answered_at = asyncio.get_running_loop().time() + SAME_TIME
    written = ids.read_number(number, office.prefix)
    parts.limits.letters.take(f"{office.id} {written}")
    try:
        await _send_if_theirs(parts, office, written, email, key)
    finally:
        await asyncio.sleep(max(0.0, answered_at - asyncio.get_running_loop().time()))


async def _send_if_theirs(parts: Gateway, office: TenantRecord, number: str, email: str, key: UUID) -> None:
    try:
        opening = await parts.reports.opening(office.id, number)
        found = await parts.notify.follower(office.id, opening.report_id, email)
    except Refused:
        return
    secret = new_secret(office.id)
    await parts.ticket_links.make(office.id, opening.report_id, secret=secret, target=number)

    link = LoginAddress(address=email, link=f"{parts.settings.public_url}/{office.slug}/t/{secret}")
    fields = {"report_id": opening.report_id, "number": number, "language": found.language}
    await parts.dispatcher.mail_link(office.id, key, SendTicketLink, fields, link, opens=opening.report_id)


async def opened_by_link(parts: Gateway, office: TenantRecord, secret: str) -> Ticket | None:
    """The ticket, to the first who comes with the link; None if it is used, too old or of another office.

    Raises:
        Unavailable: reports or the store does not answer; the link is not spent.
    """
    if not secret.startswith(f"{office.id}."):
        return None
    link = await parts.ticket_links.read(secret)
    if link is None:
        return None
    opening = await parts.reports.opening(office.id, link.target)
    if await parts.ticket_links.spend(secret) is None:
        return None
    return Ticket(office.id, link.target, opening.report_id, opening.code_hash)
