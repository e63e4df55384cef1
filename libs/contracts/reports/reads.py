"""Read models of reports, cases and published answers."""

from datetime import date, datetime

from libs.contracts.reads import Page, Read
from libs.contracts.reports.known import ImportTally, RowProblem
from libs.contracts.reports.parts import (
    Asked,
    Candidate,
    ClaimFound,
    Draft,
    QuestionAnswer,
    Reference,
    Snapshot,
    SpareDraft,
    Why,
)
from libs.contracts.reports.parts import Mark as ReporterMark

OFFERED = 3
"""Answers that are shown to somebody who is about to report."""


class Step(Read):
    """One line of a thread. `what` is a word of the domain; the page finds its text."""

    what: str
    at: datetime
    actor: str | None = None
    party: str | None = None
    count: int | None = None
    note: str = ""
    until: datetime | None = None
    number: str = ""
    """Of the report that was moved, whence or whither `case_id` says."""
    case_id: str | None = None


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
    reasons: tuple[Why, ...] = ()


class KnownCard(Read):
    """An answer of another publisher, in their words. `verdict` is the word of ours that `label` means, where it means
    one; it is never the office's own verdict."""

    id: str
    publisher: str
    url: str
    claim: str
    label: str = ""
    verdict: str | None = None
    fact: str = ""
    body: str = ""
    published_on: date | None = None
    language: str = "id"
    version: int = 1
    demand: int = 0
    shared: bool = False
    """Of the archive that all offices read."""
    withdrawn: bool = False


class KnownMatch(Read):
    """`is_sure`: as sure as an answer of the office would have to be to be given by itself."""

    card: KnownCard
    score: float
    is_sure: bool = False
    differences: tuple[Difference, ...] = ()
    reasons: tuple[Why, ...] = ()


class ClaimMatch(Read):
    """One claim of a text that makes several, and the answer that it may have: the office's own, else of another
    publisher. `text`: its words, as they stand there; `outcome` as MatchOutcome."""

    text: str
    outcome: str
    answer: MatchAnswer | None = None
    known: KnownMatch | None = None


class MatchView(Read):
    """`POST /match`: at most three answers, best first: the office's own, then those of other publishers. `outcome` as
    MatchOutcome, about the office's own; never `match` for a text that makes several claims.

    Attributes:
        claims: of a text that makes several, those that may have been answered.
    """

    outcome: str
    answers: tuple[MatchAnswer, ...] = ()
    known: tuple[KnownMatch, ...] = ()
    claims: tuple[ClaimMatch, ...] = ()

    @property
    def offers(self) -> bool:
        return bool(self.answers or self.known or self.claims)

    @property
    def besides(self) -> "MatchView":
        """The answers that are told for no single claim, as far as there is room beside those."""
        named = {c.answer.card.id for c in self.claims if c.answer} | {c.known.card.id for c in self.claims if c.known}
        room = max(0, OFFERED - len(named))
        answers = tuple(a for a in self.answers if a.card.id not in named)[:room]
        known = tuple(k for k in self.known if k.card.id not in named)[: room - len(answers)]
        return MatchView(outcome=self.outcome, answers=answers, known=known)


class ImportView(Read):
    """A file of published answers on its way into the archive. `failure`: why the rest of it could not be read."""

    id: str
    file_name: str = ""
    publisher: str = ""
    started_at: datetime
    ended_at: datetime | None = None
    upto: int = 0
    tally: ImportTally = ImportTally()
    problems: tuple[RowProblem, ...] = ()
    """The first 200."""
    failure: str = ""


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


class SentFile(Read):
    """What a reporter sent, as they see it: a picture, voice, video or pdf, and whether there is something to see."""

    kind: str = "picture"
    has_preview: bool = True


class ClaimAnswer(Read):
    """One claim of a report that makes several, and the published answer that it surely has."""

    text: str
    card: ClarificationCard


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
    answers: tuple[QuestionAnswer, ...] = ()
    attachments: int = 0
    files: tuple[SentFile, ...] = ()
    """One for each attachment; empty in answers of an older process, when all were pictures."""
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
    known: KnownCard | None = None
    """What another publisher has answered and may be the same; only while the office has no answer of its own."""
    claims: tuple[ClaimAnswer, ...] = ()
    """Of several claims those that have their answer. The report has its own when its case has."""
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


class PartnerReport(Read):
    """What a partner reported, as that partner sees it. `state` as in `TicketView`."""

    id: str
    number: str
    state: str
    received_at: datetime
    text: str
    urls: tuple[str, ...] = ()
    attachments: int = 0
    answer_due_at: datetime | None = None
    clarification: ClarificationCard | None = None
    screened_reason: str | None = None
    ended_reason: str = ""
    """In the words of the office: why its case was closed without an answer."""


class Reveal(Read):
    """An officer looked at personal data in a report."""

    officer: str
    at: datetime
    reason: str
    note: str = ""


class OpeningView(Read):
    """An officer had the file as it was sent."""

    officer: str
    at: datetime
    reason: str
    note: str = ""


class PieceView(Read):
    """A piece of evidence, from its sender to whoever opened it.

    Attributes:
        piece: which of its report, from 1.
        kind: picture, voice, video or pdf.
        media_type, size, sha256: of the copy; size 0 where no program to make one was installed.
        original_sha256: of the file as it was sent, which lies sealed; None where it was not kept, as long ago.
        taken_at: when reports had it; None while it waits, and in what was taken before that was noted.
        failure: why it could not be taken.
        opened_until: till then the officer who asks may have the original.
    """

    piece: int
    kind: str = "picture"
    media_type: str
    size: int
    sha256: str
    original_sha256: str | None = None
    duration_seconds: int | None = None
    pages: int | None = None
    has_preview: bool = True
    brought_at: datetime
    taken_at: datetime | None = None
    taken: bool = False
    failure: str | None = None
    openings: tuple[OpeningView, ...] = ()
    opened_until: datetime | None = None


class CustodyReport(Read):
    """What one report brought, and what stood at the addresses that it names. Who sent it is named by its number alone.

    Attributes:
        intake: by which way it came (`Intake`); `entered_by`: the officer who entered it.
    """

    report_id: str
    number: str
    intake: str = "form"
    entered_by: str | None = None
    partner_id: str | None = None
    received_at: datetime
    pieces: tuple[PieceView, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()


class CustodyView(Read):
    """The chain of custody of a case. `left_off`: reports with evidence beyond the first hundred."""

    case_id: str
    number: str
    title: str
    reports: tuple[CustodyReport, ...] = ()
    references: tuple[Reference, ...] = ()
    left_off: int = 0


class PageView(Read):
    """An address that was reported, and what stood there.

    Attributes:
        page: its number in the report, from 1.
        url: as it was reported.
        waits: it is to be looked at, for the first time or once more.
        copies: newest first.
    """

    page: int
    url: str
    waits: bool = False
    copies: tuple[Snapshot, ...] = ()


class ReportRow(Read):
    """A report as an officer sees it: never who sent it, and personal data in it masked, unless the officer has said
    why it is needed."""

    id: str
    number: str
    kind: str
    state: str
    received_at: datetime
    text: str
    urls: tuple[str, ...] = ()
    doubt: str = ""
    answers: tuple[QuestionAnswer, ...] = ()
    """To what the office asked."""
    area: str | None = None
    seen_on: str | None = None
    forwarded_often: bool = False
    confidential: bool = False
    attachments: int = 0
    words: str = ""
    """Read from its pictures."""
    transcript: str = ""
    """Of its voice notes and videos, by a machine."""
    evidence: tuple[PieceView, ...] = ()
    pages: tuple[PageView, ...] = ()
    """Addresses of which copies are kept, where the office wants that."""
    case_id: str | None = None
    answer: str = ""
    messages: tuple[MessageView, ...] = ()
    marks: tuple[ReporterMark, ...] = ()
    """What its reporter said since, and nobody has dealt with."""
    masked: int = 0
    """Telephone numbers, NIK and other personal data in it: so many are hidden."""
    revealed_until: datetime | None = None
    """Till then they are shown to the officer who asks, who has said why."""
    reveals: tuple[Reveal, ...] = ()
    """Who has looked, oldest first."""
    intake: str = "form"
    """form, walk_in, phone, letter, post_seen, partner, chat, email, share or embed."""
    entered_by: str | None = None
    """The officer who wrote it down."""
    claims: tuple[ClaimFound, ...] = ()
    """Where it makes several: those that something was found for."""

    @property
    def not_answered(self) -> int:
        """Of its marks, "Belum"."""
        return sum(m.reason == "not_answered" for m in self.marks)


class MarkView(Read):
    """Something of a reporter that an officer has yet to deal with. `reason`: not_answered, message or evidence."""

    report_id: str
    number: str
    """Of the report."""
    n: int
    reason: str
    at: datetime
    text: str = ""


class Surge(Read):
    """A case that is told far more often than the office is used to; `usual`: reports of all cases in an hour."""

    last_hour: int
    usual: float


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
    """How many asked, as `demand` of its answer counts them, and those whose report is hidden from the public; None in
    answers of an older process."""
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
    surge: Surge | None = None
    by_partner: bool = False
    """A partner reported it."""


class Piece(Read):
    """A stretch of a text. `differs`: the other text says something else there, or nothing."""

    text: str
    differs: bool


class Exchanged(Read):
    """A name or word of this case, and what the other one says in its place."""

    ours: str
    theirs: str


class SimilarCase(Read):
    """A case or clarification that may be the same, side by side.

    Attributes:
        relation: campaign where it says the same in the same words of somebody else; then both texts are there, and
            what was exchanged in them.
        ours: the text of this case.
    """

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
    relation: str | None = None
    ours: tuple[Piece, ...] = ()
    theirs: tuple[Piece, ...] = ()
    exchanged: tuple[Exchanged, ...] = ()
    reasons: tuple[Why, ...] = ()


class ReportedClaim(Read):
    """One claim of a report that makes several, and what it may be about beside the case that the report is in.

    Attributes:
        text: its words, personal data masked.
        is_sure: as surely as an answer must fit that is given alone.
        case_id, number, title, state, verdict: of the case; `verdict` where it is published.
        known: what another publisher has answered, where no case of the office was found.
    """

    text: str
    is_sure: bool = False
    case_id: str = ""
    number: str = ""
    title: str = ""
    state: str = ""
    verdict: str | None = None
    score: float = 0.0
    known: KnownCard | None = None
    reasons: tuple[Why, ...] = ()


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
    known: tuple[KnownMatch, ...] = ()
    """What other publishers have answered, likeliest first."""
    claims: tuple[ReportedClaim, ...] = ()
    """What its reports say beside: of those shown, each claim once."""
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


class TicketOpening(Read):
    """`GET /tickets/{number}/opening`: what opens a ticket without its code, for a link mailed to its reporter."""

    report_id: str
    code_hash: str
