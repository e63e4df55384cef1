from dataclasses import replace
from xml.etree import ElementTree

import pytest

from libs.contracts.words import Verdict
from services.gateway.web.card import VERDICTS, WIDTH, CardView, card
from tests.unit.web import fixtures, preview

LONG = "Dinas Perhubungan tidak pernah menutup Jembatan Layang Pegambiran pada malam hari, " * 6


def of(fact: str = fixtures.WATER.fact, claim: str = fixtures.WATER.claim) -> CardView:
    view = replace(fixtures.CLARIFICATION, row=replace(fixtures.WATER, fact=fact, claim=claim))
    return card(view, fixtures.CIREBON, "SALAH")


def test_a_short_fact_is_set_large_and_a_long_one_smaller() -> None:
    assert of("Air aman.").fact.size == 88
    assert of(LONG).fact.size < 88


def test_a_text_that_fits_at_no_size_ends_in_an_ellipsis() -> None:
    assert of(LONG).fact.text[-1].endswith("…")
    assert len(of(claim=LONG).claim.text) == 2
    assert of(claim=LONG).claim.text[-1].endswith("…")


@pytest.mark.parametrize("fact", ["Air aman.", fixtures.WATER.fact, LONG])
def test_the_explanation_ends_above_the_claim(fact: str) -> None:
    found = of(fact)

    bottom = 324 + found.fact.size + (len(found.fact.text) - 1) * found.fact.leading
    if found.why.text:
        bottom += 36 + found.why.size + (len(found.why.text) - 1) * found.why.leading

    assert bottom < 870


@pytest.mark.parametrize("fact", ["Air aman.", fixtures.WATER.fact, LONG])
def test_no_line_is_wider_than_the_card(fact: str) -> None:
    found = of(fact)

    # The average letter of the font takes 0.5 em; a line of many more letters than that would run over.
    assert all(len(line) * found.fact.size * 0.47 <= WIDTH for line in found.fact.text)


def test_the_card_is_well_formed_even_with_markup_in_its_text() -> None:
    view = replace(fixtures.CLARIFICATION, row=replace(fixtures.WATER, fact="<b>Air & pipa</b>"))

    drawn = ElementTree.fromstring(preview.card_svg(view))

    assert "<b>Air & pipa</b>" in "".join(drawn.itertext())


def test_every_verdict_has_its_ink() -> None:
    assert set(VERDICTS) == {verdict.value for verdict in Verdict}
