"""Images from strangers: a clean copy, hashes that find it again, and the text in it.

Everything that decodes runs in a child process with limits on memory, time and files (`imaging_child`), so a bomb or a
flaw in a decoder costs one child. The calls block for 0.1 to 0.5 s: await them through `asyncio.to_thread`.

    ImageRefused                 422 for a client; do not try again
      image_too_large            more than 10 MB
      image_too_many_pixels      more than 40 megapixels
      image_type_not_allowed     neither JPEG nor PNG nor WebP by its content, whatever its name says
      pdf_not_allowed            a PDF: send a picture of its page
      image_broken               begins like an image, and is none
      image_bomb                 hit a limit while it was decoded
    ImagingUnavailable           503; the child could not be started
"""

import json
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LARGEST_BYTES = 10 * 1024 * 1024
TIMEOUT = 20.0
"""Seconds of wall time: twice the processor time that the child has, for a busy machine."""
OCR_TIMEOUT = 50.0
CHILDREN = 2
"""At once in one process: each may take a core and 1 GB."""

_CHILD = Path(__file__).with_name("imaging_child.py")
_turn = threading.BoundedSemaphore(CHILDREN)


class ImageRefused(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ImagingUnavailable(RuntimeError):
    code = "imaging_unavailable"


@dataclass(frozen=True, slots=True)
class SanitisedImage:
    """A JPEG made anew from the pixels of the first frame, upright, at most 2,400 px on its longer side, or, of a long
    screenshot, on its shorter. What was transparent has a ground on which the rest can be read.

    Attributes:
        data, thumbnail: JPEG without any metadata; the thumbnail is at most 320 px.
        width, height: of `data`.
        frames: of the original; more than 1 means it was animated and only the first was kept.
        source: format of the original, "JPEG", "PNG" or "WEBP".
    """

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    frames: int
    source: str

    content_type = "image/jpeg"


@dataclass(frozen=True, slots=True)
class PerceptualHashes:
    """16 hex digits each.

    Measured on rendered chats: a recompressed, resized or greyed copy lies within 2 bits by `phash`, a trimmed one
    within 8; but two chats of one app, saying different things, may be only 4 apart. So within 2 it is the same
    picture, up to 10 it is a hint for an officer, and never a reason to merge.
    """

    phash: str
    dhash: str


def sanitise(data: bytes) -> SanitisedImage:
    """
    Raises:
        ImageRefused: see the module; `code` says which.
        ImagingUnavailable: no child process.
    """
    _check_type(data)
    answer, parts = _answer(_run(("sanitise",), data, TIMEOUT))
    return SanitisedImage(
        data=parts[0],
        thumbnail=parts[1],
        width=answer["width"],
        height=answer["height"],
        frames=answer["frames"],
        source=answer["source"],
    )


def perceptual_hashes(data: bytes) -> PerceptualHashes:
    """Of a sanitised image. Needs the `imagehash` package, which only reports has.

    Raises:
        ImageRefused, ImagingUnavailable: as `sanitise`.
    """
    _check_type(data)
    answer, _ = _answer(_run(("hash",), data, TIMEOUT))
    return PerceptualHashes(answer["phash"], answer["dhash"])


def distance(one: str, other: str) -> int:
    """Bits in which two hashes differ, 0 to 64."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def ocr(data: bytes) -> str | None:
    """The text in a sanitised image, or None where no recogniser is installed or it did not manage in time.

    Languages: Indonesian and English, whichever of them are installed.
    """
    command = _recogniser()
    if command is None:
        return None
    try:
        read = _run(("ocr", *command), data, OCR_TIMEOUT)
    except (ImageRefused, ImagingUnavailable):
        return None
    return read.decode("utf-8", "replace").replace("\x0c", "").strip()


@cache
def _recogniser() -> tuple[str, ...] | None:
    program = shutil.which("tesseract")
    if program is None:
        return None
    listed = subprocess.run([program, "--list-langs"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    languages = [language for language in ("ind", "eng") if language in listed.stdout.split()]
    return (program, "stdin", "stdout", "-l", "+".join(languages), "--psm", "3") if languages else None


def pixels(data: bytes) -> int:
    """Width times height as the header says, before anything is decoded; of what says none, its bytes.

    For reckoning what a picture will cost. A header that lies is found out by the child.
    """
    if data.startswith(b"\x89PNG") and len(data) >= 24:
        width, height = struct.unpack(">II", data[16:24])
    elif data[:4] == b"RIFF" and data[12:16] == b"VP8X" and len(data) >= 30:
        width, height = (int.from_bytes(data[at : at + 3], "little") + 1 for at in (24, 27))
    elif data.startswith(b"\xff\xd8"):
        width, height = _jpeg_size(data)
    else:
        return len(data)
    return max(int(width) * int(height), len(data))


_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
MOST_SEGMENTS = 200


def _jpeg_size(data: bytes) -> tuple[int, int]:
    at = 2
    for _ in range(MOST_SEGMENTS):
        if at + 9 > len(data) or data[at] != 0xFF:
            break
        if data[at + 1] in _FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4], "big"))
    return 0, 0


def _check_type(data: bytes) -> None:
    if len(data) > LARGEST_BYTES:
        raise ImageRefused("image_too_large")
    is_webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    if data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or is_webp:
        return
    raise ImageRefused("pdf_not_allowed" if data[:1024].lstrip().startswith(b"%PDF-") else "image_type_not_allowed")


def _run(task: Sequence[str], data: bytes, timeout: float) -> bytes:
    with _turn:
        try:
            # -I: neither our environment nor our folders are on the path, where `calendar` would shadow Python's own.
            done = subprocess.run(  # noqa: S603
                [sys.executable, "-I", "-B", str(_CHILD), *task],
                input=data,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=timeout,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"},
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ImageRefused("image_bomb") from None
        except OSError as error:
            raise ImagingUnavailable from error
    if done.returncode != 0:
        raise ImageRefused("image_bomb")
    return done.stdout


def _answer(output: bytes) -> tuple[dict[str, Any], list[bytes]]:
    line, _, rest = output.partition(b"\n")
    answer: dict[str, Any] = json.loads(line)
    if "error" in answer:
        raise ImageRefused(answer["error"])
    parts = []
    for length in answer["lengths"]:
        parts.append(rest[:length])
        rest = rest[length:]
    return answer, parts
