"""What two reports have in common before the matcher is asked: their words, or the post that they point to."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.reports.case import LeaseCase
from libs.contracts.reports.report import Placement, PlaceReport, ReportMatched
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.directory import Directory
from libs.runtime.errors import Unavailable
from services.reports import placing
from services.reports.case.state import Case
from services.reports.looking import caution_of
from services.reports.matching.teaching import teaches
from services.reports.placing import Placing, links_of, marks_of, told
from services.reports.report.rules import Report, decide, evolve
from tests.unit.reports.builders import NOON, RINA, after, an_open_case, context

REPORT = "4b5d2cef-b963-56d9-94d7-2864c8503b88"
POST = "https://www.tiktok.com/@kabar/video/7301234567890123456"
SAME_POST = "https://m.tiktok.com/@kabar/video/7301234567890123456?utm_source=wa&is_from_webapp=1"


def a_report(**more: Any) -> Report:
    return Report(report_id=REPORT, kind="hoax", number="CRB-0000-0000", received_at=NOON, **more)


def test_one_post_under_two_addresses_is_one_mark() -> None:
    assert links_of(a_report(urls=(POST,))) == links_of(a_report(text=SAME_POST)) != []


def test_a_link_that_is_the_whole_text_is_told_once() -> None:
    assert told(a_report(text=POST, urls=(POST,))) == POST
    assert told(a_report(text="Lihat ini", urls=(POST,))) == f"Lihat ini\n{POST}"


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


@pytest.mark.parametrize(
    "text", ["Assalamualaikum min, apakah kabar ini betul atau hoaks?", "Mohon dicek ya pak", "hoax?"]
)
def test_a_greeting_or_question_has_nothing_in_common_with_the_next_one(text: str) -> None:
    assert marks_of(a_report(text=text)) == []


def test_two_schools_of_one_name_are_two_claims() -> None:
    assert marks_of(a_report(text="SDN Mekarwangi III digusur")) != marks_of(a_report(text="SDN Mekarwangi I digusur"))


def test_a_text_of_few_words_is_about_the_post_that_came_with_it() -> None:
    one, other = (
        a_report(text="bupati korupsi?", urls=(POST,)),
        a_report(text="bupati korupsi?", urls=(POST[:-1] + "7",)),
    )

    assert marks_of(one) == marks_of(a_report(text="Bupati korupsi", urls=(SAME_POST,)))
    assert set(marks_of(one)).isdisjoint(marks_of(other))


class Shelf:
    """What was stored long ago: no report of the last minutes, and one case per mark."""

    def __init__(self, report: Report, **cases: Case) -> None:
        self.report, self.found = report, cases
        self.own: dict[str, Case] = {}

    async def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        return dict.fromkeys(ids, self.report)

    async def cases(self, ids: Iterable[str]) -> dict[str, Case]:
        return {i: self.own[i] for i in ids if i in self.own}

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


TEXT = "Air PDAM diracuni, jangan diminum!"
A, B, C = (str(UUID(int=n)) for n in (1, 2, 3))


class Knowing(Unsure):
    """A matcher that finds some cases: report id -> case id. `is_away`: it does not answer."""

    def __init__(self, found: dict[str, str] | None = None) -> None:
        super().__init__()
        self.found, self.is_away = found or {}, False
        self.answered: set[str] = set()
        self.asked: list[dict[str, Any]] = []

    async def post(self, *_: Any, json: list[dict[str, Any]], **__: Any) -> bytes:
        if self.is_away:
            raise Unavailable("matcher")
        self.asked += json
        return orjson.dumps([self.answer(q) for q in json])

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        case = self.found.get(question["id"])
        if case is None or case in question["without"]:
            return {"id": question["id"], "decision": "none", "candidates": []}
        candidate = {"case_id": case, "kind": "case", "score": 0.97}
        if case in self.answered:
            candidate |= {"kind": "clarification", "clarification_id": f"answer of {case}"}
        return {"id": question["id"], "decision": "match", "candidates": [candidate]}


class Office:
    """Reports that are placed one batch after another, with what the rules make of it."""

    def __init__(self, matcher: Knowing) -> None:
        self.matcher = matcher
        self.stored: dict[str, Report] = {}
        self.opened: dict[str, Case] = {}
        store: Any = self
        client: Any = matcher
        self.placing = Placing(store, client, within=1)

    def has(self, report_id: str, text: str = TEXT, **more: Any) -> Report:
        report = a_report(text=text, **more).model_copy(update={"report_id": report_id})
        self.stored[report_id] = report
        return report

    async def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        return {i: self.stored[i.split("/")[1]] for i in ids}

    async def cases(self, ids: Iterable[str]) -> dict[str, Case]:
        return {i: self.opened[i.split("/")[1]] for i in ids if i.split("/")[1] in self.opened}

    async def placed_since(self, *_: Any, **__: Any) -> list[Report]:
        return []

    async def prepared(self, *commands: PlaceReport, ids: Sequence[UUID] = ()) -> list[Placement | None]:
        causes = ids or [uuid4() for _ in commands]
        asked = [Incoming(c, Context(id=i, tenant="t1", at=NOON)) for c, i in zip(commands, causes, strict=True)]
        ready = await self.placing.prepare(asked)
        return [i.command.placement for i in ready if isinstance(i.command, PlaceReport)]

    async def place(self, *names: str) -> None:
        commands = [PlaceReport(report_id=n, attempt=self.stored[n].attempts + 1) for n in names]
        for name, command, placement in zip(names, commands, await self.prepared(*commands), strict=True):
            report = self.stored[name]
            for event in decide(report, command.model_copy(update={"placement": placement}), context()):
                report = evolve(report, event)
            self.stored[name] = report

    def be_back(self) -> None:
        self.matcher.is_away = False
        self.placing.asking._quiet_until = 0.0


async def test_one_report_twice_in_a_batch_is_one_question() -> None:
    office = Office(Knowing())
    office.has(A)
    command = PlaceReport(report_id=A, attempt=1)

    await office.prepared(command, command)

    assert [q["id"] for q in office.matcher.asked] == [A]


async def test_a_batch_that_comes_again_because_it_could_not_be_saved_is_no_question_and_keeps_its_answer() -> None:
    office = Office(Knowing({A: "old"}))
    office.has(A)
    again = [PlaceReport(report_id=A, attempt=1)], [uuid4()]

    first, second = [await office.prepared(*again[0], ids=again[1]) for _ in range(2)]

    assert len(office.matcher.asked) == 1
    assert first == second
    assert first[0] is not None
    assert first[0].candidates


async def test_a_try_that_came_too_late_is_no_question() -> None:
    office = Office(Knowing())
    office.has("placed", case_id=C, attempts=1, outcome="none", state="linked")
    office.has("moved", case_id=C, attempts=1, outcome="unmatched", state="linked")

    await office.prepared(
        PlaceReport(report_id="placed", attempt=2),
        PlaceReport(report_id="moved", attempt=2),
        PlaceReport(report_id="moved"),
    )

    assert office.matcher.asked == []


async def test_a_report_that_waited_for_the_matcher_finds_its_case_when_it_is_back() -> None:
    """Its own case, opened meanwhile, says the same words as it does: it is not what it is asked about."""
    office = Office(Knowing({A: "answered"}))
    own = office.has(A).own_case()
    office.matcher.is_away = True
    await office.place(A)
    waiting = office.stored[A]
    office.be_back()

    await office.place(A)

    assert (waiting.case_id, waiting.outcome) == (own, "unmatched")
    assert office.matcher.asked[0]["without"] == [own]
    assert (office.stored[A].case_id, office.stored[A].outcome) == ("answered", "match")
    assert office.stored[A].ask_again_at is None


async def test_copies_of_a_report_that_waits_wait_in_its_case_and_go_with_it() -> None:
    office = Office(Knowing({A: "answered"}))
    names = (A, B, C)
    for name in names:
        office.has(name)
    office.matcher.is_away = True
    await office.place(*names)
    waiting = {office.stored[n].case_id for n in names}, {office.stored[n].outcome for n in names}
    office.be_back()

    for name in names:
        await office.place(name)

    assert waiting == ({office.stored[A].own_case()}, {"unmatched"})
    assert {office.stored[n].case_id for n in names} == {"answered"}


async def test_two_that_waited_and_find_each_other_meet_and_do_not_change_places() -> None:
    matcher = Knowing()
    office = Office(matcher)
    a, b = office.has(A, "Sumur warga diracuni orang"), office.has(B, "Ada orang meracuni sumur warga desa")
    matcher.is_away = True
    await office.place(A, B)
    office.be_back()
    matcher.found = {A: b.own_case(), B: a.own_case()}

    await office.place(A, B)

    assert office.stored[A].case_id == office.stored[B].case_id == b.own_case()
    assert office.stored[B].ask_again_at is None


async def test_a_case_that_an_officer_has_begun_with_keeps_its_report_and_shows_what_was_found() -> None:
    office = Office(Knowing({A: "answered"}))
    own = office.has(A).own_case()
    office.matcher.is_away = True
    await office.place(A)
    office.be_back()
    office.opened[own] = an_open_case().model_copy(update={"state": "triaged"})

    await office.place(A)

    office.has(B)
    await office.place(B)

    assert (office.stored[A].case_id, office.stored[A].outcome) == (own, "suggest")
    assert [c.case_id for c in office.stored[A].suggestions] == ["answered"]
    assert office.stored[B].case_id == own, "its copies are where it is"


async def test_a_case_that_its_reporter_refused_is_not_found_by_a_detour() -> None:
    office = Office(Knowing())
    a = office.has(A, "Sumur warga diracuni orang")
    office.matcher.is_away = True
    await office.place(A)
    office.be_back()
    office.matcher.found = {A: "other", B: a.own_case()}
    await office.place(A)
    b = office.has(B, "Ada orang meracuni sumur warga desa", refused=("other",))

    await office.place(B)

    assert office.stored[A].case_id == "other"
    assert office.stored[B].case_id == b.own_case()


async def test_a_batch_that_took_its_time_does_not_read_the_last_minutes_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    office, clock, read = Office(Knowing()), [0.0], 0

    async def placed_since(*_: Any, **__: Any) -> list[Report]:
        nonlocal read
        read += 1
        return []

    async def slow(*_: Any, json: list[dict[str, Any]], **__: Any) -> bytes:
        clock[0] += 12
        return orjson.dumps([{"id": q["id"], "decision": "none"} for q in json])

    office.placed_since = placed_since  # type: ignore[method-assign]
    office.matcher.post = slow  # type: ignore[method-assign]
    monkeypatch.setattr("services.reports.placing.time.monotonic", lambda: clock[0])
    for name in (A, B, C):
        office.has(name, f"{TEXT} {name}")
        await office.place(name)

    assert read == 1


class Says:
    """A matcher with one answer."""

    def __init__(self, **answer: Any) -> None:
        self.answer = answer

    async def post(self, *_: Any, json: list[dict[str, Any]], **__: Any) -> bytes:
        return orjson.dumps([{"id": q["id"], **self.answer} for q in json])


async def test_a_proposal_says_what_was_measured_and_nothing_that_anybody_wrote() -> None:
    why = [
        {"code": "same_words", "value": "0.74"},
        {"code": "other_name", "value": "Budi Santoso"},
        {"code": "told_other_place", "value": "Jombang→Ngoro"},
    ]
    found = {"case_id": "old", "kind": "case", "score": 0.5, "reasons": why}
    imported = {"known_id": "k", "scope": "t1", "score": 0.5, "is_sure": False, "reasons": why[:1]}
    matcher: Any = Says(decision="suggest", candidates=[found], imported=[imported])
    report = a_report(text="Bantuan dibagikan besok pagi oleh Budi Santoso di Ngoro")
    placing = Placing(Shelf(report), matcher, within=1)  # type: ignore[arg-type]

    asked = Incoming(PlaceReport(report_id=REPORT, attempt=1), Context(id=uuid4(), tenant="t1", at=NOON))
    [ready] = await placing.prepare([asked])
    placement: Placement = ready.command.placement  # type: ignore[attr-defined]

    [candidate], [known] = placement.candidates, placement.known
    assert [(r.code, r.value) for r in candidate.reasons] == [
        ("same_words", 0.74),
        ("other_name", None),
        ("told_other_place", None),
    ]
    assert known.reasons == candidate.reasons[:1]
    assert "Santoso" not in placement.model_dump_json()


@pytest.mark.parametrize(
    ("set_to", "asked"),
    [("looser", "looser"), ("stricter", "stricter"), ("of a later version", "usual"), (None, "usual")],
)
async def test_the_matcher_is_as_cautious_as_the_office_wants(set_to: str | None, asked: str) -> None:
    directory = Directory()
    if set_to is not None:
        branding = Branding(name="n", office="o", government="g")
        settings = TenantSettings(match_caution=set_to)
        directory.put(
            TenantRecord(
                id="t1", slug="t1", region_code="32.74", prefix="CRB", branding=branding, settings=settings, version=1
            )
        )
    report, heard = a_report(text="Bantuan dibagikan besok pagi di Ngoro"), list[dict[str, Any]]()

    class Hears(Unsure):
        async def post(self, *_: Any, json: list[dict[str, Any]], **__: Any) -> bytes:
            heard.extend(json)
            return await super().post(json=json)

    matcher: Any = Hears()
    placing = Placing(Shelf(report), matcher, within=1, caution=partial(caution_of, directory))  # type: ignore[arg-type]
    await placing.prepare(
        [Incoming(PlaceReport(report_id=REPORT, attempt=1), Context(id=uuid4(), tenant="t1", at=NOON))]
    )

    assert [question["caution"] for question in heard] == [asked]


SEVERAL = (
    "Mohon dicek tiga kabar ini:\n1. Air PDAM dicampur zat pembersih pipa\n2. Jembatan Kalijaga ditutup setahun karena"
    " retak\n3. Vaksin keliling memakai cairan kedaluwarsa"
)
CLAIM = {
    "text": "Air PDAM dicampur zat pembersih pipa",
    "decision": "match",
    "candidates": [{"case_id": A, "clarification_id": B, "kind": "clarification", "score": 0.97}],
}


class Telling(Knowing):
    """A matcher that answers one claim of several."""

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        found = {"id": question["id"], "decision": "suggest", "candidates": CLAIM["candidates"]}
        return {**found, "claims": [CLAIM]} if question["by_claim"] else found


async def test_one_claim_that_has_its_answer_does_not_answer_the_others() -> None:
    office = Office(Telling())
    office.has(C, SEVERAL)

    await office.place(C)

    placed = office.stored[C]
    assert placed.case_id == placed.own_case()
    assert [(c.text, c.is_sure, c.candidates[0].case_id) for c in placed.claims] == [(CLAIM["text"], True, A)]


async def test_a_copy_of_a_message_of_several_claims_knows_the_same_answers() -> None:
    office = Office(Telling())
    office.has(B, SEVERAL)
    office.has(C, SEVERAL.upper())

    await office.place(B)
    await office.place(C)

    assert len(office.matcher.asked) == 1
    assert office.stored[C].case_id == office.stored[B].case_id
    assert office.stored[C].claims == office.stored[B].claims != ()


async def test_what_brings_a_report_of_several_claims_to_an_answered_case_does_not_answer_it() -> None:
    class Sure(Telling):
        def answer(self, question: dict[str, Any]) -> dict[str, Any]:
            return {**super().answer(question), "decision": "match"}

    office = Office(Sure())
    office.has(C, SEVERAL)

    await office.place(C)

    assert office.stored[C].case_id == office.stored[C].own_case()


def test_what_is_told_of_claims_is_sealed() -> None:
    assert "claims" in ReportMatched.private & Report.private


MANY = str(UUID(int=9))


async def gathered(office: Office, name: str, *, out_of: str, into: str) -> Report:
    command = PlaceReport(report_id=name, out_of=out_of, into=into)
    [placement] = await office.prepared(command)
    report = office.stored[name]
    for event in decide(report, command.model_copy(update={"placement": placement}), context()):
        report = evolve(report, event)
    return report


async def a_small_case(matcher: Knowing) -> tuple[Office, str]:
    """One of two reports, the first of which opened it."""
    office = Office(matcher)
    office.has(A)
    office.has(B, text=f"{TEXT} Kata bidan.")
    await office.place(A)
    own = office.stored[A].case_id
    assert own is not None
    office.matcher.found = {B: own}
    await office.place(B)
    office.opened = {own: an_open_case(own), MANY: an_open_case(MANY)}
    assert office.stored[B].case_id == own
    return office, own


async def test_a_report_of_a_small_case_goes_where_the_same_is_told_by_many() -> None:
    office, own = await a_small_case(Knowing())
    office.matcher.found = {A: MANY, B: MANY}

    moved = [await gathered(office, name, out_of=own, into=MANY) for name in (A, B)]

    assert [(report.case_id, report.outcome) for report in moved] == [(MANY, "match")] * 2
    # What the matcher moved teaches it nothing of the answer: nobody has confirmed it.
    assert not any(teaches(report, is_published=True) for report in moved)


@pytest.mark.parametrize(
    "found", [{}, {A: "another"}, {A: "answered"}], ids=["nothing", "another case", "an answer meanwhile"]
)
async def test_a_report_that_would_be_put_elsewhere_now_stays_in_its_small_case(found: dict[str, str]) -> None:
    office, own = await a_small_case(Knowing())
    office.matcher.found, office.matcher.answered = found, {"answered"}

    into = "answered" if "answered" in found.values() else MANY
    stays = await gathered(office, A, out_of=own, into=into)

    assert stays == office.stored[A]


async def test_a_report_stays_in_a_small_case_that_an_officer_has_in_hand() -> None:
    office, own = await a_small_case(Knowing())
    office.matcher.found = {A: MANY}
    lease = LeaseCase(case_id=own)
    office.opened[own] = after(office.opened[own], lease, RINA)

    assert await gathered(office, A, out_of=own, into=MANY) == office.stored[A]


async def test_a_report_that_has_left_its_small_case_is_no_question() -> None:
    office, own = await a_small_case(Knowing())
    asked = len(office.matcher.asked)
    office.stored[A] = office.stored[A].model_copy(update={"case_id": "elsewhere"})

    assert await gathered(office, A, out_of=own, into=MANY) == office.stored[A]
    assert len(office.matcher.asked) == asked


async def test_what_the_matcher_still_finds_in_a_small_case_follows_its_reports() -> None:
    office, own = await a_small_case(Knowing())
    office.matcher.found = {A: MANY, C: own}
    await gathered(office, A, out_of=own, into=MANY)
    office.has(C, text=f"{TEXT} Tolong sebarkan.")

    await office.place(C)

    assert office.stored[C].case_id == MANY


async def test_a_report_that_waits_takes_no_answer_from_a_look_that_would_gather_it() -> None:
    office, own = await a_small_case(Knowing())
    office.matcher.found = {A: MANY}
    office.stored[A] = office.stored[A].model_copy(update={"ask_again_at": NOON})

    waits = PlaceReport(report_id=A, placement=Placement(outcome="match", case_id="by nobody of us"))
    placements = await office.prepared(waits, PlaceReport(report_id=A, out_of=own, into=MANY))

    assert placements[0] is None
    assert placements[1] is not None
    assert placements[1].case_id == MANY


async def test_what_was_read_in_a_picture_makes_no_claims_of_its_own() -> None:
    office = Office(Knowing())
    office.has(B, SEVERAL)
    office.has(C, SEVERAL, words="Suka Komentari Bagikan\nLihat semua komentar")

    await office.place(B, C)

    asked = {question["id"]: question for question in office.matcher.asked}
    assert "typed" not in asked[B]
    assert (asked[C]["text"], asked[C]["typed"]) == (told(office.stored[C]), SEVERAL)


async def test_what_is_still_passed_on_is_remembered_beyond_all_that_is_told_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(placing, "MOST", 2)
    office = Office(Knowing())
    texts = (TEXT, "Jembatan Kalijaga ditutup setahun", TEXT, "Vaksin keliling memakai cairan kedaluwarsa", TEXT)

    for name, text in zip("abcde", texts, strict=True):
        office.has(str(UUID(int=20 + ord(name))), text=text)
        await office.place(str(UUID(int=20 + ord(name))))

    assert len(office.matcher.asked) == 3
