"""Serves the pages of the fixtures with the headers of the real ones: `python -m tests.unit.gateway.web.preview`.

An address is `/<language>/<name of the page>`; `/` lists them. With `?long=1` what people typed is one long word.
"""

import argparse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from services.gateway.archive.card import Shape, Subject, subject
from services.gateway.archive.views import ClarificationPage
from services.gateway.web.assets import Assets
from services.gateway.web.i18n import Lang, choose, is_lang
from services.gateway.web.pages import cards_of
from services.gateway.web.rendering import Renderer, security_headers
from tests.unit.gateway.web import fixtures
from tests.unit.gateway.web.stretching import stretched

ASSETS = Assets()
RENDERER = Renderer(ASSETS)
CARDS = cards_of(RENDERER)


def html(name: str, lang: Lang = "id", *, long: bool = False) -> str:
    template, view = fixtures.PAGES[name]
    return RENDERER.render(template, fixtures.frame(name, lang, f"/{lang}/{name}"), stretched(view) if long else view)


def about(view: ClarificationPage = fixtures.CLARIFICATION) -> Subject:
    return subject(view.answer, fixtures.CIREBON, view.site)


def card_svg(view: ClarificationPage = fixtures.CLARIFICATION, shape: Shape = Shape.CARD) -> str:
    return CARDS.svg(about(view), shape)


def picture(shape: Shape) -> bytes:
    return CARDS.draw(about(), shape)


class Preview(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        first, _, name = address.path.strip("/").partition("/")
        if first == "static":
            self._asset(*name.split("/", 1))
        elif address.path.endswith(".png"):
            self._send(200, picture(Shape(address.path.rpartition("/")[2].removesuffix(".png"))), {})
        elif is_lang(first) and name in fixtures.PAGES:
            asked = parse_qs(address.query)
            body = html(name, choose(asked.get("lang", [""])[0], first), long="long" in asked)
            self._send(200, body.encode(), {"Content-Type": "text/html; charset=utf-8", **security_headers()})
        elif address.path == "/":
            links = "".join(f'<li><a href="/id/{n}">{n}</a> <a href="/en/{n}">en</a></li>' for n in fixtures.PAGES)
            self._send(200, f"<!doctype html><title>Preview</title><ul>{links}</ul>".encode(), {})
        else:
            self._send(404, b"", {})

    def log_message(self, format: str, *args: object) -> None:
        """Silent: a browser asks for dozens of files."""

    def _asset(self, version: str, name: str) -> None:
        if ASSETS.get(name) is None:
            return self._send(404, b"", {})
        accepted = self.headers.get("Accept-Encoding", "")
        return self._send(200, ASSETS.body(name, accepted), ASSETS.headers(name, version, accepted))

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for header, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)


def serve(port: int) -> ThreadingHTTPServer:
    return ThreadingHTTPServer(("127.0.0.1", port), Preview)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8470)
    with serve(parser.parse_args().port) as server:
        server.serve_forever()
