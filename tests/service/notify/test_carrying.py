"""From a follower and an answer to a letter in the mailbox, whatever comes first and however often."""

from email.message import EmailMessage
from uuid import uuid4

import pytest
from pydantic import TypeAdapter

from libs.contracts.notify.delivery import AnswerAssignment, LoginAddress, MarkSentByHand, SendLoginLink, Unsubscribe
from libs.contracts.notify.reads import AssignmentView, BulletinView, ByHandRow, FollowView, LedgerRow
from libs.contracts.notify.subject import StopFollowing
from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reads import Page
from libs.contracts.registry.partner import ContactPoint
from libs.contracts.reports.clarification import ClarificationPaused, ClarificationRetracted
from libs.contracts.reports.report import ReportAnswered, ReportMoved
from libs.runtime import links
from libs.runtime.errors import Refused
from tests.service.notify.front import Front, a_number, eventually, now
from tests.unheard import unheard

BULLETINS = TypeAdapter(list[BulletinView])
ASSIGNMENTS = TypeAdapter(list[AssignmentView])


def an_address(who: str = "warga") -> str:
    return f"{who}-{uuid4().hex[:12]}@contoh.example"


def subjects_of(letters: list[EmailMessage]) -> list[str]:
    return [str(letter["Subject"]) for letter in letters]


async def follow_view(front: Front, tenant: str, report: str) -> FollowView:
    return FollowView.model_validate_json(await front.get(f"/subjects/{report}", tenant=tenant))


async def settled(front: Front, tenant: str, report: str, *, deliveries: int) -> FollowView:
    """The follower's view once it shows so many deliveries, none of them under way."""

    async def look() -> FollowView | None:
        try:
            view = await follow_view(front, tenant, report)
        except Refused:
            return None
        done = all(d.state not in ("queued", "attempting") for d in view.deliveries)
        return view if len(view.deliveries) == deliveries and done else None

    return await eventually(look)


async def finished(front: Front, tenant: str, case: str, version: int = 1) -> BulletinView:
    officer = await front.officer(tenant, "verifier")

    async def look() -> BulletinView | None:
        try:
            body = await front.get("/bulletins", tenant=tenant, actor=officer, case_id=case)
        except Refused:
            # The officer is on the way to notify's directory.
            return None
        found = [b for b in BULLETINS.validate_json(body) if b.version == version and b.stage == "done"]
        waiting = found and found[0].by_channel.get("email", {}).keys() & {"queued", "attempting"}
        return found[0] if found and not waiting else None

    return await eventually(look)


async def test_an_answer_reaches_whoever_followed_before_it_was_published(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)

    await front.published(tenant, case)

    assert subjects_of(await front.letters(address, count=2)) == [
        f"Laporan {a_number(report)} sudah dijawab",
        f"Laporan {a_number(report)} sedang diperiksa",
    ]


async def test_whoever_reports_what_is_answered_already_gets_the_answer_at_once(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.published(tenant, case)
    await finished(front, tenant, case)

    await front.matched(tenant, report, case, outcome="match", clarification_id=f"k-{case}")
    await front.follow(tenant, report, address)

    assert subjects_of(await front.letters(address)) == [f"Laporan {a_number(report)} sudah dijawab"]


async def test_everything_said_twice_notifies_once(front: Front, tenant: str, report: str, case: str) -> None:
    address = an_address()
    follow = await front.follow(tenant, report, address)
    match = await front.matched(tenant, report, case)
    await front.letters(address)
    published = await front.published(tenant, case)
    await front.letters(address, count=2)

    await front.follow(tenant, report, address, command_id=follow)
    await front.matched(tenant, report, case, event_id=match)
    await front.published(tenant, case, event_id=published)
    await front.published(tenant, case)
    await front.matched(tenant, report, case)
    marker, other = an_address("penanda"), str(uuid4())
    await front.follow(tenant, other, marker)
    await front.matched(tenant, other, case)
    await front.letters(marker)

    view = await settled(front, tenant, report, deliveries=2)
    assert [d.attempts for d in view.deliveries] == [1, 1]
    assert len(await front.letters(address, count=2)) == 2


async def test_a_correction_reaches_those_who_were_told_and_the_answer_the_others(
    front: Front, tenant: str, report: str, case: str
) -> None:
    told, new = an_address(), an_address()
    await front.follow(tenant, report, told)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    await front.published(tenant, case)
    await front.letters(told)

    await front.published(tenant, case, version=2, change_note="Tanggalnya keliru")
    other = str(uuid4())
    await front.follow(tenant, other, new)
    await front.matched(tenant, other, case, clarification_id=f"k-{case}")

    corrections = await front.letters(told, count=2)
    assert subjects_of(corrections)[0] == f"Ralat KLR-CRB-2026-0147 untuk laporan {a_number(report)}"
    assert f"Laporan {a_number(other)} sudah dijawab" in subjects_of(await front.letters(new))


async def test_whoever_was_told_and_left_the_case_still_hears_that_it_was_corrected(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    await front.published(tenant, case)
    await front.letters(address)
    await front.event(tenant, report, ReportMoved(report_id=report, case_id=str(uuid4())))

    await front.published(tenant, case, version=2, change_note="Tanggalnya keliru")

    assert f"Ralat KLR-CRB-2026-0147 untuk laporan {a_number(report)}" in subjects_of(
        await front.letters(address, count=3)
    )


async def test_a_confidential_report_is_answered_without_its_topic(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.follow(tenant, report, address, confidential=True)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    await front.published(tenant, case)

    (letter,) = await front.letters(address)

    assert "PDAM" not in letter.as_string()
    assert f"/tickets/{a_number(report)}" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_an_answer_to_one_person_sends_the_way_to_it(front: Front, tenant: str, report: str) -> None:
    address = an_address()
    await front.event(
        tenant, report, ReportAnswered(report_id=report, number="n", outcome="solved", at=now(), text="rahasia")
    )
    await front.follow(tenant, report, address, kind="complaint")

    (letter,) = await front.letters(address)

    assert letter["Subject"] == f"Laporan {a_number(report)} sudah dijawab"


async def test_whoever_stops_hears_no_more_and_is_forgotten(front: Front, tenant: str, report: str, case: str) -> None:
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)

    stop = await front.command(tenant, StopFollowing(report_id=report))
    outcome = await front.outcome(tenant, stop)
    await front.published(tenant, case)
    bulletin = await finished(front, tenant, case)

    view = await follow_view(front, tenant, report)
    assert outcome.state == "done"
    assert (view.following, view.masked, bulletin.recipients) == (False, "", 0)
    assert len(await front.letters(address)) == 1


async def test_a_refused_report_is_told_nothing(front: Front, tenant: str, report: str, case: str) -> None:
    await front.follow(tenant, report, an_address())
    await settled(front, tenant, report, deliveries=0)

    await front.event(tenant, report, ReportsRefused(command="reports.submit-report.v1", problem="validation"))
    await front.matched(tenant, report, case)
    await front.published(tenant, case)

    assert (await finished(front, tenant, case)).recipients == 0


async def test_the_partners_of_the_area_are_asked_and_answer_by_link(front: Front, tenant: str, case: str) -> None:
    address = an_address("mitra")
    email = ContactPoint(channel="email", address=address)
    phone = ContactPoint(channel="whatsapp_manual", address="+6281200002066")
    here = await front.partner(tenant, area="32.74.03.1001", contacts=(email, phone))
    elsewhere = await front.partner(tenant, area="32.74.05")
    await front.knows_partners(tenant, here, elsewhere)

    await front.published(tenant, case)
    (letter,) = await front.letters(address)
    token = str(letter.get_body(("plain",)).get_content()).split("/a/")[1].split()[0]  # type: ignore[union-attr]
    parts = links.check(front.link_keys(), links.ASSIGNMENT, tenant, token)
    assert parts is not None
    assignment, partner = parts
    actor = front.as_partner(partner)
    answered = await front.command(tenant, AnswerAssignment(assignment_id=assignment, ready=True), actor=actor)
    again = await front.command(tenant, AnswerAssignment(assignment_id=assignment, ready=True), actor=actor)

    assert partner == here
    assert (await front.outcome(tenant, answered)).state == "done"
    assert (await front.outcome(tenant, again)).problem == "already_answered"
    shown = ASSIGNMENTS.validate_json(await front.get(f"/partners/{here}/assignments", tenant=tenant, actor=actor))
    assert [(a.state, a.number) for a in shown] == [("acknowledged", "KLR-CRB-2026-0147")]
    assert "Faktanya: Air PDAM di Harjamukti aman dipakai." in shown[0].caption
    with pytest.raises(Refused, match="not_found"):
        await front.get(f"/partners/{here}/assignments", tenant=tenant, actor=front.as_partner(elsewhere))
    assert (await finished(front, tenant, case)).assignments == {"acknowledged": 1}
    channels = {"email": {"sent": 1}, "inbox": {"sent": 1}, "whatsapp_manual": {"suppressed": 1}}

    async def not_asked_again() -> bool:
        return (await finished(front, tenant, case)).by_channel == channels

    await eventually(not_asked_again)


async def test_a_message_for_whatsapp_waits_for_a_hand_and_is_never_delivered(
    front: Front, tenant: str, report: str, case: str
) -> None:
    officer = await front.officer(tenant, "verifier")
    leader = await front.officer(tenant, "leader")
    await front.follow(tenant, report, "+6281200002012", channel="whatsapp_manual")
    await front.matched(tenant, report, case)

    async def look() -> Page[ByHandRow] | None:
        try:
            page = Page[ByHandRow].model_validate_json(await front.get("/by-hand", tenant=tenant, actor=officer))
        except Refused:
            return None
        return page if page.items else None

    (row,) = (await eventually(look)).items
    assert row.phone == "+6281200002012"
    assert row.text.startswith(f"Laporan {a_number(report)}: Sedang diperiksa. Kabar berikutnya paling lambat")
    assert row.link.startswith("https://wa.me/6281200002012?text=Laporan%20")
    with pytest.raises(Refused, match="role_missing"):
        await front.get("/by-hand", tenant=tenant, actor=leader)

    ticked = await front.command(tenant, MarkSentByHand(delivery_id=row.delivery_id), actor=officer)
    assert (await front.outcome(tenant, ticked)).state == "done"

    (delivery,) = (await settled(front, tenant, report, deliveries=1)).deliveries
    assert (delivery.state, delivery.method) == ("sent", "manual")


async def test_one_click_ends_a_channel_for_a_partner_and_the_inbox_stays(front: Front, tenant: str, case: str) -> None:
    address = an_address("mitra")
    partner = await front.partner(tenant, contacts=(ContactPoint(channel="email", address=address),))
    await front.knows_partners(tenant, partner)
    await front.published(tenant, case)
    (letter,) = await front.letters(address)
    token = str(letter["List-Unsubscribe"]).split("/u/")[1].rstrip(">")
    parts = links.check(front.link_keys(), links.UNSUBSCRIBE, tenant, token)
    assert parts is not None
    recipient, kind, channel = parts

    stop = await front.command(tenant, Unsubscribe(recipient=recipient, recipient_kind=kind, channel=channel))
    assert (await front.outcome(tenant, stop)).state == "done"
    other = str(uuid4())
    await front.published(tenant, other)

    bulletin = await finished(front, tenant, other)
    assert bulletin.by_channel == {"email": {"suppressed": 1}, "inbox": {"sent": 1}}
    assert len(await front.letters(address)) == 1


async def test_the_newest_contact_of_a_partner_counts(front: Front, tenant: str, case: str) -> None:
    old, new = an_address("lama"), an_address("baru")
    partner = await front.partner(tenant, contacts=(ContactPoint(channel="email", address=new),), version=3)
    await front.contacts(tenant, partner, (ContactPoint(channel="email", address=old),), version=2)
    await front.knows_partners(tenant, partner)

    await front.published(tenant, case)

    assert len(await front.letters(new)) == 1
    assert await front.count_letters(old) == 0


async def test_a_paused_answer_stays_in_and_a_retracted_one_for_ever(
    front: Front, tenant: str, report: str, case: str
) -> None:
    address = an_address()
    await front.published(tenant, case)
    await finished(front, tenant, case)
    await front.event(tenant, f"k-{case}", ClarificationPaused(clarification_id=f"k-{case}", paused=True))
    await front.event(
        tenant, f"k-{case}",
        ClarificationRetracted(clarification_id=f"k-{case}", case_id=case, reason="keliru", at=now()),
    )  # fmt: skip
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")

    marker, other, open_case = an_address("penanda"), str(uuid4()), str(uuid4())
    await front.follow(tenant, other, marker)
    await front.matched(tenant, other, open_case)
    await front.letters(marker)

    assert (await follow_view(front, tenant, report)).deliveries == ()


async def test_a_log_in_link_goes_out_at_once_and_can_be_read_nowhere_after_that(front: Front, tenant: str) -> None:
    address, delivery = an_address("mitra"), str(uuid4())
    secret = f"rahasia-{uuid4().hex}"

    await front.command(
        tenant,
        SendLoginLink(delivery_id=delivery, partner_id="p1"),
        private=LoginAddress(address=address, link=f"https://simpul.example/login/{secret}"),
    )
    (letter,) = await front.letters(address)

    assert secret in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert await eventually(lambda: front.key_is_gone(f"{tenant}/{delivery}"))


async def test_an_officer_reads_the_ledger_of_a_bulletin_person_by_person_and_page_by_page(
    front: Front, tenant: str, case: str
) -> None:
    officer = await front.officer(tenant, "verifier")
    phone = (ContactPoint(channel="whatsapp_manual", address="+6281200002066"),)
    partners = [await front.partner(tenant, contacts=phone) for _ in range(40)]
    await front.knows_partners(tenant, *partners)
    await front.published(tenant, case)
    bulletin = await finished(front, tenant, case)

    first = Page[LedgerRow].model_validate_json(
        await front.get(f"/bulletins/{bulletin.id}/ledger", tenant=tenant, actor=officer)
    )
    second = Page[LedgerRow].model_validate_json(
        await front.get(f"/bulletins/{bulletin.id}/ledger", tenant=tenant, actor=officer, cursor=first.next)
    )
    failed = Page[LedgerRow].model_validate_json(
        await front.get(f"/bulletins/{bulletin.id}/ledger", tenant=tenant, actor=officer, state="failed_permanent")
    )

    rows = [*first.items, *second.items]
    assert {r.partner_id for r in rows} == set(partners)
    assert {r.answer for r in rows} == {"offered"}
    assert (len(rows), second.next, failed.items) == (80, None, ())
    assert [r.partner_id for r in rows] == sorted(p for p in partners for _ in range(2))
    assert not {r.partner_id for r in first.items} & {r.partner_id for r in second.items}
    with pytest.raises(Refused, match="validation"):
        await front.get(f"/bulletins/{bulletin.id}/ledger", tenant=tenant, actor=officer, cursor="AAAA")


async def test_another_tenants_things_do_not_exist(front: Front, tenant: str, report: str, case: str) -> None:
    address = an_address()
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case)
    await front.letters(address)
    stranger = await front.office()

    for path in (f"/subjects/{report}", f"/subjects/{uuid4()}"):
        with pytest.raises(Refused, match="not_found"):
            await front.get(path, tenant=stranger)
    stop = await front.command(stranger, StopFollowing(report_id=report))
    assert (await front.outcome(stranger, stop)).problem == "not_found"
    assert (await follow_view(front, tenant, report)).following


async def test_no_address_and_no_claim_stands_in_the_log(front: Front, tenant: str, report: str, case: str) -> None:
    address, claim = an_address(), f"Klaim {unheard()}"
    await front.follow(tenant, report, address)
    await front.matched(tenant, report, case, clarification_id=f"k-{case}")
    await front.published(tenant, case, claim=claim)
    await front.letters(address)

    log = front.log()

    assert "service_started" in log
    assert address not in log
    assert claim not in log


@pytest.mark.parametrize("state", ["draft", "expired", "suspended"])
async def test_who_is_not_active_is_asked_to_carry_nothing(front: Front, tenant: str, case: str, state: str) -> None:
    addresses = [an_address("mitra"), an_address("mitra")]
    contacts = [(ContactPoint(channel="email", address=one),) for one in addresses]
    active = await front.partner(tenant, contacts=contacts[0])
    other = await front.partner(tenant, contacts=contacts[1], state=state)
    await front.knows_partners(tenant, active, other)
    officer = await front.officer(tenant, "verifier")

    await front.published(tenant, case)
    await front.letters(addresses[0])
    await finished(front, tenant, case)

    body = await front.get(f"/partners/{other}/assignments", tenant=tenant, actor=officer)
    assert ASSIGNMENTS.validate_json(body) == []
    assert await front.count_letters(addresses[1]) == 0
