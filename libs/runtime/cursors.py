"""Signed positions in a list, so that the next page starts where this one ended and nobody builds one by hand."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import orjson

from libs.runtime.errors import Refused

TAG = 12
LONGEST = 600


class Cursors:
    """`key` is derived for this purpose alone; `scope` ties a cursor to its list and tenant."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def encode(self, scope: str, position: list[Any]) -> str:
        raw = orjson.dumps(position)
        return urlsafe_b64encode(self._tag(scope, raw) + raw).decode().rstrip("=")

    def decode(self, scope: str, cursor: str) -> list[Any]:
        """Raises:
        Refused: `validation`, for a cursor that is not ours or of another list.
        """
        try:
            if len(cursor) > LONGEST:
                raise ValueError
            data = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            tag, raw = data[:TAG], data[TAG:]
            if not hmac.compare_digest(tag, self._tag(scope, raw)):
                raise ValueError
            position = orjson.loads(raw)
        except ValueError:
            raise Refused("validation", "cursor") from None
        return list(position)

    def _tag(self, scope: str, raw: bytes) -> bytes:
        return hmac.digest(self._key, scope.encode() + b"|" + raw, "sha256")[:TAG]
