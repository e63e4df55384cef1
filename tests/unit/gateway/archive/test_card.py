import asyncio
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image, ImageChops

from libs.contracts.words import Verdict
from libs.runtime.errors import Unavailable
from services.gateway.archive.card import SIZES, VERDICTS, Cards, CardView, Shape, Subject, drawable, laid_out
from tests.unit.gateway.web import fixtures, preview

LONG = "Dinas Perhubungan tidak pernah menutup Jembatan Layang Pegambiran pada malam hari, " * 6
LINK = "https://contoh.id/" + "a" * 300
ARABIC = "Kalimat اللهم صل على محمد bukan dari kami"
BOTH = pytest.mark.parametrize("shape", [Shape.CARD, Shape.LINK])
FACTS = pytest.mark.parametrize("fact", ["Air aman.", fixtures.WATER.fact, LONG, LINK, ARABIC])


def a_subject(**changes: Any) -> Subject:
    return replace(preview.about(), **changes)


def of(shape: Shape = Shape.CARD, **changes: Any) -> CardView:
    return laid_out(a_subject(**changes), shape, "SALAH", "Tidak sesuai fakta.")


def drawn(shape: Shape, **changes: Any) -> Image.Image:
    return Image.open(io.BytesIO(preview.CARDS.draw(a_subject(**changes), shape))).convert("RGB")


def test_a_short_fact_is_set_large_and_a_long_one_smaller() -> None:
    assert of(fact="Air aman.").fact.size == 88
    assert of(fact=LONG).fact.size < 88


@BOTH
def test_a_text_that_fits_at_no_size_ends_in_an_ellipsis(shape: Shape) -> None:
    assert of(shape, fact=LONG).fact.text[-1].endswith("…")
    assert of(shape, claim=LONG).claim.text[-1].endswith("…")
    assert of(shape, name=LONG).name.text[-1].endswith("…")


@FACTS
def test_the_explanation_ends_above_the_claim(fact: str) -> None:
    found = of(fact=fact)

    assert max(found.fact.last, found.why.last) < 870


@FACTS
def test_the_fact_of_a_link_ends_above_the_claim(fact: str) -> None:
    assert of(Shape.LINK, fact=fact).fact.last < 410


@BOTH
@FACTS
def test_nothing_is_drawn_in_the_margin(shape: Shape, fact: str) -> None:
    """Drawn with a fact, a claim and names of any length, the right margin is that of a picture with short ones."""
    width, height = SIZES[shape]
    margin = (width - 56, 0, width, height)

    short = drawn(shape, fact="Air", claim="Air", name="A", government="B", why="", address="")
    long = drawn(shape, fact=fact, claim=fact, name=LONG, government=LONG, why=LONG, address=LINK)

    found = ImageChops.difference(short.crop(margin), long.crop(margin)).convert("L")
    assert found.point(lambda value: 255 * (value > 40)).getbbox() is None


def test_a_word_longer_than_a_line_is_broken_and_its_letters_stay() -> None:
    lines = of(claim="x" * 60).claim.text

    assert len(lines) == 2
    assert "".join(lines) == "“" + "x" * 60 + "”"


def test_marks_stay_on_their_letters_when_a_word_is_broken() -> None:
    lines = of(fact="ब\u0947" * 3 + "e\u0323\u0302" * 80).fact.text

    assert not any(re.match(r"[\u0300-\u036f]", line) for line in lines)


def test_direction_marks_and_what_nobody_sees_are_not_drawn() -> None:
    assert drawable("Kirim \u202egro.elpmaxe\u202c se\u200bka\u00adrang\x07") == "Kirim gro.elpmaxe sekarang"


def test_an_emoji_is_left_out_and_a_script_without_a_font_is_an_ellipsis() -> None:
    assert drawable("Bagikan 🔥🙏🏽 sekarang") == "Bagikan sekarang"
    assert drawable("Kata 中文字 itu") == "Kata … itu"


def test_arabic_is_drawn() -> None:
    blank, arabic = drawn(Shape.LINK, fact="x"), drawn(Shape.LINK, fact="محمد")

    assert ImageChops.difference(blank, arabic).getbbox() is not None
    assert drawable("محمد") == "محمد"


@BOTH
def test_the_card_is_well_formed_even_with_markup_in_its_text(shape: Shape) -> None:
    view = fixtures.published(fact="<b>Air & pipa</b>")

    found = ElementTree.fromstring(preview.card_svg(view, shape))

    assert "<b>Air & pipa</b>" in "".join(found.itertext())


@BOTH
def test_the_verdict_stands_on_the_claim_and_not_on_the_fact(shape: Shape) -> None:
    svg = preview.card_svg(shape=shape)

    assert svg.index("Faktanya") < svg.index("Klaim yang beredar") < svg.index(">SALAH<")


def test_every_verdict_has_its_ink() -> None:
    assert set(VERDICTS) == {verdict.value for verdict in Verdict}


@pytest.mark.parametrize(("shape", "most"), [(Shape.CARD, 150_000), (Shape.SMALL, 24_000), (Shape.LINK, 100_000)])
def test_a_picture_has_its_size_and_is_light(shape: Shape, most: int) -> None:
    png = preview.picture(shape)

    assert Image.open(io.BytesIO(png)).size == SIZES[shape]
    assert len(png) < most


class Slow(Cards):
    """Counts what it draws."""

    def __init__(self) -> None:
        super().__init__(render=lambda view: "", words=lambda verdict: ("", ""), look="")
        self.drawn: list[Subject] = []

    def draw(self, about: Subject, shape: Shape) -> bytes:
        self.drawn.append(about)
        return about.fact.encode()


async def test_a_picture_that_many_ask_for_at_once_is_drawn_once() -> None:
    cards, about = Slow(), a_subject()

    found = await asyncio.gather(*(cards.png(about, Shape.CARD) for _ in range(30)))

    assert len(set(found)) == len(cards.drawn) == 1


async def test_more_pictures_than_can_wait_are_put_off() -> None:
    cards = Slow()
    asked = [cards.png(a_subject(fact=str(n)), Shape.CARD) for n in range(Cards.WAITING + 5)]

    found = await asyncio.gather(*asked, return_exceptions=True)

    assert sum(isinstance(f, Unavailable) for f in found) == 5
    assert len(cards.drawn) == Cards.WAITING


async def test_only_the_last_pictures_are_kept() -> None:
    cards = Slow()
    for n in range(Cards.KEPT + 1):
        await cards.png(a_subject(fact=str(n)), Shape.CARD)

    await cards.png(a_subject(fact=str(Cards.KEPT)), Shape.CARD)
    await cards.png(a_subject(fact="0"), Shape.CARD)

    assert len(cards.drawn) == Cards.KEPT + 2


def test_a_correction_has_another_address() -> None:
    tag = preview.CARDS.tag

    assert tag(a_subject()) == tag(a_subject())
    assert tag(a_subject()) != tag(a_subject(version=3, at=datetime(2026, 12, 1, tzinfo=UTC)))
