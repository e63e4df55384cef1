"""Read models: what the services answer over HTTP. A page gets what it needs in at most two calls a service.

Lists are keyset pages: `next` is an opaque cursor, None on the last page. Counts stop at 10,001.
"""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints

from libs.contracts.reports.parts import Asked, Candidate, Draft, Reference, SpareDraft
from libs.contracts.reports.parts import Mark as ReporterMark


class Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


T = TypeVar("T")


class Page(Read, Generic[T]):
    items: tuple[T, ...]
    next: str | None = None
    count: int | None = None


class Step(Read):
    """One line of a thread. `what` is a word of the domain; the page finds its text."""

    what: str
    at: datetime
    actor: str | None = None
    party: str | None = None
    count: int | None = None
    note: str = ""
    until: datetime | None = None


class OutcomeView(Read):
    """`GET /outcomes/{command_id}`. `state`: pending, done or refused."""

    state: str
    events: tuple[str, ...] = ()
    """Type names of what happened."""
    problem: str | None = None
    fields: tuple[str, ...] = ()


# Reports


class ClarificationCard(Read):
    """A published answer in a list. `demand` is how many asked: the reports of its case, and people who were shown it
    before they reported and said that it is what they received."""

    id: str
    case_id: str = ""
    number: str
    version: int
    claim: str
    verdict: str
    fact: str
    published_at: datetime
    corrected_at: datetime | None = None
    demand: int
    area: str | None = None
    topic: str = ""
    state: str = "published"
    change_note: str = ""
    """What the last version changed, or why it was retracted."""


class Difference(Read):
    """Where what was sent and what was answered part: place, institution, amount, date, number; polarity, identifier,
    time or word, where the claim turns on it."""

    what: str
    theirs: str
    ours: str
    same: bool


class MatchAnswer(Read):
    card: ClarificationCard
    score: float
    differences: tuple[Difference, ...] = ()


class MatchView(Read):
    """`POST /match`: at most three answers, best first. `outcome` as MatchOutcome."""

    outcome: str
    answers: tuple[MatchAnswer, ...] = ()


class VersionView(Read):
    version: int
    verdict: str
    fact: str
    at: datetime
    change_note: str = ""


class ClarificationView(Read):
    id: str
    case_id: str
    number: str
    version: int
    state: str
    claim: str
    verdict: str
    fact: str
    explanation: str
    references: tuple[Reference, ...]
    versions: tuple[VersionView, ...]
    author: str
    """Id of an officer; the page shows the role and initials."""
    approvers: tuple[str, ...]
    demand: int
    area: str | None = None
    topic: str = ""
    published_at: datetime
    retraction: str = ""


class AnswerAddress(Read):
    """`GET /answer-addresses`: what a sitemap needs of a published answer; `at` is its last change."""

    number: str
    at: datetime


class MessageView(Read):
    by_office: bool
    at: datetime
    text: str
    officer: str | None = None
    about: str = ""
    """not_answered: what the reporter said with a "Belum"."""


class TicketView(Read):
    """What the holder of number and code sees. `state` is the reporter's: received, checking, waiting_party,
    answered, not_continued (its case was closed without an answer), closed, screened_out, withdrawn."""

    report_id: str
    number: str
    kind: str
    state: str
    received_at: datetime
    text: str
    urls: tuple[str, ...] = ()
    attachments: int = 0
    area: str | None = None
    confidential: bool = False
    anonymous: bool = True
    case_id: str | None = None
    others: int = 0
    """How many more asked about the same claim."""
    waiting_for: str | None = None
    waiting_until: datetime | None = None
    answer_due_at: datetime | None = None
    clarification: ClarificationCard | None = None
    answer: str = ""
    """For kinds that are answered one by one."""
    outcome: str | None = None
    helpful: bool | None = None
    screened_reason: str | None = None
    ended_reason: str = ""
    """In the words of the office: why its case was closed without an answer."""
    closes_at: datetime | None = None
    steps: tuple[Step, ...] = ()
    messages: tuple[MessageView, ...] = ()


class ReportRow(Read):
    """A report as an officer sees it: never who sent it."""

    id: str
    number: str
    kind: str
    state: str
    received_at: datetime
    text: str
    urls: tuple[str, ...] = ()
    doubt: str = ""
    area: str | None = None
    seen_on: str | None = None
    forwarded_often: bool = False
    confidential: bool = False
    attachments: int = 0
    words: str = ""
    """Read from its pictures."""
    case_id: str | None = None
    answer: str = ""
    messages: tuple[MessageView, ...] = ()
    marks: tuple[ReporterMark, ...] = ()
    """What its reporter said since, and nobody has dealt with."""


class MarkView(Read):
    """Something of a reporter that an officer has yet to deal with. `reason`: not_answered, message or evidence."""

    report_id: str
    number: str
    """Of the report."""
    n: int
    reason: str
    at: datetime
    text: str = ""


class CaseRow(Read):
    """A line of the queue."""

    id: str
    number: str
    state: str
    title: str
    """The claim where one is written, else the beginning of the first report."""
    severity: int
    topic: str
    area: str | None
    askers: int
    """Reports of the case."""
    asked: int | None = None
    """How many asked, as `demand` of its answer counts them; None in answers of an older process."""
    forwarded_often: int
    owner: str | None
    leased_by: str | None
    leased_until: datetime | None
    opened_at: datetime
    answer_due_at: datetime | None
    """None while the clock stands or once it is answered."""
    limit_at: datetime
    waiting_for: str | None = None
    waiting_until: datetime | None = None
    suggestions: int = 0
    verdict: str | None = None
    fact: str = ""
    submitted_at: datetime | None = None
    author: str | None = None
    unread: int = 0
    """Marks of reporters that nobody has dealt with."""
    not_answered: int = 0
    """Of these, "Belum"."""


class SimilarCase(Read):
    """A case or clarification that may be the same, side by side."""

    id: str
    kind: str
    case_id: str
    number: str
    title: str
    verdict: str | None
    state: str
    askers: int
    score: float
    differences: tuple[Difference, ...]


class CaseView(Read):
    id: str
    number: str
    state: str
    title: str
    severity: int
    topic: str
    area: str | None
    askers: int
    asked: int | None = None
    forwarded_often: int
    last_hour: int
    first_at: datetime
    last_at: datetime
    owner: str | None
    leased_by: str | None
    leased_until: datetime | None
    answer_due_at: datetime | None
    limit_at: datetime
    screened_at: datetime | None = None
    waiting_for: str | None = None
    waiting_until: datetime | None = None
    references: tuple[Reference, ...]
    draft: Draft
    draft_number: int
    author: str | None
    approvals: tuple[str, ...]
    approvals_needed: int
    return_note: str = ""
    clarification: ClarificationCard | None = None
    merged_into: str | None = None
    similar: tuple[SimilarCase, ...] = ()
    suggestions: tuple[Candidate, ...] = ()
    unread: int = 0
    not_answered: int = 0
    marks: tuple[MarkView, ...] = ()
    """Oldest first, at most 20."""
    spare_drafts: tuple[SpareDraft, ...] = ()
    """Of cases that joined this one, where it had a draft of its own."""
    also_asked: tuple[Asked, ...] = ()
    retracted: bool = False
    closed_reason: str = ""
    reports: Page[ReportRow]
    steps: tuple[Step, ...]


class StatsView(Read):
    """Numbers of the office for the public page.

    `reports_week` are the reports received in the seven days before `at`; each of them is answered, waiting or ended,
    so that the three add up. `by_verdict` adds up to `clarifications`: all that were ever published and not retracted.
    """

    reports_week: int
    answered_week: int
    waiting: int
    ended_week: int = 0
    """Withdrawn by their reporters, or not taken up."""
    clarifications: int
    corrected: int
    """Clarifications with more than one version, or retracted."""
    median_hours: float | None
    """From the first report to the answer, of answers first published in the seven days."""
    by_verdict: dict[str, int]
    at: datetime | None = None


class QueueCounts(Read):
    queue: int
    reviews: int
    others: int = 0
    """Reports of other kinds that wait for an answer, or to be read."""
    unread: int = 0
    """Cases that a reporter brought back."""


# Registry


class OfficerView(Read):
    id: str
    name: str
    initials: str
    roles: tuple[str, ...]
    agency: str | None = None
    active: bool = True


Mark = Annotated[str, StringConstraints(max_length=64, pattern=r"^[0-9A-Za-z_-]*$")]


class Authentication(Read):
    """`POST /internal/authenticate`, question.

    Attributes:
        tenant: the office at whose page it was typed; an officer of another is nobody there.
        client: mark of the network that it comes from; empty where nobody says.
        browser: mark of a browser in which somebody has logged in before.
        officers: who they were.
    """

    email: str
    password: str
    code: str
    tenant: str | None = None
    client: Mark = ""
    browser: Mark = ""
    officers: tuple[Mark, ...] = ()


class Authenticated(Read):
    """`POST /internal/authenticate`, answer to the right three. Else `unauthenticated`, or 429 when locked."""

    officer_id: str
    tenant: str
    roles: tuple[str, ...]
    agency: str | None = None
    name: str


class StepUp(Read):
    """`POST /internal/confirm`: a fresh TOTP code of an officer who is logged in."""

    officer_id: str
    code: str


class AccountView(Read):
    platform: str
    handle: str
    url: str
    state: str
    identity_key: str = ""
    """Names the account in VerifyAccount."""


class PartnerRow(Read):
    id: str
    name: str
    kind: str
    state: str
    area: str
    run_by_office: bool
    accounts: tuple[AccountView, ...]
    channels: tuple[str, ...] = ()
    language: str = "id"
    registered_at: datetime | None = None


class PartnerLookup(Read):
    """`POST /internal/partner-by-contact`, question: an e-mail address as typed."""

    address: str


class PartnerFound(Read):
    partner_id: str
    address: str
    language: str


# Notify


class FollowView(Read):
    """How the reporter of one report is kept informed."""

    following: bool
    channel: str | None = None
    masked: str = ""
    """"s…n@…", "+62 8…12"."""
    deliveries: tuple["DeliveryRow", ...] = ()
    undeliverable: bool = False
    """The last message did not arrive, or an officer found that the number is somebody else's."""


class FollowerAsked(Read):
    """`POST /subjects/{report_id}/follower`: is this where the reporter is kept informed?"""

    address: str


class FollowerFound(Read):
    """Else `not_found`, whatever was wrong."""

    language: str


class TicketOpening(Read):
    """`GET /tickets/{number}/opening`: what opens a ticket without its code, for a link mailed to its reporter."""

    report_id: str
    code_hash: str


class DeliveryRow(Read):
    id: str
    template: str
    channel: str
    state: str
    recipient: str
    recipient_kind: str
    attempts: int
    code: str = ""
    planned_at: datetime
    changed_at: datetime
    method: str | None = None
    assignment_id: str | None = None


class ByHandRow(Read):
    """A WhatsApp message for an officer to send: prepared text, number, link."""

    delivery_id: str
    template: str
    recipient_kind: str
    recipient: str
    name: str = ""
    phone: str
    text: str
    link: str
    """https://wa.me/<number>?text=…"""
    planned_at: datetime
    case_id: str | None = None
    number: str = ""
    """Of the report, as it stands in the message."""
    sent_at: datetime | None = None
    """For what an officer has sent already; the number is shortened to its last two digits then."""


class AssignmentView(Read):
    """What a partner is asked to carry."""

    id: str
    partner_id: str
    state: str
    due_at: datetime
    offered_at: datetime
    answered_at: datetime | None = None
    reason: str = ""
    bulletin_id: str
    case_id: str
    number: str
    """Of the clarification."""
    claim: str
    verdict: str
    fact: str
    caption: str
    """To copy; may be reworded."""


class BulletinView(Read):
    """How far one version of an answer has been carried. Counts by delivery state and by assignment state."""

    id: str
    case_id: str
    clarification_id: str
    number: str
    version: int
    fact: str
    stage: str
    planned_at: datetime
    by_state: dict[str, int]
    by_channel: dict[str, dict[str, int]] = {}
    assignments: dict[str, int]
    recipients: int
    partners: int


class LedgerRow(Read):
    """One recipient × channel of a bulletin; for a partner also the answer."""

    delivery: DeliveryRow
    partner_id: str | None = None
    answer: str | None = None
    reason: str = ""
    answered_at: datetime | None = None


# Gateway


class BlobView(Read):
    """`sha256` and `size` are of the clean copy, `original_sha256` of the file as it was sent, which is kept sealed."""

    id: str
    sha256: str
    media_type: str
    size: int
    original_sha256: str | None = None
