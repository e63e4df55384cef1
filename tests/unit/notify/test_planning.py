"""What the workers plan, and what they withdraw: every reason of a suppression, and every edge of a chunk."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from libs.contracts.notify.delivery import (
    BeginAttempt,
    HoldAnswers,
    MarkSentByHand,
    PlanClosing,
    PlanDelivery,
    RecordResult,
    RefuseByHand,
    Unsubscribe,
)
from libs.contracts.notify.subject import EndSubject, NoteNews, StopFollowing
from libs.runtime.aggregates import Incoming
from services.notify import planning
from services.notify.identities import bulletin_id
from services.notify.planning import HELD_FOR
from tests.unit.notify.builders import NOW, OFFICER, contact, context, follow, link, plan_bulletin
from tests.unit.notify.desk import Desk

MAIL, PHONE, OTHER = "kim@contoh.example", "+6281200002066", "+6281200009999"


@pytest.fixture
def desk() -> Desk:
    return Desk()


def unsubscribe(channel: str) -> Unsubscribe:
    return Unsubscribe(recipient="p1", recipient_kind="partner", channel=channel)


@pytest.mark.parametrize("channel", ["email", "whatsapp_manual"])
async def test_a_partners_unsubscribed_channel_is_not_used_when_a_bulletin_is_planned(desk: Desk, channel: str) -> None:
    desk.partner("p1", ("email", MAIL), ("whatsapp_manual", PHONE))
    await desk.tell(unsubscribe(channel))

    await desk.tell(plan_bulletin())
    await desk.work()

    states = {d["channel"]: (d["state"], d["reason"]) for d in await desk.deliveries("p1")}
    other = "email" if channel == "whatsapp_manual" else "whatsapp_manual"
    assert states == {
        "inbox": ("sent", ""),
        channel: ("suppressed", "unsubscribed"),
        other: ("queued", ""),
    }


async def test_all_channels_that_a_partner_refused_are_left(desk: Desk) -> None:
    desk.partner("p1", ("email", MAIL), ("whatsapp_manual", PHONE))
    for channel in ("email", "whatsapp_manual"):
        await desk.tell(unsubscribe(channel))

    await desk.tell(plan_bulletin())
    await desk.work()

    states = {d["channel"]: d["state"] for d in await desk.deliveries("p1")}
    assert states == {"inbox": "sent", "email": "suppressed", "whatsapp_manual": "suppressed"}


async def test_another_partners_refusal_is_not_this_ones(desk: Desk) -> None:
    desk.partner("p1", ("email", MAIL))
    desk.partner("p2", ("email", "lain@contoh.example"))
    await desk.tell(unsubscribe("email"))

    await desk.tell(plan_bulletin())
    await desk.work()

    assert await desk.states("p2", channel="email") == [("partner_request", "queued", "")]


async def test_a_wrong_number_is_not_written_to_and_the_next_number_is(desk: Desk) -> None:
    desk.partner("p1", ("whatsapp_manual", PHONE))
    await desk.tell(plan_bulletin())
    await desk.work()
    (first,) = await desk.deliveries("p1", channel="whatsapp_manual")
    await desk.tell(RefuseByHand(delivery_id=first["delivery_id"], reason="wrong_number"), context(actor=OFFICER))
    wrong = Unsubscribe(
        recipient="p1",
        recipient_kind="partner",
        channel="whatsapp_manual",
        reason="wrong_number",
        delivery_id=first["delivery_id"],
    )
    await desk.tell(wrong)

    await desk.tell(plan_bulletin(bulletin_id="b2", case_id="c2", clarification_id="k2"))
    await desk.work()
    desk.partner("p1", ("whatsapp_manual", OTHER))
    await desk.tell(plan_bulletin(bulletin_id="b3", case_id="c3", clarification_id="k3"))
    await desk.work()

    by_bulletin = {
        d["bulletin_id"]: (d["state"], d["reason"]) for d in await desk.deliveries("p1", channel="whatsapp_manual")
    }
    assert by_bulletin == {
        "b1": ("suppressed", "wrong_number"),
        "b2": ("suppressed", "wrong_number"),
        "b3": ("queued", ""),
    }


async def test_the_partner_of_a_place_that_the_claim_names_is_asked_too(desk: Desk) -> None:
    for identity, area in (("kejaksan", "32.74.01"), ("harjamukti", "32.74.03"), ("city", "32.74")):
        desk.partner(identity, ("email", MAIL), area=area)

    await desk.tell(plan_bulletin(area="32.74.01", claim="Air PDAM dicampur zat pembersih"))
    await desk.tell(
        plan_bulletin(
            bulletin_id="b2", case_id="c2", clarification_id="k2", area="32.74.01", claim="Air di Harjamukti berbahaya"
        )
    )
    await desk.work()

    asked = {p: {d["bulletin_id"] for d in await desk.deliveries(p)} for p in ("kejaksan", "harjamukti", "city")}
    assert asked == {"kejaksan": {"b1", "b2"}, "harjamukti": {"b2"}, "city": {"b1", "b2"}}


async def test_what_waits_of_an_earlier_version_is_superseded_and_what_was_sent_is_corrected(desk: Desk) -> None:
    desk.partner("p1", ("email", MAIL), ("whatsapp_manual", PHONE))
    await desk.tell(plan_bulletin(bulletin_id=bulletin_id("k1", 1)))
    await desk.work()
    (by_hand,) = await desk.deliveries("p1", channel="whatsapp_manual")
    await desk.tell(MarkSentByHand(delivery_id=by_hand["delivery_id"]), context(actor=OFFICER))

    await desk.tell(plan_bulletin(bulletin_id=bulletin_id("k1", 2), version=2, change_note="Tanggalnya"))
    await desk.work()

    assert await desk.states("p1", channel="email") == [
        ("correction", "queued", ""),
        ("partner_request", "suppressed", "superseded"),
    ]


async def test_the_first_word_is_superseded_by_the_answer(desk: Desk) -> None:
    await desk.follower("r1")
    await desk.work()

    await desk.tell(plan_bulletin())
    await desk.work()

    assert await desk.states("r1") == [("answer", "queued", ""), ("interim", "suppressed", "superseded")]


async def test_a_correction_of_the_case_that_one_left_does_not_supersede_the_first_word_of_the_other(
    desk: Desk,
) -> None:
    await desk.follower("r1")
    await desk.tell(plan_bulletin(bulletin_id=bulletin_id("k1", 1)))
    await desk.work()
    (answer,) = await desk.deliveries("r1", template="answer")
    await desk.tell(BeginAttempt(delivery_id=answer["delivery_id"], attempt=1))
    await desk.tell(RecordResult(delivery_id=answer["delivery_id"], attempt=1, result="sent"))
    await desk.tell(link(report_id="r1", case_id="c2"))
    await desk.work()

    await desk.tell(plan_bulletin(bulletin_id=bulletin_id("k1", 2), version=2, change_note="Tanggalnya"))
    await desk.work()

    assert await desk.states("r1") == [("answer", "sent", ""), ("correction", "queued", ""), ("interim", "queued", "")]


async def test_the_first_word_is_not_superseded_by_a_message(desk: Desk) -> None:
    await desk.follower("r1")
    await desk.work()

    await desk.tell(NoteNews(report_id="r1", news_id="m1", template="message"))
    await desk.work()

    assert await desk.states("r1") == [("interim", "queued", ""), ("message", "queued", "")]


async def test_whoever_stops_while_it_is_planned_hears_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.follower("r1")
    apply, stopped = desk.engine.apply, list[str]()

    async def stopping(incoming: Sequence[Incoming]) -> object:
        if not stopped and any(isinstance(i.command, PlanDelivery) for i in incoming):
            stopped.append("r1")
            await desk.tell(StopFollowing(report_id="r1"))
        return await apply(incoming)

    monkeypatch.setattr(desk.engine, "apply", stopping)
    await desk.work()

    assert await desk.states("r1") == [("interim", "suppressed", "no_consent")]


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (StopFollowing(report_id="r1"), "no_consent"),
        (EndSubject(report_id="r1", reason="withdrawn"), "no_consent"),
        (EndSubject(report_id="r1", reason="unsubscribed"), "unsubscribed"),
        (EndSubject(report_id="r1", reason="wrong_number"), "wrong_number"),
    ],
)
async def test_what_waits_for_a_follower_who_ended_is_withdrawn_with_the_reason(
    desk: Desk, end: StopFollowing | EndSubject, reason: str
) -> None:
    await desk.follower("r1")
    await desk.follower("r2")
    await desk.work()

    await desk.tell(end)
    await desk.upkeep.withdraw()
    await desk.tell(plan_bulletin())
    await desk.work()

    assert await desk.states("r1") == [("interim", "suppressed", reason)]
    assert ("answer", "queued", "") in await desk.states("r2")


async def test_a_refused_channel_withdraws_what_waits_on_it_and_nothing_else(desk: Desk) -> None:
    desk.partner("p1", ("email", MAIL), ("whatsapp_manual", PHONE))
    await desk.tell(plan_bulletin())
    await desk.work()

    await desk.tell(unsubscribe("email"))
    await desk.upkeep.withdraw()

    states = {d["channel"]: (d["state"], d["reason"]) for d in await desk.deliveries("p1")}
    assert states["email"] == ("suppressed", "unsubscribed")
    assert states["whatsapp_manual"] == ("queued", "")


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5])
async def test_nobody_is_left_out_at_the_edge_of_a_chunk(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    monkeypatch.setattr(planning, "CHUNK", 2)
    for n in range(people):
        await desk.follower(f"r{n}")
        desk.partner(f"p{n}", ("email", MAIL))
    await desk.work()

    await desk.tell(plan_bulletin(area=None))
    await desk.work()

    for n in range(people):
        assert ("answer", "queued", "") in await desk.states(f"r{n}")
        assert ("partner_request", "queued", "") in await desk.states(f"p{n}", channel="email")


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5])
async def test_nobody_is_left_out_when_a_case_is_closed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, people: int
) -> None:
    monkeypatch.setattr(planning, "CHUNK", 2)
    for n in range(people):
        await desk.follower(f"r{n}")
    await desk.work()

    await desk.tell(PlanClosing(closing_id="x1", case_id="c1", reason="Tidak beredar.", closed_at=NOW))
    await desk.work()

    for n in range(people):
        assert ("not_continued", "queued", "") in await desk.states(f"r{n}")
        assert (await desk.subject(f"r{n}")).erase_at == NOW + timedelta(days=30)


async def test_a_contact_that_comes_after_the_closing_is_told_and_a_report_that_does_is_not(desk: Desk) -> None:
    await desk.tell(PlanClosing(closing_id="x1", case_id="c1", reason="Tidak beredar.", closed_at=NOW))
    await desk.work()

    await desk.follower("r1", linked_at=NOW - timedelta(hours=1))
    await desk.follower("r2", linked_at=NOW + timedelta(hours=1))
    await desk.work()

    assert await desk.states("r1") == [("not_continued", "queued", "")]
    assert await desk.states("r2") == [("interim", "queued", "")]


async def test_a_case_that_has_its_answer_is_closed_in_silence(desk: Desk) -> None:
    await desk.follower("r1")
    await desk.tell(plan_bulletin())
    await desk.work()

    await desk.tell(PlanClosing(closing_id="x1", case_id="c1", reason="Selesai.", closed_at=NOW))
    await desk.work()

    assert "not_continued" not in {template for template, _, _ in await desk.states("r1")}


async def test_a_paused_answer_waits_and_a_message_of_the_office_does_not(desk: Desk) -> None:
    await desk.follower("r1", case="c9")
    await desk.work()
    await desk.tell(HoldAnswers(clarification_id="k1", paused=True))
    await desk.tell(plan_bulletin())
    await desk.tell(link(case_id="c1", clarification_id="k1"))
    await desk.tell(NoteNews(report_id="r1", news_id="m1", template="message"))

    await desk.work()
    paused = await desk.states("r1")
    await desk.tell(HoldAnswers(clarification_id="k1", paused=False))
    desk.now += HELD_FOR
    await desk.work()

    assert paused == [("interim", "queued", ""), ("message", "queued", "")]
    assert await desk.states("r1") == [
        ("answer", "queued", ""),
        ("interim", "suppressed", "superseded"),
        ("message", "queued", ""),
    ]


async def test_the_contact_of_a_follower_who_was_answered_has_its_last_day_and_one_who_waits_has_none(
    desk: Desk,
) -> None:
    await desk.follower("r1")
    await desk.follower("r2", case="c2")
    await desk.work()

    await desk.tell(plan_bulletin())
    await desk.work()

    assert (await desk.subject("r1")).erase_at == NOW + timedelta(days=30)
    assert (await desk.subject("r2")).erase_at is None


async def test_a_receipt_is_written_once_and_the_answer_follows(desk: Desk) -> None:
    await desk.tell(follow(kind="complaint"), contact())
    await desk.tell(link(case_id=None, outcome="unmatched"))
    await desk.work()
    await desk.tell(link(case_id=None, outcome="unmatched"))
    await desk.work()

    assert await desk.states("r1") == [("receipt", "queued", "")]


class Killed(Exception):
    """The process ends here."""


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("call", range(12))
async def test_a_planner_that_is_killed_anywhere_tells_nobody_twice_and_leaves_nobody_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, call: int, *, after: bool
) -> None:
    monkeypatch.setattr(planning, "CHUNK", 2)
    for n in range(3):
        await desk.follower(f"a{n}")
        await desk.follower(f"b{n}", case="c2")
    await desk.tell(NoteNews(report_id="a0", news_id="m1", template="message"))
    desk.partner("p1", ("email", MAIL))
    await desk.tell(plan_bulletin(area=None))
    await desk.tell(PlanClosing(closing_id="x1", case_id="c2", reason="Tidak beredar.", closed_at=NOW))
    apply, calls = desk.engine.apply, list[int]()

    async def dying(incoming: Sequence[Incoming]) -> object:
        calls.append(1)
        is_here = len(calls) == call + 1
        if is_here and not after:
            raise Killed
        done = await apply(incoming)
        if is_here:
            raise Killed
        return done

    monkeypatch.setattr(desk.engine, "apply", dying)
    with pytest.raises(Killed):
        await desk.work()
    monkeypatch.setattr(desk.engine, "apply", apply)
    await desk.work()

    def told(states: list[tuple[str, str, str]]) -> list[str]:
        return [template for template, state, _ in states if state == "queued"]

    assert [told(await desk.states(f"a{n}")) for n in range(3)] == [["answer", "message"], ["answer"], ["answer"]]
    assert [told(await desk.states(f"b{n}")) for n in range(3)] == [["not_continued"]] * 3
    assert told(await desk.states("p1", channel="email")) == ["partner_request"]
    assert {(await desk.subject(f"{c}{n}")).erase_at for c in "ab" for n in range(3)} == {NOW + timedelta(days=30)}
