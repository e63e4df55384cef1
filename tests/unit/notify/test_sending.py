from datetime import timedelta

import pytest

from libs.contracts.words import DeliveryState
from libs.runtime import links
from libs.runtime.keyring import VersionedKey
from services.notify.breaker import Breaker
from services.notify.channels.smtp import Answer, of_code
from services.notify.pace import Pace
from services.notify.sending import MOST_TRIES, PAUSES, result_of
from tests.unit.notify.builders import NOW
from tests.unit.notify.test_letters import a_delivery

TEMPORARY = Answer(DeliveryState.FAILED_TRANSIENT, "451")


@pytest.mark.parametrize(
    ("code", "state"), [(421, "failed_transient"), (452, "failed_transient"), (550, "failed_permanent")]
)
def test_4xx_may_pass_and_5xx_does_not(code: int, state: str) -> None:
    assert of_code(code) == Answer(DeliveryState(state), str(code))


def test_each_try_waits_longer_than_the_one_before() -> None:
    assert list(PAUSES) == sorted(set(PAUSES))


def test_a_relay_that_is_away_overnight_is_tried_for_a_day() -> None:
    at, attempt, pauses = NOW, 1, []
    while (last := result_of(a_delivery("answer.report"), attempt, TEMPORARY, at)).retry_at is not None:
        pauses.append(last.retry_at - at)
        at, attempt = last.retry_at, attempt + 1

    assert timedelta(hours=24) <= at - NOW < timedelta(hours=26)
    assert max(pauses) <= timedelta(hours=6)
    assert (last.result, last.code) == ("failed_permanent", "451")


def test_a_passing_failure_gets_a_time_and_the_last_one_is_final() -> None:
    delivery = a_delivery("answer.report")

    first = result_of(delivery, 1, TEMPORARY, NOW)
    last = result_of(delivery, MOST_TRIES, TEMPORARY, NOW)

    assert (first.result, first.retry_at) == ("failed_transient", NOW + PAUSES[0])
    assert (last.result, last.retry_at, last.code) == ("failed_permanent", None, "451")


def test_a_provider_that_cannot_be_reached_rests_and_gets_one_try() -> None:
    breaker = Breaker(many=3, rest=5)
    for second in range(3):
        breaker.failed(second)

    resting, rested = breaker.allows(6.9), breaker.allows(7.1)
    breaker.failed(7.2)

    assert (resting, rested) == (False, True)
    assert not breaker.allows(8)


def test_a_success_closes_the_breaker() -> None:
    breaker = Breaker(many=2)
    breaker.failed(0)
    breaker.succeeded()
    breaker.failed(1)

    assert breaker.allows(1.1)


OLD = VersionedKey("k1", {"k1": b"1" * 32})
BOTH = VersionedKey("k2", {"k1": b"1" * 32, "k2": b"2" * 32})


def test_a_link_opens_what_it_was_made_for_with_either_valid_key() -> None:
    token = links.make(OLD, links.ASSIGNMENT, "cirebon", "a1", "p1")

    assert links.check(BOTH, links.ASSIGNMENT, "cirebon", token) == ("a1", "p1")


@pytest.mark.parametrize(
    ("purpose", "tenant", "change"),
    [
        (links.UNSUBSCRIBE, "cirebon", ""),
        (links.ASSIGNMENT, "jombang", ""),
        (links.ASSIGNMENT, "cirebon", "x"),
    ],
)
def test_a_link_opens_nothing_else(purpose: str, tenant: str, change: str) -> None:
    token = links.make(OLD, links.ASSIGNMENT, "cirebon", "a1", "p1") + change

    assert links.check(OLD, purpose, tenant, token) is None


@pytest.mark.parametrize("token", ["", "k1", "k1.x.y", "k9.YQ.YQ", "k1.é.ü", "." * 600])
def test_rubbish_is_no_link(token: str) -> None:
    assert links.check(OLD, links.ASSIGNMENT, "cirebon", token) is None


async def test_workers_look_often_while_something_happens_and_seldom_otherwise() -> None:
    clock, looks = [0.0], []
    pace = Pace(lively=5, seldom=2, now=lambda: clock[0])

    async def step() -> bool:
        looks.append(clock[0])
        return False

    look = pace.paced(step)
    for second in (0.0, 0.3, 1.9, 2.1, 2.4):
        clock[0] = second
        await look()
    pace.stir()
    for second in (2.7, 3.0, 7.5, 7.8):
        clock[0] = second
        await look()

    assert looks == [0.0, 2.1, 2.7, 3.0, 7.5]
