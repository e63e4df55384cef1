"""Voice notes, videos and PDFs from strangers: what they are, a clean copy, and what there is to see of them.

As for pictures, everything that reads them runs in a child process with limits (`media_child`): Debian's ffmpeg and
poppler, told by name which format they read, so that none of them guesses one that fetches other files. Where they are
not installed a file is known by its first bytes only, and kept without a copy. The calls block for 0.3 to 3 s.

    MediaRefused                 422 for a client unless said otherwise; do not try again
      media_too_large             413: more than 16 MB
      media_broken               begins like one, and cannot be played or read
      media_codec_not_allowed    415: holds other sound or pictures than AAC, Opus, H.264 and HEVC
      media_too_long             more than 10 minutes
      media_bomb                 hit a limit while it was read
      pdf_active                 carries scripts, forms that send, or other files
      pdf_locked                 wants a password
      pdf_too_many_pages         more than 50
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from libs.kit.imaging import ImageRefused, ImagingUnavailable, sanitise

LARGEST_BYTES = 16 * 1024 * 1024
"""As much as WhatsApp carries of sound and video, from where most of it comes."""
LONGEST_SECONDS = 600
MOST_PAGES = 50
MOST_PIXELS = 4_096 * 2_304
TIMEOUT = 30.0
CHILDREN = 1
"""At once in one process: each may take a core and 2 GB."""
TRIED_SECONDS = 60
"""Of sound that is decoded before it counts as sound."""
STILL_WITHIN = 3
STILL_SIDE = 1_280
PAGE_SIDE = 1_600

_CHILD = Path(__file__).with_name("media_child.py")
_turn = threading.BoundedSemaphore(CHILDREN)

SOUNDS = frozenset({"aac", "opus"})
PICTURES = frozenset({"h264", "hevc"})
NO_METADATA = ("-map_metadata", "-1", "-map_metadata:s", "-1", "-map_chapters", "-1")
EXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact")
NO_MESSAGES = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39-40"}
"""Supplemental messages between pictures hold whatever a camera wrote there."""


class Kind(StrEnum):
    VOICE = "voice"
    VIDEO = "video"
    PDF = "pdf"


class MediaRefused(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class SanitisedMedia:
    """
    Attributes:
        data: of sound and video the same packets without anything beside them; of a PDF its first page as a picture.
            Empty where no program to make it is installed.
        preview: JPEG of the first frame on which something is seen, or of the first page; empty where there is none.
        duration_seconds: rounded up; None where nobody could tell.
    """

    kind: Kind
    media_type: str
    data: bytes = b""
    preview: bytes = b""
    duration_seconds: int | None = None
    pages: int | None = None
    width: int | None = None
    height: int | None = None


def container(data: bytes) -> str | None:
    """What the first bytes say: "ogg", "mp4", "pdf", or None for anything else, whatever its name is."""
    if data.startswith(b"OggS") and data[28:36] == b"OpusHead":
        return "ogg"
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        return "mp4"
    return "pdf" if data.startswith(b"%PDF-") else None


_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4A ", b"M4V ", b"MSNV", b"hvc1"}
)
"""Of MP4; HEIC, AVIF and QuickTime begin alike and are others."""


def take(data: bytes) -> SanitisedMedia:
    """Of what `container` knows.

    Raises:
        MediaRefused: see the module; `code` says which.
        ImagingUnavailable: no child process.
    """
    if len(data) > LARGEST_BYTES:
        raise MediaRefused("media_too_large")
    shape = container(data)
    if shape == "pdf":
        return _pdf(data)
    if shape is None:
        raise MediaRefused("media_broken")
    return _played(data, "ogg" if shape == "ogg" else "mov")


def has_player() -> bool:
    return shutil.which("ffmpeg") is not None and shutil.which("ffprobe") is not None


def has_reader() -> bool:
    return all(shutil.which(program) is not None for program in ("pdfinfo", "pdftoppm", "pdfdetach"))


def _played(data: bytes, demuxer: str) -> SanitisedMedia:
    if not has_player():
        return _unplayed(data, demuxer)
    found = _probed(data, demuxer)
    streams = [s for s in found.get("streams", ()) if not s.get("disposition", {}).get("attached_pic")]
    picture = next((s for s in streams if s.get("codec_type") == "video"), None)
    sound = next((s for s in streams if s.get("codec_type") == "audio"), None)
    if picture is None and sound is None:
        raise MediaRefused("media_broken")
    known = PICTURES if picture is not None else frozenset()
    if (picture and picture.get("codec_name") not in known) or (sound and sound.get("codec_name") not in SOUNDS):
        raise MediaRefused("media_codec_not_allowed")
    _check_length(found)
    if picture is not None and int(picture.get("width", 0)) * int(picture.get("height", 0)) > MOST_PIXELS:
        raise MediaRefused("media_bomb")
    copy = _copied(data, demuxer, picture)
    seconds = _check_length(_probed(copy, demuxer))
    if picture is None:
        _heard(copy, demuxer)
        kind = "audio/ogg" if demuxer == "ogg" else "audio/mp4"
        return SanitisedMedia(kind=Kind.VOICE, media_type=kind, data=copy, duration_seconds=seconds)
    still = _cleaned(_still(copy))
    return SanitisedMedia(
        kind=Kind.VIDEO,
        media_type="video/mp4",
        data=copy,
        preview=still,
        duration_seconds=seconds,
        width=int(picture["width"]),
        height=int(picture["height"]),
    )


def _unplayed(data: bytes, demuxer: str) -> SanitisedMedia:
    if demuxer == "ogg":
        return SanitisedMedia(kind=Kind.VOICE, media_type="audio/ogg")
    if data[8:12] == b"M4A ":
        return SanitisedMedia(kind=Kind.VOICE, media_type="audio/mp4")
    return SanitisedMedia(kind=Kind.VIDEO, media_type="video/mp4")


def _check_length(found: dict[str, Any]) -> int:
    try:
        seconds = float(found.get("format", {}).get("duration", 0))
    except ValueError:
        raise MediaRefused("media_broken") from None
    if not seconds > 0:
        raise MediaRefused("media_broken")
    if seconds > LONGEST_SECONDS:
        raise MediaRefused("media_too_long")
    return int(-(-seconds // 1))


def _input(demuxer: str) -> tuple[str, ...]:
    """What is read, as what, and that it leads nowhere else."""
    return ("-protocol_whitelist", "file", "-format_whitelist", demuxer_names(demuxer), "-f", demuxer)


def demuxer_names(demuxer: str) -> str:
    return "ogg" if demuxer == "ogg" else "mov,mp4,m4a,3gp,3g2,mj2"


CODECS = ("-codec_whitelist", "aac,opus,h264,hevc", "-max_pixels", str(MOST_PIXELS))
FFMPEG = ("ffmpeg", "-v", "error", "-nostdin", "-threads", "1")
STDIN = "/dev/stdin"
"""A file in memory here, where the parts of an MP4 are found in any order."""


def _probed(data: bytes, demuxer: str) -> dict[str, Any]:
    wanted = "stream=codec_type,codec_name,width,height:stream_disposition=attached_pic:format=duration"
    ways = ("ffprobe", "-v", "error", *_input(demuxer), "-show_entries", wanted, "-of", "json", STDIN)
    found: dict[str, Any] = json.loads(_run(ways, data) or b"{}")
    return found


def _copied(data: bytes, demuxer: str, picture: dict[str, Any] | None) -> bytes:
    with _memory(b"") as out:
        shape = ("-f", "ogg") if demuxer == "ogg" else ("-movflags", "+faststart", "-f", "mp4")
        messages = ("-bsf:v", NO_MESSAGES[picture["codec_name"]]) if picture is not None else ()
        pictures = ("-map", "0:V:0") if picture is not None else ("-vn",)
        _run(
            (
                *FFMPEG,
                *_input(demuxer),
                *("-i", STDIN, *pictures, "-map", "0:a:0?", "-sn", "-dn", "-c", "copy"),
                *(*NO_METADATA, *EXACT, *messages, *shape, "-y", f"/proc/self/fd/{out}"),
            ),
            data,
            passing=(out,),
        )
        size = os.fstat(out).st_size
        if size == 0:
            raise MediaRefused("media_broken")
        return os.pread(out, size, 0)


def _heard(data: bytes, demuxer: str) -> None:
    """
    Raises:
        MediaRefused: there is nothing to hear in the first minute.
    """
    pcm = ("-map", "0:a:0", "-t", str(TRIED_SECONDS), "-ac", "1", "-ar", "8000", "-f", "s16le", "pipe:1")
    if not _run((*FFMPEG, *CODECS, *_input(demuxer), "-i", STDIN, *pcm), data):
        raise MediaRefused("media_broken")


def _still(data: bytes) -> bytes:
    """
    Raises:
        MediaRefused: no picture could be decoded.
    """
    shape = f"fps=2,scale='min({STILL_SIDE},iw)':-2"
    made = ("-t", str(STILL_WITHIN), "-map", "0:V:0", "-vf", shape, "-frames:v", str(2 * STILL_WITHIN))
    written = ("-c:v", "mjpeg", "-q:v", "3", "-threads", "1", "-f", "image2pipe", "pipe:1")
    frames = _run((*FFMPEG, *CODECS, *_input("mov"), "-i", STDIN, *made, *written), data)
    if not frames:
        raise MediaRefused("media_broken")
    return _child(("frame",), frames)


def _pdf(data: bytes) -> SanitisedMedia:
    if json.loads(_child(("pdf",), data))["active"]:
        raise MediaRefused("pdf_active")
    if not has_reader():
        return SanitisedMedia(kind=Kind.PDF, media_type="application/pdf")
    told = _run(("pdfinfo", STDIN), data, failed="").decode("utf-8", "replace")
    if not told:
        # poppler says of a password no more than that it could not read on.
        raise MediaRefused("pdf_locked" if b"/Encrypt" in data else "media_broken")
    facts = dict(re.findall(r"^(\w+):\s+(.*)$", told, re.MULTILINE))
    if facts.get("Encrypted", "no").startswith("yes"):
        raise MediaRefused("pdf_locked")
    if facts.get("JavaScript") == "yes" or not re.match(rb"0 embedded", _run(("pdfdetach", "-list", STDIN), data)):
        raise MediaRefused("pdf_active")
    pages = int(facts["Pages"]) if facts.get("Pages", "").isdecimal() else 0
    if pages < 1:
        raise MediaRefused("media_broken")
    if pages > MOST_PAGES:
        raise MediaRefused("pdf_too_many_pages")
    drawn = ("pdftoppm", "-f", "1", "-l", "1", "-singlefile", "-scale-to", str(PAGE_SIDE), "-jpeg", STDIN)
    page = _cleaned(_run(drawn, data))
    return SanitisedMedia(kind=Kind.PDF, media_type="image/jpeg", data=page, preview=page, pages=pages)


def _cleaned(jpeg: bytes) -> bytes:
    if not jpeg:
        raise MediaRefused("media_broken")
    try:
        return sanitise(jpeg).data
    except ImageRefused:
        raise MediaRefused("media_broken") from None


def _run(program: Sequence[str], data: bytes, *, passing: Sequence[int] = (), failed: str = "media_broken") -> bytes:
    return _child(("run", *program), data, passing=passing, failed=failed)


def _child(task: Sequence[str], data: bytes, *, passing: Sequence[int] = (), failed: str = "media_broken") -> bytes:
    """
    Args:
        failed: code of what is meant when the program says that it cannot; empty: answers nothing then.

    Raises:
        MediaRefused: as said; `media_bomb` where a limit ended it.
    """
    with _turn, _memory(data) as given:
        try:
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-B", str(_CHILD), *task],
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=passing,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1"},
                start_new_session=True,
            )
        except OSError as error:
            raise ImagingUnavailable from error
        try:
            answer, _ = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise MediaRefused("media_bomb") from None
    if process.returncode < 0 or (process.returncode != 0 and task[0] != "run"):
        raise MediaRefused("media_bomb")
    if process.returncode != 0:
        if failed:
            raise MediaRefused(failed)
        return b""
    return answer


@contextmanager
def _memory(data: bytes) -> Iterator[int]:
    """A file that is nowhere but in memory."""
    number = os.memfd_create("evidence", 0)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(number, left) :]
        os.lseek(number, 0, os.SEEK_SET)
        yield number
    finally:
        os.close(number)
