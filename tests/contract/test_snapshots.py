"""Every released shape stands in the repository; what the code makes of it must fit that."""

from libs.contracts.documents import ADVICE, breakages, snapshots, standing_snapshots


def test_no_released_shape_is_broken() -> None:
    broken = breakages(standing_snapshots(), snapshots())

    assert not broken, "\n".join(["This breaks those who know the released shapes:", *broken, ADVICE])


def test_a_removed_type_and_a_removed_field_are_named() -> None:
    standing = standing_snapshots()
    without = {name: schema for name, schema in standing.items() if name != "reports/count-demand.v1.json"}
    changed = dict(standing["reports/submit-report.v1.json"])
    changed["properties"] = {n: s for n, s in changed["properties"].items() if n != "area"}

    assert breakages(standing, without) == ["reports/count-demand.v1.json: removed"]
    assert breakages(standing, standing | {"reports/submit-report.v1.json": changed}) == [
        "reports/submit-report.v1.json: area: removed"
    ]
