"""How officers come, change, lose a second factor and leave: an office keeps its own people.

A mailed link carries an officer's id and a secret. Only the secret's hash is kept: the owner compares it, and it is
good once, until its time.
"""

from datetime import datetime, timedelta
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, Identity, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.registry.office import Reason
from libs.contracts.words import Role

OFFICE_ROLES = tuple(role.value for role in Role if role not in (Role.PARTNER, Role.OPERATOR))
LINK_KEPT = timedelta(hours=72)
RESET_KEPT = timedelta(hours=24)
"""How long one person's word that a second factor is to be renewed waits for another's."""

Roles = Annotated[tuple[str, ...], Limit(words=OFFICE_ROLES, most=len(OFFICE_ROLES))]
SaidReason = Annotated[str, Limit(shortest=1, longest=300, pattern=NO_CONTROL, visible=True)]


class Invitation(Sealable):
    name: Annotated[str, Limit(shortest=1, longest=120, pattern=NO_CONTROL, visible=True)]
    email: Annotated[str, Limit(shortest=3, longest=254, pattern=NO_CONTROL, visible=True)]


class InviteOfficer(
    Command,
    name="registry.invite-officer.v1",
    of="officer",
    to="officer_id",
    keyed_by_tenant=True,
    private=Invitation,
):
    officer_id: str
    roles: Roles
    agency_id: Identity | None = None
    """Of a liaison."""
    link_hash: str = ""
    """SHA-256 of the secret in the mailed link; made by the gateway."""


class OfficerInvited(Event, name="registry.officer-invited.v1", of="officer", private={"name", "email"}):
    officer_id: str
    roles: tuple[str, ...]
    agency_id: str | None = None
    link_hash: str
    until: datetime
    name: str = ""
    email: str = ""


class RenewInvitation(
    Command, name="registry.renew-invitation.v1", of="officer", to="officer_id", keyed_by_tenant=True
):
    """Another link; the one before opens nothing any more."""

    officer_id: str
    link_hash: str = ""


class InvitationRenewed(Event, name="registry.invitation-renewed.v1", of="officer"):
    officer_id: str
    link_hash: str
    until: datetime


class Joining(Sealable):
    secret: str
    """Of the mailed link."""
    password_hash: str
    """argon2id, made by the sender."""
    totp_secret: str
    code: str
    """Made from it just now, so that nobody joins with a telephone that does not show the right ones."""


class JoinOffice(
    Command, name="registry.join-office.v1", of="officer", to="officer_id", keyed_by_tenant=True, private=Joining
):
    """Whoever was invited, by the mailed link."""

    officer_id: str


class OfficerJoined(Event, name="registry.officer-joined.v1", of="officer", private={"password_hash", "totp_secret"}):
    officer_id: str
    password_hash: str = ""
    totp_secret: str = ""


class GrantRoles(Command, name="registry.grant-roles.v1", of="officer", to="officer_id", keyed_by_tenant=True):
    """These from now on, and no others."""

    officer_id: str
    roles: Roles
    agency_id: Identity | None = None
    reason: Reason = ""
    others_administer: bool = False
    """Somebody else who is active is an administrator. Added by the registry itself, never by a sender."""


class RetireOfficer(Command, name="registry.retire-officer.v1", of="officer", to="officer_id", keyed_by_tenant=True):
    """Leaves; what they hold goes to a colleague. Of somebody invited: the invitation is withdrawn."""

    officer_id: str
    successor: Identity | None = None
    reason: SaidReason
    successor_works: bool = False
    """Is active here and works on cases. Added by the registry itself, as is the next."""
    others_administer: bool = False


class OfficerRetired(Event, name="registry.officer-retired.v1", of="officer"):
    officer_id: str
    successor: str | None = None
    reason: str = ""


class ReinstateOfficer(
    Command, name="registry.reinstate-officer.v1", of="officer", to="officer_id", keyed_by_tenant=True
):
    """Comes back, with the log-in and the roles that they had."""

    officer_id: str
    reason: Reason = ""


class OfficerReinstated(Event, name="registry.officer-reinstated.v1", of="officer"):
    officer_id: str
    reason: str = ""


class AskFactorReset(Command, name="registry.ask-factor-reset.v1", of="officer", to="officer_id", keyed_by_tenant=True):
    """An officer has lost their second factor. Nothing happens before another person agrees."""

    officer_id: str
    reason: SaidReason


class FactorResetAsked(Event, name="registry.factor-reset-asked.v1", of="officer"):
    officer_id: str
    asked_by: str
    until: datetime
    reason: str = ""


class AllowFactorReset(
    Command, name="registry.allow-factor-reset.v1", of="officer", to="officer_id", keyed_by_tenant=True
):
    """The second person's word. The lost factor opens nothing from now on."""

    officer_id: str
    link_hash: str = ""


class FactorResetAllowed(Event, name="registry.factor-reset-allowed.v1", of="officer", private={"totp_secret"}):
    officer_id: str
    link_hash: str
    until: datetime
    totp_secret: str = ""
    """None from now on. Private as the one before it: it is written over under the same seal."""


class NewFactor(Sealable):
    secret: str
    totp_secret: str
    code: str


class RenewFactor(
    Command, name="registry.renew-factor.v1", of="officer", to="officer_id", keyed_by_tenant=True, private=NewFactor
):
    """Whoever was mailed the link sets up another telephone."""

    officer_id: str


class FactorRenewed(Event, name="registry.factor-renewed.v1", of="officer", private={"totp_secret"}):
    officer_id: str
    totp_secret: str = ""
