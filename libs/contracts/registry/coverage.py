"""Read models of coverage: where the office's region has community groups, and which partners it reaches where."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from libs.contracts.reads import Read


class Standing(StrEnum):
    """Of a community group in an area, as of a day."""

    LIVE = "live"
    EXPIRING = "expiring"
    NONE = "none"


class Kept(Read):
    """Whether an area has a group of its own.

    Attributes:
        until: last day of the term, ISO 8601; where there is none any more, of the last one that ended; empty: nobody
            has said, or there never was one.
        groups: how many of its groups are live.
    """

    code: str
    standing: Standing = Standing.NONE
    until: str = ""
    groups: int = 0


class DistrictCoverage(Kept):
    """Of a district: the group of its own level, its villages, and its active partners by kind, villages included."""

    villages: tuple[Kept, ...] = ()
    partners: Mapping[str, int] = {}


class CoverageView(Read):
    """
    Attributes:
        at: when it was read.
        region: the group of the office's own level.
        partners: active ones of the whole region by kind, each once.
        unplaced: live groups that say they are of a village and name none.
    """

    at: datetime
    region: Kept
    districts: tuple[DistrictCoverage, ...] = ()
    partners: Mapping[str, int] = {}
    unplaced: int = 0
