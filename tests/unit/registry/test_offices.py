import pytest

from libs.contracts.ids import PLATFORM
from libs.runtime.errors import Unavailable
from services.registry.offices import GRACE, REMEMBERED, Offices
from tests.unit.registry.builders import CIREBON


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_an_office_of_the_directory_is_known_and_so_is_the_platform() -> None:
    offices = Offices({CIREBON}.__contains__)

    assert offices.knows(CIREBON)
    assert offices.knows(PLATFORM)


def test_an_office_just_created_is_known_before_the_directory_shows_it() -> None:
    offices = Offices(lambda tenant: False)

    offices.created(CIREBON)

    assert offices.knows(CIREBON)


def test_a_command_waits_for_its_office_and_then_is_nobodys() -> None:
    clock = Clock()
    offices = Offices(lambda tenant: False, clock=clock)
    with pytest.raises(Unavailable):
        offices.knows(CIREBON)

    clock.now += GRACE

    assert not offices.knows(CIREBON)


def test_an_office_that_comes_late_is_known_all_the_same() -> None:
    clock = Clock()
    offices = Offices(lambda tenant: False, clock=clock)
    with pytest.raises(Unavailable):
        offices.knows(CIREBON)
    clock.now += GRACE

    offices.created(CIREBON)

    assert offices.knows(CIREBON)


def test_what_never_was_is_not_remembered_without_end() -> None:
    offices = Offices(lambda tenant: False)

    for n in range(2 * REMEMBERED):
        with pytest.raises(Unavailable):
            offices.knows(f"t-{n}")

    assert len(offices._missed) == REMEMBERED
