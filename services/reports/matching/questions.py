"""What reports asks its matcher, and what it answers."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from libs.contracts.reports import parts

MEASURED = frozenset({"same_words", "little_said", "told_before", "in_the_explanation"})
"""Reasons whose value is a share."""


Care = Literal["looser", "usual", "stricter"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Question(_Part):
    """`id` comes back with the answer. `without`: cases that are not meant. `caution`: as the office wants it.
    `by_claim`: whether the claims of a message that makes several are told apart. `typed`: what somebody wrote of it,
    where the rest was read in pictures and pages, whose lines are no claims of their own."""

    id: str
    tenant: str
    text: str
    without: tuple[str, ...] = ()
    limit: int = 3
    caution: Care = "usual"
    by_claim: bool = False
    typed: str | None = None


class Why(_Part):
    """Codes: `matching.reasons.Reason`."""

    code: str
    value: str = ""

    def measured(self) -> parts.Why:
        """Without the words of reports: what is said there is another person's, and under seal."""
        return parts.Why(code=self.code, value=float(self.value) if self.code in MEASURED else None)


class Found(_Part):
    """`kind` is clarification or case; a clarification always has its case. `is_campaign`: the same words, of somebody
    else."""

    case_id: str
    clarification_id: str | None = None
    kind: str
    score: float
    is_campaign: bool = False
    reasons: tuple[Why, ...] = ()


class Imported(_Part):
    """An answer that somebody else published; `scope` is the office whose archive it stands in, or what all share."""

    known_id: str
    scope: str
    score: float
    is_sure: bool
    reasons: tuple[Why, ...] = ()


class ClaimFound(_Part):
    """One claim of a message that makes several: its words, and the likeliest of what there is."""

    text: str
    decision: str
    candidates: tuple[Found, ...] = ()
    imported: tuple[Imported, ...] = ()


class Answer(_Part):
    """`decision`: match, suggest or none, about the first candidate; candidates best first, those worth a look only.
    What others have answered is told beside it and decides nothing. A message of several claims (`claims`: those that
    have something to be named) is no match with what answers one of them."""

    id: str
    decision: str
    candidates: tuple[Found, ...] = ()
    imported: tuple[Imported, ...] = ()
    claims: tuple[ClaimFound, ...] = ()


def measured(found: Found | Imported) -> tuple[parts.Why, ...]:
    return tuple(why.measured() for why in found.reasons)
