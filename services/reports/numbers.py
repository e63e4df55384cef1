"""The numbers of an office, so that the parts add up to the whole. Pure."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

from libs.contracts.words import ReportState

WEEK = timedelta(days=7)
ANSWERED = frozenset({ReportState.ANSWERED, ReportState.CLOSED})
ENDED = frozenset({ReportState.WITHDRAWN, ReportState.SCREENED_OUT})


@dataclass(frozen=True, slots=True)
class Reports:
    """What became of the reports of some days; each is in exactly one of the three."""

    answered: int = 0
    waiting: int = 0
    ended: int = 0

    @property
    def received(self) -> int:
        return self.answered + self.waiting + self.ended


def what_became_of(tally: Mapping[tuple[str, ...], int], answered_cases: Container[str]) -> Reports:
    """
    Args:
        tally: (state, case) of reports -> how many.
        answered_cases: those with an answer that stands. A report that was opened again waits all the same.
    """
    answered = waiting = ended = 0
    for (state, case), count in tally.items():
        if state in ENDED:
            ended += count
        elif state in ANSWERED or (case in answered_cases and state != ReportState.REOPENED):
            answered += count
        else:
            waiting += count
    return Reports(answered, waiting, ended)


def middle(took: Iterable[timedelta]) -> float | None:
    """Hours, the middle of all; None where there is none."""
    hours = [duration.total_seconds() / 3600 for duration in took]
    return round(median(hours), 1) if hours else None
