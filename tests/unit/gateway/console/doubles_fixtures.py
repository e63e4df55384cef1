"""Pages about partners that are likely one; nobody and nothing in them is real."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.registry.reads import DoubleView, PartnerView
from services.gateway.console import views as console
from services.gateway.console.doubles import views
from services.gateway.console.partners import views as people

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
REASONS = ("same_account", "name_otherwise_spelled", "same_phone", "same_area", "reason_of_tomorrow")


def pages(
    desk: Callable[..., console.Desk], action: Callable[..., console.Action], partner_view: Callable[..., PartnerView]
) -> Mapping[str, tuple[str, object]]:
    one = partner_view(name="KIM Mekar Sari")
    other = partner_view(id="p9", name="Kelompok Informasi Masyarakat Mekarsari", state="draft", accounts=())

    def pair(n: int, *, score: float = 0.999, **more: Any) -> views.Pair:
        double = DoubleView(id=f"d{n}", one=one, other=other, score=score, reasons=REASONS[: 6 - n], at=NOW)
        sides = tuple(
            views.Side(
                partner=side,
                url=f"/jombang/console/partners/{side.id}",
                merge_url=f"/jombang/console/doubles/{side.id}/merge",
            )
            for side in (one, other)
        )
        given: dict[str, Any] = {"action": action("console/doubles/p4/apart"), **more}
        return views.Pair(double=double, sides=(sides[0], sides[1]), **given)

    nav = (
        people.Place("list", "/jombang/console/partners", False),
        people.Place("doubles", "/jombang/console/doubles", True),
    )
    page = views.DoublesPage(
        desk=desk(),
        nav=nav,
        pairs=(pair(1), pair(2, score=0.9, action=action("console/doubles/p4/apart", why_not="role_verifier"))),
        total=12,
        next_url="/jombang/console/doubles?after=x",
    )
    wrong = {"reason": "required"}
    former = views.Former(name="KIM Mekar Sari", url="/jombang/console/partners/p9?own=1", merged_at=NOW)

    def own(part: views.Doubles, **more: Any) -> people.PartnerPage:
        return people.PartnerPage(
            desk=desk(),
            partner=partner_view(**more),
            nav=nav,
            sections=(people.Section("doubles", part),),
            beside=(people.Section("contacts", ()),),
        )

    merged = {"state": "merged", "merged_into": "p4", "merged_at": NOW}
    return {
        "doubles": ("console/doubles/doubles.html", page),
        "doubles-none": ("console/doubles/doubles.html", views.DoublesPage(desk=desk(), nav=nav)),
        "doubles-unavailable": ("console/doubles/doubles.html", views.DoublesPage(desk=desk(), nav=nav, pairs=None)),
        "doubles-invalid": (
            "console/doubles/doubles.html",
            views.DoublesPage(desk=desk(errors=wrong), nav=nav, pairs=(pair(1, errors=wrong),), total=1),
        ),
        "partner-likely-double": (
            "console/partners/partner.html",
            own(views.Doubles(likely=(("KIM Mekarsari", "/jombang/console/partners/p9"),), former=(former,))),
        ),
        "partner-merged": (
            "console/partners/partner.html",
            own(
                views.Doubles(
                    into=former, undo=action("console/doubles/p4/unmerge"), undo_until=NOW + timedelta(days=30)
                ),
                **merged,
            ),
        ),
        "partner-merged-for-good": ("console/partners/partner.html", own(views.Doubles(), **merged)),
    }
