"""Which pictures of a folder are one: `make image-eval IN=<folder> OUT=<jsonl>`.

Each picture goes the way of a report's evidence: sanitised and looked at in a child process, read by OCR where there is
one. One line per picture comes out, in the order of their names:

    {"file": "variants/b00_jpeg60.jpg", "group": "base/b00.jpg", "how": "same"}

`file` is the path within the folder; pictures with one `group` are one, and the group is called after one of them.
`how` says by what it got there: `same` (a near hash, and the same pixels), `part` (its words lie where the other's do,
and there the pixels are the same: a crop, a screenshot of it, a stamped copy), or `alone` for what the group is called
after.
A picture that cannot be opened is alone, with the reason as `refused`.

Where a `manifest.csv` with `file,base` lies in the folder, agreement with it is printed.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from libs.kit.imaging import CHILDREN, ImageRefused, look, ocr, sanitise
from libs.kit.pictures import Fingerprint, Known, Overlap, Seen, is_copy, overlap

SCREENSHOTS = Path(__file__).parents[3] / "shared" / "data" / "images"
KINDS = (".jpg", ".jpeg", ".png", ".webp")


def known(path: Path) -> Known | str:
    """Or why it was refused."""
    try:
        looked = look(sanitise(path.read_bytes()).data)
    except ImageRefused as refused:
        return refused.code
    reading = ocr(looked)
    return Known(looked.hash, Seen(Fingerprint.of(looked), reading.words if reading else ()))


def grouped(pictures: Mapping[str, Known]) -> dict[str, tuple[str, str]]:
    """Name -> name of its group, and how it got there.

    A part belongs to one whole alone: what two different pictures have in common, when cut out, does not join them.
    """
    wholes: dict[str, str] = {}
    # Whoever shows most, and largest, is what the others are copies and parts of.
    order = sorted(pictures, key=lambda name: (-_shows(pictures[name]), name))
    found: dict[str, tuple[str, str]] = {}
    for name in order:
        one = pictures[name]
        copy = next((whole for whole in wholes if is_copy(pictures[whole], one)), None)
        best = (copy, "same") if copy is not None else (_whole_of(one, wholes, pictures), "part")
        if best[0] is None:
            wholes[name], found[name] = name, (name, "alone")
        else:
            found[name] = wholes[best[0]], best[1]
            # A copy of a part is found by its hash as well.
            wholes[name] = wholes[best[0]]
    return found


def _whole_of(one: Known, wholes: Mapping[str, str], pictures: Mapping[str, Known]) -> str | None:
    """Of the pictures that it may be cut out of the one that fits best."""
    laid = {whole: overlap(one.seen, pictures[whole].seen) for whole in wholes}
    fitting: dict[str, Overlap] = {whole: lies for whole, lies in laid.items() if lies is not None and lies.is_part}
    return min(fitting, key=lambda whole: fitting[whole].worst) if fitting else None


def _shows(picture: Known) -> int:
    return len(picture.seen.words) * picture.seen.fingerprint.tones.size


def pictures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in KINDS)


def evaluate(folder: Path, files: Sequence[Path]) -> list[dict[str, Any]]:
    names = [str(path.relative_to(folder)) for path in files]
    with ThreadPoolExecutor(CHILDREN) as workers:
        looked = dict(zip(names, workers.map(known, files), strict=True))
    groups = grouped({name: one for name, one in looked.items() if not isinstance(one, str)})
    rows: list[dict[str, Any]] = []
    for name in names:
        one = looked[name]
        if isinstance(one, str):
            rows.append({"file": name, "group": name, "how": "alone", "refused": one})
        else:
            rows.append({"file": name, "group": groups[name][0], "how": groups[name][1]})
    return rows


def agreement(rows: Sequence[Mapping[str, Any]], manifest: Sequence[Mapping[str, str]]) -> tuple[Counter[str], int]:
    """How many variants of each kind are in the group of their base, and how many pairs of bases were joined."""
    group = {row["file"]: row["group"] for row in rows}
    originals = {row["base"]: row["file"] for row in manifest if row["variant"] == "original"}
    right = Counter[str]()
    members = defaultdict(set)
    for row in manifest:
        members[group.get(row["file"], row["file"])].add(row["base"])
        right[row["variant"]] += group.get(row["file"]) == group.get(originals[row["base"]])
    joined = sum(len(bases) * (len(bases) - 1) // 2 for bases in members.values())
    return right, joined


def main(folder: Path, out: Path) -> None:
    rows = evaluate(folder, pictures_in(folder))
    with out.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    print(f"{len(rows)} pictures in {len({row['group'] for row in rows})} groups")
    manifest = folder / "manifest.csv"
    if manifest.exists():
        with manifest.open(encoding="utf-8", newline="") as listed:
            said = list(csv.DictReader(listed))
        right, joined = agreement(rows, said)
        of = Counter(row["variant"] for row in said)
        for variant, count in of.items():
            print(f"  {variant}: {right[variant]} of {count}")
        print(f"  different pictures joined: {joined}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
