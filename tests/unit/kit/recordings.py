"""Voice notes, videos and PDFs, made when they are asked for."""

import shutil
import subprocess
import zlib
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from PIL import Image, ImageDraw

CANARY = "RAHASIA-PEREKAM"

needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
needs_poppler = pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler-utils is not installed")

TONE = ("-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000")
TOLD = ("-metadata", f"title={CANARY}", "-metadata:s", f"handler_name={CANARY}", "-metadata", f"comment={CANARY}")


@cache
def ffmpeg(suffix: str, *arguments: str) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"made.{suffix}"
        subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments, str(path)], check=True, timeout=120)
        return path.read_bytes()


def a_voice_note(seconds: int = 3) -> bytes:
    return ffmpeg("ogg", *TONE, "-t", str(seconds), "-c:a", "libopus", "-b:a", "16k", *TOLD)


def an_m4a(seconds: int = 3) -> bytes:
    return ffmpeg("m4a", *TONE, "-t", str(seconds), "-c:a", "aac", "-b:a", "32k", *TOLD)


def a_video(seconds: int = 3, *, codec: str = "libx264", black: float = 1.2, suffix: str = "mp4") -> bytes:
    """Black at first, then bars, with a tone."""
    shape = f"drawbox=c=black:t=fill:enable='lt(t,{black})'"
    bars = ("-f", "lavfi", "-i", "smptebars=size=320x240:rate=10")
    quiet = ("-x265-params", "log-level=none") if codec == "libx265" else ()
    coded = ("-c:v", codec, *quiet, "-pix_fmt", "yuv420p", "-c:a", "aac")
    return ffmpeg(suffix, *bars, *TONE, "-t", str(seconds), "-vf", shape, *coded, *TOLD)


def a_pdf(pages: int = 1) -> bytes:
    page = Image.new("RGB", (600, 800), "white")
    ImageDraw.Draw(page).rectangle((100, 100, 400, 300), fill="navy")
    out = BytesIO()
    page.save(out, "PDF", save_all=True, append_images=[page] * (pages - 1), author=CANARY)
    return out.getvalue()


def a_hand_made_pdf(catalogue: bytes = b"", *objects: bytes) -> bytes:
    """One blank page; objects from number 4 on."""
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        *objects,
    )
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, table)
    return bytes(out)


def a_stream_of_objects(inside: bytes) -> bytes:
    packed = zlib.compress(inside)
    head = b"<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
    return head + packed + b"\nendstream"
