"""Several commands in a row on held deliveries: as the engine's ordinary way, in fewer steps."""

import contextlib
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from libs.contracts.messages import Command
from libs.contracts.notify.delivery import BeginAttempt, DeliveryAddress, PlanDelivery, RecordResult, SuppressDelivery
from libs.contracts.topics import Service
from libs.runtime.aggregates import Incoming
from libs.runtime.documents import NEEDED
from libs.runtime.holding import Held
from libs.runtime.mongo import key
from libs.runtime.outcomes import Result
from libs.runtime.service import Runtime
from libs.runtime.watermarks import Watermarks
from services.notify.app import runtime_of
from services.notify.delivery.rules import Delivery
from services.notify.kinds import DELIVERY
from services.notify.settings import Settings
from services.notify.store import Store, ordered
from tests.service.notify.front import Front

TENANT = "a-tenant"


@pytest.fixture(scope="module")
async def runtime(stack: Stack, front: Front) -> AsyncIterator[Runtime]:
    """The parts of notify in this process; its own workers do not run."""
    given: Any = {k.removeprefix("SIMPUL_").lower(): v for k, v in stack.environment(Service.NOTIFY).items()}
    given["whatsapp_media_hosts"] = json.loads(given["whatsapp_media_hosts"])
    runtime, _ = runtime_of(Settings(**given))
    await runtime.outbox.start()
    yield runtime
    await runtime.outbox.stop()
    runtime.mongo.close()


@pytest.fixture
async def delivery(runtime: Runtime) -> str:
    """On a channel that no worker sends by itself."""
    plan = PlanDelivery(
        delivery_id=str(uuid4()), template="answer", channel="whatsapp_manual", recipient=str(uuid4()),
        recipient_kind="report", lane=0,
    )  # fmt: skip
    address = DeliveryAddress(address="+6281200002012")
    await runtime.engine.apply([ordered(plan, tenant=TENANT, at=datetime.now(UTC), private=address)])
    await runtime.engine.settle()
    return plan.delivery_id


def given(command: Command) -> Incoming:
    return ordered(command, tenant=TENANT, at=datetime.now(UTC))


async def held(runtime: Runtime, *deliveries: str) -> Held:
    store: Store[Delivery] = Store(runtime.engine, DELIVERY, runtime.keys)
    documents = list((await store.collection.load([key(TENANT, d) for d in deliveries], NEEDED)).values())
    return await Held.of(runtime.engine, DELIVERY, documents, await store.states(documents))


@pytest.fixture
async def hand(runtime: Runtime, delivery: str) -> AsyncIterator[Held]:
    with contextlib.closing(await held(runtime, delivery)) as hand:
        yield hand


async def is_relayed(runtime: Runtime, document: dict[str, Any]) -> bool:
    """As another process knows it."""
    others = Watermarks(runtime.mongo.watermarks)
    await others.learn([document])
    return others.covers(document)


async def document(runtime: Runtime, delivery: str) -> dict[str, Any]:
    await runtime.engine.settle()
    found = await runtime.engine.collection("delivery").get(TENANT, delivery)
    assert found is not None
    return found


async def test_each_step_is_saved_at_once_and_all_are_relayed_together(
    runtime: Runtime, delivery: str, hand: Held
) -> None:
    await hand.apply([given(BeginAttempt(delivery_id=delivery, attempt=1))])
    begun = await document(runtime, delivery)
    told_at_once = await is_relayed(runtime, begun)
    await hand.apply([given(RecordResult(delivery_id=delivery, attempt=1, result="sent", code="250"))])
    await hand.relay()
    done = await document(runtime, delivery)

    assert (begun["state"]["state"], begun["version"], begun["relayed"], told_at_once) == ("attempting", 2, 1, False)
    assert (done["state"]["state"], done["version"], await is_relayed(runtime, done)) == ("sent", 3, True)
    assert [h["n"] for h in done["history"]] == [1, 2, 3]


async def test_the_same_command_again_is_seen(runtime: Runtime, delivery: str, hand: Held) -> None:
    begin = given(BeginAttempt(delivery_id=delivery, attempt=1))

    (first,) = await hand.apply([begin])
    (again,) = await hand.apply([begin])
    (elsewhere,) = await runtime.engine.apply([begin])

    assert [first.result, again.result, elsewhere.result] == [Result.DONE, Result.SEEN, Result.SEEN]
    assert (await document(runtime, delivery))["version"] == 2


async def test_what_changed_elsewhere_meanwhile_is_decided_anew(runtime: Runtime, delivery: str, hand: Held) -> None:
    await runtime.engine.apply([given(SuppressDelivery(delivery_id=delivery, reason="no_consent"))])

    (outcome,) = await hand.apply([given(BeginAttempt(delivery_id=delivery, attempt=1))])

    assert (outcome.result, outcome.problem) == (Result.REFUSED, "state_conflict")
    assert (await document(runtime, delivery))["state"]["state"] == "suppressed"


async def test_a_delivery_that_is_not_held_goes_the_ordinary_way(runtime: Runtime, delivery: str) -> None:
    hand = await held(runtime)

    (outcome,) = await hand.apply([given(BeginAttempt(delivery_id=delivery, attempt=1))])

    assert outcome.result is Result.DONE
    assert await is_relayed(runtime, await document(runtime, delivery))
