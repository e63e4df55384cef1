"""Log-in and log-out of officers and partners."""

from fastapi import APIRouter, Request, Response

from libs.runtime.errors import NotFound, Refused
from services.gateway.access.officer_login import let_in, log_in
from services.gateway.access.partner_login import enter, send_link
from services.gateway.access.principals import Officer, Partner
from services.gateway.access.sessions import Kind
from services.gateway.api.models import (
    STAFF,
    WRITING,
    LogIn,
    PartnerLogIn,
    PartnerToken,
    Sent,
    SessionAnswer,
    problems,
)
from services.gateway.context import Gateway, Guess, Key, Moved, Parts, PublicWrite

router = APIRouter()


def _answer(who: Officer | Partner) -> SessionAnswer:
    return SessionAnswer(
        kind=who.session.kind.value,
        id=who.id,
        office=who.tenant.slug,
        roles=who.actor.roles,
        csrf=who.session.csrf,
    )


async def _opened(parts: Gateway, secret: str) -> SessionAnswer:
    who = await parts.officer(secret) or await parts.partner(secret)
    if who is None:
        raise Refused("unauthenticated")
    return _answer(who)


@router.post(
    "/session",
    status_code=201,
    summary="Log in as an officer",
    dependencies=[Guess],
    responses=problems(*WRITING, *STAFF),
)
async def open_session(parts: Parts, given: LogIn, request: Request, response: Response) -> SessionAnswer:
    """E-mail, password and a one-time code. What was wrong is not said. After too many wrong tries 429, with the true
    time."""
    session = await log_in(parts, request, email=given.email, password=given.password, code=given.code)
    let_in(parts, request, response, session)
    return await _opened(parts, session.secret)


@router.get("/session", summary="Who is logged in", responses=problems(401, 503))
async def session(parts: Parts, request: Request) -> SessionAnswer:
    """With the token that writes carry in X-CSRF-Token."""
    for kind in (Kind.OFFICER, Kind.PARTNER):
        secret = parts.secret_in(request, kind)
        if secret:
            return await _opened(parts, secret)
    raise Refused("unauthenticated")


@router.delete("/session", status_code=204, summary="Log out", responses=problems(403, 503))
async def close_session(parts: Parts, request: Request) -> Response:
    """Ends the log-in whose token stands in X-CSRF-Token. Without a log-in there is nothing to end."""
    token = request.headers.get("x-csrf-token")
    held = {kind: request.cookies[name] for kind in Kind if (name := parts.cookie_name(kind)) in request.cookies}
    own = {kind: secret for kind, secret in held.items() if parts.sessions.is_from(secret, token)}
    if held and not own:
        raise Refused("forbidden")
    response = Response(status_code=204)
    for kind, secret in own.items():
        await parts.sessions.close(secret)
        parts.forget(response, kind)
    return response


@router.post(
    "/partner/login",
    status_code=202,
    summary="Mail a log-in link to a partner",
    dependencies=[PublicWrite, Guess],
    responses=problems(*WRITING),
)
async def partner_login(parts: Parts, asked: PartnerLogIn, key: Key) -> Sent:
    """The same answer, in the same time, whether the address is known or not."""
    try:
        office = parts.office(asked.office)
    except Moved:
        raise NotFound("office") from None
    await send_link(parts, office, asked.email, key)
    return Sent()


@router.post(
    "/partner/session",
    status_code=201,
    summary="Log in as a partner, with the link's token",
    dependencies=[Guess],
    responses=problems(*WRITING, *STAFF),
)
async def partner_session(parts: Parts, given: PartnerToken, request: Request, response: Response) -> SessionAnswer:
    """The token is the end of the mailed link: good once, for a quarter of an hour."""
    old = parts.secret_in(request, Kind.PARTNER)
    entered = await enter(parts, given.token, instead_of=old)
    if entered is None:
        raise Refused("unauthenticated")
    session, _ = entered
    parts.remember(response, session)
    return await _opened(parts, session.secret)
