"""The static files, held in memory with their compressed form: together they are smaller than one photo."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import rcssmin
import rjsmin

from services.gateway.web.packing import takes_gzip

STATIC = Path(__file__).parent / "static"

MEDIA_TYPES: Mapping[str, str] = {
    ".ico": "image/x-icon",
    ".png": "image/png",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
SHORTER: Mapping[str, Callable[[str], str]] = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}
"""Without comments and spaces, every name and value as written; what another project made short (`*.min.js`) stays."""

IMMUTABLE = "public, max-age=31536000, immutable"
SHORT = "public, max-age=60"
"""For a file asked for under another build's hash, which happens while two versions run side by side."""


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str
    compressed: bytes | None
    """gzip, or nothing where it would not help (fonts are compressed already)."""


class Assets:
    """Every file below `folder`, served under one hash of them all.

    One hash for the folder rather than one per file, so that a style sheet can name its font by a
    relative path and still land on the same address as the page's preload.
    """

    def __init__(self, folder: Path = STATIC) -> None:
        self._files = {path.relative_to(folder).as_posix(): _load(path) for path in _servable(folder)}
        self.version = _digest(self._files)

    def url(self, name: str) -> str:
        """Raises KeyError for a file that is not there: a broken link in a template fails its test."""
        self._files[name]
        return f"/static/{self.version}/{name}"

    def get(self, name: str) -> Asset | None:
        return self._files.get(name)

    def headers(self, name: str, version: str, accept_encoding: str) -> dict[str, str]:
        asset = self._files[name]
        headers = {
            "Content-Type": asset.media_type,
            "Cache-Control": IMMUTABLE if version == self.version else SHORT,
            "X-Content-Type-Options": "nosniff",
        }
        if asset.compressed is not None:
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(accept_encoding):
                headers["Content-Encoding"] = "gzip"
        return headers

    def body(self, name: str, accept_encoding: str) -> bytes:
        asset = self._files[name]
        return asset.compressed if asset.compressed is not None and takes_gzip(accept_encoding) else asset.body


def _servable(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)


def _load(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix in SHORTER and ".min." not in path.name:
        body = SHORTER[path.suffix](body.decode()).encode()
    # mtime 0: the same file must compress to the same bytes in every process.
    compressed = gzip.compress(body, 9, mtime=0)
    return Asset(body, MEDIA_TYPES[path.suffix], compressed if len(compressed) < len(body) * 0.9 else None)


def _digest(files: Mapping[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(asset.body).digest())
    return digest.hexdigest()[:12]
