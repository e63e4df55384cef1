"""How what lies in the gateway is written: `make format` does it, `make lint` asks whether it is done (`--check`).

Templates by djlint, style sheets and scripts by oxfmt; no line beyond 120 columns. djlint breaks the line at a space
before an <img>, <input>, <label>, <svg> or <br>, which is the same to a browser; here a break is nothing
(`services/gateway/web/joining.py`), so a template that would lose a space is left alone and named.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from jinja2 import Environment

from services.gateway.web.joining import Joined

CHECKOUT = Path(__file__).parents[1]
GATEWAY = CHECKOUT / "services" / "gateway"
LONGEST = 120
TOOLS = Path(sys.executable).parent

_ENVIRONMENT = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do", Joined])  # noqa: S701 (nothing is rendered)


def templates() -> list[Path]:
    return sorted(GATEWAY.rglob("templates/*.html"))


def styled() -> list[Path]:
    """What is sent as it came (`*.min.js`) is not ours to write."""
    static = GATEWAY / "web" / "static"
    return sorted(path for kind in ("*.css", "*.js") for path in static.glob(kind) if ".min." not in path.name)


def long_lines(paths: list[Path]) -> Iterator[str]:
    for path in paths:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if len(line) > LONGEST:
                yield f"{path.relative_to(CHECKOUT)}:{number}: {len(line)} columns; at most {LONGEST}"


def meaning(template: str) -> list[tuple[str, str]]:
    """What Jinja makes of a template, but for how its tags end and its strings are quoted."""
    found: list[tuple[str, str]] = []
    for token in _ENVIRONMENT._tokenize(template, None):
        if token.type != "data":
            found.append((token.type, "" if token.type.endswith(("begin", "end")) else str(token.value)))
            continue
        data = re.sub(r"\s*/?>", ">", re.sub(r"\s+", " ", token.value)).replace("<!doctype", "<!DOCTYPE")
        if found and found[-1][0] == "data":
            found[-1] = ("data", found[-1][1] + data)
        elif data:
            found.append(("data", data))
    return found


def lost(before: str, after: str) -> str | None:
    """The first place where two templates are not the same page."""
    was, now = meaning(before), meaning(after)
    if was == now:
        return None
    at = next((i for i, (a, b) in enumerate(zip(was, now, strict=False)) if a != b), min(len(was), len(now)))
    return " ".join(value for _, value in was[max(0, at - 6) : at + 1] if value)[-120:]


def _run(tool: str, *arguments: str | Path) -> int:
    return subprocess.run([TOOLS / tool, *arguments], cwd=CHECKOUT, check=False).returncode


def write() -> int:
    refused = 0
    with TemporaryDirectory() as place:
        copies = {path: Path(place, path.relative_to(GATEWAY)) for path in templates()}
        for path, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text())
        _run("djlint", "--reformat", "--quiet", "--configuration", CHECKOUT / "pyproject.toml", place)
        for path, copy in copies.items():
            if (where := lost(path.read_text(), copy.read_text())) is None:
                path.write_text(copy.read_text())
            else:
                refused += 1
                print(f'{path.relative_to(CHECKOUT)}: a space would be lost; write {{{{ " " }}}} at … {where} …')
    return refused + _run("oxfmt", *styled())


def check() -> int:
    wrong = list(long_lines([*templates(), *styled()]))
    print(*wrong, sep="\n", end="\n" if wrong else "")
    unlike = _run("djlint", "--check", "--quiet", *templates()) + _run("oxfmt", "--check", *styled())
    if wrong or unlike:
        print("Run `make format`, and break by hand what stays longer than a line (docs/decisions/0033).")
    return len(wrong) + unlike


if __name__ == "__main__":
    sys.exit(1 if (check() if "--check" in sys.argv else write()) else 0)
