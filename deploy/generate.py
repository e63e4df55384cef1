"""Writes everything in the checkout that follows from the code: `make generate`.

It never writes over a released shape that the code breaks: it says what would break, and how to do it instead.
`--unreleased` overrides that for a type that no deployment has seen yet.
"""

import argparse
import sys
from pathlib import Path

from deploy import accounts_page
from deploy.k8s import strimzi
from libs.contracts import documents
from libs.contracts.documents import ADVICE, CHECKOUT, SCHEMAS, breakages, snapshots, standing_snapshots
from services.gateway.api import document, permissions


def files() -> dict[str, str]:
    """By path in the checkout."""
    own = {document.FILE: document.written(), permissions.FILE: permissions.written()}
    own[accounts_page.FILE] = accounts_page.written()
    return documents.files() | own | strimzi.files()


def stale(root: Path = CHECKOUT) -> list[str]:
    """Paths that are not as the code would write them; those of types that are no more, too."""
    wanted = files()
    standing = {str(file.relative_to(root)) for file in (root / SCHEMAS).rglob("*.json")}
    return sorted((standing - wanted.keys()) | {path for path, text in wanted.items() if _read(root / path) != text})


def _read(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.exists() else None


def write(root: Path = CHECKOUT) -> list[str]:
    """Makes the files equal to the code; returns the paths that changed."""
    wanted, changed = files(), stale(root)
    for path in changed:
        file = root / path
        if path in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[path], encoding="utf-8")
        else:
            file.unlink()
    return changed


def main() -> int:
    parser = argparse.ArgumentParser(description="Writes everything that follows from the code.")
    parser.add_argument("--unreleased", action="store_true", help="overwrite shapes that no deployment has seen yet")
    arguments = parser.parse_args()
    broken = breakages(standing_snapshots(), snapshots())
    if broken and not arguments.unreleased:
        sys.stderr.write("\n".join(["This breaks released shapes; nothing was written.", *broken, ADVICE]) + "\n")
        return 1
    sys.stdout.write("\n".join(write() or ["Nothing changed."]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
