"""Who is asking, as far as the gateway has verified it. Roles come from the directory at every request."""

from dataclasses import dataclass

from libs.contracts.directory import OfficerRecord, PartnerRecord, TenantRecord
from libs.contracts.envelope import Actor
from libs.contracts.words import PartnerState, Role
from services.gateway.access.sessions import Session

OUTSIDE = frozenset({PartnerState.DRAFT, PartnerState.WITHDRAWN, PartnerState.TERMINATED, PartnerState.MERGED})
"""States of a partner who has no desk: it has not agreed yet, or has left."""


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

    @property
    def active(self) -> bool:
        return self.record.state == PartnerState.ACTIVE

    def may_open(self, assignment: str | None) -> bool:
        """Not everything, where they came by the link of one assignment."""
        return self.session.only in ("", assignment)
