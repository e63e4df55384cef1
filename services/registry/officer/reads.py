"""Reads of officers: with their names for those who may see them, and with their secrets for the log-in."""

from collections.abc import Sequence
from datetime import UTC, datetime

from libs.contracts.reads import Page
from libs.contracts.registry.reads import MailedLink, OfficerView
from libs.runtime.aggregates import ERASED
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.sealing import SubjectKeys
from services.registry.addresses import Blinder
from services.registry.officer import keeping
from services.registry.officer.rules import Officer
from services.registry.store import WITHOUT_HISTORY, Found, Store

MOST_OFFICERS = 1_000

OfficerFound = Found[Officer]


class OfficerReads:
    def __init__(self, engine: Engine, keys: SubjectKeys, *, emails: Blinder) -> None:
        self._store: Store[Officer] = Store(engine, "officer", keys)
        self._emails = emails

    async def one(self, tenant: str, officer: str) -> OfficerFound | None:
        document = await self._store.collection.get(tenant, officer, WITHOUT_HISTORY)
        found = await self._store.opened([document] if document else [])
        return found[0] if found else None

    async def with_email(self, email: str) -> OfficerFound | None:
        """Whoever logs in names no tenant: the address is looked for in all of them."""
        where = {"ix.emails": {"$in": self._emails(email), "$exists": True}}
        documents = await self._store.collection.across_tenants(where, limit=1, fields=WITHOUT_HISTORY)
        # Asks for a key in either case, so that both take as long.
        found = await self._store.opened(documents, at_least="nobody")
        return found[0] if found else None

    async def opened_by(self, tenant: str, officer: str, secret: str) -> MailedLink:
        """
        Raises:
            NotFound: the link was used, is another's or too old.
        """
        found, now = await self.one(tenant, officer), datetime.now(UTC)
        if found is None or not keeping.opens(found.state, secret, at=now):
            raise NotFound("link")
        state = found.state
        return MailedLink(purpose=state.link_for, name=state.name, email=state.email, roles=state.roles)

    async def listed(
        self, tenant: str, ids: Sequence[str] | None, *, named: bool, addressed: bool = False
    ) -> Page[OfficerView]:
        """
        Args:
            named: with their names.
            addressed: with their e-mail addresses.
        """
        if ids is None:
            sort = [("_id", 1)]
            documents = await self._store.collection.find(
                tenant, {}, sort=sort, limit=MOST_OFFICERS, fields=WITHOUT_HISTORY
            )
        else:
            documents = await self._store.by_id(tenant, ids)
        found = await self._store.opened(documents)
        return Page[OfficerView](items=tuple(_officer_view(one, named=named, addressed=addressed) for one in found))


def _officer_view(found: OfficerFound, *, named: bool, addressed: bool) -> OfficerView:
    state, now = found.state, datetime.now(UTC)
    asked = state.reset_asked_by if state.reset_until is not None and now < state.reset_until else ""
    return OfficerView(
        id=found.id,
        name=state.name if named else "",
        initials=initials(state.name),
        roles=state.roles,
        agency=state.agency,
        active=state.active,
        invited=state.invited,
        link_until=state.link_until,
        reset_asked_by=asked or None,
        successor=state.successor,
        email=state.email if addressed else "",
    )


def initials(name: str) -> str:
    """Of the first and the last word: "Rina Astuti Dewi" is "RD"; a single word gives one letter."""
    words = [word for word in name.split() if word[0].isalpha()] if name != ERASED else []
    return "".join(word[0].upper() for word in (*words[:1], *words[1:][-1:]))
