import csv

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from libs.kit import imaging
from libs.kit.imaging import look, ocr
from libs.kit.pictures import BANDS, NEAR, Fingerprint, Known, Seen, bands, distance, is_copy, is_same, overlap
from tests.bench.images import SCREENSHOTS, agreement, evaluate, grouped
from tests.unit.kit.pictures import COPIES, PARTS, jpeg, message

OTHERS = [("BANK BNI", "150.000"), ("BANK BRI", "750.000"), ("BANK BRI", "160.000"), ("BANK BTN", "150.000")]
HARDEST = {"b02.jpg", "b03.jpg"}
"""One template with two targets; `make image-eval` takes them all."""
VARIANTS = ["original", "wa_forward_x3", "resize_50", "crop_bubble_only", "stamp_hoaks"]
needs_ocr = pytest.mark.skipif(imaging._recogniser() is None, reason="tesseract is not installed")


@pytest.fixture(scope="module")
def known():
    found = {}

    def of(picture, *, read=False):
        data = jpeg(picture)
        if (data, read) not in found:
            looked = look(data)
            reading = ocr(looked) if read else None
            found[data, read] = Known(looked.hash, Seen(Fingerprint.of(looked), reading.words if reading else ()))
        return found[data, read]

    return of


@pytest.mark.parametrize("way", COPIES)
def test_a_copy_is_the_same_picture(way, known) -> None:
    one, copy = known(message()), known(COPIES[way](message()))

    assert distance(one.hash, copy.hash) <= NEAR
    assert is_copy(one, copy)


@pytest.mark.parametrize(("bank", "amount"), OTHERS)
@pytest.mark.parametrize("way", COPIES)
def test_one_template_with_another_bank_or_amount_is_another_picture(bank, amount, way, known) -> None:
    """Though its hash is hardly apart: that is why pixels are looked at."""
    one, other = known(message()), known(COPIES[way](message(bank, amount)))

    assert distance(one.hash, other.hash) <= NEAR
    assert not is_copy(one, other)


def test_a_picture_of_another_shape_is_another(known) -> None:
    one = known(message())

    assert not is_same(one.seen.fingerprint, known(message().crop((0, 0, 720, 1000))).seen.fingerprint)


def test_what_is_kept_of_a_picture_compares_like_the_picture(known) -> None:
    one = known(message()).seen.fingerprint
    kept = Fingerprint.unpacked(one.packed())

    assert kept.tones.shape == one.tones.shape
    assert is_same(kept, known(COPIES["passed on"](message())).seen.fingerprint)
    assert not is_same(kept, known(message("BANK BNI")).seen.fingerprint)


def test_near_hashes_have_a_band_in_common() -> None:
    one = "c3a5f0e1b2d49687" * 4
    flipped = int(one, 16)
    for part in range(BANDS - 1):
        flipped ^= 1 << (part * 16)

    assert set(bands(one)) & set(bands(f"{flipped:064x}"))
    assert len(set(bands("0" * 64))) == BANDS


@pytest.mark.parametrize("colour", ["navy", "white", "#808080"])
def test_blank_sheets_are_not_one_picture(colour, known) -> None:
    one = known(Image.new("RGB", (720, 1280), colour))

    assert not is_copy(one, known(Image.new("RGB", (720, 1280), "black")))
    assert not is_copy(one, one)


def test_a_line_on_a_blank_sheet_is_found_again(known) -> None:
    sheet = Image.new("RGB", (720, 1280), "white")
    other = sheet.copy()
    for picture, text in ((sheet, "BANTUAN BRI 600 ribu"), (other, "BANTUAN BNI 600 ribu")):
        ImageDraw.Draw(picture).text((60, 500), text, font=ImageFont.load_default(36), fill="black")

    assert is_copy(known(sheet), known(COPIES["passed on"](sheet)))
    assert not is_copy(known(sheet), known(COPIES["passed on"](other)))


def test_a_sliver_is_the_same_as_nothing() -> None:
    sliver = Fingerprint(np.zeros((4, 400), dtype=np.uint8))

    assert not is_same(sliver, sliver)


@needs_ocr
@pytest.mark.parametrize("way", PARTS)
def test_a_part_lies_on_the_whole(way, known) -> None:
    lies = overlap(known(message(), read=True).seen, known(PARTS[way](message()), read=True).seen)

    assert lies is not None
    assert lies.is_part


@needs_ocr
@pytest.mark.parametrize(("bank", "amount"), OTHERS[:2])
@pytest.mark.parametrize("way", [way for way in PARTS if way != "stamped"])
def test_a_part_of_one_template_is_no_part_of_another(bank, amount, way, known) -> None:
    lies = overlap(known(message(), read=True).seen, known(PARTS[way](message(bank, amount)), read=True).seen)

    assert lies is None or not lies.is_part


@needs_ocr
def test_what_two_pictures_have_in_common_does_not_join_them(known) -> None:
    common = message().crop((0, 300, 720, 420))
    pictures = {"a": message(), "b": message("BANK BNI"), "c": common}

    groups = grouped({name: known(picture, read=True) for name, picture in pictures.items()})

    assert groups["a"][0] != groups["b"][0]


def test_pictures_that_say_nothing_are_compared_all_the_same(known) -> None:
    rng = np.random.default_rng(4)
    noise = Image.fromarray(rng.integers(0, 255, (60, 40, 3), dtype=np.uint8)).resize((400, 600))

    assert is_copy(known(noise), known(COPIES["half as large"](noise)))


@needs_ocr
def test_the_forms_in_which_screenshots_travel_find_their_base() -> None:
    if not SCREENSHOTS.exists():
        pytest.skip(f"{SCREENSHOTS} is not here")

    with (SCREENSHOTS / "manifest.csv").open(encoding="utf-8", newline="") as file:
        manifest = [row for row in csv.DictReader(file) if row["base"] in HARDEST and row["variant"] in VARIANTS]
    right, joined = agreement(evaluate(SCREENSHOTS, [SCREENSHOTS / row["file"] for row in manifest]), manifest)

    assert joined == 0
    assert right == dict.fromkeys(VARIANTS, 2)
