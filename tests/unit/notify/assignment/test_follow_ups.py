import pytest

from libs.contracts.messages import Event
from libs.contracts.notify.delivery import AssignmentAcknowledged, AssignmentDeclined, SuppressDelivery
from services.notify.assignment.follow_ups import after_assignment
from services.notify.identities import delivery_id
from tests.unit.notify.builders import NOW


@pytest.mark.parametrize(
    "event",
    [
        AssignmentAcknowledged(assignment_id="a1", bulletin_id="b1", partner_id="p1", at=NOW),
        AssignmentDeclined(assignment_id="a1", bulletin_id="b1", partner_id="p1", reason="other", at=NOW),
    ],
)
def test_what_is_answered_is_asked_by_no_other_channel(event: Event) -> None:
    withdrawn = [f.command for f in after_assignment(event)]

    assert withdrawn == [
        SuppressDelivery(delivery_id=delivery_id("b1", "p1", channel), reason="answered")
        for channel in ("email", "whatsapp_manual")
    ]
