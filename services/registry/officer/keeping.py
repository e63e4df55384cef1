"""How an officer comes, changes, loses a second factor and leaves."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from libs.contracts.messages import Command, Event
from libs.contracts.registry.officers import (
    LINK_KEPT,
    RESET_KEPT,
    AllowFactorReset,
    AskFactorReset,
    FactorRenewed,
    FactorResetAllowed,
    FactorResetAsked,
    GrantRoles,
    Invitation,
    InvitationRenewed,
    InviteOfficer,
    Joining,
    JoinOffice,
    NewFactor,
    OfficerInvited,
    OfficerJoined,
    OfficerReinstated,
    OfficerRetired,
    ReinstateOfficer,
    RenewFactor,
    RenewInvitation,
    RetireOfficer,
)
from libs.contracts.registry.tenant import ChangeOfficer, OfficerChanged
from libs.contracts.words import Role
from libs.runtime.aggregates import Context
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.officer.standards import agency_of, is_password_hash, is_totp_secret, roles_of
from services.registry.permissions import ADMINISTRATION, require_office, require_role
from services.registry.totp import matching_step

if TYPE_CHECKING:
    from services.registry.officer.rules import Officer

COMMANDS = (
    InviteOfficer,
    RenewInvitation,
    JoinOffice,
    GrantRoles,
    RetireOfficer,
    ReinstateOfficer,
    AskFactorReset,
    AllowFactorReset,
    RenewFactor,
)
INVITATION, FACTOR = "invitation", "factor"
"""What a mailed link is for."""
LONGEST_REASON = 300
NO_LINK: Mapping[str, Any] = {"link_for": "", "link_hash": "", "link_until": None}
NO_RESET: Mapping[str, Any] = {"reset_asked_by": "", "reset_until": None}


def decide(state: "Officer | None", command: Command, context: Context) -> Event:
    require_office(context)
    if isinstance(command, InviteOfficer):
        return _invited(state, command, context)
    if state is None:
        raise NotFound("officer_id")
    match command:
        case JoinOffice():
            return _joined(state, command, context)
        case RenewFactor():
            return _factor_renewed(state, command, context)
        case AllowFactorReset():
            return _reset_allowed(state, command, context)
    require_role(context, *ADMINISTRATION)
    match command:
        case RenewInvitation():
            if not state.invited:
                raise Refused("state_conflict")
            return InvitationRenewed(
                officer_id=command.officer_id, link_hash=_hash(command.link_hash), until=context.at + LINK_KEPT
            )
        case GrantRoles():
            return _granted(state, command, context)
        case RetireOfficer():
            return _retired(state, command, context)
        case ReinstateOfficer():
            if state.active or state.invited or not state.password_hash:
                raise Refused("state_conflict")
            return OfficerReinstated(officer_id=command.officer_id, reason=_reason(command.reason))
        case AskFactorReset():
            _require_another(command.officer_id, context)
            if not state.active:
                raise Refused("state_conflict")
            fields.line(command.reason, "reason", longest=LONGEST_REASON)
            assert context.actor is not None
            return FactorResetAsked(
                officer_id=command.officer_id,
                asked_by=context.actor.id,
                until=context.at + RESET_KEPT,
                reason=command.reason.strip(),
            )
    raise TypeError(command.type_name)


def _invited(state: "Officer | None", command: InviteOfficer, context: Context) -> OfficerInvited:
    require_role(context, *ADMINISTRATION)
    if state is not None:
        raise Refused("state_conflict")
    invitation = context.private
    if not isinstance(invitation, Invitation):
        raise Refused("validation", "name", "email")
    fields.identifier(command.officer_id, "officer_id")
    fields.line(invitation.name, "name", longest=120)
    fields.email(invitation.email.strip(), "email")
    given = roles_of(command.roles)
    return OfficerInvited(
        officer_id=command.officer_id,
        roles=given,
        agency_id=agency_of(given, command.agency_id),
        link_hash=_hash(command.link_hash),
        until=context.at + LINK_KEPT,
        name=invitation.name.strip(),
        email=invitation.email.strip(),
    )


def _joined(state: "Officer", command: JoinOffice, context: Context) -> OfficerJoined:
    """
    Raises:
        NotFound: the link was used, is another's, or too old.
        Refused: `code_wrong`.
    """
    joining = context.private
    if not isinstance(joining, Joining):
        raise Refused("validation", "password")
    _require_link(state, INVITATION, joining.secret, at=context.at)
    fields.require(is_password_hash(joining.password_hash), "password")
    _require_code(joining.totp_secret, joining.code, at=context.at)
    return OfficerJoined(
        officer_id=command.officer_id, password_hash=joining.password_hash, totp_secret=joining.totp_secret
    )


def _factor_renewed(state: "Officer", command: RenewFactor, context: Context) -> FactorRenewed:
    factor = context.private
    if not isinstance(factor, NewFactor):
        raise Refused("validation", "code")
    _require_link(state, FACTOR, factor.secret, at=context.at)
    _require_code(factor.totp_secret, factor.code, at=context.at)
    return FactorRenewed(officer_id=command.officer_id, totp_secret=factor.totp_secret)


def _reset_allowed(state: "Officer", command: AllowFactorReset, context: Context) -> FactorResetAllowed:
    """By a second person: neither who asked nor whose factor it is."""
    require_role(context, Role.TENANT_ADMIN, Role.APPROVER)
    if state.reset_until is None or state.reset_until <= context.at or not state.active:
        raise Refused("state_conflict")
    _require_another(command.officer_id, context)
    _require_another(state.reset_asked_by, context)
    return FactorResetAllowed(
        officer_id=command.officer_id, link_hash=_hash(command.link_hash), until=context.at + LINK_KEPT
    )


def _granted(state: "Officer", command: GrantRoles, context: Context) -> OfficerChanged:
    _require_not_oneself(command.officer_id, context)
    if not state.active and not state.invited:
        raise Refused("state_conflict")
    given = roles_of(command.roles)
    require_an_admin_stays(state, keeps=Role.TENANT_ADMIN in given, others=command.others_administer)
    return OfficerChanged(
        officer_id=command.officer_id,
        roles=given,
        agency_id=agency_of(given, command.agency_id or state.agency),
        active=state.active,
        reason=_reason(command.reason),
    )


def _retired(state: "Officer", command: RetireOfficer, context: Context) -> OfficerRetired:
    _require_not_oneself(command.officer_id, context)
    if not state.active and not state.invited:
        raise Refused("state_conflict")
    fields.line(command.reason, "reason", longest=LONGEST_REASON)
    require_an_admin_stays(state, keeps=False, others=command.others_administer)
    if state.active:
        fields.require(command.successor not in (None, command.officer_id) and command.successor_works, "successor")
    return OfficerRetired(
        officer_id=command.officer_id,
        successor=command.successor if state.active else None,
        reason=command.reason.strip(),
    )


def require_an_admin_stays(state: "Officer", *, keeps: bool, others: bool) -> None:
    """
    Raises:
        Refused: `last_admin`: nobody would be there to put it right.
    """
    if state.active and Role.TENANT_ADMIN in state.roles and not keeps and not others:
        raise Refused("last_admin")


def removes_admin(command: Command) -> bool:
    """Whether somebody who administers would not any more."""
    match command:
        case RetireOfficer():
            return True
        case GrantRoles():
            return Role.TENANT_ADMIN not in command.roles
        case ChangeOfficer():
            return command.active is False or (command.roles is not None and Role.TENANT_ADMIN not in command.roles)
    return False


def _require_not_oneself(officer: str, context: Context) -> None:
    """Nobody changes their own standing: the office must be able to show that somebody else agreed."""
    if context.actor is not None and context.actor.id == officer:
        raise Refused("forbidden")


def _require_another(officer: str, context: Context) -> None:
    """
    Raises:
        Refused: `self_approval`.
    """
    if context.actor is not None and context.actor.id == officer:
        raise Refused("self_approval")


def _require_link(state: "Officer", purpose: str, secret: str, *, at: datetime) -> None:
    if not opens(state, secret, at=at) or state.link_for != purpose:
        raise NotFound("link")


def opens(state: "Officer", secret: str, *, at: datetime) -> bool:
    """Whether a mailed link is the officer's last one, not used and not too old."""
    hashed = hashlib.sha256(secret.encode()).hexdigest()
    fits = hmac.compare_digest(hashed, state.link_hash or "-" * len(hashed))
    return fits and state.link_until is not None and at < state.link_until


def _require_code(totp_secret: str, code: str, *, at: datetime) -> None:
    fields.require(is_totp_secret(totp_secret), "totp_secret")
    if matching_step(totp_secret, code, at=at) is None:
        raise Refused("code_wrong")


def _hash(link_hash: str) -> str:
    fields.require(len(link_hash) == 64 and set(link_hash) <= set("0123456789abcdef"), "link_hash")
    return link_hash


def _reason(text: str) -> str:
    fields.line(text, "reason", longest=LONGEST_REASON, empty=True)
    return text.strip()


def changes(state: "Officer", event: Event) -> Mapping[str, Any] | None:
    """What an event of this part changes; None: it is of another part."""
    match event:
        case InvitationRenewed():
            return {"link_for": INVITATION, "link_hash": event.link_hash, "link_until": event.until}
        case OfficerJoined():
            return {
                "active": True, "invited": False, "password_hash": event.password_hash,
                "totp_secret": event.totp_secret, **NO_LINK,
            }  # fmt: skip
        case OfficerRetired():
            return {"active": False, "invited": False, "successor": event.successor, **NO_LINK, **NO_RESET}
        case OfficerReinstated():
            return {"active": True, "successor": None}
        case FactorResetAsked():
            return {"reset_asked_by": event.asked_by, "reset_until": event.until}
        case FactorResetAllowed():
            return {
                "totp_secret": event.totp_secret, "link_for": FACTOR, "link_hash": event.link_hash,
                "link_until": event.until, **NO_RESET,
            }  # fmt: skip
        case FactorRenewed():
            return {"totp_secret": event.totp_secret, **NO_LINK}
    return None
