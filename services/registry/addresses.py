"""Finding a person by an address that nobody may read from the database: equality of keyed hashes."""

import hmac
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass


def normalised(address: str) -> str:
    """Equal for two spellings of one e-mail address or phone number."""
    return unicodedata.normalize("NFC", address.strip()).casefold()


@dataclass(frozen=True)
class Blinder:
    """Keyed hashes of addresses, one for each key that is valid.

    Two documents written under different active keys then still share a hash, so neither uniqueness nor look-up has a
    gap while one key replaces the other.
    """

    keys: Sequence[bytes]

    def __call__(self, address: str) -> list[str]:
        """Shape: 64 lower-case hex characters each."""
        text = normalised(address).encode()
        return [hmac.digest(key, text, "sha256").hex() for key in self.keys]
