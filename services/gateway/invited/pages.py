"""Whoever was invited sets a password and an authenticator app, and whoever lost theirs sets another.

A link from a mail shows a button first: mail programs and chats open links too. It is good once, and its owner says so.
"""

import asyncio
import base64
import hmac
import re
import secrets
from functools import partial

from fastapi import APIRouter, Request
from pwdlib.hashers.argon2 import Argon2Hasher
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.officers import Joining, JoinOffice, NewFactor, RenewFactor
from libs.contracts.registry.reads import MailedLink
from libs.runtime.errors import NotFound, Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.context import Gateway, Office, Visit, Visited, posted
from services.gateway.dispatch.dispatcher import by_anybody
from services.gateway.dispatch.idempotency import read_key
from services.gateway.invited.links import OfficerLink, authenticator_address, qr_path, read_link
from services.gateway.invited.views import InvitedPage
from services.gateway.paths import LinkToken
from services.gateway.web.pages import Pages, Site, form_of, see, text_of
from services.gateway.web.views import FIRST_TIME, Back, FieldError, put_off, wrong

router = APIRouter(include_in_schema=False)

SECRET_BYTES = 20
"""Of a TOTP secret. Source: RFC 4226, section 4, R6."""
_SECRET = re.compile(r"[A-Z2-7]{32}", re.ASCII)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200
FEWEST_LETTERS = 5
"""Different ones: "aaaaaaaaaaaa" is guessed at once. A guess."""
GONE = Back(status=404)

_hasher = Argon2Hasher()
_hashing = asyncio.Semaphore(2)
"""One takes about 0.1 s of four threads and 64 MB."""


@router.get("/{slug}/invited/{token}")
async def link_opened(office: Office, visit: Visit, site: Site, token: LinkToken) -> Response:
    link, told = await _found(visit.parts, office, token)
    if link is None or told is None:
        return _shown(site, visit, office, token, back=GONE)
    return _shown(site, visit, office, token, told=told)


@router.post("/{slug}/invited/{token}")
async def begun(office: Office, visit: Visit, site: Site, token: LinkToken, request: Request) -> Response:
    await posted(request, visit)
    visit.parts.limits.guesses.take(visit.client)
    link, told = await _found(visit.parts, office, token)
    if link is None or told is None:
        return _shown(site, visit, office, token, back=GONE)
    secret = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()
    return _shown(site, visit, office, token, told=told, secret=secret)


@router.post("/{slug}/invited/{token}/done")
async def done(office: Office, visit: Visit, site: Site, token: LinkToken, request: Request) -> Response:
    form = await posted(request, visit)
    link, told = await _found(visit.parts, office, token)
    if link is None or told is None:
        return _shown(site, visit, office, token, back=GONE)
    secret, key = text_of(form, "totp"), read_key(text_of(form, "key"))
    if not _SECRET.fullmatch(secret):
        raise Refused("validation", "totp")
    again = partial(_shown, site, visit, office, token, told=told, secret=secret)
    password = text_of(form, "password")
    code = re.sub(r"\s", "", text_of(form, "code"))
    errors = [FieldError(field="code", code="required")] if not code else []
    if told.purpose == "invitation":
        errors = [*_password_errors(password, text_of(form, "password2"), told.email), *errors]
    if errors:
        return again(back=wrong(*errors))
    try:
        visit.parts.limits.guesses.take(visit.client)
        command, private = await _asked(visit.parts, link, told, password=password, secret=secret, code=code)
        await visit.parts.dispatcher.send(by_anybody(office.id), key, command, private=private)
    except (TooMany, Unavailable) as late:
        return again(back=put_off(late))
    except NotFound:
        return _shown(site, visit, office, token, back=GONE)
    except Refused as refused:
        if refused.code == "not_found":
            return _shown(site, visit, office, token, back=GONE)
        if refused.code != "code_wrong":
            raise
        # Another code is another wish.
        return again(back=wrong(FieldError(field="code", code="code_wrong")), key=str(visit.new_key()))
    return visit.finish(see(f"/{office.slug}/login?joined=1"))


async def _found(parts: Gateway, office: TenantRecord, token: str) -> tuple[OfficerLink | None, MailedLink | None]:
    """
    Raises:
        Unavailable: the registry does not answer.
    """
    link = read_link(token)
    if link is None:
        return None, None
    try:
        return link, await parts.registry.mailed_link(office.id, link.officer_id, link.secret)
    except Refused:
        return link, None


def _password_errors(password: str, again: str, email: str) -> list[FieldError]:
    if len(password) < SHORTEST_PASSWORD or len(set(password)) < FEWEST_LETTERS:
        return [FieldError(field="password", code="password_short")]
    if len(password) > LONGEST_PASSWORD:
        return [FieldError(field="password", code="too_long")]
    if email.partition("@")[0].casefold() in password.casefold():
        return [FieldError(field="password", code="password_guessed")]
    return [FieldError(field="password2", code="password_differs")] if password != again else []


async def _asked(
    parts: Gateway, link: OfficerLink, told: MailedLink, *, password: str, secret: str, code: str
) -> tuple[Command, Sealable]:
    if told.purpose != "invitation":
        factor = NewFactor(secret=link.secret, totp_secret=secret, code=code)
        return RenewFactor(officer_id=link.officer_id), factor
    # One salt for one link and password: what is sent twice is the same wish.
    salt = hmac.digest(parts.link_key, f"{link.token}|{secret}|{password}".encode(), "sha256")[:16]
    async with _hashing:
        hashed = await asyncio.to_thread(_hasher.hash, password, salt=salt)
    joining = Joining(secret=link.secret, password_hash=hashed, totp_secret=secret, code=code)
    return JoinOffice(officer_id=link.officer_id), joining


def _shown(
    site: Pages,
    visit: Visited,
    office: TenantRecord,
    token: str,
    *,
    told: MailedLink | None = None,
    secret: str = "",
    key: str = "",
    back: Back = FIRST_TIME,
) -> Response:
    address = f"/{office.slug}/invited/{token}"
    opened = told is not None and bool(secret)
    qr, size = qr_path(authenticator_address(office, account=told.email, secret=secret)) if told and opened else ("", 0)
    view = InvitedPage(
        form=form_of(f"{address}/done" if opened else address, visit, key=key or None),
        purpose=told.purpose if told else "",
        opened=opened,
        name=told.name if told else "",
        email=told.email if told else "",
        roles=told.roles if told else (),
        secret=secret,
        qr=qr,
        qr_size=size,
        back=back,
    )
    return site.show(visit, office, "invited/invited.html", view, status=back.status, headers=back.headers)
