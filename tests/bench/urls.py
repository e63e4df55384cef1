"""What the product reads from addresses in a file.

python -m tests.bench.urls url IN OUT      a CSV with `raw_url`; agreement with what else stands in it is printed
python -m tests.bench.urls links IN OUT    a CSV with `a,b` -> `a,b,same`: one post or page, or two
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from libs.kit.hosts import endings, refused_because
from libs.kit.urls import NotAnAddress, as_pasted, opened_in_app, resolve

SAID = ("platform", "kind", "handle_or_id", "canonical_url", "identity_key", "offline_resolvable")
REASON = "reason"
_HANDLE = re.compile(r"@[\w.-]{1,60}|\w[\w.]{0,59}", re.ASCII)
_KINDS = {"page": "website"}


def described(raw: str) -> dict[str, str]:
    """In the words of the file: no platform for a site of somebody's own, `rejected` with the reason."""
    handle = raw.strip()
    if _HANDLE.fullmatch(handle) and ("." not in handle or handle[0] == "@" or _ending(handle) not in endings()):
        return _row("", "needs_platform", handle.removeprefix("@"))
    try:
        pasted = as_pasted(raw)
        # A link for an app has no host that could deceive.
        reason = refused_because(pasted) if opened_in_app(pasted) is None else None
        read = resolve(raw)
        # Nor may what a wrapper carries.
        reason = reason or (refused_because(read.url) if read.url else None)
    except NotAnAddress as error:
        return _row("", "rejected", reason=error.code)
    if reason is not None:
        return _row("", "rejected", reason=reason)
    platform = "" if read.platform == "web" else read.platform
    kind = _KINDS.get(read.kind, read.kind)
    return _row(platform, kind, read.id, read.url, read.identity, "yes" if read.resolved else "no")


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()


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
        says = described(row["raw_url"])
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
