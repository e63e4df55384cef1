"""Copies of the pages that a report points to: when they are made, and what they change."""

from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.reports.parts import Attachment, Snapshot
from libs.contracts.reports.report import (
    MOST_PAGES,
    Placement,
    PlaceReport,
    RecordSnapshot,
    ReportContent,
    ReportReceived,
    RetakeSnapshot,
    SnapshotAsked,
    SnapshotContent,
    SnapshotTaken,
    WithdrawReport,
)
from libs.runtime.errors import Refused
from services.reports.placing import links_of, told
from services.reports.report import rules
from services.reports.report.follow_ups import after_report
from services.reports.report.pages import pages_of, says_little
from services.reports.report.reads import report_row
from services.reports.report.rules import PAGE_PATIENCE, Report
from tests.unit.reports.builders import NOON, RINA, context, evolved, submission

PAGE = "https://kabar.example/bantuan"
SHORT = "https://pendek.example/a"
POST = "https://www.tiktok.com/@kabar/video/7301234567890123456"
PICTURE = Attachment(blob_id="blob-1", sha256="0" * 64, media_type="image/jpeg", size=1000)
TITLE, ABOUT = "Bantuan tunai Rp600.000 dibuka lewat tautan", "Warga diminta mengisi nomor rekening."


def received(text: str = "", urls: tuple[str, ...] = (PAGE,), **more: Any) -> ReportReceived:
    command = submission(**{"archive_links": True, **more})
    [event] = rules.decide(None, command, context(private=ReportContent(text=text, urls=urls)))
    assert isinstance(event, ReportReceived)
    return event


def a_report(text: str = "", urls: tuple[str, ...] = (PAGE,), **more: Any) -> Report:
    return rules.evolve(None, received(text, urls, **more))


def looked(report: Report, page: int = 1, turn: int = 1, **more: Any) -> SnapshotTaken:
    [event] = events(report, page, turn, **more)
    assert isinstance(event, SnapshotTaken)
    return event


def events(report: Report, page: int = 1, turn: int = 1, **more: Any) -> list[Any]:
    said = {"url": PAGE, "final_url": PAGE, "title": TITLE, "description": ABOUT}
    content = SnapshotContent(**{name: more.pop(name, value) for name, value in said.items()})
    command = RecordSnapshot(
        report_id=report.report_id,
        page=page,
        turn=turn,
        **{"taken_at": NOON, "status": 200, "sha256": "a" * 64, **more},
    )
    return list(rules.decide(report, command, context(private=content)))


def after(report: Report, *happened: Any) -> Report:
    return evolved(report, happened)


def placed(report: Report, outcome: str = "none", case_id: str | None = None) -> Report:
    command = PlaceReport(report_id=report.report_id, attempt=1, placement=Placement(outcome=outcome, case_id=case_id))
    return evolved(report, rules.decide(report, command, context()))


def test_the_addresses_of_form_and_text_are_looked_at_each_once_and_no_more_than_a_few() -> None:
    assert pages_of(f"Lihat {PAGE} dan www.situs.example/x", (PAGE, "tg://resolve?domain=a")) == (
        PAGE,
        "https://www.situs.example/x",
    )
    assert len(pages_of(" ".join(f"https://a{n}.example/" for n in range(20)), ())) == MOST_PAGES
    assert pages_of("tanpa tautan", ()) == ()


def test_where_the_office_wants_no_copies_nothing_is_looked_at_and_nothing_waits() -> None:
    event = received(archive_links=False)

    assert (event.pages, event.place_by) == (0, None)
    assert "pages_due" not in rules.index_fields(a_report(archive_links=False))


def test_a_sender_does_not_decide_that_copies_are_made() -> None:
    assert submission().archive_links is False


@pytest.mark.parametrize("text", ["", "apakah ini betul?", f"cek dong {PAGE}", "bupati korupsi?"])
def test_what_says_little_itself_waits_a_moment_for_its_page(text: str) -> None:
    event = received(text)

    assert says_little(text)
    assert event.place_by == event.received_at + PAGE_PATIENCE
    assert list(after_report(event)) == []
    [due] = rules.due(rules.evolve(None, event))
    assert (due.name, due.at, due.turn) == ("place", event.place_by, 1)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("Air PDAM Harjamukti dicampur zat pembersih, jangan diminum.", {}),
        ("", {"attachments": (PICTURE,)}),
        ("", {"kind": "aspiration"}),
    ],
    ids=["enough words", "a picture is read", "no hoax"],
)
def test_others_do_not_wait_for_it(text: str, more: dict[str, Any]) -> None:
    event = received(text, **more)

    assert event.pages == 1
    assert event.place_by is None


def test_it_is_placed_as_soon_as_its_page_says_something() -> None:
    report = a_report(urls=(PAGE, SHORT))

    event = looked(report)

    assert event.place
    [follow] = after_report(event)
    assert follow.command == PlaceReport(report_id=report.report_id, attempt=1)
    assert TITLE in told(after(report, event))


def test_it_is_placed_when_none_of_its_pages_says_anything() -> None:
    report = a_report(urls=(PAGE, SHORT))

    first = looked(report, failure="unreachable", status=None, title="", description="")
    second = looked(after(report, first), page=2, failure="timeout", status=None, title="", description="")

    assert (first.place, second.place) == (False, True)


def test_what_was_placed_without_its_page_is_asked_about_again_with_it() -> None:
    report = placed(a_report())

    event = looked(report)
    again = after(report, event)

    assert (event.place, event.ask_again) == (False, True)
    assert [d.name for d in rules.due(again)] == ["ask_again"]
    assert rules.is_to_be_placed(again, PlaceReport(report_id=report.report_id, attempt=report.attempts + 1))


@pytest.mark.parametrize(
    "report",
    [placed(a_report(), "match", "another-case"), placed(a_report("Air PDAM dicampur racun dan jangan diminum."))],
    ids=["it has found its case", "its own words said enough"],
)
def test_others_are_not_asked_about_again(report: Report) -> None:
    assert looked(report).ask_again is False


@pytest.mark.parametrize(
    "said",
    [
        {"status": 404, "title": "Tidak ditemukan"},
        {"failure": "login_wall", "title": ""},
        {"title": "", "description": ""},
    ],
)
def test_a_page_that_is_gone_or_closed_says_nothing(said: dict[str, Any]) -> None:
    report = placed(a_report("apakah benar?"))

    event = looked(report, **said)

    assert event.ask_again is False
    if event.title or event.failure:
        assert told(after(report, event)) == told(report)


def test_words_of_a_page_are_added_only_where_the_report_says_little() -> None:
    much = a_report("Air PDAM Harjamukti dicampur zat pembersih, jangan diminum.")

    assert TITLE not in told(after(much, looked(much)))
    little = a_report("benar tidak?")
    assert told(after(little, looked(little))) == f"benar tidak?\n{PAGE}\n{TITLE}\n{ABOUT}"
    bare = a_report(PAGE)
    assert told(after(bare, looked(bare))).startswith(f"{TITLE}\n{ABOUT}\n")


def test_a_short_address_is_known_by_where_it_leads() -> None:
    plain = a_report(urls=(POST,), archive_links=False)
    short = a_report(urls=(SHORT,))

    event = looked(short, url=SHORT, final_url=POST, failure="login_wall", title="", description="")

    assert event.place
    assert links_of(plain)[0] in links_of(after(short, event))


def test_looking_twice_is_looking_once_and_another_turn_only_where_it_was_asked_for() -> None:
    report = a_report()
    once = after(report, looked(report))

    assert events(once) == []
    assert events(once, turn=2) == []
    assert events(report, page=2) == []
    assert len(once.snapshots) == 1


def test_an_officer_has_a_page_looked_at_once_more_and_earlier_copies_stay() -> None:
    report = a_report()
    once = after(report, looked(report))
    assert "pages_due" not in rules.index_fields(once)

    [asked] = rules.decide(once, RetakeSnapshot(report_id="r", page=1), context(RINA))
    twice = after(once, asked)

    assert asked == SnapshotAsked(report_id=report.report_id, page=1, turn=2)
    assert rules.index_fields(twice)["pages_due"] is True
    assert list(rules.decide(twice, RetakeSnapshot(report_id="r", page=1), context(RINA))) == []
    done = after(twice, looked(twice, turn=2, title="Judul baru"))
    assert [(s.turn, s.title) for s in done.snapshots] == [(1, TITLE), (2, "Judul baru")]
    assert "Judul baru" in told(done)
    assert "pages_due" not in rules.index_fields(done)


def test_a_page_that_has_gone_since_does_not_take_its_earlier_words_away() -> None:
    report = a_report()
    once = after(report, looked(report), SnapshotAsked(report_id="r", page=1, turn=2))

    gone = after(once, looked(once, turn=2, failure="unreachable", status=None, title="", description=""))

    assert TITLE in told(gone)


@pytest.mark.parametrize("page", [0, 2, 99])
def test_only_a_page_of_the_report_can_be_looked_at_again(page: int) -> None:
    with pytest.raises(Refused):
        list(rules.decide(a_report(), RetakeSnapshot(report_id="r", page=page), context(RINA)))


def test_nobody_but_a_checker_has_a_page_looked_at_again() -> None:
    report = a_report()
    once = after(report, looked(report))

    with pytest.raises(Refused) as refused:
        list(rules.decide(once, RetakeSnapshot(report_id="r", page=1), context()))
    assert refused.value.code == "role_missing"


def test_of_a_report_that_was_withdrawn_nothing_is_looked_at() -> None:
    report = a_report()

    withdrawn = evolved(report, rules.decide(report, WithdrawReport(report_id="r"), context()))

    assert "pages_due" not in rules.index_fields(withdrawn)
    assert list(rules.due(withdrawn)) == []


def test_what_a_page_says_is_kept_sealed() -> None:
    event = looked(a_report())

    assert {"url", "final_url", "title", "description"} <= type(event).private
    assert "snapshots" in Report.private
    assert isinstance(after(a_report(), event).snapshots[0], Snapshot)
    assert event.taken_at - NOON == timedelta(0)


def test_personal_data_of_a_page_is_masked_as_that_of_the_report() -> None:
    report = a_report()
    number = "0812-3456-7890"

    row = report_row(after(report, looked(report, title=f"Hubungi {number}", description=f"Atau {number}")))

    [page] = row.pages
    assert (page.url, page.waits) == (PAGE, False)
    assert number not in row.model_dump_json()
    assert row.masked == 2
