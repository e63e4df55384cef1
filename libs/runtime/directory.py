"""The directory in memory: tenants, agencies, officers and partners, read from the compacted topic to its end."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from libs.contracts.directory import (
    DIRECTORY_RECORD,
    AgencyRecord,
    DirectoryRecord,
    OfficerRecord,
    PartnerRecord,
    TenantRecord,
)
from libs.contracts.envelope import Actor
from libs.contracts.ids import SETUP
from libs.contracts.topics import DIRECTORY
from libs.contracts.words import Role
from libs.runtime import logs
from libs.runtime.aggregates import Incoming
from libs.runtime.followers import Follower
from libs.runtime.settings import Settings

log = logs.get()


class Directory:
    """Who is who. A reader keeps the record with the highest version of each key.

    Attributes:
        keeps_partners: False for a reader that asks for none: of 50,000 they take 150 MB.
    """

    def __init__(self) -> None:
        self.keeps_partners = True
        self.tenants: dict[str, TenantRecord] = {}
        self.agencies: dict[str, AgencyRecord] = {}
        self.officers: dict[str, OfficerRecord] = {}
        self._partners: dict[str, dict[str, PartnerRecord]] = defaultdict(dict)
        self._by_slug: dict[str, str] = {}

    def follower(self, settings: Settings, service: str) -> Follower:
        return Follower(settings, service, [DIRECTORY], self.take, from_start=True)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        for record in records:
            if not record.value:
                self._remove((record.key or b"").decode())
                continue
            try:
                self.put(DIRECTORY_RECORD.validate_json(record.value))
            except ValidationError:
                log.error("directory_record_unreadable", partition=record.partition, offset=record.offset)

    def put(self, record: DirectoryRecord) -> None:
        match record:
            case TenantRecord():
                if _is_newer(record, self.tenants.get(record.id)):
                    self.tenants[record.id] = record
                    for slug in (*record.old_slugs, record.slug):
                        self._by_slug[slug] = record.id
            case AgencyRecord():
                if _is_newer(record, self.agencies.get(record.id)):
                    self.agencies[record.id] = record
            case OfficerRecord():
                if _is_newer(record, self.officers.get(record.id)):
                    self.officers[record.id] = record
            case PartnerRecord():
                if self.keeps_partners and _is_newer(record, self._partners[record.tenant].get(record.id)):
                    self._partners[record.tenant][record.id] = record

    def _remove(self, key: str) -> None:
        tenant, _, rest = key.partition("/")
        kind, _, identity = rest.partition("/")
        match kind:
            case "agency":
                self.agencies.pop(identity, None)
            case "officer":
                self.officers.pop(identity, None)
            case "partner":
                self._partners[tenant].pop(identity, None)

    def knows(self, tenant: str) -> bool:
        return tenant in self.tenants

    def by_slug(self, slug: str) -> TenantRecord | None:
        """The tenant at an address, old addresses included; compare `slug` to tell a redirect."""
        return self.tenants.get(self._by_slug.get(slug, ""))

    def officer(self, tenant: str, officer: str) -> OfficerRecord | None:
        """An active officer of this tenant."""
        found = self.officers.get(officer)
        return found if found is not None and found.tenant == tenant and found.active else None

    def agencies_of(self, tenant: str) -> list[AgencyRecord]:
        return sorted((a for a in self.agencies.values() if a.tenant == tenant), key=lambda a: a.name)

    def partner(self, tenant: str, partner: str) -> PartnerRecord | None:
        return self._partners[tenant].get(partner)

    def partners_of(self, tenant: str) -> Iterable[PartnerRecord]:
        return self._partners[tenant].values()


def standing(directory: Directory, tenant: str, actor: Actor | None) -> Actor | None:
    """The actor with those roles only that the directory grants here and now: what a gateway says is checked again.

    A partner acts for themself; whether there is such a partner, the aggregate's own rules say.
    """
    if actor is None or actor.id == SETUP:
        return actor
    officer = directory.officer(tenant, actor.id)
    held = set(officer.roles) if officer is not None else set()
    if directory.partner(tenant, actor.id) is not None:
        held.add(Role.PARTNER)
    agency = officer.agency if officer is not None else None
    return Actor(actor.id, tuple(role for role in actor.roles if role in held), agency)


def standing_of_all(directory: Directory, incoming: Sequence[Incoming]) -> list[Incoming]:
    return [
        i._replace(context=i.context._replace(actor=standing(directory, i.context.tenant, i.context.actor)))
        if i.context.actor is not None
        else i
        for i in incoming
    ]


def _is_newer(
    record: TenantRecord | AgencyRecord | OfficerRecord | PartnerRecord,
    standing: TenantRecord | AgencyRecord | OfficerRecord | PartnerRecord | None,
) -> bool:
    return standing is None or record.version > standing.version
