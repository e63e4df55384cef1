"""Pages on which an office keeps itself; nobody and nothing in them is real."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from libs.contracts.registry.reads import Change, HistoryLine
from services.gateway.console import views as console
from services.gateway.console.office import views
from services.gateway.web.views import TenantView

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
VALUES = {
    "look": {
        "name": "Jombang Menjawab", "office": "Dinas Komunikasi dan Informatika Kabupaten Jombang",
        "government": "Pemerintah Kabupaten Jombang", "theme": "nila", "intro": "Tanya dulu, baru sebar.",
    },
    "clocks": {"interim_minutes": "15", "answer_hours": "24", "limit_hours": "72", "partner_answer_hours": "24"},
    "practice": {
        "timezone": "Asia/Jakarta", "contact_kept_days": "30", "match_caution": "usual", "archive_links": "yes",
    },
}  # fmt: skip
LINES = (
    HistoryLine(
        at=NOW,
        by="o1",
        what="look-changed",
        reason="Berganti nama",
        changes=(
            Change(field="branding.name", before="Jombang Cek Kabar", after="Jombang Menjawab"),
            Change(field="branding.theme", before="", after="nila"),
            Change(field="branding.address", before="x" * 300, after=""),
        ),
    ),
    HistoryLine(at=NOW, by="tidak-ada", what="practice-changed"),
    HistoryLine(
        at=NOW,
        by="setup",
        what="tenant-created",
        changes=(Change(field="settings.archive_links", after="yes"), Change(field="slug", after="jombang")),
    ),
)


def pages(
    desk: Callable[..., console.Desk], action: Callable[..., console.Action], tenant: TenantView
) -> Mapping[str, tuple[str, object]]:
    here = desk("Anton Nugroho", "tenant_admin")

    def concern(name: str, **changes: Any) -> views.ConcernPage:
        page = views.ConcernPage(
            desk=here,
            concern=name,
            action=action(f"console/office/{name}", version=2),
            preview_url=f"/jombang/console/office/{name}/preview",
            values=VALUES[name],
            errors={},
            logo_action=action("console/office/logo", version=0),
            removal=action("console/office/logo/removal", version=0),
        )
        return replace(page, **changes)

    errors = {"answer_hours": "invalid", "interim_minutes": "required"}
    differences = (
        views.Difference(field="theme", standing="", typed="kopi"),
        views.Difference(field="intro", standing="x" * 300, typed=""),
    )
    look = replace(tenant, theme="kopi", intro="Tanya dulu, baru sebar.", channel="Lapor Kabar")
    return {
        "office-look": ("console/office/concern.html", concern("look")),
        "office-look-preview": (
            "console/office/concern.html",
            concern("look", previewed=True, differences=differences, look=look),
        ),
        "office-look-conflict": (
            "console/office/concern.html",
            concern("look", conflict=True, differences=differences, logo="/jombang/logo/9f2c"),
        ),
        "office-clocks-wrong": (
            "console/office/concern.html",
            concern("clocks", errors=errors, desk=replace(here, errors=errors)),
        ),
        "office-practice-read": (
            "console/office/concern.html",
            concern("practice", action=action("console/office/practice", why_not="role_admin")),
        ),
        "office-history": (
            "console/office/history.html",
            views.HistoryPage(desk=here, lines=LINES, names={"o1": "Anton Nugroho"}),
        ),
        "office-history-away": ("console/office/history.html", views.HistoryPage(desk=here, lines=None, names={})),
    }
