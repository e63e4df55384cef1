"""What the databases, the journals and the mail sink hold after a run, read from them directly."""

import email.policy
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaConsumer
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from deploy.local.kafka_admin import sasl
from deploy.local.stack import Stack
from libs.contracts.messages import EVENTS
from libs.contracts.topics import OWNERS, Service, dead_letters, journal, mailboxes
from libs.runtime.aggregates import State
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo
from libs.runtime.sealing import SubjectKeys, unlock
from libs.runtime.watermarks import is_relayed
from services.notify.kinds import AGGREGATES as OF_NOTIFY
from services.registry import agency, tenant
from services.registry.account_hold import rules as account_hold
from services.registry.officer import rules as officer
from services.registry.partner import rules as partner
from services.registry.partner.state import Partner
from services.reports.kinds import AGGREGATES as OF_REPORTS
from tests.chaos.lag import AGGREGATES, Client, partitions_of, watermarks_of

CHUNK = 500


@dataclass(frozen=True)
class Kept:
    """One event in a history."""

    n: int
    id: str
    cause: str
    tenant: str


@dataclass(frozen=True)
class Stored:
    """
    Attributes:
        is_fold: the state is what the history leads to, private parts opened; None where its key is destroyed.
    """

    service: str
    kind: str
    identity: str
    tenant: str
    version: int
    is_relayed: bool
    history: tuple[Kept, ...]
    state: Mapping[str, Any]
    is_fold: bool | None = True

    @property
    def name(self) -> str:
        return f"{self.service} {self.kind} {self.identity}"


@dataclass(frozen=True)
class Record:
    topic: str
    partition: int
    offset: int
    id: str
    type: str
    tenant: str
    subject: str
    sequence: int | None = None


@dataclass(frozen=True)
class Mail:
    id: str
    to: str


@dataclass(frozen=True)
class Evidence:
    stored: Sequence[Stored]
    refused: frozenset[str]
    """Ids of commands that an owner refused."""
    records: Sequence[Record]
    """Of mailboxes, journals and dead letters, in the order of each partition."""
    mails: Sequence[Mail]


@dataclass(frozen=True)
class Rules:
    state: type[State]
    evolve: Callable[[Any, Any], State]


RULES: Mapping[tuple[str, str], Rules] = {
    **{(Service.REPORTS, a.name): Rules(a.state, a.evolve) for a in OF_REPORTS},
    **{(Service.NOTIFY, a.name): Rules(a.state, a.evolve) for a in OF_NOTIFY},
    (Service.REGISTRY, "tenant"): Rules(tenant.Tenant, tenant.evolve),
    (Service.REGISTRY, "agency"): Rules(agency.Agency, agency.evolve),
    (Service.REGISTRY, "officer"): Rules(officer.Officer, officer.evolve),
    (Service.REGISTRY, "partner"): Rules(Partner, partner.evolve),
    (Service.REGISTRY, "account_hold"): Rules(account_hold.Hold, account_hold.evolve),
}


async def gather(stack: Stack, client: Client) -> Evidence:
    stored = [one for service in AGGREGATES for one in await _stored(stack, client, service)]
    refused = {d["_id"].split("/", 1)[1] for s in OWNERS for d in client[s]["refusals"].find({}, {"_id": 1})}
    topics = [t for s in OWNERS for t in (*mailboxes(s), journal(s), dead_letters(s))]
    records = [record async for record in _records(stack, topics)]
    return Evidence(stored, frozenset(refused), records, _mails(stack.layout.mail))


async def _stored(stack: Stack, client: Client, service: Service) -> list[Stored]:
    opened = _Opener(stack, service)
    try:
        return [one for kind in AGGREGATES[service] for one in await _of_kind(client, opened, service, kind)]
    finally:
        opened.close()


async def _of_kind(client: Client, opener: "_Opener", service: Service, kind: str) -> list[Stored]:
    pages: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in client[service][f"{kind}.pages"].find():
        pages[page["of"]] += page["history"]
    documents = list(client[service][kind].find())
    watermarks = watermarks_of(client, service)
    found = []
    for start in range(0, len(documents), CHUNK):
        part = documents[start : start + CHUNK]
        ciphers = await opener.ciphers(d["subject"] for d in part if d.get("subject"))
        found += [
            _one(service, kind, d, pages[d["_id"]], ciphers.get(d.get("subject") or ""), watermarks) for d in part
        ]
    return found


def _one(
    service: Service,
    kind: str,
    document: dict[str, Any],
    paged: list[dict[str, Any]],
    cipher: AESGCM | None,
    watermarks: Mapping[str, int],
) -> Stored:
    rules = RULES[service, kind]
    entries = sorted({h["n"]: h for h in (*paged, *document["history"])}.values(), key=lambda h: h["n"])
    erased = cipher is None and ("sealed" in document or any("sealed" in h for h in entries))
    raw = _opened(document["state"], document.get("sealed"), cipher, document["subject"])
    state = rules.state.model_validate(raw)
    return Stored(
        service=service,
        kind=kind,
        identity=document["_id"].rsplit("/", 1)[-1],
        tenant=document["tenant"],
        version=document["version"],
        is_relayed=is_relayed(document, watermarks),
        history=tuple(Kept(h["n"], h["id"], h["cause"], h.get("tenant", document["tenant"])) for h in entries),
        state=state.model_dump(mode="json"),
        is_fold=None if erased else _fold(rules, entries, cipher, document["subject"]) == state,
    )


def _fold(rules: Rules, entries: Iterable[dict[str, Any]], cipher: AESGCM | None, subject: str) -> State | None:
    state: State | None = None
    for entry in entries:
        data = _opened(entry["data"], entry.get("sealed"), cipher, subject)
        state = rules.evolve(state, EVENTS[entry["type"]].model_validate(data))
    return state


def _opened(public: dict[str, Any], sealed: Any, cipher: AESGCM | None, subject: str) -> dict[str, Any]:
    if sealed is None or cipher is None:
        return public
    return {**public, **orjson.loads(unlock(cipher, bytes(sealed), subject=subject))}


class _Opener:
    """Reads what one service keeps sealed, with that service's own keys."""

    def __init__(self, stack: Stack, service: Service) -> None:
        self._mongo = Mongo(stack.mongo_url(service), service)
        self._keys = SubjectKeys(self._mongo.key_store, Keyring(Path(stack.secrets_dir(service)), service).master)

    async def ciphers(self, subjects: Iterable[str]) -> dict[str, AESGCM]:
        wanted = set(subjects)
        return await self._keys.existing(wanted) if wanted else {}

    def close(self) -> None:
        self._mongo.close()


async def _records(stack: Stack, topics: Sequence[str]) -> AsyncIterator[Record]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=stack.kafka_bootstrap,
        group_id=None,
        auto_offset_reset="earliest",
        **sasl(stack.admin_credentials),
    )
    await consumer.start()
    try:
        partitions = [tp for topic in topics for tp in partitions_of(topic)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        todo = {tp for tp, end in ends.items() if end > 0}
        while todo:
            for records in (await consumer.getmany(timeout_ms=500, max_records=5_000)).values():
                for record in records:
                    yield _record(record)
            for tp in list(todo):
                if await consumer.position(tp) >= ends[tp]:
                    todo.discard(tp)
    finally:
        await consumer.stop()


def _record(record: Any) -> Record:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    return Record(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        id=headers.get("ce_id", ""),
        type=headers.get("ce_type", ""),
        tenant=headers.get("ce_tenant", ""),
        subject=headers.get("ce_subject", ""),
        sequence=int(headers["ce_sequence"]) if "ce_sequence" in headers else None,
    )


def _mails(folder: Path) -> list[Mail]:
    parser = BytesHeaderParser(policy=email.policy.compat32)
    found = []
    for file in folder.glob("*.eml"):
        with file.open("rb") as source:
            headers = parser.parse(source)
        found.append(Mail(str(headers["Message-ID"]).strip().strip("<>").partition("@")[0], str(headers["To"]).strip()))
    return found
