import asyncio

import pytest

from services.gateway.access.limits import TooMany
from services.gateway.pictures.turns import MOST_OF_CLIENT, MOST_OF_OFFICE, Turns


class Desk:
    """Pictures that are done when the test says so."""

    def __init__(self, places: int = 2) -> None:
        self.now = 0.0
        self.turns = Turns(places, clock=lambda: self.now)
        self.begun: list[str] = []
        self._ends: dict[str, asyncio.Event] = {}

    async def bring(self, name: str, *, client: str, office: str = "cirebon", cost: float = 1.0) -> asyncio.Task[None]:
        self._ends[name] = asyncio.Event()
        task = asyncio.create_task(self._take(name, client, office, cost))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return task

    async def _take(self, name: str, client: str, office: str, cost: float) -> None:
        async with self.turns.turn(client=client, office=office, cost=cost):
            self.begun.append(name)
            await self._ends[name].wait()

    async def finish(self, name: str) -> None:
        self._ends[name].set()
        for _ in range(4):
            await asyncio.sleep(0)


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_another_s_small_picture_does_not_wait_for_twenty_large_ones(desk: Desk) -> None:
    for n in range(MOST_OF_CLIENT):
        await desk.bring(f"large {n}", client="a", cost=40)

    await desk.bring("small", client="b")

    assert desk.begun == ["large 0", "small"]


async def test_who_had_least_is_next(desk: Desk) -> None:
    for n in range(3):
        await desk.bring(f"a{n}", client="a", cost=40)
        await desk.bring(f"b{n}", client="b", cost=40)
    await desk.bring("c", client="c")

    await desk.finish("a0")

    assert desk.begun == ["a0", "b0", "c"]


async def test_an_office_with_many_senders_leaves_another_its_share(desk: Desk) -> None:
    for n in range(6):
        await desk.bring(f"busy {n}", client=f"sender {n}", office="busy", cost=10)
    await desk.bring("quiet", client="one", office="quiet", cost=10)

    await desk.finish("busy 0")

    assert desk.begun == ["busy 0", "busy 1", "quiet"]


async def test_too_many_of_one_address_are_sent_away_with_a_time(desk: Desk) -> None:
    for n in range(MOST_OF_CLIENT + 1):
        await desk.bring(f"{n}", client="a")

    with pytest.raises(TooMany) as refused:
        await (await desk.bring("one more", client="a"))
    await desk.bring("other", client="b")

    assert refused.value.retry_after >= 1
    assert desk.begun == ["0", "other"]


async def test_an_office_does_not_fill_the_line_alone(desk: Desk) -> None:
    for n in range(MOST_OF_OFFICE + 2):
        await desk.bring(f"{n}", client=f"sender {n}", office="busy")

    with pytest.raises(TooMany):
        await (await desk.bring("one more", client="new", office="busy"))
    await desk.bring("other", client="new", office="quiet")
    await desk.finish("0")

    assert desk.begun[-1] == "other"


async def test_who_gives_up_leaves_no_place_taken(desk: Desk) -> None:
    first = await desk.bring("0", client="a")
    second = await desk.bring("1", client="a")
    second.cancel()
    await asyncio.sleep(0)

    first.cancel()
    await asyncio.sleep(0)
    await desk.bring("2", client="a")

    assert desk.begun == ["0", "2"]


async def test_what_one_had_is_forgotten_with_time(desk: Desk) -> None:
    await desk.bring("a0", client="a", cost=40)
    await desk.finish("a0")
    desk.now = 3_600
    await desk.bring("x", client="x", office="elsewhere")
    await desk.bring("y", client="y", office="elsewhere")
    await desk.bring("b0", client="b", cost=1)
    await desk.finish("x")
    await desk.bring("b1", client="b", cost=1)
    await desk.bring("a1", client="a", cost=1)

    await desk.finish("y")

    assert desk.begun[-1] == "a1"
