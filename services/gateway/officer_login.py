"""Officers' log-in: registry judges password and code, the gateway keeps the session."""

from libs.runtime.errors import Refused
from services.gateway.context import Gateway
from services.gateway.sessions import Kind, Session


async def log_in(
    parts: Gateway, *, email: str, password: str, code: str, instead_of: str | None = None, tenant: str | None = None
) -> Session:
    """A new session, under a new secret.

    Args:
        tenant: the office whose page is used; an officer of another is told what everybody is told who is wrong.

    Raises:
        Refused: `unauthenticated`, whatever was wrong; `code_used`; `too_many_requests` while locked.
        Unavailable: registry or the database does not answer.
    """
    proven = await parts.registry.authenticate(email=email, password=password, code=code)
    if tenant is not None and proven.tenant != tenant:
        raise Refused("unauthenticated")
    if parts.directory.officer(proven.tenant, proven.officer_id) is None:
        raise Refused("unauthenticated")
    return await parts.sessions.open(proven.tenant, Kind.OFFICER, proven.officer_id, instead_of=instead_of)
