"""The registry's documents with their private fields opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from libs.runtime.aggregates import Aggregate, State
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of, key, tenant_of
from libs.runtime.sealing import SubjectKeys

WITHOUT_HISTORY = {"history": 0}

S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Found(Generic[S]):
    tenant: str
    id: str
    state: S


class Store(Generic[S]):
    """One kind of aggregate. Documents come from the queries of the caller; states go out."""

    def __init__(self, engine: Engine, name: str, keys: SubjectKeys) -> None:
        self._aggregate: Aggregate[S] = engine.aggregates[name]
        self._keys = keys
        self.collection = engine.collection(name)

    async def by_id(self, tenant: str, ids: Sequence[str]) -> list[Document]:
        documents: Mapping[str, Document] = await self.collection.load(
            [key(tenant, one) for one in dict.fromkeys(ids)], WITHOUT_HISTORY
        )
        return [documents[key(tenant, one)] for one in dict.fromkeys(ids) if key(tenant, one) in documents]

    async def opened(self, documents: Iterable[Document], *, at_least: str | None = None) -> list[Found[S]]:
        """
        Args:
            at_least: whose key is asked for where there is nothing to open, so that both take as long.
        """
        documents = list(documents)
        subjects = {d["subject"] for d in documents if d.get("sealed") is not None}
        if not subjects and at_least is not None:
            subjects = {at_least}
        ciphers: Mapping[str, Any] = await self._keys.existing(subjects) if subjects else {}
        return [
            Found(tenant_of(d["_id"]), identity_of(d["_id"]), state_of(self._aggregate, d, ciphers)) for d in documents
        ]
