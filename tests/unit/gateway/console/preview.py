"""Serves the pages of the fixtures with the headers of the real ones: `python -m tests.unit.gateway.console.preview`.

An address is `/<language>/<name of the page>`; `/` lists them. With `?long=1` what people typed is one long word.
"""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from services.gateway.web.assets import Assets
from services.gateway.web.rendering import Renderer, security_headers
from tests.unit.gateway.console import fixtures
from tests.unit.gateway.web.stretching import stretched

ASSETS = Assets()
RENDERER = Renderer(ASSETS)
# Stands in for a card or a picture somebody sent.
PICTURES = {"/card.png": "logo.svg", "/picture.svg": "icon.svg"}


def html(name: str, lang: str = "id", *, long: bool = False) -> str:
    template, view = fixtures.PAGES[name]
    return RENDERER.render(template, fixtures.page(lang, f"/{lang}/{name}"), stretched(view) if long else view)


class Preview(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        parts = path.strip("/").split("/", 2)
        if path in PICTURES:
            self._asset(PICTURES[path])
        elif parts[0] == "static" and len(parts) == 3 and ASSETS.get(parts[2]):
            self._asset(parts[2])
        elif len(parts) == 2 and parts[0] in ("id", "en") and parts[1] in fixtures.PAGES:
            long = "long=1" in urlsplit(self.path).query
            self._send(200, html(parts[1], parts[0], long=long).encode(), "text/html; charset=utf-8")
        elif path == "/":
            links = "".join(f'<li><a href="/id/{n}">{n}</a> <a href="/en/{n}">en</a></li>' for n in fixtures.PAGES)
            self._send(200, f"<!doctype html><title>Preview</title><ul>{links}</ul>".encode(), "text/html")
        else:
            self._send(404, b"", "text/plain")

    def log_message(self, format: str, *args: object) -> None:
        """Silent: a browser asks for dozens of files."""

    def _asset(self, name: str) -> None:
        asset = ASSETS.get(name)
        assert asset is not None
        self._send(200, asset.body, asset.media_type)

    def _send(self, status: int, body: bytes, media_type: str) -> None:
        self.send_response(status)
        for header, value in security_headers().items():
            self.send_header(header, value)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve(port: int) -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", port), Preview)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8475)
    with serve(parser.parse_args().port) as server:
        server.serve_forever()
