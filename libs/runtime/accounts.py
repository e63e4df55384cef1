"""The offices' own numbers and bots at messaging providers: `channels.json` beside the keys, or none.

{"whatsapp": [{"office": "kota-cirebon", "phone_number_id": "1065…", "display_phone_number": "62821…",
               "app_secret": "…", "verify_token": "…", "access_token": "…",
               "templates": {"news": {"name": "kabar_laporan_v1", "languages": ["id"]}}}],
 "telegram": [{"office": "kota-cirebon", "bot_id": "7000000001", "username": "…", "token": "…",
               "secret_token": "…"}]}
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from libs.contracts.words import Channel
from libs.runtime import logs

log = logs.get()

FILE = "channels.json"


class ApprovedTemplate(BaseModel):
    """A message that the provider lets out at any time. Its body has three places: office, number, link."""

    model_config = ConfigDict(frozen=True)

    name: str
    languages: tuple[str, ...]


class WhatsAppAccount(BaseModel):
    """
    Attributes:
        office: its slug.
        app_secret: signs what the provider sends; `verify_token` is what we chose for its handshake.
        templates: by purpose; `news` for whatever there is to say outside the window.
    """

    model_config = ConfigDict(frozen=True)

    office: str
    phone_number_id: str
    display_phone_number: str = ""
    app_secret: str = Field(repr=False)
    verify_token: str = Field(repr=False)
    access_token: str = Field(repr=False)
    templates: dict[str, ApprovedTemplate] = {}

    @property
    def channel(self) -> Channel:
        return Channel.WHATSAPP

    @property
    def id(self) -> str:
        return self.phone_number_id


class TelegramAccount(BaseModel):
    model_config = ConfigDict(frozen=True)

    office: str
    bot_id: str
    username: str = ""
    token: str = Field(repr=False)
    secret_token: str = Field(repr=False)

    @property
    def channel(self) -> Channel:
        return Channel.TELEGRAM

    @property
    def id(self) -> str:
        return self.bot_id


Account = WhatsAppAccount | TelegramAccount
A = TypeVar("A", WhatsAppAccount, TelegramAccount)


class _File(BaseModel):
    whatsapp: tuple[WhatsAppAccount, ...] = ()
    telegram: tuple[TelegramAccount, ...] = ()


class Accounts:
    """The file as it stands: an office that gets a number needs no restart. One that cannot be read is said so, and
    what was read before goes on."""

    def __init__(self, secrets_dir: Path) -> None:
        self._file = secrets_dir / FILE
        self._read: tuple[int, int] | None = None
        self._whatsapp: dict[str, WhatsAppAccount] = {}
        self._telegram: dict[str, TelegramAccount] = {}

    @property
    def whatsapp(self) -> Mapping[str, WhatsAppAccount]:
        """By phone number id."""
        self._look()
        return self._whatsapp

    @property
    def telegram(self) -> Mapping[str, TelegramAccount]:
        """By bot id."""
        self._look()
        return self._telegram

    def of(self, channel: str, account: str) -> Account | None:
        return self.whatsapp.get(account) if channel == Channel.WHATSAPP else self.telegram.get(account)

    def _look(self) -> None:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            self._whatsapp, self._telegram, self._read = {}, {}, None
            return
        stands = (stat.st_mtime_ns, stat.st_size)
        if stands == self._read:
            return
        self._read = stands
        try:
            found = _File.model_validate_json(self._file.read_bytes())
        except (ValidationError, OSError) as error:
            log.error("channels_unreadable", error=type(error).__name__)
            return
        self._whatsapp, self._telegram = _by_id(found.whatsapp), _by_id(found.telegram)


def _by_id(accounts: Iterable[A]) -> dict[str, A]:
    return {account.id: account for account in accounts}
