"""How the product thinks that two texts belong together.

    make pairs-eval PAIRS=<jsonl> OUT=<jsonl>

A row: `pair_id`, `text1`, `text2`. Each answer: `relation` (same, template, different) and `score`, how sure the
product is that both make the same claim.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from libs.kit.stems import Stems
from services.reports.matching.engine import Matcher
from tests.bench.matching.asked import id_of, rows, text_of, write


def related(pairs: Path) -> Iterator[dict[str, Any]]:
    matcher = Matcher(stems=Stems())
    seen = set()
    for number, row in enumerate(rows(pairs), 1):
        id = id_of(row, "pair_id", "id")
        if id is None or str(id) in seen:
            print(f"{pairs}: pair {number}: {'no id' if id is None else f'id {id} again'}", file=sys.stderr)
            continue
        seen.add(str(id))
        relation, score = matcher.relation(text_of(row, "text1", "a"), text_of(row, "text2", "b"))
        yield {"pair_id": id, "relation": str(relation), "score": round(score, 6)}


def main(pairs: Path, out: Path) -> None:
    print(f"{write(out, related(pairs))} pairs: {out}", file=sys.stderr)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3]))
