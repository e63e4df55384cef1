"""Which earlier report a picture leads to. The pixels are real; the shelves are memory."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import pytest

from libs.kit.imaging import Looked, look
from libs.kit.pictures import Fingerprint
from libs.runtime.errors import NotFound
from services.reports.case.state import Case
from services.reports.pictures import Pictures, fingerprint_name, marks
from services.reports.report.rules import Picture, Report, index_fields
from services.reports.store import picture_name
from tests.unit.kit.pictures import COPIES, jpeg, message
from tests.unit.reports.builders import NOON, an_open_case

pytest.importorskip("imagehash")

KEY, OLDER_KEY = b"k" * 32, b"o" * 32
CLAIM = "Sumur warga di Desa Sukamaju diracuni orang tidak dikenal tadi malam, tiga kambing mati."


@pytest.fixture(scope="module")
def looked() -> Mapping[str, Looked]:
    pictures = {
        "bri": message("BANK BRI"),
        "bri passed on": COPIES["passed on"](message("BANK BRI")),
        "bni": message("BANK BNI"),
    }
    return {name: look(jpeg(picture)) for name, picture in pictures.items()}


class Shelf:
    """Store and blobs."""

    def __init__(self, looked: Mapping[str, Looked]) -> None:
        self.looked = looked
        self.stored: dict[str, Report] = {}
        self.opened: dict[str, Case] = {}
        self.pixels: dict[str, bytes] = {}

    def has(self, report_id: str, *pictures: str, key: bytes = KEY, **more: Any) -> Report:
        found = tuple(Picture(blob_id=name, hash=self.looked[name].hash) for name in pictures)
        report_id = str(uuid5(NAMESPACE_URL, report_id))
        report = Report(
            report_id=report_id,
            kind="hoax",
            number="CRB-0000-0000",
            received_at=NOON,
            pictures=found,
            picture_marks=tuple(mark for picture in found for mark in marks(key, "t1", picture.hash)),
        )
        report = report.model_copy(update={"state": "linked", "case_id": report.own_case(), **more})
        self.stored[report_id] = report
        self.opened[report.case_id or ""] = an_open_case()
        for name in pictures:
            packed = Fingerprint.of(self.looked[name]).packed()
            self.pixels[fingerprint_name(picture_name("t1", report_id, name))] = packed
        return report

    async def reports_with_pictures(self, tenant: str, wanted: Sequence[str], *, most: int) -> list[Report]:
        placed = [r for r in self.stored.values() if r.case_id is not None]
        return [r for r in placed if set(index_fields(r).get("pictures", ())) & set(wanted)]

    async def cases_of(self, tenant: str, case_ids: Iterable[str]) -> dict[str, Case]:
        return {case_id: self.opened[case_id] for case_id in case_ids if case_id in self.opened}

    async def cipher(self, tenant: str, report_id: str) -> str:
        return report_id

    async def get(self, name: str, *, cipher: str) -> bytes:
        if name not in self.pixels:
            raise NotFound("blob")
        return self.pixels[name]

    async def reports(self, document_ids: Iterable[str]) -> dict[str, Report]:
        return {i: self.stored[i.split("/")[1]] for i in document_ids}

    async def where(
        self, report: Report, *, keys: Sequence[bytes] = (KEY,), just_placed: Sequence[Report] = ()
    ) -> tuple[str, str | None]:
        shelf: Any = self
        same = await Pictures(shelf, shelf, keys).same("t1", report, just_placed)
        if same is None:
            return "none", None
        placement = same.placement(report)
        return placement.outcome, placement.case_id or placement.candidates[0].case_id


@pytest.fixture
def shelf(looked: Mapping[str, Looked]) -> Shelf:
    return Shelf(looked)


async def test_a_copy_goes_to_the_case_of_the_first(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri")
    copy = shelf.has("r2", "bri passed on", case_id=None, text="apakah ini betul?")

    assert await shelf.where(copy) == ("match", first.case_id)


async def test_another_bank_in_one_template_leads_nowhere(shelf: Shelf) -> None:
    shelf.has("r1", "bri")

    assert await shelf.where(shelf.has("r2", "bni", case_id=None)) == ("none", None)


async def test_a_claim_beside_the_picture_is_judged_by_a_person(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri")

    assert await shelf.where(shelf.has("r2", "bri passed on", case_id=None, text=CLAIM)) == ("suggest", first.case_id)


async def test_a_proposal_says_that_the_picture_is_the_same(shelf: Shelf) -> None:
    shelf.has("r1", "bri")
    store: Any = shelf
    same = await Pictures(store, store, (KEY,)).same("t1", shelf.has("r2", "bri passed on", case_id=None, text=CLAIM))

    assert same is not None
    [candidate] = same.placement(shelf.has("r2", "bri passed on", case_id=None, text=CLAIM)).candidates
    assert [reason.code for reason in candidate.reasons] == ["same_picture"]


async def test_a_picture_that_stood_beside_another_claim_is_judged_by_a_person(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri", text=CLAIM)

    assert await shelf.where(shelf.has("r2", "bri passed on", case_id=None)) == ("suggest", first.case_id)


@pytest.mark.parametrize(
    ("now", "outcome"),
    [({"case_id": None}, "match"), ({"state": "withdrawn"}, "none")],
    ids=["not stored", "withdrawn"],
)
async def test_a_report_placed_a_moment_ago_is_taken_as_it_is_now(
    shelf: Shelf, now: dict[str, Any], outcome: str
) -> None:
    first = shelf.has("r1", "bri")
    shelf.stored[first.report_id] = first.model_copy(update=now)

    assert (await shelf.where(shelf.has("r2", "bri passed on", case_id=None), just_placed=[first]))[0] == outcome


async def test_one_of_two_pictures_is_judged_by_a_person(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri")

    assert await shelf.where(shelf.has("r2", "bri passed on", "bni", case_id=None)) == ("suggest", first.case_id)


@pytest.mark.parametrize(
    "first",
    [
        {"state": "withdrawn"},
        {"state": "screened_out"},
        {"helpful": False},
        {"case_id": "elsewhere", "outcome": "match"},
        {"pictures": (), "picture_marks": ()},
    ],
    ids=["withdrawn", "screened out", "not helped", "put there by the matcher alone", "erased"],
)
async def test_a_report_that_teaches_nothing_leads_nowhere(shelf: Shelf, first: dict[str, Any]) -> None:
    shelf.has("r1", "bri", **first)

    assert await shelf.where(shelf.has("r2", "bri passed on", case_id=None)) == ("none", None)


async def test_a_report_that_was_helped_by_the_answer_leads_there(shelf: Shelf) -> None:
    shelf.has("r1", "bri", case_id="elsewhere", outcome="match", helpful=True)

    assert await shelf.where(shelf.has("r2", "bri passed on", case_id=None)) == ("match", "elsewhere")


async def test_the_reporters_no_is_heard(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri")

    assert await shelf.where(shelf.has("r2", "bri passed on", case_id=None, refused=(first.case_id,))) == ("none", None)


@pytest.mark.parametrize(("answered", "outcome"), [(None, "none"), ("k1", "match")])
async def test_a_case_that_rests_leads_there_if_it_was_answered(
    shelf: Shelf, answered: str | None, outcome: str
) -> None:
    first = shelf.has("r1", "bri")
    shelf.opened[first.case_id or ""] = an_open_case().model_copy(
        update={"state": "closed", "clarification_id": answered}
    )

    assert (await shelf.where(shelf.has("r2", "bri passed on", case_id=None)))[0] == outcome


async def test_without_the_pixels_a_near_hash_proves_nothing(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri")
    copy = shelf.has("r2", "bri passed on", case_id=None)
    del shelf.pixels[fingerprint_name(picture_name("t1", first.report_id, "bri"))]

    assert await shelf.where(copy) == ("none", None)


async def test_what_was_marked_under_an_older_key_is_found(shelf: Shelf) -> None:
    first = shelf.has("r1", "bri", key=OLDER_KEY)
    copy = shelf.has("r2", "bri passed on", case_id=None)

    assert await shelf.where(copy, keys=(KEY,)) == ("none", None)
    assert await shelf.where(copy, keys=(KEY, OLDER_KEY)) == ("match", first.case_id)


async def test_of_several_the_newest_leads(shelf: Shelf) -> None:
    shelf.has("r1", "bri")
    later = shelf.has("r2", "bri", received_at=NOON + timedelta(hours=1))

    assert await shelf.where(shelf.has("r3", "bri passed on", case_id=None)) == ("match", later.case_id)


def test_marks_do_not_tell_the_hash_and_differ_by_office() -> None:
    hash = "c3a5f0e1b2d49687" * 4

    one, other = marks(KEY, "t1", hash), marks(KEY, "t2", hash)

    assert len(set(one)) == 16
    assert set(one).isdisjoint(other)
    assert not any(hash[part * 4 : part * 4 + 4] in "".join(one) for part in range(2))
