"""One case: what was reported, what is known, the draft of the answer, and what the officer may do next."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from libs.contracts.reports.parts import QuestionAnswer, Reference, Snapshot, Why
from libs.contracts.reports.reads import KnownCard, PieceView
from services.gateway.console.queue.views import Lease, WaitingFor
from services.gateway.console.views import Action, ClockState, Desk


@dataclass(frozen=True, kw_only=True)
class ReportMessage:
    text: str
    at: datetime
    by_office: bool
    not_answered: bool = False
    """Said with a "Belum"."""


@dataclass(frozen=True, kw_only=True)
class CaseMark:
    """What a reporter said since, and nobody has dealt with."""

    id: str
    """Names its form on the page."""
    number: str
    """Of the report."""
    reason: str
    """not_answered, message or evidence."""
    at: datetime
    text: str = ""
    reply: Action
    reply_text: str = ""
    """As typed, when the form comes back."""
    settle: Action


@dataclass(frozen=True, kw_only=True)
class SpareDraft:
    """Of a case that joined this one, where it had a draft of its own."""

    number: str
    author: str
    draft: "Draft"
    adopt: Action | None
    """None where no draft may be written now."""


@dataclass(frozen=True, kw_only=True)
class AlsoAsked:
    party: str
    until: datetime


@dataclass(frozen=True, kw_only=True)
class Detach:
    """The form that takes a report out of its case, with what was typed in it."""

    action: Action
    reason: str = ""
    into: str = ""
    error: str = ""
    into_error: str = ""


@dataclass(frozen=True, kw_only=True)
class Reveal:
    """The form that asks why somebody must read what is masked, with what was typed when it comes back."""

    action: Action
    purpose: str = ""
    note: str = ""
    error: str = ""
    """Code of what is missing in the reason."""
    note_error: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """Somebody read it."""

    who: str
    at: datetime
    reason: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PageCopy:
    """What stood at an address when it was looked at."""

    at: datetime
    status: int | None = None
    title: str = ""
    description: str = ""
    final_url: str = ""
    """Where it led; empty where that is the address itself."""
    sha256: str = ""
    """Of the copy, 64 hex characters."""
    file_url: str = ""
    """Of the copy, for those who may have it."""
    picture_url: str = ""
    picture: str = ""
    """Code of why there is no picture: `absent`, `failed`, `no_page`."""
    truncated: bool = False
    failure: str = ""
    """Code of why there is no copy."""


@dataclass(frozen=True, kw_only=True)
class PageLine:
    """An address that was reported; shown as text, as all are."""

    page: int
    url: str
    waits: bool = False
    copies: tuple[PageCopy, ...] = ()
    """Newest first."""
    again: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of evidence.

    Attributes:
        number: of its report.
        preview: address of what is to be seen of it, made anew from the pixels; empty where there is nothing.
        copy, original: addresses to carry it away from; empty where that cannot be done, or not now.
    """

    number: str
    piece: PieceView
    url: str
    preview: str = ""
    copy: str = ""
    original: str = ""
    openings: tuple[Look, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PiecePage:
    desk: Desk
    line: Piece
    words: str = ""
    transcript: str = ""
    back: str
    """Address of its case, or of its report where that has none."""
    custody: str = ""
    open: Action | None = None
    """Asks for the file as it was sent; None where it does not lie here."""


@dataclass(frozen=True, kw_only=True)
class Brought:
    """By one report."""

    number: str
    intake: str = "form"
    entered_by: str = ""
    received_at: datetime
    pieces: tuple[Piece, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CustodyPage:
    desk: Desk
    number: str
    title: str
    case_url: str
    reports: tuple[Brought, ...] = ()
    references: tuple[Reference, ...] = ()
    left_off: int = 0


@dataclass(frozen=True, kw_only=True)
class ReportLine:
    """One report as officers see it: what was sent and where it was seen, never who sent it."""

    id: str = ""
    number: str
    sent_at: datetime
    text: str
    """Empty when only a picture or a link came."""
    links: tuple[str, ...] = ()
    """Shown as text: an officer's click would tell the other side that the office looks."""
    pages: tuple[PageLine, ...] = ()
    """Those of which copies are kept."""
    pieces: tuple["Piece", ...] = ()
    """What came with it."""
    picture_text: str = ""
    """What was read in them."""
    transcript: str = ""
    """What a machine heard in them."""
    doubt: str = ""
    answers: tuple[QuestionAnswer, ...] = ()
    """To what the office asks beside a report."""
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
    detach: Detach | None = None
    masked: int = 0
    """Personal data that stands masked in it."""
    revealed_until: datetime | None = None
    """Till then it is shown to this officer."""
    reveal: Reveal | None = None
    """None where nothing is masked."""
    looks: tuple[Look, ...] = ()
    intake: str = "form"
    entered_by: str = ""
    """Name of the officer who wrote it down."""


@dataclass(frozen=True, kw_only=True)
class Difference:
    what: str
    """Code of what is compared: `place`, `institution`, `amount`, `date`, `number`, `link`, `words`."""
    ours: str
    theirs: str
    same: bool


@dataclass(frozen=True, kw_only=True)
class Campaign:
    """Two texts of one wording, about somebody else: each as pairs of a stretch and whether the other differs there."""

    ours: tuple[tuple[str, bool], ...]
    theirs: tuple[tuple[str, bool], ...]
    exchanged: tuple[tuple[str, str], ...]
    """What this case says, and what the other one says in its place."""


@dataclass(frozen=True, kw_only=True)
class SimilarCase:
    number: str
    url: str
    claim: str
    reports: int
    verdict: str = ""
    """Of its published clarification; empty while it is open."""
    differences: tuple[Difference, ...]
    likely: str = ""
    """That it is the same: high, medium or low; empty where that was not measured."""
    reasons: tuple[Why, ...] = ()
    campaign: Campaign | None = None
    same_case: Action
    same_campaign: Action
    different: Action
    answered: str = ""
    """What was answered already: `same_case`, `same_campaign` or `different`; empty when it is still asked."""
    undo: Action | None = None


@dataclass(frozen=True, kw_only=True)
class OthersAnswer:
    """What another publisher has answered; no word of the office."""

    card: KnownCard
    differences: tuple[Difference, ...] = ()
    likely: str = ""
    """As of a similar case."""
    reasons: tuple[Why, ...] = ()
    used: bool = False
    """Its publisher is a source of the case."""
    adopt: Action | None = None
    dismiss: Action | None = None


@dataclass(frozen=True, kw_only=True)
class ClaimLine:
    """One claim of a report that makes several, and what it may be about beside this case.

    Attributes:
        text: in the words of the report.
        url: of the other case; empty where another publisher has answered it.
        verdict: as it is published; empty while that case is open.
    """

    text: str
    number: str = ""
    url: str = ""
    title: str = ""
    verdict: str = ""
    known: KnownCard | None = None
    likely: str = ""
    reasons: tuple[Why, ...] = ()


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
    personal: tuple[str, ...] = ()
    """What looks like personal data in it: it would be read by everybody."""
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
    take_theirs: Action
    """Puts `mine` away."""


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
    latest: str = ""


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
    `returned`, `approved`, `published`, `corrected`, `retracted`, `gathered`, `merged`, `monitored`, `closed`; and for
    what is to come `review`, `publication`."""
    state: str
    """Node of the thread: `done`, `now`, `todo`, `stopped`, `corrected`, `knot`."""
    at: datetime | None = None
    who: str = ""
    count: int | None = None
    """Reports or reporters concerned."""
    note: str = ""
    number: str = ""
    """Of a report that was moved; `url` leads to the other case."""
    url: str = ""


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
    buttons: Mapping[str, Action] = field(default_factory=dict)
    """Of each button that stands here once, by the last word of its path; the fields below are of those that the case
    says more about."""
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
    custody_url: str = ""

    similar: SimilarCase | None = None
    known: tuple[OthersAnswer, ...] = ()
    claims: tuple[ClaimLine, ...] = ()
    """What its reports say beside."""
    matcher_available: bool = True
    references: tuple[ReferenceLine, ...] = ()
    new_reference: NewReference | None = None
    triage: Triage
    draft: Draft
    save: Action | None = None
    """None: the draft cannot be changed now (under review, or published and no correction begun)."""
    submit: Action | None = None
    unsent: Action | None = None
    """Keeps what is typed, as it is."""
    unsent_at: datetime | None = None
    """Since when the draft here is typed and not saved."""
    approve: Action | None = None
    """Shown here only to say why not; approving is done on the review page."""
    review_url: str = ""
    publish: Action | None = None
    correct: Action | None = None
    """Starts the draft of the next version."""
    conflict: Conflict | None = None
    marks: tuple[CaseMark, ...] = ()
    """Oldest first."""
    marks_count: int = 0
    spare_drafts: tuple[SpareDraft, ...] = ()
    also_asked: tuple[AlsoAsked, ...] = ()
    retracted: bool = False
    ends_reports: bool = False
    """Closing it tells its reporters why they get no answer."""
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
