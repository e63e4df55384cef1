"""Who is asking, as far as the gateway has verified it. Roles come from the directory at every request."""

from dataclasses import dataclass

from libs.contracts.directory import OfficerRecord, PartnerRecord, TenantRecord
from libs.contracts.envelope import Actor
from libs.contracts.words import Role
from services.gateway.access.sessions import Session


@dataclass(frozen=True, slots=True)
class Officer:
    tenant: TenantRecord
    record: OfficerRecord
    session: Session

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def actor(self) -> Actor:
        return Actor(self.record.id, self.record.roles, self.record.agency)

    def has(self, *roles: str) -> bool:
        return not set(roles).isdisjoint(self.record.roles)


@dataclass(frozen=True, slots=True)
class Partner:
    tenant: TenantRecord
    record: PartnerRecord
    session: Session

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def actor(self) -> Actor:
        return Actor(self.record.id, (Role.PARTNER,))

    def may_open(self, assignment: str | None) -> bool:
        """Not everything, where they came by the link of one assignment."""
        return self.session.only in ("", assignment)
