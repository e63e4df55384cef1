from libs.contracts.notify.delivery import RefusedByHand, Unsubscribe
from services.notify.delivery.follow_ups import after_delivery
from tests.unit.notify.builders import NOW


def test_what_an_officer_heard_counts_as_what_the_recipient_said() -> None:
    heard = RefusedByHand(
        delivery_id="d1",
        reason="wrong_number",
        officer="o1",
        recipient="p1",
        recipient_kind="partner",
        channel="whatsapp_manual",
        at=NOW,
    )

    (follow_up,) = after_delivery(heard)

    assert follow_up.command == Unsubscribe(
        recipient="p1",
        recipient_kind="partner",
        channel="whatsapp_manual",
        reason="wrong_number",
        delivery_id="d1",
    )
