"""How the matcher bears 100,000 answers: time to ready, time of a question, the first after an addition, memory.

    python -m tests.bench.matching.scale [DATA_FOLDER] [--sizes 10000 100000] [--bodies]

Titles are made at run time: halves of two development titles. Questions are development reports. Each size has a
process of its own; times are of its CPU.
"""

import argparse
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from libs.kit.stems import Stems
from services.reports.matching.engine import Document, Kinds, Matcher
from tests.bench.matching.data import DATA, Archive

TENANT = "archive"
ASKED = 400
P95_MS, PEAK_MB, GROWTH, READY_S = 25, 600, 2.0, 30


def made(titles: list[str], count: int, chance: random.Random) -> Iterator[str]:
    yield from titles[:count]
    for _ in range(count - len(titles)):
        one, other = chance.choice(titles).split(), chance.choice(titles).split()
        yield " ".join((*one[: (len(one) + 1) // 2], *other[len(other) // 2 :]))


def measured(data: Path, size: int, *, bodies: bool) -> None:
    archive, chance = Archive.read(data), random.Random(size)
    chance.shuffle(archive.reports)
    texts = [report.text for report in archive.reports]
    began, used = time.perf_counter(), time.process_time()
    matcher = Matcher(stems=Stems())
    for number, title in enumerate(made(list(archive.titles.values()), size, chance)):
        body = " ".join(chance.choices(texts, k=4)) if bodies else ""
        matcher.add(Document(f"d{number}", TENANT, Kinds.CLARIFICATION, title, body))
    matcher.upkeep()
    matcher.match(TENANT, "pembuka")
    ready, ready_cpu = time.perf_counter() - began, time.process_time() - used

    asked = [timed(matcher, text) for text in texts[:ASKED]]
    after = []
    for number, text in enumerate(texts[ASKED : 2 * ASKED]):
        matcher.add(Document(f"new{number}", TENANT, Kinds.CLARIFICATION, f"{text[:90]} {number}"))
        after.append(timed(matcher, text))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(size, ready, ready_cpu, *(share(asked, p) for p in (0.5, 0.95)), share(after, 0.95), max(after), peak)


def timed(matcher: Matcher, text: str) -> float:
    began = time.process_time()
    matcher.match(TENANT, text)
    return 1_000 * (time.process_time() - began)


def share(took: list[float], part: float) -> float:
    return sorted(took)[int(part * len(took))]


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--sizes", nargs="+", type=int, default=(10_000, 100_000))
    parser.add_argument("--bodies", action="store_true")
    parser.add_argument("--one", action="store_true")
    given = parser.parse_args()
    if given.one:
        measured(given.data, given.sizes[0], bodies=given.bodies)
        return 0
    print("answers   ready s (CPU)   a question ms p50 / p95   first after an addition p95 / max   peak MB")
    found = []
    for size in given.sizes:
        command = [sys.executable, "-m", __spec__.name, str(given.data), "--one", "--sizes", str(size)]
        out = subprocess.run(
            [*command, *(["--bodies"] if given.bodies else [])], check=True, capture_output=True, text=True
        )
        _, ready, cpu, middle, most, after, longest, peak = map(float, out.stdout.split())
        found.append((middle, most, after, ready, peak))
        print(
            f"{size:>7}   {ready:7.1f} ({cpu:.1f})   {middle:16.1f} / {most:.1f}   {after:26.1f} / {longest:.1f}"
            f"   {peak:14.0f}"
        )
    (_, first, _, _, _), (_, most, after, ready, peak) = found[0], found[-1]
    growth = most / first
    print(f"p95 grows by {growth:.2f} from {given.sizes[0]:,} to {given.sizes[-1]:,}")
    held = max(most, after) <= P95_MS and peak <= PEAK_MB and growth <= GROWTH and ready <= READY_S
    print("within" if held else "beyond", f"{P95_MS} ms, {PEAK_MB} MB, growth {GROWTH}, {READY_S} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
