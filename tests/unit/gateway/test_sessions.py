from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

from libs.runtime.mongo import Mongo
from services.gateway.sessions import TICKET_LIFETIME, Sessions, Ticket, TicketCookies

KEY = b"s" * 32
TICKET = Ticket("t1", "CRB-4F7K-9XM2", "r1", "hash")


class Clock:
    now = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_a_ticket_cookie_opens_its_own_ticket_only() -> None:
    cookies = TicketCookies(KEY, Clock())
    cookie = cookies.write(TICKET)

    assert cookies.read(cookie, tenant="t1", number=TICKET.number) == TICKET
    assert cookies.read(cookie, tenant="t2", number=TICKET.number) is None
    assert cookies.read(cookie, tenant="t1", number="CRB-0000-0000") is None


def test_a_ticket_cookie_that_was_changed_or_made_elsewhere_is_none() -> None:
    cookies = TicketCookies(KEY, Clock())
    cookie = cookies.write(TICKET)
    changed = cookie[:-2] + ("A" if cookie[-2] != "A" else "B") + cookie[-1]

    for bad in (None, "", "x", changed, "é" * 40, TicketCookies(b"o" * 32, Clock()).write(TICKET)):
        assert cookies.read(bad, tenant="t1", number=TICKET.number) is None


def test_a_ticket_cookie_ends() -> None:
    clock = Clock()
    cookies = TicketCookies(KEY, clock)
    cookie = cookies.write(TICKET)

    clock.now += TICKET_LIFETIME + timedelta(seconds=1)

    assert cookies.read(cookie, tenant="t1", number=TICKET.number) is None


def test_a_form_belongs_to_one_browser() -> None:
    sessions = Sessions(Mock(spec=Mongo), KEY)

    assert sessions.csrf("mine") != sessions.csrf("mine")
    assert sessions.is_from("mine", sessions.csrf("mine"))
    assert not sessions.is_from("mine", sessions.csrf("yours"))
    assert not sessions.is_from(None, sessions.csrf("mine"))
    assert not sessions.is_from("mine", sessions.csrf("mine")[:-2])
    assert not sessions.is_from("mine", "g" * 128)
    assert not sessions.is_from("mine", "0" * 128)
    assert not sessions.is_from("mine", None)
    assert not sessions.is_from("mine", "é")
