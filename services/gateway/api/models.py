"""Bodies of the API that are not read models of a service, and what of those the public may see."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import Query, Response
from pydantic import (
    BaseModel,
    ConfigDict,
    StrictBool,
    StringConstraints,
)

from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.runtime.http import PROBLEM_JSON
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.reporting.forms import Form, Note, SaidText, TrackingCode

Slug = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\s\u0000-\u001f\u007f]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Totp = Annotated[str, StringConstraints(min_length=6, max_length=32, pattern=r"^[0-9A-Za-z -]+$")]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class CommandAnswer(Answer):
    """`accepted`: kept and on its way; `done`: carried out, `events` says what happened."""

    command_id: UUID
    state: Literal["accepted", "done"]
    events: tuple[str, ...] = ()


def command_answer(reply: Reply) -> CommandAnswer:
    if reply.outcome is None:
        return CommandAnswer(command_id=reply.command_id, state="accepted")
    return CommandAnswer(command_id=reply.command_id, state="done", events=reply.outcome.events)


def answered(reply: Reply, response: Response) -> CommandAnswer:
    """201 with what happened where somebody waited and knows it, else 202."""
    response.status_code = 201 if reply.outcome is not None else 202
    return command_answer(reply)


class OfficeAnswer(Answer):
    """An office as it says of itself, and how it works."""

    id: str
    slug: str
    region_code: str
    branding: Branding
    settings: TenantSettings
    logo: str
    """Names the picture at `/{slug}/logo/{logo}`; empty: it has none."""
    revisions: dict[str, int]
    """How often each concern was changed: `look`, `logo`, `clocks`, `practice`; never changed ones are left out."""


class TicketCode(Form):
    code: TrackingCode


class TicketMessage(TicketCode):
    text: SaidText


class TicketRating(TicketCode):
    helpful: StrictBool
    text: Note = ""
    """What is still open, in a few words; read by the officers of the case alone."""


class LogIn(Form):
    email: Email
    password: Password
    code: Totp


class SessionAnswer(Answer):
    """`csrf` goes into X-CSRF-Token of every write."""

    kind: Literal["officer", "partner"]
    id: str
    office: str
    """Slug."""
    roles: tuple[str, ...]
    csrf: str


class PartnerLogIn(Form):
    office: Slug
    email: Email


class PartnerToken(Form):
    token: Annotated[str, StringConstraints(min_length=20, max_length=120, pattern=r"^[A-Za-z0-9._-]+$")]


class Sent(Answer):
    """The same whether the address is known or not."""

    state: Literal["sent_if_known"] = "sent_if_known"


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documented answers that are problem details."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        found[status] = {"description": _WORDS[status], "content": {PROBLEM_JSON: schema}}
        if status in (429, 503):
            found[status]["headers"] = {"Retry-After": _RETRY_AFTER}
    return found


_RETRY_AFTER = {"description": "Seconds until another try makes sense", "schema": {"type": "integer", "minimum": 1}}


_WORDS = {
    400: "The key, a header or the JSON itself is malformed",
    401: "Not logged in, or the code was wrong",
    403: "This role, or this page, may not do it",
    404: "There is no such thing in this office",
    408: "The body came too slowly",
    409: "It is no longer in a state that allows this",
    413: "Too large",
    415: "A media type that is not taken here",
    422: "A field breaks a rule; `errors` names it",
    429: "Too many; Retry-After says when",
    503: "Not certainly kept: send it again with the same key",
}
ALWAYS = (400, 404, 422, 503)
WRITING = (*ALWAYS, 408, 409, 413, 415, 429)
STAFF = (401, 403)
READS = problems(*ALWAYS, *STAFF)
WRITES: dict[int | str, dict[str, Any]] = {
    201: {"model": CommandAnswer, "description": "Carried out"},
    **problems(*WRITING, *STAFF),
}
"""Documented answers to whoever is logged in."""

Cursor = Annotated[str, Query(max_length=600)]
Word = Annotated[str, Query(max_length=60)]
