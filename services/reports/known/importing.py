"""Carries files into the archive, a page of rows at a time.

A page is sent to our own mailbox as commands, one for each row that would change something, and counts once all of them
are stored; where the import stands is kept in its document. So whatever ends the process in between, the next one goes
on with the page in hand, and what was carried out already is seen and changes nothing.
"""

import asyncio
import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts.ids import uuid5
from libs.contracts.reports.known import AdvanceImport, ImportTally, RecordKnown
from libs.runtime import logs
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.blobs import Blobs
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound, Refused
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import derive
from libs.runtime.mongo import Document, key
from libs.runtime.outbox import Outgoing
from services.reports.archive_import import ArchiveImport
from services.reports.known.files import Row, Unreadable, read
from services.reports.known.rules import known_id, print_of
from services.reports.store import LEAN

log = logs.get()

PAGE = 500
"""Rows."""
LEASE = timedelta(seconds=20)
SENT_AGAIN = 10.0
"""Seconds until a row that was sent and is not stored is sent once more."""
LOOKS = 0.1
"""Seconds between two looks whether a page is stored."""
TURN = 5.0
"""Seconds that one step works on a page before it renews its lease."""
FETCH_WITHIN = 30.0
MOST_OPEN = 3
"""Files held in memory; of more offices that import at a time each page opens its file anew."""
IMPORTS = "imports"


def import_cipher(master: bytes) -> AESGCM:
    return AESGCM(derive(master, IMPORTS))


@dataclass
class _Open:
    """A file that is being read: `at` rows are where they belong, `page` is in hand."""

    rows: Iterator[Row]
    at: int
    page: Sequence[Row] = ()


class Importing:
    def __init__(self, engine: Engine, blobs: Blobs, gateway: ServiceClient, *, cipher: AESGCM) -> None:
        self._engine = engine
        self._imports = engine.collection("archive_import")
        self._known = engine.collection("known")
        self._blobs = blobs
        self._gateway = gateway
        self._cipher = cipher
        self._me = str(uuid4())
        self._files: dict[str, _Open] = {}
        self._sent: dict[str, tuple[int, float]] = {}
        """By import: the first row of the page that was sent last, and when."""

    async def step(self) -> bool:
        """One page of each office's file; True if there may be more. Of an office, one file after the other."""
        waiting = await self._imports.across_tenants(
            {"ix.open": True}, sort=(("ix.at", 1), ("_id", 1)), limit=100, fields=LEAN
        )
        first: dict[str, Document] = {}
        for document in waiting:
            first.setdefault(document["tenant"], document)
        worked = False
        for tenant, document in first.items():
            state: ArchiveImport = state_of(self._engine.aggregates["archive_import"], document, {})
            if await self._lease(tenant, state.import_id):
                await self._work(tenant, state)
                worked = True
        if not worked:
            self._files.clear()
        return worked

    async def _lease(self, tenant: str, import_id: str) -> bool:
        now = datetime.now(UTC)
        free = [{"lease.until": {"$not": {"$gt": now}}}, {"lease.by": self._me}]
        return await self._imports.update(
            tenant, import_id, {"$set": {"lease": {"by": self._me, "until": now + LEASE}}}, where={"$or": free}
        )

    async def _work(self, tenant: str, state: ArchiveImport) -> None:
        try:
            file = await self._opened(tenant, state)
            if not file.page:
                file.page = await asyncio.to_thread(_page, file.rows)
        except Unreadable as error:
            stop = AdvanceImport(import_id=state.import_id, upto=state.upto, failure=error.code)
            await self._end(tenant, state, stop)
            return
        page = file.page
        if not await self._stored(tenant, state.import_id, page):
            return
        upto = page[-1].number if page else state.upto
        advance = AdvanceImport(
            import_id=state.import_id,
            upto=upto,
            tally=await self._tallied(tenant, state.import_id, page),
            problems=tuple(problem for row in page for problem in row.problems),
            finished=len(page) < PAGE,
        )
        if advance.finished:
            await self._end(tenant, state, advance)
        else:
            await self._advance(tenant, advance)
            file.at, file.page = upto, ()

    async def _opened(self, tenant: str, state: ArchiveImport) -> _Open:
        """
        Raises:
            Unreadable: `gone` or `changed`, and as the reader says.
        """
        file = self._files.get(state.import_id)
        if file is None or file.at != state.upto:
            data = await self._data(tenant, state)
            rows = read(data, publisher=state.publisher)
            await asyncio.to_thread(_pass_over, rows, state.upto)
            while len(self._files) >= MOST_OPEN:
                del self._files[next(iter(self._files))]
            file = self._files[state.import_id] = _Open(rows, state.upto)
        return file

    async def _data(self, tenant: str, state: ArchiveImport) -> bytes:
        name = key(tenant, state.import_id)
        try:
            data = await self._blobs.get(name, cipher=self._cipher)
        except NotFound:
            try:
                path = f"/internal/blobs/{state.blob_id}"
                data = await self._gateway.get(path, tenant=tenant, within=FETCH_WITHIN)
            except Refused:
                raise Unreadable("gone") from None
            await self._blobs.put(name, data, cipher=self._cipher, metadata={})
        if hashlib.sha256(data).hexdigest() != state.sha256:
            raise Unreadable("changed")
        return data

    async def _stored(self, tenant: str, import_id: str, page: Sequence[Row]) -> bool:
        """Sends what is not stored yet, and waits a while for it. False: it takes longer."""
        clock = asyncio.get_running_loop().time
        until = clock() + TURN
        while open_ := await self._open_rows(tenant, import_id, page):
            first, at = self._sent.get(import_id, (0, 0.0))
            if first != page[0].number or clock() - at > SENT_AGAIN:
                await self._engine.send([self._command(tenant, import_id, row) for row in open_])
                self._sent[import_id] = (page[0].number, clock())
            if clock() > until:
                log.warning("import_waits", import_id=import_id, rows=len(open_))
                return False
            await asyncio.sleep(LOOKS)
        return True

    async def _open_rows(self, tenant: str, import_id: str, page: Sequence[Row]) -> list[Row]:
        stored = await self._standing(tenant, page)
        rows = [row for row in page if row.entry is not None]
        return [row for row in rows if not _is_done(row, stored.get(_id(tenant, row)), import_id)]

    async def _standing(self, tenant: str, page: Sequence[Row]) -> Mapping[str, Mapping[str, object]]:
        """What is indexed of the entries of a page, by document id."""
        wanted = [_id(tenant, row) for row in page if row.entry is not None]
        return {i: d["ix"] for i, d in (await self._known.load(wanted, {"ix": 1})).items()}

    async def _tallied(self, tenant: str, import_id: str, page: Sequence[Row]) -> ImportTally:
        stored = await self._standing(tenant, page)
        counts = dict.fromkeys(ImportTally.model_fields, 0)
        for row in page:
            counts[_became(row, stored.get(_id(tenant, row)) if row.entry else None, import_id)] += 1
        return ImportTally(**counts)

    def _command(self, tenant: str, import_id: str, row: Row) -> Outgoing:
        assert row.entry is not None
        command = RecordKnown(
            known_id=known_id(tenant, row.entry), entry=row.entry, import_id=import_id, dropped=row.dropped
        )
        return self._engine.writer.command(
            command, command_id=uuid5(UUID(import_id), f"row|{row.number}"), tenant=tenant, at=datetime.now(UTC)
        )

    async def _advance(self, tenant: str, command: AdvanceImport) -> None:
        context = Context(
            id=uuid5(UUID(command.import_id), f"upto|{command.upto}|{command.finished}|{command.failure}"),
            tenant=tenant,
            at=datetime.now(UTC),
        )
        await self._engine.apply([Incoming(command, context)])

    async def _end(self, tenant: str, state: ArchiveImport, command: AdvanceImport) -> None:
        await self._advance(tenant, command)
        self._files.pop(state.import_id, None)
        self._sent.pop(state.import_id, None)
        await self._blobs.delete(key(tenant, state.import_id))
        log.info("import_ended", import_id=state.import_id, rows=command.upto, error=command.failure)


def _page(rows: Iterator[Row]) -> Sequence[Row]:
    return list(itertools.islice(rows, PAGE))


def _pass_over(rows: Iterator[Row], upto: int) -> None:
    for _ in itertools.islice(rows, upto):
        pass


def _id(tenant: str, row: Row) -> str:
    assert row.entry is not None
    return key(tenant, known_id(tenant, row.entry))


def _is_done(row: Row, stored: Mapping[str, object] | None, import_id: str) -> bool:
    """Whether its command would change nothing, or has been carried out."""
    assert row.entry is not None
    if stored is None:
        return row.dropped
    if stored["import"] == import_id:
        return True
    return not stored["offered"] if row.dropped else stored["print"] == print_of(row.entry)


def _became(row: Row, stored: Mapping[str, object] | None, import_id: str) -> str:
    if row.entry is None:
        return "bad"
    if stored is None or stored["import"] != import_id:
        return "same"
    if row.dropped:
        return "withdrawn"
    return "new" if stored["version"] == 1 else "changed"
