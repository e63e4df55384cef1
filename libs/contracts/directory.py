"""Records of the compacted topics: the last of each key is the truth.

Key on `registry.directory.v1`: `tenant/kind/id`. No names, no contacts. On `registry.contacts.v1`: `tenant/partner_id`.
A record with an empty value says that the thing is gone.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from libs.contracts.registry.tenant import Branding, TenantSettings


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")

    version: int
    """Of the aggregate; a reader keeps the highest it has seen."""


class TenantRecord(_Record):
    kind: Literal["tenant"] = "tenant"
    id: str
    slug: str
    old_slugs: tuple[str, ...] = ()
    region_code: str
    prefix: str
    branding: Branding
    settings: TenantSettings
    logo: str = ""
    """Names the picture that the registry has of it; empty: none."""
    revisions: Mapping[str, int] = {}
    """How often each concern was changed: `look`, `logo`, `clocks`, `practice`."""
    active: bool = True


class AgencyRecord(_Record):
    kind: Literal["agency"] = "agency"
    id: str
    tenant: str
    name: str


class OfficerRecord(_Record):
    kind: Literal["officer"] = "officer"
    id: str
    tenant: str
    roles: tuple[str, ...]
    agency: str | None = None
    superior: str | None = None
    active: bool = True
    successor: str | None = None
    """Who has what they held, where they are no longer active."""


class PartnerRecord(_Record):
    kind: Literal["partner"] = "partner"
    id: str
    tenant: str
    partner_kind: str
    state: str
    area: str
    run_by_office: bool
    language: str = "id"
    accounts: tuple[str, ...] = ()
    """Identity keys of its social accounts."""


DirectoryRecord = Annotated[TenantRecord | AgencyRecord | OfficerRecord | PartnerRecord, Field(discriminator="kind")]
DIRECTORY_RECORD: TypeAdapter[DirectoryRecord] = TypeAdapter(DirectoryRecord)


class ContactRecord(_Record):
    """How to reach a partner, sealed to notify."""

    tenant: str
    partner_id: str
    channels: tuple[str, ...]
    sealed: str
    """A sealed `PartnerIdentity`."""
    active: bool = True


def directory_key(tenant: str, kind: str, identity: str) -> str:
    return f"{tenant}/{kind}/{identity}"
