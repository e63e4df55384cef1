"""The offices' numbers and bots, from the file that the services read too."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

WHATSAPP = "whatsapp"
TELEGRAM = "telegram"
CHANNELS = (WHATSAPP, TELEGRAM)


@dataclass(frozen=True)
class WhatsAppNumber:
    """
    Attributes:
        templates: languages in which each is approved, by its name.
    """

    office: str
    phone_number_id: str
    display_phone_number: str
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    templates: Mapping[str, tuple[str, ...]]

    channel = WHATSAPP

    @property
    def key(self) -> str:
        return f"{WHATSAPP}:{self.phone_number_id}"

    @property
    def shown_as(self) -> str:
        return f"+{self.display_phone_number}"


@dataclass(frozen=True)
class TelegramBot:
    office: str
    bot_id: str
    username: str
    token: str = field(repr=False)
    secret_token: str = field(repr=False)

    channel = TELEGRAM

    @property
    def key(self) -> str:
        return f"{TELEGRAM}:{self.bot_id}"

    @property
    def shown_as(self) -> str:
        return f"@{self.username}"


Account = WhatsAppNumber | TelegramBot


@dataclass(frozen=True)
class Directory:
    whatsapp: tuple[WhatsAppNumber, ...] = ()
    telegram: tuple[TelegramBot, ...] = ()

    @cached_property
    def by_key(self) -> Mapping[str, Account]:
        accounts: list[Account] = [*self.whatsapp, *self.telegram]
        return {account.key: account for account in accounts}

    def of(self, office: str, channel: str) -> Account | None:
        return next((a for a in self.by_key.values() if (a.office, a.channel) == (office, channel)), None)

    def number(self, phone_number_id: str) -> WhatsAppNumber | None:
        return next((n for n in self.whatsapp if n.phone_number_id == phone_number_id), None)

    def bot(self, token: str) -> TelegramBot | None:
        return next((b for b in self.telegram if b.token == token), None)


class Accounts:
    """Read anew when the file has changed: an office may be added while the provider runs."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at = -1
        self._directory = Directory()

    @property
    def now(self) -> Directory:
        changed = self._file.stat().st_mtime_ns if self._file.exists() else 0
        if changed != self._read_at:
            self._read_at = changed
            self._directory = read(json.loads(self._file.read_text())) if changed else Directory()
        return self._directory


def read(channels: Mapping[str, Any]) -> Directory:
    return Directory(
        whatsapp=tuple(_number(fields) for fields in channels.get(WHATSAPP, ())),
        telegram=tuple(TelegramBot(**fields) for fields in channels.get(TELEGRAM, ())),
    )


def _number(fields: Mapping[str, Any]) -> WhatsAppNumber:
    templates = {t["name"]: tuple(t["languages"]) for t in fields.get("templates", {}).values()}
    return WhatsAppNumber(**{**fields, "templates": templates})
