import fnmatch
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from deploy.images.pip_settings import pip_conf
from tests.deploy.containerfiles import NAMES, read
from tests.deploy.imports import imports_of
from tests.deploy.manifests import CHECKOUT, IMAGES

SERVICES = [name for name in NAMES if name not in ("setup", "fetcher")]
ENTRY = {name: [f"services.{name}"] for name in SERVICES}
ENTRY |= {"setup": ["deploy.jobs.servers"], "fetcher": ["libs.fetcher"]}
ENTRY["reports"] += ["services.reports.matching"]
RUN_AS_SCRIPTS = {
    "libs/kit/imaging.py": "libs.kit.imaging_child",
    "libs/kit/media.py": "libs.kit.media_child",
    "libs/kit/sheets.py": "libs.kit.sheets_child",
    "libs/fetcher/pages.py": "libs.fetcher.page_child",
    "libs/fetcher/browser.py": "libs.fetcher.browser_child",
}
"""Modules that start another by its path, which no import shows."""
USED_WITHOUT_AN_IMPORT = {"python-multipart"}
"""Of forms, by the framework."""
NEVER_ASKED_FOR = {"gateway": {"imagehash", "python_calamine"}}
"""The gateway has pictures cleaned and knows how large a workbook may be; others compare and open them."""


def test_every_service_has_an_image() -> None:
    services = {file.parent.name for file in (CHECKOUT / "services").glob("*/__main__.py")}

    assert services == set(SERVICES)


@pytest.mark.parametrize("name", NAMES)
def test_an_image_runs_as_nobody_in_particular(name: str) -> None:
    user, group = read(name).value("USER").split(":")

    assert int(user) >= 10_000
    assert int(group) >= 10_000


@pytest.mark.parametrize("name", NAMES)
def test_an_image_takes_any_base_and_names_no_place(name: str) -> None:
    text = (IMAGES / f"{name}.Containerfile").read_text()
    default = re.search(r"^ARG BASE=(\S+)$", text, re.MULTILINE)

    assert default is not None
    assert not default[1].endswith(":latest")
    assert ":" in default[1]
    assert "/" not in default[1], "the name of a registry: leave it to the one who builds"
    outside = {stage[0].rest.partition(" AS ")[0] for stage in read(name).stages} - {"python"}
    assert outside == {"${BASE}"}


@pytest.mark.parametrize("name", NAMES)
def test_what_builds_an_image_does_not_stay_in_it(name: str) -> None:
    for instruction in read(name).shipped:
        if instruction.word == "RUN":
            tools = re.findall(
                r"\b(pip|python3-pip|python3-venv|gcc|build-essential|git|curl|wget)\b", instruction.rest
            )
            assert not tools, instruction
    assert not [i for i in read(name).final if i.word == "RUN"], "do it in an earlier stage"


@pytest.mark.parametrize("name", NAMES)
def test_packages_are_those_of_the_lock_and_settings_stay_outside(name: str) -> None:
    (install,) = [i.rest for stage in read(name).stages for i in stage if "/pip/bin/pip" in i.rest]

    assert "--require-hashes" in install
    assert "--only-binary :all:" in install, "a source package would need a compiler"
    assert "--mount=type=secret,id=pip" in install
    lock = "registry" if name == "setup" else name
    assert f"requirements/{lock}.txt" in read(name).copied()


@pytest.mark.parametrize("name", NAMES)
def test_an_image_says_how_it_starts_and_stops(name: str) -> None:
    file = read(name)

    assert json.loads(file.value("ENTRYPOINT")) == ["python", "-m"]
    assert json.loads(file.value("CMD")) == [ENTRY[name][0]]
    assert file.value("STOPSIGNAL") == "SIGTERM"
    assert file.environment()["PYTHONDONTWRITEBYTECODE"] == "1"
    assert "org.opencontainers.image.version" in file.value("LABEL")


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_holds_its_own_service_only(name: str) -> None:
    copied = [path for path in read(name).copied() if path.startswith("services/")]

    assert sorted(copied) == ["services/__init__.py", f"services/{name}"]


@pytest.mark.parametrize("name", NAMES)
def test_an_image_holds_every_module_that_it_imports(name: str) -> None:
    copied = read(name).copied()

    missing = {
        path
        for path in (str(file.relative_to(CHECKOUT)) for file in closure(name)[0])
        if not any(path == source or path.startswith(f"{source}/") for source in copied)
    }

    assert not missing


@pytest.mark.parametrize("name", NAMES)
def test_an_image_holds_every_package_that_it_imports(name: str) -> None:
    lock = next(path for path in read(name).copied() if path.startswith("requirements/"))
    locked = {normal(line) for line in re.findall(r"^([\w.-]+)==", (CHECKOUT / lock).read_text(), re.MULTILINE)}
    providers = packages_distributions()

    missing = {
        module
        for module in closure(name)[1]
        if module in providers and not locked & {normal(provider) for provider in providers[module]}
    }

    assert not missing, f"add what provides them to the group {name} of pyproject.toml, then make lock"


def closure(name: str) -> tuple[set[Path], set[str]]:
    files: set[Path] = set()
    others: set[str] = set()
    waiting = [*ENTRY[name]]
    while waiting:
        found = imports_of(waiting.pop(), CHECKOUT)
        waiting += [script for starter, script in RUN_AS_SCRIPTS.items() if CHECKOUT / starter in found.files - files]
        files |= found.files
        others |= found.others
    return files, others - set(sys.stdlib_module_names) - NEVER_ASKED_FOR.get(name, set())


@pytest.mark.parametrize("name", [*SERVICES, "fetcher"])
def test_an_image_holds_nothing_that_its_service_does_not_import(name: str) -> None:
    imported = closure(name)[1]
    owners = packages_distributions()
    used = {normal(owner) for module in imported for owner in owners.get(module, ())} | USED_WITHOUT_AN_IMPORT
    groups = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["dependency-groups"]

    asked_for = {normal(re.split(r"[\[><=]", requirement)[0]) for requirement in groups[name]}

    assert not asked_for - used, "take it out of the group in pyproject.toml, then `make lock`"


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_copies_land_where_imports_look() -> None:
    for name in NAMES:
        for source, target in read(name).copied().items():
            assert target == (f"/app/{source}" if not source.startswith("requirements/") else "/requirements.txt")


def test_nothing_secret_can_enter_a_build() -> None:
    rules = [line for line in (CHECKOUT / ".containerignore").read_text().splitlines() if line and line[0] != "#"]
    admitted = [rule[1:] for rule in rules if rule.startswith("!")]
    needed = {source for name in NAMES for source in read(name).copied()}

    assert rules[0] == "*"
    assert not {path for path in needed if not any(path_in(path, rule) for rule in admitted)}
    assert not [rule for rule in admitted if rule.startswith(".")]
    assert (CHECKOUT / ".dockerignore").read_text() == (CHECKOUT / ".containerignore").read_text()


def path_in(path: str, rule: str) -> bool:
    return path == rule or path.startswith(f"{rule}/") or fnmatch.fnmatch(path, rule)


def test_a_build_is_told_what_pip_is_told_here_but_no_paths() -> None:
    listed = "\n".join(
        [
            "global.index-url='https://mirror.invalid/simple'",
            "global.timeout='5'",
            "global.extra-index-url='https://a.invalid/simple\\nhttps://b.invalid/simple'",
            "list.format='columns'",
            ":env:.timeout='9'",
            ":env:.cert='/etc/ssl/certs/ca-certificates.crt'",
        ]
    )

    assert pip_conf(listed).splitlines() == [
        "[global]",
        "index-url = https://mirror.invalid/simple",
        "timeout = 9",
        "extra-index-url = https://a.invalid/simple",
        "    https://b.invalid/simple",
    ]


@pytest.mark.parametrize("script", sorted(IMAGES.glob("*.sh")), ids=lambda file: file.name)
def test_scripts_are_scripts(script: Path) -> None:
    assert subprocess.run(["sh", "-n", script], capture_output=True).returncode == 0
    assert script.stat().st_mode & 0o111
