"""What is known of a case, and the words for where it stands."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import Field

from libs.contracts.reports.parts import Asked, Candidate, Draft, KnownFound, Mark, Reference, SpareDraft
from libs.contracts.words import CaseState
from libs.runtime.aggregates import State
from libs.runtime.errors import Refused

ENDED = frozenset({CaseState.MERGED, CaseState.CLOSED, CaseState.OUT_OF_SCOPE})
OUT = frozenset({CaseState.PUBLISHED, CaseState.MONITORING})
WRITABLE = frozenset(
    {
        CaseState.OPEN,
        CaseState.TRIAGED,
        CaseState.INVESTIGATING,
        CaseState.AWAITING_CONFIRMATION,
        CaseState.DRAFTING,
        *OUT,
    }
)
"""Where a draft may be written. After publication it is the draft of a correction."""

MOST_REFERENCES = 50

NOBODY_ASKED: Mapping[str, Any] = {"party": None, "asked_at": None, "asked_until": None}


class Case(State):
    case_id: str
    number: str
    state: str = CaseState.OPEN
    opened_at: datetime
    first_at: datetime
    last_at: datetime
    answer_due_at: datetime
    limit_at: datetime
    area: str | None = None
    askers: int = 0
    unpublished: int = 0
    """Of these, who asked by a report that is to stay hidden from the public."""
    forwarded_often: int = 0
    by_partner: bool = False
    """A partner reported it: first among cases of one severity."""
    sample: tuple[str, ...] = ()
    """First reports, for the title and the list."""
    severity: int = 1
    topic: str = ""
    owner: str | None = None
    leased_by: str | None = None
    leased_until: datetime | None = None
    triaged_at: datetime | None = None
    party: str | None = None
    """Who was asked; the answer clock stands while it is set."""
    asked_at: datetime | None = None
    asked_until: datetime | None = None
    references: tuple[Reference, ...] = ()
    draft: Draft = Draft()
    draft_number: int = 0
    author: str | None = None
    submitted_at: datetime | None = None
    approvals: tuple[str, ...] = ()
    approvals_needed: int = 1
    return_note: str = ""
    decided_at: datetime | None = None
    version: int = 0
    """Of the clarification; 0 before the first publication."""
    clarification_id: str | None = None
    published_verdict: str | None = None
    published_fact: str = ""
    published_at: datetime | None = None
    suggestions: tuple[Candidate, ...] = ()
    known: tuple[KnownFound, ...] = ()
    """What other publishers have answered; shown with their names, and no answer of this case."""
    judged: tuple[str, ...] = ()
    merged_into: str | None = None
    moving: bool = False
    """Merged, and its reports are still being told."""
    merges: int = 0
    """Times that it was merged, or that a merge was taken up again."""
    was: str | None = None
    """State before the merge."""
    given: int = 0
    """Askers that went along with the merge."""
    given_unpublished: int = 0
    given_forwarded: int = 0
    brought: bool = False
    """What it had went along as well."""
    carried: tuple[str, ...] = ()
    """Cases whose reports are counted here."""
    spare_drafts: tuple[SpareDraft, ...] = ()
    also_asked: tuple[Asked, ...] = ()
    """Parties that merged cases await an answer from."""
    marks: tuple[Mark, ...] = ()
    """What reporters said since, and nobody has dealt with."""
    settled: dict[str, int] = Field(default_factory=dict)
    """Report -> the last of its marks that was dealt with."""
    retracted: bool = False
    """Its answer was taken back."""
    closed_at: datetime | None = None
    closed_reason: str = ""

    @property
    def published_askers(self) -> int:
        """How many asked, as the public is told."""
        return max(0, self.askers - max(0, self.unpublished))

    @property
    def is_untouched(self) -> bool:
        """Nobody has begun to work on it, nor said anything of it: it is what reports made it."""
        work = self.leased_by or self.owner or self.references or self.draft_number or self.version
        said = self.judged or self.carried or self.marks or self.settled
        return self.state == CaseState.OPEN and not work and not said

    @property
    def answered(self) -> bool:
        return self.version > 0 and not self.retracted


def require_state(case: Case, states: Iterable[str]) -> None:
    if case.state not in states:
        raise Refused("state_conflict")
