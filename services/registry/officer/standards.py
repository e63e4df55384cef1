"""What the fields of an officer must be like."""

import base64
import binascii
import re

from libs.contracts.words import Role
from services.registry import fields

OFFICE_ROLES = frozenset(Role) - {Role.PARTNER, Role.OPERATOR}
PLATFORM_ROLES = frozenset({Role.OPERATOR})
PASSWORD_HASH = re.compile(
    r"\$argon2id\$v=19\$m=\d{4,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{16,88}\$[A-Za-z0-9+/]{22,88}"
)
SHORTEST_SECRET = 16
"""Bytes of a TOTP secret. Source: RFC 4226, section 4, R6."""


def roles_of(roles: tuple[str, ...], *, of: frozenset[Role] = OFFICE_ROLES) -> tuple[str, ...]:
    """Each once, in order.

    Raises:
        Refused: `validation`: none, or one that is not among these.
    """
    fields.require(bool(roles) and of.issuperset(roles), "roles")
    return tuple(sorted(set(roles)))


def agency_of(roles: tuple[str, ...], agency: str | None) -> str | None:
    """A liaison answers for one agency; everyone else belongs to the office itself."""
    if Role.LIAISON not in roles:
        return None
    fields.identifier(agency or "", "agency_id")
    return agency


def is_password_hash(text: str) -> bool:
    return PASSWORD_HASH.fullmatch(text) is not None


def is_totp_secret(text: str) -> bool:
    try:
        return SHORTEST_SECRET <= len(base64.b32decode(text)) <= 64
    except binascii.Error:
        return False
