"""What follows from the code stands in the repository as the code makes it."""

from pathlib import Path

import pytest

from deploy import generate
from libs.contracts.documents import SCHEMAS, snapshots


def test_what_is_generated_is_committed() -> None:
    stale = generate.stale()

    assert not stale, f"run make generate and commit what it writes: {', '.join(stale)}"


def test_a_breaking_change_is_not_written_over_what_was_released(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_more = {**snapshots(), "reports/long-gone.v1.json": {"type": "object"}}
    monkeypatch.setattr(generate, "standing_snapshots", lambda: with_more)
    monkeypatch.setattr(generate, "write", lambda: pytest.fail("it was written"))
    monkeypatch.setattr("sys.argv", ["generate"])

    assert generate.main() == 1
    assert "reports/long-gone.v1.json: removed" in capsys.readouterr().err


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    first = generate.write(tmp_path)

    assert sorted(generate.files()) == first
    assert generate.write(tmp_path) == []


def test_a_file_without_a_type_goes(tmp_path: Path) -> None:
    (tmp_path / SCHEMAS / "reports").mkdir(parents=True)
    stale = tmp_path / SCHEMAS / "reports" / "no-such-thing.v1.json"
    stale.write_text("{}")

    assert str(stale.relative_to(tmp_path)) in generate.write(tmp_path)
    assert not stale.exists()
