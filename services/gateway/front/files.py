"""Files that browsers, crawlers and finders of flaws ask for by a fixed name."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import orjson
from fastapi import APIRouter, Request
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reports.reads import AnswerAddress
from libs.runtime.errors import NotFound
from services.gateway.archive.card import BRANDS
from services.gateway.context import Office, Parts
from services.gateway.paths import AssetName, Id
from services.gateway.web.pages import Site

TAKEN = (
    "image/jpeg", "image/png", "image/webp", "audio/ogg", ".opus", "audio/mp4", ".m4a", "video/mp4", "application/pdf"
)  # fmt: skip
"""Files that the form takes, as the share menu of a phone is told."""

router = APIRouter(include_in_schema=False)

HOUR = "public, max-age=3600"
SECURITY_VALID = timedelta(days=180)
"""RFC 9116 recommends less than a year; it is counted from the day of the answer, so that it never runs out."""

PRIVATE = ("console", "partner", "login", "tickets", "u/", "a/")
"""Rooms below an office that are nobody's but one person's."""
LASTING = ("", "/clarifications", "/corrections", "/stats", "/about", "/privacy")


def _text(body: str, media_type: str = "text/plain; charset=utf-8") -> Response:
    return Response(body, media_type=media_type, headers={"Cache-Control": HOUR})


@router.get("/static/{version}/{name:path}")
async def static(version: Id, name: AssetName, request: Request, site: Site) -> Response:
    if site.assets.get(name) is None:
        raise NotFound("asset")
    accepted = request.headers.get("accept-encoding", "")
    return Response(site.assets.body(name, accepted), headers=site.assets.headers(name, version, accepted))


@router.get("/robots.txt")
async def robots(parts: Parts) -> Response:
    closed = "".join(f"Disallow: /*/{room}\n" for room in PRIVATE)
    sitemap = f"{parts.settings.public_url}/sitemap.xml"
    return _text(f"User-agent: *\nDisallow: /api/\n{closed}\nSitemap: {sitemap}\n")


@router.get("/favicon.ico")
async def favicon(site: Site) -> Response:
    asset = site.assets.get("favicon.ico")
    assert asset is not None
    return Response(asset.body, media_type=asset.media_type, headers={"Cache-Control": "public, max-age=86400"})


@router.get("/.well-known/security.txt")
async def security(parts: Parts) -> Response:
    """RFC 9116. Nothing where nobody was named: a finder would write to a box that no one reads."""
    settings = parts.settings
    if not settings.security_contact:
        raise NotFound("security.txt")
    until = (datetime.now(UTC) + SECURITY_VALID).replace(hour=0, minute=0, second=0, microsecond=0)
    return _text(
        f"Contact: {settings.security_contact}\n"
        f"Expires: {until:%Y-%m-%dT%H:%M:%SZ}\n"
        "Preferred-Languages: id, en\n"
        f"Canonical: {settings.public_url}/.well-known/security.txt\n"
    )


@router.get("/{slug}/logo/{name}")
async def logo(office: Office, name: Id, parts: Parts, site: Site) -> Response:
    """
    Raises:
        NotFound: the office has another one now, or none.
    """
    if not office.logo or name != office.logo:
        raise NotFound("logo")
    picture = await site.logos.get(f"{office.id}/{name}", lambda: parts.registry.logo(office.id, name))
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(picture, media_type="image/jpeg", headers=headers)


@router.get("/{slug}/manifest.webmanifest")
async def manifest(office: Office, site: Site) -> Response:
    branding = office.branding
    icons = [
        {"src": site.assets.url(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        for size in (192, 512)
    ]
    body = {
        "id": f"/{office.slug}",
        "name": branding.name,
        "short_name": branding.short_office or branding.name,
        "lang": "id",
        "start_url": f"/{office.slug}",
        "scope": f"/{office.slug}",
        "display": "standalone",
        "background_color": "#FFFFFF",
        "theme_color": BRANDS.get(branding.theme, BRANDS[""]),
        "share_target": {
            "action": f"/{office.slug}/share",
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "image", "accept": list(TAKEN)}],
            },
        },
        "icons": [{"src": site.assets.url("icon.svg"), "sizes": "any", "type": "image/svg+xml"}, *icons],
    }
    return Response(orjson.dumps(body), media_type="application/manifest+json", headers={"Cache-Control": HOUR})


@router.get("/sitemap.xml")
async def sitemap_index(parts: Parts) -> Response:
    offices = sorted(t.slug for t in parts.directory.tenants.values() if t.active)
    listed = "".join(
        f"<sitemap><loc>{parts.settings.public_url}/{slug}/sitemap.xml</loc></sitemap>" for slug in offices
    )
    return _xml("sitemapindex", listed)


@router.get("/{slug}/sitemap.xml")
async def sitemap(office: Office, parts: Parts, site: Site) -> Response:
    return _xml("urlset", await site.sitemaps.get(office.id, lambda: _addresses(office, parts)))


async def _addresses(office: TenantRecord, parts: Parts) -> str:
    home = f"{parts.settings.public_url}/{office.slug}"
    answers: Iterable[AnswerAddress] = await parts.reports.answer_addresses(office.id)
    return "".join(
        (
            *(f"<url><loc>{home}{path}</loc></url>" for path in LASTING),
            *(
                f"<url><loc>{home}/clarifications/{escape(a.number)}</loc><lastmod>{a.at:%Y-%m-%d}</lastmod></url>"
                for a in answers
            ),
        )
    )


def _xml(root: str, body: str) -> Response:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return _text(f"{head}{body}</{root}>\n", "application/xml")
