import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
LOCKED = {
    "all": [*PROJECT["project"]["dependencies"], *(line for group in GROUPS.values() for line in group)],
    **{
        service: [*PROJECT["project"]["dependencies"], *GROUPS[service]]
        for service in ("registry", "reports", "notify", "gateway")
    },
}


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def pinned(name: str) -> set[str]:
    return {_normal(found) for found in re.findall(r"^([A-Za-z0-9._-]+)==", lock(name), re.MULTILINE)}


@pytest.mark.parametrize("name", LOCKED)
def test_every_dependency_is_locked(name: str) -> None:
    asked = {_normal(re.split(r"[\[<>=!~; ]", requirement)[0]) for requirement in LOCKED[name]}

    assert asked <= pinned(name), f"pyproject.toml names more than requirements/{name}.txt: run make lock"


@pytest.mark.parametrize("name", ["registry", "reports", "notify", "gateway"])
def test_an_image_holds_no_test_tools(name: str) -> None:
    assert not pinned(name) & {"pytest", "mypy", "ruff", "playwright", "hypothesis"}


@pytest.mark.parametrize("name", [*LOCKED, "mongod"])
def test_every_lock_line_has_a_hash_and_none_an_address(name: str) -> None:
    text = lock(name)

    assert "://" not in text
    for requirement in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in requirement, requirement


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
