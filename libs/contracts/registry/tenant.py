"""One local government's communications office, its agencies and its officers.

Commands to the registry are keyed by tenant, so that whoever sets up an office may send all of it in one go: they are
taken in the order they were sent, the tenant first.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from libs.contracts.fields import NO_NUL, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.registry.questions import Question


class Branding(BaseModel):
    """What the public sees of an office; free text of the office itself."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: str
    """Of the page: "Cirebon Saber Hoaks"."""
    office: str
    """Of the office: "Dinas Komunikasi, Informatika dan Statistik Kota Cirebon"."""
    government: str
    """"Pemerintah Kota Cirebon"."""
    short_office: str = ""
    """"DKIS Kota Cirebon"."""
    monogram: str = ""
    channel: str = ""
    """What reporting a hoax is called here; empty: as everywhere."""
    theme: str = ""
    """One of "", nila, kopi, batu."""
    intro: str = ""
    intro_en: str = ""
    address: str = ""
    hours: str = ""
    hours_en: str = ""
    email: str = ""


class TenantSettings(BaseModel):
    """Unset values mean the product's defaults."""

    model_config = ConfigDict(frozen=True, extra="allow")

    timezone: str = "Asia/Jakarta"
    contact_kept_days: int = 30
    interim_minutes: int = 15
    answer_hours: int = 24
    limit_hours: int = 72
    partner_answer_hours: int = 24
    partner_review_days: int = 5
    """Working days for each step of a partner's verification."""
    partner_two_persons: bool = False
    """A partner becomes active when two officers have found everything right."""
    holidays: tuple[str, ...] = ()
    """Days on which the office does not work beside weekends, joint leave included, as ISO 8601 dates."""
    archive_links: bool = True
    """Keep a copy of the pages that reports point to, fetched by the fetcher."""
    match_caution: str = "usual"
    """How sure the office wants to be before a report is answered by itself: `looser`, `usual` or `stricter`."""
    questions: tuple[Question, ...] = ()
    """Changed by `DefineQuestion` alone; retired ones included."""
    embed_hosts: tuple[str, ...] = ()
    """Whose pages may show the report form in a frame; changed by `AllowEmbedding` alone."""


class CreateTenant(Command, name="registry.create-tenant.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    tenant_id: str
    slug: str
    region_code: str
    prefix: str
    """Of reference numbers: three capital letters."""
    branding: Branding
    settings: TenantSettings = TenantSettings()


class TenantCreated(Event, name="registry.tenant-created.v1", of="tenant"):
    tenant_id: str
    slug: str
    region_code: str
    prefix: str
    branding: Branding
    settings: TenantSettings
    at: datetime


class ChangeTenant(Command, name="registry.change-tenant.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    tenant_id: str
    slug: str | None = None
    """The old slug goes on redirecting."""
    region_code: str | None = None
    branding: Branding | None = None
    settings: TenantSettings | None = None


class TenantChanged(Event, name="registry.tenant-changed.v1", of="tenant"):
    tenant_id: str
    slug: str
    region_code: str
    branding: Branding
    settings: TenantSettings


class DefineQuestion(Command, name="registry.define-question.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    """A new question, or one of this id as it shall be from now on."""

    tenant_id: str
    question: Question


class QuestionDefined(Event, name="registry.question-defined.v1", of="tenant"):
    tenant_id: str
    question: Question


class AllowEmbedding(Command, name="registry.allow-embedding.v1", of="tenant", to="tenant_id", keyed_by_tenant=True):
    """These hosts from now on, and no others."""

    tenant_id: str
    hosts: Annotated[str, Limit(longest=6_000, pattern=NO_NUL)]
    """One a line, each with a port where it has one of its own: `situs.example.go.id`."""


class EmbeddingAllowed(Event, name="registry.embedding-allowed.v1", of="tenant"):
    tenant_id: str
    hosts: tuple[str, ...]


class AddAgency(Command, name="registry.add-agency.v1", of="agency", to="agency_id", keyed_by_tenant=True):
    agency_id: str
    name: str


class AgencyAdded(Event, name="registry.agency-added.v1", of="agency"):
    agency_id: str
    name: str


class OfficerIdentity(Sealable):
    name: str
    email: str
    password_hash: str
    """argon2id, made by the sender: no password travels."""
    totp_secret: str
    """Base 32."""


class AddOfficer(
    Command,
    name="registry.add-officer.v1",
    of="officer",
    to="officer_id",
    keyed_by_tenant=True,
    private=OfficerIdentity,
):
    officer_id: str
    roles: tuple[str, ...]
    agency_id: str | None = None
    superior: str | None = None


class OfficerAdded(
    Event, name="registry.officer-added.v1", of="officer", private={"name", "email", "password_hash", "totp_secret"}
):
    officer_id: str
    roles: tuple[str, ...]
    agency_id: str | None = None
    superior: str | None = None
    name: str = ""
    email: str = ""
    password_hash: str = ""
    totp_secret: str = ""


class ChangeOfficer(Command, name="registry.change-officer.v1", of="officer", to="officer_id", keyed_by_tenant=True):
    officer_id: str
    roles: tuple[str, ...] | None = None
    agency_id: str | None = None
    active: bool | None = None
    others_administer: bool = False
    """Somebody else who is active is an administrator. Added by the registry itself, never by a sender."""


class OfficerChanged(Event, name="registry.officer-changed.v1", of="officer"):
    officer_id: str
    roles: tuple[str, ...]
    agency_id: str | None
    active: bool
    reason: str = ""
