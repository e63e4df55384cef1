"""Two records of one partner become one, and two again."""

from datetime import timedelta

import pytest

from libs.contracts.messages import Command
from libs.contracts.registry.merging import MergePartner, TellApart, UnmergePartner
from libs.contracts.registry.partner import ContactPoint, SetPartnerState, VerifyAccount
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.runtime.errors import NotFound, Refused
from services.registry.partner.merging import UNDONE_WITHIN
from services.registry.partner.profile import PlacedDescription, PlacedEntry
from tests.unit.registry.builders import EDITOR, NOW, account, partner_identity, register_partner
from tests.unit.registry.partner.merges import Registry

SAME = "instagram:profile:kim.contoh"
OTHER = "tiktok:profile:kim.lain"
PAPERS = PartnerPapers(name="KIM Contoh Dua", email="dua@contoh.example", phone="+6281234567890", chair="Bu Sari")
DECREE = Profile(decree_number="400.14/7/2025", term_from="2025-01-01", topics="air\nsampah", areas="32.74.05.1003")


def a_registry() -> Registry:
    """p-1 registered itself with one account; p-2 was written down with papers, a decree and another account."""
    registry = Registry()
    registry.tell(register_partner(partner_id="p-1", active=True), private=partner_identity())
    entry = PlacedEntry(
        partner_id="p-2", kind="community_group", area="32.74.05.1002", profile=DECREE, region="32.74",
        accounts="https://www.tiktok.com/@kim.lain\nhttps://www.instagram.com/kim.contoh",
    )  # fmt: skip
    registry.tell(entry, private=PAPERS)
    registry.settle()
    return registry


def merge(partner_id: str = "p-2", into: str = "p-1") -> MergePartner:
    return MergePartner(partner_id=partner_id, into=into, reason="orang yang sama")


def unmerge(partner_id: str = "p-2") -> UnmergePartner:
    return UnmergePartner(partner_id=partner_id, reason="ternyata dua")


def described(partner_id: str, **changes: object) -> PlacedDescription:
    values = {"partner_id": partner_id, "kind": "community_group", "area": "32.74.05.1002", "region": "32.74"}
    return PlacedDescription(**{**values, **changes})


def keys(registry: Registry, partner_id: str) -> dict[str, str]:
    return {one.identity_key: one.state for one in registry.partners[partner_id].accounts}


def test_the_survivor_takes_what_it_lacks() -> None:
    registry = a_registry()

    registry.tell(merge())
    registry.settle()

    survivor, merged = registry.partners["p-1"], registry.partners["p-2"]
    assert merged.state == "merged"
    assert merged.merging is not None
    assert merged.merging.into == "p-1"
    assert keys(registry, "p-1") == {SAME: "claimed", OTHER: "claimed"}
    assert {contact.address for contact in survivor.contacts} == {
        "kim@contoh.example", "dua@contoh.example", "+6281234567890",
    }  # fmt: skip
    assert survivor.name == "KIM Contoh"
    assert survivor.papers is not None
    assert survivor.papers.chair == "Bu Sari"
    assert survivor.profile.decree_number == "400.14/7/2025"
    assert survivor.profile.topics == "air\nsampah"
    assert survivor.profile.areas == "32.74.05.1003"


def test_what_the_survivor_has_stays_as_it_is() -> None:
    registry = a_registry()
    registry.tell(
        described("p-1", profile=Profile(decree_number="1/2024")), private=PartnerPapers(name="KIM", chair="Pak Adi")
    )

    registry.tell(merge())
    registry.settle()

    survivor = registry.partners["p-1"]
    assert survivor.papers is not None
    assert (survivor.papers.name, survivor.papers.chair) == ("KIM", "Pak Adi")
    assert (survivor.profile.decree_number, survivor.profile.term_from) == ("1/2024", "")


def test_an_account_that_the_merged_one_holds_is_the_survivor_s() -> None:
    registry = a_registry()
    registry.tell(VerifyAccount(partner_id="p-2", identity_key=SAME))
    registry.settle()

    registry.tell(merge())
    registry.settle()

    assert keys(registry, "p-1")[SAME] == "verified"
    assert registry.holds[SAME].partner_id == "p-1"


def test_undone_all_is_as_it_was() -> None:
    registry = a_registry()
    registry.tell(VerifyAccount(partner_id="p-2", identity_key=SAME))
    registry.settle()
    before = registry.seen("p-1"), registry.seen("p-2"), dict(registry.holds)
    registry.tell(merge())
    registry.settle()

    registry.tell(unmerge(), at=NOW + timedelta(days=29))
    registry.settle()

    assert (registry.seen("p-1"), registry.seen("p-2"), registry.holds) == before


def test_what_was_changed_on_the_survivor_since_stays_there() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()
    survivor = registry.partners["p-1"]
    changed = survivor.profile.model_copy(update={"decree_number": "9/2026", "topics": "air\nsampah\nbanjir"})
    registry.tell(
        described("p-1", profile=changed),
        private=PartnerPapers(name="KIM Contoh", chair="Pak Baru"),
    )

    registry.tell(unmerge())
    registry.settle()

    survivor = registry.partners["p-1"]
    assert survivor.profile.decree_number == "9/2026"
    assert survivor.profile.topics == "banjir"
    assert survivor.profile.areas == ""
    assert survivor.papers is not None
    assert survivor.papers.chair == "Pak Baru"
    assert registry.partners["p-2"].state == "draft"


def test_the_merged_one_can_be_changed_no_more() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()

    for command in (
        SetPartnerState(partner_id="p-2", state="withdrawn", reason="x"),
        described("p-2"),
        VerifyAccount(partner_id="p-2", identity_key=SAME),
        merge(),
    ):
        with pytest.raises(Refused, match="state_conflict"):
            registry.tell(command, private=PAPERS)


def test_until_the_survivor_has_answered_nothing_else_happens_to_the_one_that_leaves() -> None:
    registry = a_registry()
    registry.tell(merge())

    with pytest.raises(Refused, match="state_conflict"):
        registry.tell(described("p-2"), private=PAPERS)


def test_two_merged_into_each_other_at_once_both_stay() -> None:
    registry = a_registry()
    registry.tell(merge("p-1", into="p-2"))
    waiting, registry.waiting = registry.waiting, []
    # The other office's process had looked before.
    state = registry.partners["p-1"]
    registry.partners["p-1"] = state.model_copy(update={"merging": None})
    registry.tell(merge("p-2", into="p-1"))
    registry.partners["p-1"] = state
    registry.waiting += waiting
    registry.settle()

    assert (registry.partners["p-1"].state, registry.partners["p-2"].state) == ("active", "draft")
    registry.tell(merge())
    registry.settle()
    assert registry.partners["p-2"].state == "merged"


def test_a_circle_is_refused() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()

    with pytest.raises(Refused, match="state_conflict"):
        registry.tell(merge("p-1", into="p-2"))


def test_nobody_is_merged_into_themself_or_into_nobody() -> None:
    registry = a_registry()

    with pytest.raises(Refused, match="validation"):
        registry.tell(merge("p-2", into="p-2"))
    with pytest.raises(NotFound):
        registry.tell(merge("p-2", into="p-of-another-office"))


@pytest.mark.parametrize("command", [merge(), TellApart(partner_id="p-2", other="p-1")])
def test_only_who_registers_partners_merges_them(command: Command) -> None:
    with pytest.raises(Refused, match="role_missing"):
        a_registry().tell(command, by=EDITOR)


def test_a_merge_says_why() -> None:
    with pytest.raises(Refused, match="validation"):
        a_registry().tell(merge().model_copy(update={"reason": "  "}))


def test_after_thirty_days_it_stays() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()

    with pytest.raises(Refused, match="merged_for_good"):
        registry.tell(unmerge(), at=NOW + UNDONE_WITHIN + timedelta(seconds=1))


def test_a_survivor_that_was_merged_on_gives_nothing_back_before_that_is_undone() -> None:
    registry = a_registry()
    registry.tell(register_partner(partner_id="p-3", accounts=()), private=partner_identity("KIM Contoh"), by=None)
    for command in (merge("p-2", into="p-1"), merge("p-1", into="p-3")):
        registry.tell(command)
        registry.settle()

    registry.tell(unmerge("p-2"))
    registry.settle()
    assert registry.partners["p-2"].state == "merged"

    for partner_id in ("p-1", "p-2"):
        registry.tell(unmerge(partner_id))
        registry.settle()
    assert [registry.partners[f"p-{n}"].state for n in (1, 2, 3)] == ["active", "draft", "submitted"]
    assert registry.partners["p-3"].accounts == ()


def test_an_account_on_its_way_is_waited_for() -> None:
    registry = a_registry()
    registry.tell(VerifyAccount(partner_id="p-2", identity_key=SAME))

    with pytest.raises(Refused, match="state_conflict"):
        registry.tell(merge())


def test_what_is_told_twice_changes_nothing_more() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()
    once = registry.partners, registry.holds
    for command in list(registry.told):
        registry.tell(command, by=None)
    registry.settle()

    assert (registry.partners, registry.holds) == once


def test_a_step_of_an_earlier_merge_changes_nothing() -> None:
    registry = a_registry()
    registry.tell(merge())
    registry.settle()
    early = list(registry.told)
    registry.tell(unmerge())
    registry.settle()
    before = registry.seen("p-1"), registry.seen("p-2")

    for command in early:
        registry.tell(command, by=None)
    registry.settle()

    assert (registry.seen("p-1"), registry.seen("p-2")) == before


def test_two_that_were_told_apart_are_remembered() -> None:
    registry = a_registry()

    registry.tell(TellApart(partner_id="p-1", other="p-2", reason="dua orang"))
    registry.tell(TellApart(partner_id="p-1", other="p-2"))

    assert registry.partners["p-1"].apart == ("p-2",)


def test_a_contact_that_both_have_is_there_once() -> None:
    registry = a_registry()
    registry.tell(
        register_partner(partner_id="p-3", accounts=(account(),)),
        private=partner_identity("KIM", ContactPoint(channel="email", address="KIM@contoh.example")),
        by=None,
    )
    registry.tell(merge("p-3"))
    registry.settle()

    assert [contact.address for contact in registry.partners["p-1"].contacts] == ["kim@contoh.example"]
