"""A trained model as it is shipped: a few coefficients, read and applied without numpy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from operator import mul
from typing import Any


@dataclass(frozen=True, slots=True)
class Model:
    """Multinomial logistic regression; with one row of coefficients, the probability of yes.

    In plain floats: of so few numbers, making an array costs more than the sums (40 against 8 µs).
    """

    coefficients: tuple[tuple[float, ...], ...]
    """A row per class, for features as they are measured."""
    intercepts: tuple[float, ...]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Model":
        """Of what was trained on features less `mean`, divided by `scale`."""
        rows = [[c / s for c, s in zip(row, stored["scale"], strict=True)] for row in stored["coefficients"]]
        shifts = [sum(map(mul, row, stored["mean"])) for row in rows]
        intercepts = tuple(i - shift for i, shift in zip(stored["intercepts"], shifts, strict=True))
        return cls(tuple(map(tuple, rows)), intercepts)

    def probabilities(self, features: Sequence[float]) -> list[float]:
        logits = [sum(map(mul, row, features)) + i for row, i in zip(self.coefficients, self.intercepts, strict=True)]
        if len(logits) == 1:
            logits.insert(0, 0.0)
        highest = max(logits)
        exponents = [exp(logit - highest) for logit in logits]
        total = sum(exponents)
        return [exponent / total for exponent in exponents]
