"""Templates to HTML: one strict environment per language, nothing in a page that the view-model did not say."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FunctionLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from libs.kit import areas, signs
from libs.kit.calendar import Zone, hour, local_day, long_date, long_moment, remaining
from services.gateway.archive.claim_review import claim_review
from services.gateway.dispatch.notices import NOTICES
from services.gateway.web.assets import Assets
from services.gateway.web.i18n import SOURCE, Lang, switch_url, thousands, translations
from services.gateway.web.joining import Joined
from services.gateway.web.views import PageView

ROOMS = Path(__file__).parents[1]


def template_file(name: str) -> Path:
    """`console/case/case.html` lies in the templates of the room `console/case`; what all share lies in `web`."""
    room, _, file = name.rpartition("/")
    return ROOMS / (room or "web") / "templates" / file


def _load(name: str) -> str | None:
    file = template_file(name)
    return file.read_text() if file.is_file() else None


NOT_FRAMED = "frame-ancestors 'none'"

_POLICY = (
    "default-src 'none'",
    "base-uri 'none'",
    "connect-src 'self'",
    "font-src 'self'",
    "form-action 'self'",
    NOT_FRAMED,
    "img-src 'self' blob:",
    "manifest-src 'self'",
    "script-src 'self'",
    "style-src 'self'",
)

CONTENT_SECURITY_POLICY = "; ".join((*_POLICY, "require-trusted-types-for 'script'", "trusted-types 'none'"))
"""For every page without htmx: no markup is ever made from a string there."""

HTMX_CONTENT_SECURITY_POLICY = "; ".join(_POLICY)
"""htmx 2 parses answers with DOMParser and has no policy hook, so pages that load it go without Trusted Types."""


def security_headers(*, htmx: bool = False, framers: Sequence[str] = ()) -> dict[str, str]:
    """What every page carries; a secret in an address never travels on (no-referrer).

    Args:
        framers: origins whose pages may show this one in a frame.
    """
    policy = HTMX_CONTENT_SECURITY_POLICY if htmx else CONTENT_SECURITY_POLICY
    if framers:
        policy = policy.replace(NOT_FRAMED, f"frame-ancestors {' '.join(framers)}")
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


OFFICERS = "console/"
"""Templates of the pages where hidden characters are shown."""

Printed = Callable[[str], str]


class Renderer:
    """Whatever a template prints is closed in itself (`libs.kit.signs`), and for officers shows what it hides.

    In `<textarea>{{ value|as_typed }}</textarea>` and hidden fields the characters stay as they came.
    """

    def __init__(self, assets: Assets) -> None:
        languages: tuple[Lang, ...] = get_args(Lang)
        self._public = {lang: _environment(lang, assets, signs.closed) for lang in languages}
        self._officers = {lang: _environment(lang, assets, signs.shown) for lang in languages}

    def render(self, template: str, page: PageView, view: object = None, **more: object) -> str:
        """A page. The template sees `page` (who speaks, in which language) and `view` (what this page is about)."""
        environments = self._officers if template.startswith(OFFICERS) else self._public
        return environments[page.lang].get_template(template).render(page=page, view=view, **more)

    def words(self, template: str, lang: Lang) -> Any:
        """What a template of the officers' pages sets, for what leaves as a file."""
        return self._officers[lang].get_template(template).make_module()

    def source(self, template: str) -> str:
        return template_file(template).read_text()

    def verdicts(self, page: PageView) -> Mapping[str, tuple[str, str]]:
        """Verdict -> its word and what it says, as the pages print them."""
        module = self._public[page.lang].get_template("macros.html").make_module({"page": page})
        found: Mapping[str, tuple[str, str]] = module.VERDICTS  # type: ignore[attr-defined]
        return found


def _environment(lang: Lang, assets: Assets, printed: Printed) -> Environment:
    def finish(value: Any) -> Any:
        return printed(value) if type(value) is str else value

    environment = Environment(
        loader=FunctionLoader(_load),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", Joined],
        auto_reload=False,
        finalize=finish,
    )
    words = translations(lang)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    for name in ("gettext", "ngettext", "pgettext", "npgettext"):
        environment.globals[name] = _with_finished_values(environment.globals[name], finish)
    environment.globals.update(
        static=assets.url,
        switch_url=switch_url,
        claim_review=claim_review,
        notices=NOTICES,
        # What offices and people wrote has a direction of its own (which isolates it), and is Indonesian on an English
        # page too and says so to a screen reader.
        content_lang=Markup(' dir="auto" lang="id"') if lang != SOURCE else Markup(' dir="auto"'),
    )
    environment.filters.update(
        hari=_in_the_offices_clock(_weekday_and_date, lang),
        tanggal=_in_the_offices_clock(_date, lang),
        waktu=_in_the_offices_clock(long_moment, lang),
        jam=_in_the_offices_clock(hour, lang),
        sisa=partial(remaining, language=lang),
        angka=partial(thousands, lang=lang),
        area=areas.title_of,
        nb=lambda text: hold_together(finish(text)),
        cited=lambda paragraph, sources: cited(finish(paragraph), sources),
        plain=signs.plain,
        hides=signs.hides,
        as_typed=escape,
    )
    return environment


def _with_finished_values(said: Any, finish: Callable[[Any], Any]) -> Callable[..., str]:
    """A sentence becomes markup before it is printed; what is put into it passes here."""

    @pass_context
    def finished(context: Context, *words: Any, **values: Any) -> str:
        sentence: str = said(context, *words, **{name: finish(value) for name, value in values.items()})
        return sentence

    return finished


LONGEST_HELD = 24


def hold_together(text: str) -> Markup:
    """A reference or an amount that no line may break: the font has no non-breaking hyphen.

    What is longer is a name, and would widen the page of a phone.
    """
    if len(text) > LONGEST_HELD:
        return Markup("{}").format(text)
    return Markup('<span class="nowrap">{}</span>').format(text)


def cited(paragraph: str, sources: int) -> Markup:
    """A paragraph whose "[2]" leads to the second source; a number without a source stays plain text."""

    def link(found: re.Match[str]) -> str:
        number = int(found[1])
        return f'<a href="#s{number}">[{number}]</a>' if 1 <= number <= sources else found[0]

    return Markup(re.sub(r"\[(\d{1,2})\]", link, str(escape(paragraph))))  # noqa: S704 (escaped one step earlier)


def _in_the_offices_clock(write: Callable[[Any, Zone, Lang], str], lang: Lang) -> Callable[[Context, Any], str]:
    """A filter that writes a moment as the clock on that office's wall shows it."""

    @pass_context
    def written(context: Context, moment: Any) -> str:
        page: PageView = context["page"]
        return write(moment, page.tenant.zone if page.tenant else Zone.WIB, lang)

    return written


def _weekday_and_date(when: date, zone: Zone, lang: Lang) -> str:
    return long_date(local_day(when, zone) if isinstance(when, datetime) else when, lang)


def _date(when: date, zone: Zone, lang: Lang) -> str:
    return _weekday_and_date(when, zone, lang).split(", ", 1)[1]
