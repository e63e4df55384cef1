"""Identifiers that are made from their cause, so that a repeat makes the same one."""

import hashlib
import hmac
import re
import unicodedata
from typing import Final
from uuid import UUID

NAMESPACE: Final = UUID("6f1f3f57-20f5-5b0c-9e2e-6b1d3f0a8d11")
PUBLIC: Final = "public"
PLATFORM: Final = "platform"
"""The tenant of those who run Simpul itself: it has officers and nothing else."""
SHARED: Final = "shared"
"""Not an office: what belongs to the whole deployment. Every office reads it, operators alone write it, and nobody is
found at it: the directory does not list it."""
SETUP: Final = "setup"
"""The actor of an installation, which nobody can log in as: it adds the first operator and loads demo data."""

IDENTIFIER: Final = r"^[0-9A-Za-z_-]{1,64}$"
"""What every id is made of: safe in a path, in the header of a message, in a key and in a document's `_id`."""
_IDENTIFIER: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")

CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Base 32 without I, L, O and U, which are misread on paper and on the phone."""


def is_identifier(text: str) -> bool:
    return _IDENTIFIER.fullmatch(text) is not None


def uuid5(namespace: UUID, name: str) -> UUID:
    """As the standard library's (RFC 9562), in half the time: a command needs several."""
    digest = hashlib.sha1(namespace.bytes + name.encode(), usedforsecurity=False).digest()
    value = int.from_bytes(digest[:16])
    return UUID(int=value & ~_VERSION_AND_VARIANT | _NAME_BASED)


_VERSION_AND_VARIANT: Final = 0xF << 76 | 0x3 << 62
_NAME_BASED: Final = 0x5 << 76 | 0x2 << 62


def command_id(tenant: str, operation: str, key: UUID, *, principal: str = PUBLIC) -> UUID:
    return uuid5(NAMESPACE, f"{tenant}|{principal}|{operation}|{key}")


def event_id(cause: UUID, k: int) -> UUID:
    """The id of the k-th event (from 0) that one command caused."""
    return uuid5(cause, str(k))


def follow_up_id(event: UUID, step: str) -> UUID:
    return uuid5(event, step)


def timer_id(aggregate: str, timer: str, due_at: str) -> UUID:
    return uuid5(NAMESPACE, f"{aggregate}|{timer}|{due_at}")


def report_id(command: UUID) -> UUID:
    return uuid5(command, "report")


def case_id(report: UUID) -> UUID:
    """The case that a report opens when no other fits."""
    return uuid5(report, "case")


def clarification_id(case: UUID) -> UUID:
    return uuid5(case, "clarification")


def crockford(data: bytes, characters: int) -> str:
    """The first `characters` × 5 bits of `data` in Crockford's alphabet."""
    bits = int.from_bytes(data, "big") >> (len(data) * 8 - characters * 5)
    return "".join(CROCKFORD[(bits >> (5 * i)) & 31] for i in reversed(range(characters)))


def reference_number(prefix: str, identity: UUID) -> str:
    """What a person reads out: `CRB-4F7K-9XM2`. Carries neither a count nor a date nor a secret (40 bits of a hash)."""
    code = crockford(hashlib.sha256(identity.bytes).digest(), 8)
    return f"{prefix}-{code[:4]}-{code[4:]}"


def tracking_code(key: bytes, command: UUID) -> str:
    """The secret that opens a ticket: 16 Crockford characters, 80 bits. A resend of the command shows the same."""
    return crockford(hmac.digest(key, b"tracking|" + command.bytes, "sha256"), 16)


def read_code(typed: str) -> str:
    """A code as a person typed it, in the form it was made: letters and digits only, O as 0, I and L as 1."""
    return _characters(typed).translate(_MISREAD)


def read_number(typed: str, prefix: str) -> str:
    """A number of one office as a person typed it, in the form it was made: `CRB-4F7K-9XM2`.

    Understood without the office's prefix, without dashes or with others, in lower case, with O for 0 and I or L for 1.
    What is no such number is given back in capitals.
    """
    characters = _characters(typed)
    before, code = characters[:-_NUMBER], characters[-_NUMBER:].translate(_MISREAD)
    if len(code) < _NUMBER or before.translate(_MISREAD) not in ("", prefix.translate(_MISREAD)):
        return typed.strip().upper()
    return f"{prefix}-{code[:4]}-{code[4:]}"


_NUMBER: Final = 8
_MISREAD: Final = str.maketrans("OIL", "011")


def _characters(typed: str) -> str:
    """Letters and digits, in capitals; what parts them on paper, in chats and in word processors is left out."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed).upper() if c.isascii() and c.isalnum())


def case_id_text(report: str, rejected: int = 0) -> str:
    """`case_id` for an id as text; a report that left a case opens another one than before."""
    return str(case_id(UUID(report)) if rejected == 0 else uuid5(UUID(report), f"case|{rejected}"))
