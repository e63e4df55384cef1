import gzip
import re
from pathlib import Path

import pytest

from services.gateway.archive.card import Shape
from services.gateway.web.assets import Assets
from tests.unit.gateway.web import preview

KILOBYTE = 1024


def test_a_file_is_kept_for_ever_under_its_own_hash_and_briefly_under_another() -> None:
    assets = preview.ASSETS

    assert "immutable" in assets.headers("simpul.css", assets.version, "gzip")["Cache-Control"]
    assert "immutable" not in assets.headers("simpul.css", "of-another-build", "gzip")["Cache-Control"]


def test_the_address_changes_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("a{}")
    before = Assets(tmp_path).url("a.css")
    (tmp_path / "a.css").write_text("b{}")

    assert Assets(tmp_path).url("a.css") != before


def test_who_takes_gzip_gets_it_and_who_does_not_gets_the_file() -> None:
    packed, plain = preview.ASSETS.body("simpul.css", "br, gzip"), preview.ASSETS.body("simpul.css", "identity")

    assert gzip.decompress(packed) == plain


def test_a_file_that_is_not_there_fails_the_page() -> None:
    with pytest.raises(KeyError):
        preview.ASSETS.url("gone.css")


def wire_size(name: str) -> int:
    return len(preview.ASSETS.body(name, "gzip"))


@pytest.mark.parametrize("name", ["home", "report", "check", "clarifications", "clarification", "ticket-answered"])
def test_markup_and_style_of_a_page_fit_25_kilobytes_and_the_first_load_70(name: str) -> None:
    html = preview.html(name)
    pictures = len(preview.picture(Shape.SMALL)) if "small.png" in html else 0
    loaded = {match.partition("#")[0] for match in re.findall(r"(?:href|src)=\"/static/\w+/([^\"]+)\"", html)}
    markup = len(gzip.compress(html.encode()))

    assert markup + wire_size("simpul.css") <= 25 * KILOBYTE
    assert markup + pictures + sum(wire_size(name) for name in loaded) <= 70 * KILOBYTE
    assert "fonts/plus-jakarta-sans-latin.woff2" in loaded


def test_a_reader_who_saves_data_gets_no_font() -> None:
    from dataclasses import replace

    from tests.unit.gateway.web import fixtures

    html = preview.RENDERER.render("reporting/report.html", replace(fixtures.page(), save_data=True), fixtures.REPORT)

    assert "woff2" not in html
    assert "save-data" in html
