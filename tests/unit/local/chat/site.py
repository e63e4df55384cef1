"""The provider under test, and a gateway that writes down what it is told."""

import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from deploy.local.chat.accounts import TelegramBot, WhatsAppNumber
from deploy.local.chat.phone import ChatLog, ChatProvider
from deploy.local.ports import HOST

OFFICE = "kota-contoh"
SHARED = Path(__file__).parents[5] / "shared" / "data" / "providers"
WITH_FIXTURES = pytest.mark.skipif(not SHARED.exists(), reason="../shared/data/providers is absent")

Json = dict[str, Any]


def fixture(name: str) -> Json:
    read: Json = json.loads((SHARED / name).read_text()) if SHARED.exists() else {}
    return read


@dataclass(frozen=True)
class Heard:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        read: Json = json.loads(self.body)
        return read


@dataclass
class Gateway:
    """
    Attributes:
        answers: statuses for the next webhooks; 200 when there are none left.
        verify_token: that the handshake is passed with.
        takes: seconds for each webhook.
        inside, most_inside: webhooks being taken now, and at most so far.
    """

    address: str
    heard: list[Heard] = field(default_factory=list)
    answers: deque[int] = field(default_factory=deque)
    verify_token: str = ""
    takes: float = 0
    inside: int = 0
    most_inside: int = 0

    def until(self, enough: Callable[[list[Heard]], bool], seconds: float = 10) -> list[Heard]:
        deadline = time.monotonic() + seconds
        while not enough(self.heard):
            assert time.monotonic() < deadline, f"only {[h.body for h in self.heard]}"
            time.sleep(0.01)
        return self.heard

    def values(self) -> list[Json]:
        """Of WhatsApp, in the order in which they came."""
        return [
            change["value"]
            for heard in list(self.heard)
            for entry in heard.json.get("entry", [])
            for change in entry["changes"]
        ]

    def told(self, status: str, seconds: float = 10) -> Json:
        """The first status webhook that says so."""
        self.until(lambda _: any(s["status"] == status for v in self.values() for s in v.get("statuses", [])), seconds)
        return next(v for v in self.values() if any(s["status"] == status for s in v.get("statuses", [])))


@dataclass(frozen=True)
class Site:
    client: httpx.Client
    provider: ChatProvider
    log: ChatLog
    number: WhatsAppNumber
    bot: TelegramBot
    gateway: Gateway

    def send(self, request: Json, *, token: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.number.access_token if token is None else token}"}
        return self.client.post(f"/v23.0/{self.number.phone_number_id}/messages", json=request, headers=headers)

    def text(self, to: str, body: str = "Halo") -> httpx.Response:
        return self.send({"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}})

    def call(self, method: str, **fields: Any) -> httpx.Response:
        return self.client.post(f"/bot{self.bot.token}/{method}", json=fields)


def shape(value: Any, path: str = "") -> set[str]:
    """The paths in a document, each with the type of what lies there."""
    match value:
        case dict():
            return {p for key, inner in value.items() for p in shape(inner, f"{path}.{key}")}
        case list():
            return {p for inner in value for p in shape(inner, f"{path}[]")}
        case _:
            return {f"{path}: {type(value).__name__}"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def gateway_server() -> Iterator[Gateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            with counting:
                gateway.inside += 1
                gateway.most_inside = max(gateway.most_inside, gateway.inside)
            time.sleep(gateway.takes)
            with counting:
                gateway.inside -= 1
            gateway.heard.append(Heard(self.path, dict(self.headers), body))
            self._answer(gateway.answers.popleft() if gateway.answers else 200, b"")

        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            gateway.heard.append(Heard(self.path, dict(self.headers), b"{}"))
            if "picture" in self.path:
                self._answer(200, b"\xff\xd8 a picture", kind="image/jpeg")
            elif asked.get("hub.mode") == "subscribe" and asked.get("hub.verify_token") == gateway.verify_token:
                self._answer(200, asked["hub.challenge"].encode())
            else:
                self._answer(403, b"")

        def _answer(self, status: int, body: bytes, *, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    counting = threading.Lock()
    server = Server((HOST, 0), Handler)
    gateway = Gateway(f"http://{HOST}:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield gateway
    server.shutdown()
    thread.join()
    server.server_close()
