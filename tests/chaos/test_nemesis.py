from collections import Counter

from tests.chaos.__main__ import TIMES
from tests.chaos.nemesis import Fault, Kind, plan


def test_a_seed_makes_the_same_faults_again() -> None:
    assert plan(7, 40) == plan(7, 40)
    assert plan(7, 40) != plan(8, 40)


def test_a_full_run_has_every_kind_five_times() -> None:
    assert set(Counter(plan(3, TIMES * len(Kind))).values()) == {5}


def test_a_fault_without_work_in_flight_has_not_hit() -> None:
    fault = Fault(1, Kind.KILL_REPORTS, "reports", 1.0, gone=True, in_flight=0, detail="", healed_after=1.0)

    assert not fault.has_hit
    assert "MISSED" in str(fault)
