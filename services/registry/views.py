"""Reads of the registry: officers and partners with their names, for those who may see them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar, cast

from libs.contracts.reads import Page
from libs.contracts.registry.reads import AccountView, OfficerView, PartnerFound, PartnerRow
from libs.contracts.words import Channel
from libs.runtime.aggregates import ERASED, State
from libs.runtime.cursors import Cursors
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of, key, tenant_of
from libs.runtime.sealing import SubjectKeys
from services.registry.addresses import Blinder, normalised
from services.registry.officer import Officer
from services.registry.partner import ENDED, Partner

MOST_OFFICERS = 1_000
MOST_AT_ONE_ADDRESS = 20
WITHOUT_HISTORY = {"history": 0}

S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Found(Generic[S]):
    """A document with its private fields opened."""

    tenant: str
    id: str
    state: S


OfficerFound = Found[Officer]
PartnerFoundAt = Found[Partner]


@dataclass(frozen=True)
class PartnerFilter:
    area: str | None = None
    kind: str | None = None
    state: str | None = None

    @property
    def facets(self) -> list[str]:
        wanted = (("a", self.area), ("k", self.kind), ("s", self.state))
        return [f"{name}:{value}" for name, value in wanted if value]


class Views:
    def __init__(
        self, engine: Engine, keys: SubjectKeys, *, emails: Blinder, contacts: Blinder, cursors: Cursors
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._emails = emails
        self._contacts = contacts
        self._cursors = cursors
        self._officers = engine.collection("officer")
        self._partners = engine.collection("partner")

    async def officer(self, tenant: str, officer: str) -> OfficerFound | None:
        document = await self._officers.get(tenant, officer, WITHOUT_HISTORY)
        found: list[OfficerFound] = await self._opened("officer", [document] if document else [])
        return found[0] if found else None

    async def officer_with(self, email: str) -> OfficerFound | None:
        """Whoever logs in names no tenant: the address is looked for in all of them."""
        where = {"ix.emails": {"$in": self._emails(email), "$exists": True}}
        documents = await self._officers.across_tenants(where, limit=1, fields=WITHOUT_HISTORY)
        # Asks for a key in either case, so that both take as long.
        found: list[OfficerFound] = await self._opened("officer", documents, at_least="nobody")
        return found[0] if found else None

    async def officers(self, tenant: str, ids: Sequence[str] | None, *, named: bool) -> Page[OfficerView]:
        if ids is None:
            sort = [("_id", 1)]
            documents = await self._officers.find(tenant, {}, sort=sort, limit=MOST_OFFICERS, fields=WITHOUT_HISTORY)
        else:
            documents = await self._by_id(self._officers, tenant, ids)
        found: list[OfficerFound] = await self._opened("officer", documents)
        return Page[OfficerView](items=tuple(_officer_view(one, named=named) for one in found))

    async def partner(self, tenant: str, partner: str) -> PartnerRow | None:
        rows = await self.partners_by_id(tenant, [partner])
        return rows.items[0] if rows.items else None

    async def partners_by_id(self, tenant: str, ids: Sequence[str]) -> Page[PartnerRow]:
        found: list[PartnerFoundAt] = await self._opened("partner", await self._by_id(self._partners, tenant, ids))
        return Page[PartnerRow](items=tuple(map(_partner_row, found)))

    async def partners(self, tenant: str, wanted: PartnerFilter, *, cursor: str | None, limit: int) -> Page[PartnerRow]:
        """Newest first. The first page says how many there are."""
        facets = wanted.facets
        scope = "|".join((tenant, "partners", *facets))
        where: dict[str, Any] = {"ix.facets": {"$all": facets}} if facets else {}
        count = None if cursor else await self._partners.count(tenant, where)
        if cursor:
            where |= _after(tenant, self._cursors.decode(scope, cursor))
        documents = await self._partners.find(
            tenant, where, sort=[("ix.at", -1), ("_id", -1)], limit=limit + 1, fields=WITHOUT_HISTORY
        )
        shown = documents[:limit]
        more = len(documents) > limit
        next_ = self._cursors.encode(scope, _position(shown[-1])) if more else None
        found: list[PartnerFoundAt] = await self._opened("partner", shown)
        return Page[PartnerRow](items=tuple(map(_partner_row, found)), next=next_, count=count)

    async def partner_at(self, tenant: str, address: str) -> PartnerFound | None:
        """The partner with this e-mail address; of several the one that registered first."""
        documents = await self._partners.find(
            tenant,
            {"ix.contacts": {"$in": self._contacts(address), "$exists": True}},
            limit=MOST_AT_ONE_ADDRESS,
            fields=WITHOUT_HISTORY,
        )
        found: list[PartnerFoundAt] = await self._opened("partner", documents, at_least=f"{tenant}/nobody")
        present = (one for one in found if one.state.state not in ENDED)
        for one in sorted(present, key=lambda one: (one.state.registered_at, one.id)):
            for contact in one.state.contacts:
                if contact.channel == Channel.EMAIL and normalised(contact.address) == normalised(address):
                    return PartnerFound(partner_id=one.id, address=contact.address, language=one.state.language)
        return None

    async def _by_id(self, collection: Any, tenant: str, ids: Sequence[str]) -> list[Document]:
        documents: Mapping[str, Document] = await collection.load(
            [key(tenant, one) for one in dict.fromkeys(ids)], WITHOUT_HISTORY
        )
        return [documents[key(tenant, one)] for one in dict.fromkeys(ids) if key(tenant, one) in documents]

    async def _opened(
        self, aggregate: str, documents: Iterable[Document], *, at_least: str | None = None
    ) -> list[Found[Any]]:
        documents = list(documents)
        subjects = {d["subject"] for d in documents if d.get("sealed") is not None}
        if not subjects and at_least is not None:
            subjects = {at_least}
        ciphers = await self._keys.existing(subjects) if subjects else {}
        kind = self._engine.aggregates[aggregate]
        return [Found(tenant_of(d["_id"]), identity_of(d["_id"]), state_of(kind, d, ciphers)) for d in documents]


def _position(document: Document) -> list[Any]:
    return [int(document["ix"]["at"].timestamp() * 1000), identity_of(document["_id"])]


def _after(tenant: str, position: Sequence[Any]) -> dict[str, Any]:
    milliseconds, partner = cast(tuple[int, str], tuple(position))
    at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return {"$or": [{"ix.at": {"$lt": at}}, {"ix.at": at, "_id": {"$lt": key(tenant, partner)}}]}


def initials(name: str) -> str:
    """Of the first and the last word: "Rina Astuti Dewi" is "RD"; a single word gives one letter."""
    words = [word for word in name.split() if word[0].isalpha()] if name != ERASED else []
    return "".join(word[0].upper() for word in (*words[:1], *words[1:][-1:]))


def _officer_view(found: OfficerFound, *, named: bool) -> OfficerView:
    state = found.state
    return OfficerView(
        id=found.id,
        name=state.name if named else "",
        initials=initials(state.name),
        roles=state.roles,
        agency=state.agency,
        active=state.active,
    )


def _partner_row(found: PartnerFoundAt) -> PartnerRow:
    state = found.state
    return PartnerRow(
        id=found.id,
        name=state.name,
        kind=state.kind,
        state=state.state,
        area=state.area,
        run_by_office=state.run_by_office,
        accounts=tuple(
            AccountView(
                platform=account.platform,
                handle=account.handle,
                url=account.url,
                state=account.state,
                identity_key=account.identity_key,
            )
            for account in state.accounts
        ),
        channels=state.channels,
        language=state.language,
        registered_at=state.registered_at,
    )
