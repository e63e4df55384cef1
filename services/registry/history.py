"""What became of an office, an officer or an agency, as people read it: who, what, when, why, and from what to what.

The differences are those of the states before and after an event, so that no kind of event can be forgotten here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.registry.reads import Change, HistoryLine
from libs.runtime.aggregates import Aggregate, State
from libs.runtime.documents import recorded_in
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document

MOST = 500
"""Lines, the newest. An office that is changed every working day fills them in two years."""
UNTOLD = frozenset({"logo_picture", "revisions", "old_slugs", "link_hash"})
"""What nobody reads: bytes, counters, and what follows from the rest."""


async def history(engine: Engine, kind: str, tenant: str, identity: str) -> Page[HistoryLine]:
    """Newest first."""
    entries = await engine.pages[kind].history(tenant, identity)
    told = lines(engine.aggregates[kind], entries, tenant=tenant, identity=identity)
    return Page[HistoryLine](items=tuple(reversed(told))[:MOST], count=len(told))


def lines(
    aggregate: Aggregate[Any], entries: Iterable[Document], *, tenant: str, identity: str
) -> Sequence[HistoryLine]:
    """Oldest first. What is private stays sealed and is not told."""
    state: State | None = None
    found = []
    for entry in entries:
        recorded = recorded_in(entry, tenant=tenant, identity=identity)
        after = aggregate.evolve(state, recorded.event)
        hidden = aggregate.state.private | UNTOLD
        line = HistoryLine(
            at=recorded.at,
            by=recorded.actor.id if recorded.actor else None,
            what=recorded.event.type_name.split(".")[1],
            reason=str(getattr(recorded.event, "reason", "")),
            changes=differences(state, after, hidden=hidden),
        )
        state = after
        found.append(line)
    return found


def differences(before: State | None, after: State, *, hidden: frozenset[str]) -> tuple[Change, ...]:
    old, new = (_flat(state, hidden) for state in (before, after))
    return tuple(
        Change(field=name, before=old.get(name, ""), after=new.get(name, ""))
        for name in dict.fromkeys((*old, *new))
        if old.get(name, "") != new.get(name, "")
    )


def _flat(state: State | None, hidden: frozenset[str]) -> dict[str, str]:
    values = state.model_dump(mode="json", exclude=set(hidden)) if state is not None else {}
    return dict(_leaves(values))


def _leaves(values: Mapping[str, Any], of: str = "") -> Iterable[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{of}{name}.")
        else:
            yield f"{of}{name}", _written(value)


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return str(value.get("text") or value.get("id") or "")
    return "\n".join(map(_written, value)) if isinstance(value, list) else str(value)
