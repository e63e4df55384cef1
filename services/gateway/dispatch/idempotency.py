"""The Idempotency-Key of a request, and the memory of what was sent under it."""

import re
from collections import OrderedDict
from uuid import UUID

from libs.runtime.errors import Refused

_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
"""Versions 4 and 7: the kinds that are made from chance, not from a name or a card's number."""


def read_key(text: str | None) -> UUID:
    """
    Raises:
        Refused: `key_invalid`: missing, or not a random UUID in its usual form.
    """
    if text is None or _RANDOM.fullmatch(text) is None:
        raise Refused("key_invalid")
    return UUID(text)


class SentBodies:
    """Body hashes by command, so that a key that comes again with another body is refused at once.

    Best effort: the owner refuses it too, whenever this process has forgotten.
    """

    def __init__(self, most: int = 100_000) -> None:
        self._most = most
        self._hashes: OrderedDict[bytes, str] = OrderedDict()

    def check(self, command: UUID, body_hash: str) -> None:
        """
        Raises:
            Refused: `key_reused`.
        """
        if self._hashes.setdefault(command.bytes, body_hash) != body_hash:
            raise Refused("key_reused")
        if len(self._hashes) > self._most:
            self._hashes.popitem(last=False)
