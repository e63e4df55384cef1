"""Settings of the notify service, beside those that every service has."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from libs.runtime.settings import Settings as Common


class Settings(Common):
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8406
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    smtp_username: str | None = None
    smtp_password: str | None = Field(default=None, repr=False)
    smtp_connections: int = Field(default=8, ge=1, le=64)
    """Also the most deliveries that may be unknown after this process is killed."""
    smtp_message_seconds: float = Field(default=30.0, gt=0)
    """For one whole message. RFC 5321 allows minutes; a server that slow is as good as away."""
    mail_from: str = "kabar@simpul.example"
    """Sender of every message; the office stands in its display name and in Reply-To."""

    gateway_url: str = "http://127.0.0.1:8400"
    """Its internal door, for those who chat."""
    mail_seconds: float = Field(default=15.0, gt=0)
    """Between two looks into the offices' mailboxes."""
    whatsapp_url: str = "https://graph.facebook.com/v23.0"
    whatsapp_media_hosts: tuple[str, ...] = ("lookaside.fbsbx.com",)
    """From where files of a chat may be fetched: the provider names the address, we name the host."""
    telegram_url: str = "https://api.telegram.org"
    chat_seconds: float = Field(default=10.0, gt=0)
    """For one call to a messaging provider."""

    @property
    def unknown_after(self) -> timedelta:
        """An attempt older than this has nobody who will still say how it ended."""
        return timedelta(seconds=2 * self.smtp_message_seconds)
