"""What every page is told, and what pages with a form share: frozen values without I/O.

Times are aware and are written in the office's zone by the templates. Codes (kinds, verdicts, states) are
those of `libs.contracts.words`; an unknown code is shown as it came. Text that people typed is plain text,
in the language they typed it in. What one room tells its pages stands in its own `views.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from libs.kit.calendar import Zone
from libs.runtime.errors import Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.web.i18n import SOURCE, Lang


@dataclass(frozen=True, kw_only=True)
class TenantView:
    """The office that speaks. Its own words stay as it wrote them, in both languages."""

    slug: str
    name: str
    """Of the service: "Cirebon Saber Hoaks"."""
    government: str
    """"Pemerintah Kota Cirebon"."""
    office: str
    short_office: str
    """"DKIS Kota Cirebon": as it stands inside a sentence."""
    monogram: str
    theme: str = ""
    """One of "", nila, kopi, batu."""
    logo: str = ""
    """Names the picture that is shown for the monogram; empty: none."""
    channel: str = ""
    """What reporting a hoax is called here; empty: as everywhere."""
    intro: str = ""
    zone: Zone = Zone.WIB
    address: str = ""
    hours: str = ""
    email: str = ""
    contact_kept_days: int = 30
    interim_minutes: int = 15
    answer_hours: int = 24
    limit_days: int = 3


@dataclass(frozen=True, kw_only=True)
class PageView:
    lang: Lang
    tenant: TenantView | None
    """None where no office speaks: the list of offices, an unknown address."""
    url: str = ""
    """Path and query of this page, for the language switch. Empty on a page that answers a POST and has no address
    that shows it: there the switch is left out, because following it would lose what was typed."""
    nav: str = ""
    """The entry of the navigation this page belongs to: clarifications, tickets, corrections."""
    save_data: bool = False
    """The reader's browser sent Save-Data: no web font."""
    now: datetime
    """When the page was made; deadlines are counted from it."""
    address: str = ""
    """Absolute, without a query; of pages that search engines may show. Empty on all others."""

    framed: bool = False
    """Made to be shown in a frame on another site: links lead to a tab of their own."""
    framers: tuple[str, ...] = ()
    """Origins of those sites."""

    @property
    def canonical(self) -> str:
        return self.address if self.lang == SOURCE else f"{self.address}?lang={self.lang}"

    @property
    def alternates(self) -> tuple[tuple[str, str], ...]:
        """Language -> where the page stands in it."""
        return ("id", self.address), ("en", f"{self.address}?lang=en"), ("x-default", self.address)

    @property
    def home(self) -> str:
        return f"/{self.tenant.slug}" if self.tenant else ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What makes a form safe: the same key sent twice takes effect once."""

    action: str
    key: str
    """Idempotency key, a UUID made by the server; after an error the same one comes back."""
    csrf: str
    carried: tuple[tuple[str, str], ...] = ()
    """Answers of earlier steps, as (name, value); without JavaScript they travel in the page itself."""


class Trouble(StrEnum):
    """Why a form came back although nothing in it is wrong. The answers are in it again, with the same key."""

    UNAVAILABLE = "unavailable"
    """503: perhaps kept, perhaps not; sending again is safe."""
    UPLOADS_UNAVAILABLE = "uploads_unavailable"
    """Text is taken, files are not."""
    TOO_MANY = "too_many"
    EXPIRED = "expired"
    """The page was open for longer than its browser's cookie lives."""
    MORE = "more"
    """What was told asks for more; nothing is sent yet."""
    UNREAD = "unread"
    """What was typed here before cannot be read now."""
    ANOTHER = "another"
    """A report with other words was sent from this form; this becomes a report of its own."""


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One error beside its field; the templates have the words for `code` in both languages."""

    field: str
    code: str
    """required, one_of, too_long, invalid, email_invalid, phone_invalid, consent_required, area_unknown,
    image_too_large, image_too_many_pixels, image_waits, image_type_not_allowed, image_broken, media_broken,
    media_codec_not_allowed, media_too_long, pdf_active, pdf_locked, pdf_too_many_pages, wrong_code, code_used,
    login_failed, not_noted."""
    value: str = ""
    """What was given, as it should be printed: "14,2"."""
    limit: str = ""
    """The limit, as it should be printed: "10"."""


@dataclass(frozen=True, kw_only=True)
class Back:
    """Why a form is shown once more; as it stands here, it is shown for the first time."""

    status: int = 200
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None
    retry_after: int = 2
    """Seconds; said with 429 and 503 alone."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)} if self.status in (429, 503) else {}


FIRST_TIME = Back()


def wrong(*errors: FieldError) -> Back:
    return Back(status=422, errors=errors)


def put_off(error: TooMany | Unavailable) -> Back:
    """Nothing in the form is wrong: it can be sent again in a while."""
    if isinstance(error, TooMany):
        return Back(status=429, trouble=Trouble.TOO_MANY, retry_after=error.retry_after)
    return Back(status=503, trouble=Trouble.UNAVAILABLE)


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """A page whose form may have come back."""

    back: Back = FIRST_TIME

    @property
    def errors(self) -> tuple[FieldError, ...]:
        return self.back.errors

    @property
    def trouble(self) -> Trouble | None:
        return self.back.trouble

    def error(self, name: str) -> FieldError | None:
        return next((error for error in self.errors if error.field == name), None)
