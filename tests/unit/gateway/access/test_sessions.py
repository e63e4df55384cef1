from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

from libs.runtime.mongo import Mongo
from services.gateway.access.sessions import (
    BROWSER_LIFETIME,
    MOST_OFFICERS,
    TICKET_LIFETIME,
    Browser,
    BrowserCookies,
    Sessions,
    Ticket,
    TicketCookies,
)

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


def test_a_browser_is_known_by_what_only_we_can_write() -> None:
    clock = Clock()
    cookies = BrowserCookies(KEY, clock)
    cookie = cookies.write(Browser("m1", ("an-officer", "o2")))

    assert cookies.read(cookie) == Browser("m1", ("an-officer", "o2"))
    assert "an-officer" not in cookie
    for bad in (None, "", "x", cookie[:-6] + "AAAAAA", BrowserCookies(b"o" * 32, clock).write(Browser("m1"))):
        assert cookies.read(bad) is None
    clock.now += BROWSER_LIFETIME + timedelta(seconds=1)
    assert cookies.read(cookie) is None


def test_a_browser_remembers_the_last_officers_each_once() -> None:
    browser = Browser("m1")
    for number in range(MOST_OFFICERS + 2):
        browser = browser.with_officer(f"o{number}")
    browser = browser.with_officer("o5")

    assert len(browser.officers) == MOST_OFFICERS
    assert browser.officers[-1] == "o5"
    assert "o0" not in browser.officers


def test_a_network_is_marked_without_its_address() -> None:
    sessions = Sessions(Mock(spec=Mongo), KEY)

    assert sessions.mark("203.0.113.9") == sessions.mark("203.0.113.9") != sessions.mark("203.0.113.8")
    assert "203" not in sessions.mark("203.0.113.9")
    assert sessions.mark("") == ""
