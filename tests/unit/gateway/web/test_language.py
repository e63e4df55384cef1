import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir

from services.gateway.console import pages as console
from services.gateway.dispatch.notices import NOTICES
from services.gateway.web.i18n import LOCALES, choose, read_catalogs, switch_url, thousands
from services.gateway.web.rendering import ROOMS
from tests.unit.gateway.web import fixtures, preview
from tests.unit.gateway.web.reading import words_in

JINJA = {"extensions": "jinja2.ext.do"}

ENGLISH_WORDS = (
    "the and your you our this that with from have has been not are was were will send sent report reports answer "
    "answers error invalid required search submit sign log out next back home name password please read more share "
    "download close open yes loading page name email phone file choose code there here what why where when who "
    "received published checked corrected sources history people asked false true scam misleading unproven satire of "
    "is it to for by or on at as an be can may date place amount claim verdict"
)
ENGLISH = frozenset(ENGLISH_WORDS.split())
INDONESIAN_WORDS = (
    "yang dan tidak untuk dengan anda dari kami ini itu di ke atau sudah belum bila akan bisa laporan kabar jawaban "
    "petugas surel kirim diterima diperiksa dijawab tersimpan kode nomor halaman klarifikasi sumber riwayat mengapa "
    "orang pukul tanggal tempat jumlah benar salah"
)
INDONESIAN = frozenset(INDONESIAN_WORDS.split())
PROPER_NAMES = frozenset({"cirebon", "code"})


def source_strings() -> Iterator[tuple[str, tuple[str, ...]]]:
    found = extract_from_dir(
        str(ROOMS), [("**/templates/*.html", "jinja2"), ("**/templates/*.svg", "jinja2")], {"**": JINJA}
    )
    assert console.router, "the rooms say their notices when they are loaded"
    for word, said in NOTICES.items():
        yield f"Notice {word}", (said,)
    for path, _, message, _, _ in found:
        yield path, (message,) if isinstance(message, str) else tuple(part for part in message or () if part)


def english() -> dict[str, tuple[str, ...]]:
    catalogs: list[Catalog] = list(read_catalogs(LOCALES / "en" / "LC_MESSAGES"))
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for catalog in catalogs
        for message in catalog
        if message.id
    }


def test_every_string_of_a_template_has_its_english() -> None:
    known = english()

    missing = sorted({f"{path}: {ids[0]}" for path, ids in source_strings() if not all(known.get(ids[0], ("",)))})

    assert not missing, "add these to a file in services/gateway/web/locales/en/LC_MESSAGES:\n" + "\n".join(missing)


def test_no_english_is_left_over_from_a_string_that_is_gone() -> None:
    used = {ids[0] for _, ids in source_strings()}

    public = next(c for c in read_catalogs(LOCALES / "en" / "LC_MESSAGES") if "public pages" in c.header_comment)
    left = sorted(m.id if isinstance(m.id, str) else m.id[0] for m in public if m.id)

    assert [one for one in left if one not in used] == []


def test_a_translation_keeps_the_placeholders_of_its_source() -> None:
    def placeholders(text: str) -> set[str]:
        return set(re.findall(r"%\((\w+)\)s", text))

    wrong = [
        source
        for source, translated in english().items()
        if any(placeholders(text) != placeholders(source) for text in translated)
    ]

    assert wrong == []


@pytest.mark.parametrize("name", fixtures.PAGES)
def test_an_indonesian_page_speaks_no_english(name: str) -> None:
    assert words_in("id", preview.html(name, "id")) & ENGLISH == set()


@pytest.mark.parametrize("name", fixtures.PAGES)
def test_an_english_page_speaks_indonesian_only_where_it_says_so(name: str) -> None:
    html = re.sub(
        r"(?s)<title>.*?</title>|<textarea.*?</textarea>|alt=\"[^\"]*\"|<li class=\"msg msg--you.*?</li>",
        "",
        preview.html(name, "en"),
    )

    assert words_in("en", html) & INDONESIAN - PROPER_NAMES == set()


@pytest.mark.parametrize("name", fixtures.PAGES)
@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_page_says_its_language(name: str, lang: str) -> None:
    html = preview.html(name, "en" if lang == "en" else "id")

    assert re.search(r"<html lang=\"(\w+)\"", html)[1] == lang  # type: ignore[index]


def test_the_switch_asks_for_the_other_language_and_keeps_the_search() -> None:
    assert switch_url("/cirebon/clarifications?q=air+keruh&lang=id", "en") == (
        "/cirebon/clarifications?q=air+keruh&lang=en"
    )


@pytest.mark.parametrize(
    ("asked", "remembered", "lang"),
    [("en", "id", "en"), (None, "en", "en"), ("xx", "en", "en"), ("xx", "yy", "id"), (None, None, "id")],
)
def test_the_switch_wins_over_the_cookie_and_indonesian_is_the_default(
    asked: str | None, remembered: str | None, lang: str
) -> None:
    assert choose(asked, remembered) == lang


def test_numbers_are_grouped_as_the_reader_writes_them() -> None:
    assert (thousands(1187, "id"), thousands(1187, "en")) == ("1.187", "1,187")


def test_the_two_catalogs_agree_where_they_share_a_string() -> None:
    seen: dict[str, object] = {}
    disagreeing = []
    for catalog in read_catalogs(Path(LOCALES / "en" / "LC_MESSAGES")):
        for message in catalog:
            key = message.id if isinstance(message.id, str) else message.id[0]
            if key and seen.setdefault(key, message.string) != message.string:
                disagreeing.append(key)

    assert disagreeing == [], "one string, two translations: make the source strings differ"
