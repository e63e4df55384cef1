"""Partners' log-in: a link by mail, good once, for a quarter of an hour."""

import asyncio
from uuid import UUID

from libs.contracts.directory import PartnerRecord, TenantRecord
from libs.contracts.envelope import Actor
from libs.contracts.notify.delivery import LoginAddress, SendLoginLink
from libs.contracts.notify.reads import AssignmentView
from libs.contracts.words import PartnerState, Role
from libs.runtime import logs
from libs.runtime.errors import NotFound, Refused
from services.gateway.access.principals import OUTSIDE
from services.gateway.access.sessions import Kind, Session, new_secret
from services.gateway.access.signed_links import AssignmentLink
from services.gateway.context import Gateway

log = logs.get()

SAME_TIME = 0.4
"""Seconds that every answer takes at least, so that it does not tell whether an address is known. A look-up, a write
and a send take about 50 ms when nothing else runs."""


async def send_link(parts: Gateway, office: TenantRecord, email: str, key: UUID, *, then: str = "") -> None:
    """Mails a link if the address is a partner's who was not sent many lately; to the asker all look alike.

    Args:
        then: path below the office that the partner wants to get to.

    Raises:
        Unavailable: registry does not answer, or the broker does not.
    """
    answered_at = asyncio.get_running_loop().time() + SAME_TIME
    try:
        await _send_if_known(parts, office, email, key, then)
    finally:
        await asyncio.sleep(max(0.0, answered_at - asyncio.get_running_loop().time()))


async def _send_if_known(parts: Gateway, office: TenantRecord, email: str, key: UUID, then: str) -> None:
    try:
        found = await parts.registry.partner_by_contact(office.id, email)
    except (NotFound, Refused):
        return
    if not _has_desk(parts.directory.partner(office.id, found.partner_id)):
        return
    if not await parts.links.may_mail(office.id, found.partner_id):
        log.info("login_mail_held_back", tenant=office.id, partner=found.partner_id)
        return
    secret = new_secret(office.id)
    await parts.links.make(office.id, found.partner_id, secret=secret, target=then)

    link = LoginAddress(address=found.address, link=f"{parts.settings.public_url}/{office.slug}/login/{secret}")
    fields = {"partner_id": found.partner_id, "language": found.language}
    await parts.dispatcher.mail_link(office.id, key, SendLoginLink, fields, link, opens=found.partner_id)


def _has_desk(record: PartnerRecord | None) -> bool:
    """Also of one that waits to be verified, is suspended or whose term has ended: they read what is known of them."""
    return record is not None and record.state not in OUTSIDE


async def enter(parts: Gateway, secret: str, *, instead_of: str | None = None) -> tuple[Session, str] | None:
    """A session for the first who comes with the link, and where they wanted to go; None if it is used or too old."""
    link = await parts.links.spend(secret)
    record = parts.directory.partner(link.tenant, link.principal) if link else None
    if link is None or not _has_desk(record):
        return None
    return await parts.sessions.open(link.tenant, Kind.PARTNER, link.principal, instead_of=instead_of), link.target


async def asked_for(parts: Gateway, office: TenantRecord, link: AssignmentLink) -> AssignmentView | None:
    """What a genuine link asks for; None where there is no such thing, or the partner is no longer one.

    Raises:
        Unavailable: notify does not answer.
    """
    record = parts.directory.partner(office.id, link.partner_id)
    if record is None or record.state != PartnerState.ACTIVE:
        return None
    actor = Actor(link.partner_id, (Role.PARTNER,))
    try:
        found = await parts.notify.assignment(office.id, actor, link.assignment_id)
    except Refused:
        return None
    return found if found.partner_id == link.partner_id else None


async def enter_by_assignment(
    parts: Gateway, office: TenantRecord, asked: AssignmentView, *, instead_of: str | None = None
) -> Session:
    """A session for whoever holds its link, that opens this alone and ends with the time for an answer: a forwarded
    message gives away one question, not the partner's desk. The rest is opened by a log-in."""
    return await parts.sessions.open(
        office.id, Kind.PARTNER, asked.partner_id, instead_of=instead_of, only=asked.id, until=asked.due_at
    )
