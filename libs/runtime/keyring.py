"""Keys from a mounted directory: versioned, two valid at a time while one replaces the other.

Files are flat, as a mounted Kubernetes Secret is. `pair-<caller>-<callee>.json` and `master.json` hold
`{"active": id, "keys": {id: base64}}`; `seal-<service>.key` and `.pub` hold a raw X25519 key in base64;
other `*.key` files hold 32 bytes in base64.
"""

import json
from base64 import b64decode
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derive(key: bytes, purpose: str) -> bytes:
    """32 bytes for one purpose, so that no key serves two."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"simpul|{purpose}".encode()).derive(key)


@dataclass(frozen=True)
class VersionedKey:
    """`active` makes new things; every key in `keys` still opens old ones."""

    active: str
    keys: dict[str, bytes]

    @property
    def current(self) -> bytes:
        return self.keys[self.active]

    def derived(self, purpose: str) -> "VersionedKey":
        return VersionedKey(self.active, {kid: derive(key, purpose) for kid, key in self.keys.items()})


class Keyring:
    """The secrets of one process.

    Raises:
        FileNotFoundError: the process was not given a key that it asks for; the message names the file.
    """

    def __init__(self, directory: Path, service: str) -> None:
        self.directory = directory
        self.service = service
        self._signing: dict[tuple[str, str], VersionedKey] = {}
        self._tokens: dict[tuple[str, str], VersionedKey] = {}

    def _versioned(self, name: str) -> VersionedKey:
        raw = json.loads((self.directory / name).read_text())
        return VersionedKey(raw["active"], {kid: b64decode(key) for kid, key in raw["keys"].items()})

    def single(self, name: str) -> bytes:
        return b64decode((self.directory / name).read_text())

    def signing(self, caller: str, callee: str) -> VersionedKey:
        """Keys for the HMAC over commands from `caller` to `callee`."""
        if (caller, callee) not in self._signing:
            pair = self._versioned(f"pair-{caller}-{callee}.json")
            self._signing[caller, callee] = pair.derived("commands")
        return self._signing[caller, callee]

    def tokens(self, caller: str, callee: str) -> VersionedKey:
        """Keys for the short-lived tokens that `caller` shows to `callee` over HTTP."""
        if (caller, callee) not in self._tokens:
            pair = self._versioned(f"pair-{caller}-{callee}.json")
            self._tokens[caller, callee] = pair.derived("tokens")
        return self._tokens[caller, callee]

    def links(self, caller: str, callee: str) -> VersionedKey:
        """Keys for links in messages that the callee sends and the caller serves (`libs.runtime.links`)."""
        return self._versioned(f"pair-{caller}-{callee}.json").derived("links")

    @cached_property
    def callers(self) -> tuple[str, ...]:
        """Who may send to this process."""
        suffix = f"-{self.service}.json"
        return tuple(sorted(f.name[len("pair-") : -len(suffix)] for f in self.directory.glob(f"pair-*{suffix}")))

    @cached_property
    def master(self) -> VersionedKey:
        return self._versioned("master.json")

    @cached_property
    def seal_key(self) -> X25519PrivateKey:
        return X25519PrivateKey.from_private_bytes(self.single(f"seal-{self.service}.key"))

    def seal_public(self, receiver: str) -> X25519PublicKey:
        return X25519PublicKey.from_public_bytes(self.single(f"seal-{receiver}.pub"))
