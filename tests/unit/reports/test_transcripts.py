"""A speech-to-text server, as a real one on a socket."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from libs.runtime.errors import Unavailable
from services.reports.transcripts import Transcripts


class Server(ThreadingHTTPServer):
    answer: tuple[int, bytes] = (200, b'{"text": " Air PDAM beracun. "}')
    received: list[bytes]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1/audio/transcriptions"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.received.append(self.rfile.read(int(self.headers["Content-Length"])))
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.received = []
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


async def test_a_recording_becomes_text_and_the_server_learns_nothing_else(server: Server) -> None:
    transcripts = Transcripts(server.url, within=5)

    assert await transcripts.of(b"OggS\x00sound", "audio/ogg") == "Air PDAM beracun."

    (body,) = server.received
    assert b"OggS\x00sound" in body
    assert b'filename="evidence.ogg"' in body
    assert b'name="response_format"' in body
    await transcripts.close()


@pytest.mark.parametrize("answer", [(503, b""), (200, b"<html>"), (200, b'{"words": 1}'), (200, b" " * 300_000)])
async def test_what_is_no_transcript_is_asked_for_again_later(server: Server, answer: tuple[int, bytes]) -> None:
    server.answer = answer
    transcripts = Transcripts(server.url, within=5)

    with pytest.raises(Unavailable):
        await transcripts.of(b"x", "video/mp4")
    await transcripts.close()


async def test_a_server_that_is_away_is_asked_again_later(server: Server) -> None:
    server.shutdown()
    server.server_close()
    transcripts = Transcripts(server.url, within=1)

    with pytest.raises(Unavailable):
        await transcripts.of(b"x", "audio/mp4")
    await transcripts.close()


async def test_what_the_server_cannot_read_has_no_words(server: Server) -> None:
    server.answer = (415, b"")
    transcripts = Transcripts(server.url, within=5)

    assert await transcripts.of(b"x", "audio/ogg") == ""
    await transcripts.close()


def test_it_is_off_unless_a_server_is_named() -> None:
    assert not Transcripts("", within=5).is_on
