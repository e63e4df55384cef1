"""Cases and reports that an older version lost, as they lie in a real MongoDB, are found and come back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.local.stack import Stack
from libs.contracts import ids
from libs.contracts.catalogue import owner_of
from libs.contracts.envelope import Actor, parse
from libs.contracts.messages import COMMANDS, Command, Sealable
from libs.contracts.reports.case import AddReference, CloseCase, SaveDraft
from libs.contracts.reports.parts import Draft, Reference
from libs.contracts.reports.report import (
    AddMessage,
    MessageContent,
    Placement,
    PlaceReport,
    ReportContent,
    SubmitReport,
)
from libs.contracts.topics import Service
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.engine import Engine
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo, key
from libs.runtime.sealing import SubjectKeys
from services.reports.case.state import Case
from services.reports.kinds import AGGREGATES
from services.reports.merging import Merging
from services.reports.store import Store
from tests.unit.runtime.domain import an_engine
from tests.unit.runtime.memory import MemoryOutbox

RINA = Actor("rina", ("verifier",))
LONG_AGO = datetime(2026, 1, 5, 3, 0, tzinfo=UTC)
NEW_FIELDS = (
    "merges", "was", "given", "given_forwarded", "brought", "carried", "spare_drafts", "also_asked", "marks", "settled",
    "retracted", "closed_at", "closed_reason",
)  # fmt: skip


@dataclass
class Office:
    """The reports service without its processes: what it sends to itself is carried out here."""

    engine: Engine
    merging: Merging
    store: Store
    outbox: MemoryOutbox
    # Sorts before others, so that a look through all merged cases begins here.
    tenant: str = field(default_factory=lambda: f"0-{uuid4().hex[:12]}")

    async def carry_out(self, command: Command, actor: Actor | None = None, private: Sealable | None = None) -> None:
        context = Context(id=uuid4(), tenant=self.tenant, at=LONG_AGO, actor=actor, private=private)
        await self.engine.apply([Incoming(command, context)])
        await self.settle()

    async def settle(self) -> None:
        while self.outbox.sent:
            sent, self.outbox.sent[:] = list(self.outbox.sent), []
            for message in sent:
                envelope = parse(message.headers)
                kind = COMMANDS.get(envelope.type)
                if kind is None or kind is PlaceReport or envelope.tenant != self.tenant:
                    continue
                assert owner_of(envelope.type) == Service.REPORTS
                context = Context(envelope.id, envelope.tenant, envelope.time, envelope.actor)
                await self.engine.apply([Incoming(kind.model_validate_json(message.value or b""), context)])

    async def report(self, into: str | None = None) -> tuple[str, str]:
        """Report and its case."""
        report = str(ids.report_id(uuid4()))
        number = ids.reference_number("CRB", UUID(report))
        submit = SubmitReport(report_id=report, kind="hoax", number=number, code_hash="h", prefix="CRB")
        await self.carry_out(submit, private=ReportContent(text="Air PDAM dicampur zat pembersih pipa"))
        placement = Placement(outcome="match" if into else "none", case_id=into)
        await self.carry_out(PlaceReport(report_id=report, placement=placement))
        return report, into or ids.case_id_text(report)

    async def case(self, case_id: str) -> Case:
        found = await self.store.case(self.tenant, case_id)
        assert found is not None
        return found

    async def left_by_an_older_version(self, case_id: str, **state: Any) -> None:
        """As it was stored before a merge knew its number and took anything along."""
        case = await self.case(case_id)
        now = {"state": case.state, "merged_into": case.merged_into, "moving": False} | state
        cases = self.engine.collection("case")
        fields = {f"state.{name}": value for name, value in now.items()}
        index = {"ix.state": now["state"], "ix.merged_into": now["merged_into"], "ix.moving": False, "ix.open": False}
        await cases.update(self.tenant, case_id, {"$set": fields | index})
        await cases.update(self.tenant, case_id, {"$unset": {f"state.{name}": "" for name in NEW_FIELDS}})

    async def mend(self) -> None:
        """As often as it takes: what one look brings back the next one finds reports for."""
        for _ in range(4):
            await self.merging.mend()
            await self.settle()
            for _ in range(3):
                cases = self.engine.collection("case")
                await cases.update_across_tenants({"tenant": self.tenant}, {"$unset": {"told_until": ""}})
                await self.merging.step()
                await self.settle()


@pytest.fixture
async def office(stack: Stack) -> AsyncIterator[Office]:
    mongo, outbox = Mongo(stack.mongo_url(Service.REPORTS), "reports"), MemoryOutbox()
    # The processes of this run read what is left here, and must be able to open it.
    keyring = Keyring(Path(stack.secrets_dir(Service.REPORTS)), Service.REPORTS)
    keys = SubjectKeys(mongo.key_store, keyring.master)
    engine = an_engine(mongo, outbox, keys=keys, aggregates=AGGREGATES, now=lambda: LONG_AGO)
    await engine.ensure_indexes()
    store = Store(engine, keys)
    yield Office(engine, Merging(engine, store), store, outbox)
    await engine.close()
    mongo.close()


async def test_two_cases_merged_into_each_other_come_back_as_one_with_all_their_reports(office: Office) -> None:
    first, a = await office.report()
    second, b = await office.report()
    third, _ = await office.report(into=b)
    await office.left_by_an_older_version(a, state="merged", merged_into=b)
    await office.left_by_an_older_version(b, state="merged", merged_into=a)

    await office.mend()

    lives, gone = sorted((a, b))
    alive, dead = await office.case(lives), await office.case(gone)
    reports = await office.store.reports(key(office.tenant, r) for r in (first, second, third))
    assert (alive.state, alive.merged_into, alive.askers) == ("open", None, 3)
    assert (dead.merged_into, dead.moving) == (lives, False)
    assert {r.case_id for r in reports.values()} == {lives}


async def test_reports_that_wait_in_a_merged_case_follow_it_with_its_draft_and_sources(office: Office) -> None:
    report, a = await office.report()
    _, b = await office.report()
    source = Reference(title="Uji", url="https://air.example/uji")
    await office.carry_out(AddReference(case_id=a, reference=source), RINA)
    await office.carry_out(SaveDraft(case_id=a, draft=Draft(fact="Airnya aman."), expects=0), RINA)
    await office.left_by_an_older_version(a, state="merged", merged_into=b)

    await office.mend()

    joined = await office.case(b)
    moved = await office.store.report(office.tenant, report)
    assert (joined.draft.fact, joined.references) == ("Airnya aman.", (source,))
    assert moved is not None
    assert moved.case_id == b
    before = await office.engine.collection("case").find(office.tenant, {}, limit=10, fields={"version": 1})
    await office.mend()
    assert await office.engine.collection("case").find(office.tenant, {}, limit=10, fields={"version": 1}) == before


async def test_reports_merged_into_a_case_that_was_closed_without_an_answer_open_it(office: Office) -> None:
    _, a = await office.report()
    _, b = await office.report()
    await office.left_by_an_older_version(b, state="closed")
    await office.left_by_an_older_version(a, state="merged", merged_into=b)

    await office.mend()
    assert (await office.case(b)).state == "open"

    await office.carry_out(CloseCase(case_id=b, reason="Tidak bisa diperiksa"), RINA)
    await office.mend()
    assert (await office.case(b)).state == "closed"


async def test_a_mark_that_did_not_arrive_is_told_again(office: Office) -> None:
    report, a = await office.report()
    await office.carry_out(AddMessage(report_id=report), private=MessageContent(text="Sudah sampai mana?"))
    await office.engine.collection("case").update(office.tenant, a, {"$set": {"state.marks": [], "ix.unread": 0}})

    await office.mend()

    assert [m.reason for m in (await office.case(a)).marks] == ["message"]
