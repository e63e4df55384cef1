import pytest

from libs.contracts.notify.delivery import AdvanceBulletin, HoldAnswers, SettleSuppression, Unsubscribe
from libs.runtime.errors import Refused
from services.notify.bulletin.rules import DONE, PARTNERS, SUBJECTS, index_fields
from services.notify.kinds import BULLETIN, HOLD, SUPPRESSION
from tests.unit.notify.builders import Story, plan_bulletin


def advance(stage: str, after: str = "", planned: int = 0) -> AdvanceBulletin:
    return AdvanceBulletin(bulletin_id="b1", stage=stage, after=after, planned=planned)


def test_a_version_is_planned_once() -> None:
    story = Story(BULLETIN)
    story.tell(plan_bulletin())

    assert story.tell(plan_bulletin()) == []


def test_the_cursor_moves_forward_only() -> None:
    story = Story(BULLETIN)
    story.tell(plan_bulletin())
    story.tell(advance(SUBJECTS, "t/r5", 500))

    behind = [story.tell(advance(SUBJECTS, "t/r5", 500)), story.tell(advance(SUBJECTS, "t/r3", 500))]
    ahead = story.tell(advance(PARTNERS))

    assert behind == [[], []]
    assert len(ahead) == 1
    assert (story.state.stage, story.state.planned) == (PARTNERS, 500)


def test_a_finished_bulletin_asks_for_no_more_work() -> None:
    story = Story(BULLETIN)
    story.tell(plan_bulletin())
    before = "unfinished_since" in index_fields(story.state)

    story.tell(advance(DONE))

    assert before
    assert "unfinished_since" not in index_fields(story.state)


def test_a_paused_answer_goes_on_and_a_retracted_one_does_not() -> None:
    story = Story(HOLD)
    story.tell(HoldAnswers(clarification_id="k1", paused=True))
    paused = story.state.holds
    story.tell(HoldAnswers(clarification_id="k1", paused=False))
    resumed = story.state.holds
    story.tell(HoldAnswers(clarification_id="k1", paused=True, retracted=True))
    after = story.tell(HoldAnswers(clarification_id="k1", paused=False))

    assert (paused, resumed, after, story.state.holds) == (True, False, [], True)


def unsubscribe(channel: str = "email") -> Unsubscribe:
    return Unsubscribe(recipient="p1", recipient_kind="partner", channel=channel)


def test_an_unsubscribed_channel_is_unsettled_until_its_queue_is_withdrawn() -> None:
    story = Story(SUPPRESSION)
    story.tell(unsubscribe())
    before = story.state.unsettled

    story.tell(SettleSuppression(recipient="p1", channels=("email",)))
    again = story.tell(SettleSuppression(recipient="p1", channels=("email",)))

    assert (before, story.state.unsettled, story.state.channels, again) == (("email",), (), ("email",), [])


def test_the_inbox_cannot_be_unsubscribed() -> None:
    with pytest.raises(Refused, match="validation"):
        Story(SUPPRESSION).tell(unsubscribe("inbox"))
