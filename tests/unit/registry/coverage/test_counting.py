"""Which areas have a live community group, and how many partners are where."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.contracts.registry.coverage import DistrictCoverage, Kept, Standing
from libs.kit import areas
from services.registry.coverage.counting import (
    SOON,
    Group,
    by_kind,
    district_coverage,
    districts_of,
    kept,
    standing_of,
    unplaced,
)

TODAY = date(2026, 11, 24)
CIREBON, KESAMBI, DRAJAT = "32.74", "32.74.05", "32.74.05.1003"
EVERY_CODE = [
    area.code for area in areas.everywhere() if areas.is_within(area.code, CIREBON) or area.code.startswith("35.17")
]


def of(code: str, *groups: Group, region: str = CIREBON) -> Kept:
    districts = district_coverage(region, groups, {}, TODAY)
    every: Mapping[str, Kept] = {one.code: one for district in districts for one in (district, *district.villages)}
    return every[code]


@pytest.mark.parametrize(
    ("until", "standing"),
    [
        (None, Standing.LIVE),
        (TODAY + SOON + timedelta(days=1), Standing.LIVE),
        (TODAY + SOON, Standing.EXPIRING),
        (TODAY, Standing.EXPIRING),
        (TODAY - timedelta(days=1), Standing.NONE),
    ],
)
def test_the_last_day_of_a_term_is_included(until: date | None, standing: Standing) -> None:
    assert standing_of(until, TODAY) is standing


def test_a_village_without_a_group_has_none() -> None:
    assert of(DRAJAT) == Kept(code=DRAJAT, standing=Standing.NONE, until="", groups=0)


def test_of_several_groups_the_one_that_stays_longest_counts() -> None:
    soon, later = (Group((DRAJAT,), "village", TODAY + timedelta(days=n)) for n in (10, 400))

    assert of(DRAJAT, soon, later) == Kept(
        code=DRAJAT, standing=Standing.LIVE, until=later.until.isoformat() if later.until else "", groups=2
    )


def test_a_term_that_is_over_leaves_no_group_and_says_when_it_ended() -> None:
    ended = Group((DRAJAT,), "village", TODAY - timedelta(days=3))

    assert of(DRAJAT, ended) == Kept(code=DRAJAT, standing=Standing.NONE, until="2026-11-21", groups=0)


def test_a_group_of_a_district_counts_for_the_district_and_for_none_of_its_villages() -> None:
    group = Group((DRAJAT,), "district")

    assert of(KESAMBI, group).standing is Standing.LIVE
    assert of(DRAJAT, group).standing is Standing.NONE


def test_a_group_that_names_no_level_is_of_the_level_of_its_area() -> None:
    assert of(KESAMBI, Group((KESAMBI,))).groups == 1
    assert of(DRAJAT, Group((KESAMBI,))).groups == 0


def test_a_group_of_several_villages_counts_in_each() -> None:
    group = Group((DRAJAT, "32.74.05.1001"), "village")

    assert of(DRAJAT, group).groups == of("32.74.05.1001", group).groups == 1


def test_a_village_group_that_names_no_village_is_counted_apart() -> None:
    nowhere, over = Group((KESAMBI,), "village"), Group((KESAMBI,), "village", date(2020, 1, 1))

    assert unplaced((nowhere, over, Group((DRAJAT,), "village")), TODAY) == 1


@pytest.mark.parametrize(("region", "districts", "villages"), [("32.74", 5, 22), ("35.17", 21, 306)])
def test_every_village_of_a_region_has_its_place(region: str, districts: int, villages: int) -> None:
    found = district_coverage(region, (), {}, TODAY)

    assert (len(found), sum(len(one.villages) for one in found)) == (districts, villages)


def test_a_province_has_the_districts_of_all_its_regencies_that_are_known() -> None:
    assert {areas.parent_code(one.code) for one in districts_of("32")} >= {"32.74"}


def test_an_unknown_region_has_none() -> None:
    assert districts_of("99.99") == ()


def test_partners_of_several_places_count_once_in_each_area() -> None:
    reach = {("activist", (DRAJAT, "32.74.05.1001")): 3, ("media_outlet", (CIREBON,)): 2}

    assert by_kind(reach, KESAMBI) == {"activist": 3}
    assert by_kind(reach, CIREBON) == {"activist": 3, "media_outlet": 2}


groups = st.builds(
    Group,
    areas=st.lists(st.sampled_from(EVERY_CODE), min_size=1, max_size=3).map(tuple),
    level=st.sampled_from(("", "regency", "district", "village")),
    until=st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
)


@given(st.lists(groups, max_size=12), st.sampled_from(("32.74", "35.17")))
def test_an_area_is_live_or_expiring_exactly_where_a_live_group_keeps_it(found: list[Group], region: str) -> None:
    districts: tuple[DistrictCoverage, ...] = district_coverage(region, found, {}, TODAY)

    for one in (kept_ for district in districts for kept_ in (district, *district.villages)):
        live = [g for g in found if one.code in g.keeps and (g.until is None or g.until >= TODAY)]
        assert one.groups == len(live)
        assert (one.standing is Standing.NONE) == (not live)


def test_nobody_keeps_what_no_group_names() -> None:
    assert kept(DRAJAT, (), TODAY).standing is Standing.NONE
