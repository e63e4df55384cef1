"""Answers the development reports with the shipped matcher, in the form the scoring tools read.

    python -m tests.bench.matching.evaluate OUT_FOLDER [DATA_FOLDER]

Writes `answers.jsonl` (whole archive), `absent.jsonl` (each report's answer taken out) and `pairs.jsonl`; prints time
and memory. The models have seen these texts in training; figures of texts they have not seen are printed by `train`.
"""

import json
import sys
import time
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from libs.kit.stems import Stems
from services.reports.matching.engine import Decision, Document, Kinds, Matcher, MatchResult
from tests.bench.matching.data import DATA, Archive

TENANT = "archive"
RANKED = 10


def main(out: Path, data: Path) -> None:
    archive = Archive.read(data)
    out.mkdir(parents=True, exist_ok=True)
    print(f"empty: {resident_mb()} MB")
    matcher = Matcher(stems=Stems())
    print(f"loaded: {resident_mb()} MB")
    started = time.perf_counter()
    for id, title in archive.titles.items():
        matcher.add(Document(id, TENANT, Kinds.CLARIFICATION, title))
    matcher.match(TENANT, "pembuka")
    print(f"{len(matcher)} titles in {time.perf_counter() - started:.1f} s: {resident_mb()} MB")

    timed = [answered(matcher, report.id, report.text, ()) for report in archive.reports]
    write(out / "answers.jsonl", timed)
    write(out / "absent.jsonl", [answered(matcher, r.id, r.text, {r.answer}) for r in archive.reports])
    write(out / "pairs.jsonl", [related(matcher, pair) for pair in archive.pairs])
    took = sorted(answer["ms"] for answer in timed)
    print(f"ms a query: p50 {took[len(took) // 2]:.1f}, p95 {took[int(len(took) * 0.95)]:.1f}, max {took[-1]:.1f}")
    print(f"end: {resident_mb()} MB")
    by_linked_text(archive)


def answered(matcher: Matcher, id: str, text: str, without: Collection[str]) -> dict[str, Any]:
    started = time.perf_counter()
    ranked = matcher.ranked(TENANT, text, without)
    result = matcher.decided(ranked)
    took = 1000 * (time.perf_counter() - started)
    return {
        "query_id": id,
        "ranked": [candidate.id for candidate in ranked[:RANKED]],
        "decision": str(result.decision),
        "score": ranked[0].score if ranked else 0.0,
        "ms": took,
    }


def related(matcher: Matcher, pair: dict[str, str]) -> dict[str, Any]:
    relation, score = matcher.relation(pair["text1"], pair["text2"])
    return {"pair_id": pair["pair_id"], "relation": str(relation), "score": score}


def by_linked_text(archive: Archive) -> None:
    """Each pair's first text was answered before; the second one comes in. Titles alone do not know either."""
    matcher = Matcher(stems=Stems())
    for number, pair in enumerate(archive.pairs):
        matcher.add(Document(f"c{number}", TENANT, Kinds.CLARIFICATION, pair["title1"]))
        matcher.add(Document(f"r{number}", TENANT, Kinds.LINKED, pair["text1"], answers_to=f"c{number}"))
    for group in ("same_claim", "same_template_other_target", "different"):
        answers = [
            (f"c{number}", matcher.match(TENANT, pair["text2"]))
            for number, pair in enumerate(archive.pairs)
            if pair["label"].startswith(group)
        ]
        found = sum(any(c.id == expected for c in result.candidates) for expected, result in answers)
        alone = sum(is_answer(result, expected) for expected, result in answers)
        print(f"linked text, {group}: {len(answers)} asked, {found} proposed, {alone} answered alone with it")


def is_answer(result: MatchResult, expected: str) -> bool:
    return result.decision is Decision.MATCH and result.candidates[0].id == expected


def resident_mb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


def write(file: Path, found: Iterable[dict[str, Any]]) -> None:
    with file.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row) + "\n" for row in found)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else DATA)
