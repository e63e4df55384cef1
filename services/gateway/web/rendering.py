"""Templates to HTML: one strict environment per language, nothing in a page that the view-model did not say."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date as babel_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from libs.kit.calendar import format_date, format_datetime, remaining
from services.gateway.web.assets import Assets
from services.gateway.web.i18n import SOURCE, Lang, switch_url, thousands, translations
from services.gateway.web.views import PageView

TEMPLATES = Path(__file__).parent / "templates"

_POLICY = (
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "img-src 'self' blob:",
    "script-src 'self'",
    "style-src 'self'",
)

CONTENT_SECURITY_POLICY = "; ".join((*_POLICY, "require-trusted-types-for 'script'", "trusted-types 'none'"))
"""For every page without htmx: no markup is ever made from a string there."""

HTMX_CONTENT_SECURITY_POLICY = "; ".join(_POLICY)
"""htmx 2 parses answers with DOMParser and has no policy hook, so pages that load it go without Trusted Types."""

DEFAULT_ZONE = "Asia/Jakarta"


def security_headers(*, htmx: bool = False) -> dict[str, str]:
    """What every page carries; a secret in an address never travels on (no-referrer)."""
    return {
        "Content-Security-Policy": HTMX_CONTENT_SECURITY_POLICY if htmx else CONTENT_SECURITY_POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


class Renderer:
    def __init__(self, assets: Assets) -> None:
        self._environments: dict[Lang, Environment] = {lang: _environment(lang, assets) for lang in ("id", "en")}

    def render(self, template: str, page: PageView, view: object = None, **more: object) -> str:
        """A page. The template sees `page` (who speaks, in which language) and `view` (what this page is about)."""
        return self._environments[page.lang].get_template(template).render(page=page, view=view, **more)


def _environment(lang: Lang, assets: Assets) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    words = translations(lang)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.globals.update(
        static=assets.url,
        switch_url=switch_url,
        # What offices and people wrote is Indonesian on an English page too, and says so to a screen reader.
        content_lang=Markup(' lang="id"') if lang != SOURCE else "",
    )
    environment.filters.update(
        hari=_dated(partial(_weekday, lang=lang)),
        tanggal=_dated(partial(_date, lang=lang)),
        waktu=_dated(partial(_moment, lang=lang)),
        jam=_dated(partial(_hour, lang=lang)),
        angka=partial(thousands, lang=lang),
        sisa=partial(_remaining, lang=lang),
        nb=hold_together,
    )
    return environment


def _dated(write: Callable[[datetime, str], str]) -> Callable[[Context, datetime], str]:
    """A filter that writes a moment in the clock of the page's office."""

    @pass_context
    def in_the_offices_zone(context: Context, moment: datetime) -> str:
        page: Any = context.resolve("page")
        return write(moment, page.tenant.zone if page.tenant else DEFAULT_ZONE)

    return in_the_offices_zone


def hold_together(text: str) -> Markup:
    """A reference or an amount that no line may break: the font has no non-breaking hyphen."""
    return Markup('<span class="nowrap">{}</span>').format(text)


def _weekday(moment: datetime, zone: str, lang: Lang) -> str:
    return format_date(moment, zone, lang)


def _date(moment: datetime, zone: str, lang: Lang) -> str:
    return babel_date(moment.astimezone(ZoneInfo(zone)), "d MMMM y", locale=lang)


def _moment(moment: datetime, zone: str, lang: Lang) -> str:
    return format_datetime(moment, zone, lang)


def _hour(moment: datetime, zone: str, lang: Lang) -> str:
    """The last part of the full date: "19.42 WIB"."""
    return format_datetime(moment, zone, lang).rsplit(", ", 1)[-1]


def _remaining(until: datetime, now: datetime, lang: Lang) -> str:
    return remaining(until, now, lang)
