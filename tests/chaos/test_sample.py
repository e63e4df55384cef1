"""Two minutes of `make chaos`, with servers of its own: a broker that comes and goes would spoil every other test."""

from collections.abc import Iterator

import pytest

from deploy.local.layout import Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import Stack
from tests.chaos.run import Wanted, run
from tests.stack import home_of_this_run

SAMPLE = Wanted(seed=20261, faults=8, accepted=300, minutes=3, rate=10, publish_every=3, calm=0.5)


@pytest.fixture
def ground() -> Iterator[Stack]:
    stack = Stack(Layout(home=home_of_this_run("chaos")), Ports(free_base()))
    try:
        stack.install()
        stack.start_servers()
        yield stack
    finally:
        stack.stop()
        stack.discard_data()


async def test_nothing_is_lost_doubled_or_stuck_under_faults(ground: Stack) -> None:
    told: list[str] = []

    report = await run(ground, SAMPLE, told.append)

    story = "\n".join((*told, *map(str, report.verdict.violations[:20]), report.line))
    assert report.missed == [], story
    assert report.fallen == (), story
    assert report.is_good, story
