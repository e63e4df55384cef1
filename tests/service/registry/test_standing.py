"""A partner is verified, its term ends by itself and is renewed: on the registry's own servers."""

import asyncio
from datetime import UTC, datetime, timedelta

from libs.contracts.envelope import Actor
from libs.contracts.reads import Page
from libs.contracts.registry.partner import DescribePartner
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.contracts.registry.reads import PartnerView, TermRow, VerificationRow
from libs.contracts.registry.term import RenewTerm
from libs.contracts.registry.verification import (
    CheckPaper,
    DecideVerification,
    PaperNote,
    RecordVisit,
    ResubmitPartner,
    TakeVerification,
    VisitDetails,
    papers_of,
)
from tests.service.registry.front import WITHIN, Front, Wish, a_partner, new_id
from tests.service.registry.test_reads import officer

__all__ = ["officer"]

TODAY = datetime.now(UTC).date()


async def the_partner(front: Front, tenant: str, who: Actor, partner: str) -> PartnerView:
    return PartnerView.model_validate_json(await front.get(f"/partners/{partner}", tenant=tenant, actor=who))


async def the_queue(front: Front, tenant: str, who: Actor, **asked: str) -> list[str]:
    body = await front.get("/verifications", tenant=tenant, actor=who, **asked)
    return [row.id for row in Page[VerificationRow].model_validate_json(body).items]


async def until_state(front: Front, tenant: str, who: Actor, partner: str, state: str) -> PartnerView:
    async with asyncio.timeout(WITHIN):
        while (found := await the_partner(front, tenant, who, partner)).state != state:
            await asyncio.sleep(0.1)
    return found


async def test_a_group_is_verified_and_leaves_the_queue(front: Front, tenant: str, officer: Actor) -> None:
    group, other = new_id(), new_id()
    await front.done(tenant, a_partner(group, active=False), a_partner(other, active=False, kind="media_outlet"))
    await front.done(tenant, Wish(TakeVerification(partner_id=group)), actor=officer)

    # What nobody has taken waits since it came; what was taken has days.
    assert await the_queue(front, tenant, officer) == [other, group]
    assert await the_queue(front, tenant, officer, kind="community_group", state="administrative_review") == [group]

    ticks = [
        Wish(CheckPaper(partner_id=group, paper=paper, present=paper != "decree"), PaperNote(note="Belum dicap."))
        for paper in papers_of("community_group")
    ]
    revise = Wish(DecideVerification(partner_id=group, outcome="revise"))
    await front.done(tenant, *ticks, revise, Wish(ResubmitPartner(partner_id=group)), actor=officer)
    await front.done(
        tenant,
        Wish(TakeVerification(partner_id=group)),
        Wish(CheckPaper(partner_id=group, paper="decree", present=True)),
        Wish(DecideVerification(partner_id=group, outcome="pass")),
        Wish(RecordVisit(partner_id=group, visited_on="2026-01-05"), VisitDetails(place="Balai RW", note="Ada papan.")),
        Wish(DecideVerification(partner_id=group, outcome="pass", reason="Akun dilihat di ponsel ketua.")),
        actor=officer,
    )

    found = await the_partner(front, tenant, officer, group)
    assert (found.state, found.review.visits[0].place) == ("active", "Balai RW")
    assert all(one.present and one.by == officer.id for one in found.review.papers)
    assert await the_queue(front, tenant, officer) == [other]


async def test_a_term_ends_by_itself_and_is_renewed(front: Front, tenant: str, officer: Actor) -> None:
    partner = new_id()
    await front.done(tenant, a_partner(partner))
    over = Profile(decree_number="12/SK", term_from="2020-01-01", term_until=(TODAY - timedelta(days=2)).isoformat())
    described = DescribePartner(partner_id=partner, kind="community_group", area="32.74.05.1002", profile=over)
    await front.done(tenant, Wish(described, PartnerPapers(name="KIM Contoh")), actor=officer)

    await until_state(front, tenant, officer, partner, "expired")
    body = await front.get("/terms", tenant=tenant, actor=officer, until=TODAY.isoformat())
    assert [(row.id, row.state) for row in Page[TermRow].model_validate_json(body).items] == [(partner, "expired")]

    until = (TODAY + timedelta(days=900)).isoformat()
    renewal = RenewTerm(partner_id=partner, decree_number="7/SK", term_from="2026-01-01", term_until=until)
    await front.done(tenant, Wish(renewal), actor=officer)

    found = await the_partner(front, tenant, officer, partner)
    assert (found.state, found.profile.decree_number) == ("active", "7/SK")
    assert [term.decree_number for term in found.terms] == ["12/SK"]
