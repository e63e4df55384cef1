"""Coverage as the registry counts it from what partners say of themselves."""

from datetime import date, timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.registry.coverage import CoverageView, Standing
from libs.contracts.registry.partner import DescribePartner, SetPartnerState
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.runtime.errors import Refused
from tests.service.registry.front import Front, Wish, a_partner, an_officer, new_id
from tests.service.registry.test_reads import Identity, until_named

TODAY = date(2026, 11, 24)
DRAJAT, KESAMBI = "32.74.05.1003", "32.74.05"


def a_group(partner: str, area: str, **profile: str) -> tuple[Wish, Wish]:
    described = DescribePartner(
        partner_id=partner, kind="community_group", area=area, profile=Profile.model_validate(profile)
    )
    return a_partner(partner, area=area), Wish(described, PartnerPapers(name="KIM Contoh"))


async def test_villages_districts_and_partners_are_counted_as_of_a_day(
    front: Front, tenant: str, identity: Identity
) -> None:
    officer = Actor(new_id(), ("verifier",))
    await front.done(tenant, an_officer(officer.id, "verifier", identity=identity(name="Rina")))
    await until_named(front, tenant, officer, "Rina")
    soon = (TODAY + timedelta(days=30)).isoformat()
    gone = new_id()
    await front.done(
        tenant,
        *a_group(new_id(), DRAJAT, term_until=soon, areas="32.74.05.1001"),
        *a_group(new_id(), DRAJAT, level="district"),
        *a_group(gone, "32.74.05.1002"),
        Wish(SetPartnerState(partner_id=gone, state="suspended", reason="Menunggu klarifikasi")),
        a_partner(new_id(), kind="media_outlet", area="32.74"),
        a_partner(new_id(), kind="activist", area=KESAMBI),
        a_partner(new_id(), kind="activist", area=KESAMBI, active=False),
    )

    body = await front.get("/coverage", tenant=tenant, actor=officer, day=TODAY.isoformat())
    found = CoverageView.model_validate_json(body)

    [kesambi] = [one for one in found.districts if one.code == KESAMBI]
    villages = {one.code: one for one in kesambi.villages}
    assert sum(len(one.villages) for one in found.districts) == 22
    assert (villages[DRAJAT].standing, villages[DRAJAT].until) == (Standing.EXPIRING, soon)
    assert villages["32.74.05.1001"].standing is Standing.EXPIRING
    assert villages["32.74.05.1002"].standing is Standing.NONE
    assert kesambi.standing is Standing.LIVE
    assert kesambi.partners == {"activist": 1, "community_group": 2}
    assert found.partners == {"activist": 1, "community_group": 2, "media_outlet": 1}


async def test_coverage_is_for_officers(front: Front, tenant: str) -> None:
    with pytest.raises(Refused, match="forbidden"):
        await front.get("/coverage", tenant=tenant, actor=Actor(new_id(), ("verifier",)), day="2026-11-24")
