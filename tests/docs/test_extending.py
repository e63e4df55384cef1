"""The recipes of docs/extending.md say what is there."""

import re

import pytest

from tests.architecture.source import CHECKOUT
from tests.docs.quoted import EXTENDING, Quoted, quoted, section

TEXT = (CHECKOUT / EXTENDING).read_text(encoding="utf-8")


@pytest.mark.parametrize("title", ["One more wish", "One more aggregate", "One more page", "One more channel"])
def test_a_recipe_quotes_the_code_as_it_stands(title: str) -> None:
    found = quoted(section(title))

    assert found
    gone = [f"{q.file}: {q.text.splitlines()[0].strip()}" for q in found if not q.stands]
    assert not gone, f"quote these anew in {EXTENDING}: {gone}"


def test_a_block_that_has_changed_is_noticed() -> None:
    one = quoted(section("One more wish"))[0]

    assert one.stands
    assert not Quoted(one.file, one.text.replace("reason", "grounds")).stands
    assert not Quoted("no/such/file.py", one.text).stands


def test_every_block_names_its_file() -> None:
    assert TEXT.count("```") == 2 * len(quoted(TEXT))


def test_the_files_that_it_names_are_there() -> None:
    named = set(re.findall(r"`((?:services|libs|docs|tests|deploy)/[\w/.]+)`", TEXT))

    assert named
    assert [name for name in sorted(named) if not (CHECKOUT / name).exists()] == []


def test_one_more_wish_takes_six_places() -> None:
    """Files and places in them, without what is generated, tests and demo."""
    assert len(quoted(section("One more wish"))) <= 6
