"""A young office and an old one: what the matcher answers by itself where the answer is there, and where it is not.

    python -m tests.bench.matching.offices [DATA_FOLDER] [--seed N] [--count N]

A young office has 1 to 20 answers, and nothing competes; an old one has 7,000. For each size, as many development
reports are asked twice: in an office drawn at random that has the answer, and in the same one without it. An answer
published twice counts as the right one where its titles are alike (as in training).
"""

import argparse
import random
import time
from pathlib import Path

from libs.kit.stems import Stems
from services.reports.matching.engine import Decision, Document, Kinds, Matcher
from tests.bench.matching.data import DATA, Archive

TENANT = "archive"
SIZES = (1, 5, 10, 20, 10**9)
TWIN_COSINE = 0.6


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=1_000)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    archive, stem = Archive.read(given.data), Stems()
    old = Matcher(stems=stem)
    for id, title in archive.titles.items():
        old.add(Document(id, TENANT, Kinds.CLARIFICATION, title))
    reports = chance.sample(archive.reports, min(given.count, len(archive.reports)))
    ids = list(archive.titles)
    twins = {
        report.answer: {
            each.document.id
            for each in old.examine(TENANT, archive.titles[report.answer])
            if each.features[0] >= TWIN_COSINE
        }
        | {report.answer}
        for report in reports
    }
    print("answers   answered alone and right   wrong   wrong where the answer is absent   ms CPU p50 / p95")
    for size in SIZES:
        right = wrong = absent = 0
        took = []
        matcher, inside = (old, set(ids)) if size >= len(ids) else (Matcher(stems=stem), set[str]())
        for report in reports:
            same = twins[report.answer]
            if matcher is not old:
                kept = {report.answer, *chance.sample([id for id in ids if id not in same], size)}
                kept.discard(next(iter(kept - {report.answer})))
                for id in inside - kept:
                    matcher.remove(id, TENANT)
                for id in kept - inside:
                    matcher.add(Document(id, TENANT, Kinds.CLARIFICATION, archive.titles[id]))
                inside = kept
            started = time.process_time()
            result = matcher.match(TENANT, report.text)
            took.append(1_000 * (time.process_time() - started))
            if result.decision is Decision.MATCH:
                right += result.candidates[0].id in same
                wrong += result.candidates[0].id not in same
            absent += matcher.match(TENANT, report.text, without=same).decision is Decision.MATCH
        took.sort()
        n = len(reports)
        name = f"{min(size, len(ids)):,}"
        speed = f"{took[n // 2]:.1f} / {took[int(n * 0.95)]:.1f}"
        print(f"{name:>7}   {right / n:24.3f}   {wrong / n:5.3f}   {absent / n:31.3f}   {speed:>18}")


if __name__ == "__main__":
    main()
