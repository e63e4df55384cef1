"""What must never stand in the repository."""

import re
from pathlib import Path

from tests.architecture.source import CHECKOUT, committed, text_of

VENDORED = ("tests/contract/vendor/", "tests/vendor/", "services/gateway/web/static/htmx.min.js")

# Put together here, so that this file does not hold what it looks for.
PACKAGE_HOSTS = [
    "py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "npm" + "js.com",
    "repo1." + "maven", "repo.maven" + ".apache",
    "docker" + ".io", "gh" + "cr.io", "quay" + ".io", "gc" + "r.io", "registry." + "k8s.io", "crates" + ".io",
    "proxy." + "golang", "deb." + "debian.org", "archive." + "ubuntu.com", "ruby" + "gems.org",
]  # fmt: skip
SECRETS = re.compile(
    "|".join(
        [
            "-----BEGIN [A-Z ]*" + "PRIVATE KEY",
            r"\bAKIA" + "[0-9A-Z]{16}",
            r"\bgh[pousr]_" + "[A-Za-z0-9]{36}",
            r"\bxox[baprs]-" + "[A-Za-z0-9-]{10,}",
            r"\beyJ[A-Za-z0-9_-]{10,}" + r"\.eyJ[A-Za-z0-9_-]{10,}\.",
        ]
    )
)
LOG_INS = re.compile(r"\b[a-z+]+://[^\s:/@'\"{}$]+:" + r"[^\s@/'\"{}<…$]+@")
"""User and password in an address. Tests may make some up."""
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(work|root|Users|home/[a-z]+)/[\w.]")


def lines(file: Path) -> list[tuple[int, str]]:
    return list(enumerate(text_of(file).splitlines(), 1))


def ours() -> list[Path]:
    return [f for f in committed() if not str(f.relative_to(CHECKOUT)).startswith(VENDORED)]


def test_no_package_registry_is_named() -> None:
    found = [
        f"{file.relative_to(CHECKOUT)}:{number} ({host})"
        for file in committed()
        for number, line in lines(file)
        for host in PACKAGE_HOSTS
        if host in line
    ]

    assert not found, f"Each place installs from the index that it is set up for: leave the host out: {found}"


def test_no_secret_lies_in_the_repository() -> None:
    found = [
        f"{file.relative_to(CHECKOUT)}:{number}"
        for file in ours()
        for number, line in lines(file)
        if SECRETS.search(line) or (LOG_INS.search(line) and "tests" not in file.relative_to(CHECKOUT).parts)
    ]

    assert not found, f"Make it at start-up under .local/ or mount it; then replace the secret, it is burnt: {found}"


def test_no_path_of_one_machine_is_named() -> None:
    found = [
        f"{file.relative_to(CHECKOUT)}:{number}"
        for file in ours()
        for number, line in lines(file)
        if MACHINE_PATHS.search(line)
    ]

    assert not found, f"Write paths relative to the checkout: {found}"


def test_the_patterns_find_what_they_look_for() -> None:
    assert SECRETS.search("-----BEGIN RSA " + "PRIVATE KEY-----")
    assert LOG_INS.search("mongodb://reports:" + "hunter2@127.0.0.1:27017")
    assert not LOG_INS.search("https://kota.example:8443/@simpul")
    assert MACHINE_PATHS.search("cd /" + "work/main") or MACHINE_PATHS.search("open('/" + "root/x')")
    assert not MACHINE_PATHS.search("https://kota.example/home/berita")


def test_nothing_unfinished_is_marked() -> None:
    marks = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + r"X|HA" + r"CK)\b")
    found = [
        f"{file.relative_to(CHECKOUT)}:{number}"
        for file in ours()
        if file.suffix in {".py", ".html", ".js", ".css", ".sh", ".yaml", ".toml", ".md", ".j2"}
        for number, line in lines(file)
        if marks.search(line)
    ]

    assert not found, f"Finish it, or open an issue and say so there: {found}"


def test_lock_files_with_addresses_are_not_committed() -> None:
    names = {str(f.relative_to(CHECKOUT)) for f in committed()}

    assert not names & {"uv.lock", "poetry.lock", "package-lock.json", "yarn.lock"}
