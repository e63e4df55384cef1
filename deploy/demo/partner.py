"""A partner with its social accounts and the ways to reach it."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic.dataclasses import dataclass

from deploy.demo.fictional import invented_handle
from deploy.demo.fields import STRICT, AreaCode, Email, Key, Phone, Text
from libs.contracts.words import PartnerKind, PartnerState

Platform = Literal["facebook", "instagram", "telegram", "threads", "tiktok", "x", "youtube"]

PROFILE_URLS: dict[Platform, str] = {
    "facebook": "https://www.facebook.com/{}",
    "instagram": "https://www.instagram.com/{}",
    "telegram": "https://t.me/{}",
    "threads": "https://www.threads.com/@{}",
    "tiktok": "https://www.tiktok.com/@{}",
    "x": "https://x.com/{}",
    "youtube": "https://www.youtube.com/@{}",
}


def _partner_list(by_kind: dict[str, list[dict[str, object]]]) -> list[dict[str, object]]:
    return [{"kind": kind, **partner} for kind, partners in by_kind.items() for partner in partners]


def _account_list(accounts: dict[str, str]) -> list[dict[str, str]]:
    return [{"platform": platform, "handle": handle} for platform, handle in accounts.items()]


@dataclass(frozen=True, kw_only=True, config=STRICT)
class SocialAccount:
    platform: Platform
    handle: str

    def __post_init__(self) -> None:
        invented_handle(self.platform, self.handle)

    @property
    def url(self) -> str:
        return PROFILE_URLS[self.platform].format(self.handle)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Partner:
    name: Text
    kind: PartnerKind
    area: AreaCode
    accounts: Annotated[tuple[SocialAccount, ...], BeforeValidator(_account_list), Field(min_length=1, max_length=2)]
    email: Email | None = None
    whatsapp: Phone | None = None
    agency: Key | None = None
    """The office's agency that runs a government account, where it is one of those listed."""
    language: Literal["id", "en"] = "id"
    state: Literal[
        PartnerState.SUBMITTED, PartnerState.ADMINISTRATIVE_REVIEW, PartnerState.ACTIVE, PartnerState.SUSPENDED
    ] = PartnerState.ACTIVE

    def __post_init__(self) -> None:
        if not (self.email or self.whatsapp):
            raise ValueError(f"{self.name}: give an e-mail address or a WhatsApp number")

    @property
    def run_by_office(self) -> bool:
        return self.kind is PartnerKind.GOVERNMENT_ACCOUNT


Partners = Annotated[tuple[Partner, ...], BeforeValidator(_partner_list)]
"""A file under partners/ lists them by kind."""
