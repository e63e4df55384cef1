"""Pages on which an office keeps itself; nobody and nothing in them is real."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from libs.contracts.registry.reads import Change, HistoryLine, OfficerView
from services.gateway.console import views as console
from services.gateway.console.office import officer_views, views
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


AGENCIES = {"a1": "Dinas Kesehatan Kabupaten Jombang", "a2": "x" * 160}
OFFICERS = (
    OfficerView(id="o1", name="Anton Nugroho", initials="AN", roles=("tenant_admin",), email="anton@jombang.example"),
    OfficerView(
        id="o2", name="Rina Astuti", initials="RA", roles=("verifier", "editor", "approver"),
        email="rina@jombang.example", reset_asked_by="o1",
    ),
    OfficerView(
        id="o3", name="x" * 120, initials="X", roles=("liaison",), agency="a2", active=False, invited=True,
        link_until=NOW + timedelta(hours=70), email=f"{'x' * 60}@{'y' * 60}.example",
    ),
    OfficerView(id="o4", name="Budi", initials="B", roles=("verifier",), active=False, successor="o2"),
)  # fmt: skip
OFFICER_LINES = (
    HistoryLine(
        at=NOW, by="o1", what="officer-changed", changes=(Change(field="roles", before="verifier", after="editor"),)
    ),
    HistoryLine(at=NOW, by=None, what="officer-joined", changes=(Change(field="active", before="no", after="yes"),)),
    HistoryLine(at=NOW, by="o1", what="officer-retired", reason="Pindah tugas"),
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

    def listed(**changes: Any) -> officer_views.OfficersPage:
        page = officer_views.OfficersPage(
            desk=here, officers=OFFICERS, agencies=AGENCIES, action=action("console/office/officers"), values={},
            chosen=(), errors={},
        )  # fmt: skip
        return replace(page, **changes)

    def one(n: int, **changes: Any) -> officer_views.OfficerPage:
        names = (
            "renew_invitation", "grant_roles", "retire_officer", "reinstate_officer", "ask_factor_reset",
            "allow_factor_reset",
        )  # fmt: skip
        page = officer_views.OfficerPage(
            desk=here,
            officer=OFFICERS[n],
            held=3,
            colleagues=OFFICERS[1:2],
            agencies=AGENCIES,
            names={"o1": "Anton Nugroho", "o2": "Rina Astuti"},
            lines=OFFICER_LINES,
            actions={name: action(f"console/office/officers/o/{name}") for name in names},
            tried="",
            chosen=OFFICERS[n].roles,
            errors={},
        )
        return replace(page, **changes)

    taken = {"email": "email_taken", "roles": "invalid"}
    lonely = {"reason": "last_admin", "successor": "invalid"}
    return {
        "officers": ("console/office/officers.html", listed()),
        "officers-wrong": (
            "console/office/officers.html",
            listed(errors=taken, values={"name": "Sari"}, chosen=("liaison",), desk=replace(here, errors=taken)),
        ),
        "officers-away": ("console/office/officers.html", listed(officers=None)),
        "officer": ("console/office/officer.html", one(0)),
        "officer-reset": ("console/office/officer.html", one(1, held=None, lines=None)),
        "officer-invited": ("console/office/officer.html", one(2)),
        "officer-gone": ("console/office/officer.html", one(3)),
        "officer-wrong": (
            "console/office/officer.html",
            one(0, tried="retirement", errors=lonely, desk=replace(here, errors=lonely)),
        ),
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
