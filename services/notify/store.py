"""Aggregates as the workers read them: found by index, opened, as states."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from cryptography.exceptions import InvalidTag

from libs.contracts.messages import Command, Sealable
from libs.runtime.aggregates import Aggregate, Context, Incoming, State
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.mongo import Document, key
from libs.runtime.sealing import SubjectKeys
from services.notify.identities import command_id

S = TypeVar("S", bound=State)


class Store(Generic[S]):
    """One kind of aggregate. Documents come from the queries of the caller; states go out."""

    def __init__(self, engine: Engine, aggregate: Aggregate[S], keys: SubjectKeys) -> None:
        self._aggregate = aggregate
        self._keys = keys
        self.collection = engine.collection(aggregate.name)

    async def states(self, documents: Sequence[Document], *, opened: bool = False) -> list[S]:
        """In the order of the documents; private fields are empty unless `opened`."""
        ciphers: Mapping[str, Any] = {}
        if opened:
            ciphers = await self._keys.existing({d["subject"] for d in documents if d.get("sealed") is not None})
        return [self._state(d, ciphers, opened=opened) for d in documents]

    def _state(self, document: Document, ciphers: Mapping[str, Any], *, opened: bool) -> S:
        found: S
        if opened:
            try:
                found = state_of(self._aggregate, document, ciphers)
            except InvalidTag:
                # Sealed with a key that was destroyed since; the subject has another one now.
                found = state_of(self._aggregate, document, {})
        else:
            found = state_of(self._aggregate, {**document, "sealed": None}, {})
        return found

    async def of(self, tenant: str, identities: Iterable[str], *, opened: bool = False) -> dict[str, S]:
        documents = await self.collection.load([key(tenant, i) for i in identities], STATE)
        states = await self.states(list(documents.values()), opened=opened)
        return {d["_id"].split("/", 1)[1]: s for d, s in zip(documents.values(), states, strict=True)}

    async def one(self, tenant: str, identity: str) -> S:
        """
        Raises:
            NotFound: there is none.
        """
        found = (await self.of(tenant, [identity])).get(identity)
        if found is None:
            raise NotFound()
        return found

    async def find(
        self,
        tenant: str,
        where: Mapping[str, Any],
        *,
        limit: int,
        sort: Sequence[tuple[str, int]] = (),
        opened: bool = False,
    ) -> list[S]:
        documents = await self.collection.find(tenant, where, sort=sort, limit=limit, fields=STATE)
        return await self.states(documents, opened=opened)


STATE = {"tenant": 1, "state": 1, "schema": 1, "sealed": 1, "subject": 1}
"""A document without its history."""


def ordered(
    command: Command, *cause: str | int, tenant: str, at: datetime, private: Sealable | None = None
) -> Incoming:
    """A command that a worker gives; the same cause makes the same command."""
    identity = command_id(command.target, command.type_name, *cause)
    return Incoming(command, Context(id=identity, tenant=tenant, at=at, correlation_id=str(identity), private=private))
