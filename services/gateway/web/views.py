"""What each public page is told: frozen values without I/O, filled by the routes from read models.

Times are aware and are written in the office's zone by the templates. Codes (kinds, verdicts, states) are
those of `libs.contracts.words`; an unknown code is shown as it came. Text that people typed is plain text,
in the language they typed it in.

    PageView      the frame of every page: language, office, navigation
    Form          what makes a form safe to send twice
    HomePage      ReportPage  CheckPage  OriginPage  ContactPage
    TicketPage    TicketLookupPage
    ClarificationsPage  ClarificationPage  CorrectionsPage  StatsPage  AboutPage  PrivacyPage
    LoginPage     LoginLinkPage  ConfirmPage  UnsubscribePage  OfficesPage  ErrorPage
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import quote

from libs.contracts.words import ReportKind
from libs.kit.calendar import Zone
from services.gateway.web.i18n import SOURCE, Lang


@dataclass(frozen=True, kw_only=True)
class TenantView:
    """The office that speaks. Its own words stay as it wrote them, in both languages."""

    slug: str
    name: str
    """Of the service: "Cirebon Saber Hoaks"."""
    government: str
    """"Pemerintah Kota Cirebon"."""
    office: str
    short_office: str
    """"DKIS Kota Cirebon": as it stands inside a sentence."""
    monogram: str
    theme: str = ""
    """One of "", nila, kopi, batu."""
    zone: Zone = Zone.WIB
    address: str = ""
    hours: str = ""
    email: str = ""
    logo_url: str = ""
    contact_kept_days: int = 30
    interim_minutes: int = 15
    answer_hours: int = 24
    limit_days: int = 3


@dataclass(frozen=True, kw_only=True)
class PageView:
    lang: Lang
    tenant: TenantView | None
    """None where no office speaks: the list of offices, an unknown address."""
    url: str = ""
    """Path and query of this page, for the language switch. Empty on a page that answers a POST and has no address
    that shows it: there the switch is left out, because following it would lose what was typed."""
    nav: str = ""
    """The entry of the navigation this page belongs to: clarifications, tickets, corrections, about."""
    save_data: bool = False
    """The reader's browser sent Save-Data: no web font."""
    now: datetime
    """When the page was made; deadlines are counted from it."""
    address: str = ""
    """Absolute, without a query; of pages that search engines may show. Empty on all others."""

    @property
    def canonical(self) -> str:
        return self.address if self.lang == SOURCE else f"{self.address}?lang={self.lang}"

    @property
    def alternates(self) -> tuple[tuple[str, str], ...]:
        """Language -> where the page stands in it."""
        return ("id", self.address), ("en", f"{self.address}?lang=en"), ("x-default", self.address)

    @property
    def home(self) -> str:
        return f"/{self.tenant.slug}" if self.tenant else ""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What makes a form safe: the same key sent twice takes effect once."""

    action: str
    key: str
    """Idempotency key, a UUID made by the server; after an error the same one comes back."""
    csrf: str
    carried: tuple[tuple[str, str], ...] = ()
    """Answers of earlier steps, as (name, value); without JavaScript they travel in the page itself."""


class Trouble(StrEnum):
    """Why a form came back although nothing in it is wrong. The answers are in it again, with the same key."""

    UNAVAILABLE = "unavailable"
    """503: perhaps kept, perhaps not; sending again is safe."""
    UPLOADS_UNAVAILABLE = "uploads_unavailable"
    """Text is taken, files are not."""
    TOO_MANY = "too_many"
    EXPIRED = "expired"
    """The page was open for longer than its browser's cookie lives."""
    UNREAD = "unread"
    """What was typed here before cannot be read now."""
    ANOTHER = "another"
    """A report with other words was sent from this form; this becomes a report of its own."""


@dataclass(frozen=True, kw_only=True)
class FieldError:
    """One error beside its field; the templates have the words for `code` in both languages."""

    field: str
    code: str
    """required, one_of, too_long, invalid, email_invalid, phone_invalid, consent_required, area_unknown,
    image_too_large, image_too_many_pixels, image_waits, image_type_not_allowed, image_broken, wrong_code, code_expired,
    code_used."""
    value: str = ""
    """What was given, as it should be printed: "14,2"."""
    limit: str = ""
    """The limit, as it should be printed: "10"."""


class _WithErrors:
    errors: tuple[FieldError, ...]

    def error(self, name: str) -> FieldError | None:
        return next((error for error in self.errors if error.field == name), None)


@dataclass(frozen=True, kw_only=True)
class ClarificationRow:
    number: str
    fact: str
    claim: str
    verdict: str
    published_at: datetime
    demand: int
    """How many people asked; the page prints 10,000 and more as "10.000+"."""
    corrected_at: datetime | None = None
    state: str = "published"
    """published, paused, retracted, expired."""


@dataclass(frozen=True, kw_only=True)
class CrisisView:
    """A statement in force. `next_at` is mandatory: people wait for it."""

    topic: str
    url: str
    number: int
    """Which statement this is, from 1."""
    at: datetime
    known: str
    unknown: str
    do: str
    next_at: datetime
    report_url: str


@dataclass(frozen=True, kw_only=True)
class WeekView:
    """What became of the reports of the last seven days."""

    received: int
    answered: int
    waiting: int


@dataclass(frozen=True, kw_only=True)
class HomePage:
    newest: tuple[ClarificationRow, ...] | None
    """At most five; None when reports does not answer."""
    crisis: CrisisView | None = None
    week: WeekView | None = None


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A picture that the gateway already holds, so that an error elsewhere does not cost the upload."""

    token: str
    name: str
    kilobytes: int


@dataclass(frozen=True, kw_only=True)
class ReportPage(_WithErrors):
    """Step 1 of 3."""

    kind: ReportKind
    form: Form
    text: str = ""
    forwarded_often: bool = False
    upload: Upload | None = None
    ask_sentence: bool = False
    """The picture could not be read: ask for one sentence of it."""
    max_megabytes: int = 10
    max_characters: int = 10_000
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


class Aspect(StrEnum):
    PLACE = "place"
    INSTITUTION = "institution"
    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, kw_only=True)
class Difference:
    aspect: str
    theirs: str
    """In what the reporter sent; empty when it is not named there."""
    ours: str
    same: bool


@dataclass(frozen=True, kw_only=True)
class KnownAnswer:
    row: ClarificationRow
    differences: tuple[Difference, ...]
    confirm: Form
    """"Ya, ini yang saya terima": counted, no contact asked."""

    @property
    def different(self) -> int:
        return sum(not difference.same for difference in self.differences)


@dataclass(frozen=True, kw_only=True)
class CheckPage:
    """At most three published answers that may fit; never said to be the same."""

    sent_text: str
    upload: Upload | None
    answers: tuple[KnownAnswer, ...]
    go_on: Form
    """"Bukan ini": the report goes on; it carries the refused cases."""


@dataclass(frozen=True, kw_only=True)
class AreaOption:
    code: str
    name: str


@dataclass(frozen=True, kw_only=True)
class OriginPage(_WithErrors):
    """Step 2 of 3; every field may stay empty."""

    kind: ReportKind
    form: Form
    areas: tuple[AreaOption, ...]
    """The office's kecamatan."""
    seen_on: str = ""
    area: str = ""
    doubt: str = ""
    skipped_check: bool = False
    """Matching was down or slow: said in one line, nothing lost."""
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, kw_only=True)
class ContactPage(_WithErrors):
    """Step 3 of 3. Consent is never ticked beforehand."""

    kind: ReportKind
    form: Form
    channel: str = "code"
    """code, email, whatsapp_manual."""
    email: str = ""
    phone: str = ""
    confidential: bool = False
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


class TicketState(StrEnum):
    RECORDING = "recording"
    """Acknowledged by the broker, not yet seen by reports: "Tersimpan, sedang dicatat"."""
    RECEIVED = "received"
    CHECKING = "checking"
    WAITING_PARTY = "waiting_party"
    WAITING_REPORTER = "waiting_reporter"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    CLOSED = "closed"
    NOT_CONTINUED = "not_continued"
    """Its case was closed without an answer; a message takes it up again."""
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"
    """Its reporter said that the answer did not answer."""
    REFUSED = "refused"
    """The owner refused the command afterwards; nothing of it is kept."""


class Step(StrEnum):
    """What happened to a report, as its reporter may see it."""

    RECEIVED = "received"
    INTERIM_SENT = "interim_sent"
    LINKED = "linked"
    CHECKING = "checking"
    WAITING_PARTY = "waiting_party"
    WAITING_REPORTER = "waiting_reporter"
    FORWARDED = "forwarded"
    ANSWERED = "answered"
    CORRECTED = "corrected"
    RETRACTED = "retracted"
    REMATCHED = "rematched"
    REOPENED = "reopened"
    CLOSED = "closed"
    NOT_CONTINUED = "not_continued"
    SCREENED_OUT = "screened_out"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class ThreadStep:
    step: str
    node: str
    """todo, now, done, stopped, corrected, knot."""
    at: datetime | None = None
    """When it happened; for `todo` the latest time it will."""
    party: str = ""
    """Who is waited for, or to whom it went."""
    until: datetime | None = None
    count: int = 0
    """Others with the same claim."""
    verdict: str = ""
    reason: str = ""
    """Code of why it stopped or closed (see the ticket template), or the officer's own words for a correction."""


@dataclass(frozen=True, kw_only=True)
class Message:
    mine: bool
    """Written by the reporter."""
    not_answered: bool = False
    """Said with a "Belum"."""
    at: datetime
    text: str
    file_url: str = ""
    file_name: str = ""
    kilobytes: int = 0


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Shown with the number and the secret code; the code only to who already proved to hold it."""

    number: str
    code: str
    """16 characters without spaces; empty when this visitor may not see it again."""
    first: bool = False
    """Nobody has said yet that number and code are noted down: the receipt comes before everything."""
    noted: Form | None = None
    """Says so; the code is not shown again then."""

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.code[i : i + 4] for i in range(0, len(self.code), 4))


@dataclass(frozen=True, kw_only=True)
class Following:
    """The contact that news goes to, masked by the owner ("s…n@…")."""

    channel: str
    masked: str
    stop: Form
    undeliverable: bool = False
    """The last message did not arrive: the ticket itself says what it said."""


@dataclass(frozen=True, kw_only=True)
class TicketPage(_WithErrors):
    receipt: Receipt
    kind: ReportKind
    state: TicketState
    again: bool = False
    """Its form was sent once more, or gone back to: said, with a way to a report that is new."""
    live_url: str
    """Stream of this ticket's events; the page also works without it."""
    steps: tuple[ThreadStep, ...] | None = ()
    """Oldest first; None when reports does not answer."""
    next_at: datetime | None = None
    """Latest time of the next news."""
    party: str = ""
    until: datetime | None = None
    reason: str = ""
    """Code of the outcome (closed) or of why it was not taken up (screened_out, refused)."""
    question: str = ""
    """What the officer asks (waiting_reporter)."""
    answer: ClarificationRow | None = None
    reply: str = ""
    """An office's own answer where there is no clarification (aspiration, complaint, request)."""
    sent_text: str = ""
    messages: tuple[Message, ...] = ()
    pictures: tuple[str, ...] = ()
    """Addresses of what the reporter sent, for whoever has opened the ticket."""
    message_text: str = ""
    """As typed, when the form comes back."""
    message: Form | None = None
    """Write to the officer; None when nobody would read it."""
    helped: Form | None = None
    """"Menjawab?" Ya/Belum."""
    helped_already: str = ""
    """yes or no, once said."""
    still_open: str = ""
    """As typed beside a "Belum", when the form comes back."""
    not_mine: Form | None = None
    """"Ini bukan yang saya laporkan": looked at again."""
    withdraw: Form | None = None
    following: Following | None = None
    contact: str = ""
    """Where nobody follows: the channel of the contact that was left a moment ago; `unreachable`, where the number is
    somebody else's; `unknown`, where it cannot be read whether one was left; empty where none was."""
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None

    @property
    def open(self) -> bool:
        return self.state not in (
            TicketState.ANSWERED,
            TicketState.CLOSED,
            TicketState.NOT_CONTINUED,
            TicketState.SCREENED_OUT,
            TicketState.WITHDRAWN,
            TicketState.REFUSED,
        )


@dataclass(frozen=True, kw_only=True)
class TicketLookupPage(_WithErrors):
    form: Form
    lost_form: Form
    """Asks for a link to the contact that was left."""
    number: str = ""
    email: str = ""
    lost: bool = False
    """That form came back."""
    sent: bool = False
    expired: bool = False
    """A link was used before, or is too old."""
    minutes: int = 15
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, kw_only=True)
class ClarificationsPage:
    rows: tuple[ClarificationRow, ...] | None
    """One keyset page; None when reports does not answer."""
    query: str = ""
    verdict: str = ""
    """Filter; empty means all."""
    total: int | None = None
    """Of this search, where it was counted."""
    newer_url: str = ""
    older_url: str = ""


@dataclass(frozen=True, kw_only=True)
class Source:
    title: str
    url: str
    publisher: str = ""
    at: date | datetime | None = None
    archive_url: str = ""
    sha256: str = ""


@dataclass(frozen=True, kw_only=True)
class Decider:
    role: str
    """author or approver."""
    initials: str
    """"R.A.": a full name only where the office set so and the officer agreed; then it stands here."""


@dataclass(frozen=True, kw_only=True)
class VersionView:
    number: int
    at: datetime
    verdict: str
    change: str = ""
    """What was changed and why; empty for the first."""


@dataclass(frozen=True, kw_only=True)
class ClarificationPage:
    row: ClarificationRow
    version: int
    explanation: tuple[str, ...]
    """Paragraphs."""
    sources: tuple[Source, ...]
    deciders: tuple[Decider, ...]
    versions: tuple[VersionView, ...]
    """Oldest first."""
    url: str
    """Absolute: for sharing and ClaimReview."""
    card_url: str
    card_shown_url: str = ""
    """The same, small enough to stand in the page."""
    preview_url: str = ""
    """Absolute: the picture that chat programs show of a link."""
    about_own_tenant: bool = False
    retracted_reason: str = ""
    review_at: datetime | None = None
    counted: bool = False
    """This reader just said "Ya, ini yang saya terima"."""
    newer_versions: bool = False
    """An older version is shown; `row.number` leads to the current one."""

    @property
    def correction(self) -> VersionView | None:
        last = self.versions[-1] if self.versions else None
        return last if last and last.change else None

    @property
    def whatsapp_url(self) -> str:
        return "https://wa.me/?text=" + quote(f"{self.row.fact} {self.url}", safe="")


@dataclass(frozen=True, kw_only=True)
class CorrectionRow:
    number: str
    fact: str
    at: datetime
    what: str
    """correction, retraction."""
    change: str
    version: int


@dataclass(frozen=True, kw_only=True)
class CorrectionsPage:
    rows: tuple[CorrectionRow, ...] | None
    older_url: str = ""


@dataclass(frozen=True, kw_only=True)
class StatsPage:
    """`received` is `answered`, `waiting` and `ended` together; `clarifications` is the sum of `verdicts`."""

    as_of: datetime
    days: int
    received: int
    answered: int
    waiting: int
    ended: int
    median_hours: int | None
    clarifications: int
    corrected: int
    verdicts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, kw_only=True)
class AboutPage:
    funding: str = ""
    """The office's own words on who pays."""


@dataclass(frozen=True, kw_only=True)
class PrivacyPage:
    contact: str = ""
    """Where to write; empty means the office's own address."""


@dataclass(frozen=True, kw_only=True)
class LoginPage(_WithErrors):
    """Officers: password, then a code, in one form."""

    form: Form
    email: str = ""
    locked_until: datetime | None = None
    signed_out: bool = False
    kept: bool = False
    """A form was sent after its session had ended; it is shown again to whoever wrote it."""
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, kw_only=True)
class LoginLinkPage(_WithErrors):
    """Partners: a one-time link by e-mail. The answer is the same whether the address is known or not."""

    form: Form
    email: str = ""
    sent: bool = False
    expired: bool = False
    late_since: datetime | None = None
    """An assignment's link led here after the time for its answer."""
    answered: str = ""
    """State of that assignment."""
    kept: bool = False
    """As at the officers' door."""
    minutes: int = 15
    errors: tuple[FieldError, ...] = ()
    trouble: Trouble | None = None


@dataclass(frozen=True, kw_only=True)
class ConfirmPage:
    """A link was opened; chat previews open links too, so a button does the thing."""

    form: Form
    purpose: str
    """login or ticket."""
    shown: str = ""
    """The ticket's number, or the partner's name."""


@dataclass(frozen=True, kw_only=True)
class UnsubscribePage:
    form: Form | None
    """None when it is done, or was done before: then the page only says so."""
    subject: str
    """report (news of one report) or partner (requests to share)."""
    shown: str = ""


@dataclass(frozen=True, kw_only=True)
class OfficeRow:
    url: str
    name: str
    government: str


@dataclass(frozen=True, kw_only=True)
class OfficesPage:
    offices: tuple[OfficeRow, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """The template is `errors/<status>.html`."""

    allowed: tuple[str, ...] = ()
    """403: the roles that may."""
    retry_seconds: int = 0
    """429, 503."""
    form: Form | None = None
    """503 after a POST: the whole form once more, so that one press sends it again."""
    reference: str = ""
    """Correlation id to quote when writing to the office."""
