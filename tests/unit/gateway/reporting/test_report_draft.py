"""A draft whose shelf comes and goes: what the page carries is the last word where it could not be kept."""

from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from starlette.datastructures import FormData

from libs.contracts.directory import TenantRecord
from libs.contracts.words import ReportKind
from libs.runtime.errors import Unavailable
from services.gateway.context import Visited
from services.gateway.reporting.draft import Sheet, carried_in, new_id, sheet_at, sheet_of
from services.gateway.reporting.sharing import text_in
from services.gateway.shelf import Place

OFFICE = cast(TenantRecord, SimpleNamespace(id="t1", slug="kota"))


class Shelf:
    def __init__(self) -> None:
        self.notes: dict[str, bytes] = {}
        self.away = False

    async def put(self, tenant: str, place: Place, content: bytes, **_: Any) -> None:
        if self.away:
            raise Unavailable("mongo")
        self.notes[place.identity()] = content

    async def get(self, tenant: str, place: Place) -> bytes | None:
        if self.away:
            raise Unavailable("mongo")
        return self.notes.get(place.identity())


def visit_with(shelf: Shelf) -> Visited:
    parts = SimpleNamespace(
        shelf=shelf,
        limits=SimpleNamespace(notes=SimpleNamespace(take=lambda _: None)),
        sessions=SimpleNamespace(csrf=lambda _: "csrf"),
        client=lambda _: "192.0.2.1",
    )
    return Visited(
        parts=cast(Any, parts),
        request=cast(Any, None),
        lang=cast(Any, "id"),
        asked_lang=None,
        visitor="a browser",
        fresh=False,
        save_data=False,
    )


async def _told(visit: Visited) -> Sheet:
    """A draft that went through all steps and lies on the shelf."""
    sheet = await sheet_at(visit, OFFICE, ReportKind.HOAX, new_id())
    draft = sheet.draft.first(FormData(text="Tulisan pertama."), "").second(FormData(doubt="Ragu."))
    return await sheet.but(draft.third(FormData(channel="email", email="warga@contoh.example"))).put()


def _sent_from(sheet: Sheet, step: str, *own: str, **typed: str) -> FormData:
    form = sheet.form(step, *own)
    return FormData([*form.carried, ("key", form.key), *typed.items()])


async def test_answers_that_could_not_be_kept_are_not_replaced_by_older_ones_when_the_shelf_is_back() -> None:
    shelf = Shelf()
    visit = visit_with(shelf)
    sheet = await _told(visit)

    shelf.away = True
    changed = await sheet.but(sheet.draft.first(FormData(text="Tulisan yang diperbaiki."), "")).put()
    form = _sent_from(changed, "contact", "seen_on", "area", "doubt", doubt="Ragu.")
    shelf.away = False
    found = await sheet_of(visit, OFFICE, ReportKind.HOAX, form)
    kept = await found.put()

    assert found.draft.text == "Tulisan yang diperbaiki."
    assert (found.draft.channel, found.draft.email) == ("email", "warga@contoh.example")
    assert (await sheet_at(visit, OFFICE, ReportKind.HOAX, sheet.id)).draft.text == "Tulisan yang diperbaiki."
    assert ("unkept", "1") not in kept.form("contact").carried


async def test_what_lies_on_the_shelf_is_the_last_word_otherwise() -> None:
    """As after Back to a page that was loaded before later steps were answered."""
    visit = visit_with(Shelf())
    first_page = (await sheet_at(visit, OFFICE, ReportKind.HOAX, new_id())).form("", "text")
    form = FormData([*first_page.carried, ("key", first_page.key)])
    sheet = await sheet_of(visit, OFFICE, ReportKind.HOAX, form)
    await sheet.but(sheet.draft.first(FormData(text="Satu."), "").second(FormData(doubt="Ragu."))).put()

    again = await sheet_of(visit, OFFICE, ReportKind.HOAX, form)

    assert (again.kept, again.draft.doubt) == (True, "Ragu.")


async def test_a_report_that_was_sent_is_not_sent_again_by_a_page_that_could_not_be_kept() -> None:
    shelf = Shelf()
    visit = visit_with(shelf)
    sheet = await _told(visit)
    shelf.away = True
    form = _sent_from(await sheet.put(), "send")
    shelf.away = False
    await sheet.sent("CRB-AAAA-AAAA")

    assert (await sheet_of(visit, OFFICE, ReportKind.HOAX, form)).draft.sent == "CRB-AAAA-AAAA"


@pytest.mark.parametrize(
    ("shared", "text"),
    [
        ({"title": "Judul", "text": "Isi", "url": "https://a.example/"}, "Judul\nIsi\nhttps://a.example/"),
        ({"text": "Lihat https://a.example/", "url": "https://a.example/"}, "Lihat https://a.example/"),
        ({"title": "Lihat", "text": "Lihat ini"}, "Lihat ini"),
        ({"text": "a\x00b"}, "ab"),
        ({"text": "x" * 6_000}, "x" * 5_000),
        ({}, ""),
    ],
)
def test_what_is_shared_is_written_once(shared: dict[str, str], text: str) -> None:
    assert text_in(FormData(shared)) == text


def test_a_page_says_by_which_way_its_report_came_and_no_other_way_than_the_publics() -> None:
    key = uuid4()

    assert carried_in(FormData({"by": "share"}), key).intake == "share"
    assert ("by", "share") in list(carried_in(FormData({"by": "share"}), key).carried())
    assert carried_in(FormData({"by": "partner"}), key).intake == "form"
