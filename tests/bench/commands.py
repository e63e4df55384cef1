"""`reports.commands_*`: the whole command loop of reports (verify, unseal, validate, decide, save, publish, mark)."""

import argparse
import asyncio
import json
import os
import time
from datetime import UTC, datetime
from uuid import UUID, uuid4

import uvloop

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.envelope import Envelope, milliseconds
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.report import ReportContent, SubmitReport
from libs.contracts.topics import Service
from libs.runtime.keyring import Keyring
from libs.runtime.outbox import KafkaOutbox, Outgoing
from libs.runtime.sealing import Sealer, context_of
from libs.runtime.settings import Settings as Common
from libs.runtime.writing import address
from services.reports.app import create_app
from services.reports.settings import Settings

TEXT = "Beredar kabar bahwa bantuan dibagikan lewat tautan ini. " * 6
CHUNK = 1_000


def tenant_record(tenant: str, slug: str) -> TenantRecord:
    branding = Branding(name="Bench", office="Bench", government="Bench")
    return TenantRecord(
        id=tenant,
        slug=slug,
        region_code="32.74",
        prefix="CRB",
        branding=branding,
        settings=TenantSettings(),
        version=1,
    )


def submissions(tenant: str, n: int, keyring: Keyring) -> list[Outgoing]:
    """Signed and sealed as the gateway does it."""
    sealer = Sealer(keyring.seal_public(Service.REPORTS))
    keys = keyring.signing(Service.GATEWAY, Service.REPORTS)
    return [_submission(tenant, uuid4(), sealer, keys) for _ in range(n)]


def _submission(tenant: str, command_id: UUID, sealer: Sealer, keys: object) -> Outgoing:
    report_id = str(ids.report_id(command_id))
    content = ReportContent(text=TEXT, urls=("https://example.org/bantuan",))
    command = SubmitReport(
        report_id=report_id,
        kind="hoax",
        number=ids.reference_number("CRB", UUID(report_id)),
        code_hash="0" * 64,
        prefix="CRB",
        area="32.74.01.1001",
        body_hash="0" * 64,
        sealed=sealer.seal(content.model_dump_json().encode(), context=context_of(tenant, report_id)),
    )
    envelope = Envelope(
        id=command_id,
        type=command.type_name,
        source="/simpul/gateway",
        subject=report_id,
        time=milliseconds(datetime.now(UTC)),
        tenant=tenant,
        correlation_id=str(command_id),
    )
    return address(command, envelope, to=Service.REPORTS, by=Service.GATEWAY, keys=keys)  # type: ignore[arg-type]


async def consume(n: int, profile: str | None) -> None:
    """Runs the service's own runtime in this process until n commands are handled; prints one JSON line."""
    settings = Settings(placing=False)
    runtime = create_app(settings).state.runtime
    loop = runtime.bus.loops[0]
    async with runtime.lifespan(None):
        profiler = None
        busy = time.process_time()
        while loop.handled < n:
            if loop.first_at is None:
                busy = time.process_time()
            if profile and profiler is None and loop.first_at is not None:
                import cProfile

                profiler = cProfile.Profile()
                profiler.enable()
            await asyncio.sleep(0.02)
        if profiler is not None and profile is not None:
            profiler.disable()
            profiler.dump_stats(profile)
        await runtime.engine.settle()
        seconds, busy = time.monotonic() - loop.first_at, time.process_time() - busy
    print(
        json.dumps(
            {
                "what": "commands",
                "n": loop.handled,
                "seconds": round(seconds, 3),
                "busy": round(busy, 3),
                "per_second": round(loop.handled / seconds, 1),
            }
        )
    )


async def fill(n: int, tenant: str) -> None:
    """Puts n commands into the mailbox, with the gateway's rights."""
    gateway = Common()
    keyring = Keyring(gateway.secrets_dir, Service.GATEWAY)
    outbox = KafkaOutbox(gateway, "bench", within=60, most=10_000_000)
    await outbox.start()
    messages = submissions(tenant, n, keyring)
    started = time.perf_counter()
    for position in range(0, n, CHUNK):
        await outbox.publish(messages[position : position + CHUNK])
    await outbox.stop()
    print(json.dumps({"what": "fill", "n": n, "seconds": round(time.perf_counter() - started, 3)}))


async def announce(tenant: str, slug: str) -> None:
    registry = Common()
    outbox = KafkaOutbox(registry, "bench")
    await outbox.start()
    record = tenant_record(tenant, slug)
    key = f"{tenant}/tenant/{tenant}".encode()
    await outbox.publish([Outgoing("registry.directory.v1", key, record.model_dump_json().encode(), [])])
    await outbox.stop()
    print(json.dumps({"what": "announce", "tenant": tenant}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["fill", "announce", "consume"])
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--tenant", default=os.environ.get("BENCH_TENANT", "bench"))
    parser.add_argument("--slug", default="bench")
    parser.add_argument("--profile")
    arguments = parser.parse_args()
    match arguments.what:
        case "fill":
            asyncio.run(fill(arguments.n, arguments.tenant))
        case "announce":
            asyncio.run(announce(arguments.tenant, arguments.slug))
        case "consume":
            # The loop that uvicorn runs the service on.
            uvloop.run(consume(arguments.n, arguments.profile))
