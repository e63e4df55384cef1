"""Commands, contexts and identities with defaults; a test says only what matters to it."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from libs.contracts.envelope import Actor
from libs.contracts.messages import Sealable
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity, SocialAccount
from libs.contracts.registry.tenant import AddOfficer, Branding, CreateTenant, OfficerIdentity
from libs.runtime.aggregates import Context
from services.registry.partner.rules import PlacedRegistration

CIREBON = "t-cirebon"
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HASH = "$argon2id$v=19$m=65536,t=3,p=4$zLrKFbdBgrvPFLp1ysmnqw$LEERU3DhHa43koO/L9jFhrb9NQZ7liGwh7TSFNCK3SE"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"

OPERATOR = Actor("o-operator", ("operator",))
ADMIN = Actor("o-admin", ("tenant_admin",))
VERIFIER = Actor("o-verifier", ("verifier",))
EDITOR = Actor("o-editor", ("editor",))


def context(
    by: Actor | None = None, *, private: Sealable | None = None, tenant: str = CIREBON, id: UUID | None = None
) -> Context:
    return Context(id=id or uuid4(), tenant=tenant, at=NOW, actor=by, private=private)


def create_tenant(**changes: Any) -> CreateTenant:
    values: dict[str, Any] = {
        "tenant_id": CIREBON,
        "slug": "kota-cirebon",
        "region_code": "32.74",
        "prefix": "CRB",
        "branding": branding(),
    }
    return CreateTenant(**values | changes)


def branding(**changes: Any) -> Branding:
    values = {"name": "Cirebon Saber Hoaks", "office": "DKIS Kota Cirebon", "government": "Pemerintah Kota Cirebon"}
    return Branding(**values | changes)


def add_officer(**changes: Any) -> AddOfficer:
    return AddOfficer(**{"officer_id": "o-1", "roles": ("verifier",)} | changes)


def officer_identity(**changes: str) -> OfficerIdentity:
    values = {"name": "Nurul Hidayah", "email": "nurul@contoh.example", "password_hash": HASH, "totp_secret": SECRET}
    return OfficerIdentity(**values | changes)


def register_partner(**changes: Any) -> PlacedRegistration:
    values: dict[str, Any] = {
        "partner_id": "p-1",
        "kind": "community_group",
        "area": "32.74.05.1002",
        "accounts": (account(),),
        "consented_at": NOW,
        "region": "32.74",
    }
    return PlacedRegistration(**values | changes)


def account(url: str = "https://www.instagram.com/kim.contoh/", **changes: str) -> SocialAccount:
    values = {"platform": "instagram", "handle": "kim.contoh", "url": url, "identity_key": ""}
    return SocialAccount(**values | changes)


def partner_identity(name: str = "KIM Contoh", *contacts: ContactPoint) -> PartnerIdentity:
    return PartnerIdentity(
        name=name, contacts=contacts or (ContactPoint(channel="email", address="kim@contoh.example"),)
    )
