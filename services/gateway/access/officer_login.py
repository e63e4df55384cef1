"""Officers' log-in: registry judges password and code, the gateway keeps the session."""

from fastapi import Request
from starlette.responses import Response

from libs.contracts.registry.reads import Authentication
from libs.runtime.errors import Refused
from services.gateway.access.sessions import Kind, Session
from services.gateway.context import Gateway


async def log_in(
    parts: Gateway, request: Request, *, email: str, password: str, code: str, tenant: str | None = None
) -> Session:
    """A new session, under a new secret, instead of the one that this browser had.

    Args:
        tenant: the office whose page is used; an officer of another is told what everybody is told who is wrong.

    Raises:
        Refused: `unauthenticated`, whatever was wrong; `code_used`.
        TooSoon: tried too often, by this browser, from this network, or by all strangers together.
        Unavailable: registry or the database does not answer.
    """
    browser = parts.browser_of(request)
    proven = await parts.registry.authenticate(
        Authentication(
            email=email,
            password=password,
            code=code,
            tenant=tenant,
            client=parts.sessions.mark(parts.client(request)),
            browser=browser.mark if browser else "",
            officers=browser.officers if browser else (),
        )
    )
    if parts.directory.officer(proven.tenant, proven.officer_id) is None:
        raise Refused("unauthenticated")
    old = parts.secret_in(request, Kind.OFFICER)
    return await parts.sessions.open(proven.tenant, Kind.OFFICER, proven.officer_id, instead_of=old)


def let_in(parts: Gateway, request: Request, response: Response, session: Session) -> None:
    """The session's cookie, and one by which this browser is known at the next log-in."""
    # The session's comes last: of several, simple clients keep the last.
    parts.remember_browser(response, parts.browser_of(request), session.principal)
    parts.remember(response, session)
