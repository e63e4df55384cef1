"""What the officers' pages show: frozen values that the routes fill from read models. No I/O, no wording.

Times are aware; the templates print them in the office's zone. Codes (states, reasons, roles) are those of
the contracts; an unknown code is shown as it came. Text typed by people is plain text.

    Desk          the frame of every page
    QueuePage     CasePage       CaseReportsPage
    ReviewsPage   ReviewPage
    AnswersPage   DeliveriesPage ByHandPage
    PartnersPage  PartnerPage
    RequestsPage  RequestPage
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

SOON = timedelta(hours=1)
"""From here on a clock is marked "soon". A guess; the first office's shifts would settle it."""


class ClockState(StrEnum):
    RUNNING = "running"
    SOON = "soon"
    LATE = "late"
    PAUSED = "paused"
    DONE = "done"


def clock_state(due_at: datetime, *, now: datetime, paused: bool = False, done: bool = False) -> ClockState:
    """A finished clock is never late, and a paused one neither: the officer can do nothing about it."""
    if done:
        return ClockState.DONE
    if paused:
        return ClockState.PAUSED
    if due_at <= now:
        return ClockState.LATE
    return ClockState.SOON if due_at - now <= SOON else ClockState.RUNNING


def share(part: int, whole: int) -> float:
    """Width of a bar in percent, 0 to 100, one decimal; an empty whole has no bar."""
    return 0.0 if whole <= 0 else round(min(part, whole) * 100 / whole, 1)


@dataclass(frozen=True, kw_only=True)
class Action:
    """A form that changes something, or the reason why this person may not use it now."""

    url: str
    key: str
    """Idempotency key, a UUID made by the server. After an error the same one comes back, so a resend converges."""
    csrf: str
    version: int | None = None
    """Of the thing the page was made from; the owner refuses the action when it has moved on."""
    why_not: str = ""
    """Code of the reason that disables the button (`author`, `not_held`, `held_by_other`, `role`,
    `reference_missing`, `already_approved`); empty when it may be used."""


@dataclass(frozen=True, kw_only=True)
class Officer:
    name: str
    roles: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The frame of every console page; the office itself is in the PageView."""

    officer: Officer
    logout: Action
    waiting: int | None = None
    """Cases in the queue; None when it could not be read. The same for the three below."""
    reviews: int | None = None
    by_hand: int | None = None
    others: int | None = None
    """Aspirations, complaints and requests that wait for an answer."""
    now: datetime
    """When the data of this page was read."""
    stale_since: datetime | None = None
    """When the last good reading was, if this one is not fresh; the page says so."""
    events_url: str = ""
    """Stream that says when to read this page again; empty: the page stays as it is."""
    notice: str = ""
    """Code of what the last action did (`claimed`, `draft_saved`, …)."""
    problem: str = ""
    """Code of what went wrong with it (`unavailable`, `forbidden`, `gone`); empty with `errors`."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Field name to error code, for the fields of the form that was sent."""


@dataclass(frozen=True, kw_only=True)
class Filter:
    code: str
    url: str
    count: int | None
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Lease:
    """Who works on a case, so that two do not."""

    name: str
    until: datetime | None
    """None: the owner keeps it although nobody works on it this minute."""
    mine: bool = False


@dataclass(frozen=True, kw_only=True)
class WaitingFor:
    party: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    id: str
    url: str
    due_at: datetime
    clock: ClockState
    severity: int | None
    """1 to 4; None before triage."""
    claim: str
    topic: str
    """Code of the topic, empty before triage."""
    about_own_tenant: bool = False
    asks_money: bool = False
    askers: int
    askers_last_hour: int | None
    """None where the list does not know it."""
    askers_share: float
    """Askers against the longest row of the page, in percent."""
    state: str
    waiting_for: WaitingFor | None = None
    lease: Lease | None = None
    claim_action: Action | None = None
    """Offered where nobody holds the case."""


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    desk: Desk
    rows: tuple[QueueRow, ...] = ()
    filters: tuple[Filter, ...] = ()
    query: str = ""
    waiting: int = 0
    ended: bool = False
    """The list is of cases that have left the queue."""
    late: int = 0
    next_url: str = ""
    next_count: int = 0
    available: bool = True
    """False: the reports service did not answer in time, so nothing is known about the queue."""

    @property
    def filtered(self) -> bool:
        return bool(self.query) or any(f.current for f in self.filters[1:])


@dataclass(frozen=True, kw_only=True)
class ReportMessage:
    text: str
    at: datetime
    by_office: bool


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One report as officers see it: what was sent and where it was seen, never who sent it."""

    number: str
    sent_at: datetime
    text: str
    """Empty when only a picture or a link came."""
    links: tuple[str, ...] = ()
    """Shown as text: an officer's click would tell the other side that the office looks."""
    pictures: tuple[str, ...] = ()
    """Addresses of what came with it, made anew from the pixels."""
    picture_text: str = ""
    """What was read in them."""
    doubt: str = ""
    area: str = ""
    seen_on: str = ""
    """Code of where the reporter saw it, or their own words."""
    often_forwarded: bool = False
    confidential: bool = False
    wrong_case: bool = False
    """The reporter said "Ini bukan yang saya laporkan"."""
    messages: tuple[ReportMessage, ...] = ()
    reply: Action | None = None
    reply_text: str = ""
    """As typed, when the form comes back."""
    screen_out: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    what: str
    """Code of what is compared: `place`, `institution`, `amount`, `date`, `number`, `link`, `words`."""
    ours: str
    theirs: str
    same: bool


@dataclass(frozen=True, kw_only=True)
class SimilarCase:
    number: str
    url: str
    claim: str
    reports: int
    verdict: str = ""
    """Of its published clarification; empty while it is open."""
    differences: tuple[Difference, ...]
    same_case: Action
    same_campaign: Action
    different: Action
    answered: str = ""
    """What was answered already: `same_case`, `same_campaign` or `different`; empty when it is still asked."""
    undo: Action | None = None


@dataclass(frozen=True, kw_only=True)
class ReferenceLine:
    id: str
    title: str
    url: str
    """Empty for an attached file."""
    publisher: str
    archived_at: datetime | None
    """When our copy was made; None when there is none."""
    sha256: str = ""
    """Of the archived copy, 64 hex characters."""
    failure: str = ""
    """Code of why there is no copy: `login_wall`, `not_found`, `too_large`, `unreachable`."""
    remove: Action | None = None


@dataclass(frozen=True, kw_only=True)
class NewReference:
    """The form for one more reference, with what was typed when it comes back with errors."""

    action: Action
    title: str = ""
    url: str = ""
    publisher: str = ""


@dataclass(frozen=True, kw_only=True)
class Triage:
    action: Action
    severity: int | None = None
    topic: str = ""
    area: str = ""
    topics: tuple[str, ...] = ()
    areas: tuple[tuple[str, str], ...] = ()
    """Code and name of each kecamatan."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What will become the clarification. Empty strings are fields nobody has filled in yet."""

    claim: str = ""
    verdict: str = ""
    about_own_tenant: bool | None = None
    """None: not answered yet; the review cannot be asked for."""
    fact: str = ""
    explanation: str = ""
    change: str = ""
    """What this version corrects; only from version 2 on."""
    version: int = 1
    """Of the clarification that this draft will become."""
    author: str = ""
    saved_at: datetime | None = None
    returned_note: str = ""
    """What the approver asked to change, while it has not been sent again."""
    returned_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Clash:
    """One field that two people changed: what was typed here, and what stands there now."""

    what: str
    """Name of the field: `claim`, `verdict`, `fact`, `explanation`, `change`, `about_own_tenant`."""
    mine: str
    theirs: str


@dataclass(frozen=True, kw_only=True)
class Conflict:
    by: str
    at: datetime | None
    clashes: tuple[Clash, ...]
    mine: Draft
    keep_mine: Action
    """Carries `mine` again, on top of the newest version."""
    take_theirs_url: str


@dataclass(frozen=True, kw_only=True)
class CaseClock:
    what: str
    """`interim`, `screening`, `answer` or `limit`."""
    due_at: datetime
    state: ClockState
    took: timedelta | None = None
    """How long it took, when done."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question to a named party, with the date until which the clock stands still."""

    action: Action
    parties: tuple[tuple[str, str], ...]
    """Id and name of each agency."""
    party: str = ""
    until: str = ""
    """As typed: an ISO date."""
    text: str = ""
    earliest: str = ""
    """First date that may be chosen, ISO."""


@dataclass(frozen=True, kw_only=True)
class Confirmation:
    """What the asked party answered, written down by the officer; the clock goes on."""

    action: Action
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Closing:
    action: Action
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One knot of the history."""

    kind: str
    """Past-tense code: `opened`, `linked`, `triaged`, `claimed`, `asked`, `answered`, `drafted`, `submitted`,
    `returned`, `approved`, `published`, `corrected`, `retracted`, `merged`, `monitored`, `closed`;
    and for what is to come `review`, `publication`."""
    state: str
    """Node of the thread: `done`, `now`, `todo`, `stopped`, `corrected`, `knot`."""
    at: datetime | None = None
    who: str = ""
    count: int | None = None
    """Reports or reporters concerned."""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Published:
    """The clarification that stands now."""

    number: str
    version: int
    url: str
    """Public address."""
    answers_url: str
    deliveries_url: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CasePage:
    desk: Desk
    number: str
    url: str
    title: str
    """The claim as a question or a short headline."""
    state: str
    waiting_for: WaitingFor | None = None
    severity: int | None
    due_at: datetime
    clock: ClockState
    lease: Lease | None
    claim_action: Action | None = None
    release: Action | None = None

    reports: tuple[ReportLine, ...] | None
    """Newest first; None when the list could not be read."""
    report_count: int
    reports_last_hour: int = 0
    reports_forwarded: int = 0
    first_report_at: datetime | None = None
    reports_url: str = ""

    similar: SimilarCase | None = None
    matcher_available: bool = True
    references: tuple[ReferenceLine, ...] = ()
    new_reference: NewReference | None = None
    triage: Triage
    draft: Draft
    save: Action | None = None
    """None: the draft cannot be changed now (under review, or published and no correction begun)."""
    submit: Action | None = None
    approve: Action | None = None
    """Shown here only to say why not; approving is done on the review page."""
    review_url: str = ""
    publish: Action | None = None
    correct: Action | None = None
    """Starts the draft of the next version."""
    conflict: Conflict | None = None
    clocks: tuple[CaseClock, ...] = ()
    question: Question | None = None
    confirmation: Confirmation | None = None
    closing: Closing | None = None
    history: tuple[Moment, ...] = ()
    published: Published | None = None


@dataclass(frozen=True, kw_only=True)
class CaseReportsPage:
    desk: Desk
    number: str
    case_url: str
    title: str
    total: int
    reports: tuple[ReportLine, ...] | None
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    url: str
    number: str
    fact: str
    claim: str
    verdict: str
    author: str
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
    approvals: int
    needed: int
    reporters: int
    mine: bool = False
    """The reader wrote it, so somebody else has to look."""


@dataclass(frozen=True, kw_only=True)
class ReviewsPage:
    desk: Desk
    rows: tuple[ReviewRow, ...] = ()
    next_url: str = ""
    available: bool = True


@dataclass(frozen=True, kw_only=True)
class Approval:
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Who will hear of it. A number is None when the service that knows did not answer."""

    reporters: int | None
    email: int | None = None
    by_hand: int | None = None
    code_only: int | None = None
    """Reporters who left no contact and look by their code."""
    partners: int | None = None
    earlier: int | None = None
    """Who got an earlier version and will get the correction."""


@dataclass(frozen=True, kw_only=True)
class ReviewPage:
    desk: Desk
    number: str
    case_url: str
    state: str
    """`in_review`, `decided` or `published`."""
    draft: Draft
    previous: Draft | None = None
    """The published version that a correction replaces."""
    submitted_at: datetime
    due_at: datetime
    clock: ClockState
    references: tuple[ReferenceLine, ...]
    approvals: tuple[Approval, ...] = ()
    needed: int = 1
    audience: Audience
    approve: Action
    return_: Action
    publish: Action | None = None
    return_note: str = ""
    """As typed, when the form comes back."""
    published: Published | None = None
    history: tuple[Moment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ChannelState:
    """How far one message came on one channel."""

    channel: str
    """`email`, `whatsapp_manual`, `inbox`; more may come."""
    state: str
    """As in the contracts; `unused` where the partner does not take this channel."""
    at: datetime | None = None
    reason: str = ""
    """Code of why it failed or was not sent."""
    manual: bool = False
    """Sent by hand by an officer: `sent` is then all that is known."""


@dataclass(frozen=True, kw_only=True)
class PartnerAnswer:
    url: str
    name: str
    kind: str
    area: str
    channels: Mapping[str, ChannelState]
    answer: str
    """`acknowledged`, `declined`, `silent`, `lapsed` or `not_reached`."""
    answered_at: datetime | None = None
    reason: str = ""
    """Code of why not, or empty."""


@dataclass(frozen=True, kw_only=True)
class Resend:
    action: Action
    count: int
    reasons: tuple[tuple[str, int], ...]
    """Code and number of failures, the most frequent first."""


@dataclass(frozen=True, kw_only=True)
class Funnel:
    chosen: int
    sent: int
    delivered: int | None
    """None where no channel reports deliveries."""
    acknowledged: int
    declined: int
    silent: int

    @property
    def steps(self) -> tuple[tuple[str, int, float], ...]:
        counts = (
            ("chosen", self.chosen),
            ("sent", self.sent),
            ("delivered", self.delivered),
            ("acknowledged", self.acknowledged),
        )
        return tuple((code, n, share(n, self.chosen)) for code, n in counts if n is not None)


@dataclass(frozen=True, kw_only=True)
class AnswersPage:
    """The partners of the area a clarification went to: how far it came and what they said."""

    desk: Desk
    clarification: Published
    fact: str
    claim: str
    verdict: str
    case_url: str
    area: str
    answer_by: datetime | None = None
    funnel: Funnel | None
    """None when the ledger could not be read; the rows are then empty too."""
    columns: tuple[str, ...] = ()
    """Channels in use, in the order of the table."""
    filters: tuple[Filter, ...] = ()
    rows: tuple[PartnerAnswer, ...] = ()
    shown_of: int = 0
    next_url: str = ""
    resend: Resend | None = None
    by_hand: int = 0
    history: tuple[Moment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeliveryRow:
    recipient: str
    """What officers may know: a ticket number or a partner's name, never an address."""
    recipient_kind: str
    """`reporter`, `partner` or `subscriber`."""
    url: str = ""
    version: int
    state: ChannelState
    attempts: int = 1
    resolve: tuple[Action, Action] | None = None
    """For `unknown` only: it arrived, it did not. Nothing is sent again without a person's word."""


@dataclass(frozen=True, kw_only=True)
class DeliveriesPage:
    desk: Desk
    clarification: Published
    fact: str
    case_url: str
    totals: tuple[tuple[str, int], ...] | None
    """State and number, in the order of a message's way; None when the ledger could not be read."""
    filters: tuple[Filter, ...] = ()
    rows: tuple[DeliveryRow, ...] = ()
    next_url: str = ""
    resend: Resend | None = None

    @property
    def total(self) -> int:
        return sum(count for _, count in self.totals or ())

    @property
    def failed(self) -> int:
        return sum(count for state, count in self.totals or () if state in ("failed", "failed_permanent"))

    @property
    def unknown(self) -> int:
        return dict(self.totals or ()).get("unknown", 0)


@dataclass(frozen=True, kw_only=True)
class HandMessage:
    """One WhatsApp message that an officer sends from the office's own phone."""

    id: str
    recipient: str
    recipient_kind: str
    hint: str = ""
    """Enough to tell two numbers apart, the last two digits; empty for a group."""
    group: bool = False
    """A group has no link: the text is copied and pasted there."""
    about: str = ""
    """The fact of the clarification."""
    text: str
    open_url: str = ""
    """Leads to `wa.me` with number and text; empty for a group."""
    planned_at: datetime
    lease: Lease | None = None
    sent: Action
    failed: Action | None = None


@dataclass(frozen=True, kw_only=True)
class HandDone:
    recipient: str
    about: str
    at: datetime
    who: str
    state: str
    """`sent` or `failed`."""
    undo: Action | None = None


@dataclass(frozen=True, kw_only=True)
class ByHandPage:
    desk: Desk
    messages: tuple[HandMessage, ...] | None
    """None when notify did not answer."""
    total: int = 0
    done: tuple[HandDone, ...] | None = ()
    """None where nobody keeps a list of it."""
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerRow:
    url: str
    name: str
    kind: str
    area: str
    state: str
    accounts: int
    run_by_office: bool = False
    """Run by a public office; the others are independent."""
    answered: int = 0
    asked: int = 0


@dataclass(frozen=True, kw_only=True)
class PartnersPage:
    desk: Desk
    rows: tuple[PartnerRow, ...] = ()
    total: int = 0
    by_office: int = 0
    filters: tuple[Filter, ...] = ()
    query: str = ""
    next_url: str = ""
    available: bool = True
    answers_known: bool = True
    """False: how often each was asked and answered is not counted anywhere."""


@dataclass(frozen=True, kw_only=True)
class Account:
    platform: str
    handle: str
    url: str
    state: str
    verified_at: datetime | None = None
    followers: int | None = None
    measured_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PastAnswer:
    url: str
    fact: str
    at: datetime
    answer: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerPage:
    desk: Desk
    name: str
    kind: str
    area: str
    state: str
    run_by_office: bool = False
    """By a public office; the others are independent."""
    since: datetime | None = None
    accounts: tuple[Account, ...] = ()
    channels: tuple[str, ...] = ()
    """On which a contact point with consent exists; the address itself stays sealed to notify."""
    answers: tuple[PastAnswer, ...] | None = ()
    """None when notify did not answer."""
    history: tuple[Moment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class RequestRow:
    """A report that is answered one by one: an aspiration, a complaint, a request for information."""

    url: str
    number: str
    kind: str
    state: str
    sent_at: datetime
    text: str
    area: str = ""
    confidential: bool = False
    messages: int = 0


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    desk: Desk
    rows: tuple[RequestRow, ...] | None
    """None when the reports service did not answer."""
    filters: tuple[Filter, ...] = ()
    show: str = "unanswered"
    total: int = 0
    next_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Answering:
    """The form for the answer to one person, with what was typed when it comes back with errors."""

    action: Action
    outcome: str = ""
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class RequestPage:
    desk: Desk
    line: ReportLine
    kind: str
    state: str
    answered: str = ""
    """The answer that was given."""
    answer: Answering | None = None
    screen_out: Action | None = None
