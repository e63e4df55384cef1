"""Leaves a provider alone for a while that cannot be reached, so that others are not slowed down by it."""

from dataclasses import dataclass


@dataclass
class Breaker:
    """
    Attributes:
        many: failures in a row that open it.
        rest: seconds that it stays open; then one try decides.
    """

    many: int = 3
    rest: float = 5.0
    _failures: int = 0
    _until: float = float("-inf")

    def allows(self, now: float) -> bool:
        return now >= self._until

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, now: float) -> None:
        self._failures += 1
        if self._failures >= self.many:
            self._until = now + self.rest

    @property
    def is_open(self) -> bool:
        return self._failures >= self.many
