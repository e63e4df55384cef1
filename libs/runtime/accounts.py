"""The offices' own numbers and bots at messaging providers: `channels.json` beside the keys, or none.

{"whatsapp": [{"office": "kota-cirebon", "phone_number_id": "1065…", "display_phone_number": "62821…",
               "app_secret": "…", "verify_token": "…", "access_token": "…",
               "templates": {"news": {"name": "kabar_laporan_v1", "languages": ["id"]}}}],
 "telegram": [{"office": "kota-cirebon", "bot_id": "7000000001", "username": "…", "token": "…",
               "secret_token": "…"}],
 "mail": [{"office": "kota-cirebon", "address": "lapor@kota.example", "host": "imap.kota.example",
           "username": "lapor", "password": "…", "authserv_id": "mx.kota.example"}]}
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, TypeVar

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


class MailAccount(BaseModel):
    """A mailbox that is read by IMAP; answers to what the office sends come to its address.

    Attributes:
        authserv_id: by which the office's receiving server signs its Authentication-Results; empty: nothing says who a
            mail is of.
    """

    model_config = ConfigDict(frozen=True)

    office: str
    address: str
    host: str
    port: int = 993
    security: Literal["tls", "none"] = "tls"
    username: str
    password: str = Field(repr=False)
    folder: str = "INBOX"
    authserv_id: str = ""

    @property
    def channel(self) -> Channel:
        return Channel.EMAIL

    @property
    def id(self) -> str:
        return self.address


Account = WhatsAppAccount | TelegramAccount | MailAccount
A = TypeVar("A", WhatsAppAccount, TelegramAccount, MailAccount)


class _File(BaseModel):
    whatsapp: tuple[WhatsAppAccount, ...] = ()
    telegram: tuple[TelegramAccount, ...] = ()
    mail: tuple[MailAccount, ...] = ()


class Accounts:
    """The file as it stands: an office that gets a number needs no restart. One that cannot be read is said so, and
    what was read before goes on."""

    def __init__(self, secrets_dir: Path) -> None:
        self._file = secrets_dir / FILE
        self._read: tuple[int, int] | None = None
        self._whatsapp: dict[str, WhatsAppAccount] = {}
        self._telegram: dict[str, TelegramAccount] = {}
        self._mail: dict[str, MailAccount] = {}

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

    @property
    def mail(self) -> Mapping[str, MailAccount]:
        """By address."""
        self._look()
        return self._mail

    def mail_of(self, office: str) -> MailAccount | None:
        """The mailbox that answers to an office's letters come to."""
        return next((account for account in self.mail.values() if account.office == office), None)

    def of(self, channel: str, account: str) -> Account | None:
        match channel:
            case Channel.WHATSAPP:
                return self.whatsapp.get(account)
            case Channel.TELEGRAM:
                return self.telegram.get(account)
            case _:
                return self.mail.get(account)

    def _look(self) -> None:
        try:
            stat = self._file.stat()
        except FileNotFoundError:
            self._whatsapp, self._telegram, self._mail, self._read = {}, {}, {}, None
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
        self._mail = _by_id(found.mail)


def _by_id(accounts: Iterable[A]) -> dict[str, A]:
    return {account.id: account for account in accounts}
