"""What an officer reads of a report: personal data in it is masked before it leaves the service."""

from dataclasses import dataclass
from datetime import datetime

from libs.kit.personal import find, masked


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads, and when."""

    officer: str
    at: datetime


class Veil:
    """Over the texts of one report. Counts what it hides, or would hide."""

    def __init__(self, *, lifted: bool) -> None:
        self._lifted = lifted
        self.hidden = 0

    def over(self, text: str) -> str:
        spans = find(text)
        self.hidden += len(spans)
        return text if self._lifted else masked(text, spans)
