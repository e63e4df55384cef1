"""Segments of an office; no partner in them is real."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from libs.contracts.notify.reads import ProposedPartner
from libs.contracts.registry.reads import HistoryLine, PartnerRow
from libs.contracts.registry.segments import SegmentView
from libs.kit import areas
from services.gateway.console import views as console
from services.gateway.console.segments import views

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
GROUPS = SegmentView(
    id="s1", name="KIM Mojoagung", area="35.17.06", kind="community_group", platform="instagram", topic="banjir",
    state="active", run_by="independent", count=18,
)  # fmt: skip
EVERYBODY = SegmentView(id="s2", name="Siapa saja", count=10_001)


def pages(
    desk: Callable[..., console.Desk], action: Callable[..., console.Action], row: Callable[..., PartnerRow]
) -> Mapping[str, tuple[str, object]]:
    def form(**more: object) -> views.SegmentForm:
        base = views.SegmentForm(
            action=action("console/segments"),
            values={},
            errors={},
            areas=areas.children("35.17"),
            platforms=("instagram", "website"),
        )
        return replace(base, **more)  # type: ignore[arg-type]

    def proposed(n: int, name: str, **line: object) -> views.Proposed:
        return views.Proposed(
            line=ProposedPartner.model_validate({"partner_id": f"p{n}", **line}), name=name, url=f"/jombang/p{n}"
        )

    every = views.SegmentsPage(
        desk=desk(), rows=(GROUPS, EVERYBODY, SegmentView(id="s3", name="Lama", retired=True)), form=form()
    )
    one = views.SegmentPage(
        desk=desk(),
        segment=GROUPS,
        rows=(row(1, "Info Mojoagung", "activist", "35.17.06"), row(4, "KIM Cahaya", "community_group", "35.17.06")),
        list_url="/jombang/console/partners?kind=community_group",
        proposal=views.Proposal(),
        form=form(values=GROUPS.model_dump(mode="json")),
        retire=action("console/segments/s1/retirement"),
        history=(
            views.Line(change=HistoryLine(at=NOW, by="o1", what="segment-defined"), who="Yuli Hapsari"),
            views.Line(change=HistoryLine(at=NOW - timedelta(days=3), what="segment-defined"), who=""),
        ),
    )
    rows = (
        proposed(1, "Info Mojoagung", chosen=True),
        proposed(2, "KIM Cahaya", chosen=True, days_ago=41),
        proposed(3, "KIM Sinar", chosen=True, days_ago=0, times=1),
        proposed(4, "Suara Ploso", days_ago=2, times=3, over_cap=True),
    )
    proposal = views.Proposal(
        wanted="3", rows=rows, chosen=3, passed=1, more=True, xlsx_url="/u.xlsx", csv_url="/u.csv"
    )
    wrong = {"name": "required"}
    return {
        "segments": ("console/segments/segments.html", every),
        "segments-none": ("console/segments/segments.html", replace(every, rows=())),
        "segments-unavailable": ("console/segments/segments.html", replace(every, rows=None)),
        "segments-invalid": (
            "console/segments/segments.html",
            replace(every, desk=desk(errors=wrong), form=form(errors=wrong)),
        ),
        "segment": ("console/segments/segment.html", one),
        "segment-proposal": ("console/segments/segment.html", replace(one, proposal=proposal)),
        "segment-proposal-wrong": (
            "console/segments/segment.html",
            replace(one, proposal=views.Proposal(wanted="banyak", errors={"wanted": "invalid"})),
        ),
        "segment-unavailable": (
            "console/segments/segment.html",
            replace(one, rows=None, history=None, proposal=views.Proposal(wanted="3", available=False)),
        ),
        "segment-retired": (
            "console/segments/segment.html",
            replace(
                one,
                segment=SegmentView(id="s3", name="Lama", retired=True),
                history=(
                    views.Line(
                        change=HistoryLine(at=NOW, by="o1", what="segment-retired", reason="Diganti"),
                        who="Yuli Hapsari",
                    ),
                ),
            ),
        ),
    }
