"""The process that opens a stranger's image, so that nobody else has to.

Started by `imaging` as a file, isolated from our packages and environment. Reads one image from standard input, answers
with one line of JSON and, after it, the bytes of the results. Its limits are set before Pillow is imported.

Exit status: 0 with an answer; anything else means that a limit was hit or the decoder died.
"""

import json
import os
import resource
import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY = 1 << 30
"""Bytes of address space. A 40-megapixel RGBA image with one copy needs 320 MB, the libraries about 150 MB."""
OCR_MEMORY = 2 << 30
CPU_SECONDS = 10
OCR_CPU_SECONDS = 40
"""A long screenshot of 10 megapixels takes 5 on a free core."""
LARGEST_INPUT = 10 * 1024 * 1024

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_400
LONG = 2
"""Times its other side that the longer side of a long screenshot is."""
MOST_KEPT = 20_000_000
"""Pixels of a long one: 1,080 px wide and 18,000 px high, about 5 MB."""
LONGEST_OF_ALL = 65_000
"""Pixels of a side; JPEG counts them in 16 bits."""
FEW_TONES = 0x2000
GROUNDS = (255, 0, 128)
APART = 60
"""Tones of 256 between a letter and its ground: enough to read, a guess that the tests' pictures bear out."""
FAINT = 24
"""Opacity of 255 below which a pixel is not seen: dust, the rim of a shadow."""
LONGEST_THUMBNAIL_SIDE = 320
HASH_SIDE = 16
COMPARED_SIDE = 480
"""Pixels of the shorter side: writing of a telephone's screen is then 10 to 20 high."""
MOST_COMPARED = 1_500_000
READ_SIDE = 1_080
MOST_READ = 12_000_000
MOST_ENLARGED = 3
DARK = 90
"""Of 255, in the middle of all tones."""
QUALITY = 90
THUMBNAIL_QUALITY = 80


class Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def main(task: str) -> int:
    _limit(OCR_MEMORY if task == "ocr" else MEMORY, OCR_CPU_SECONDS if task == "ocr" else CPU_SECONDS)
    if task == "ocr":
        # The recogniser inherits the limits and standard input.
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
    data = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    try:
        answer, parts = _looked_at(data) if task == "look" else _sanitised(data)
    except Refused as refusal:
        answer, parts = {"error": refusal.code}, []
    sys.stdout.buffer.write(json.dumps({**answer, "lengths": [len(part) for part in parts]}).encode() + b"\n")
    for part in parts:
        sys.stdout.buffer.write(part)
    sys.stdout.buffer.flush()
    return 0


def _limit(memory: int, cpu_seconds: int) -> None:
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (limit, limit))


def _opened(data: bytes) -> "Image":
    from PIL import Image, UnidentifiedImageError

    # Only these three decoders may look at the bytes: Pillow knows dozens, and some call other programs.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise Refused("image_broken") from error
    except (ValueError, MemoryError) as error:
        raise Refused("image_bomb") from error
    if image.width * image.height > MOST_PIXELS:
        raise Refused("image_too_many_pixels")
    return image


def _decoded(image: "Image") -> "Image":
    """The first frame, upright, without transparency, and no larger than wanted."""
    from PIL import Image, ImageOps

    try:
        size = _wanted(*image.size)
        image.draft("RGB", size)
        image.load()
        if image.mode.startswith(("I", "F")):
            image = _of_eight_bits(image)
        if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
            # Resizing before flattening would need the large copy twice.
            flat = _on_ground(_resized(image.convert("RGBA"), size))
        else:
            flat = _resized(image.convert("RGB"), size)
        orientation = image.getexif().get(0x0112)
        if orientation and orientation > 1:
            flat.getexif()[0x0112] = orientation
            flat = ImageOps.exif_transpose(flat)
    except (OSError, SyntaxError, IndexError, EOFError) as error:
        raise Refused("image_broken") from error
    except (ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise Refused("image_bomb") from error
    return flat


def _wanted(width: int, height: int) -> tuple[int, int]:
    """The size of the copy. The writing in a long screenshot is as large as its short side is, which decides there."""
    short, long = min(width, height), max(width, height)
    scale = LONGEST_SIDE / long
    if long >= LONG * short:
        scale = max(scale, min(LONGEST_SIDE / short, (MOST_KEPT / (width * height)) ** 0.5, LONGEST_OF_ALL / long))
    if scale >= 1:
        return width, height
    return max(1, round(width * scale)), max(1, round(height * scale))


def _resized(image: "Image", size: tuple[int, int]) -> "Image":
    from PIL import Image

    return image if image.size == size else image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)


def _of_eight_bits(image: "Image") -> "Image":
    """Grey of 16 bits and more as 8. Pillow would cut off what lies above 255, which is nearly all of it.

    A picture of few tones (12 bits of a scanner, or a thermal image) is stretched over all of them.
    """
    from PIL import ImageMath

    transparent = image.info.get("transparency")
    lowest, highest = cast("tuple[float, float]", image.getextrema())
    if image.mode == "F" or lowest < 0 or highest > 0xFFFF or highest - lowest < FEW_TONES:
        offset, range_ = lowest, max(highest - lowest, 1.0)
    else:
        offset, range_ = 0.0, float(0xFFFF)
    deep = image.convert("F")
    grey = deep.point(lambda value: value * (255 / range_) - offset * 255 / range_ + 0.5).convert("L")
    if isinstance(transparent, int):
        seen = ImageMath.lambda_eval(lambda args: args["grey"] != transparent, grey=image.convert("I"))
        grey.putalpha(seen.point(lambda value: value * 255 + 0).convert("L"))
    return grey


def _on_ground(image: "Image") -> "Image":
    """Without transparency, on the ground on which most of what can be seen stands out: white if it serves as well."""
    from PIL import Image, ImageStat

    alpha = image.getchannel("A")
    seen = alpha.point(lambda a: 255 if a >= FAINT else 0)
    if not ImageStat.Stat(seen).sum[0]:
        # Nothing is meant to be seen; whoever looks for what is hidden there finds it.
        return image.convert("RGB")
    tones = image.convert("RGB").convert("L").histogram(seen)
    # Of several that serve as well `max` takes the first.
    ground = max(GROUNDS, key=lambda g: sum(count for tone, count in enumerate(tones) if abs(tone - g) >= APART))
    flat = Image.new("RGB", image.size, (ground, ground, ground))
    flat.paste(image, mask=alpha)
    return flat


def _sanitised(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    opened = _opened(data)
    frames = getattr(opened, "n_frames", 1)
    image = _decoded(opened)
    whole = _encoded(image, QUALITY)
    thumbnail = image.copy()
    thumbnail.thumbnail((LONGEST_THUMBNAIL_SIDE, LONGEST_THUMBNAIL_SIDE))
    return (
        {"width": image.width, "height": image.height, "frames": frames, "source": opened.format},
        [whole, _encoded(thumbnail, THUMBNAIL_QUALITY)],
    )


def _encoded(image: "Image", quality: int) -> bytes:
    from PIL import Image

    # A fresh image carries nothing but its pixels: no EXIF, XMP, colour profile, comment or embedded thumbnail.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, "JPEG", quality=quality, subsampling=0 if quality >= QUALITY else -1)
    return out.getvalue()


def _looked_at(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """What finds a picture again, and a copy in which a recogniser reads best."""
    import imagehash
    from PIL import ImageStat

    image = _decoded(_opened(data))
    tones = _tones(image)
    answer = {
        "hash": str(imagehash.phash(image, hash_size=HASH_SIDE)),
        "width": tones.width,
        "height": tones.height,
        "is_dark": ImageStat.Stat(tones).median[0] < DARK,
    }
    return answer, [tones.tobytes(), _to_read(image)]


def _tones(image: "Image") -> "Image":
    """Grey and small, but large enough that one letter of a chat makes a difference."""
    from PIL import Image

    scale = min(1.0, COMPARED_SIDE / min(image.size), (MOST_COMPARED / (image.width * image.height)) ** 0.5)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.convert("L").resize(size, Image.Resampling.BICUBIC)


def _to_read(image: "Image") -> bytes:
    """Grey, and of a small screenshot enlarged: below about 20 px of height letters run into each other."""
    from PIL import Image

    scale = min(READ_SIDE / min(image.size), MOST_ENLARGED, (MOST_READ / (image.width * image.height)) ** 0.5)
    grey = image.convert("L")
    if scale > 1:
        grey = grey.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.BICUBIC)
    return f"P5 {grey.width} {grey.height} 255\n".encode() + grey.tobytes()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
