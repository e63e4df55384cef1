"""What every page route shares: the frame around a page, the answer that carries it, the words for what went wrong."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from libs.contracts.directory import TenantRecord
from libs.kit.calendar import Zone
from libs.runtime.kept import Kept
from services.gateway.archive.card import TEMPLATE, Cards
from services.gateway.context import Visited
from services.gateway.web.assets import Assets
from services.gateway.web.packing import packed
from services.gateway.web.rendering import Renderer, security_headers
from services.gateway.web.views import FieldError, Form, PageView, TenantView

SITEMAP_KEPT = 600.0
"""Seconds. A sitemap of 7,000 answers is 0.7 MB, and crawlers come in swarms."""
LOGO_KEPT = 24 * 3600.0
"""Seconds. Another picture has another name."""
ZONES = {"Asia/Jakarta": Zone.WIB, "Asia/Makassar": Zone.WITA, "Asia/Jayapura": Zone.WIT}


def zone_of(office: TenantRecord) -> Zone:
    return ZONES.get(office.settings.timezone, Zone.WIB)


def office_view(office: TenantRecord, lang: str = "id") -> TenantView:
    branding, settings = office.branding, office.settings
    return TenantView(
        slug=office.slug,
        name=branding.name,
        government=branding.government,
        office=branding.office,
        short_office=branding.short_office or branding.office,
        monogram=branding.monogram,
        theme=branding.theme,
        logo=office.logo,
        channel=branding.channel,
        intro=(branding.intro_en if lang == "en" else "") or branding.intro,
        zone=zone_of(office),
        address=branding.address,
        hours=(branding.hours_en if lang == "en" else "") or branding.hours,
        email=branding.email,
        contact_kept_days=settings.contact_kept_days,
        interim_minutes=settings.interim_minutes,
        answer_hours=settings.answer_hours,
        limit_days=max(1, settings.limit_hours // 24),
    )


class Pages:
    """Renders and answers; one for the process."""

    def __init__(self) -> None:
        self.assets = Assets()
        self.renderer = Renderer(self.assets)
        self.cards = cards_of(self.renderer)
        self.sitemaps = Kept[str](SITEMAP_KEPT)
        self.logos = Kept[bytes](LOGO_KEPT)

    def frame(
        self,
        visit: Visited,
        office: TenantRecord | None,
        *,
        nav: str = "",
        address: str = "",
        found: bool = False,
    ) -> PageView:
        """
        Args:
            address: where the language switch leads back to, if this page answers a POST.
            found: search engines may show it.
        """
        url = visit.request.url
        if visit.request.method in ("GET", "HEAD"):
            address = f"{url.path}?{url.query}" if url.query else url.path
        return PageView(
            lang=visit.lang,
            tenant=office_view(office, visit.lang) if office else None,
            url=address,
            nav=nav,
            save_data=visit.save_data,
            now=datetime.now(UTC),
            address=f"{visit.parts.settings.public_url}{url.path}" if found else "",
            framed=visit.framed is not None,
            framers=visit.framers,
        )

    def show(
        self,
        visit: Visited,
        office: TenantRecord | None,
        template: str,
        view: object,
        *,
        status: int = 200,
        nav: str = "",
        htmx: bool = False,
        found: bool = False,
        headers: Mapping[str, str] | None = None,
        address: str = "",
    ) -> Response:
        """
        Args:
            found: search engines may show the page, as it is the same for everybody.
            address: where the same page can be had by a GET, if this one answers a POST.
        """
        page = self.frame(visit, office, nav=nav, address=address, found=found)
        body = self.renderer.render(template, page, view)
        # Every form carries a token of its visitor, so no page may be handed to another.
        kept = {"Cache-Control": "no-store", **security_headers(htmx=htmx, framers=visit.framers), **(headers or {})}
        accepted = visit.request.headers.get("accept-encoding", "")
        return visit.finish(packed(body, template, accepted, status=status, headers=kept))


class Elsewhere(Exception):
    """What was asked for cannot be shown: this is the answer instead."""

    def __init__(self, answer: Response) -> None:
        super().__init__(answer)
        self.answer = answer


async def answer_elsewhere(_: Request, error: Exception) -> Response:
    assert isinstance(error, Elsewhere)
    return error.answer


async def _pages(request: Request) -> Pages:
    found: Pages = request.app.state.pages
    return found


Site = Annotated[Pages, Depends(_pages)]
Words = Annotated[str, Query(max_length=300)]
Cursor = Annotated[str, Query(max_length=600)]


def cards_of(renderer: Renderer) -> Cards:
    """In Indonesian as the answers are, so that one picture is the picture for everybody."""
    page = PageView(lang="id", tenant=None, now=datetime.now(UTC))
    verdicts = renderer.verdicts(page)
    return Cards(
        render=lambda view: renderer.render(TEMPLATE, page, view),
        words=lambda verdict: verdicts.get(verdict, (verdict.replace("_", " ").upper(), "")),
        look=renderer.source(TEMPLATE),
    )


def form_of(
    action: str,
    visit: Visited,
    *,
    key: UUID | str | None = None,
    csrf: str = "",
    carried: Iterable[tuple[str, str]] = (),
) -> Form:
    return Form(
        action=action,
        key=str(key or visit.new_key()),
        csrf=csrf or visit.csrf,
        carried=tuple((name, value) for name, value in carried if value),
    )


def text_of(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def number_in(typed: str) -> int | None:
    """A number of a hidden field or a choice, as a page of ours writes it: ASCII digits, at most six."""
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else None


def file_of(form: FormData, name: str) -> UploadFile | None:
    """The chosen file; None where the field was left empty."""
    value = form.get(name)
    return value if isinstance(value, UploadFile) and value.filename else None


def see(address: str) -> RedirectResponse:
    """Where to look after something was done: a reload asks again, and does nothing again."""
    return RedirectResponse(address, status_code=303, headers={"Referrer-Policy": "no-referrer"})


def field_errors(error: RequestValidationError, fields: Mapping[str, str] | None = None) -> tuple[FieldError, ...]:
    """Errors of a checked form, in the words that the pages know.

    Args:
        fields: name in the form of the API -> name in the page, where they differ.
    """
    found: dict[str, FieldError] = {}
    for problem in error.errors():
        path = [str(p) for p in problem["loc"] if p != "body"]
        name = (fields or {}).get(".".join(path), path[0] if path else "text")
        found.setdefault(name, _field_error(name, problem))
    return tuple(found.values())


def _field_error(name: str, problem: Mapping[str, Any]) -> FieldError:
    kind, context = str(problem["type"]), problem.get("ctx") or {}
    if kind == "string_too_long":
        return FieldError(
            field=name,
            code="too_long",
            value=str(len(str(problem.get("input", "")))),
            limit=str(context.get("max_length", "")),
        )
    known = {"one_of", "required", "email_invalid", "phone_invalid", "consent_required", "area_unknown"}
    codes = {"string_too_short": "required", "missing": "required", "attachment_unknown": "image_broken"}
    return FieldError(field=name, code=kind if kind in known else codes.get(kind, "invalid"))
