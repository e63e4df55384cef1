from typing import Any

import pytest

from libs.contracts.ids import PLATFORM
from libs.contracts.registry.segments import DefineSegment, RetireSegment
from libs.runtime.errors import NotFound, Refused
from services.registry.partner.finding import PartnerFilter
from services.registry.segment.reads import wanted
from services.registry.segment.rules import PlacedChange, PlacedSegment, Segment, decide, evolve
from tests.unit.registry.builders import ADMIN, EDITOR, NOW, VERIFIER, context


def define(**changes: Any) -> PlacedSegment:
    values: dict[str, Any] = {"segment_id": "s-1", "name": "KIM Kesambi", "area": "32.74.05", "region": "32.74"}
    return PlacedSegment(**values | changes)


def change(**changes: Any) -> PlacedChange:
    return PlacedChange(**define(**changes).model_dump())


def defined(**changes: Any) -> Segment:
    [event] = decide(None, define(**changes), context(VERIFIER))
    return evolve(None, event)


def test_a_segment_asks_of_partners_what_it_was_defined_with() -> None:
    segment = defined(kind="community_group", platform="instagram", topic=" banjir ", run_by="independent")

    assert segment.defined_at == NOW
    assert wanted(segment) == PartnerFilter(
        area="32.74.05", kind="community_group", platform="instagram", topic="banjir", run_by_office=False
    )
    assert wanted(segment, state="active").state == "active"


def test_a_segment_is_changed_under_its_id_and_keeps_when_it_began() -> None:
    segment = defined()

    [event] = decide(segment, change(name="Semua KIM", area="", kind="community_group"), context(ADMIN))

    changed = evolve(segment, event)
    assert (changed.name, changed.area, changed.kind) == ("Semua KIM", "", "community_group")
    assert changed.defined_at == segment.defined_at


def test_a_retired_segment_is_neither_changed_nor_retired_again() -> None:
    [event] = decide(defined(), RetireSegment(segment_id="s-1", reason="Tidak dipakai"), context(VERIFIER))
    retired = evolve(defined(), event)

    assert retired.retired
    for command in (define(), change(), RetireSegment(segment_id="s-1")):
        with pytest.raises(Refused, match="state_conflict"):
            decide(retired, command, context(VERIFIER))


def test_nobody_changes_or_retires_what_is_not_there_or_defines_it_twice() -> None:
    for command in (change(), RetireSegment(segment_id="s-1")):
        with pytest.raises(NotFound):
            decide(None, command, context(VERIFIER))
    with pytest.raises(Refused, match="state_conflict"):
        decide(defined(), define(), context(VERIFIER))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("segment_id", "a/b"), ("name", " "), ("name", "x" * 81), ("area", "35.17"), ("area", "32.74.99"),
        ("kind", "radio"), ("state", "happy"), ("run_by", "both"), ("topic", "a\nb"), ("platform", "x" * 41),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_by_its_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, define(**{field: value}), context(VERIFIER))

    assert refused.value.fields == (field,)


def test_only_those_who_keep_partners_define_segments() -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(None, define(), context(EDITOR))
    with pytest.raises(Refused, match="forbidden"):
        decide(None, define(), context(ADMIN, tenant=PLATFORM))


def test_an_office_that_is_not_known_has_none() -> None:
    with pytest.raises(NotFound):
        decide(None, DefineSegment(segment_id="s-1", name="KIM"), context(VERIFIER))
