"""The list of what an officer sends from the office's phone: person by person, and only what is still to be sent."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pydantic import TypeAdapter

from libs.contracts.envelope import Actor
from libs.contracts.notify.delivery import AnswerAssignment, MarkSentByHand, RefuseByHand
from libs.contracts.notify.reads import AssignmentView, ByHandRow
from libs.contracts.reads import Page
from libs.contracts.registry.partner import ContactPoint
from libs.runtime.errors import Refused
from tests.service.notify.front import Front, eventually
from tests.service.notify.test_carrying import follow_view

ASSIGNMENTS = TypeAdapter(list[AssignmentView])
ROWS = TypeAdapter(list[ByHandRow])
PHONE, OTHER = "+6281200002066", "+6281200007788"


async def listed(front: Front, tenant: str, officer: Actor, *, count: int) -> tuple[ByHandRow, ...]:
    async def look() -> Page[ByHandRow] | None:
        try:
            body = await front.get("/by-hand", tenant=tenant, actor=officer)
        except Refused:
            return None
        page = Page[ByHandRow].model_validate_json(body)
        return page if len(page.items) == count else None

    return (await eventually(look)).items


async def a_follower(front: Front, tenant: str, phone: str, case: str) -> str:
    report = str(uuid4())
    await front.follow(tenant, report, phone, channel="whatsapp_manual")
    await front.matched(tenant, report, case)
    return report


async def test_the_messages_of_one_person_stand_together(front: Front, tenant: str, case: str) -> None:
    officer = await front.officer(tenant, "verifier")
    first = await a_follower(front, tenant, PHONE, case)
    await listed(front, tenant, officer, count=1)
    second = await a_follower(front, tenant, OTHER, case)
    await listed(front, tenant, officer, count=2)
    third = await a_follower(front, tenant, PHONE, str(uuid4()))

    rows = await listed(front, tenant, officer, count=3)

    assert [row.recipient for row in rows] == [first, third, second]


async def test_a_wrong_number_is_written_to_no_more_and_its_ticket_says_so(
    front: Front, tenant: str, case: str
) -> None:
    officer = await front.officer(tenant, "verifier")
    report = await a_follower(front, tenant, PHONE, case)
    (row,) = await listed(front, tenant, officer, count=1)

    heard = RefuseByHand(delivery_id=row.delivery_id, reason="wrong_number")
    assert (await front.outcome(tenant, await front.command(tenant, heard, actor=officer))).state == "done"

    async def ended() -> bool:
        return not (await follow_view(front, tenant, report)).following

    await eventually(ended)
    await front.published(tenant, case)
    other = await a_follower(front, tenant, OTHER, case)
    rows = await listed(front, tenant, officer, count=1)
    view = await follow_view(front, tenant, report)
    assert [r.recipient for r in rows] == [other]
    assert (view.undeliverable, view.masked) == (True, "")
    assert [(d.state, d.code) for d in view.deliveries] == [("suppressed", "wrong_number")]


async def test_whoever_answers_stop_after_the_message_is_found_and_hears_no_more(
    front: Front, tenant: str, case: str
) -> None:
    officer = await front.officer(tenant, "verifier")
    report = await a_follower(front, tenant, PHONE, case)
    (row,) = await listed(front, tenant, officer, count=1)
    await front.outcome(tenant, await front.command(tenant, MarkSentByHand(delivery_id=row.delivery_id), actor=officer))

    (sent,) = ROWS.validate_json(await front.get("/sent-by-hand", tenant=tenant, actor=officer))
    stop = RefuseByHand(delivery_id=sent.delivery_id, reason="unsubscribed")
    await front.outcome(tenant, await front.command(tenant, stop, actor=officer))

    async def ended() -> bool:
        return not (await follow_view(front, tenant, report)).following

    await eventually(ended)
    assert (sent.phone, sent.link, sent.number) == ("66", "", row.number)
    assert ROWS.validate_json(await front.get("/sent-by-hand", tenant=tenant, actor=officer)) == []
    assert not (await follow_view(front, tenant, report)).undeliverable


async def a_partner(front: Front, tenant: str, phone: str) -> str:
    partner = await front.partner(tenant, contacts=(ContactPoint(channel="whatsapp_manual", address=phone),))
    await front.knows_partners(tenant, partner)
    return partner


async def test_a_request_leaves_the_list_when_it_is_answered_elsewhere(front: Front, tenant: str, case: str) -> None:
    officer = await front.officer(tenant, "verifier")
    partner = await a_partner(front, tenant, PHONE)
    await front.published(tenant, case)
    await listed(front, tenant, officer, count=1)

    body = await front.get(f"/partners/{partner}/assignments", tenant=tenant, actor=front.as_partner(partner))
    (assignment,) = ASSIGNMENTS.validate_json(body)
    answer = AnswerAssignment(assignment_id=assignment.id, ready=True)
    await front.outcome(tenant, await front.command(tenant, answer, actor=front.as_partner(partner)))

    await listed(front, tenant, officer, count=0)


async def test_a_request_leaves_the_list_when_its_hour_has_passed(front: Front, tenant: str, case: str) -> None:
    officer = await front.officer(tenant, "verifier")
    await a_partner(front, tenant, PHONE)
    hours = timedelta(hours=24)
    await front.published(tenant, case, at=datetime.now(UTC) - hours + timedelta(seconds=10))
    await listed(front, tenant, officer, count=1)

    await listed(front, tenant, officer, count=0)


async def test_a_partner_who_let_everything_pass_is_silent_and_one_who_answers_is_not(
    front: Front, tenant: str, case: str
) -> None:
    officer = await front.officer(tenant, "verifier")
    quiet, ready = [await a_partner(front, tenant, phone) for phone in (PHONE, "+6281200002067")]
    await front.published(tenant, case, at=datetime.now(UTC) - timedelta(hours=24) + timedelta(seconds=15))
    await listed(front, tenant, officer, count=2)
    asked = await front.get(f"/partners/{ready}/assignments", tenant=tenant, actor=front.as_partner(ready))
    (assignment,) = ASSIGNMENTS.validate_json(asked)
    early = await front.get("/silent-partners", tenant=tenant, actor=officer)
    answer = AnswerAssignment(assignment_id=assignment.id, ready=True)
    await front.outcome(tenant, await front.command(tenant, answer, actor=front.as_partner(ready)))

    await listed(front, tenant, officer, count=0)

    async def silent() -> list[str] | None:
        found: list[str] = json.loads(await front.get("/silent-partners", tenant=tenant, actor=officer))
        return found or None

    assert json.loads(early) == []
    assert await eventually(silent) == [quiet]


async def test_another_number_of_a_partner_is_not_the_wrong_one(front: Front, tenant: str, case: str) -> None:
    officer = await front.officer(tenant, "verifier")
    partner = await a_partner(front, tenant, PHONE)
    await front.published(tenant, case)
    (row,) = await listed(front, tenant, officer, count=1)
    wrong = RefuseByHand(delivery_id=row.delivery_id, reason="wrong_number")
    await front.outcome(tenant, await front.command(tenant, wrong, actor=officer))
    await listed(front, tenant, officer, count=0)

    await front.published(tenant, case, version=2, change_note="Tanggalnya keliru")
    await eventually(lambda: front.has_suppressed(tenant, partner, "wrong_number", count=2))
    await front.contacts(tenant, partner, (ContactPoint(channel="whatsapp_manual", address=OTHER),), version=2)
    await front.reads_number(tenant, partner, version=2)
    await front.published(tenant, case, version=3, change_note="Jamnya keliru")

    (row,) = await listed(front, tenant, officer, count=1)
    assert row.phone == OTHER
