"""What the matcher reads when it is built and when it is told of something: by the chunk, never one by one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord

from libs.contracts.envelope import Envelope
from libs.contracts.ids import SHARED
from libs.contracts.messages import Event
from libs.contracts.reports.case import (
    CaseAbsorbed,
    CaseClosed,
    CaseMerged,
    CaseRecalled,
    CaseReopened,
    CaseRevived,
    DraftSaved,
    KnownDismissed,
    ReportUnlinked,
    SuggestionJudged,
)
from libs.contracts.reports.clarification import ClarificationPublished, IssueClarification
from libs.contracts.reports.known import KnownEntry, KnownRecorded, KnownWithdrawn
from libs.contracts.reports.parts import Mark
from libs.contracts.reports.report import AnswerRated, ReportMatched, ReportMoved
from libs.contracts.words import MatchOutcome
from libs.runtime.mongo import key
from services.reports.case.state import Case
from services.reports.clarification import rules as clarification
from services.reports.clarification.rules import Clarification
from services.reports.known.rules import Known
from services.reports.matching.app import Shelf
from services.reports.matching.engine import Document, Kinds, Matcher
from services.reports.matching.questions import Answer, Question
from services.reports.report.rules import Report
from tests.unit.reports.builders import NOON, REFERENCE, a_draft, an_open_case, context

TENANT = "cirebon"
WORDS = (
    "Air PDAM dicampur zat pembersih pipa dan jangan diminum tiga hari",
    "Vaksin keliling menyuntikkan cairan kedaluwarsa kepada murid kelas satu",
    "Jembatan Kalijaga ditutup setahun karena retak di tiang tengahnya",
    "Bantuan beras dua puluh kilogram dibagikan lewat tautan berhadiah",
)


class Stored:
    """MongoDB as the matcher sees it; counts the questions."""

    def __init__(self, reports: Sequence[Report], cases: Sequence[Case]) -> None:
        self._reports = {key(TENANT, r.report_id): r for r in reports}
        self._cases = {key(TENANT, c.case_id): c for c in cases}
        self.clarifications: dict[str, Clarification] = {}
        self.known: dict[str, dict[str, Any]] = {}
        self.questions = 0

    def collection(self, name: str) -> "_Collection":
        states: dict[str, Mapping[str, Any]] = {
            "report": self._reports,
            "case": self._cases,
            "clarification": self.clarifications,
            "known": self.known,
        }
        return _Collection(self, states.get(name, {}))

    async def opened(self, _: Any, documents: Sequence[Mapping[str, Any]]) -> list[Any]:
        return [d["state"] for d in documents]

    async def reports(self, ids: Iterable[str]) -> dict[str, Report]:
        return self._found(self._reports, ids)

    async def cases(self, ids: Iterable[str]) -> dict[str, Case]:
        return self._found(self._cases, ids)

    def _found(self, stored: Mapping[str, Any], ids: Iterable[str]) -> dict[str, Any]:
        wanted = list(ids)
        self.questions += bool(wanted)
        return {i: stored[i] for i in wanted if i in stored}


class _Collection:
    def __init__(self, stored: Stored, states: Mapping[str, Any]) -> None:
        self._stored, self._states = stored, states

    async def load(self, ids: Iterable[str], *_: Any) -> dict[str, dict[str, Any]]:
        self._stored.questions += 1
        return {i: {"_id": i, "state": self._states[i]} for i in ids if i in self._states}

    async def across_tenants(self, where: Mapping[str, Any], **_: Any) -> list[dict[str, Any]]:
        self._stored.questions += 1
        after = where["_id"]["$gt"]
        known = sorted(self._states.items())
        return [{"_id": i, "tenant": TENANT, "state": s} for i, s in known if i > after]


def a_report(n: int) -> Report:
    report_id = str(uuid4())
    text = f"{WORDS[n % len(WORDS)]} {n}"
    report = Report(report_id=report_id, kind="hoax", number=f"CRB-{n:04}", received_at=NOON, text=text)
    return report.model_copy(update={"case_id": report.own_case(), "state": "linked"})


def a_case(report: Report, **more: Any) -> Case:
    case = an_open_case()
    return case.model_copy(update={"case_id": report.case_id, "sample": (report.report_id,), **more})


def told_of(*events: Event, tenant: str = TENANT) -> list[ConsumerRecord]:
    return [_record(event, tenant) for event in events]


def _record(event: Event, tenant: str) -> ConsumerRecord:
    subject: str = getattr(event, f"{event.aggregate}_id")
    envelope = Envelope(
        id=uuid4(),
        type=event.type_name,
        source="/simpul/reports",
        subject=subject,
        time=NOON,
        tenant=tenant,
        correlation_id="c",
    )
    body, headers = event.model_dump_json().encode(), tuple(envelope.headers())
    return ConsumerRecord("t", 0, 0, 0, 0, b"", body, 0, 0, len(body), headers)


def matched(report: Report) -> ReportMatched:
    return ReportMatched(
        report_id=report.report_id,
        outcome="none",
        kind="hoax",
        case_id=report.case_id,
        opens=True,
        received_at=NOON,
    )


def shelf_of(stored: Stored) -> Shelf:
    return Shelf(cast(Any, stored), cast(Any, stored), Matcher())


def found(shelf: Shelf, text: str) -> list[str]:
    return [c.case_id for c in shelf.answer(Question(id="q", tenant=TENANT, text=text)).candidates]


def is_known(shelf: Shelf, text: str) -> bool:
    return shelf.answer(Question(id="q", tenant=TENANT, text=text)).decision == MatchOutcome.MATCH


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [a_report(n) for n in range(40)]


async def test_it_is_built_in_as_many_questions_for_forty_cases_as_for_one(reports: list[Report]) -> None:
    asked = []
    for some in (reports[:1], reports):
        stored = Stored(some, [a_case(r) for r in some])
        shelf = shelf_of(stored)
        await shelf.build()
        asked.append(stored.questions)
        assert some[0].case_id in found(shelf, some[0].text)

    assert asked[0] == asked[1]


async def test_it_hears_of_forty_new_cases_in_as_many_questions_as_of_one(reports: list[Report]) -> None:
    asked = []
    for some in (reports[:1], reports):
        stored = Stored(some, [a_case(r) for r in some])
        shelf = shelf_of(stored)
        await shelf.take(told_of(*map(matched, some)))
        asked.append(stored.questions)
        assert some[-1].case_id in found(shelf, some[-1].text)

    assert asked[0] == asked[1]


async def test_a_case_that_is_about_to_be_opened_is_known_by_its_report(reports: list[Report]) -> None:
    shelf = shelf_of(Stored(reports[:1], []))

    await shelf.take(told_of(matched(reports[0])))

    assert found(shelf, reports[0].text) == [reports[0].case_id]


async def test_a_case_that_has_ended_meanwhile_is_not_taken_up(reports: list[Report]) -> None:
    shelf = shelf_of(Stored(reports[:1], [a_case(reports[0], state="closed")]))

    await shelf.take(told_of(matched(reports[0])))

    assert found(shelf, reports[0].text) == []


async def test_a_draft_replaces_the_words_of_the_report_and_an_empty_one_gives_them_back(
    reports: list[Report],
) -> None:
    report, claim = reports[0], WORDS[2]
    stored = Stored([report], [a_case(report, draft=a_draft(claim=claim))])
    shelf = shelf_of(stored)
    saved = DraftSaved(case_id=cast(str, report.case_id), draft=a_draft(claim=claim), number=1, author="rina")

    await shelf.take(told_of(saved))
    drafted = is_known(shelf, claim), is_known(shelf, report.text)
    stored._cases[key(TENANT, saved.case_id)] = a_case(report, draft=a_draft(claim=""))
    await shelf.take(told_of(saved))

    assert drafted == (True, False)
    assert is_known(shelf, report.text)


DIFFERENT = "Penyemprotan besar-besaran membuat semua pasar tradisional tutup dua minggu mulai besok pagi"


def published(stored: Stored, report: Report, claim: str) -> ClarificationPublished:
    """The report's case is answered under this claim."""
    draft, case_id = a_draft(claim=claim), cast(str, report.case_id)
    command = IssueClarification(
        clarification_id="k", case_id=case_id, number="CRB-1", version=1, draft=draft, references=(REFERENCE,),
        topic="water", area=None, severity=1, author="rina", approvers=("dimas",), demand=1, at=NOON,
    )  # fmt: skip
    (event,) = clarification.decide(None, command, context())
    stored.clarifications[key(TENANT, "k")] = clarification.evolve(None, event)
    stored._cases[key(TENANT, case_id)] = a_case(report, draft=draft, state="published", version=1)
    return cast(ClarificationPublished, event)


async def test_what_was_linked_by_itself_teaches_nothing_until_a_person_confirms_it(reports: list[Report]) -> None:
    first, text = reports[0], DIFFERENT
    joined = a_report(9).model_copy(update={"text": text, "case_id": first.case_id, "outcome": "match"})
    stored = Stored([first, joined], [a_case(first)])
    shelf = shelf_of(stored)
    await shelf.take(told_of(matched(first), matched(joined).model_copy(update={"opens": False})))
    unconfirmed = found(shelf, text)

    stored._reports[key(TENANT, joined.report_id)] = joined.model_copy(update={"helpful": True})
    await shelf.take(told_of(AnswerRated(report_id=joined.report_id, helpful=True)))
    confirmed = found(shelf, text)
    stored._reports[key(TENANT, joined.report_id)] = joined.model_copy(update={"helpful": False})
    await shelf.take(told_of(AnswerRated(report_id=joined.report_id, helpful=False)))

    assert unconfirmed == []
    assert confirmed == [first.case_id]
    assert found(shelf, text) == []


async def test_a_retelling_leads_others_to_its_case_only_while_that_is_open(reports: list[Report]) -> None:
    told = "Awas! Air PDAM dicampur zat pembersih pipa, jangan diminum selama tiga hari. Sebarkan ke semua warga RW."
    retold = "Sebarkan ke semua warga RW, jangan diminum selama tiga hari: air PDAM dicampur zat pembersih pipa, awas!"
    first = reports[0].model_copy(update={"text": told})
    joined = a_report(9).model_copy(update={"text": retold, "case_id": first.case_id, "outcome": "match"})
    other = a_report(8).model_copy(update={"text": DIFFERENT, "case_id": first.case_id, "outcome": "match"})
    stored = Stored([first, joined, other], [a_case(first)])
    shelf = shelf_of(stored)
    opened = len(shelf._matcher)
    await shelf.take(told_of(matched(first)))

    for report in (joined, other):
        await shelf.take(told_of(matched(report).model_copy(update={"opens": False})))
    open_ = len(shelf._matcher)
    await shelf.take(told_of(published(stored, first, "Air PDAM dicampur zat pembersih")))

    assert open_ == opened + 2, "the case and the retelling; what came by its link says something else"
    assert len(shelf._matcher) == opened + 2, "the answer and the report that opened the case"
    assert (TENANT, joined.report_id) not in shelf._matcher._linked.rows


async def test_a_case_merged_by_officers_lends_its_words_to_the_other(reports: list[Report]) -> None:
    first, text = reports[0], DIFFERENT
    moved = a_report(9).model_copy(update={"text": text, "case_id": first.case_id, "outcome": "none"})
    stored = Stored([first, moved], [a_case(first)])
    shelf = shelf_of(stored)

    await shelf.take(told_of(matched(first), ReportMoved(report_id=moved.report_id, case_id=cast(str, first.case_id))))

    assert found(shelf, text) == [first.case_id]


async def test_a_case_that_is_published_is_still_found_by_the_report_that_opened_it(reports: list[Report]) -> None:
    first = reports[0]
    stored = Stored([first], [a_case(first)])
    heard, built = shelf_of(stored), shelf_of(stored)
    event = published(stored, first, "Pipa air minum dibersihkan dengan zat berbahaya")

    await heard.take(told_of(event))
    await built.build()

    assert is_known(heard, first.text)
    assert is_known(built, first.text)


@pytest.mark.parametrize("how", ["heard", "built"])
async def test_what_officers_said_is_another_case_is_not_proposed_for_that_text_again(
    reports: list[Report], how: str
) -> None:
    first, alike = reports[0], a_report(0)
    alike = alike.model_copy(update={"text": f"{first.text} kata warga"})
    judged = a_case(alike, judged=(first.case_id,))
    stored = Stored([first, alike], [a_case(first), judged if how == "built" else a_case(alike)])
    shelf = shelf_of(stored)
    await shelf.build()
    if how == "heard":
        assert first.case_id in found(shelf, alike.text)
        stored._cases[key(TENANT, judged.case_id)] = judged
        event = SuggestionJudged(case_id=judged.case_id, other=first.case_id, relation="different")
        await shelf.take(told_of(event))

    assert found(shelf, f"  {alike.text.upper()}!") == [alike.case_id]
    assert first.case_id in found(shelf, first.text), "nobody said it of these words"
    elsewhere = shelf.answer(Question(id="q", tenant="jombang", text=alike.text))
    assert elsewhere.candidates == ()


async def test_a_text_that_joins_later_is_kept_apart_as_well(reports: list[Report]) -> None:
    first, alike = reports[0], a_report(0)
    judged = a_case(alike, judged=(first.case_id,))
    later = a_report(0).model_copy(update={"text": f"{first.text} kata tetangga", "case_id": alike.case_id})
    stored = Stored([first, alike, later], [a_case(first), judged])
    shelf = shelf_of(stored)
    await shelf.build()

    await shelf.take(told_of(matched(later).model_copy(update={"opens": False})))

    assert first.case_id not in found(shelf, later.text)


async def test_cases_that_officers_merged_after_all_are_not_kept_apart(reports: list[Report]) -> None:
    first, alike = reports[0], a_report(0)
    alike = alike.model_copy(update={"text": f"{first.text} kata warga"})
    judged = a_case(alike, judged=(first.case_id,))
    stored = Stored([first, alike], [a_case(first), judged])
    shelf = shelf_of(stored)
    await shelf.build()
    both = (cast(str, first.case_id), judged.case_id)
    whole = a_case(first, judged=both, carried=(judged.case_id,), sample=(first.report_id, alike.report_id))
    stored._cases |= {
        key(TENANT, both[0]): whole,
        key(TENANT, both[1]): judged.model_copy(update={"state": "merged", "merged_into": both[0]}),
    }
    stored._reports[key(TENANT, alike.report_id)] = alike.model_copy(update={"case_id": both[0]})
    again = shelf_of(stored)
    into = {"count": 1, "first_at": NOON, "answer_due_at": NOON, "limit_at": NOON}

    await shelf.take(
        told_of(
            CaseMerged.model_validate({"case_id": both[1], "into": both[0], **into}),
            CaseAbsorbed.model_validate({"case_id": both[0], "absorbed": both[1], **into}),
        )
    )
    await again.build()

    assert first.case_id in found(shelf, alike.text)
    assert first.case_id in found(again, alike.text)


async def test_an_answer_of_others_that_officers_put_away_is_not_offered_for_that_text_again(
    reports: list[Report],
) -> None:
    known = a_known("k1")
    report = a_report(0).model_copy(update={"text": known.entry.claim})
    stored = Stored([report], [a_case(report)])
    stored.known[key(TENANT, "k1")] = known.model_dump()
    shelf = shelf_of(stored)
    await shelf.build()
    assert [known_id for known_id, *_ in offered(shelf, report.text)] == ["k1"]
    stored._cases[key(TENANT, cast(str, report.case_id))] = a_case(report, judged=("k1",))

    await shelf.take(told_of(KnownDismissed(case_id=cast(str, report.case_id), known_id="k1")))

    assert offered(shelf, report.text) == []


async def test_a_closed_case_proposes_nothing(reports: list[Report]) -> None:
    report = reports[0]
    shelf = shelf_of(Stored([report], [a_case(report)]))
    await shelf.take(told_of(matched(report)))

    await shelf.take(told_of(CaseClosed(case_id=cast(str, report.case_id))))

    assert found(shelf, report.text) == []


@pytest.mark.parametrize("back", ["recalled", "reopened", "absorbed", "revived"])
async def test_a_case_that_comes_back_proposes_again(reports: list[Report], back: str) -> None:
    report = reports[0]
    case_id = cast(str, report.case_id)
    shelf = shelf_of(Stored([report], [a_case(report)]))
    await shelf.take(told_of(matched(report), CaseClosed(case_id=case_id)))
    mark = Mark(report_id=report.report_id, n=1, reason="message", at=NOON)
    event = {
        "recalled": CaseRecalled(case_id=case_id, mark=mark),
        "reopened": CaseReopened(case_id=case_id, reason="waiting"),
        "absorbed": CaseAbsorbed(case_id=case_id, absorbed="x", count=1, first_at=NOON, answer_due_at=NOON),
        "revived": CaseRevived(case_id=case_id),
    }[back]

    await shelf.take(told_of(CaseClosed(case_id=case_id)))
    closed = is_known(shelf, report.text)
    await shelf.take(told_of(event))

    assert (closed, is_known(shelf, report.text)) == (False, True)


async def test_a_case_that_its_last_report_has_left_proposes_nothing(reports: list[Report]) -> None:
    """It was opened while the matcher was away; its report was taken elsewhere since."""
    report = reports[0]
    case_id = cast(str, report.case_id)
    stored = Stored([report], [a_case(report)])
    shelf = shelf_of(stored)
    await shelf.take(told_of(matched(report)))
    unlinked = ReportUnlinked(case_id=case_id, report_id=report.report_id)

    await shelf.take(told_of(unlinked))
    while_others_ask = found(shelf, report.text)
    stored._cases[key(TENANT, case_id)] = a_case(report, state="closed")
    await shelf.take(told_of(unlinked))

    assert while_others_ask == [case_id]
    assert found(shelf, report.text) == []


async def test_a_case_that_is_drafted_again_after_its_end_is_known(reports: list[Report]) -> None:
    report, claim = reports[0], WORDS[2]
    case_id = cast(str, report.case_id)
    shelf = shelf_of(Stored([report], [a_case(report, draft=a_draft(claim=claim))]))
    saved = DraftSaved(case_id=case_id, draft=a_draft(claim=claim), number=1, author="rina")

    await shelf.take(told_of(CaseClosed(case_id=case_id), saved))

    assert is_known(shelf, claim)


ENTRY = KnownEntry(
    own_id="a-1", publisher="Redaksi Contoh", url="https://periksa.contoh.example/a-1", claim=WORDS[0], label="SALAH"
)


def a_known(known_id: str) -> Known:
    return Known(known_id=known_id, version=1, entry=ENTRY, recorded_at=NOON)


def offered(shelf: Shelf, text: str) -> list[tuple[str, str, bool]]:
    answer = shelf.answer(Question(id="q", tenant=TENANT, text=text))
    return [(i.known_id, i.scope, i.is_sure) for i in answer.imported]


async def test_what_others_answered_is_read_at_the_start_and_followed() -> None:
    stored = Stored([], [])
    stored.known[key(SHARED, "k-1")] = a_known("k-1").model_dump()
    shelf = shelf_of(stored)

    await shelf.build()
    at_first = offered(shelf, WORDS[0])
    changed = ENTRY.model_copy(update={"claim": WORDS[1]})
    await shelf.take(told_of(KnownRecorded(known_id="k-1", version=2, entry=changed, at=NOON), tenant=SHARED))
    then = offered(shelf, WORDS[1]), offered(shelf, WORDS[0])
    await shelf.take(told_of(KnownWithdrawn(known_id="k-1", at=NOON), tenant=SHARED))

    assert at_first == [("k-1", SHARED, True)]
    assert then == ([("k-1", SHARED, True)], [])
    assert offered(shelf, WORDS[1]) == []
    assert found(shelf, WORDS[0]) == []


async def test_claims_are_told_apart_in_what_was_typed(reports: list[Report]) -> None:
    stored = Stored([], [])
    shelf = shelf_of(stored)
    await shelf.build()
    shelf._matcher.add(Document("answered", TENANT, Kinds.CLARIFICATION, WORDS[0]))
    message = "\n\n".join(WORDS)

    def asked(text: str, typed: str | None = None) -> Answer:
        return shelf.answer(Question(id="q", tenant=TENANT, text=text, by_claim=True, typed=typed))

    assert [claim.text for claim in asked(message).claims] == [WORDS[0]]
    assert asked(message).decision != MatchOutcome.MATCH
    assert asked(message, WORDS[0]).claims == ()
