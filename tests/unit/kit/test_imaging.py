import random
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont, ImageStat

from libs.kit import imaging
from libs.kit.imaging import ImageRefused, look, ocr, sanitise

PICTURES = Path(__file__).parents[4] / "shared" / "cases" / "pictures"
SCREENSHOTS = Path(__file__).parents[4] / "shared" / "data" / "images"


def words_in(copy):
    reading = ocr(look(copy))
    return reading.text if reading is not None else ""


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


def written(text, *, mode="RGBA", ground=(0, 0, 0, 0), ink=(255, 255, 255, 255), size=(380, 120)):
    """A sticker: two lines of text on a ground, transparent if nothing else is said."""
    image = Image.new("RGBA", size, ground)
    ImageDraw.Draw(image).multiline_text((12, 12), text, fill=ink, font=ImageFont.load_default(36))
    return image.convert(mode)


def deep(text):
    """The same text in 16 bits of grey, on a light ground."""
    grey = written(text, ground=(250, 250, 250, 255), ink=(20, 20, 20, 255)).convert("L")
    return grey.convert("I").point(lambda value: value * 257).convert("I;16")


def tones_of(clean):
    """Lightest and darkest tenth of a percent: how far writing stands out."""
    return ImageStat.Stat(Image.open(BytesIO(clean.data)).convert("L")).extrema[0]


TEXTS = ("BANTUAN TUNAI\n2 JUTA", "AIR SUMUR\nBERACUN")
WAYS = {
    "white on nothing": lambda text: encoded(written(text)),
    "light grey on nothing": lambda text: encoded(written(text, ink=(205, 205, 205, 255))),
    "grey on nothing": lambda text: encoded(written(text, ink=(128, 128, 128, 255))),
    "black on nothing": lambda text: encoded(written(text, ink=(0, 0, 0, 255))),
    "half transparent": lambda text: encoded(written(text, ink=(255, 255, 255, 150))),
    "grey with alpha": lambda text: encoded(written(text, mode="LA")),
    "palette": lambda text: encoded(written(text).quantize(16)),
    "webp": lambda text: encoded(written(text), "WEBP", lossless=True),
    "lossy webp": lambda text: encoded(written(text), "WEBP", quality=80),
    "16 bits": lambda text: encoded(deep(text)),
    "12 bits of 16": lambda text: encoded(
        deep(text).convert("I").point(lambda value: value * (1 / 16) + 0).convert("I;16")
    ),
    "one bit": lambda text: encoded(written(text, ground=(255, 255, 255, 255), ink=(0, 0, 0, 255), mode="1")),
    "cmyk": lambda text: encoded(written(text, ground=(255, 255, 255, 255), ink=(0, 0, 0, 255), mode="CMYK"), "JPEG"),
    "hidden wholly": lambda text: encoded(_hidden(text)),
}


def _hidden(text):
    image = written(text, ground=(0, 0, 0, 255))
    image.putalpha(0)
    return image


@pytest.mark.parametrize("way", WAYS)
def test_writing_stands_out_in_the_copy_whatever_its_ground_was(way) -> None:
    darkest, lightest = tones_of(sanitise(WAYS[way](TEXTS[0])))

    assert lightest - darkest > 75


@pytest.mark.parametrize("way", WAYS)
def test_two_texts_never_give_one_copy(way) -> None:
    assert sanitise(WAYS[way](TEXTS[0])).data != sanitise(WAYS[way](TEXTS[1])).data


def test_light_and_dark_writing_in_one_picture_both_stay() -> None:
    both = written(TEXTS[0], size=(380, 240))
    ImageDraw.Draw(both).text((12, 140), "KLIK DI SINI", fill=(0, 0, 0, 255), font=ImageFont.load_default(36))

    darkest, lightest = tones_of(sanitise(encoded(both)))

    assert darkest < 60
    assert lightest > 200


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        ((1080, 2300), (1080, 2300)),
        ((1080, 9000), (1080, 9000)),
        ((9000, 1080), (9000, 1080)),
        ((1440, 20_000), (1200, 16_667)),
        ((300, 80_000), (244, 65_000)),
        ((3000, 4000), (1800, 2400)),
        ((30, 20), (30, 20)),
    ],
)  # fmt: skip
def test_a_long_screenshot_keeps_the_size_of_its_writing(size, kept) -> None:
    clean = sanitise(encoded(Image.new("L", size, 255), "PNG", compress_level=1))

    assert (clean.width, clean.height) == kept


@pytest.mark.parametrize("way", ["white on nothing", "palette", "webp", "16 bits"])
def test_the_words_of_a_sticker_are_read(way) -> None:
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")

    assert "BANTUAN" in words_in(sanitise(WAYS[way](TEXTS[0])).data)


def test_pictures_that_were_white_sheets_once_can_be_read() -> None:
    if not PICTURES.exists():
        pytest.skip(f"{PICTURES} is not here")
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")

    copies = {path.name: sanitise(path.read_bytes()).data for path in sorted(PICTURES.iterdir())}
    read = {name: words_in(copy) for name, copy in copies.items()}

    assert [name for name, text in read.items() if "BANTUAN" not in text and "AIR SUMUR" not in text] == []
    assert read["long_screenshot.png"].count("Baris") >= 95
    assert copies["white_on_transparent_1.png"] != copies["white_on_transparent_2.png"]


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


@pytest.mark.parametrize(
    ("kind", "options"), [("PNG", {}), ("JPEG", {}), ("JPEG", {"progressive": True}), ("WEBP", {"exif": b"Exif\0\0MM"})]
)
def test_the_pixels_of_a_picture_are_known_before_it_is_decoded(kind, options) -> None:
    assert imaging.pixels(encoded(Image.new("RGB", (3000, 200)), kind, **options)) == 600_000


@pytest.mark.parametrize("data", [b"", b"\xff\xd8", b"\xff\xd8\xff\xe0\0\0" * 99, b"\x89PNG", b"RIFF1234WEBPVP8X"])
def test_a_broken_header_counts_by_its_bytes(data) -> None:
    assert imaging.pixels(data) == len(data)


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


def test_the_text_of_a_screenshot_is_read() -> None:
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")
    if not SCREENSHOTS.exists():
        pytest.skip(f"{SCREENSHOTS} is not here")

    read = words_in(sanitise((SCREENSHOTS / "base" / "b00.jpg").read_bytes()).data)

    assert "undian" in read.lower()


@pytest.mark.parametrize(("ground", "bubble", "ink"), [("white", "white", 20), ((0, 0, 0), (32, 44, 51), 200)])
def test_small_writing_is_read_on_light_and_on_dark(ground, bubble, ink) -> None:
    """A screenshot of a screenshot: letters of 14 px in a grey bubble, on white and at night on black."""
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")
    font = ImageFont.load_default(14)
    picture = Image.new("RGB", (720, 1280), ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((100, 300, 620, 420), fill=bubble)
    draw.text(
        (120, 320),
        "Tarif transfer bank berubah menjadi\nRp 150.000 per bulan mulai Agustus",
        font=font,
        fill=(ink,) * 3,
    )

    read = words_in(sanitise(encoded(picture)).data)

    assert "150.000 per bulan" in read


def test_where_a_word_stands_is_said_in_widths_of_its_picture() -> None:
    if imaging._recogniser() is None:
        pytest.skip("tesseract is not installed")
    picture = Image.new("RGB", (800, 400), "white")
    ImageDraw.Draw(picture).text((400, 200), "BANTUAN", font=ImageFont.load_default(30), fill="black")

    reading = ocr(look(encoded(picture)))

    assert reading is not None
    [word] = [word for word in reading.words if word.text == "BANTUAN"]
    assert word.x == pytest.approx(0.5, abs=0.02)
    assert word.y == pytest.approx(0.26, abs=0.02)


def test_without_a_recogniser_there_is_no_text(monkeypatch) -> None:
    monkeypatch.setattr(imaging, "_recogniser", lambda: None)

    assert ocr(look(png(10, 10))) is None
