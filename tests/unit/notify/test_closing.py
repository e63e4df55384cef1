from libs.contracts.notify.delivery import AdvanceClosing, ClosingAdvanced, ClosingPlanned, PlanClosing
from services.notify.closing import index_fields
from services.notify.kinds import CLOSING
from tests.unit.notify.builders import NOW, Story


def planned() -> Story:
    story = Story(CLOSING)
    story.tell(PlanClosing(closing_id="x1", case_id="c1", reason="Tidak beredar lagi.", closed_at=NOW))
    return story


def advance(after: str) -> AdvanceClosing:
    return AdvanceClosing(closing_id="x1", after=after)


def test_a_closing_is_planned_once() -> None:
    story = planned()

    again = story.tell(PlanClosing(closing_id="x1", case_id="c1", reason="Lain.", closed_at=NOW))

    assert [type(e) for e in story.events] == [ClosingPlanned]
    assert again == []


def test_it_goes_on_until_nobody_is_left() -> None:
    story = planned()

    story.tell(advance("t/r1"))
    under_way = index_fields(story.state)
    story.tell(advance(""))

    assert under_way["unfinished_since"] == NOW
    assert "unfinished_since" not in index_fields(story.state)


def test_of_two_workers_with_one_chunk_the_second_comes_too_late() -> None:
    story = planned()
    first = story.tell(advance("t/r2"))

    again = [story.tell(advance("t/r2")), story.tell(advance("t/r1"))]
    story.tell(advance(""))
    again.append(story.tell(advance("")))

    assert [type(e) for e in first] == [ClosingAdvanced]
    assert again == [[], [], []]
