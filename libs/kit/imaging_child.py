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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

MEMORY = 1 << 30
"""Bytes of address space. A 40-megapixel RGBA image with one copy needs 320 MB, the libraries about 150 MB."""
OCR_MEMORY = 2 << 30
CPU_SECONDS = 10
OCR_CPU_SECONDS = 25
LARGEST_INPUT = 10 * 1024 * 1024

MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2_400
LONGEST_THUMBNAIL_SIDE = 320
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
        answer, parts = _hashes(data) if task == "hash" else _sanitised(data)
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
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image.load()
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            # Resizing before flattening would need the large copy twice.
            image = image.convert("RGBA")
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            background = Image.new("RGB", image.size, "white")
            background.paste(image, mask=image.getchannel("A"))
            flat = background
        else:
            flat = image.convert("RGB")
            flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        orientation = image.getexif().get(0x0112)
        if orientation and orientation > 1:
            flat.getexif()[0x0112] = orientation
            flat = ImageOps.exif_transpose(flat)
    except (OSError, SyntaxError, IndexError, EOFError) as error:
        raise Refused("image_broken") from error
    except (ValueError, MemoryError) as error:
        raise Refused("image_bomb") from error
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


def _hashes(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    import imagehash

    image = _decoded(_opened(data))
    return {"phash": str(imagehash.phash(image)), "dhash": str(imagehash.dhash(image))}, []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
