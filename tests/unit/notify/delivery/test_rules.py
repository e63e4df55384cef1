from datetime import timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.notify.delivery import (
    AttemptBegun,
    DeliveryPlanned,
    DeliverySent,
    DeliverySuppressed,
    LoginAddress,
    MarkSentByHand,
    RefuseByHand,
    RefusedByHand,
    RetryDelivery,
    SendLoginLink,
    SendTicketLink,
    SuppressDelivery,
)
from libs.runtime.errors import NotFound, Refused
from services.notify.delivery.rules import due, index_fields, key_subject
from services.notify.kinds import DELIVERY
from tests.unit.notify.builders import NOW, OFFICER, Story, begin, context, plan_delivery, result, to_address


def planned(**more: object) -> Story:
    story = Story(DELIVERY)
    story.tell(plan_delivery(**more), to_address())
    return story


def attempted(**more: object) -> Story:
    story = planned(**more)
    story.tell(begin())
    return story


def test_planning_twice_plans_once() -> None:
    story = planned()

    assert story.tell(plan_delivery(), to_address()) == []


def test_the_address_is_private() -> None:
    story = Story(DELIVERY)

    (event,) = story.tell(plan_delivery(), to_address("warga@contoh.example", "Sri"))

    public = event.model_dump_json(exclude=set(event.private))
    assert "warga@contoh.example" not in public
    assert "Sri" not in public
    assert "warga@contoh.example" not in str(index_fields(story.state))


def test_the_address_is_sealed_with_the_recipients_key() -> None:
    assert key_subject(plan_delivery(recipient="r1")) == "r1"


def test_what_lies_in_the_inbox_is_sent_at_once() -> None:
    events = Story(DELIVERY).tell(plan_delivery(channel="inbox", recipient_kind="partner"))

    assert [type(e) for e in events] == [DeliveryPlanned, DeliverySent]


def test_an_attempt_is_written_before_the_provider_is_called() -> None:
    story = planned()

    (event,) = story.tell(begin())

    assert isinstance(event, AttemptBegun)
    assert story.state.state == "attempting"
    assert "lane" not in index_fields(story.state)


def test_two_processes_cannot_begin_the_same_attempt() -> None:
    story = attempted()

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(begin())


def test_an_attempt_of_another_number_is_refused() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        planned().tell(begin(attempt=2))


def test_an_attempt_at_what_does_not_exist_is_refused() -> None:
    with pytest.raises(NotFound):
        Story(DELIVERY).tell(begin())


def test_a_taken_message_is_sent() -> None:
    story = attempted()

    (event,) = story.tell(result("sent"))

    assert isinstance(event, DeliverySent)
    assert (event.method, event.attempt, story.state.state) == ("automatic", 1, "sent")


def test_a_passing_failure_is_queued_for_later() -> None:
    story = attempted()
    later = NOW + timedelta(seconds=30)

    story.tell(result("failed_transient", code="451", retry_at=later))

    assert (story.state.state, index_fields(story.state)["ready_at"]) == ("failed_transient", later)
    assert story.tell(begin(attempt=2))


def test_a_lasting_failure_is_not_tried_again_by_itself() -> None:
    story = attempted()

    story.tell(result("failed_permanent", code="550"))

    assert "lane" not in index_fields(story.state)
    with pytest.raises(Refused, match="state_conflict"):
        story.tell(begin(attempt=2))


def test_what_nobody_knows_is_not_sent_again_by_itself() -> None:
    story = attempted()

    story.tell(result("unknown"))

    assert "lane" not in index_fields(story.state)
    with pytest.raises(Refused, match="state_conflict"):
        story.tell(begin(attempt=2))


def test_the_sender_knows_better_than_the_clock() -> None:
    story = attempted()
    story.tell(result("unknown"))

    story.tell(result("sent"))

    assert story.state.state == "sent"


def test_the_clock_does_not_make_unknown_what_was_sent() -> None:
    story = attempted()
    story.tell(result("sent"))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(result("unknown"))


def test_an_old_attempt_says_nothing_of_a_new_one() -> None:
    story = attempted()
    story.tell(result("unknown"))
    story.tell(RetryDelivery(delivery_id="d1"), context(actor=OFFICER))
    story.tell(begin(attempt=2))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(result("failed_permanent", attempt=1))


@pytest.mark.parametrize("state", ["unknown", "failed_permanent"])
def test_a_person_sends_again_what_failed_or_is_unknown(state: str) -> None:
    story = attempted()
    story.tell(result(state))

    story.tell(RetryDelivery(delivery_id="d1"), context(actor=OFFICER))

    assert story.state.state == "queued"
    assert index_fields(story.state)["lane"] == 0


def test_what_was_sent_is_not_sent_again() -> None:
    story = attempted()
    story.tell(result("sent"))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(RetryDelivery(delivery_id="d1"), context(actor=OFFICER))


@pytest.mark.parametrize("actor", [None, Actor("p1", ("partner",)), Actor("l1", ("leader",)), Actor("o9", ())])
def test_only_a_working_officer_decides_on_a_delivery(actor: Actor | None) -> None:
    story = planned(channel="whatsapp_manual")

    with pytest.raises(Refused, match="role_missing"):
        story.tell(MarkSentByHand(delivery_id="d1"), context(actor=actor))


def test_a_message_sent_by_hand_is_sent_and_says_how() -> None:
    story = planned(channel="whatsapp_manual")
    waiting = index_fields(story.state)

    (event,) = story.tell(MarkSentByHand(delivery_id="d1"), context(actor=OFFICER))

    assert waiting["by_hand"] == NOW
    assert isinstance(event, DeliverySent)
    assert (event.method, story.state.method) == ("manual", "manual")
    assert "by_hand" not in index_fields(story.state)


def test_a_message_is_ticked_once() -> None:
    story = planned(channel="whatsapp_manual")
    story.tell(MarkSentByHand(delivery_id="d1"), context(actor=OFFICER))

    with pytest.raises(Refused, match="state_conflict"):
        story.tell(MarkSentByHand(delivery_id="d1"), context(actor=OFFICER))


def test_queued_mail_is_not_ticked_by_hand() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        planned().tell(MarkSentByHand(delivery_id="d1"), context(actor=OFFICER))


def test_what_waits_can_be_withdrawn_and_then_never_goes_out() -> None:
    story = planned()

    (event,) = story.tell(SuppressDelivery(delivery_id="d1", reason="no_consent"))

    assert isinstance(event, DeliverySuppressed)
    with pytest.raises(Refused, match="state_conflict"):
        story.tell(begin())


def test_what_was_withdrawn_while_it_was_under_way_is_sent_if_the_provider_took_it() -> None:
    story = planned()
    story.tell(SuppressDelivery(delivery_id="d1", reason="no_consent"))

    failed = story.tell(result("failed_transient"))
    (sent,) = story.tell(result("sent"))

    assert failed == []
    assert isinstance(sent, DeliverySent)
    assert (story.state.state, story.state.attempts) == ("sent", 1)


def test_what_was_withdrawn_while_it_was_under_way_is_unknown_if_nobody_knows_whether_the_provider_took_it() -> None:
    story = planned()
    story.tell(SuppressDelivery(delivery_id="d1", reason="no_consent"))

    story.tell(result("unknown"))

    assert (story.state.state, story.state.attempts) == ("unknown", 1)
    story.tell(result("sent"))
    assert story.state.state == "sent", "the sender itself knows better than the clock did"


def test_what_is_under_way_cannot_be_withdrawn() -> None:
    assert attempted().tell(SuppressDelivery(delivery_id="d1", reason="no_consent")) == []


def test_a_log_in_link_is_private_and_has_a_key_of_its_own() -> None:
    command = SendLoginLink(delivery_id="d1", partner_id="p1")
    story = Story(DELIVERY)

    (event,) = story.tell(command, context(private=LoginAddress(address="m@contoh.example", link="https://x/secret")))

    assert "secret" not in event.model_dump_json(exclude=set(event.private))
    assert key_subject(command) == "d1"
    assert story.state.lane == 0


def test_a_link_to_a_ticket_is_private_and_has_a_key_of_its_own() -> None:
    command = SendTicketLink(delivery_id="d1", report_id="r1", number="CRB-4F7K-9XM2")
    story = Story(DELIVERY)

    (event,) = story.tell(command, context(private=LoginAddress(address="m@contoh.example", link="https://x/secret")))

    assert "secret" not in event.model_dump_json(exclude=set(event.private))
    assert key_subject(command) == "d1"
    assert (story.state.recipient, story.state.number, story.state.lane) == ("r1", "CRB-4F7K-9XM2", 0)


def by_hand(**more: object) -> Story:
    story = Story(DELIVERY)
    story.tell(plan_delivery(channel="whatsapp_manual", **more), to_address("+6281200002066"))
    return story


@pytest.mark.parametrize("reason", ["wrong_number", "unsubscribed"])
def test_what_the_phone_said_takes_the_message_from_the_list_and_names_who_heard_it(reason: str) -> None:
    story = by_hand()

    (event,) = story.tell(RefuseByHand(delivery_id="d1", reason=reason), context(actor=OFFICER))
    again = story.tell(RefuseByHand(delivery_id="d1", reason=reason), context(actor=OFFICER))

    assert isinstance(event, RefusedByHand)
    assert (event.officer, event.recipient, event.channel) == ("o1", "r1", "whatsapp_manual")
    assert (story.state.state, story.state.reason) == ("suppressed", reason)
    assert "by_hand" not in index_fields(story.state)
    assert again == []


def test_a_refusal_that_comes_after_the_message_leaves_it_sent_and_takes_it_from_what_was_sent_lately() -> None:
    story = by_hand()
    story.tell(MarkSentByHand(delivery_id="d1"), context(actor=OFFICER))
    listed = "sent_by_hand" in index_fields(story.state)

    story.tell(RefuseByHand(delivery_id="d1", reason="unsubscribed"), context(actor=OFFICER))

    assert (listed, "sent_by_hand" in index_fields(story.state)) == (True, False)
    assert story.state.state == "sent"


def test_only_officers_hear_refusals_and_only_of_what_is_written_by_hand() -> None:
    mailed = Story(DELIVERY)
    mailed.tell(plan_delivery(), to_address())

    with pytest.raises(Refused, match="state_conflict"):
        mailed.tell(RefuseByHand(delivery_id="d1", reason="wrong_number"), context(actor=OFFICER))
    with pytest.raises(Refused, match="role_missing"):
        by_hand().tell(RefuseByHand(delivery_id="d1", reason="wrong_number"), context())
    with pytest.raises(Refused, match="validation"):
        by_hand().tell(RefuseByHand(delivery_id="d1", reason="superseded"), context(actor=OFFICER))


@pytest.mark.parametrize(
    ("more", "expires"),
    [
        ({"template": "partner_request", "due_at": NOW}, True),
        ({"template": "correction", "due_at": NOW}, False),
        ({"template": "answer", "due_at": NOW}, False),
        ({"template": "partner_request"}, False),
    ],
)
def test_a_request_ends_with_its_hour_and_a_correction_does_not(more: dict[str, object], expires: bool) -> None:
    story = by_hand(**more)

    timers = [(d.name, d.at) for d in due(story.state)]
    story.tell(SuppressDelivery(delivery_id="d1", reason="expired"))

    assert timers == ([("expire", NOW)] if expires else [])
    assert list(due(story.state)) == []


def test_withdrawing_what_was_never_planned_is_nothing() -> None:
    assert Story(DELIVERY).tell(SuppressDelivery(delivery_id="d9", reason="answered")) == []
