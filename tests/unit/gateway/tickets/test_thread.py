from datetime import UTC, datetime, timedelta

import pytest

from libs.contracts.reports.reads import Step, TicketView
from services.gateway.tickets.views import is_reopened, thread

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)


def a_ticket(**more: object) -> TicketView:
    plain: dict[str, object] = {
        "report_id": "r1",
        "number": "CRB-4F7K-9XM2",
        "kind": "hoax",
        "state": "checking",
        "received_at": NOW,
        "text": "Kabar.",
        "answer_due_at": NOW + timedelta(hours=24),
        "steps": (Step(what="received", at=NOW), Step(what="published", at=NOW + timedelta(hours=2), count=1)),
    }
    return TicketView.model_validate(plain | more)


def test_after_belum_the_thread_says_that_it_is_looked_at_again_and_what_comes_next() -> None:
    nodes = [(s.step, s.node) for s in thread(a_ticket(helpful=False))]

    assert nodes[-3:] == [("answered", "done"), ("reopened", "now"), ("answered", "todo")]


def test_after_belum_no_hour_is_promised_because_no_clock_runs() -> None:
    *_, coming = thread(a_ticket(helpful=False))
    *_, promised = thread(a_ticket(clarification=None))

    assert (coming.step, coming.at) == ("answered", None)
    assert promised.at == NOW + timedelta(hours=24)


@pytest.mark.parametrize("state", ["answered", "closed", "withdrawn"])
def test_what_has_been_answered_or_ended_since_is_not_open_again(state: str) -> None:
    ticket = a_ticket(helpful=False, state=state)

    assert not is_reopened(ticket)
    assert "reopened" not in [s.step for s in thread(ticket)]


def test_one_thing_is_now_at_a_time() -> None:
    for state in ("received", "checking", "waiting_party", "answered", "closed"):
        for helpful in (None, True, False):
            steps = thread(a_ticket(state=state, helpful=helpful))
            assert [s.node for s in steps].count("now") <= 1
