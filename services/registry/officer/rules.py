"""An officer: somebody who works for an office, what they may do, and how they prove who they are."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from libs.contracts.ids import PLATFORM
from libs.contracts.messages import Command, Event
from libs.contracts.registry.officers import OfficerInvited
from libs.contracts.registry.tenant import AddOfficer, ChangeOfficer, OfficerAdded, OfficerChanged, OfficerIdentity
from libs.contracts.words import Role
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.officer import keeping
from services.registry.officer.standards import PLATFORM_ROLES, agency_of, is_password_hash, is_totp_secret, roles_of
from services.registry.permissions import ADMINISTRATION, require_role


class Officer(State):
    private: ClassVar[frozenset[str]] = frozenset({"name", "email", "password_hash", "totp_secret"})

    roles: tuple[str, ...]
    agency: str | None = None
    superior: str | None = None
    active: bool = True
    invited: bool = False
    """Has not come yet: the link in the mail is still to be used."""
    successor: str | None = None
    link_for: str = ""
    """What the mailed link is for: invitation or factor."""
    link_hash: str = ""
    link_until: datetime | None = None
    reset_asked_by: str = ""
    reset_until: datetime | None = None
    name: str = ""
    email: str = ""
    password_hash: str = ""
    totp_secret: str = ""


def decide(state: Officer | None, command: Command, context: Context) -> Iterable[Event]:
    if isinstance(command, keeping.COMMANDS):
        return [keeping.decide(state, command, context)]
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
    fields.require(is_password_hash(identity.password_hash), "password_hash")
    fields.require(is_totp_secret(identity.totp_secret), "totp_secret")
    roles = _roles(command.roles, context.tenant)
    return OfficerAdded(
        officer_id=command.officer_id,
        roles=roles,
        agency_id=agency_of(roles, command.agency_id),
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
    if state.invited and command.active:
        raise Refused("state_conflict")
    if context.tenant != PLATFORM:
        keeps = Role.TENANT_ADMIN in roles and command.active is not False
        keeping.require_an_admin_stays(state, keeps=keeps, others=command.others_administer)
    return OfficerChanged(
        officer_id=command.officer_id,
        roles=roles,
        agency_id=agency_of(roles, command.agency_id or state.agency),
        active=state.active if command.active is None else command.active,
    )


def _require_administrator(context: Context) -> None:
    if context.tenant == PLATFORM:
        require_role(context, Role.OPERATOR)
    else:
        require_role(context, *ADMINISTRATION)


def _roles(roles: tuple[str, ...], tenant: str) -> tuple[str, ...]:
    return roles_of(roles, of=PLATFORM_ROLES) if tenant == PLATFORM else roles_of(roles)


def evolve(state: Officer | None, event: Event) -> Officer:
    kept = keeping.changes(state, event) if state is not None else None
    if state is not None and kept is not None:
        return state.model_copy(update=dict(kept))
    match event:
        case OfficerInvited():
            return Officer(
                roles=event.roles,
                agency=event.agency_id,
                active=False,
                invited=True,
                link_for=keeping.INVITATION,
                link_hash=event.link_hash,
                link_until=event.until,
                name=event.name,
                email=event.email,
            )
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
