import asyncio
from contextlib import suppress

from libs.runtime.kept import Kept


async def test_what_is_kept_is_made_anew_after_its_time() -> None:
    seconds = iter((0.0, 9.0, 10.0, 10.0))
    texts = iter(("first", "second"))
    kept = Kept[str](10, clock=lambda: next(seconds))

    async def make() -> str:
        return next(texts)

    found = [await kept.get("cirebon", make) for _ in range(3)]

    assert found == ["first", "first", "second"]


async def test_who_comes_while_it_is_made_waits_for_it() -> None:
    made = []
    kept = Kept[int](60)

    async def make() -> int:
        await asyncio.sleep(0)
        made.append(1)
        return len(made)

    found = await asyncio.gather(*(kept.get("cirebon", make) for _ in range(5)))

    assert found == [1] * 5


async def test_what_could_not_be_made_is_tried_again() -> None:
    kept = Kept[int](60)
    answers = iter((OSError(), 7))

    async def make() -> int:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    with suppress(OSError):
        await kept.get("cirebon", make)

    assert await kept.get("cirebon", make) == 7
