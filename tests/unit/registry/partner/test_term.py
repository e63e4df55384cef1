"""The term of a partner's decree: told, ended by itself, renewed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Event
from libs.contracts.registry.partner import PartnerStateChanged, SetPartnerState
from libs.contracts.registry.profile import Profile
from libs.contracts.registry.term import AdvanceTerm, PartnerTermNearing, RenewTerm
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry.partner.rules import decide, evolve
from services.registry.partner.state import Partner
from services.registry.partner.term import due
from tests.unit.registry.builders import EDITOR, VERIFIER, context, partner_identity, register_partner

UNTIL = date(2026, 8, 31)
ADVANCE = AdvanceTerm(partner_id="p-1")


def a_partner(area: str = "32.74.05.1002") -> Partner:
    state = after(None, register_partner(active=True), context(VERIFIER, private=partner_identity()))
    profile = Profile(decree_number="12/SK/2023", term_from="2023-09-01", term_until=UNTIL.isoformat())
    return state.model_copy(update={"profile": profile, "area": area})


def after(state: Partner | None, command: Command, given: Context) -> Partner:
    for event in decide(state, command, given):
        state = evolve(state, event)
    assert state is not None
    return state


def on(day: date, by: Actor | None = None, hour: int = 3) -> Context:
    """At three in UTC: ten in Cirebon."""
    return context(by)._replace(at=datetime(day.year, day.month, day.day, hour, tzinfo=UTC))


def renewal(**changes: Any) -> RenewTerm:
    values = {
        "partner_id": "p-1",
        "decree_number": "7/SK/2026",
        "term_from": "2026-09-01",
        "term_until": "2029-08-31",
    }
    return RenewTerm(**values | changes)


def test_it_is_told_sixty_thirty_and_seven_days_before_and_ended_the_day_after() -> None:
    state, told = a_partner(), []
    while True:
        timers = list(due(state))
        if not timers:
            break
        at = timers[0].at
        events: list[Event] = list(decide(state, ADVANCE, context()._replace(at=at)))
        told += [(at, event) for event in events]
        for event in events:
            state = evolve(state, event)

    # Midnight in Cirebon is 17.00 of the day before in UTC.
    assert [at for at, _ in told] == [
        datetime(2026, 7, 1, 17, tzinfo=UTC),
        datetime(2026, 7, 31, 17, tzinfo=UTC),
        datetime(2026, 8, 23, 17, tzinfo=UTC),
        datetime(2026, 8, 31, 17, tzinfo=UTC),
    ]
    assert [e.days for _, e in told[:3] if isinstance(e, PartnerTermNearing)] == [60, 30, 7]
    assert isinstance(told[3][1], PartnerStateChanged)
    assert state.state == "expired"


@pytest.mark.parametrize(
    ("area", "midnight"),
    [("32.74.05.1002", 17), ("73.71.01", 16), ("91.71.01", 15)],
)
def test_a_day_begins_where_the_partner_is(area: str, midnight: int) -> None:
    state = a_partner(area)
    last = datetime(2026, 8, 31, midnight, tzinfo=UTC)

    assert after(state, ADVANCE, context()._replace(at=last - timedelta(seconds=1))).state == "active"
    assert after(state, ADVANCE, context()._replace(at=last)).state == "expired"


def test_who_comes_late_is_told_once_and_not_of_days_gone_by() -> None:
    events = list(decide(a_partner(), ADVANCE, on(UNTIL - timedelta(days=20))))

    assert events == [PartnerTermNearing(partner_id="p-1", until="2026-08-31", days=30)]
    told = evolve(a_partner(), events[0])
    assert list(decide(told, ADVANCE, on(UNTIL - timedelta(days=19)))) == []


def test_a_timer_of_a_term_that_was_renewed_meanwhile_does_nothing() -> None:
    renewed = after(a_partner(), renewal(), on(date(2026, 8, 1), VERIFIER))

    assert list(decide(renewed, ADVANCE, on(UNTIL + timedelta(days=1)))) == []


def test_a_new_term_makes_an_expired_partner_active_and_keeps_the_one_before() -> None:
    expired = after(a_partner(), ADVANCE, on(UNTIL + timedelta(days=1)))

    partner = after(expired, renewal(), on(date(2026, 9, 3), VERIFIER))

    assert (partner.state, partner.profile.decree_number) == ("active", "7/SK/2026")
    assert [(t.decree_number, t.term_until) for t in partner.terms] == [("12/SK/2023", "2026-08-31")]
    assert partner.papers == expired.papers
    assert [timer.at.date() for timer in due(partner)] == [date(2029, 7, 1)]


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("decree_number", {"decree_number": " "}),
        ("term_until", {"term_until": "2026-08-31"}),
        ("term_until", {"term_from": "2029-09-01"}),
        ("term_until", {"term_until": "kapan-kapan"}),
        ("decree_on", {"decree_on": "2026-13-01"}),
    ],
)
def test_a_term_that_cannot_be_is_refused_at_its_field(field: str, changes: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        decide(a_partner(), renewal(**changes), on(date(2026, 8, 1), VERIFIER))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


def test_a_term_to_come_makes_no_expired_partner_active() -> None:
    expired = after(a_partner(), ADVANCE, on(UNTIL + timedelta(days=1)))

    with pytest.raises(Refused, match="term_from"):
        decide(expired, renewal(term_from="2027-01-01"), on(date(2026, 9, 3), VERIFIER))


def test_renewing_is_for_verifiers() -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(a_partner(), renewal(), on(date(2026, 8, 1), EDITOR))


def test_who_was_suspended_over_the_end_of_the_term_expires_on_return() -> None:
    suspend = SetPartnerState(partner_id="p-1", state="suspended", reason="Aduan.")
    state = after(a_partner(), suspend, on(date(2026, 8, 1), VERIFIER))
    assert list(due(state)) == []

    back = after(state, SetPartnerState(partner_id="p-1", state="active"), on(date(2026, 9, 9), VERIFIER))

    (timer,) = due(back)
    assert timer.at <= on(date(2026, 9, 9)).at
    assert after(back, ADVANCE, on(date(2026, 9, 9))).state == "expired"
