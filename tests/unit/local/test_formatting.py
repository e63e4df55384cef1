from pathlib import Path

import pytest

from deploy.formatting import LONGEST, long_lines, lost, styled, templates


def test_no_line_is_longer_than_a_screen_is_wide() -> None:
    found = list(long_lines([*templates(), *styled()]))

    assert not found, "Break these by hand, beside a tag or between two words:\n" + "\n".join(found)


def test_a_long_line_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.formatting.CHECKOUT", tmp_path)
    page = tmp_path / "page.html"
    page.write_text("<p>\n" + "a" * (LONGEST + 1) + "\n</p>\n")

    assert list(long_lines([page])) == [f"page.html:2: {LONGEST + 1} columns; at most {LONGEST}"]


def test_what_is_sent_as_it_came_is_not_formatted() -> None:
    kept = {"console.css", "console.js", "embed.js", "framed.js", "simpul.css", "simpul.js"}

    assert {path.name for path in styled()} == kept


def test_a_page_in_other_lines_is_the_same_page() -> None:
    assert lost("<p>{{ a }} <b>{{ 'b' }}</b></p>", '<p>\n  {{ a }} <b>\n    {{ "b" }}\n  </b>\n</p>\n') is None


def test_a_space_that_became_a_break_is_lost() -> None:
    place = lost("<p>{{ a }} <input></p>", "<p>\n  {{ a }}\n  <input>\n</p>\n")

    assert place is not None
    assert "<input>" in place
