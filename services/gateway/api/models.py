"""Bodies of the API that are not read models of a service, and what of those the public may see."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from libs.contracts.ids import IDENTIFIER
from libs.contracts.notify.reads import FollowView
from libs.contracts.problems import Problem
from libs.contracts.reports.case import FARTHEST_DUE
from libs.contracts.reports.parts import Reference
from libs.contracts.reports.reads import (
    ClarificationCard,
    ClarificationView,
    MessageView,
    Step,
    TicketView,
    VersionView,
)
from libs.contracts.words import Verdict
from libs.runtime.http import PROBLEM_JSON
from services.gateway.dispatch.commands import Reply
from services.gateway.reporting.forms import AreaCode, Form, Line, Note, SaidText, Text, TrackingCode, Url


def _written(value: Any) -> Any:
    """A time as text only: a bare number would be read as seconds of an epoch nobody named."""
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_type", "a time is written as text")
    return value


def _in_reach(value: datetime) -> datetime:
    """A date in the year 6307 is a slip of the keyboard, and stops a clock for ever."""
    now = datetime.now(UTC)
    if value <= now:
        raise PydanticCustomError("date_past", "a date to come is needed")
    if value > now + FARTHEST_DUE:
        raise PydanticCustomError("date_far", "a date within a year is needed")
    return value


DueTime = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_reach)]
Identity = Annotated[str, StringConstraints(pattern=IDENTIFIER)]
Slug = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9-]+$")]
Email = Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\s\u0000-\u001f\u007f]+$")]
Password = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Totp = Annotated[str, StringConstraints(min_length=6, max_length=32, pattern=r"^[0-9A-Za-z -]+$")]


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class ReportAnswer(Answer):
    """Keep number and code: together they open the ticket, and the code is shown only here."""

    number: str
    tracking_code: str
    report_id: str
    state: Literal["accepted", "done"]


class CommandAnswer(Answer):
    """`accepted`: kept and on its way; `done`: carried out, `events` says what happened."""

    command_id: UUID
    state: Literal["accepted", "done"]
    events: tuple[str, ...] = ()


def command_answer(reply: Reply) -> CommandAnswer:
    if reply.outcome is None:
        return CommandAnswer(command_id=reply.command_id, state="accepted")
    return CommandAnswer(command_id=reply.command_id, state="done", events=reply.outcome.events)


class PublicClarification(Answer):
    """Without who wrote and who approved it: the page names their roles."""

    id: str
    number: str
    version: int
    state: str
    claim: str
    verdict: str
    fact: str
    explanation: str
    references: tuple[Reference, ...]
    versions: tuple[VersionView, ...]
    demand: int
    area: str | None = None
    topic: str = ""
    published_at: datetime
    retraction: str = ""


def public_clarification(view: ClarificationView) -> PublicClarification:
    return PublicClarification.model_validate(view.model_dump(include=set(PublicClarification.model_fields)))


class ClarificationList(Answer):
    items: tuple[ClarificationCard, ...]
    next: str | None = None
    count: int | None = None


class TicketAnswer(Answer):
    """`follow` is null where the service that knows it does not answer."""

    ticket: TicketView
    follow: FollowView | None


def holders_view(ticket: TicketView) -> TicketView:
    """What a reporter sees: never which officer."""
    steps = tuple(Step.model_validate({**step.model_dump(), "actor": None}) for step in ticket.steps)
    messages = tuple(MessageView.model_validate({**m.model_dump(), "officer": None}) for m in ticket.messages)
    return ticket.model_copy(update={"steps": steps, "messages": messages})


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


class Assignment(Form):
    ready: StrictBool
    reason: Literal["", "no_time", "not_fitting", "disagree", "other"] = ""


class LeaseWish(Form):
    release: StrictBool = False


class TriageWish(Form):
    severity: Annotated[StrictInt, Field(ge=1, le=4)]
    topic: Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\u0000-\u001f\u007f]*$")] = ""
    area: AreaCode | None = None
    owner: Identity | None = None


class QuestionWish(Form):
    party: Line
    question: Note = ""
    due_at: DueTime


class ConfirmationWish(Form):
    text: SaidText


class ReferenceWish(Form):
    title: Line
    url: Url
    publisher: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\u0000-\u001f\u007f]*$")] = ""


class DraftWish(Form):
    claim: Note = ""
    verdict: Verdict | None = None
    about_own_tenant: StrictBool | None = None
    fact: Note = ""
    explanation: Text = ""
    change_note: Note = ""
    expects: Annotated[StrictInt, Field(ge=0, le=1_000_000)]
    """Number of the draft that the author had before them."""
    submit: StrictBool = False


class ReturnWish(Form):
    note: Annotated[SaidText, StringConstraints(max_length=1_000)]


class ApprovalWish(Form):
    expects: Annotated[StrictInt, Field(ge=0, le=1_000_000)]
    code: Totp
    """A fresh code of the second factor."""


class PublicationWish(Form):
    """Nothing more to say."""


class MergeWish(Form):
    into: Identity


class SuggestionWish(Form):
    other: Identity
    relation: Literal["different", "campaign"]


class ClosingWish(Form):
    reason: Note = ""
    """Needed while the case has no answer: its reporters read it."""


class AdoptionWish(Form):
    of: Identity
    """The merged case whose draft is taken."""
    expects: Annotated[StrictInt, Field(ge=0, le=1_000_000)]


class SettlementWish(Form):
    """What reporters brought back has been dealt with."""

    report_id: Identity | None = None
    """Null: all that the case has."""


class ReportSettlementWish(Form):
    """Nothing more to say."""


class ReportAnswerWish(Form):
    outcome: Literal["solved", "clarified", "no_action", "not_responsible", "duplicate", "unclear"]
    text: SaidText


class ScreeningWish(Form):
    reason: Literal["spam", "out_of_scope", "unclear"]


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
SCHEMAS: tuple[type[BaseModel], ...] = (Problem,)
