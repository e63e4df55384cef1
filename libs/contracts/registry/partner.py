"""Partners: who carries an answer, in which area, on which accounts, and how to reach them."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from libs.contracts.messages import Command, Event, Sealable, command, event


class SocialAccount(BaseModel):
    """One account. `identity_key` is equal for two addresses of the same account: `instagram:kim.mojoagung`."""

    model_config = ConfigDict(frozen=True, extra="allow")

    platform: str
    handle: str
    url: str
    identity_key: str
    state: str = "claimed"


class ContactPoint(Sealable):
    channel: str
    """email or whatsapp_manual."""
    address: str
    """An e-mail address, or a phone number in E.164."""


class PartnerIdentity(Sealable):
    name: str
    contacts: tuple[ContactPoint, ...] = ()


@command
class RegisterPartner(Command):
    type_name: ClassVar[str] = "registry.register-partner.v1"
    aggregate: ClassVar[str] = "partner"
    target_field: ClassVar[str] = "partner_id"
    keyed_by_tenant: ClassVar[bool] = True
    private: ClassVar[type[Sealable] | None] = PartnerIdentity

    partner_id: str
    kind: str
    area: str
    """Code of a regency, district or village."""
    run_by_office: bool = False
    language: str = "id"
    accounts: tuple[SocialAccount, ...] = ()
    consented_at: datetime
    active: bool = False
    """Registered by an officer who has the papers: goes straight to active."""


@event
class PartnerRegistered(Event):
    type_name: ClassVar[str] = "registry.partner-registered.v1"
    aggregate: ClassVar[str] = "partner"
    private: ClassVar[frozenset[str]] = frozenset({"name", "contacts"})

    partner_id: str
    kind: str
    area: str
    run_by_office: bool
    language: str
    accounts: tuple[SocialAccount, ...]
    consented_at: datetime
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()
    registered_at: datetime | None = None


@command
class SetPartnerState(Command):
    type_name: ClassVar[str] = "registry.set-partner-state.v1"
    aggregate: ClassVar[str] = "partner"
    target_field: ClassVar[str] = "partner_id"
    keyed_by_tenant: ClassVar[bool] = True

    partner_id: str
    state: str
    """active, suspended, rejected or withdrawn."""
    reason: str = ""


@event
class PartnerStateChanged(Event):
    type_name: ClassVar[str] = "registry.partner-state-changed.v1"
    aggregate: ClassVar[str] = "partner"

    partner_id: str
    state: str
    previous: str
    reason: str = ""


@command
class ChangePartnerContacts(Command):
    type_name: ClassVar[str] = "registry.change-partner-contacts.v1"
    aggregate: ClassVar[str] = "partner"
    target_field: ClassVar[str] = "partner_id"
    keyed_by_tenant: ClassVar[bool] = True
    private: ClassVar[type[Sealable] | None] = PartnerIdentity

    partner_id: str


@event
class PartnerContactsChanged(Event):
    type_name: ClassVar[str] = "registry.partner-contacts-changed.v1"
    aggregate: ClassVar[str] = "partner"
    private: ClassVar[frozenset[str]] = frozenset({"name", "contacts"})

    partner_id: str
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()


@command
class VerifyAccount(Command):
    """An officer has seen that the account is the partner's."""

    type_name: ClassVar[str] = "registry.verify-account.v1"
    aggregate: ClassVar[str] = "partner"
    target_field: ClassVar[str] = "partner_id"
    keyed_by_tenant: ClassVar[bool] = True

    partner_id: str
    identity_key: str


@event
class AccountVerificationStarted(Event):
    type_name: ClassVar[str] = "registry.account-verification-started.v1"
    aggregate: ClassVar[str] = "partner"

    partner_id: str
    identity_key: str


@command
class AskHold(Command):
    """Only one partner of all tenants may hold an account: asked at the account itself."""

    type_name: ClassVar[str] = "registry.ask-hold.v1"
    aggregate: ClassVar[str] = "account_hold"
    target_field: ClassVar[str] = "identity_key"

    identity_key: str
    partner_id: str


@event
class HoldGranted(Event):
    type_name: ClassVar[str] = "registry.hold-granted.v1"
    aggregate: ClassVar[str] = "account_hold"

    identity_key: str
    partner_id: str


@event
class HoldRefused(Event):
    type_name: ClassVar[str] = "registry.hold-refused.v1"
    aggregate: ClassVar[str] = "account_hold"

    identity_key: str
    partner_id: str


@command
class SettleAccount(Command):
    type_name: ClassVar[str] = "registry.settle-account.v1"
    aggregate: ClassVar[str] = "partner"
    target_field: ClassVar[str] = "partner_id"
    keyed_by_tenant: ClassVar[bool] = True

    partner_id: str
    identity_key: str
    granted: bool


@event
class AccountVerified(Event):
    type_name: ClassVar[str] = "registry.account-verified.v1"
    aggregate: ClassVar[str] = "partner"

    partner_id: str
    identity_key: str


@event
class AccountDisputed(Event):
    """Held by another partner; whose and where is not said."""

    type_name: ClassVar[str] = "registry.account-disputed.v1"
    aggregate: ClassVar[str] = "partner"

    partner_id: str
    identity_key: str
