"""Partners: who carries an answer, in which area, on which accounts, and how to reach them."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from libs.contracts.fields import NO_CONTROL, AreaCode, Flag, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.registry.profile import Lines, PartnerPapers, Profile
from libs.contracts.words import PartnerKind

Why = Annotated[str, Limit(longest=300, pattern=NO_CONTROL)]
Language = Annotated[str, Limit(words=("id", "en"))]


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


class RegisterPartner(
    Command,
    name="registry.register-partner.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=PartnerIdentity,
):
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


class PartnerRegistered(Event, name="registry.partner-registered.v1", of="partner", private={"name", "contacts"}):
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


class EnterPartner(
    Command,
    name="registry.enter-partner.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=PartnerPapers,
):
    """An officer writes down a partner: a draft, until the partner itself agrees or has agreed on paper."""

    partner_id: str
    kind: Annotated[str, Limit(words=PartnerKind)]
    area: AreaCode
    run_by_office: Flag = False
    language: Language = "id"
    accounts: Lines = ""
    """Addresses, one a line."""
    profile: Profile = Profile()
    agreed: Flag = False
    """Its consent lies on paper: goes on to be verified."""


class PartnerEntered(Event, name="registry.partner-entered.v1", of="partner", private={"papers"}):
    partner_id: str
    kind: str
    area: str
    run_by_office: bool
    language: str
    accounts: tuple[SocialAccount, ...]
    profile: Profile
    at: datetime
    consented_at: datetime | None = None
    papers: PartnerPapers | None = None


class DescribePartner(
    Command,
    name="registry.describe-partner.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=PartnerPapers,
):
    """What is known of a partner, as it shall stand from now on."""

    partner_id: str
    kind: Annotated[str, Limit(words=PartnerKind)]
    area: AreaCode
    run_by_office: Flag = False
    language: Language = "id"
    profile: Profile = Profile()
    reason: Why = ""


class PartnerDescribed(Event, name="registry.partner-described.v1", of="partner", private={"papers"}):
    """
    Attributes:
        changed: names of the fields that are not as they were, those under seal included.
    """

    partner_id: str
    kind: str
    area: str
    run_by_office: bool
    language: str
    profile: Profile
    changed: tuple[str, ...] = ()
    reason: str = ""
    papers: PartnerPapers | None = None


class SetPartnerState(
    Command, name="registry.set-partner-state.v1", of="partner", to="partner_id", keyed_by_tenant=True
):
    partner_id: str
    state: Annotated[str, Limit(words=("active", "suspended", "terminated", "rejected", "withdrawn"))]
    """Active: again, after a suspension."""
    reason: Why = ""


class PartnerStateChanged(Event, name="registry.partner-state-changed.v1", of="partner"):
    partner_id: str
    state: str
    previous: str
    reason: str = ""
    by: str | None = None
    at: datetime | None = None
    due_at: datetime | None = None
    """Until when the office has to decide."""
    papers: tuple[str, ...] = ()
    """Those that are missing, where something is to be mended."""


class ChangePartnerContacts(
    Command,
    name="registry.change-partner-contacts.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=PartnerIdentity,
):
    partner_id: str


class PartnerContactsChanged(
    Event, name="registry.partner-contacts-changed.v1", of="partner", private={"name", "contacts"}
):
    partner_id: str
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()


class VerifyAccount(Command, name="registry.verify-account.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """An officer has seen that the account is the partner's."""

    partner_id: str
    identity_key: str


class AccountVerificationStarted(Event, name="registry.account-verification-started.v1", of="partner"):
    partner_id: str
    identity_key: str


class AskHold(Command, name="registry.ask-hold.v1", of="account_hold", to="identity_key"):
    """Only one partner of all tenants may hold an account: asked at the account itself."""

    identity_key: str
    partner_id: str


class HoldGranted(Event, name="registry.hold-granted.v1", of="account_hold"):
    identity_key: str
    partner_id: str


class HoldRefused(Event, name="registry.hold-refused.v1", of="account_hold"):
    identity_key: str
    partner_id: str


class SettleAccount(Command, name="registry.settle-account.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    partner_id: str
    identity_key: str
    granted: bool


class AccountVerified(Event, name="registry.account-verified.v1", of="partner"):
    partner_id: str
    identity_key: str


class AccountDisputed(Event, name="registry.account-disputed.v1", of="partner"):
    """Held by another partner; whose and where is not said."""

    partner_id: str
    identity_key: str
