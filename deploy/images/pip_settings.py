#!/usr/bin/env python3
"""Prints what pip is told on this machine, from its files and its environment, as one pip.conf for a build."""

import ast
import re
import subprocess
import sys

LINE = re.compile(r"""(?P<section>:env:|[\w-]+)\.(?P<name>[\w-]+)=(?P<value>'.*'|".*")""")
ELSEWHERE = {"cert", "cache-dir", "log", "find-links", "require-virtualenv", "user", "target", "prefix"}
"""They name places of this machine, or how it keeps its own packages."""


def pip_conf(listed: str) -> str:
    """`pip config list` as a file: the environment wins over `[global]`, as it does in pip."""
    found = [match for line in listed.splitlines() if (match := LINE.fullmatch(line.strip()))]
    ranked = sorted(
        (match for match in found if match["section"] in ("global", "install", ":env:")),
        key=lambda match: ("global", "install", ":env:").index(match["section"]),
    )
    settings = {match["name"]: match["value"] for match in ranked if match["name"] not in ELSEWHERE}
    return "\n".join(["[global]", *(f"{name} = {_in_lines(value)}" for name, value in settings.items())])


def _in_lines(value: str) -> str:
    return "\n    ".join(str(ast.literal_eval(value)).strip().splitlines())


if __name__ == "__main__":
    # Where there is no pip there are no settings of it either, and the build takes pip's own.
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True)
    sys.stdout.write(pip_conf(listed.stdout) + "\n")
