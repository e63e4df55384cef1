"""Links that are mailed to officers: whose they are stands in them, and a secret whose hash the registry keeps."""

import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode
from uuid import UUID

import segno

from libs.contracts.directory import TenantRecord
from libs.contracts.notify.delivery import LoginAddress, SendOfficerLink
from services.gateway.context import Gateway


@dataclass(frozen=True, slots=True)
class OfficerLink:
    """
    Attributes:
        secret: 43 letters, of which nobody but the mail knows.
    """

    officer_id: str
    secret: str = field(repr=False)

    @property
    def token(self) -> str:
        return f"{self.officer_id}.{self.secret}"

    @property
    def hashed(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()


def read_link(token: str) -> OfficerLink | None:
    officer, _, secret = token.partition(".")
    return OfficerLink(officer, secret) if officer and secret else None


def link_for(parts: Gateway, office: TenantRecord, officer_id: str, key: UUID) -> OfficerLink:
    """The same for the same key: a form that is sent twice makes one link."""
    made = hmac.digest(parts.link_key, f"{office.id}|{officer_id}|{key}".encode(), "sha256")
    return OfficerLink(officer_id, made.hex())


async def mail_link(
    parts: Gateway, office: TenantRecord, key: UUID, link: OfficerLink, *, address: str, purpose: str
) -> None:
    """
    Args:
        purpose: invitation or factor.
    """
    sent = LoginAddress(address=address, link=f"{parts.settings.public_url}/{office.slug}/invited/{link.token}")
    fields = {"officer_id": link.officer_id, "purpose": purpose}
    await parts.dispatcher.mail_link(office.id, key, SendOfficerLink, fields, sent, opens=link.officer_id)


def authenticator_address(office: TenantRecord, *, account: str, secret: str) -> str:
    """What an authenticator app reads from a QR code.

    Source: github.com/google/google-authenticator/wiki/Key-Uri-Format
    """
    issuer = office.branding.short_office or office.branding.name
    query = urlencode({"secret": secret, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer, safe='')}:{quote(account, safe='')}?{query}"


QUIET = 4
"""Modules of blank around a code. Source: ISO/IEC 18004, 9.1."""


def qr_path(text: str) -> tuple[str, int]:
    """A code as the path of its dark modules, a unit each, and how wide the square is that it stands in."""
    rows = tuple(segno.make(text, error="m", micro=False).matrix)
    path = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return path, len(rows) + 2 * QUIET
