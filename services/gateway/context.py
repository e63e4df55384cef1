"""What a route gets: the gateway's parts, the office, who is asking, and the checks that come before everything else.

async def route(parts: Parts, office: Office, key: Key) -> ...            the API, for the public
async def route(parts: Parts, officer: SignedInOfficer, key: Key) -> ...  the API, for officers
async def page(visit: Visit) -> ...                                       a page, for anybody
form = await posted(request, visit)                                       a page's form, its CSRF token checked
"""

import secrets
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Depends, Header, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts import ids
from libs.contracts.directory import TenantRecord
from libs.contracts.registry.coverage import CoverageView
from libs.kit import framing
from libs.runtime.accounts import Accounts
from libs.runtime.directory import Directory
from libs.runtime.errors import NotFound, Refused, Unavailable
from libs.runtime.http import Health
from libs.runtime.tokens import Tokens
from services.gateway.access.limits import Bucket, FairShare, client_of
from services.gateway.access.principals import OUTSIDE, Officer, Partner
from services.gateway.access.seats import Seats
from services.gateway.access.sessions import (
    ABSOLUTE,
    BROWSER_LIFETIME,
    RESUMED_WITHIN,
    TICKET_LIFETIME,
    Browser,
    BrowserCookies,
    Kind,
    LoginLinks,
    Session,
    Sessions,
    Ticket,
    TicketCookies,
    new_browser,
)
from services.gateway.access.signed_links import SignedLinks
from services.gateway.access.step_up import StepUp
from services.gateway.dispatch.accepting import Accepted, Accepting, TrackingCodes
from services.gateway.dispatch.dispatcher import WAIT, Dispatcher
from services.gateway.dispatch.idempotency import read_key
from services.gateway.dispatch.sending import Sender
from services.gateway.dispatch.streams import Hub
from services.gateway.dispatch.waiting import read_wait
from services.gateway.paths import Slug
from services.gateway.pictures.uploads import Uploads
from services.gateway.reads import NotifyReads, RegistryReads, ReportsReads
from services.gateway.settings import GatewaySettings
from services.gateway.shelf import Shelf
from services.gateway.web.i18n import COOKIE as LANGUAGE_COOKIE
from services.gateway.web.i18n import Lang, choose


@dataclass
class Limits:
    """Writes, notes, guesses and log-ins of the public by address; the public's accepts by office."""

    clients: Bucket
    notes: Bucket
    typing: Bucket
    """Looks for answers while somebody types; they take nothing from what is sent."""
    letters: Bucket
    """Mails that anybody may ask for, by whom they are for."""
    guesses: Bucket
    shares: FairShare
    officers: Bucket


@dataclass
class Gateway:
    """The parts; built once in `app.py`."""

    settings: GatewaySettings
    directory: Directory
    tokens: Tokens
    health: Health
    sessions: Sessions
    links: LoginLinks
    ticket_links: LoginLinks
    signed_links: SignedLinks
    ticket_cookies: TicketCookies
    browser_cookies: BrowserCookies
    seats: Seats
    codes: TrackingCodes
    accepting: Accepting
    dispatcher: Dispatcher
    step_up: StepUp
    reports: ReportsReads
    registry: RegistryReads
    notify: NotifyReads
    uploads: Uploads
    shelf: Shelf
    unsent_key: bytes = field(repr=False)
    """Seals what officers have typed and not sent."""
    hub: Hub
    limits: Limits
    sender: Sender
    accounts: Accounts
    """The offices' numbers and bots at messaging providers."""
    link_key: bytes = field(repr=False)
    """Makes the secrets of links that are mailed to officers."""
    chat_key: bytes = field(repr=False)
    """Makes ids of conversations from people's numbers."""
    coverage: dict[str, CoverageView] = field(default_factory=dict)
    """Office -> as last read, to be shown with its time while the registry does not answer."""
    knows_everybody: bool = False
    """The directory has been read to its end; before that nobody can be told that an office does not exist."""

    def client(self, request: Request) -> str:
        peer = request.client.host if request.client else ""
        trusted = self.settings.trusted_proxies
        forwarded = request.headers.getlist("x-forwarded-for") if trusted else ()
        return client_of(peer, forwarded, trusted_proxies=trusted)

    def office(self, slug: str) -> TenantRecord:
        """
        Raises:
            NotFound: nobody has or had this address.
            Moved: it is an old one.
            Unavailable: the directory is not read yet.
        """
        found = self.directory.by_slug(slug)
        if found is None and not self.knows_everybody:
            raise Unavailable("directory")
        if found is None or not found.active:
            raise NotFound("office")
        if found.slug != slug:
            raise Moved(old=slug, new=found.slug)
        return found

    def cookie_name(self, kind: str) -> str:
        return f"__Host-simpul-{kind}" if self.settings.is_secure else f"simpul-{kind}"

    def ticket_cookie_name(self, number: str) -> str:
        return f"__Secure-ticket-{number}" if self.settings.is_secure else f"ticket-{number}"

    def set_cookie(self, response: Response, name: str, value: str, *, seconds: int, path: str = "/") -> None:
        response.set_cookie(
            name, value, max_age=seconds, path=path, secure=self.settings.is_secure, httponly=True, samesite="lax"
        )

    def secret_in(self, request: Request, kind: Kind) -> str | None:
        """Of the session that this browser says it has."""
        return request.cookies.get(self.cookie_name(kind))

    def drop_cookie(self, response: Response, name: str, *, path: str = "/") -> None:
        response.delete_cookie(name, path=path, secure=self.settings.is_secure, httponly=True, samesite="lax")

    def remember(self, response: Response, session: Session) -> None:
        name = self.cookie_name(session.kind)
        self.set_cookie(response, name, session.secret, seconds=int((ABSOLUTE + RESUMED_WITHIN).total_seconds()))

    def browser_of(self, request: Request) -> Browser | None:
        return self.browser_cookies.read(request.cookies.get(self.cookie_name("browser")))

    def remember_browser(self, response: Response, known: Browser | None, officer: str) -> None:
        browser = (known or new_browser()).with_officer(officer)
        seconds = int(BROWSER_LIFETIME.total_seconds())
        self.set_cookie(response, self.cookie_name("browser"), self.browser_cookies.write(browser), seconds=seconds)

    def forget(self, response: Response, kind: Kind) -> None:
        self.drop_cookie(response, self.cookie_name(kind))

    def remember_ticket(self, response: Response, office: TenantRecord, ticket: Ticket) -> None:
        """Whoever has shown number and code sees the ticket without typing them again."""
        self.set_cookie(
            response,
            self.ticket_cookie_name(ticket.number),
            self.ticket_cookies.write(ticket),
            seconds=int(TICKET_LIFETIME.total_seconds()),
            path=f"/{office.slug}/tickets/{ticket.number}",
        )

    def ticket_in(self, request: Request, office: TenantRecord, number: str) -> Ticket | None:
        number = ids.read_number(number, office.prefix)
        cookie = request.cookies.get(self.ticket_cookie_name(number))
        return self.ticket_cookies.read(cookie, tenant=office.id, number=number)

    def ticket_of(self, office: TenantRecord, accepted: Accepted, language: str) -> Ticket:
        return Ticket(office.id, accepted.number, accepted.report_id, accepted.code_hash, language)

    async def officer(self, secret: str | None) -> Officer | None:
        """Asked of the directory each time: a disabled officer is out as soon as the record has come."""
        session, tenant = await self._open(secret, Kind.OFFICER)
        record = self.directory.officer(session.tenant, session.principal) if session else None
        return Officer(tenant, record, session) if session and tenant and record else None

    async def partner(self, secret: str | None) -> Partner | None:
        """Of one who has left no session opens anything."""
        session, tenant = await self._open(secret, Kind.PARTNER)
        record = self.directory.partner(session.tenant, session.principal) if session else None
        if record is not None and record.state in OUTSIDE:
            return None
        return Partner(tenant, record, session) if session and tenant and record else None

    async def _open(self, secret: str | None, kind: Kind) -> tuple[Session | None, TenantRecord | None]:
        """A session, and its office where that is at work."""
        session = await self.sessions.find(secret, kind)
        tenant = self.directory.tenants.get(session.tenant) if session else None
        return session, tenant if tenant and tenant.active else None


class Moved(Exception):
    """The office has another address now."""

    def __init__(self, *, old: str, new: str) -> None:
        super().__init__(old, new)
        self.old = old
        self.new = new


def parts_of(request: Request) -> Gateway:
    found: Gateway = request.app.state.gateway
    return found


async def _parts(request: Request) -> Gateway:
    return parts_of(request)


Parts = Annotated[Gateway, Depends(_parts)]


async def _office(slug: Slug, request: Request) -> TenantRecord:
    return parts_of(request).office(slug)


Office = Annotated[TenantRecord, Depends(_office)]
"""The office that the path's `slug` names."""


async def _key(
    idempotency_key: Annotated[
        str | None,
        Header(description="A random UUID (version 4 or 7). The same key and body again have the same effect once."),
    ] = None,
) -> UUID:
    return read_key(idempotency_key)


Key = Annotated[UUID, Depends(_key)]


async def _wait(
    prefer: Annotated[str | None, Header(description="`wait=N`: up to N seconds (at most 10) for the outcome.")] = None,
) -> float:
    return read_wait(prefer)


Wait = Annotated[float, Depends(_wait)]


async def _staff_wait(
    prefer: Annotated[
        str | None, Header(description="`wait=N`: up to N seconds (at most 10); without it 5. `wait=0` does not wait.")
    ] = None,
) -> float:
    return read_wait(prefer) if prefer is not None and "wait=" in prefer else WAIT


StaffWait = Annotated[float, Depends(_staff_wait)]
"""An officer wants to know at once whether the case was there and whether they may."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def _officer(request: Request) -> Officer:
    parts = parts_of(request)
    secret = parts.secret_in(request, Kind.OFFICER)
    officer = await parts.officer(secret)
    if officer is None:
        raise Refused("unauthenticated")
    if request.method not in _SAFE:
        parts.limits.officers.take(officer.id)
        if not parts.sessions.is_from(secret, request.headers.get("x-csrf-token")):
            raise Refused("forbidden")
    return officer


SignedInOfficer = Annotated[Officer, Depends(_officer)]
"""For the API: cookie, and for writes the session's token in X-CSRF-Token."""


async def _partner_or_guest(request: Request) -> Partner:
    parts = parts_of(request)
    secret = parts.secret_in(request, Kind.PARTNER)
    partner = await parts.partner(secret)
    if partner is None:
        raise Refused("unauthenticated")
    if request.method not in _SAFE and not parts.sessions.is_from(secret, request.headers.get("x-csrf-token")):
        raise Refused("forbidden")
    return partner


PartnerOrGuest = Annotated[Partner, Depends(_partner_or_guest)]
"""Also one who came by the link of one assignment; the route must keep to `may_open`."""


async def _partner(request: Request, partner: PartnerOrGuest) -> Partner:
    if not partner.may_open(request.path_params.get("assignment_id")):
        raise Refused("unauthenticated")
    return partner


SignedInPartner = Annotated[Partner, Depends(_partner)]


async def _public_write(request: Request) -> None:
    parts = parts_of(request)
    parts.limits.clients.take(parts.client(request))


PublicWrite = Depends(_public_write)
"""Counts a write of the public. Raises TooMany."""


async def _guess(request: Request) -> None:
    parts = parts_of(request)
    parts.limits.guesses.take(parts.client(request))


Guess = Depends(_guess)
"""Counts a try of a code or a password. Raises TooMany."""

VISITOR = "visitor"
EMBED = "embed"
"""Below an office: the pages that may stand in a frame on another site."""
VISITOR_SECONDS = 12 * 3600


@dataclass(frozen=True, slots=True)
class Visited:
    """A browser at a page.

    Attributes:
        visitor: what ties forms of the public to this browser.
        fresh: it has no cookie for that yet; `finish` sets it.
        asked_lang: the language that the address asks for, to be remembered.
        framed: the office whose form may stand in a frame on another site; browsers keep no cookie of ours there.
    """

    parts: Gateway
    request: Request
    lang: Lang
    asked_lang: Lang | None
    visitor: str
    fresh: bool
    save_data: bool
    framed: TenantRecord | None = None

    @property
    def framers(self) -> tuple[str, ...]:
        """Origins whose pages may show this one in a frame."""
        hosts = self.framed.settings.embed_hosts if self.framed is not None else ()
        secure = self.parts.settings.is_secure
        return tuple(framing.origin(host) for host in hosts if not (secure and framing.is_own(host)))

    @property
    def csrf(self) -> str:
        """For forms of the public. Forms of officers and partners carry `officer.session.csrf`."""
        if self.framed is not None:
            return self.parts.seats.token(self.framed.id)
        return self.parts.sessions.csrf(self.visitor)

    @property
    def client(self) -> str:
        return self.parts.client(self.request)

    async def officer(self) -> Officer | None:
        return await self.parts.officer(self.parts.secret_in(self.request, Kind.OFFICER))

    async def partner(self) -> Partner | None:
        return await self.parts.partner(self.parts.secret_in(self.request, Kind.PARTNER))

    def new_key(self) -> UUID:
        """For the hidden field of a form."""
        return uuid4()

    def finish(self, response: Response, *, longer: bool = False) -> Response:
        """Sets the cookies that this visit needs.

        Args:
            longer: somebody is writing: the cookie that their form and their draft hang on lives on from now.
        """
        if self.framed is not None:
            return response
        if self.fresh or longer:
            name = self.parts.cookie_name(VISITOR)
            self.parts.set_cookie(response, name, self.visitor, seconds=VISITOR_SECONDS)
        if self.asked_lang is not None:
            self.parts.set_cookie(response, LANGUAGE_COOKIE, self.asked_lang, seconds=365 * 24 * 3600)
        return response


async def visit_of(request: Request) -> Visited:
    parts = parts_of(request)
    cookie = request.cookies.get(parts.cookie_name(VISITOR), "")
    known = 20 <= len(cookie) <= 64
    asked = request.query_params.get("lang")
    lang = choose(asked, request.cookies.get(LANGUAGE_COOKIE))
    return Visited(
        parts=parts,
        request=request,
        lang=lang,
        asked_lang=lang if asked == lang else None,
        visitor=cookie if known else secrets.token_urlsafe(24),
        fresh=not known,
        save_data=request.headers.get("save-data", "").lower() == "on",
        framed=_framed(parts, request.url.path),
    )


def _framed(parts: Gateway, path: str) -> TenantRecord | None:
    slug, _, below = path.strip("/").partition("/")
    return parts.directory.by_slug(slug) if below == EMBED or below.startswith(f"{EMBED}/") else None


Visit = Annotated[Visited, Depends(visit_of)]


async def read_form(request: Request) -> FormData:
    return await request.form(max_files=5, max_fields=100, max_part_size=100_000)


async def posted(request: Request, visit: Visited, *, session: Session | None = None) -> FormData:
    """The fields of a page's form, once it is certain that a page of ours made it for this browser.

    Args:
        session: of the officer or partner whose form it is; without one the visitor's cookie counts.

    Raises:
        Refused: `forbidden`.
    """
    form = await read_form(request)
    secret = session.secret if session else visit.visitor
    token = form.get("csrf")
    given = token if isinstance(token, str) else None
    if session is None and visit.framed is not None:
        good = visit.parts.seats.is_good(visit.framed.id, given)
    else:
        good = visit.parts.sessions.is_from(secret, given)
    if not good:
        raise Refused("forbidden")
    return form
