"""What officers held who have left goes to whom their office named."""

from libs.contracts.directory import OfficerRecord
from libs.runtime.directory import Directory
from services.reports.handing_over import heir


def directory(*officers: tuple[str, bool, str | None]) -> Directory:
    found = Directory()
    for officer, active, successor in officers:
        found.put(
            OfficerRecord(id=officer, tenant="t1", version=1, roles=("verifier",), active=active, successor=successor)
        )
    return found


def test_the_first_who_is_still_there_takes_over() -> None:
    there = directory(("a", False, "b"), ("b", False, "c"), ("c", True, None))
    assert heir(there, "t1", "a") == "c"


def test_where_nobody_was_named_nobody_does() -> None:
    assert heir(directory(("a", False, None)), "t1", "a") is None
    assert heir(directory(("a", False, "b")), "t1", "a") is None


def test_two_who_named_each_other_end_the_search() -> None:
    assert heir(directory(("a", False, "b"), ("b", False, "a")), "t1", "a") is None


def test_an_heir_of_another_office_is_none() -> None:
    assert heir(directory(("a", False, "b"), ("b", True, None)), "t2", "a") is None
