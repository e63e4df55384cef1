from libs.contracts.notify.delivery import Unsubscribed
from libs.contracts.notify.subject import EndSubject
from services.notify.suppression.follow_ups import after_suppression


def test_a_reporter_who_unsubscribes_follows_no_more_and_a_partner_stays_a_partner() -> None:
    reporter = Unsubscribed(recipient="r1", recipient_kind="report", channel="email")
    partner = Unsubscribed(recipient="p1", recipient_kind="partner", channel="email")

    assert [f.command for f in after_suppression(reporter)] == [EndSubject(report_id="r1", reason="unsubscribed")]
    assert list(after_suppression(partner)) == []


def test_a_wrong_number_ends_its_follower_as_such() -> None:
    wrong = Unsubscribed(
        recipient="r1", recipient_kind="report", channel="whatsapp_manual", reason="wrong_number", delivery_id="d1"
    )

    assert [f.command for f in after_suppression(wrong)] == [EndSubject(report_id="r1", reason="wrong_number")]
