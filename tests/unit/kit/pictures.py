"""Chats drawn as telephones show them, and what becomes of them on their way."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

Picture = Image.Image
WIDTH, HEIGHT = 720, 1280
MESSAGE = (
    "PENGUMUMAN penting bagi nasabah {bank}\n"
    "segera isi formulir di bawah ini\n"
    "karena tarif transfer berubah\n"
    "menjadi Rp {amount} per bulan\n"
    "berlaku mulai 1 Agustus"
)


def chat(text: str, *, dark: bool = False, size: int = 26) -> Picture:
    ground, bubble, ink = ((18, 27, 33), (32, 44, 51), "white") if dark else ((236, 229, 221), "white", (20, 20, 20))
    picture = Image.new("RGB", (WIDTH, HEIGHT), ground)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size)
    draw.rectangle((0, 0, WIDTH, 130), fill=(0, 0, 0) if dark else (0, 128, 105))
    draw.text((90, 60), "Grup Warga RW 05", font=font, fill="white")
    draw.rounded_rectangle((30, 160, 690, 200 + 40 * (text.count("\n") + 2)), 20, fill=bubble)
    draw.multiline_text((50, 180), text, font=font, fill=ink, spacing=12)
    return picture


def message(bank: str = "BANK BRI", amount: str = "150.000") -> Picture:
    return chat(MESSAGE.format(bank=bank, amount=amount))


def jpeg(picture: Picture, quality: int = 90) -> bytes:
    out = BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def recompressed(picture: Picture, quality: int) -> Picture:
    return Image.open(BytesIO(jpeg(picture, quality))).convert("RGB")


def resized(picture: Picture, by: float) -> Picture:
    return picture.resize((round(picture.width * by), round(picture.height * by)), Image.Resampling.LANCZOS)


def passed_on(picture: Picture) -> Picture:
    for by, quality in ((0.9, 70), (1.0, 65), (0.95, 70)):
        picture = recompressed(resized(picture, by), quality)
    return picture


def shown_on_a_screen(picture: Picture) -> Picture:
    screen = Image.new("RGB", picture.size)
    screen.paste(resized(picture, 0.78), (80, 140))
    return screen


def stamped(picture: Picture) -> Picture:
    picture = picture.copy()
    ImageDraw.Draw(picture).text((150, 330), "HOAKS", font=ImageFont.load_default(130), fill=(220, 0, 0))
    return picture


COPIES: dict[str, Callable[[Picture], Picture]] = {
    "recompressed": lambda p: recompressed(p, 40),
    "half as large": lambda p: recompressed(resized(p, 0.5), 85),
    "larger": lambda p: resized(p, 1.5),
    "passed on": passed_on,
    "darker": lambda p: recompressed(p.point(lambda value: int(value * 0.8)), 90),
    "grey": lambda p: recompressed(p.convert("L").convert("RGB"), 90),
}
PARTS: dict[str, Callable[[Picture], Picture]] = {
    "cut out": lambda p: p.crop((20, 150, 700, 700)),
    "cut out and passed on": lambda p: passed_on(p.crop((0, 100, 720, 900))),
    "turned": lambda p: p.rotate(2, resample=Image.Resampling.BICUBIC),
    "on a screen": shown_on_a_screen,
    "stamped": stamped,
}
