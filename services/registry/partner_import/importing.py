"""Carries files of partners into the registry, step by step; whatever ends the process in between, the next goes on.

A file is opened by a child, its rows kept packed and sealed under the import's own key. They are judged in one go, for
rows speak of each other; what was judged is kept in pages, and a page is entered in one batch through the engine. Each
partner's id is made of what the row says of it, each command's id of the import and the row: what a killed process had
done already is seen and changes nothing. Of an office, one import after the other; one that waited is judged anew.
"""

import asyncio
import gzip
import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pymongo import UpdateOne

from libs.contracts.directory import TenantRecord
from libs.contracts.envelope import Actor
from libs.contracts.ids import uuid5
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.imports import (
    AdvancePartnerImport,
    ForgetPartnerImport,
    ImportState,
    RecordPartnerCheck,
    RecordPartnerFile,
    RowTally,
    SheetSaid,
)
from libs.contracts.words import Role
from libs.kit import sheets
from libs.kit.sheets import Row, SheetRefused
from libs.runtime import logs
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.blobs import Blobs
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound, Refused
from libs.runtime.http import ServiceClient
from libs.runtime.mongo import Document, TenantCollection, identity_of, index, key
from libs.runtime.outcomes import Outcome, Result
from libs.runtime.sealing import SubjectKeys, lock, unlock
from services.registry.addresses import Blinder
from services.registry.partner.state import ENDED, Partner
from services.registry.partner_import import entering
from services.registry.partner_import.columns import MOST_SAMPLES, header_among, heading_of, proposed
from services.registry.partner_import.identity import keys_of_entry
from services.registry.partner_import.judging import CHANGED, NEW, REFUSED, SAME, Judged, Judging, Standing, unpacked
from services.registry.partner_import.reading import Columns, Entry, Wrong, said, says_kinds
from services.registry.partner_import.rules import PartnerImport, chosen_rows, is_chosen
from services.registry.store import WITHOUT_HISTORY, Store

log = logs.get()

PAGE = 500
"""Rows that are entered in one batch."""
JUDGED_AT_ONCE = 1_000
LEASE = timedelta(seconds=60)
KEPT = timedelta(days=30)
"""Since anything was done with it; then the file and all that was read from it are gone."""
FETCH_WITHIN = 30.0
ROWS = "partner_import.rows"
FILES = "partner_imports"
MOST_SHOWN = 80
"""Characters of a sample."""
ROLES = (Role.VERIFIER, Role.TENANT_ADMIN)


@dataclass(frozen=True, slots=True)
class Office:
    """What an import must know of its tenant."""

    id: str
    region: str


class Importing:
    """
    Args:
        marks: blinds what a partner is found by.
        naming: key of the ids that are made of it.
        informed: takes from commands what their sender may no more do.
    """

    def __init__(
        self,
        engine: Engine,
        blobs: Blobs,
        keys: SubjectKeys,
        gateway: ServiceClient,
        *,
        rows: TenantCollection,
        marks: Blinder,
        naming: bytes,
        office: Callable[[str], TenantRecord | None],
        informed: Callable[[Sequence[Incoming]], Any],
    ) -> None:
        self._engine = engine
        self._imports: Store[PartnerImport] = Store(engine, "partner_import", keys)
        self._partners: Store[Partner] = Store(engine, "partner", keys)
        self._rows = rows
        self._blobs = blobs
        self._keys = keys
        self._gateway = gateway
        self._marks = marks
        self._naming = naming
        self._office = office
        self._informed = informed
        self._me = str(uuid4())
        self._forgot_at = datetime.min.replace(tzinfo=UTC)

    async def ensure_indexes(self) -> None:
        await self._rows.ensure_indexes([index(("tenant", 1), ("import", 1), ("last", 1), name="pages")])

    async def step(self) -> bool:
        """One step of each office's oldest open import; True if there may be more."""
        await self._forget_old()
        waiting = await self._imports.collection.across_tenants(
            {"ix.open": True}, sort=(("ix.since", 1), ("_id", 1)), limit=100, fields=WITHOUT_HISTORY
        )
        first: dict[str, Document] = {}
        for document in waiting:
            first.setdefault(document["tenant"], document)
        worked = False
        for document in first.values():
            (found,) = await self._imports.opened([document])
            office = self._office(found.tenant)
            if office is not None and await self._lease(found.tenant, found.id):
                await self._work(Office(found.tenant, office.region_code), found.state)
                worked = True
        return worked

    async def _lease(self, tenant: str, import_id: str) -> bool:
        now = datetime.now(UTC)
        free = [{"lease.until": {"$not": {"$gt": now}}}, {"lease.by": self._me}]
        return await self._imports.collection.update(
            tenant, import_id, {"$set": {"lease": {"by": self._me, "until": now + LEASE}}}, where={"$or": free}
        )

    async def _work(self, office: Office, state: PartnerImport) -> None:
        match state.state:
            case ImportState.UPLOADED:
                await self._open(office, state)
            case ImportState.MAPPED:
                await self._judge(office, state)
            case ImportState.RUNNING if not state.upto and await self._is_stale(office, state):
                await self._judge(office, state)
            case ImportState.RUNNING:
                await self._enter(office, state)

    # Opening

    async def _open(self, office: Office, state: PartnerImport) -> None:
        try:
            packed = await self._packed(office, state)
        except SheetRefused as refused:
            command = RecordPartnerFile(import_id=state.import_id, failure=refused.code)
            await self._say(office, command, SheetSaid(), step="read")
            return
        about, command, contents = await asyncio.to_thread(_described, state.import_id, packed)
        log.info("partner_file_read", import_id=state.import_id, rows=command.rows, form=about.kind)
        await self._say(office, command, contents, step="read")

    async def _packed(self, office: Office, state: PartnerImport) -> bytes:
        """
        Raises:
            SheetRefused: `gone` or `changed` on its way, and as the reader says.
        """
        name, cipher = key(office.id, state.import_id), await self._cipher(office, state.import_id)
        try:
            return await self._blobs.get(name, cipher=cipher)
        except NotFound:
            pass
        try:
            path = f"/internal/blobs/{state.blob_id}"
            data = await self._gateway.get(path, tenant=office.id, within=FETCH_WITHIN)
        except Refused:
            raise SheetRefused("gone") from None
        if hashlib.sha256(data).hexdigest() != state.sha256:
            raise SheetRefused("changed")
        packed = await asyncio.to_thread(sheets.taken, data)
        await self._blobs.put(name, packed, cipher=cipher, metadata={})
        return packed

    # Judging

    async def _is_stale(self, office: Office, state: PartnerImport) -> bool:
        """Whether another import of the office was at work since this one was judged."""
        checked = state.checked_at or state.started_at
        found = await self._imports.collection.find(
            office.id, {"ix.run": {"$exists": True}}, sort=(("ix.run", -1),), limit=20, fields={"state": 1}
        )
        return any(
            document["_id"] != key(office.id, state.import_id) and _ended_after(document["state"], checked)
            for document in found
        )

    async def _judge(self, office: Office, state: PartnerImport) -> None:
        try:
            packed = await self._packed(office, state)
        except SheetRefused as refused:
            await self._say(
                office, AdvancePartnerImport(import_id=state.import_id, upto=0, failure=refused.code), step="gone"
            )
            return
        step = f"{state.turn}|{state.run_at or ''}"
        judging = Judging(
            Columns(
                fields=state.fields, headings=state.headings, region=office.region, kind=state.kind, area=state.area
            ),
            id_of=lambda strongest: self._id(office.id, strongest),
        )
        rows = _below(packed, state.header_row)
        upto = 0
        while page := await asyncio.to_thread(lambda: list(islice(rows, JUDGED_AT_ONCE))):
            read = await asyncio.to_thread(judging.read, page)
            standing = await self._standing(office, [entry for _, entry, _ in read if entry is not None])
            await asyncio.to_thread(judging.take, read, standing)
            upto += len(page)
            await self._lease(office.id, state.import_id)
            if upto % (10 * JUDGED_AT_ONCE) == 0:
                check = RecordPartnerCheck(import_id=state.import_id, turn=state.turn, upto=upto, tally=judging.tally())
                await self._say(office, check, step=f"check|{step}|{upto}|{uuid4()}")
        tally = await self._keep(office, state, judging)
        check = RecordPartnerCheck(import_id=state.import_id, turn=state.turn, upto=upto, tally=tally, finished=True)
        await self._say(office, check, step=f"checked|{step}")
        log.info("partner_import_judged", import_id=state.import_id, rows=upto, refused=tally.refused)

    async def _standing(self, office: Office, entries: Sequence[Entry]) -> Callable[[Entry], Sequence[Standing]]:
        """Of each row the partners that share something with it."""
        marks = sorted({mark for entry in entries for one in keys_of_entry(entry) for mark in self._marks(one)})
        documents = (
            await self._partners.collection.find(
                office.id, {"ix.marks": {"$in": marks, "$exists": True}}, limit=100_000, fields=WITHOUT_HISTORY
            )
            if marks
            else []
        )
        return await self._as_candidates(documents)

    async def _as_candidates(self, documents: Sequence[Document]) -> Callable[[Entry], Sequence[Standing]]:
        found = await self._partners.opened(documents)
        by_key: dict[str, list[Standing]] = {}
        for one in found:
            known = entering.known(one.id, one.state)
            standing = Standing(known, one.state.state in ENDED, _differing(one.state))
            for name in known.found_by():
                by_key.setdefault(name, []).append(standing)

        def candidates(entry: Entry) -> Sequence[Standing]:
            if not by_key:
                return ()
            among = {s.known.id: s for name in keys_of_entry(entry) for s in by_key.get(name, ())}
            return tuple(among.values())

        return candidates

    def _id(self, tenant: str, strongest: str) -> str:
        """Not to be guessed from what it is made of: a telephone number would be found by trying all."""
        return str(UUID(bytes=hmac.digest(self._naming, f"{tenant}|{strongest}".encode(), "sha256")[:16]))

    async def _keep(self, office: Office, state: PartnerImport, judging: Judging) -> RowTally:
        """All rows as they were judged, in pages."""
        cipher, subject = await self._cipher(office, state.import_id), f"{office.id}/{state.import_id}"
        judged, first, counts = judging.judged(), 0, dict.fromkeys((NEW, SAME, CHANGED, REFUSED), 0)
        while page := await asyncio.to_thread(lambda: list(islice(judged, PAGE))):
            for row in page:
                counts[row.became] += 1
            values = await asyncio.to_thread(_page_document, page, cipher, subject)
            identity = f"{state.import_id}.{first:07}"
            await self._rows.bulk(
                [
                    UpdateOne(
                        {"_id": key(office.id, identity)},
                        {"$set": {"tenant": office.id, "import": state.import_id, **values}},
                        upsert=True,
                    )
                ]
            )
            first += len(page)
        return RowTally(**counts)

    # Entering

    async def _enter(self, office: Office, state: PartnerImport) -> None:
        document = await self._rows.get(office.id, f"{state.import_id}.{state.upto:07}")
        page = await self.rows_of(office.id, state.import_id, [document]) if document is not None else []
        results, tally, failure = await self._entered(office, state, page) if page else ({}, RowTally(), "")
        if results:
            await self._note(office, state, document, page, results)
        upto = state.upto + len(page)
        finished = upto >= state.rows or not page
        advance = AdvancePartnerImport(
            import_id=state.import_id,
            upto=state.upto if failure else upto,
            tally=RowTally() if failure else tally,
            finished=finished and not failure,
            failure=failure,
        )
        await self._say(office, advance, step=f"upto|{state.upto}|{upto}|{failure}")
        if finished:
            log.info("partner_import_ended", import_id=state.import_id, rows=upto, error=failure)

    async def _entered(
        self, office: Office, state: PartnerImport, page: Sequence[Judged]
    ) -> tuple[dict[int, Judged], RowTally, str]:
        """What became of the rows of a page that became something else than was judged; of all of them the tally."""
        chosen = chosen_rows(state.chosen) or ()
        wanted = [row for row in page if row.entry and _is_wanted(row, state, chosen)]
        commands = await self._commands(office, state, wanted)
        outcomes = await self._engine.apply([incoming for _, incoming in commands])
        refused: dict[int, Outcome] = {}
        for (row, _), outcome in zip(commands, outcomes, strict=True):
            if outcome.result in (Result.REFUSED, Result.FAULT):
                if outcome.problem == "role_missing":
                    return {}, RowTally(), "role_missing"
                refused.setdefault(row.number, outcome)
        results: dict[int, Judged] = {}
        counts = dict.fromkeys(RowTally.model_fields, 0)
        entered = {row.number for row in wanted}
        for row in page:
            became = row.became
            if row.number in refused:
                became, results[row.number] = _refused(row, refused[row.number])
            elif became in (NEW, CHANGED) and row.number not in entered and not self._goes_along(row, state, chosen):
                became = "passed"
                results[row.number] = _became(row, "passed")
            counts[became] += 1
        return results, RowTally(**counts), ""

    def _goes_along(self, row: Judged, state: PartnerImport, chosen: tuple[tuple[int, int], ...]) -> bool:
        """A row that adds to the partner of an earlier one went in with that."""
        return bool(row.leads) and _is_wanted(row, state, chosen) and is_chosen(row.leads, chosen)

    async def _commands(
        self, office: Office, state: PartnerImport, rows: Sequence[Judged]
    ) -> list[tuple[Judged, Incoming]]:
        changed = [row.partner_id for row in rows if row.became == CHANGED]
        found = await self._partners.opened(await self._partners.by_id(office.id, changed)) if changed else []
        standing = {one.id: one.state for one in found}
        actor = await self._actor(office, state)
        at = datetime.now(UTC)
        made: list[tuple[Judged, Incoming]] = []
        for row in rows:
            for step, (command, private) in enumerate(self._wishes(office, state, row, standing)):
                context = Context(
                    id=uuid5(UUID(state.import_id), f"row|{row.number}|{state.turn}|{step}"),
                    tenant=office.id,
                    at=at,
                    actor=actor,
                    correlation_id=state.import_id,
                    private=private,
                )
                made.append((row, Incoming(command, context)))
        return made

    def _wishes(
        self, office: Office, state: PartnerImport, row: Judged, standing: Mapping[str, Partner]
    ) -> Iterator[tuple[Command, Sealable | None]]:
        entry = unpacked(row.entry)
        if row.became == NEW:
            yield entering.entered(row.partner_id, entry, region=office.region, agreed=state.agreed)
            return
        partner = standing.get(row.partner_id)
        if partner is None:
            return
        if set(entering.differs(partner, entry)) - {"account"}:
            yield entering.described(row.partner_id, partner, entry, region=office.region, reason="")

    async def _actor(self, office: Office, state: PartnerImport) -> Actor:
        """Whoever said go, with the roles that they still have."""
        asked = Incoming(
            AdvancePartnerImport(import_id=state.import_id, upto=0),
            Context(id=uuid4(), tenant=office.id, at=datetime.now(UTC), actor=Actor(state.run_by or "", ROLES)),
        )
        (now,) = await self._informed([asked])
        actor: Actor = now.context.actor
        return actor

    async def _note(
        self,
        office: Office,
        state: PartnerImport,
        document: Document | None,
        page: Sequence[Judged],
        results: Mapping[int, Judged],
    ) -> None:
        assert document is not None
        cipher, subject = await self._cipher(office, state.import_id), f"{office.id}/{state.import_id}"
        rows = [results.get(row.number, row) for row in page]
        values = await asyncio.to_thread(_page_document, rows, cipher, subject)
        await self._rows.bulk([UpdateOne({"_id": document["_id"]}, {"$set": values})])

    # What is kept

    async def rows_of(self, tenant: str, import_id: str, documents: Sequence[Document]) -> list[Judged]:
        """The rows of pages; none once their key is gone."""
        subject = f"{tenant}/{import_id}"
        cipher = (await self._keys.existing([subject])).get(subject)
        if cipher is None:
            return []
        opened = await asyncio.to_thread(lambda: [_page_rows(d, cipher, subject) for d in documents])
        return [row for page in opened for row in page]

    async def pages(
        self, tenant: str, import_id: str, *, became: str = "", after: int = 0, most: int = 4
    ) -> list[Document]:
        """Pages that have a row behind a number, and one that became so."""
        where: dict[str, Any] = {"import": import_id, "last": {"$gt": after}}
        if became:
            where[f"counts.{became}"] = {"$gt": 0}
        found: list[Document] = await self._rows.find(tenant, where, sort=(("last", 1),), limit=most)
        return found

    async def _forget_old(self) -> None:
        now = datetime.now(UTC)
        if now - self._forgot_at < timedelta(minutes=10):
            return
        self._forgot_at = now
        old = await self._imports.collection.across_tenants(
            {"ix.kept": {"$lt": now - KEPT, "$exists": True}, "ix.open": False},
            limit=20,
            fields={"tenant": 1, "state.import_id": 1},
        )
        for document in old:
            office, import_id = Office(document["tenant"], ""), document["state"]["import_id"]
            await self._say(office, ForgetPartnerImport(import_id=import_id), step="forget")
            await self._blobs.delete(key(office.id, import_id))
            for page in await self.pages(office.id, import_id, most=10_000):
                await self._rows.delete(office.id, identity_of(page["_id"]))
            await self._keys.destroy(f"{office.id}/{import_id}")
            log.info("partner_import_forgotten", import_id=import_id)

    async def _cipher(self, office: Office, import_id: str) -> AESGCM:
        subject = f"{office.id}/{import_id}"
        return (await self._keys.ensure([subject]))[subject]

    async def _say(self, office: Office, command: Command, private: Sealable | None = None, *, step: str) -> None:
        """A command of the registry's own, carried out here: nobody else may write the same at the same time."""
        context = Context(id=uuid5(UUID(command.target), step), tenant=office.id, at=datetime.now(UTC), private=private)
        await self._engine.apply([Incoming(command, context)])


def _is_wanted(row: Judged, state: PartnerImport, chosen: tuple[tuple[int, int], ...]) -> bool:
    return is_chosen(row.number, chosen) and not (state.only_new and row.stands)


def _ended_after(state: Mapping[str, Any], checked: datetime) -> bool:
    ended = state.get("ended_at")
    if ended is None:
        return False
    at = ended if isinstance(ended, datetime) else datetime.fromisoformat(str(ended))
    return at >= checked


def _differing(state: Partner) -> Callable[[Entry], tuple[str, ...]]:
    return lambda entry: entering.differs(state, entry)


def _described(import_id: str, packed: bytes) -> tuple[sheets.About, RecordPartnerFile, SheetSaid]:
    about = sheets.about(packed)
    first = list(islice(sheets.rows(packed), 40))
    place = header_among(first)
    header = first[place]
    count = sum(1 for _ in sheets.rows(packed)) - place - 1
    below = first[place + 1 : place + 1 + MOST_SAMPLES]
    width = max(len(row.cells) for row in (header, *below))
    headings = tuple(heading_of(header.at(column)) for column in range(width))
    fields = list(proposed(headings))
    for column, name in enumerate(fields):
        # A column may be called "kind" and tell the kind of an account.
        if name == "kind" and not says_kinds([row.at(column) for row in first[place + 1 :]]):
            fields[column] = "attribute"
    command = RecordPartnerFile(
        import_id=import_id,
        rows=count,
        merged=about.merged,
        header_row=header.number,
        proposed=tuple(fields),
        failure="" if count > 0 else "empty",
    )
    contents = SheetSaid(
        headings=headings,
        samples=tuple(tuple(said(row.at(column))[:MOST_SHOWN] for column in range(width)) for row in below),
        sheet=about.sheet,
        others=about.others,
    )
    return about, command, contents


def _below(packed: bytes, header_row: int) -> Iterator[Row]:
    return (row for row in sheets.rows(packed) if row.number > header_row)


def _page_document(page: Sequence[Judged], cipher: AESGCM, subject: str) -> dict[str, Any]:
    counts = dict.fromkeys((*RowTally.model_fields,), 0)
    for row in page:
        counts[row.became] += 1
    raw = gzip.compress(orjson.dumps([_written(row) for row in page]), 1)
    return {"last": page[-1].number, "counts": counts, "sealed": lock(cipher, raw, subject=subject)}


def _written(row: Judged) -> list[Any]:
    return [
        row.number, row.became, row.name, row.partner_id, row.entry.decode(), row.leads,
        [asdict(wrong) for wrong in row.wrong], row.changes, row.stands,
    ]  # fmt: skip


def _page_rows(document: Document, cipher: AESGCM, subject: str) -> list[Judged]:
    raw = gzip.decompress(unlock(cipher, bytes(document["sealed"]), subject=subject))
    return [
        Judged(
            number=number,
            became=became,
            name=name,
            partner_id=partner_id,
            entry=entry.encode(),
            leads=leads,
            wrong=tuple(Wrong(**{**one, "candidates": tuple(one["candidates"])}) for one in wrong),
            changes=tuple(changes),
            stands=stands,
        )
        for number, became, name, partner_id, entry, leads, wrong, changes, stands in orjson.loads(raw)
    ]


def _became(row: Judged, became: str, *wrong: Wrong) -> Judged:
    return Judged(
        number=row.number,
        became=became,
        name=row.name,
        partner_id=row.partner_id if became != REFUSED else "",
        leads=row.leads,
        wrong=wrong,
        changes=row.changes,
    )


def _refused(row: Judged, outcome: Outcome) -> tuple[str, Judged]:
    """One that is there already was entered meanwhile, by another way or by this import before it was ended."""
    if row.became == NEW and outcome.problem == "state_conflict":
        return SAME, _became(row, SAME)
    code = outcome.problem or "internal"
    wrong = tuple(Wrong(code, name) for name in outcome.fields) or (Wrong(code),)
    return REFUSED, _became(row, REFUSED, *wrong)
