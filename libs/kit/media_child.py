"""The process that opens a stranger's voice note, video or PDF, so that nobody else has to.

Started by `media` as a file, isolated from our packages and environment, with the file as standard input: a piece of
memory that can be read from any place, so nothing is written to a disk. It limits itself before it does anything, and
has no network where the system lets a process give it up.

    run PROGRAM ARGUMENT…   becomes the program, which inherits limits and standard input
    pdf                     looks for what a PDF may carry beside its pages: one line of JSON
    frame                   of JPEGs one after another, the first on which something is seen

Exit status: 0 with an answer; anything else means that a limit was hit or the decoder died.
"""

import ctypes
import json
import os
import re
import resource
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO

MEMORY = 2 << 30
"""Bytes of address space. A decoder of HEVC at 4K takes about 600 MB of it, the libraries 300 MB."""
CPU_SECONDS = 20
LARGEST_OUTPUT = 24 * 1024 * 1024
LARGEST_INPUT = 16 * 1024 * 1024
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

SEEN = 40
"""Of 255: the brightest tenth of a picture on which something is seen is brighter."""

MOST_INFLATED = 32 * 1024 * 1024
ACTIVE = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)(?=[\s/<>\[\]()])"
)
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
OBJECTS = re.compile(rb"/Type\s*/ObjStm")
BEFORE = 2_000
"""Bytes before a stream in which its dictionary stands."""


def main(task: str) -> int:
    _limit()
    if task == "run":
        os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
    data = sys.stdin.buffer.read(LARGEST_INPUT + 1)
    if task == "pdf":
        sys.stdout.write(json.dumps({"active": is_active(data)}))
    else:
        sys.stdout.buffer.write(_first_seen(data))
    return 0


def _limit() -> None:
    # A container may forbid it; then its own network rules are what keeps the decoder in.
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_OUTPUT),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (limit, limit))


def is_active(data: bytes) -> bool:
    """Whether a PDF carries scripts, files or actions, in the open or in streams of objects."""
    outside = STREAM.sub(b" ", data)
    return any(ACTIVE.search(_unescaped(part)) for part in (outside, *_objects(data)))


def _unescaped(part: bytes) -> bytes:
    """Names as they are read: `/J#53` is `/JS`."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)


def _objects(data: bytes) -> Iterator[bytes]:
    left = MOST_INFLATED
    for found in STREAM.finditer(data):
        dictionary = _unescaped(data[max(0, found.start() - BEFORE) : found.start()]).rpartition(b"obj")[2]
        if not OBJECTS.search(dictionary):
            continue
        try:
            inflated = zlib.decompressobj().decompress(found[1], left)
        except zlib.error:
            continue
        left -= len(inflated)
        if left <= 0:
            raise MemoryError
        yield inflated


def _first_seen(data: bytes) -> bytes:
    from PIL import Image

    frames = [b"\xff\xd8\xff" + part for part in data.split(b"\xff\xd8\xff")[1:]]
    for frame in frames:
        tones = Image.open(BytesIO(frame), formats=("JPEG",)).convert("L").resize((64, 64)).tobytes()
        if sorted(tones)[-len(tones) // 10] > SEEN:
            return frame
    return frames[0] if frames else b""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
