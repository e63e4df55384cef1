"""Coverage of two regions; no group and no partner in them is real."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from libs.contracts.registry.coverage import Standing
from libs.kit import areas
from services.gateway.console import views as console
from services.gateway.console.coverage import views

NOW = datetime(2026, 11, 24, 2, 14, tzinfo=UTC)
STANDINGS = (Standing.LIVE, Standing.LIVE, Standing.NONE, Standing.LIVE, Standing.EXPIRING, Standing.NONE)
UNTIL: Mapping[str, Sequence[date | None]] = {
    Standing.LIVE: (date(2028, 3, 1), None),
    Standing.EXPIRING: (date(2026, 12, 12),),
    Standing.NONE: (None, date(2026, 11, 3)),
}


def tile(code: str, n: int) -> views.Tile:
    standing = STANDINGS[n % len(STANDINGS)]
    until = UNTIL[standing][n % len(UNTIL[standing])]
    return views.Tile(
        code=code,
        title=areas.find(code).name,
        standing=standing,
        until=until,
        url=f"/jombang/console/partners?area={code}",
    )


def districts(region: str) -> tuple[views.District, ...]:
    numbers = count()
    return tuple(
        views.District(
            own=tile(one.code, n),
            name=one.name,
            tiles=tuple(tile(village.code, next(numbers)) for village in areas.children(one.code)),
            partners=(("activist", 2 + n), ("community_group", 4), ("government_account", 11)) if n % 4 else (),
            silent=n % 3,
            url=f"/jombang/console/partners?area={one.code}",
        )
        for n, one in enumerate(areas.children(region))
    )


def pages(desk: Callable[..., console.Desk]) -> Mapping[str, tuple[str, object]]:
    template = "console/coverage/coverage.html"
    base = views.CoveragePage(
        desk=desk(),
        at=NOW,
        own=tile("35.17", 0),
        districts=districts("35.17"),
        partners=(("activist", 44), ("community_group", 80), ("government_account", 231)),
        unplaced=2,
        silent=(
            views.Silent(name="Radio Suara Wonosalam", kind="media_outlet", area="35.17.05", url="/jombang/p6"),
            views.Silent(name="Suara Ploso", kind="activist", area="35.17.17", url="/jombang/p3"),
        ),
        silent_count=20,
        exports=(("villages", "/v.xlsx", "/v.csv"), ("districts", "/d.xlsx", "/d.csv")),
    )
    away = replace(base, districts=tuple(replace(one, silent=None) for one in districts("32.74")), unplaced=0)
    old = desk(stale_since=NOW - timedelta(hours=2))
    return {
        "coverage": (template, base),
        "coverage-of-a-city": (template, replace(away, desk=old, silent=(), silent_count=None)),
        "coverage-all-answer": (template, replace(base, districts=(), silent=(), silent_count=0)),
        "coverage-unavailable": (template, views.CoveragePage(desk=desk())),
    }
