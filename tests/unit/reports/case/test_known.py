"""A case of which another publisher has answered the claim: shown, taken over as a draft, or put aside."""

import pytest

from libs.contracts.ids import SHARED
from libs.contracts.reports.case import AddReference, AdoptKnown, DismissKnown, SaveDraft
from libs.contracts.reports.known import KnownEntry
from libs.contracts.reports.parts import KnownFound
from libs.runtime.errors import Refused
from services.reports.case import rules as case
from services.reports.case.belongings import MOST_KNOWN, belongings_of, known_together, taken_over
from services.reports.case.state import Case
from tests.unit.reports.builders import REFERENCE, RINA, a_draft, after, an_open_case, context

SURE = KnownFound(id="k-1", scope=SHARED, score=0.9, is_sure=True)
MAYBE = KnownFound(id="k-2", scope="cirebon", score=0.4)
ENTRY = KnownEntry(
    own_id="a-1",
    publisher="Redaksi Contoh",
    url="https://periksa.contoh.example/a-1",
    claim="Air PDAM dicampur zat pembersih",
    label="SALAH",
    fact="Air PDAM aman diminum.",
)


@pytest.fixture
def known() -> Case:
    return an_open_case().model_copy(update={"known": (SURE, MAYBE)})


def adoption(expects: int = 0, entry: KnownEntry | None = ENTRY) -> AdoptKnown:
    return AdoptKnown(case_id="c", known_id="k-1", expects=expects, entry=entry)


def test_an_answer_of_others_becomes_a_draft_with_its_publisher_as_source(known: Case) -> None:
    adopted = after(known, adoption(), RINA)

    (source,) = adopted.references
    assert (source.publisher, source.url) == ("Redaksi Contoh", ENTRY.url)
    assert (adopted.draft.claim, adopted.draft.fact) == (ENTRY.claim, ENTRY.fact)
    assert (adopted.draft.verdict, adopted.author) == ("false", RINA.id)
    assert adopted.draft.explanation == "Klaim ini sudah diperiksa Redaksi Contoh. [1]"
    assert not adopted.answered


def test_a_word_that_is_none_of_ours_leaves_the_verdict_open(known: Case) -> None:
    theirs = ENTRY.model_copy(update={"label": "EMPAT PINOKIO"})

    assert after(known, adoption(entry=theirs), RINA).draft.verdict is None


def test_what_stands_in_the_draft_stays_and_the_source_is_cited_by_its_number(known: Case) -> None:
    begun = after(known, AddReference(case_id="c", reference=REFERENCE), RINA)
    begun = after(begun, SaveDraft(case_id="c", draft=a_draft(explanation=""), expects=0), RINA)

    adopted = after(begun, adoption(expects=1), RINA)

    assert adopted.draft.fact == begun.draft.fact
    assert adopted.draft.verdict == "scam"
    assert adopted.draft.explanation.endswith("[2]")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (adoption(expects=3), "version_conflict"),
        (adoption(entry=None), "state_conflict"),
        (AdoptKnown(case_id="c", known_id="k-9", expects=0, entry=ENTRY), "state_conflict"),
        (DismissKnown(case_id="c", known_id="k-9"), "validation"),
    ],
)
def test_what_is_not_there_or_was_written_meanwhile_is_refused(
    known: Case, command: AdoptKnown | DismissKnown, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        list(case.decide(known, command, context(RINA)))

    assert refused.value.code == code


def test_only_officers_take_it_over(known: Case) -> None:
    with pytest.raises(Refused):
        list(case.decide(known, adoption(), context(None)))


def test_what_was_put_aside_does_not_come_back_with_the_next_report(known: Case) -> None:
    dismissed = after(known, DismissKnown(case_id="c", known_id="k-1"), RINA)

    assert [k.id for k in dismissed.known] == ["k-2"]
    assert [k.id for k in known_together(dismissed.known, [SURE], without=dismissed.judged)] == ["k-2"]
    assert list(case.decide(dismissed, DismissKnown(case_id="c", known_id="k-1"), context(RINA))) == []


def test_each_stands_once_the_surest_first_and_no_more_than_are_shown() -> None:
    many = [KnownFound(id=f"k-{n}", scope=SHARED, score=n / 10) for n in range(5, 9)]

    found = known_together([MAYBE], [SURE, MAYBE.model_copy(update={"score": 0.1}), *many], without=())

    assert [k.id for k in found] == ["k-1", "k-8", "k-7"]
    assert len(found) == MOST_KNOWN


def test_a_case_that_joins_another_brings_what_others_answered(known: Case) -> None:
    other = an_open_case().model_copy(update={"case_id": "other", "judged": ("k-2",)})

    changed = taken_over(other, belongings_of(known), of=known.case_id)

    assert [k.id for k in changed["known"]] == ["k-1"]
