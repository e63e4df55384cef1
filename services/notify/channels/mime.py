"""One e-mail built once and addressed many times.

To build a message with the library costs 1.2 ms, more than all the rest of a delivery. So it is built once for each
version, template and language, with marks where recipients differ; for each recipient the marks are filled in bytes.
A mark in a header takes ASCII that was checked; a mark in the body takes any text, encoded as the part is.
"""

import re
import secrets
from binascii import b2a_qp
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum

from markupsafe import escape

from services.notify.channels.headers import folded, mailbox
from services.notify.channels.headers import text as written

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_HEADER_VALUE = re.compile(r"[\x21-\x7e]{1,700}")
_DATE = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}", re.ASCII)
_LINE = 72
"""Characters of one encoded line; quoted-printable allows 76 with the soft break."""


class UnfitForHeader(ValueError):
    """A value that must not stand in a header: `args[0]` names the mark, never the value."""


def is_address(text: str) -> bool:
    """A plain ASCII mailbox: nothing that could end the header, and nothing that needs SMTPUTF8."""
    return _ADDRESS.fullmatch(text) is not None and ".." not in text


class Marks:
    """Stand-ins for what differs from recipient to recipient; letters and digits only, impossible to type by chance."""

    def __init__(self, names: set[str]) -> None:
        salt = secrets.token_hex(6).upper()
        self.of = {name: f"XQ{salt}{number:02}QX" for number, name in enumerate(sorted(names))}
        self._names = {mark: name for name, mark in self.of.items()}
        self._any = re.compile("(" + "|".join(map(re.escape, self._names)) + ")")

    def split(self, text: str) -> list[str]:
        """Text and names alternating, a text first."""
        return [self._names.get(part, part) for part in self._any.split(text)]


@dataclass(frozen=True)
class Head:
    """Headers that are the same for all recipients. `subject` may hold marks."""

    sender: str
    sender_name: str
    reply_to: str
    subject: str


class Place(StrEnum):
    HEADER = "header"
    TEXT = "text"
    HTML = "html"


@dataclass(frozen=True)
class Form:
    """A built message. `pieces` and `fields` alternate; a field is a name and where it stands."""

    pieces: tuple[bytes, ...]
    fields: tuple[tuple[str, Place], ...]

    def fill(self, values: Mapping[str, str]) -> bytes:
        """
        Raises:
            UnfitForHeader: a value for a header holds more than printable ASCII.
        """
        encoded: dict[tuple[str, Place], bytes] = {}
        out = [self.pieces[0]]
        for field, piece in zip(self.fields, self.pieces[1:], strict=True):
            known = encoded.get(field)
            if known is None:
                name, place = field
                known = encoded[field] = _ENCODED[place](name, values[name])
            out.append(known)
            out.append(piece)
        return b"".join(out)


def _for_header(name: str, value: str) -> bytes:
    if not (_DATE if name == "date" else _HEADER_VALUE).fullmatch(value):
        raise UnfitForHeader(name)
    return value.encode("ascii")


_ENCODED: dict[Place, Callable[[str, str], bytes]] = {
    Place.HEADER: _for_header,
    Place.TEXT: lambda _, value: quoted(value),
    Place.HTML: lambda _, value: quoted(str(escape(value))),
}


def build(head: Head, *, text: str, html: str, marks: Marks, headers: Mapping[str, str]) -> Form:
    """
    Args:
        text, html: the two bodies, with marks.
        marks: with `to` and `date` among them.
        headers: more headers, values with marks.
    """
    top = [
        folded("Date", [marks.of["date"]]),
        mailbox("From", head.sender, called=head.sender_name),
        folded("To", [marks.of["to"]]),
        written("Subject", head.subject),
    ]
    if is_address(head.reply_to):
        top.append(folded("Reply-To", [head.reply_to]))
    top += [folded(name, [value]) for name, value in headers.items()]
    outer = EmailMessage(policy=SMTP)
    bodies = Marks({"text", "html"})
    outer.set_content(bodies.of["text"], cte="7bit")
    outer.add_alternative(bodies.of["html"], subtype="html", cte="7bit")
    for part in outer.iter_parts():
        part.replace_header("Content-Transfer-Encoding", "quoted-printable")
    built = "".join(top) + outer.as_bytes().decode("ascii")
    pieces: list[bytes] = [b""]
    fields: list[tuple[str, Place]] = []
    for position, stretch in enumerate(bodies.split(built)):
        if position % 2 == 0:
            _append(pieces, fields, marks.split(stretch), Place.HEADER)
        elif stretch == "text":
            _append(pieces, fields, marks.split(text), Place.TEXT)
        else:
            _append(pieces, fields, marks.split(html), Place.HTML)
    return Form(tuple(pieces), tuple(fields))


def _append(pieces: list[bytes], fields: list[tuple[str, Place]], split: list[str], place: Place) -> None:
    for position, part in enumerate(split):
        if position % 2 == 1:
            fields.append((part, place))
            pieces.append(b"")
        elif place is Place.HEADER:
            pieces[-1] += part.encode("ascii")
        else:
            pieces[-1] += _static(part, last=position == len(split) - 1)


def _static(text: str, *, last: bool) -> bytes:
    """Encoded once. Every mark stands on encoded lines of its own, between soft breaks, so it can be any length."""
    encoded = b2a_qp(text.replace("\r\n", "\n").encode(), istext=True).replace(b"\n", b"\r\n")
    return encoded if last else encoded + b"=\r\n"


_PLAIN = re.compile(r"[\x21-\x3c\x3e-\x7e ]*")


def quoted(value: str) -> bytes:
    """A value in quoted-printable on lines of its own, each with its soft break."""
    one_line = " ".join(value.split())
    if _PLAIN.fullmatch(one_line):
        raw = one_line.encode("ascii")
    else:
        raw = b"".join(
            bytes((byte,)) if 0x20 <= byte <= 0x7E and byte != 0x3D else b"=%02X" % byte for byte in one_line.encode()
        )
    lines = []
    while len(raw) > _LINE:
        cut = _LINE
        # Never through the middle of an encoded byte.
        if b"=" in raw[cut - 2 : cut]:
            cut = raw.rindex(b"=", 0, cut)
        lines.append(raw[:cut])
        raw = raw[cut:]
    lines.append(raw)
    return b"".join(line + b"=\r\n" for line in lines)
