"""The secrets of a local stack: made once at random, in the files that a cluster would mount."""

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from libs.contracts.topics import Service

KEY_BYTES = 32

PAIRS: dict[tuple[Service, Service], tuple[Service, ...]] = {
    (Service.GATEWAY, Service.REGISTRY): (Service.GATEWAY, Service.REGISTRY),
    (Service.GATEWAY, Service.REPORTS): (Service.GATEWAY, Service.REPORTS),
    (Service.GATEWAY, Service.NOTIFY): (Service.GATEWAY, Service.NOTIFY),
    (Service.REGISTRY, Service.REGISTRY): (Service.REGISTRY,),
    (Service.REGISTRY, Service.GATEWAY): (Service.REGISTRY, Service.GATEWAY),
    (Service.REPORTS, Service.REPORTS): (Service.REPORTS,),
    (Service.REPORTS, Service.MATCHER): (Service.REPORTS, Service.MATCHER),
    (Service.REPORTS, Service.GATEWAY): (Service.REPORTS, Service.GATEWAY),
    (Service.REPORTS, Service.FETCHER): (Service.REPORTS, Service.FETCHER),
    (Service.NOTIFY, Service.NOTIFY): (Service.NOTIFY,),
    (Service.NOTIFY, Service.GATEWAY): (Service.NOTIFY, Service.GATEWAY),
}
"""(caller, called) → the processes that hold their common key."""

SEALERS: dict[Service, tuple[Service, ...]] = {
    Service.REGISTRY: (Service.GATEWAY,),
    Service.REPORTS: (Service.GATEWAY,),
    Service.NOTIFY: (Service.GATEWAY, Service.REGISTRY),
}
"""Who opens seals → who may seal to them."""

MASTERS = ((Service.REGISTRY,), (Service.REPORTS, Service.MATCHER), (Service.NOTIFY,))
"""Who keeps data under one master key: the matcher reads the database of reports."""

CHANNELS = "channels.json"
CHANNEL_HOLDERS = (Service.GATEWAY, Service.NOTIFY)
"""The gateway is called by the providers, notify calls them."""

NEWS_TEMPLATE = {"name": "kabar_laporan_v1", "languages": ["id"]}

GATEWAY_KEYS = ("tracking", "session", "blobs")


@dataclass(frozen=True)
class Login:
    username: str
    password: str


class Secrets:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, service: Service) -> Path:
        """The directory that the service sees as its mounted secrets."""
        return self._folder / service.value

    def create(self) -> None:
        """Whatever is missing; what exists is never changed, for data on disk is sealed with it."""
        for service in Service:
            self.of(service).mkdir(parents=True, exist_ok=True, mode=0o700)
        for (caller, called), holders in PAIRS.items():
            self._share(f"pair-{caller}-{called}.json", holders, _new_key_ring)
        for owner, sealers in SEALERS.items():
            private = self._once(self.of(owner) / f"seal-{owner}.key", _new_seal_key)
            for sealer in sealers:
                self._once(self.of(sealer) / f"seal-{owner}.pub", partial(_public_half, private))
        for holders in MASTERS:
            self._share("master.json", holders, _new_key_ring)
        for name in GATEWAY_KEYS:
            self._once(self.of(Service.GATEWAY) / f"{name}.key", _new_key)

    @property
    def channels(self) -> Path:
        """The offices' numbers and bots as the chat provider sees them, in a folder of its own."""
        return self._folder / "chat" / CHANNELS

    def add_channels(self, offices: Iterable[str]) -> None:
        """A WhatsApp number and a Telegram bot for each office that has none; those that are there stay as they are."""
        known = json.loads(self.channels.read_text()) if self.channels.exists() else {"whatsapp": [], "telegram": []}
        served = {account["office"] for account in known["whatsapp"]}
        missing = [office for office in offices if office not in served]
        for office in missing:
            known["whatsapp"].append(_new_number(office, place=len(known["whatsapp"]) + 1))
            known["telegram"].append(_new_bot(office))
        for file in (self.channels, *(self.of(holder) / CHANNELS for holder in CHANNEL_HOLDERS)):
            file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if missing or not file.exists():
                _write(file, json.dumps(known, indent=1))

    def login(self, server: str, username: str) -> Login:
        """The log-in of one user at Kafka or MongoDB; the password is made when first asked for."""
        return Login(username, self._once(self._folder / f"{server}-{username}.password", _new_password))

    def key_file(self) -> Path:
        """What the members of a MongoDB replica set show each other."""
        file = self._folder / "mongod.keyfile"
        self._once(file, lambda: secrets.token_hex(64))
        return file

    def _share(self, name: str, holders: Iterable[Service], make: Callable[[], str]) -> None:
        known = [file for holder in holders if (file := self.of(holder) / name).exists()]
        text = known[0].read_text() if known else make()
        for holder in holders:
            self._once(self.of(holder) / name, lambda: text)

    def _once(self, file: Path, make: Callable[[], str]) -> str:
        if not file.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _write(file, make())
        return file.read_text()


def _write(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.replace(file)


def _new_number(office: str, *, place: int) -> dict[str, Any]:
    return {
        "office": office,
        "phone_number_id": _digits(15),
        # Operators do not give out a block of zeros.
        "display_phone_number": f"628210000{place:04}",
        "app_secret": secrets.token_hex(16),
        "verify_token": secrets.token_urlsafe(24),
        "access_token": f"EAA{secrets.token_urlsafe(48)}",
        "templates": {"news": NEWS_TEMPLATE},
    }


def _new_bot(office: str) -> dict[str, Any]:
    bot_id = _digits(10)
    return {
        "office": office,
        "bot_id": bot_id,
        "username": f"simpul_{office.replace('-', '_')}_bot",
        "token": f"{bot_id}:AA{secrets.token_urlsafe(25)[:33]}",
        "secret_token": secrets.token_urlsafe(32),
    }


def _digits(count: int) -> str:
    return str(10 ** (count - 1) + secrets.randbelow(9 * 10 ** (count - 1)))


def _new_password() -> str:
    return secrets.token_urlsafe(24)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _new_key_ring() -> str:
    return json.dumps({"active": "k1", "keys": {"k1": _new_key()}})


def _new_seal_key() -> str:
    return base64.b64encode(X25519PrivateKey.generate().private_bytes_raw()).decode()


def _public_half(private: str) -> str:
    key = X25519PrivateKey.from_private_bytes(base64.b64decode(private))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
