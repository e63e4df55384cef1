from datetime import timedelta

import pytest

from libs.contracts.directory import PartnerRecord
from libs.contracts.notify.delivery import Unsubscribe
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity
from services.notify.audience import channels_of, messages_for, partners_after, refused
from services.notify.bulletin.rules import Bulletin
from services.notify.closing import Closing
from services.notify.kinds import SUPPRESSION
from services.notify.subject.rules import News, Subject
from services.notify.suppression.rules import Suppression
from tests.unit.notify.builders import NOW, Story, plan_bulletin


def a_partner(identity: str, *, area: str = "35.17", state: str = "active") -> PartnerRecord:
    return PartnerRecord(
        version=1, id=identity, tenant="t", partner_kind="activist", state=state, area=area, run_by_office=False
    )


def a_bulletin(version: int = 1) -> Bulletin:
    return Bulletin(**plan_bulletin(version=version).model_dump(exclude={"sealed", "body_hash"}), planned_at=NOW)


def a_subject(**more: object) -> Subject:
    return Subject(**{"report_id": "r1", "following": True, "linked": True, "case_id": "c1", **more})


def test_partners_come_in_chunks_and_only_active_ones() -> None:
    partners = [a_partner("c"), a_partner("a"), a_partner("b", state="suspended"), a_partner("d")]

    first = partners_after(partners, places=["35.17"], after="", most=2)
    rest = partners_after(partners, places=["35.17"], after="c", most=2)

    assert [p.id for p in first] == ["a", "c"]
    assert [p.id for p in rest] == ["d"]


def test_a_partner_gets_one_message_per_channel_and_the_inbox_always() -> None:
    contacts = [
        ContactPoint(channel="email", address="a@contoh.example"),
        ContactPoint(channel="email", address="b@contoh.example"),
        ContactPoint(channel="whatsapp_manual", address="+6281200002066"),
    ]

    assert [(c.channel, c.address) for c in channels_of(contacts)] == [
        ("inbox", ""),
        ("email", "a@contoh.example"),
        ("whatsapp_manual", "+6281200002066"),
    ]
    assert [c.channel for c in channels_of(())] == ["inbox"]


@pytest.mark.parametrize(
    ("subject", "bulletin", "told", "template"),
    [
        ({}, True, False, "answer"),
        ({}, True, True, "correction"),
        ({}, False, False, "interim"),
        ({"interim": True}, False, False, None),
        ({"clarification_id": "k1"}, False, False, None),
        ({"kind": "complaint"}, False, False, "receipt"),
        ({"kind": "complaint", "interim": True}, False, False, None),
        ({"kind": "complaint", "answer_id": "e1"}, False, False, "answer"),
        ({"following": False}, True, False, None),
        ({"discontinued": True}, True, False, None),
    ],
)
def test_a_follower_is_owed_the_answer_or_one_word_that_it_is_being_checked(
    subject: dict[str, object], bulletin: bool, told: bool, template: str | None
) -> None:
    messages = messages_for(a_subject(**subject), a_bulletin() if bulletin else None, None, told_before=told)

    assert [m.template for m in messages] == ([template] if template else [])


def a_closing() -> Closing:
    return Closing(closing_id="x1", case_id="c1", reason="Tidak beredar lagi.", closed_at=NOW)


@pytest.mark.parametrize(
    ("linked", "template"),
    [(None, "not_continued"), (timedelta(), "not_continued"), (timedelta(milliseconds=1), "interim")],
)
def test_a_closed_case_is_news_to_whoever_was_in_it_and_none_to_whoever_opened_it_again(
    linked: timedelta | None, template: str
) -> None:
    subject = a_subject(linked_at=NOW + linked if linked is not None else None)

    (message,) = messages_for(subject, None, a_closing(), told_before=False)

    assert message.template == template


def test_an_answer_outdoes_a_closing() -> None:
    (message,) = messages_for(a_subject(linked_at=NOW), a_bulletin(), a_closing(), told_before=False)

    assert (message.template, message.bulletin_id) == ("answer", "b1")


def test_each_piece_of_news_is_a_message_of_its_own_beside_where_the_report_stands() -> None:
    news = (News(id="m1", template="message"), News(id="m2", template="message"))

    messages = messages_for(a_subject(news=news), a_bulletin(), None, told_before=False)

    assert [(m.id, m.template) for m in messages] == [("m1", "message"), ("m2", "message"), ("b1", "answer")]


OLD, NEW = "+6281200002066", "+6281200009999"


def suppressed(*events: Unsubscribe) -> Suppression:
    story = Story(SUPPRESSION)
    for event in events:
        story.tell(event)
    found: Suppression = story.state
    return found


def stop(reason: str, channel: str = "whatsapp_manual") -> Unsubscribe:
    delivery = "d1" if reason == "wrong_number" else None
    return Unsubscribe(recipient="p1", recipient_kind="partner", channel=channel, reason=reason, delivery_id=delivery)


@pytest.mark.parametrize(
    ("suppression", "number", "reasons"),
    [
        (None, OLD, {}),
        (suppressed(stop("unsubscribed", "email")), OLD, {"email": "unsubscribed"}),
        (suppressed(stop("unsubscribed")), NEW, {"whatsapp_manual": "unsubscribed"}),
        (suppressed(stop("wrong_number")), OLD, {"whatsapp_manual": "wrong_number"}),
        (suppressed(stop("wrong_number")), NEW, {}),
        (suppressed(stop("wrong_number"), stop("unsubscribed")), NEW, {"whatsapp_manual": "unsubscribed"}),
        (suppressed(stop("unsubscribed"), stop("wrong_number")), NEW, {"whatsapp_manual": "unsubscribed"}),
    ],
)
def test_a_refused_channel_is_not_used_and_a_wrong_number_only_as_long_as_it_is_the_same(
    suppression: Suppression | None, number: str, reasons: dict[str, str]
) -> None:
    identity = PartnerIdentity(
        name="KIM Kecapi",
        contacts=(
            ContactPoint(channel="email", address="a@contoh.example"),
            ContactPoint(channel="whatsapp_manual", address=number),
        ),
    )

    assert refused(suppression, identity, {"d1": OLD}) == reasons
