"""One message in two round trips instead of four, with servers that offer PIPELINING (RFC 2920; nearly all do).

The library connects, encrypts and logs in; then the connection speaks through this protocol (decision 28).
"""

import asyncio
from collections import deque
from dataclasses import dataclass

LONGEST_REPLY = 32_768
"""Bytes without a line end; a server that sends more is not speaking SMTP."""


class LineLost(Exception):
    """The connection broke, or spoke no SMTP."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    Attributes:
        code: the reply that decided; 250 for a message that was taken.
        accepted: the server has taken the message.
    """

    code: int
    accepted: bool


class Pipeline(asyncio.Protocol):
    """
    Attributes:
        is_message_out: the message itself, with its end, has been handed to the connection. From here on a broken line
            means that nobody knows.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._buffer = b""
        self._codes: deque[int] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._wanted = 0
        self._lost = False
        self.is_message_out = False

    @property
    def is_open(self) -> bool:
        return not self._lost and not self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    def say_goodbye(self) -> None:
        if self.is_open:
            self._transport.write(b"QUIT\r\n")
        self._transport.close()

    async def send(self, sender: str, to: str, message: bytes) -> Said:
        """
        Args:
            sender, to: plain ASCII mailboxes, checked by the caller.
            message: with CRLF line ends.

        Raises:
            LineLost: see `is_message_out`.
        """
        self.is_message_out = False
        if self._codes:
            # It spoke without being asked (421, about to close): its next replies would be taken for others.
            self._break()
        self._write(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{to}>\r\nDATA\r\n".encode("ascii"))
        mail, rcpt, data = await self._replies(3)
        if data == 354 and mail < 300 and rcpt < 300:
            self.is_message_out = True
            self._write(_stuffed(message))
            (done,) = await self._replies(1)
            return Said(done, 200 <= done < 300)
        if data == 354:
            # It asks for a message without a recipient; an empty one ends that, and goes to nobody.
            self._write(b".\r\n")
            await self._replies(1)
        self._write(b"RSET\r\n")
        await self._replies(1)
        return Said(next(code for code in (mail, rcpt, data) if code >= 300), False)

    def _write(self, data: bytes) -> None:
        if not self.is_open:
            raise LineLost
        self._transport.write(data)

    async def _replies(self, count: int) -> list[int]:
        if len(self._codes) < count:
            if not self.is_open:
                raise LineLost
            self._wanted = count
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return [self._codes.popleft() for _ in range(count)]

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        try:
            # "250-" continues, "250 " or a bare "250" ends a reply.
            self._codes.extend(int(line[:3]) for line in lines if line[3:4] != b"-")
        except ValueError:
            self._break()
            return
        if len(self._buffer) > LONGEST_REPLY:
            self._break()
        elif self._waiter is not None and not self._waiter.done() and len(self._codes) >= self._wanted:
            self._waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(LineLost())

    def _break(self) -> None:
        self._transport.abort()
        self.connection_lost(None)


def _stuffed(message: bytes) -> bytes:
    """With a second dot before each line that begins with one, and the end of the message."""
    body = message.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")
