"""What the steps of the report form are told."""

from dataclasses import dataclass

from libs.contracts.registry.questions import Question
from libs.contracts.reports.reads import KnownMatch, MatchAnswer
from libs.contracts.words import ReportKind
from libs.kit import imaging, media
from libs.kit.areas import Area
from services.gateway.reporting.draft import Draft
from services.gateway.reporting.forms import LONGEST_TEXT
from services.gateway.web.views import Form, FormPage

MEGA = 1_000_000


@dataclass(frozen=True, kw_only=True)
class AskedQuestion:
    question: Question
    field: str
    """Name of its field."""
    value: str
    asked: bool
    """Else it hangs on an answer that was not given: a script asks it at once, the next page without one."""
    when: str = ""
    """Name of the field that it hangs on."""


@dataclass(frozen=True, kw_only=True)
class AskedPage(FormPage):
    """Something is asked of a report. Consent is never ticked beforehand."""

    form: Form
    draft: Draft
    areas: tuple[Area, ...] = ()
    """The office's kecamatan."""
    questions: tuple[AskedQuestion, ...] = ()
    """The office's own, in the step that asks them."""
    max_megabytes: int = imaging.LARGEST_BYTES // MEGA
    max_media_megabytes: int = media.LARGEST_BYTES // MEGA
    max_minutes: int = media.LONGEST_SECONDS // 60
    max_characters: int = LONGEST_TEXT


@dataclass(frozen=True, kw_only=True)
class StepPage(AskedPage):
    """One of the three steps."""

    kind: ReportKind


@dataclass(frozen=True)
class ReceiptPage:
    """What is told in a frame once the report is kept: the ticket itself opens in a tab of its own."""

    number: str
    code: str

    @property
    def groups(self) -> tuple[str, ...]:
        return tuple(self.code[i : i + 4] for i in range(0, len(self.code), 4))


@dataclass(frozen=True, kw_only=True)
class KnownAnswer:
    found: MatchAnswer
    confirm: Form
    """"Ya, ini yang saya terima": counted, no contact asked."""

    @property
    def different(self) -> int:
        return sum(not difference.same for difference in self.found.differences)


@dataclass(frozen=True, kw_only=True)
class OthersAnswer:
    """Of another publisher, named wherever it is shown."""

    found: KnownMatch
    confirm: Form

    @property
    def different(self) -> int:
        return sum(not difference.same for difference in self.found.differences)


@dataclass(frozen=True, kw_only=True)
class ClaimOffer:
    """The answer that one claim of several may have: the office's own, or another publisher's."""

    text: str
    """The claim, in the words of who reports."""
    own: KnownAnswer | None = None
    other: OthersAnswer | None = None


@dataclass(frozen=True, kw_only=True)
class Offers:
    """Published answers that may fit; never said to be the same."""

    claims: tuple[ClaimOffer, ...] = ()
    """Of a message that makes several."""
    answers: tuple[KnownAnswer, ...] = ()
    others: tuple[OthersAnswer, ...] = ()

    @property
    def total(self) -> int:
        return len(self.claims) + len(self.answers) + len(self.others)


@dataclass(frozen=True, kw_only=True)
class OffersPart(Offers):
    """What fits what is typed so far: the first few, for the script of the form's first page."""


@dataclass(frozen=True, kw_only=True)
class CheckPage(Offers):
    """At most three, or one for each claim."""

    draft: Draft
    go_on: Form
    """"Bukan ini": the report goes on; it carries the refused cases. What answers one of several claims is none."""
