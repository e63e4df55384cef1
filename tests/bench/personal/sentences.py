"""Own sentences with and without personal data: what is to be found in them is marked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from libs.kit.personal import Kind, Span

FILE = Path(__file__).with_name("sentences.txt")
_MARKED = re.compile(r"\[\[(\w+):(.*?)\]\](?!\])")


@dataclass(frozen=True)
class Sentence:
    text: str
    spans: tuple[Span, ...]


def sentences() -> tuple[Sentence, ...]:
    lines = FILE.read_text().splitlines()
    return tuple(marked(line) for line in lines if line and not line.startswith("#"))


def marked(line: str) -> Sentence:
    """Of `Rek [[bank_account:123]] saya`: the text without the marks, and where they were."""
    text, spans, upto = "", list[Span](), 0
    for mark in _MARKED.finditer(line):
        text += line[upto : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[2]), Kind(mark[1])))
        text += mark[2]
        upto = mark.end()
    return Sentence(text + line[upto:], tuple(spans))


@dataclass(frozen=True)
class Score:
    found: int
    missed: int
    wrong: int
    hidden: int
    """Characters of what should have been found that stay readable."""

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + self.missed)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + self.wrong)


def score(pairs: Iterator[tuple[tuple[Span, ...], tuple[Span, ...]]]) -> Score:
    """Of expected and found. A span is found when one of its kind or another covers it whole: a part of a number that
    stays readable is a number missed. One that touches none of the expected is wrong."""
    found = missed = wrong = readable = 0
    for expected, got in pairs:
        for span in expected:
            left = span.end - span.start - sum(_shared(span, g) for g in got)
            found += left <= 0
            missed += left > 0
            readable += max(0, left)
        wrong += sum(not any(_shared(g, e) for e in expected) for g in got)
    return Score(found, missed, wrong, readable)


def _shared(one: Span, other: Span) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))
