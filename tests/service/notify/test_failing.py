"""Servers that refuse, vanish or hang, and a sender that is killed: nothing lost, nothing doubled, nothing hidden."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from uuid import uuid4

import pytest

from deploy.local.layout import CHECKOUT
from libs.contracts.envelope import Actor
from libs.contracts.notify.delivery import RetryDelivery
from libs.contracts.notify.reads import DeliveryRow, FollowView
from libs.contracts.topics import Service
from libs.runtime.errors import Refused, Unavailable
from tests.service.notify.front import Front, eventually
from tests.service.notify.scripted import HANGS, LATE_REFUSAL, REFUSED, TEMPFAIL, VANISH, ScriptedServer

CONNECTIONS = 4
MESSAGE_SECONDS = 10
"""Time to kill a sender while its messages hang; twice that until they are given up."""


class Notify:
    """A notify process of its own settings, in the place of the ordinary one."""

    def __init__(self, front: Front, port: int) -> None:
        self._front = front
        self._port = port

    async def start(self) -> None:
        await asyncio.to_thread(self._start)

    def _start(self) -> None:
        stack = self._front.stack
        plain = {key: value for key, value in os.environ.items() if not key.startswith("SIMPUL_")}
        settings = {
            "SIMPUL_SMTP_PORT": str(self._port),
            "SIMPUL_SMTP_CONNECTIONS": str(CONNECTIONS),
            "SIMPUL_SMTP_MESSAGE_SECONDS": str(MESSAGE_SECONDS),
        }
        environment = plain | stack.environment(Service.NOTIFY) | settings
        command = [sys.executable, "-m", "services.notify"]
        stack.children.launch(Service.NOTIFY, command, environment=environment, cwd=CHECKOUT)
        stack.await_service(Service.NOTIFY)

    async def kill(self) -> None:
        await asyncio.to_thread(self._front.stack.children.kill, Service.NOTIFY)

    async def stop(self) -> None:
        await asyncio.to_thread(self._front.stack.children.stop, [Service.NOTIFY])


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    server = ScriptedServer()
    yield server
    await server.stop()


@pytest.fixture(scope="module")
async def vacancy(front: Front) -> AsyncIterator[None]:
    """The ordinary process is away for as long as the tests of this module take its place."""
    await asyncio.to_thread(front.stack.children.stop, [Service.NOTIFY])
    yield
    await asyncio.to_thread(front.stack.start_service, Service.NOTIFY)


@pytest.fixture
async def notify(front: Front, server: ScriptedServer, vacancy: None) -> AsyncIterator[Notify]:
    notify = Notify(front, await server.start())
    await notify.start()
    yield notify
    await notify.stop()


async def told(front: Front, tenant: str, *addresses: str) -> dict[str, str]:
    """Followers with these addresses, each owed an answer; report by address."""
    case = str(uuid4())
    await front.published(tenant, case)
    reports = {address: str(uuid4()) for address in addresses}
    for address, report in reports.items():
        await front.follow(tenant, report, address)
        await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    return reports


async def delivery(front: Front, tenant: str, report: str, states: Sequence[str]) -> DeliveryRow:
    async def look() -> DeliveryRow | None:
        try:
            view = FollowView.model_validate_json(await front.get(f"/subjects/{report}", tenant=tenant))
        except (Refused, Unavailable):
            return None
        return next((d for d in view.deliveries if d.state in states), None)

    return await eventually(look, within=100)


def addresses(*kinds: str) -> list[str]:
    return [f"{kind}-{uuid4().hex[:12]}@contoh.example" for kind in kinds]


async def test_each_failure_is_shown_as_what_it_is_and_only_people_repeat_the_doubtful(
    front: Front, tenant: str, notify: Notify, server: ScriptedServer
) -> None:
    officer = await front.officer(tenant, "verifier")
    fine, later, refused, late, vanished = addresses("warga", TEMPFAIL, REFUSED, LATE_REFUSAL, VANISH)

    reports = await told(front, tenant, fine, later, refused, late, vanished)

    async def found(address: str, *states: str) -> tuple[str, str, int]:
        row = await delivery(front, tenant, reports[address], states)
        return row.state, row.code, row.attempts

    assert await found(fine, "sent") == ("sent", "", 1)
    assert await found(later, "failed_transient") == ("failed_transient", "451", 1)
    assert await found(refused, "failed_permanent") == ("failed_permanent", "550", 1)
    assert await found(late, "failed_permanent") == ("failed_permanent", "554", 1)
    assert await found(vanished, "unknown") == ("unknown", "", 1)
    assert server.taken[vanished] == 1

    doubtful = await delivery(front, tenant, reports[vanished], ["unknown"])
    again = await front.command(tenant, RetryDelivery(delivery_id=doubtful.id), actor=officer)
    sent = await delivery(front, tenant, reports[fine], ["sent"])
    never = await front.command(tenant, RetryDelivery(delivery_id=sent.id), actor=officer)
    nobody = await front.command(tenant, RetryDelivery(delivery_id=doubtful.id), actor=Actor("o9", ("verifier",)))

    assert (await front.outcome(tenant, again)).state == "done"
    assert (await front.outcome(tenant, never)).problem == "state_conflict"
    assert (await front.outcome(tenant, nobody)).problem == "role_missing"
    await eventually(lambda: _reached(server, vanished, 2))


async def _reached(server: ScriptedServer, address: str, count: int) -> bool:
    return server.taken[address] >= count


async def test_a_killed_sender_leaves_what_was_under_way_unknown_and_repeats_nothing(
    front: Front, tenant: str, notify: Notify, server: ScriptedServer
) -> None:
    hanging = addresses(*[HANGS] * (CONNECTIONS // 2))
    under_way = await told(front, tenant, *hanging)
    for address in hanging:
        await eventually(lambda address=address: _reached(server, address, 1))  # type: ignore[misc]

    await notify.kill()
    await notify.start()
    waiting = addresses(*["warga"] * 6)
    afterwards = await told(front, tenant, *waiting)

    sent = [await delivery(front, tenant, afterwards[a], ["sent"]) for a in waiting]
    doubtful = [await delivery(front, tenant, under_way[a], ["unknown"]) for a in hanging]
    assert [row.attempts for row in (*sent, *doubtful)] == [1] * (len(waiting) + len(hanging))
    assert [server.taken[a] for a in (*waiting, *hanging)] == [1] * (len(waiting) + len(hanging))


async def test_a_server_that_is_away_uses_no_attempt_up(
    front: Front, tenant: str, notify: Notify, server: ScriptedServer
) -> None:
    await server.stop()
    (address,) = addresses("warga")
    reports = await told(front, tenant, address)
    await delivery(front, tenant, reports[address], ["queued"])

    await server.start(notify._port)

    row = await delivery(front, tenant, reports[address], ["sent"])
    assert row.attempts == 1
