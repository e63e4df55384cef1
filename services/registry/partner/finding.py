"""How partners are found: what of each one stands in the index, and what a list asks of it.

Names are under seal, so their words stand there as keyed hashes of their beginnings. A list is in the order of names as
far as that gives nothing away: an organisation's by its first letters, a person's by two.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import product
from typing import Any, cast

from pymongo import IndexModel

from libs.contracts.words import PartnerKind
from libs.kit import areas
from libs.runtime.aggregates import ERASED
from libs.runtime.mongo import Document, identity_of, index, key
from services.registry.addresses import Blinder
from services.registry.partner.state import Partner
from services.registry.regions import around

VERSION = 2
"""Of what stands in the index: what another one wrote is written anew."""
SHORTEST, LONGEST = 2, 12
"""Letters of the beginning of a word that is looked for."""
HASHED = 16
"""Hex characters: two words out of a million meet once in ten million times."""
OF_PERSONS = frozenset({PartnerKind.ACTIVIST, PartnerKind.INFLUENCER, PartnerKind.CREATOR})
KNOWN_OF_PERSONS, KNOWN_OF_OTHERS = 2, 24


_WORD = re.compile(r"[^\W_]+")


def spelt(text: str) -> list[str]:
    """Words of a name or a handle, in small letters and without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return _WORD.findall(plain)


class Sort(StrEnum):
    NAME = "name"
    NEWEST = "newest"


@dataclass(frozen=True)
class Words:
    """Keyed hashes of words and of their beginnings, for each key that is valid."""

    blind: Blinder

    def of(self, texts: Iterable[str]) -> list[str]:
        said = {word for text in texts for word in spelt(text)}
        beginnings = {word[:n] for word in said for n in range(SHORTEST, min(len(word), LONGEST) + 1)}
        return sorted({hashed for one in beginnings for hashed in self._hashed(one)})

    def wanted(self, text: str) -> list[list[str]]:
        """For each word of a question, the hashes of which one must be there; what few partners say first: the database
        keeps to the first where it has seen a question of this shape."""
        said = sorted(dict.fromkeys(spelt(text)), key=lambda word: (not word.isdigit(), -len(word)))
        return [self._hashed(word[:LONGEST]) for word in said if len(word) >= SHORTEST]

    def _hashed(self, word: str) -> list[str]:
        return [hmac.digest(each, word.encode(), "sha256").hex()[:HASHED] for each in self.blind.keys]


def index_fields(state: Partner, spoken: Words) -> dict[str, Any]:
    found = {
        "facets": facets_of(state),
        "at": state.registered_at,
        "n": name_key(state),
        "v": VERSION,
    }
    said = spoken.of(_texts(state)) if state.name != ERASED else []
    return {**found, "words": said} if said else found


def _texts(state: Partner) -> Iterable[str]:
    yield state.name
    yield from (account.handle for account in state.accounts)
    yield from (areas.title_of(code) for area in state.areas for code in around(area)[:2] if areas.exists(code))


def name_key(state: Partner) -> str:
    """Where a partner stands in the order of names."""
    if state.name == ERASED:
        return ""
    shown = KNOWN_OF_PERSONS if state.kind in OF_PERSONS else KNOWN_OF_OTHERS
    return " ".join(spelt(state.name))[:shown]


def facets_of(state: Partner) -> list[str]:
    """What a list is filtered by, alone and of area, kind and platform every combination."""
    codes = sorted({code for area in state.areas for code in around(area)})
    platforms = sorted({account.platform for account in state.accounts})
    choices = product(("", *codes), ("", state.kind), ("", *platforms))
    together = {facet(area=a, kind=k, platform=p) for a, k, p in choices}
    alone = {f"s:{state.state}", f"o:{int(state.run_by_office)}"}
    topics = {f"t:{' '.join(spelt(topic))}" for topic in state.profile.topics.splitlines() if spelt(topic)}
    return sorted((together | alone | topics) - {""})


def facet(*, area: str = "", kind: str = "", platform: str = "") -> str:
    chosen = (("a", area), ("k", kind), ("p", platform))
    return "|".join(f"{name}:{value}" for name, value in chosen if value)


@dataclass(frozen=True)
class PartnerFilter:
    area: str | None = None
    kind: str | None = None
    state: str | None = None
    platform: str | None = None
    topic: str | None = None
    run_by_office: bool | None = None
    text: str | None = None
    sort: Sort = Sort.NEWEST
    """What is found by words comes by name."""

    @property
    def by_name(self) -> bool:
        return self.sort is Sort.NAME or bool(spelt(self.text or ""))

    @property
    def facets(self) -> list[str]:
        together = facet(area=self.area or "", kind=self.kind or "", platform=self.platform or "")
        topic = " ".join(spelt(self.topic or ""))
        others = (
            f"s:{self.state}" if self.state else "",
            f"o:{int(self.run_by_office)}" if self.run_by_office is not None else "",
            f"t:{topic}" if topic else "",
        )
        return [one for one in (together, *others) if one]

    def where(self, spoken: Words) -> Mapping[str, Any]:
        facets = self.facets
        said = [{"ix.words": {"$in": hashes}} for hashes in spoken.wanted(self.text or "")]
        return {**({"ix.facets": {"$all": facets}} if facets else {}), **({"$and": said} if said else {})}

    @property
    def order(self) -> list[tuple[str, int]]:
        return [("ix.n", 1), ("_id", 1)] if self.by_name else [("ix.at", -1), ("_id", -1)]

    @property
    def scope(self) -> str:
        """What a cursor is good for."""
        return "|".join((self.sort, *self.facets, *spelt(self.text or "")))

    def position(self, document: Document) -> list[Any]:
        ix, identity = document["ix"], identity_of(document["_id"])
        return [ix["n"], identity] if self.by_name else [int(ix["at"].timestamp() * 1000), identity]

    def after(self, tenant: str, position: Iterable[Any]) -> dict[str, Any]:
        stood, identity = cast(tuple[Any, str], tuple(position))
        if self.by_name:
            return {"$or": [{"ix.n": {"$gt": stood}}, {"ix.n": stood, "_id": {"$gt": key(tenant, identity)}}]}
        at = datetime.fromtimestamp(stood / 1000, UTC)
        return {"$or": [{"ix.at": {"$lt": at}}, {"ix.at": at, "_id": {"$lt": key(tenant, identity)}}]}


INDEXES: tuple[IndexModel, ...] = (
    index(("tenant", 1), ("ix.at", -1), ("_id", -1), name="newest"),
    index(("tenant", 1), ("ix.n", 1), ("_id", 1), name="by_name"),
    index(("tenant", 1), ("ix.facets", 1), ("ix.at", -1), ("_id", -1), name="facets"),
    index(("tenant", 1), ("ix.facets", 1), ("ix.n", 1), ("_id", 1), name="facets_by_name"),
    index(("tenant", 1), ("ix.words", 1), ("ix.n", 1), ("_id", 1), name="words_by_name"),
    index(("ix.v", 1), name="stale"),
)
