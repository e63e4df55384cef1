"""Whom to ask next: everybody in turn, nobody too often. Pure; the same question has the same answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from libs.contracts.notify.reads import ProposedPartner

COUNTED = timedelta(days=30)
"""Over which the cap is counted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """
    Attributes:
        last: when the partner was asked last.
        times: how often within `COUNTED`.
    """

    last: datetime
    times: int


def choose(
    active: Iterable[str], asked: Mapping[str, Asked], *, wanted: int, cap: int, now: datetime
) -> tuple[ProposedPartner, ...]:
    """Those who were never asked first, then by the day on which they were asked last; behind them the passed over.

    Among equals a hash of the id decides: no partner is always first because of its name or its age.

    Args:
        active: partners that may be asked.
        cap: so often in `COUNTED` a partner is asked at most.
    """
    found = [_measured(one, asked.get(one), cap=cap, now=now) for one in dict.fromkeys(active)]
    free = sorted((one for one in found if not one.over_cap), key=_turn)
    over = sorted((one for one in found if one.over_cap), key=_turn)
    chosen = tuple(one.model_copy(update={"chosen": True}) for one in free[:wanted])
    return (*chosen, *over)


def _measured(partner: str, asked: Asked | None, *, cap: int, now: datetime) -> ProposedPartner:
    if asked is None:
        return ProposedPartner(partner_id=partner)
    days = max(0, (now - asked.last).days)
    return ProposedPartner(partner_id=partner, days_ago=days, times=asked.times, over_cap=asked.times >= cap)


def _turn(one: ProposedPartner) -> tuple[float, int, str]:
    waited = float("inf") if one.days_ago is None else one.days_ago
    return -waited, one.times, sha256(one.partner_id.encode()).hexdigest()
