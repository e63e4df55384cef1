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
class Looked:
    """What a picture is known by.

    Attributes:
        hash: 64 hex digits, 256 bits: near for what looks alike, which is no proof (`libs/kit/pictures.py`).
        tones: grey of `width` times `height`, a byte each, row by row.
        to_read: a copy for `ocr`.
        is_dark: most of it is, as a chat is at night.
    """

    hash: str
    width: int
    height: int
    tones: bytes
    to_read: bytes
    is_dark: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word where it stands; all lengths in widths of its picture."""

    text: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    words: tuple[Word, ...] = ()


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


def look(data: bytes) -> Looked:
    """Of a sanitised image. Needs the `imagehash` package, which only reports has.

    Raises:
        ImageRefused, ImagingUnavailable: as `sanitise`.
    """
    _check_type(data)
    answer, parts = _answer(_run(("look",), data, TIMEOUT))
    return Looked(answer["hash"], answer["width"], answer["height"], parts[0], parts[1], answer["is_dark"])


def ocr(looked: Looked) -> Reading | None:
    """The text in a picture, or None where no recogniser is installed or it did not manage in time.

    A dark picture is read twice: one threshold for all of it loses grey bubbles on black, one for each place loses
    letters elsewhere. What gave more is kept.

    Languages: Indonesian and English, whichever of them are installed.
    """
    command = _recogniser()
    if command is None:
        return None
    ways = ((), LOCAL) if looked.is_dark else ((),)
    readings = [reading for way in ways if (reading := _read(looked.to_read, (*command, *way, *TABLE))) is not None]
    return max(readings, key=lambda reading: len(reading.text)) if readings else None


LOCAL = ("-c", "thresholding_method=1")
TABLE = ("tsv",)


def _read(to_read: bytes, command: Sequence[str]) -> Reading | None:
    try:
        return _reading(_run(("ocr", *command), to_read, OCR_TIMEOUT).decode("utf-8", "replace"))
    except (ImageRefused, ImagingUnavailable):
        return None


def _reading(table: str) -> Reading:
    """Of the recogniser's table: level, page, block, paragraph, line, word, left, top, width, height, trust, text."""
    lines: dict[tuple[str, ...], list[str]] = {}
    words, across = [], 1.0
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == "1":
            across = max(float(cells[8]), 1.0)
        elif len(cells) == 12 and cells[0] == "5" and cells[11].strip():
            lines.setdefault(tuple(cells[1:5]), []).append(cells[11].strip())
            left, top, width, height = (float(cell) / across for cell in cells[6:10])
            words.append(Word(cells[11].strip(), left, top, width, height))
    return Reading("\n".join(" ".join(line) for line in lines.values()), tuple(words))


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
