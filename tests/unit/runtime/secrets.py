"""Directories of secrets as a cluster would mount them."""

import base64
import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from libs.runtime.keyring import Keyring


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def a_pair(directory: Path, caller: str, callee: str, keys: dict[str, bytes], *, active: str) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"active": active, "keys": {kid: encoded(key) for kid, key in keys.items()}})
    (directory / f"pair-{caller}-{callee}.json").write_text(text)


def two_processes(root: Path, *, keys: dict[str, bytes] | None = None, active: str = "k1") -> tuple[Keyring, Keyring]:
    """The gateway and reports, with a key between them; and the seal of reports."""
    gateway, reports = root / "gateway", root / "reports"
    for directory in (gateway, reports):
        a_pair(directory, "gateway", "reports", keys or {"k1": b"p" * 32}, active=active)
    seal = X25519PrivateKey.generate()
    (reports / "seal-reports.key").write_text(encoded(seal.private_bytes_raw()))
    (gateway / "seal-reports.pub").write_text(encoded(seal.public_key().public_bytes_raw()))
    return Keyring(gateway, "gateway"), Keyring(reports, "reports")
