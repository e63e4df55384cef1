"""Pages, compressed on the wire: decision 20 says which, and why nobody learns a secret from their lengths."""

import gzip
import io
import secrets

from starlette.responses import HTMLResponse

WORTH = 1_000
"""Bytes; a shorter page fits a packet as it is."""
LEVEL = 6
UNPACKED = frozenset({"tickets/ticket.html", "reporting/embedded.html"})
"""A page with a secret that stays the same: the tracking code of a report."""
_NAMES = "abcdefghijklmnopqrstuvwxyz"
_LONGEST_NAME = 100


def packed(html: str, template: str, accept_encoding: str, *, status: int, headers: dict[str, str]) -> HTMLResponse:
    body = html.encode()
    headers = {**headers, "Vary": "Accept-Encoding"}
    if template not in UNPACKED and len(body) >= WORTH and takes_gzip(accept_encoding):
        body = _gzip(body)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(body, status_code=status, headers=headers)


def takes_gzip(accept_encoding: str) -> bool:
    for offered in accept_encoding.lower().split(","):
        name, _, weight = offered.partition(";")
        if name.strip() in ("gzip", "x-gzip"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _gzip(body: bytes) -> bytes:
    """With a name of random length inside, which no browser reads: equal pages have different lengths."""
    name = "".join(secrets.choice(_NAMES) for _ in range(1 + secrets.randbelow(_LONGEST_NAME)))
    written = io.BytesIO()
    with gzip.GzipFile(name, "wb", LEVEL, written, mtime=0) as file:
        file.write(body)
    return written.getvalue()
