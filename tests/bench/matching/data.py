"""The development data as the trainer and the evaluation read it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "matching"


@dataclass
class Report:
    id: str
    text: str
    answer: str


@dataclass
class Archive:
    titles: dict[str, str]
    reports: list[Report]
    pairs: list[dict[str, str]]

    @classmethod
    def read(cls, folder: Path) -> "Archive":
        return cls(
            {row["id"]: row["title_clean"] for row in rows(folder / "archive.jsonl")},
            [
                Report(row["report_id"], row["report_text"], row["clarification_id"])
                for row in rows(folder / "reports_to_archive.dev.jsonl")
            ],
            list(rows(folder / "pairs.dev.jsonl")),
        )


def rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())
