"""A mail server that keeps every letter and delivers none.

`python -m deploy.local.mailsink FOLDER SMTP_PORT PAGE_PORT`
"""

import asyncio
import signal
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local import mailpages
from deploy.local.mailbox import Mailbox
from deploy.local.ports import HOST

LETTER_LIMIT_BYTES = 10_000_000

AT_ONCE = 32
"""Letters in memory at one time; the next sender waits, so a burst costs time and not memory."""


class Sink:
    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox
        self._room = asyncio.Semaphore(AT_ONCE)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.original_content or b""
        async with self._room:
            letter = await asyncio.to_thread(self._mailbox.keep, envelope.mail_from or "", envelope.rcpt_tos, content)
        return f"250 2.0.0 kept as {letter}"


def page_server(mailbox: Mailbox, port: int) -> ThreadingHTTPServer:
    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[-1] for name, values in parse_qs(address.query).items()}
            lang = mailpages.language(asked.get("lang", ""))
            match address.path.strip("/").split("/"):
                case [""]:
                    before = int(asked["before"]) if asked.get("before", "").isdecimal() else None
                    text = mailpages.listing(mailbox, address=asked.get("address", ""), before=before, lang=lang)
                    self._answer(text)
                case ["style.css"]:
                    self._answer(mailpages.STYLE, kind="text/css")
                case ["health"]:
                    self._answer("ok", kind="text/plain")
                case [letter_id]:
                    self._letter(letter_id, lang)
                case [letter_id, "html"] if letter := mailbox.open(letter_id):
                    self._answer(mailpages.letter_html(letter), policy=mailpages.LETTER_POLICY)
                case [letter_id, "raw"] if raw := mailbox.raw(letter_id):
                    self._answer(raw.decode(errors="replace"), kind="text/plain")
                case _:
                    self._answer(mailpages.missing(lang), status=HTTPStatus.NOT_FOUND)

        def _letter(self, letter_id: str, lang: str) -> None:
            if letter := mailbox.open(letter_id):
                self._answer(mailpages.letter_page(letter, letter_id, lang=lang))
            else:
                self._answer(mailpages.missing(lang), status=HTTPStatus.NOT_FOUND)

        def _answer(
            self,
            text: str,
            *,
            kind: str = "text/html",
            policy: str = mailpages.PAGE_POLICY,
            status: HTTPStatus = HTTPStatus.OK,
        ) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the addresses that people search for would stand in the log."""

    return ThreadingHTTPServer((HOST, port), Pages)


async def serve(folder: Path, *, smtp_port: int, page_port: int) -> None:
    mailbox = Mailbox(folder)
    pages = page_server(mailbox, page_port)
    threading.Thread(target=pages.serve_forever, daemon=True).start()
    sink = Sink(mailbox)
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="localhost", data_size_limit=LETTER_LIMIT_BYTES, enable_SMTPUTF8=True),
        HOST,
        smtp_port,
        backlog=512,
    )
    async with server:
        await ended.wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), smtp_port=int(sys.argv[2]), page_port=int(sys.argv[3])))
