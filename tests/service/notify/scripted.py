"""A mail server whose behaviour stands in the recipient's address, and which remembers what it took."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

TEMPFAIL, REFUSED, VANISH, HANGS, LATE_REFUSAL = "tempfail", "refused", "vanish", "hangs", "late-refusal"
"""Beginnings of addresses: 451 at RCPT; 550 at RCPT; takes the message and is gone without a word; takes the message
and says nothing; 554 after the message."""


@dataclass
class ScriptedServer:
    pipelining: bool = True
    taken: Counter[str] = field(default_factory=Counter)
    """Recipients of complete messages, whatever was answered."""
    messages: dict[str, bytes] = field(default_factory=dict)
    connections: int = 0
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> int:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", port)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._talk(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to: str | None = None
        writer.write(b"220 scripted\r\n")
        while True:
            line = (await reader.readuntil(b"\r\n")).decode().strip()
            verb = line.split(" ", 1)[0].upper().split(":")[0]
            match verb:
                case "EHLO":
                    more = "250-PIPELINING\r\n" if self.pipelining else ""
                    writer.write(f"250-scripted\r\n{more}250 8BITMIME\r\n".encode())
                case "RCPT":
                    asked = line.partition("<")[2].rstrip(">")
                    to, answer = self._recipient(asked)
                    writer.write(answer)
                case "DATA" if to is None:
                    writer.write(b"503 no recipient\r\n")
                case "DATA":
                    assert to is not None
                    writer.write(b"354 go on\r\n")
                    message = await reader.readuntil(b"\r\n.\r\n")
                    if not await self._take(to, message, writer):
                        return
                    to = None
                case "QUIT":
                    writer.write(b"221 bye\r\n")
                    return
                case "RSET":
                    to = None
                    writer.write(b"250 ok\r\n")
                case _:
                    writer.write(b"250 ok\r\n")

    def _recipient(self, asked: str) -> tuple[str | None, bytes]:
        if asked.startswith(TEMPFAIL):
            return None, b"451 try later\r\n"
        if asked.startswith(REFUSED):
            return None, b"550 no such mailbox\r\n"
        return asked, b"250 ok\r\n"

    async def _take(self, to: str, message: bytes, writer: asyncio.StreamWriter) -> bool:
        if to.startswith(LATE_REFUSAL):
            writer.write(b"554 looks like spam\r\n")
            return True
        self.taken[to] += 1
        self.messages[to] = message
        if to.startswith(VANISH):
            return False
        if to.startswith(HANGS):
            await asyncio.sleep(3600)
        writer.write(b"250 taken\r\n")
        return True
