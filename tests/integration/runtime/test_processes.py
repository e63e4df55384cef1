"""The runtime as a process: poison, kills, stops and outages, told from the journal and from MongoDB itself."""

import asyncio
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord

from deploy.local import mongo
from deploy.local.kafka_admin import sasl
from deploy.local.layout import CHECKOUT
from deploy.local.stack import Stack
from libs.contracts import ids
from libs.contracts.envelope import Envelope, milliseconds, sign
from libs.contracts.registry.tenant import Branding, CreateTenant, TenantCreated
from libs.contracts.reports.clarification import CountDemand
from libs.contracts.reports.report import MessageContent, ReportContent, SubmitReport
from libs.contracts.topics import Service, dead_letters, mailbox
from libs.runtime.deadletters import original
from libs.runtime.mongo import Mongo, key
from libs.runtime.outbox import kafka_options
from libs.runtime.replay import Wanted, replay
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.settings import Settings
from tests.integration.runtime.house import eventually
from tests.office import FOUNDER, Desk, settings_of
from tests.unit.runtime.records import a_record
from tests.unit.runtime.test_intake import POISON

NEIGHBOURS_WITHIN = 5.0


@pytest.fixture(scope="module")
def services(stack: Stack) -> Stack:
    stack.start_services([Service.REGISTRY, Service.REPORTS])
    return stack


@pytest.fixture(scope="module")
async def desk(services: Stack) -> AsyncIterator[Desk]:
    async with Desk(services) as desk:
        yield desk


@pytest.fixture(scope="module")
async def tenant(desk: Desk) -> str:
    return await desk.open_tenant()


def a_complaint(command: UUID) -> SubmitReport:
    report_id = str(ids.report_id(command))
    return SubmitReport(
        report_id=report_id, kind="complaint", number=ids.reference_number("CRB", UUID(report_id)),
        code_hash=f"hash-{command}", prefix="CRB", body_hash="body",
    )  # fmt: skip


async def submit(desk: Desk, tenant: str, commands: list[UUID]) -> None:
    content = ReportContent(text="Lampu jalan di depan balai RW mati sejak Senin.")
    await asyncio.gather(*(desk.send(tenant, a_complaint(c), content, command_id=c) for c in commands))


def received(desk: Desk, commands: list[UUID]) -> Counter[UUID | None]:
    """How often each command was told to have been carried out; the same event again counts once."""
    told = {
        (h.envelope.id, h.envelope.causation_id)
        for h in desk.heard
        if h.envelope.type == "reports.report-received.v1" and h.envelope.causation_id in set(commands)
    }
    return Counter(cause for _, cause in told)


async def stored(stack: Stack, tenant: str, commands: list[UUID]) -> dict[str, Any]:
    store = Mongo(stack.mongo_url(Service.REPORTS), "reports")
    try:
        return await store.tenants("report").load([key(tenant, str(ids.report_id(c))) for c in commands])
    finally:
        store.close()


async def each_is_kept_once(stack: Stack, desk: Desk, tenant: str, commands: list[UUID], *, within: float) -> None:
    await eventually(lambda: len(received(desk, commands)) == len(commands), within=within)
    assert set(received(desk, commands).values()) == {1}
    documents = await stored(stack, tenant, commands)
    assert len(documents) == len(commands)
    for document in documents.values():
        assert [h["n"] for h in document["history"]] == list(range(1, document["version"] + 1))
        assert len({h["cause"] for h in document["history"]}) == len(document["history"]) == 1


@asynccontextmanager
async def the_dead_letters(stack: Stack) -> AsyncIterator[list[ConsumerRecord]]:
    """Fills with what reports puts aside from now on."""
    options = {**kafka_options(settings_of(stack, Service.REPORTS)), **sasl(stack.admin_credentials)}
    consumer = AIOKafkaConsumer(
        dead_letters(Service.REPORTS), **options, group_id=None, enable_auto_commit=False, auto_offset_reset="latest"
    )
    await consumer.start()
    for partition in consumer.assignment():
        await consumer.position(partition)
    found: list[ConsumerRecord] = []

    async def read() -> None:
        async for record in consumer:
            found.append(record)

    reading = asyncio.create_task(read())
    try:
        yield found
    finally:
        reading.cancel()
        await consumer.stop()


class Forger:
    """Has the gateway's pen, and writes with it what a gateway never would."""

    def __init__(self, desk: Desk, tenant: str, producer: AIOKafkaProducer) -> None:
        self.desk, self.tenant, self.producer = desk, tenant, producer

    def signed(self, envelope: Any, body: bytes) -> Any:
        keys = self.desk.keyring.signing("gateway", "reports")
        return a_record(body, sign(envelope, body, by="gateway", key_id=keys.active, key=keys.current).headers())

    def genuine(self) -> Any:
        """A demand for the clarification `a`, which is refused (there is none): handled, and not put aside."""
        command = CountDemand(clarification_id="a", count=1)
        envelope = Envelope(
            id=uuid4(), type=command.type_name, source="/simpul/gateway", subject="a",
            time=milliseconds(datetime.now(UTC)), tenant=self.tenant, correlation_id="c1",
        )  # fmt: skip
        return self.signed(envelope, command.model_dump_json().encode())

    async def write(self, record: Any, mark: bytes) -> None:
        headers = [*record.headers, ("x-mark", mark)]
        await self.producer.send_and_wait(mailbox(Service.REPORTS), record.value, key=record.key, headers=headers)


async def test_poison_of_every_kind_is_put_aside_with_its_reason_and_neighbours_do_not_wait(
    services: Stack, desk: Desk, tenant: str
) -> None:
    producer = AIOKafkaProducer(**kafka_options(desk.settings), acks="all", max_request_size=2_000_000)
    await producer.start()
    forger, neighbours = Forger(desk, tenant, producer), [uuid4() for _ in range(24)]
    sealed = Sealer(desk.keyring.seal_public("reports")).seal(
        MessageContent(text="x").model_dump_json().encode(), context=context_of("another tenant", "r1")
    )
    started = time.monotonic()
    async with the_dead_letters(services) as letters:
        for kind, (make, _) in POISON.items():
            await forger.write(make(forger, forger.genuine()), kind.encode())  # type: ignore[arg-type]
        await submit(desk, tenant, neighbours)
        moved = uuid4()
        await desk.send(tenant, a_complaint(moved).model_copy(update={"sealed": sealed}), command_id=moved)
        await eventually(lambda: len(received(desk, neighbours)) == len(neighbours), within=NEIGHBOURS_WITHIN * 3)
        took = time.monotonic() - started
        await eventually(lambda: len({_mark(r) for r in letters} - {b""}) == len(POISON))
        await eventually(lambda: any(_header(r, "ce_id") == str(moved).encode() for r in letters))
        found = {_mark(r).decode(): _header(r, "dlq_reason").decode() for r in letters if _mark(r)}
    await producer.stop()

    assert found == {kind: reason for kind, (_, reason) in POISON.items()}
    assert took < NEIGHBOURS_WITHIN, "poison held its neighbours up"
    assert _header(next(r for r in letters if _header(r, "ce_id") == str(moved).encode()), "dlq_reason") == b"seal"


def _header(record: ConsumerRecord, name: str) -> bytes:
    return next((bytes(v) for n, v in record.headers if n == name and v is not None), b"")


def _mark(record: ConsumerRecord) -> bytes:
    return _header(record, "x-mark")


async def test_dead_letters_are_sent_back_by_command_and_take_effect_once(
    services: Stack, desk: Desk, tenant: str
) -> None:
    """A tenant that reports did not know in time: its command is put aside, and sent back once the tenant is known."""
    late, command = str(uuid4()), uuid4()
    async with the_dead_letters(services) as letters:
        await submit(desk, late, [command])
        await eventually(lambda: any(_header(r, "ce_id") == str(command).encode() for r in letters))
    (letter,) = [r for r in letters if _header(r, "ce_id") == str(command).encode()]
    assert _header(letter, "dlq_reason") == b"tenant"
    assert original(letter).topic == mailbox(Service.REPORTS)
    await open_tenant(desk, late)

    admin = settings_of_admin(services)
    listed = await replay(admin, Service.REPORTS, Wanted(reason="tenant"), dry_run=True)
    assert received(desk, [command]) == {}
    said = await by_command(services, "--reason", "tenant")
    again = await replay(admin, Service.REPORTS, Wanted(reason="tenant"), dry_run=False)

    await each_is_kept_once(services, desk, late, [command], within=15)
    assert len(listed) == len(again) >= 1
    assert "reports.submit-report.v1  tenant: unknown" in said
    assert "Lampu jalan" not in said
    assert said.splitlines()[-1] == f"{len(listed)} sent back"
    assert await replay(admin, Service.REPORTS, Wanted(reason="no such reason"), dry_run=False) == []


async def open_tenant(desk: Desk, tenant: str) -> None:
    await desk.send(
        tenant,
        CreateTenant(
            tenant_id=tenant, slug=f"kota-{tenant[:8]}", region_code="32.74", prefix="CRB",
            branding=Branding(name="n", office="o", government="g"),
        ),
        actor=FOUNDER,
    )  # fmt: skip
    await desk.until(lambda h: h.envelope.tenant == tenant and isinstance(h.event, TenantCreated))


def settings_of_admin(stack: Stack) -> Settings:
    admin = stack.admin_credentials
    return Settings(kafka_bootstrap=stack.kafka_bootstrap, kafka_username=admin.username, kafka_password=admin.password)


async def by_command(stack: Stack, *arguments: str) -> str:
    admin = stack.admin_credentials
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith("SIMPUL_")},
        "SIMPUL_KAFKA_BOOTSTRAP": stack.kafka_bootstrap,
        "SIMPUL_KAFKA_USERNAME": admin.username,
        "SIMPUL_KAFKA_PASSWORD": admin.password,
    }
    command = [sys.executable, "-m", "libs.runtime.replay", "--service", "reports", *arguments]
    done = await asyncio.to_thread(
        subprocess.run, command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr[-500:]
    return done.stdout


@pytest.mark.parametrize("point", ["before_save", "after_save", "before_publish", "before_mark", "after_mark"])
async def test_kill_9_in_the_middle_loses_and_doubles_nothing(
    services: Stack, desk: Desk, tenant: str, point: str
) -> None:
    """It dies in a batch, not at a time: some is done, some is half done, and some has not begun."""
    done, half_done = [uuid4() for _ in range(40)], [uuid4() for _ in range(200)]
    await submit(desk, tenant, done)
    await eventually(lambda: len(received(desk, done)) == len(done))
    await asyncio.to_thread(services.children.stop, [Service.REPORTS])
    # Where nobody reads, so that the first batch holds many.
    await submit(desk, tenant, half_done)

    launch(services, "tests.integration.runtime.dying", point)
    await eventually(lambda: services.children.find(Service.REPORTS) is None, within=60)
    before = len(received(desk, half_done))
    await asyncio.to_thread(services.start_service, Service.REPORTS)

    if point in ("before_save", "after_save", "before_publish"):
        assert before == 0, "it told of something before it came to the point"
    await each_is_kept_once(services, desk, tenant, [*done, *half_done], within=40)


def launch(services: Stack, module: str, *arguments: str) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("SIMPUL_")}
    command = [sys.executable, "-m", module, *arguments]
    environment = plain | services.environment(Service.REPORTS)
    services.children.launch(Service.REPORTS, command, environment=environment, cwd=CHECKOUT)


async def test_sigterm_drains_within_25_seconds_and_loses_nothing(services: Stack, desk: Desk, tenant: str) -> None:
    """What it has in hand waits for MongoDB when it is told to stop, so it cannot have ended before."""
    commands = [uuid4() for _ in range(300)]
    await asyncio.to_thread(services.pause, mongo.NAME)
    await submit(desk, tenant, commands)
    assert len(received(desk, commands)) == 0

    started = time.monotonic()
    stopping = asyncio.create_task(asyncio.to_thread(services.children.stop, [Service.REPORTS], grace=25))
    await asyncio.sleep(1)
    await asyncio.to_thread(services.resume, mongo.NAME)
    had_to_be_killed = await stopping
    took = time.monotonic() - started
    await asyncio.to_thread(services.start_service, Service.REPORTS)

    assert had_to_be_killed == []
    assert took < 25
    await each_is_kept_once(services, desk, tenant, commands, within=40)


async def test_mongodb_away_loses_nothing_spins_nowhere_and_restarts_nothing(
    services: Stack, desk: Desk, tenant: str
) -> None:
    process = services.children.find(Service.REPORTS)
    assert process is not None
    health = f"{services.health_url(Service.REPORTS)}/health"
    commands = [uuid4() for _ in range(50)]
    await asyncio.to_thread(services.stop_mongod)
    before = cpu_seconds(process.pid)
    await submit(desk, tenant, commands)

    async with httpx.AsyncClient(timeout=8) as client:
        lives = [(await client.get(f"{health}/live")).status_code for _ in range(3)]
        ready = (await client.get(f"{health}/ready")).status_code
    spent = cpu_seconds(process.pid) - before
    await asyncio.to_thread(services.start_mongod)

    await each_is_kept_once(services, desk, tenant, commands, within=40)
    assert (lives, ready) == ([200] * 3, 503)
    assert services.children.find(Service.REPORTS) == process
    assert spent < 3, "it tries without a pause"


def cpu_seconds(pid: int) -> float:
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
