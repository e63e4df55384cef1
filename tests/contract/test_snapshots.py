"""Every released shape stands in the repository; what the code makes of it must fit that."""

from pathlib import Path

import pytest

from libs.contracts import documents
from libs.contracts.documents import ADVICE, CHECKOUT, breakages, files, snapshots, standing_snapshots, write


def test_no_released_shape_is_broken() -> None:
    broken = breakages(standing_snapshots(), snapshots())

    assert not broken, "\n".join(["This breaks those who know the released shapes:", *broken, ADVICE])


def test_what_is_generated_is_committed() -> None:
    wanted = files()
    standing = {str(f.relative_to(CHECKOUT)) for f in (CHECKOUT / documents.SCHEMAS).rglob("*.json")}
    differing = [
        path for path, text in wanted.items() if not (CHECKOUT / path).exists() or (CHECKOUT / path).read_text() != text
    ]
    stale = sorted(standing - wanted.keys())

    assert not differing + stale, (
        f"These differ from the code: {', '.join(differing + stale)}. Run `make contracts` and commit what it writes."
    )


def test_a_removed_type_and_a_removed_field_are_named() -> None:
    standing = standing_snapshots()
    without = {name: schema for name, schema in standing.items() if name != "reports/count-demand.v1.json"}
    changed = dict(standing["reports/submit-report.v1.json"])
    changed["properties"] = {n: s for n, s in changed["properties"].items() if n != "area"}

    assert breakages(standing, without) == ["reports/count-demand.v1.json: removed"]
    assert breakages(standing, standing | {"reports/submit-report.v1.json": changed}) == [
        "reports/submit-report.v1.json: area: removed"
    ]


def test_a_breaking_change_is_not_written_over_what_was_released(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with_more = {**snapshots(), "reports/long-gone.v1.json": {"type": "object"}}
    monkeypatch.setattr(documents, "standing_snapshots", lambda: with_more)
    monkeypatch.setattr(documents, "write", lambda: pytest.fail("it was written"))
    monkeypatch.setattr("sys.argv", ["documents"])

    assert documents.main() == 1
    assert "reports/long-gone.v1.json: removed" in capsys.readouterr().err


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    first = write(tmp_path)

    assert sorted(files()) == first
    assert write(tmp_path) == []


def test_a_file_without_a_type_goes(tmp_path: Path) -> None:
    (tmp_path / documents.SCHEMAS / "reports").mkdir(parents=True)
    stale = tmp_path / documents.SCHEMAS / "reports" / "no-such-thing.v1.json"
    stale.write_text("{}")

    assert str(stale.relative_to(tmp_path)) in write(tmp_path)
    assert not stale.exists()
