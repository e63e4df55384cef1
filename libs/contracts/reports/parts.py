"""Values that several messages of the reports service share."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from libs.contracts.fields import Flag, Limit, Line, Note, Publisher, Text, Url
from libs.contracts.words import Verdict


class Part(BaseModel):
    """A value inside a message. Unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Attachment(Part):
    """A sanitised file that the gateway keeps until reports has taken it: a picture where no kind is named.

    Attributes:
        kind: voice, video or pdf.
        sha256: of the sanitised copy, which people see or hear; of a PDF that is a picture of its first page.
        size: of the copy; 0 where no program to make one was installed.
        preview_sha256: of a still of a video, or of the first page.
        original_sha256: of the file as it was sent, kept sealed beside the copy; None in what was sent before there was
            one.
    """

    blob_id: str
    sha256: str
    media_type: str
    size: int
    original_sha256: str | None = None
    kind: str | None = None
    duration_seconds: int | None = None
    pages: int | None = None
    preview_sha256: str | None = None


class Snapshot(Part):
    """What stood at an address that was reported, when it was looked at.

    Attributes:
        page: which address of its report, from 1.
        turn: how often that one had been looked at, from 1.
        url: the address, as it was reported.
        final_url: where it led.
        status: HTTP's; None where nobody answered.
        sha256: of the copy (WARC).
        screenshot_sha256: of the picture of it; `screenshot` says why there is none.
        failure: why there is no copy: `login_wall`, `refused`, `unreachable`, …
        truncated: the page goes on beyond its copy.
    """

    page: int
    turn: int
    at: datetime
    url: str
    final_url: str = ""
    status: int | None = None
    media_type: str = ""
    title: str = ""
    description: str = ""
    sha256: str | None = None
    screenshot: str = ""
    screenshot_sha256: str | None = None
    failure: str | None = None
    truncated: bool = False


class QuestionAnswer(Part):
    """What a reporter answered to a question of the office, which is kept as it was asked."""

    question: str
    """Its id."""
    text: str
    type: str
    answer: str
    """Of yes or no `yes`, `no`; of a date ISO; of a place the code of its area."""


class Reference(Part):
    """A source. `sha256` is of the archived copy; None until there is one."""

    title: Line
    url: Url
    publisher: Publisher = ""
    sha256: str | None = None
    archived_at: datetime | None = None


class Draft(Part):
    """What the author proposes. `number` counts saves and guards against two people writing at once."""

    claim: Note = ""
    verdict: Annotated[str, Limit(words=Verdict)] | None = None
    about_own_tenant: Flag | None = None
    fact: Note = ""
    explanation: Text = ""
    change_note: Note = ""


MOST_WORDS, ALL_WORDS = 0.6, 0.9
"""Shares of a claim from which a report says most of it, or nearly all."""
ALIKE = 0.6
"""From here two reports are alike; below they have some words in common."""


class Why(Part):
    """Why an answer is proposed, or why a person must look: what was measured, and nothing that somebody wrote.

    Attributes:
        code: `word_for_word`, `same_words` (value: the share of the claim, by weight, that the report says),
            `told_before` (a report there is like this one; value: how much), `in_the_explanation` (a passage there is
            like it; value: how likely the same) and `same_picture` speak for the answer. `few_words`, `no_claim`,
            `little_said` (value as of `same_words`), `other_post`, `other_name`, and `other_` before what a Difference
            may be speak against; with `told_` before it, it is the nearest report there that says otherwise.
        value: a share from 0 to 1, or nothing.
    """

    code: str
    value: float | None = None

    @property
    def spoken(self) -> str:
        """Code by which it is worded."""
        match self.code, self.value:
            case "same_words", float(share):
                return "nearly_all" if share >= ALL_WORDS else "most" if share >= MOST_WORDS else "some"
            case "told_before", float(alike) if alike < ALIKE:
                return "told_in_part"
        return self.code


class Candidate(Part):
    """What the matcher thinks a report is about: a clarification or an open case.

    Attributes:
        relation: campaign where it says the same in the same words of somebody else; None where it may be the same.
    """

    id: str
    kind: str
    case_id: str
    score: float
    relation: str | None = None
    reasons: tuple[Why, ...] = ()


class KnownFound(Part):
    """What another publisher has answered and a report may be about; `scope`: whose archive it stands in."""

    id: str
    scope: str
    score: float
    is_sure: bool = False
    reasons: tuple[Why, ...] = ()


class ClaimFound(Part):
    """One claim of a report that makes several, and what it may be about, likeliest first.

    Attributes:
        text: its words, as they stand in the report.
        is_sure: the first candidate answers it as surely as an answer must that is given alone.
    """

    text: str
    is_sure: bool = False
    candidates: tuple[Candidate, ...] = ()
    known: tuple[KnownFound, ...] = ()


class Parted(Part):
    """An officer said that a report is not about the claim of a case.

    Attributes:
        number: the report's.
        other: where it went, told to the case that it left; whence it came, told to the other.
    """

    number: str
    by: str
    reason: str
    other: str


class Mark(Part):
    """Something of a reporter that an officer has yet to deal with. What it says stands in the report, under seal."""

    report_id: str
    n: int
    """n-th of this report, from 1: the same one marks a case once, however often it is told."""
    reason: str
    """not_answered, message or evidence."""
    at: datetime


class Asked(Part):
    """A party that was asked, and until when its answer is awaited."""

    party: str
    asked_at: datetime
    due_at: datetime


class SpareDraft(Part):
    """The text of a merged case, where the case that it joined had one already."""

    case_id: str
    number: str
    """Of the merged case."""
    author: str
    draft: Draft


class Belongings(Part):
    """What a merged case takes along beside its reports."""

    number: str = ""
    draft: Draft = Draft()
    author: str | None = None
    spare_drafts: tuple[SpareDraft, ...] = ()
    references: tuple[Reference, ...] = ()
    asked: tuple[Asked, ...] = ()
    severity: int = 1
    topic: str = ""
    area: str | None = None
    owner: str | None = None
    suggestions: tuple[Candidate, ...] = ()
    known: tuple[KnownFound, ...] = ()
    judged: tuple[str, ...] = ()
    sample: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()
    settled: dict[str, int] = Field(default_factory=dict)
    """Report -> the last of its marks that was dealt with."""
    carried: tuple[str, ...] = ()
    """Cases whose reports are counted in its own number."""
    last_at: datetime | None = None
    by_partner: bool = False


class Way(Part):
    """How a message for a merged case came to where it is: it follows the merges to the case that lives."""

    via: tuple[str, ...] = ()
    """Merged cases that it came through."""
    lives: str | None = None
    """Set when it came round to where it had been: this one of the ring lives on."""
