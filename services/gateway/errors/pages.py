"""The page that tells a person what went wrong, in the look of the office if the address names one."""

from collections.abc import Mapping

from fastapi import Request
from starlette.responses import Response

from libs.contracts.problems import Problem, code_of
from services.gateway.context import read_form, visit_of
from services.gateway.errors.views import ErrorPage
from services.gateway.web.pages import Pages, text_of
from services.gateway.web.views import Form

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
TEMPLATES = {401: 403, 403: 403, 404: 404, 429: 429}
ALLOWED = {
    "role_missing": ("verifier", "editor", "approver"),
    "self_approval": ("approver",),
    "unauthenticated": ("verifier", "editor", "approver"),
}
"""Roles that may, for the page that says so."""


async def error_page(request: Request, found: Problem, headers: Mapping[str, str]) -> Response:
    visit = await visit_of(request)
    pages: Pages = request.app.state.pages
    slug = request.scope["path"].strip("/").split("/", 1)[0]
    view = ErrorPage(
        allowed=ALLOWED.get(code_of(found), ()),
        retry_seconds=int(headers.get("Retry-After", "0") or 0),
        form=await _once_more(request) if found.status in (429, 503) else None,
    )
    template = f"errors/{TEMPLATES.get(found.status, 503 if found.status >= 500 else 422)}.html"
    response = pages.show(visit, visit.parts.directory.by_slug(slug), template, view, status=found.status)
    response.headers.update(headers)
    return response


async def _once_more(request: Request) -> Form | None:
    """What was sent, with its own tokens, so that one press sends it again. Files are not in it."""
    if request.method != "POST" or not request.headers.get("content-type", "").startswith(FORM_TYPES):
        return None
    form = await read_form(request)
    fields = [(n, v) for n, v in form.multi_items() if isinstance(v, str) and n not in ("key", "csrf", "password")]
    return Form(action=request.url.path, key=text_of(form, "key"), csrf=text_of(form, "csrf"), carried=tuple(fields))
