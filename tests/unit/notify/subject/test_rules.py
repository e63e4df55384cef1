from datetime import timedelta

import pytest

from libs.contracts.notify.subject import (
    AnswerSubject,
    ContactErased,
    EndSubject,
    EraseContact,
    FollowingStopped,
    NewsNoted,
    NoteNews,
    SettleSubject,
    StopFollowing,
    SubjectFollowed,
    SubjectSettled,
)
from libs.runtime.errors import NotFound, Refused
from services.notify.kinds import SUBJECT
from services.notify.subject.rules import ORPHANED_AFTER, PLAN, WITHDRAW, due, index_fields
from tests.unit.notify.builders import NOW, Story, contact, context, follow, link


def followed_and_linked() -> Story:
    story = Story(SUBJECT)
    story.tell(follow(), contact())
    story.tell(link())
    return story


@pytest.mark.parametrize("contact_first", [True, False])
def test_work_begins_when_contact_and_case_are_both_there_whichever_comes_first(contact_first: bool) -> None:
    story = Story(SUBJECT)
    steps = [(follow(), contact()), (link(), context())]
    first, second = steps if contact_first else reversed(steps)

    story.tell(*first)
    before = story.state.todo
    story.tell(*second)

    assert (before, story.state.todo) == (None, PLAN)
    assert story.state.case_id == "c1"


def test_the_contact_is_private() -> None:
    story = Story(SUBJECT)

    (event,) = story.tell(follow(), contact("warga@contoh.example"))

    assert isinstance(event, SubjectFollowed)
    assert "warga@contoh.example" not in event.model_dump_json(exclude=set(event.private))
    assert "warga@contoh.example" not in str(index_fields(story.state))


def test_a_contact_by_a_channel_that_we_do_not_have_is_refused() -> None:
    with pytest.raises(Refused, match="validation"):
        Story(SUBJECT).tell(follow(channel="pigeon"), contact(channel="pigeon"))


def test_a_follow_without_a_contact_is_refused() -> None:
    with pytest.raises(Refused, match="validation"):
        Story(SUBJECT).tell(follow(), context())


def test_whoever_stops_is_followed_by_a_withdrawal() -> None:
    story = followed_and_linked()

    story.tell(StopFollowing(report_id="r1"))

    assert not story.state.following
    assert story.state.todo == WITHDRAW


def test_a_late_copy_of_the_consent_does_not_undo_its_withdrawal() -> None:
    story = followed_and_linked()
    story.tell(StopFollowing(report_id="r1"))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(follow(), contact())


def test_stopping_what_nobody_follows_is_not_found() -> None:
    story = Story(SUBJECT)
    story.tell(link())

    with pytest.raises(NotFound):
        story.tell(StopFollowing(report_id="r1"))


def test_a_report_that_never_came_orphans_its_follower_after_72_hours() -> None:
    story = Story(SUBJECT)
    story.tell(follow(), contact())

    (timer,) = due(story.state)
    events = story.tell(EndSubject(report_id="r1", reason="orphaned"))

    assert (timer.name, timer.at) == ("orphaned", NOW + ORPHANED_AFTER)
    assert [type(e) for e in events] == [FollowingStopped]
    assert list(due(story.state)) == []


def test_the_orphan_timer_is_nothing_once_the_report_has_come() -> None:
    story = followed_and_linked()

    assert story.tell(EndSubject(report_id="r1", reason="orphaned")) == []


def test_a_refused_report_ends_its_follower_once() -> None:
    story = Story(SUBJECT)
    story.tell(follow(), contact())

    first = story.tell(EndSubject(report_id="r1", reason="refused"))
    again = story.tell(EndSubject(report_id="r1", reason="refused"))

    assert (len(first), again) == (1, [])


def test_a_report_that_is_refused_before_its_follower_comes_lets_none_in() -> None:
    story = Story(SUBJECT)
    story.tell(EndSubject(report_id="r1", reason="refused"))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(follow(), contact())


def test_old_work_does_not_settle_a_newer_call() -> None:
    story = followed_and_linked()
    seen = story.state.change
    story.tell(link(case_id="c2"))

    events = story.tell(SettleSubject(report_id="r1", change=seen))

    assert events == []
    assert story.state.todo == PLAN


def test_an_interim_message_is_remembered() -> None:
    story = followed_and_linked()

    events = story.tell(SettleSubject(report_id="r1", change=story.state.change, interim=True))
    story.tell(link(case_id="c2"))

    assert [type(e) for e in events] == [SubjectSettled]
    assert story.state.interim


def news(identity: str, template: str = "message", note: str = "") -> NoteNews:
    return NoteNews(report_id="r1", news_id=identity, template=template, note=note)


def settle(story: Story, **more: object) -> SettleSubject:
    return SettleSubject(**{"report_id": "r1", "change": story.state.change, **more})


def test_news_call_for_work_once_each() -> None:
    story = followed_and_linked()
    story.tell(settle(story, interim=True))

    story.tell(news("m1"))
    story.tell(news("m2"))
    waiting = [n.id for n in story.state.news]
    story.tell(settle(story))

    assert waiting == ["m1", "m2"]
    assert (story.state.news, story.state.todo, story.state.interim) == ((), None, True)


def test_news_that_come_while_others_are_planned_are_not_settled_with_them() -> None:
    story = followed_and_linked()
    story.tell(news("m1"))
    seen = settle(story)
    story.tell(news("m2"))

    assert story.tell(seen) == []
    assert [n.id for n in story.state.news] == ["m1", "m2"]


def test_news_wait_for_a_contact_that_comes_later() -> None:
    story = Story(SUBJECT)
    story.tell(news("m1"))
    before = story.state.todo

    story.tell(follow(), contact())

    assert (before, story.state.todo, [n.id for n in story.state.news]) == (None, PLAN, ["m1"])


def test_a_report_that_is_screened_out_leaves_its_case_and_keeps_its_follower() -> None:
    story = followed_and_linked()

    (event,) = story.tell(news("s1", "not_continued", "unclear"))

    assert isinstance(event, NewsNoted)
    assert (story.state.following, story.state.discontinued, story.state.case_id) == (True, True, None)


def test_news_of_a_kind_that_we_do_not_have_are_refused() -> None:
    with pytest.raises(Refused, match="validation"):
        followed_and_linked().tell(news("m1", "answer"))


def test_an_answer_that_was_told_with_its_case_starts_the_clock_of_the_contact() -> None:
    story = followed_and_linked()
    story.tell(settle(story, interim=True))
    later = NOW + timedelta(days=30)

    story.tell(settle(story, erase_at=later))

    assert index_fields(story.state)["erase_at"] == later


@pytest.mark.parametrize("erase_at", [None, NOW])
def test_no_clock_is_started_for_a_follower_who_has_stopped(erase_at: object) -> None:
    story = followed_and_linked()
    story.tell(StopFollowing(report_id="r1"))
    story.tell(settle(story, erase_at=NOW))

    assert story.tell(settle(story, erase_at=erase_at)) == []


def test_an_answer_to_one_report_calls_for_work() -> None:
    story = Story(SUBJECT)
    story.tell(follow(kind="complaint"), contact())

    story.tell(AnswerSubject(report_id="r1", answer_id="e1"))

    assert story.state.todo == PLAN


def test_an_erased_contact_is_gone_and_stays_gone() -> None:
    story = followed_and_linked()
    later = NOW + timedelta(days=30)
    story.tell(SettleSubject(report_id="r1", change=story.state.change, erase_at=later))
    waiting = index_fields(story.state).get("erase_at")

    first = story.tell(EraseContact(report_id="r1"))
    again = story.tell(EraseContact(report_id="r1"))

    assert waiting == later
    assert [type(e) for e in first] == [ContactErased]
    assert again == []
    assert story.state.address == ""
    assert "erase_at" not in index_fields(story.state)
