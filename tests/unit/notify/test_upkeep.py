"""What a sender that died left behind is looked after by those that live."""

from datetime import timedelta

from libs.contracts.notify.delivery import SuppressDelivery
from tests.unit.notify.builders import NOW, TENANT, plan_delivery, to_address
from tests.unit.notify.desk import Desk


async def begun(desk: Desk) -> None:
    """The mark that a sender sets before it calls the provider."""
    marks = {"begun_at": desk.now, "begun": 1, "begun_by": "a sender that died"}
    await desk.engine.collection("delivery").update_across_tenants({"_id": f"{TENANT}/d1"}, {"$set": marks})


async def state(desk: Desk) -> tuple[str, int]:
    (found,) = await desk.deliveries("r1")
    return found["state"], found["attempts"]


async def test_an_attempt_that_nobody_ended_is_unknown() -> None:
    desk = Desk()
    await desk.tell(plan_delivery(), to_address())
    await begun(desk)

    desk.now = NOW + timedelta(minutes=2)
    await desk.upkeep.give_up_attempts()

    assert await state(desk) == ("unknown", 1)


async def test_so_is_one_that_was_withdrawn_after_it_had_begun() -> None:
    """The mail server may have taken it: "suppressed" would say that it did not go out."""
    desk = Desk()
    await desk.tell(plan_delivery(), to_address())
    await begun(desk)
    await desk.tell(SuppressDelivery(delivery_id="d1", reason="unsubscribed"))

    desk.now = NOW + timedelta(minutes=2)
    assert await desk.upkeep.give_up_attempts()

    assert await state(desk) == ("unknown", 1)
    assert not await desk.upkeep.give_up_attempts(), "once is enough"


async def test_what_was_withdrawn_before_it_began_stays_suppressed() -> None:
    desk = Desk()
    await desk.tell(plan_delivery(), to_address())
    await desk.tell(SuppressDelivery(delivery_id="d1", reason="unsubscribed"))

    desk.now = NOW + timedelta(minutes=2)
    await desk.upkeep.give_up_attempts()

    assert await state(desk) == ("suppressed", 0)
