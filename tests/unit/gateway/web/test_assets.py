import gzip
import re
from pathlib import Path

import pytest

from services.gateway.archive.card import Shape
from services.gateway.web.assets import STATIC, Assets
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


def test_style_and_scripts_travel_without_what_only_their_authors_read(tmp_path: Path) -> None:
    (tmp_path / "a.css").write_text("/* why */\na {\n  color: red;\n}\n")
    (tmp_path / "a.js").write_text('"use strict";\n// why\nconst name = 1;\n')
    (tmp_path / "b.min.js").write_text("/* theirs */ a = 1;\n")

    assets = Assets(tmp_path)

    assert assets.body("a.css", "identity") == b"a{color:red}"
    assert assets.body("a.js", "identity") == b'"use strict";const name=1;'
    assert assets.body("b.min.js", "identity") == b"/* theirs */ a = 1;\n"


@pytest.mark.parametrize("name", ["simpul.css", "console.css"])
def test_a_style_sheet_keeps_its_rules(name: str) -> None:
    def signs(sheet: str) -> str:
        return re.sub(r"\s|;(?=\s*})|/\*.*?\*/", "", sheet, flags=re.DOTALL)

    assert signs(preview.ASSETS.body(name, "identity").decode()) == signs((STATIC / name).read_text())


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
