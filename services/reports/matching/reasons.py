"""Why an answer is proposed for a report, and why a person must look: codes with values, for pages to word."""

from collections.abc import Iterator
from dataclasses import dataclass

from libs.kit.claims import turns
from libs.kit.differences import Kind, conflicts
from services.reports.matching.features import Compared, replaced_names

FEW_WORDS = 4
MOST_SHOWN = 3
"""Values in one reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """
    Attributes:
        code: `word_for_word`, `same_words` (value: the share of the claim, by weight, that the report says),
            `told_before` (the report is like one that this answered, value: how much) and `in_the_explanation` (it is
            like a passage there, value: how likely the same) speak for the answer. `few_words`, `no_claim`,
            `little_said` (value as of `same_words`), `other_post`, `other_name`, and `other_` before a kind of mention
            (place, institution, amount, date, number) or an aspect of the claim (polarity, identifier, time, word)
            speak against; with `told_` before it, it is the nearest report there that says otherwise.
        value: published and reported with an arrow between them where the two differ.
    """

    code: str
    value: str = ""


def differing(query: Compared, published: Compared) -> Iterator[Reason]:
    """What the report says otherwise than a published claim."""
    for kind in sorted(conflicts(query.mentions, published.mentions)):
        yield Reason(f"other_{kind}", f"{_named(published, kind)}→{_named(query, kind)}")
    for turn in turns(query.reading, published.reading):
        yield Reason(f"other_{turn.aspect}", f"{turn.ours or ''}→{turn.theirs or ''}")
    if replaced := replaced_names(query, published):
        yield Reason("other_name", ", ".join(sorted(replaced)[:MOST_SHOWN]))


def share(part: float) -> str:
    return f"{part:.2f}"


def _named(compared: Compared, kind: Kind) -> str:
    return ", ".join([mention.shown for mention in compared.mentions if mention.kind == kind][:MOST_SHOWN])
