"""What is found and masked in texts of a file: python -m tests.bench.personal.mask_eval IN OUT

IN is JSONL, a text a line: {"id": …, "text": …}, and where somebody marked it "spans": [{"start", "end", "kind"}, …].
OUT has for each {"id", "text", "masked", "spans": [{"start", "end", "kind", "text"}]}; offsets in characters.
Without IN the product's own sentences are taken. Recall and precision are printed where spans were given.
"""

import json
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from libs.kit.personal import Kind, Span, find, masked
from tests.bench.personal.sentences import score, sentences


def rows(given: str) -> Iterator[Mapping[str, Any]]:
    if not given:
        for n, sentence in enumerate(sentences(), 1):
            yield {"id": n, "text": sentence.text, "spans": [vars(s) for s in sentence.spans]}
        return
    for line in Path(given).read_text().splitlines():
        if line.strip():
            yield json.loads(line)


def answered(row: Mapping[str, Any]) -> dict[str, Any]:
    text = str(row["text"])
    spans = find(text)
    return {
        "id": row.get("id"),
        "text": text,
        "masked": masked(text, spans),
        "spans": [{"start": s.start, "end": s.end, "kind": s.kind, "text": text[s.start : s.end]} for s in spans],
    }


def main(given: str, out: str) -> None:
    began = time.process_time()
    asked = list(rows(given))
    found = [answered(row) for row in asked]
    spent = time.process_time() - began
    if out:
        Path(out).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found))
    number, each = sum(len(row["spans"]) for row in found), spent * 1000 / max(1, len(found))
    print(f"{len(found)} texts, {number} found, {each:.2f} ms each")
    judged = [(a, f) for a, f in zip(asked, found, strict=True) if "spans" in a]
    if judged:
        result = score((_spans(a), _spans(f)) for a, f in judged)
        print(f"recall {result.recall:.4f}, precision {result.precision:.4f}: {result}")


def _spans(row: Mapping[str, Any]) -> tuple[Span, ...]:
    return tuple(Span(s["start"], s["end"], Kind(s.get("kind", Kind.PHONE))) for s in row["spans"])


if __name__ == "__main__":
    main(*[*sys.argv[1:], "", ""][:2])
