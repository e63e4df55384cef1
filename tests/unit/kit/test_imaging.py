import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from libs.kit import imaging
from libs.kit.imaging import ImageRefused, distance, ocr, perceptual_hashes, sanitise

SCREENSHOTS = Path(__file__).parents[4] / "shared" / "data" / "images"


def encoded(image, kind="PNG", **options):
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def drawn(seed):
    chance = random.Random(seed)
    image = Image.new("RGB", (400, 400), "white")
    for _ in range(12):
        left, top = chance.randrange(300), chance.randrange(300)
        shade = chance.randrange(200)
        image.paste(
            (shade, shade, shade), (left, top, left + chance.randrange(40, 100), top + chance.randrange(40, 100))
        )
    return image


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width, height, *extra):
    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(b"\0" * (1 + width * 3)) for _ in range(height)) + packer.flush()
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def refusal(data):
    with pytest.raises(ImageRefused) as refused:
        sanitise(data)
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "image_type_not_allowed"),
        (b"<!doctype html><script>alert(1)</script>", "image_type_not_allowed"),
        (b"PK\x03\x04" + b"0" * 100, "image_type_not_allowed"),
        (b"GIF89a" + b"0" * 100, "image_type_not_allowed"),
        (b"", "image_type_not_allowed"),
        (b"%PDF-1.7\n", "pdf_not_allowed"),
        (b"\xff\xd8\xff" + b"0" * 1_000, "image_broken"),
        (encoded(Image.new("RGB", (300, 300)), "JPEG")[:400], "image_broken"),
        (b"\xff\xd8\xff" + b"0" * (10 * 1024 * 1024), "image_too_large"),
    ],
    ids=["svg", "html", "zip", "gif", "empty", "pdf", "not a jpeg", "cut off", "11 MB"],
)
def test_what_is_no_image_we_take_is_refused_with_its_reason(data, code) -> None:
    assert refusal(data) == code


def test_a_hundred_megapixels_are_refused_before_they_are_decoded() -> None:
    assert refusal(png(10_000, 10_000)) == "image_too_many_pixels"


def test_a_bomb_in_the_metadata_costs_the_child_only() -> None:
    bomb = zlib.compress(b"a" * (200 << 20), 9)

    assert refusal(png(10, 10, chunk(b"zTXt", b"k\0\0" + bomb))) == "image_bomb"


def test_a_child_that_dies_is_a_refusal(monkeypatch) -> None:
    monkeypatch.setattr(imaging, "TIMEOUT", 0.001)

    assert refusal(png(10, 10)) == "image_bomb"


def test_the_largest_picture_allowed_is_scaled_down() -> None:
    clean = sanitise(png(8_000, 5_000))

    assert (clean.width, clean.height) == (2_400, 1_500)
    assert max(Image.open(BytesIO(clean.thumbnail)).size) == 320


def test_the_clean_copy_carries_nothing_but_pixels_and_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "Jalan Rahasia 7"
    original = encoded(Image.new("RGB", (100, 50)), "JPEG", exif=exif, comment=b"catatan") + b"<script>PK\x03\x04"

    clean = sanitise(original)

    assert (clean.width, clean.height) == (50, 100)
    assert not any(trace in clean.data for trace in (b"Rahasia", b"catatan", b"script", b"Exif"))
    assert Image.open(BytesIO(clean.data)).format == "JPEG"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_reduced_to_its_first_frame(kind) -> None:
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "green", "blue")]

    clean = sanitise(encoded(frames[0], kind, save_all=True, append_images=frames[1:], lossless=True))

    pixel = Image.open(BytesIO(clean.data)).getpixel((20, 20))
    assert isinstance(pixel, tuple)
    red, green, _ = pixel
    assert clean.frames == 3
    assert red > 200
    assert green < 60


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "I;16", "1"])
def test_every_way_of_storing_colours_becomes_a_plain_jpeg(mode) -> None:
    clean = sanitise(encoded(Image.new(mode, (30, 20))))

    assert Image.open(BytesIO(clean.data)).mode == "RGB"


def test_the_memory_of_the_caller_stays_where_it_was() -> None:
    def resident():
        return int(Path("/proc/self/status").read_text().split("VmRSS:")[1].split()[0])

    largest = png(8_000, 5_000)
    before = resident()
    sanitise(largest)

    assert resident() - before < 20_000


def test_a_recompressed_copy_keeps_its_hash_and_another_picture_does_not() -> None:
    pytest.importorskip("imagehash")
    one, other = drawn(seed=1), drawn(seed=2)

    first = perceptual_hashes(encoded(one))
    again = perceptual_hashes(encoded(one.resize((300, 300)), "JPEG", quality=50))

    assert distance(first.phash, again.phash) <= 2
    assert distance(first.phash, perceptual_hashes(encoded(other)).phash) > 10


def test_the_text_of_a_screenshot_is_read() -> None:
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")
    if not SCREENSHOTS.exists():
        pytest.skip(f"{SCREENSHOTS} is not here")

    read = ocr(sanitise((SCREENSHOTS / "base" / "b00.jpg").read_bytes()).data)

    assert "undian" in (read or "").lower()


def test_without_a_recogniser_there_is_no_text(monkeypatch) -> None:
    monkeypatch.setattr(imaging, "_recogniser", lambda: None)

    assert ocr(png(10, 10)) is None
