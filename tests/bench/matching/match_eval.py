"""What the product would answer to each question of a file, through its own index and matcher.

    make match-eval ARCHIVE=<jsonl> QUERIES=<jsonl> OUT=<jsonl>

An archive row: `id`, `title_clean` (and, where there are any, `fact`, `explanation`, `body`, `linked_reports: [text]`
that a person confirmed, `open_reports: [text]`, each the first report of an open case of its own; a `publisher` changes
nothing). A query row: `query_id` or `report_id`, `report_text`, and perhaps `urls: [address]`, `exclude: [ids]` and
`picture`, a path from the folder of the file or from here, whose words count as text. Each answer: `ranked` holds
published answers only, best first; `decision` is about the first of them; `joins` is true where an open case takes the
report.
"""

import sys
import time
from pathlib import Path
from typing import Any

from libs.kit.stems import Stems
from services.reports.matching.engine import Decision, Kinds, Matcher
from tests.bench.matching.asked import TENANT, Id, Query, fill, queries, rows, write

RANKED = 10


def answered(matcher: Matcher, query: Query, written: dict[str, Id]) -> dict[str, Any]:
    started = time.perf_counter()
    ranked = matcher.ranked(TENANT, query.text, query.without)
    result = matcher.decided(ranked)
    took = 1000 * (time.perf_counter() - started)
    answers = [candidate for candidate in ranked if candidate.kind is Kinds.CLARIFICATION]
    return {
        "query_id": query.id,
        "ranked": [written[candidate.id] for candidate in answers[:RANKED]],
        "decision": str(result.answer),
        "score": round(answers[0].score, 6) if answers else 0.0,
        "joins": result.decision is Decision.MATCH and result.candidates[0].kind is Kinds.CASE,
        "ms": round(took, 3),
    }


def main(archive: Path, asked: Path, out: Path) -> None:
    matcher = Matcher(stems=Stems())
    written = fill(matcher, rows(archive))
    matcher.match(TENANT, "bantuan dibagikan lewat tautan", 1)
    count = write(out, (answered(matcher, query, written) for query in queries(asked)))
    print(f"{len(written)} answers, {count} questions: {out}", file=sys.stderr)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
