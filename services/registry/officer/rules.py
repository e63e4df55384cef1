"""An officer: somebody who works for an office, what they may do, and how they prove who they are."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import ClassVar

from libs.contracts.ids import PLATFORM
from libs.contracts.messages import Command, Event
from libs.contracts.registry.tenant import AddOfficer, ChangeOfficer, OfficerAdded, OfficerChanged, OfficerIdentity
from libs.contracts.words import Role
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.permissions import ADMINISTRATION, require_role

OFFICE_ROLES = frozenset(Role) - {Role.PARTNER, Role.OPERATOR}
PLATFORM_ROLES = frozenset({Role.OPERATOR})
PASSWORD_HASH = re.compile(
    r"\$argon2id\$v=19\$m=\d{4,6},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{16,88}\$[A-Za-z0-9+/]{22,88}"
)
SHORTEST_SECRET = 16
"""Bytes of a TOTP secret. Source: RFC 4226, section 4, R6."""


class Officer(State):
    private: ClassVar[frozenset[str]] = frozenset({"name", "email", "password_hash", "totp_secret"})

    roles: tuple[str, ...]
    agency: str | None = None
    superior: str | None = None
    active: bool = True
    name: str = ""
    email: str = ""
    password_hash: str = ""
    totp_secret: str = ""


def decide(state: Officer | None, command: Command, context: Context) -> Iterable[Event]:
    match command:
        case AddOfficer():
            return [_added(state, command, context)]
        case ChangeOfficer():
            if state is None:
                raise NotFound("officer_id")
            return [_changed(state, command, context)]
    raise TypeError(command.type_name)


def _added(state: Officer | None, command: AddOfficer, context: Context) -> OfficerAdded:
    _require_administrator(context)
    if state is not None:
        raise Refused("state_conflict")
    identity = context.private
    if not isinstance(identity, OfficerIdentity):
        raise Refused("validation", "name", "email")
    fields.identifier(command.officer_id, "officer_id")
    if command.superior is not None:
        fields.identifier(command.superior, "superior")
    fields.line(identity.name, "name", longest=120)
    fields.email(identity.email, "email")
    fields.require(PASSWORD_HASH.fullmatch(identity.password_hash) is not None, "password_hash")
    fields.require(_is_secret(identity.totp_secret), "totp_secret")
    roles = _roles(command.roles, context.tenant)
    return OfficerAdded(
        officer_id=command.officer_id,
        roles=roles,
        agency_id=_agency(roles, command.agency_id),
        superior=command.superior,
        name=identity.name.strip(),
        email=identity.email,
        password_hash=identity.password_hash,
        totp_secret=identity.totp_secret,
    )


def _changed(state: Officer, command: ChangeOfficer, context: Context) -> OfficerChanged:
    """Nobody changes their own roles: the office must be able to show that somebody else agreed."""
    _require_administrator(context)
    if context.actor is not None and context.actor.id == command.officer_id:
        raise Refused("forbidden")
    roles = state.roles if command.roles is None else _roles(command.roles, context.tenant)
    return OfficerChanged(
        officer_id=command.officer_id,
        roles=roles,
        agency_id=_agency(roles, command.agency_id or state.agency),
        active=state.active if command.active is None else command.active,
    )


def _require_administrator(context: Context) -> None:
    if context.tenant == PLATFORM:
        require_role(context, Role.OPERATOR)
    else:
        require_role(context, *ADMINISTRATION)


def _roles(roles: tuple[str, ...], tenant: str) -> tuple[str, ...]:
    allowed = PLATFORM_ROLES if tenant == PLATFORM else OFFICE_ROLES
    fields.require(bool(roles) and allowed.issuperset(roles), "roles")
    return tuple(sorted(set(roles)))


def _agency(roles: tuple[str, ...], agency: str | None) -> str | None:
    """A liaison answers for one agency; everyone else belongs to the office itself."""
    if Role.LIAISON not in roles:
        return None
    fields.identifier(agency or "", "agency_id")
    return agency


def _is_secret(text: str) -> bool:
    try:
        return SHORTEST_SECRET <= len(base64.b32decode(text)) <= 64
    except binascii.Error:
        return False


def evolve(state: Officer | None, event: Event) -> Officer:
    match event:
        case OfficerAdded():
            return Officer(
                roles=event.roles,
                agency=event.agency_id,
                superior=event.superior,
                name=event.name,
                email=event.email,
                password_hash=event.password_hash,
                totp_secret=event.totp_secret,
            )
        case OfficerChanged() if state is not None:
            return state.model_copy(update={"roles": event.roles, "agency": event.agency_id, "active": event.active})
    raise TypeError(event.type_name)
