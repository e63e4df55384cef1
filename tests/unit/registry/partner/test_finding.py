"""What of a partner stands in the index, and what a list asks of it."""

import pytest

from libs.contracts.registry.profile import Profile
from services.registry.addresses import Blinder
from services.registry.partner.finding import PartnerFilter, Sort, Words, facets_of, index_fields, name_key, spelt
from services.registry.partner.state import Partner
from tests.unit.registry.partner.test_profile import entered

SPOKEN = Words(Blinder([b"a" * 32]))


def holds(partner: Partner, text: str) -> bool:
    said = set(index_fields(partner, SPOKEN)["words"])
    return all(said.intersection(hashes) for hashes in SPOKEN.wanted(text))


@pytest.mark.parametrize("text", ["kim", "KIM kec", "kecapi", "ke", "kim.kecapi", "kesambi", "kecapi kim"])
def test_a_partner_is_found_by_beginnings_of_words_of_name_handle_and_area(text: str) -> None:
    assert holds(entered(), text)


@pytest.mark.parametrize("text", ["apik", "kim mawar", "jombang"])
def test_a_partner_is_not_found_by_other_words(text: str) -> None:
    assert not holds(entered(), text)


def test_no_word_of_a_name_stands_in_the_index() -> None:
    partner = entered().model_copy(update={"kind": "activist", "name": "Siti Aminah"})
    fields = str(index_fields(partner, SPOKEN)).casefold()

    assert "siti" not in fields
    assert "aminah" not in fields


def test_a_word_is_found_under_either_key_while_one_replaces_the_other() -> None:
    old, both = Words(Blinder([b"a" * 32])), Words(Blinder([b"b" * 32, b"a" * 32]))

    [hashes] = both.wanted("kecapi")

    assert set(old.of(["kecapi"])).intersection(hashes)


def test_every_combination_of_area_kind_and_platform_is_one_facet() -> None:
    facets = facets_of(entered())

    for wanted in (
        PartnerFilter(area="32.74", kind="community_group", platform="instagram"),
        PartnerFilter(area="32.74.05.1002", platform="instagram"),
        PartnerFilter(kind="community_group", state="draft", run_by_office=False),
        PartnerFilter(area="32"),
    ):
        assert set(wanted.facets) <= set(facets), wanted
    assert PartnerFilter(area="32.74", kind="community_group", platform="instagram").facets == [
        "a:32.74|k:community_group|p:instagram"
    ]


def test_topics_are_found_however_they_are_written() -> None:
    partner = entered().model_copy(update={"profile": Profile(topics="Kesehatan Ibu\nPertanian")})

    assert PartnerFilter(topic="kesehatan  ibu").facets[0] in facets_of(partner)


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [("community_group", "KIM Kecapi", "kim kecapi"), ("activist", "Siti Aminah", "si"), ("creator", "[erased]", "")],
)
def test_the_order_of_names_gives_away_two_letters_of_a_person(kind: str, name: str, expected: str) -> None:
    assert name_key(entered().model_copy(update={"kind": kind, "name": name})) == expected


def test_a_cursor_of_one_order_is_not_good_for_the_other() -> None:
    assert PartnerFilter(sort=Sort.NAME).scope != PartnerFilter(sort=Sort.NEWEST).scope
    assert PartnerFilter(text="kim").scope != PartnerFilter(text="info").scope


def test_words_lose_accents_and_marks() -> None:
    assert spelt("Café_Sehat, Kec. Diwek") == ["cafe", "sehat", "kec", "diwek"]
