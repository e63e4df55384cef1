"""Partners that officers write down, and what is known of a partner, described anew."""

from typing import Any

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Event
from libs.contracts.registry.partner import ContactPoint, PartnerDescribed, PartnerEntered, PartnerStateChanged
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry.partner.profile import PlacedDescription, PlacedEntry
from services.registry.partner.rules import decide, evolve
from services.registry.partner.state import Partner
from tests.unit.registry.builders import EDITOR, VERIFIER, context

PAPERS = PartnerPapers(
    name="KIM Kecapi", email="kim@contoh.example", phone="+6281234567890", chair="Siti Aminah", chair_phone="+628120000"
)
ALLOWED = {
    "areas": "32.74.05",
    "audience_ages": "18-25\n40+",
    "level": "village",
    "term_from": "2026-01-05",
    "term_until": "2029-01-04",
    "attributes": "Angkatan: 2025",
}


def entry(**changes: Any) -> PlacedEntry:
    values = {
        "partner_id": "p-1",
        "kind": "community_group",
        "area": "32.74.05.1002",
        "accounts": "https://www.instagram.com/kim.kecapi",
        "profile": Profile(**ALLOWED),
        "region": "32.74",
    }
    return PlacedEntry(**values | changes)


def description(**changes: Any) -> PlacedDescription:
    values = {
        "partner_id": "p-1",
        "kind": "community_group",
        "area": "32.74.05.1002",
        "profile": Profile(**ALLOWED),
        "region": "32.74",
    }
    return PlacedDescription(**values | changes)


def by_officer(papers: PartnerPapers | None = PAPERS) -> Context:
    return context(VERIFIER, private=papers)


def folded(events: list[Event], state: Partner | None = None) -> Partner:
    for event in events:
        state = evolve(state, event)
    assert state is not None
    return state


def entered(**changes: Any) -> Partner:
    return folded(list(decide(None, entry(**changes), by_officer())))


def test_an_officer_writes_down_a_draft_that_has_not_agreed() -> None:
    partner = entered()

    assert (partner.state, partner.consented_at) == ("draft", None)
    assert partner.name == "KIM Kecapi"
    assert partner.channels == ("email", "whatsapp_manual")
    assert [a.identity_key for a in partner.accounts] == ["instagram:profile:kim.kecapi"]
    assert partner.areas == ("32.74.05.1002", "32.74.05")


def test_one_that_agreed_on_paper_goes_on_to_be_verified() -> None:
    events = list(decide(None, entry(agreed=True), by_officer()))

    assert [type(e) for e in events] == [PartnerEntered, PartnerStateChanged]
    assert folded(events).state == "submitted"
    assert folded(events).consented_at is not None


def test_nothing_of_the_papers_stands_in_the_open() -> None:
    [event] = decide(None, entry(), by_officer())

    assert {"papers"} == PartnerEntered.private
    assert isinstance(event, PartnerEntered)
    assert "Siti Aminah" not in event.model_dump_json(exclude={"papers"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("areas", "35.17.05"),
        ("audience_areas", "99.99"),
        ("audience_ages", "muda"),
        ("attributes", "tanpa titik dua"),
        ("level", "province"),
        ("press_status", "unknown"),
        ("decree_on", "2026-02-30"),
        ("term_until", "2025-12-31"),
        ("topics", "x" * 161),
        ("topics", "\n".join(str(n) for n in range(61))),
    ],
)
def test_a_fact_that_cannot_be_is_refused_by_its_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, entry(profile=Profile(**ALLOWED | {field: value})), by_officer())

    assert refused.value.fields == (field,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"area": "35.17.05"}, "area"), ({"kind": "bank"}, "kind"), ({"accounts": "bukan alamat"}, "accounts")],
)
def test_what_is_no_partner_of_this_office_is_refused(changes: dict[str, str], field: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, entry(**changes), by_officer())

    assert refused.value.fields == (field,)


@pytest.mark.parametrize(("field", "value"), [("email", "bukan"), ("phone", "0812"), ("name", " "), ("chair", "a\nb")])
def test_papers_that_cannot_be_are_refused_by_their_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, entry(), by_officer(PAPERS.model_copy(update={field: value})))

    assert refused.value.fields == (field,)


def test_only_who_keeps_the_registry_writes_partners_down() -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(None, entry(), context(EDITOR, private=PAPERS))


def test_a_change_names_what_is_not_as_it_was_and_why() -> None:
    papers = PartnerPapers(name="KIM Kecapi", chair="Budi Santoso")
    command = description(profile=Profile(**ALLOWED | {"term_until": "2030-01-04"}), reason="Pengurus baru")

    [event] = decide(entered(), command, by_officer(papers))

    assert isinstance(event, PartnerDescribed)
    assert event.changed == ("term_until", "chair")
    assert event.reason == "Pengurus baru"


def test_addresses_that_were_not_typed_stay() -> None:
    before = entered()
    papers = PartnerPapers(name="KIM Kecapi Jaya", chair="Siti Aminah", phone="+6281999999999")

    after = folded(list(decide(before, description(), by_officer(papers))), before)

    assert after.name == "KIM Kecapi Jaya"
    assert after.contacts == (
        ContactPoint(channel="email", address="kim@contoh.example"),
        ContactPoint(channel="whatsapp_manual", address="+6281999999999"),
    )
    assert after.papers is not None
    assert after.papers.chair_phone == "+628120000"


def test_the_same_said_again_changes_nothing_and_has_an_outcome() -> None:
    before = entered()

    [event] = decide(before, description(), by_officer())

    assert isinstance(event, PartnerDescribed)
    assert event.changed == ()
    assert evolve(before, event) == before


def test_a_partner_changes_what_is_its_own_and_not_what_the_office_keeps() -> None:
    before = entered()
    longer = Profile(**ALLOWED | {"term_until": "2099-01-04", "attributes": "", "members": 12})
    command = description(kind="media_outlet", run_by_office=True, profile=longer)
    papers = PAPERS.model_copy(update={"chair": "Budi Santoso"})

    [event] = decide(before, command, context(Actor("p-1", ("partner",)), private=papers))

    assert isinstance(event, PartnerDescribed)
    assert event.changed == ("members", "chair")
    after = folded([event], before)
    assert (after.kind, after.profile.term_until, after.profile.attributes) == (
        "community_group",
        "2029-01-04",
        "Angkatan: 2025",
    )


def test_a_partner_does_not_change_another() -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(entered(), description(), context(Actor("p-2", ("partner",)), private=PAPERS))
