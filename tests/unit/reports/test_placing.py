"""What two reports have in common before the matcher is asked: their words, or the post that they point to."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

import orjson
import pytest

from libs.contracts.reports.report import Placement, PlaceReport
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.errors import Unavailable
from services.reports.case import Case
from services.reports.placing import Placing, links_of, marks_of
from services.reports.report import Report
from tests.unit.reports.builders import NOON, an_open_case

REPORT = "4b5d2cef-b963-56d9-94d7-2864c8503b88"
POST = "https://www.tiktok.com/@kabar/video/7301234567890123456"
SAME_POST = "https://m.tiktok.com/@kabar/video/7301234567890123456?utm_source=wa&is_from_webapp=1"


def a_report(**more: Any) -> Report:
    return Report(report_id=REPORT, kind="hoax", number="CRB-0000-0000", received_at=NOON, **more)


def test_one_post_under_two_addresses_is_one_mark() -> None:
    assert links_of(a_report(urls=(POST,))) == links_of(a_report(text=SAME_POST)) != []


def test_two_posts_are_two_marks() -> None:
    assert links_of(a_report(urls=(POST,))) != links_of(a_report(urls=(POST[:-1] + "7",)))


@pytest.mark.parametrize(
    "url", ["https://www.tiktok.com/@kabar", "https://t.me/kabarcirebon", "https://contoh.example", "bukan alamat"]
)
def test_an_account_or_a_whole_site_is_no_claim(url: str) -> None:
    assert links_of(a_report(urls=(url,))) == []


def test_the_mark_of_a_link_does_not_tell_the_link() -> None:
    [mark] = links_of(a_report(urls=(POST,)))

    assert mark.startswith("link:")
    assert "7301234567890123456" not in mark


def test_a_link_alone_has_no_words_to_compare() -> None:
    assert marks_of(a_report(text=POST)) == []
    assert marks_of(a_report(text=f"Air PDAM diracuni, lihat {POST}")) == marks_of(
        a_report(text="air pdam diracuni lihat")
    )


class Shelf:
    """What was stored long ago: no report of the last minutes, and one case per mark."""

    def __init__(self, report: Report, **cases: Case) -> None:
        self.report, self.found = report, cases

    async def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        return dict.fromkeys(ids, self.report)

    async def placed_since(self, *_: Any, **__: Any) -> list[Report]:
        return []

    async def cases_of_links(self, tenant: str, links: Sequence[str]) -> list[str]:
        return list(self.found) if list(links) == links_of(a_report(urls=(POST,))) else []

    async def cases_of(self, tenant: str, ids: Iterable[str]) -> dict[str, Case]:
        return {i: self.found[i] for i in ids}


class Silent:
    """A matcher that does not answer."""

    async def post(self, *_: Any, **__: Any) -> bytes:
        raise Unavailable("matcher")


async def placed(report: Report, **cases: Case) -> Placement:
    placing: Any = Placing(Shelf(report, **cases), Silent(), within=1)  # type: ignore[arg-type]
    asked = Incoming(PlaceReport(report_id=REPORT, attempt=1), Context(id=uuid4(), tenant="t1", at=NOON))
    [ready] = await placing.prepare([asked])
    found: Placement = ready.command.placement
    return found


async def test_a_post_that_was_reported_long_ago_brings_its_case() -> None:
    placement = await placed(a_report(urls=(SAME_POST,)), old=an_open_case())

    assert (placement.outcome, placement.case_id) == ("match", "old")
    assert list(placement.links) == links_of(a_report(urls=(POST,)))


async def test_a_case_that_rests_after_its_answer_still_answers() -> None:
    rests = an_open_case().model_copy(update={"state": "closed", "clarification_id": "k1"})

    placement = await placed(a_report(urls=(POST,)), old=rests)

    assert (placement.case_id, placement.clarification_id) == ("old", "k1")


@pytest.mark.parametrize(
    ("report", "case"),
    [
        (a_report(urls=(POST,)), an_open_case().model_copy(update={"state": "closed"})),
        (a_report(urls=(POST,), refused=("old",)), an_open_case()),
        (a_report(urls=(POST,), text="Bukan ini: sumur warga diracuni orang."), an_open_case()),
    ],
    ids=["closed without an answer", "the reporter said no", "a text that says something of its own"],
)
async def test_a_post_does_not_bring_a_case_that_is_not_meant(report: Report, case: Case) -> None:
    placement = await placed(report, old=case)

    assert placement.case_id is None
    assert placement.links


class Unsure:
    """A matcher that knows nothing, and how many questions it was asked."""

    def __init__(self) -> None:
        self.questions = 0

    async def post(self, *_: Any, json: list[dict[str, Any]], **__: Any) -> bytes:
        self.questions += len(json)
        return orjson.dumps([{"id": q["id"], "decision": "none", "candidates": []} for q in json])


async def test_a_text_that_is_passed_on_word_for_word_is_a_question_once() -> None:
    matcher: Any = Unsure()
    first = a_report(text="Air PDAM diracuni, jangan diminum!")
    copy = a_report(text="AIR PDAM DIRACUNI jangan diminum").model_copy(update={"report_id": str(uuid4())})
    shelf: Any = Shelf(first)
    placing = Placing(shelf, matcher, within=1)

    placements = []
    for report in (first, copy):
        shelf.report = report
        command = PlaceReport(report_id=report.report_id, attempt=1)
        [ready] = await placing.prepare([Incoming(command, Context(id=uuid4(), tenant="t1", at=NOON))])
        assert isinstance(ready.command, PlaceReport)
        placements.append(ready.command.placement)

    assert matcher.questions == 1
    assert placements[1] is not None
    assert (placements[1].outcome, placements[1].case_id) == ("match", first.own_case())


async def test_a_repeat_of_what_was_placed_is_no_question() -> None:
    matcher: Any = Unsure()
    shelf: Any = Shelf(a_report(text="Air PDAM diracuni, jangan diminum!", attempts=1))
    placing = Placing(shelf, matcher, within=1)

    await placing.prepare(
        [Incoming(PlaceReport(report_id=REPORT, attempt=1), Context(id=uuid4(), tenant="t1", at=NOON))]
    )

    assert matcher.questions == 0
