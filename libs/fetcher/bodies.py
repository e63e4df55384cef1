"""A body as it comes, unpacked while it comes, and never more of it than is kept."""

import zlib
from collections.abc import AsyncIterable
from dataclasses import dataclass, field

from libs.fetcher.messages import Failure
from libs.fetcher.targets import FetchFailed

MOST_BYTES = 1_000_000
"""Of a page, unpacked."""
MOST_RATIO = 100
"""Unpacked to packed, at most; beyond it is a bomb."""
JUDGED_FROM = 64_000
"""Bytes. Below, a ratio says nothing: a page of one repeated line packs to a hundredth."""
ACCEPTED = "gzip, deflate"


@dataclass
class Body:
    """
    Attributes:
        raw: as it came.
        data: unpacked, at most `MOST_BYTES`.
        truncated: there is more of it.
    """

    raw: bytearray = field(default_factory=bytearray)
    data: bytearray = field(default_factory=bytearray)
    truncated: bool = False


class _Plain:
    eof = False

    def unpacked(self, chunk: bytes, most: int) -> tuple[bytes, int]:
        found = chunk[: most + 1]
        return found, len(found)


class _Zlib:
    """gzip and deflate; the latter comes with its header or without, and nobody says which."""

    def __init__(self, encoding: str) -> None:
        self._decoder = zlib.decompressobj(zlib.MAX_WBITS | 16 if encoding == "gzip" else zlib.MAX_WBITS)
        self._bare_may_follow = encoding == "deflate"

    @property
    def eof(self) -> bool:
        return self._decoder.eof

    def unpacked(self, chunk: bytes, most: int) -> tuple[bytes, int]:
        """At most one byte more than `most`, and of how much of the chunk that was made."""
        try:
            found = self._decoder.decompress(chunk, most + 1)
        except zlib.error:
            if not self._bare_may_follow:
                raise FetchFailed(Failure.ENCODING) from None
            self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
            self._bare_may_follow = False
            return self.unpacked(chunk, most)
        self._bare_may_follow = False
        return found, len(chunk) - len(self._decoder.unconsumed_tail)


async def read(chunks: AsyncIterable[bytes], encoding: str, *, most: int = MOST_BYTES) -> Body:
    """Stops as soon as it has enough.

    Raises:
        FetchFailed: packed otherwise than asked, broken, or a bomb.
    """
    body = Body()
    unpacker = _unpacker(encoding)
    async for chunk in chunks:
        data, used = unpacker.unpacked(chunk[: most + 1 - len(body.raw)], most - len(body.data))
        body.data += data
        body.raw += chunk[:used]
        if len(body.data) > JUDGED_FROM and len(body.data) > MOST_RATIO * len(body.raw):
            raise FetchFailed(Failure.BOMB)
        if len(body.data) > most or len(body.raw) > most:
            del body.data[most:], body.raw[most:]
            body.truncated = True
            break
        if unpacker.eof:
            break
    if isinstance(unpacker, _Zlib) and body.raw and not (unpacker.eof or body.truncated):
        raise FetchFailed(Failure.ENCODING)
    return body


def _unpacker(encoding: str) -> _Plain | _Zlib:
    name = encoding.strip().lower()
    if name in ("", "identity"):
        return _Plain()
    if name in ("gzip", "x-gzip"):
        return _Zlib("gzip")
    if name == "deflate":
        return _Zlib("deflate")
    # Several, one around the other, are how a bomb is made smaller still.
    raise FetchFailed(Failure.ENCODING)
