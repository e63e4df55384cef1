"""What the public page says of a match: a decision about one candidate is never shown with the answer of another."""

from libs.contracts.reports.clarification import IssueClarification
from libs.contracts.reports.reads import ClaimMatch, MatchAnswer, MatchView
from services.reports.clarification import rules as clarification
from services.reports.clarification.reads import match_view
from services.reports.clarification.rules import Clarification
from services.reports.matching.questions import Answer, Found
from tests.unit.reports.builders import NOON, REFERENCE, a_draft, context

MARKET = "Penculikan anak memakai motor merah terjadi di Pasar Cikijing"
OPEN = Found(case_id="open", kind="case", score=1.0)
ANSWERED = Found(case_id="answered", clarification_id="k", kind="clarification", score=0.9)


def answer() -> dict[str, Clarification]:
    command = IssueClarification(
        clarification_id="k", case_id="answered", number="CRB-1", version=1, draft=a_draft(claim=MARKET),
        references=(REFERENCE,), topic="crime", area=None, severity=1, author="rina", approvers=("dimas",), demand=1,
        at=NOON,
    )  # fmt: skip
    (event,) = clarification.decide(None, command, context())
    return {"answered": clarification.evolve(None, event)}


def test_the_match_of_an_open_case_is_no_match_of_the_answer_beside_it() -> None:
    view = match_view(MARKET, Answer(id="q", decision="match", candidates=(OPEN, ANSWERED)), answer())

    assert view.outcome == "suggest"
    assert [a.card.case_id for a in view.answers] == ["answered"]


def test_the_match_of_an_answer_is_shown_as_such() -> None:
    assert (
        match_view(MARKET, Answer(id="q", decision="match", candidates=(ANSWERED, OPEN)), answer()).outcome == "match"
    )


def test_an_answer_that_was_taken_back_meanwhile_is_not_shown() -> None:
    view = match_view(MARKET, Answer(id="q", decision="match", candidates=(ANSWERED,)), {})

    assert (view.outcome, view.answers) == ("none", ())


def test_what_the_claim_turns_on_is_shown() -> None:
    text = MARKET.replace("terjadi", "tidak terjadi")

    (shown,) = match_view(text, Answer(id="q", decision="suggest", candidates=(ANSWERED,)), answer()).answers

    assert [(d.what, d.theirs, d.ours) for d in shown.differences if not d.same] == [
        ("polarity", "tidak terjadi", "terjadi")
    ]


def test_what_is_told_for_a_claim_is_not_told_again_beside_it() -> None:
    (shown,) = match_view(MARKET, Answer(id="q", decision="suggest", candidates=(ANSWERED,)), answer()).answers
    other = shown.model_copy(update={"card": shown.card.model_copy(update={"id": "other"})})
    claim = ClaimMatch(text=MARKET, outcome="match", answer=shown)

    view = MatchView(outcome="suggest", answers=(shown, other), claims=(claim,))

    assert view.offers
    assert view.besides.answers == (other,)
    assert MatchView(outcome="suggest", answers=(other,), claims=(claim,) * 3).besides.answers == (other,)
    cards = [shown.card.model_copy(update={"id": f"{n}"}) for n in range(3)]
    many = tuple(ClaimMatch(text=MARKET, outcome="match", answer=MatchAnswer(card=card, score=0.9)) for card in cards)
    assert MatchView(outcome="suggest", answers=(other,), claims=many).besides.answers == ()
