"""Answers of other publishers as people read them: those that fit a text, a list, one of them; and imports."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from libs.contracts.ids import SHARED
from libs.contracts.reads import Page
from libs.contracts.reports.reads import ImportView, KnownCard, KnownMatch
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.mongo import Document, key
from services.reports.archive_import import ArchiveImport
from services.reports.clarification.reads import difference_rows
from services.reports.kinds import IMPORT
from services.reports.known.labels import verdict_of
from services.reports.known.rules import Known, scoped
from services.reports.matching.questions import Imported, measured
from services.reports.search import all_of, asked
from services.reports.store import LEAN, MOST, PAGE, Store

LATEST_IMPORTS = 20
MOST_COUNTED = 1_001
"""Of each archive: several words are looked up in the documents themselves."""


class KnownReads:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors

    async def one(self, tenant: str, known_id: str) -> KnownCard:
        """Withdrawn ones too: their address may have been passed on.

        Raises:
            NotFound: neither the office nor all of them have such an entry.
        """
        found = await self._store.known([key(scope, known_id) for scope in scoped(tenant)])
        for scope, known in found:
            return card(scope, known)
        raise NotFound("known")

    async def fitting(self, tenant: str, text: str, found: Sequence[Imported], *, most: int) -> tuple[KnownMatch, ...]:
        """Of what the matcher found, with what differs from the text; the office's archive before the shared one."""
        near = sorted((i for i in found if i.scope in scoped(tenant)), key=lambda i: (not i.is_sure, i.scope == SHARED))
        stored = {
            known.known_id: (scope, known)
            for scope, known in await self._store.known([key(i.scope, i.known_id) for i in near[:most]])
            if not known.withdrawn
        }
        return tuple(
            KnownMatch(
                card=card(*stored[i.known_id]),
                score=i.score,
                is_sure=i.is_sure,
                differences=difference_rows(text, stored[i.known_id][1].entry.claim),
                reasons=measured(i),
            )
            for i in near
            if i.known_id in stored
        )

    async def page(
        self, tenant: str, *, query: str = "", cursor: str | None = None, limit: int = PAGE
    ) -> Page[KnownCard]:
        """Newest first, of both archives in one."""
        limit = min(limit, MOST)
        where: dict[str, Any] = {"ix.offered": True}
        words = asked(query)
        if query.strip() and not words:
            return Page(items=(), count=0)
        if words:
            where |= all_of(words)
        known = self._engine.collection("known")
        count = sum([await known.count(scope, where, limit=MOST_COUNTED) for scope in scoped(tenant)])
        place = f"known|{tenant}"
        if cursor:
            at, last = self._cursors.decode(place, cursor)
            moment = datetime.fromisoformat(at)
            where = {"$and": [where, {"$or": [{"ix.at": {"$lt": moment}}, {"ix.at": moment, "_id": {"$lt": last}}]}]}
        found: list[Document] = []
        for scope in scoped(tenant):
            sort = (("ix.at", -1), ("_id", -1))
            found += await known.find(scope, where, sort=sort, limit=limit + 1, fields=LEAN)
        found.sort(key=lambda d: (d["ix"]["at"], d["_id"]), reverse=True)
        next_ = None
        if len(found) > limit:
            last_one = found[limit - 1]
            next_ = self._cursors.encode(place, [last_one["ix"]["at"].isoformat(), last_one["_id"]])
        shown = found[:limit]
        states = await self._store.known_of(shown)
        return Page(
            items=tuple(card(d["tenant"], s) for d, s in zip(shown, states, strict=True)), next=next_, count=count
        )

    async def imports(self, tenant: str) -> tuple[ImportView, ...]:
        """The latest files of an office, newest first."""
        found = await self._engine.collection("archive_import").find(
            tenant, {}, sort=(("ix.at", -1),), limit=LATEST_IMPORTS, fields=LEAN
        )
        return tuple(import_view(state) for state in await self._store.opened(IMPORT, found))


def card(scope: str, known: Known) -> KnownCard:
    entry = known.entry
    return KnownCard(
        id=known.known_id,
        publisher=entry.publisher,
        url=entry.url,
        claim=entry.claim,
        label=entry.label,
        verdict=verdict_of(entry.label),
        fact=entry.fact,
        body=entry.body,
        published_on=entry.published_on,
        language=entry.language,
        version=known.version,
        demand=known.demand,
        shared=scope == SHARED,
        withdrawn=known.withdrawn,
    )


def import_view(state: ArchiveImport) -> ImportView:
    return ImportView(
        id=state.import_id,
        file_name=state.file_name,
        publisher=state.publisher,
        started_at=state.started_at,
        ended_at=state.ended_at,
        upto=state.upto,
        tally=state.tally,
        problems=state.problems,
        failure=state.failure,
    )
