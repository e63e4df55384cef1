"""What the product reads from addresses in a file.

python -m tests.bench.urls url IN OUT      a CSV with `raw_url`, or an account as somebody typed it; a bare name needs
                                           `platform_hint`. Agreement with what else stands in the file is printed
python -m tests.bench.urls links IN OUT    a CSV with `a,b` -> `a,b,same`: one post or page, or two
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from libs.kit.handles import NEEDS_PLATFORM, NotAnAccount, understood
from libs.kit.urls import NotAnAddress, resolve

SAID = ("platform", "kind", "handle_or_id", "canonical_url", "identity_key", "offline_resolvable")
REASON = "reason"
_KINDS = {"page": "website"}


def described(raw: str, platform: str = "") -> dict[str, str]:
    """In the words of the file: no platform for a site of somebody's own, `rejected` with the reason.

    Args:
        platform: where the file names it beside a bare name (`platform_hint`).
    """
    try:
        read = understood(raw, platform)
    except NotAnAccount as error:
        if error.code == NEEDS_PLATFORM:
            return _row("", "needs_platform", error.detail)
        return _row("", "rejected", reason=error.code)
    platform = "" if read.platform == "web" else read.platform
    kind = _KINDS.get(read.kind, read.kind)
    return _row(platform, kind, read.id, read.url, read.identity, "yes" if read.resolved else "no")


def _row(
    platform: str, kind: str, id: str = "", url: str = "", key: str = "", resolvable: str = "yes", *, reason: str = ""
) -> dict[str, str]:
    return dict(zip((*SAID, REASON), (platform, kind, id, url, key, resolvable, reason), strict=True))


def same(a: str, b: str) -> bool:
    """Whether two addresses lead to one post or page."""
    try:
        one, other = resolve(a), resolve(b)
    except NotAnAddress:
        return a.strip() == b.strip()
    return one.mark == other.mark and (one.mark != "" or a.strip() == b.strip())


def evaluate_urls(rows: Iterable[Mapping[str, str]]) -> tuple[list[dict[str, str]], Counter[str], int]:
    """Rows with what we say in the columns of the file; what stood there comes back as `expected_…`."""
    found, agreed, count = [], Counter[str](), 0
    for row in rows:
        says = described(row["raw_url"], row.get("platform_hint") or "")
        expected = {f"expected_{name}": row[name] for name in SAID if name in row}
        agreed.update(name for name in SAID if row.get(name) == says[name])
        count += 1
        found.append({**row, **says, **expected})
    return found, agreed, count


def main(task: str, given: Path, out: Path) -> None:
    with given.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if task == "url":
        answers, agreed, count = evaluate_urls(rows)
        known = [name for name in SAID if rows and name in rows[0]]
        print(f"{count} addresses; agree: " + ", ".join(f"{name} {agreed[name]}" for name in known))
        for answer in answers:
            if any(answer[name] != answer[f"expected_{name}"] for name in known):
                print("  differs:", answer["raw_url"], *(answer[name] or "-" for name in SAID))
    else:
        answers = [{**row, "same": "yes" if same(row["a"], row["b"]) else "no"} for row in rows]
        wrong = [
            row for row, answer in zip(rows, answers, strict=True) if row.get("same", answer["same"]) != answer["same"]
        ]
        print(f"{len(rows)} pairs; {len(wrong)} otherwise than the file says")
        for row in wrong:
            print("  differs:", row["a"], row["b"])
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(dict.fromkeys(name for row in answers for name in row)))
        writer.writeheader()
        writer.writerows(answers)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
