"""The likely doubles among an office's partners, looked for as they change.

A save marks its partner as not looked at (`ix.unlooked`). It is then given its keys, blinded, compared with those that
share one, and the pairs lie in a collection of their own. Whatever breaks off in between is done once more.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pymongo import UpdateOne

from libs.runtime.aggregates import ERASED
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, TenantCollection, index, key
from services.registry.addresses import Blinder
from services.registry.doubles import entries
from services.registry.doubles.blocking import MOST_TOGETHER, keys_of
from services.registry.doubles.scoring import CUT, Corpus, Entry, Likeness, compared
from services.registry.partner.state import ENDED, Partner
from services.registry.store import WITHOUT_HISTORY, Found, Store

AT_ONCE = 100
MOST_CANDIDATES = 4_000
MOST_COUNTED = 2_000
"""From here on a word is as common as it can be."""
SIZE_KEPT = 300.0
"""Seconds for which the number of an office's partners is taken for what it was."""
BETWEEN = "~"
Change = Callable[["Looked"], Mapping[str, Any]]

INDEXES = (
    index(("tenant", 1), ("of", 1), name="of"),
    index(("tenant", 1), ("bits", -1), ("_id", 1), name="likeliest"),
)


def pair_id(one: str, other: str) -> str:
    return BETWEEN.join(sorted((one, other)))


def entry_of(partner: Found[Partner]) -> Entry:
    state = partner.state
    papers = state.papers
    people = (papers.chair, papers.editor, papers.account_admin) if papers is not None else ()
    told = entries.entry(
        partner.id,
        state.name,
        kind=state.kind,
        area=state.area,
        emails=[contact.address for contact in state.contacts],
        accounts=[account.identity_key for account in state.accounts if account.identity_key],
        decree=state.profile.decree_number,
        address=papers.address if papers is not None else "",
        people=[person for person in people if person and person != ERASED],
    )
    # They are in E.164 already; to read them again would take longer than all the rest.
    return replace(told, phones=frozenset(c.address for c in state.contacts if c.address.startswith("+")))


@dataclass(frozen=True, slots=True)
class Looked:
    """A partner with its keys: those that bring candidates, and one for each word of its name, to count it by."""

    found: Found[Partner]
    document: Document
    entry: Entry
    keys: frozenset[str]
    words: Mapping[str, str]

    @property
    def is_compared(self) -> bool:
        state = self.found.state
        return state.state not in ENDED and state.name not in ("", ERASED)


class Looking:
    def __init__(self, engine: Engine, partners: Store[Partner], doubles: TenantCollection, blind: Blinder) -> None:
        self._partners = partners
        self._documents = engine.collection("partner")
        self._doubles = doubles
        self._blind = blind
        self._sizes: dict[str, tuple[float, int]] = {}

    async def ensure_indexes(self) -> None:
        await self._doubles.ensure_indexes(INDEXES)

    async def step(self) -> None:
        documents = await self._documents.across_tenants(
            {"ix.unlooked": True}, limit=AT_ONCE, fields=WITHOUT_HISTORY, hint="unlooked"
        )
        tenants: dict[str, list[Document]] = defaultdict(list)
        for document in documents:
            tenants[document["tenant"]].append(document)
        for tenant, those in tenants.items():
            await self._look(tenant, those)

    async def _look(self, tenant: str, documents: Sequence[Document]) -> None:
        looked = await self._opened(documents)
        await self._change(looked, lambda one: {"$set": {"ix.alike": [*one.keys, *one.words.values()]}})
        found = await self._compared(tenant, [one for one in looked if one.is_compared])
        await self._keep(tenant, looked, found)
        await self._change(looked, lambda one: {"$unset": {"ix.unlooked": ""}})

    async def _opened(self, documents: Sequence[Document]) -> list[Looked]:
        opened = await self._partners.opened(documents)
        return [self._keyed(found, document) for found, document in zip(opened, documents, strict=True)]

    def _keyed(self, found: Found[Partner], document: Document) -> Looked:
        entry = entry_of(found)
        one = Looked(found, document, entry, frozenset(), {})
        if not one.is_compared:
            return one
        words = {word: self._blinded(f"word:{word}") for word in entry.name.folds}
        return replace(one, keys=frozenset(map(self._blinded, keys_of(entry))), words=words)

    def _blinded(self, text: str) -> str:
        # Sixteen of 64 signs: two keys of a million that fall together cost one comparison.
        return self._blind(text)[0][:16]

    async def _change(self, looked: Sequence[Looked], change: Change) -> None:
        # One that was saved meanwhile is marked anew and looked at again.
        await self._documents.bulk(
            [UpdateOne({"_id": o.document["_id"], "version": o.document["version"]}, change(o)) for o in looked]
        )

    async def _compared(self, tenant: str, looked: Sequence[Looked]) -> dict[str, tuple[str, str, Likeness]]:
        others, seen = await self._candidates(tenant, looked)
        size = await self._size(tenant)
        corpus = Corpus(size=size)
        likely: dict[str, tuple[Looked, Looked]] = {}
        for one in looked:
            for other_id in others.get(one.found.id, ()):
                other = seen[other_id]
                if _told_apart(one.found, other.found):
                    continue
                if compared(one.entry, other.entry, corpus).bits >= CUT:
                    likely[pair_id(one.found.id, other_id)] = (one, other)
        corpus = await self._counted(tenant, size, [one for pair in likely.values() for one in pair])
        found = {}
        for pair, (one, other) in likely.items():
            likeness = compared(one.entry, other.entry, corpus)
            if likeness.bits >= CUT:
                found[pair] = (one.found.id, other.found.id, likeness)
        return found

    async def _candidates(self, tenant: str, looked: Sequence[Looked]) -> tuple[dict[str, set[str]], dict[str, Looked]]:
        """Id -> ids of those that share a key with it that few share; and all of them, by their ids."""
        wanted = sorted({shared for one in looked for shared in one.keys})
        seen = {one.found.id: one for one in looked}
        if not wanted:
            return {}, seen
        holders = await self._documents.find(
            tenant, {"ix.alike": {"$in": wanted}}, limit=MOST_CANDIDATES, fields={"ix.alike": 1, "tenant": 1}
        )
        by_key: dict[str, list[str]] = defaultdict(list)
        asked = set(wanted)
        for holder in holders:
            for shared in asked.intersection(holder["ix"]["alike"]):
                by_key[shared].append(holder["_id"])
        near: dict[str, set[str]] = defaultdict(set)
        for one in looked:
            for shared in one.keys:
                if len(by_key[shared]) <= MOST_TOGETHER:
                    near[one.found.id] |= {_id for _id in by_key[shared] if _id != one.document["_id"]}
        missing = {_id for those in near.values() for _id in those} - {one.document["_id"] for one in looked}
        documents = list((await self._documents.load(missing, WITHOUT_HISTORY)).values())
        seen |= {one.found.id: one for one in await self._opened(documents) if one.is_compared}
        named = {one.document["_id"]: partner for partner, one in seen.items() if one.is_compared}
        return {partner: {named[_id] for _id in those if _id in named} for partner, those in near.items()}, seen

    async def _size(self, tenant: str) -> int:
        at, size = self._sizes.get(tenant, (-SIZE_KEPT, 0))
        if time.monotonic() - at > SIZE_KEPT:
            size = await self._documents.count(tenant, {}, limit=100_000)
            self._sizes[tenant] = (time.monotonic(), size)
        return size

    async def _counted(self, tenant: str, size: int, looked: Sequence[Looked]) -> Corpus:
        """How common their words and areas are here."""
        words = {word: hashed for one in looked for word, hashed in one.words.items()}
        places = {one.entry.area for one in looked}
        return Corpus(
            size=size,
            words={w: await self._count(tenant, {"ix.alike": hashed}) for w, hashed in words.items()},
            areas={area: await self._count(tenant, {"ix.facets": f"a:{area}"}) for area in places},
        )

    async def _count(self, tenant: str, where: Mapping[str, str]) -> int:
        return await self._documents.count(tenant, where, limit=MOST_COUNTED)

    async def _keep(
        self, tenant: str, looked: Sequence[Looked], found: Mapping[str, tuple[str, str, Likeness]]
    ) -> None:
        ids = [one.found.id for one in looked]
        before = await self._doubles.find(tenant, {"of": {"$in": ids}}, limit=MOST_CANDIDATES, fields={"pair": 1})
        for gone in {document["pair"] for document in before} - found.keys():
            await self._doubles.delete(tenant, gone)
        now = datetime.now(UTC)
        await self._doubles.bulk(
            [
                UpdateOne(
                    {"_id": key(tenant, pair), "tenant": tenant},
                    {
                        "$set": {
                            "pair": pair,
                            "of": sorted((one, other)),
                            "bits": likeness.bits,
                            "score": round(likeness.score, 4),
                            "reasons": list(map(str, likeness.reasons)),
                        },
                        "$setOnInsert": {"at": now},
                    },
                    upsert=True,
                )
                for pair, (one, other, likeness) in found.items()
            ]
        )


def _told_apart(one: Found[Partner], other: Found[Partner]) -> bool:
    return other.id in one.state.apart or one.id in other.state.apart
