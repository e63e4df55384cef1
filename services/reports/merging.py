"""After a merge: every report of the merged case is told to move, in chunks, as often as it takes.

And what was lost all the same is found: an older version let two cases be merged into each other, or into a closed one,
and left drafts and sources behind. `mend` says what brings it back; told twice, it changes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from libs.contracts.messages import Command
from libs.contracts.reports.case import FinishMerge, RecallCase, ReopenCase, ResumeMerge, ReviveCase
from libs.contracts.reports.report import MoveReport
from libs.contracts.words import CaseState
from libs.runtime import logs
from libs.runtime.engine import Engine
from libs.runtime.mongo import identity_of
from services.reports.case.state import Case
from services.reports.looking import end_of
from services.reports.report.rules import GONE, Report
from services.reports.store import Store

log = logs.get()

CHUNK = 1_000
REST = timedelta(seconds=5)
"""Between two chunks of one merge: a report that was told leaves a moment later, and telling it again each second would
only fill a mailbox that is slow already."""
MERGED_READ = 200
"""Merged cases that are looked through at a time."""
UNREAD_FOR = timedelta(minutes=2)
"""After this a mark that its case does not show was lost on its way."""
STILL = timedelta(minutes=2)
"""A case that changed a moment ago is left alone: what it waits for is on its way."""
COUNTED = {"$nin": [state.value for state in GONE]}


class Merging:
    def __init__(self, engine: Engine, store: Store) -> None:
        self._engine = engine
        self._store = store
        self._after = ""

    async def step(self) -> None:
        """One chunk of every merge under way. A report that was told leaves the case a moment later."""
        cases, now = self._engine.collection("case"), datetime.now(UTC)
        rested = {"$not": {"$gt": now}}
        for case in await cases.across_tenants(
            {"ix.moving": True, "told_until": rested},
            limit=20,
            fields={"tenant": 1, "ix": 1, "state.merges": 1},
            sort=(("ix.opened", 1),),
        ):
            tenant, case_id, into = case["tenant"], identity_of(case["_id"]), case["ix"]["merged_into"]
            merge = case["state"].get("merges", 0)
            mine = {"$set": {"told_until": now + REST}}
            if not await cases.update(tenant, case_id, mine, where={"told_until": rested}):
                continue
            reports = await self._engine.collection("report").find(
                tenant,
                {"ix.case": case_id, "ix.state": COUNTED},
                sort=(("ix.received", 1),),
                limit=CHUNK,
                fields={"_id": 1},
            )
            moves = [MoveReport(report_id=identity_of(r["_id"]), into=into, out_of=case_id) for r in reports]
            await self._send(tenant, moves, at=now)
            # Another case may still be on its way into this one; its reports would come after we had looked.
            arriving = await cases.find(
                tenant, {"ix.moving": True, "ix.merged_into": case_id}, limit=1, fields={"_id": 1}
            )
            if not reports and not arriving:
                await self._send(tenant, [FinishMerge(case_id=case_id, merge=merge)], at=now)

    async def mend(self) -> None:
        """Looks through a part of the merged cases, and through marks that did not arrive; begins anew at the end."""
        found = await self._engine.collection("case").across_tenants(
            {"ix.merged_into": {"$type": "string"}, "_id": {"$gt": self._after}},
            sort=(("_id", 1),),
            limit=MERGED_READ,
            fields={"tenant": 1},
        )
        self._after = found[-1]["_id"] if len(found) == MERGED_READ else ""
        by_tenant: dict[str, list[str]] = {}
        for document in found:
            by_tenant.setdefault(document["tenant"], []).append(identity_of(document["_id"]))
        now = datetime.now(UTC)
        for tenant, case_ids in by_tenant.items():
            lost = mend(await self._around(tenant, case_ids, now), case_ids)
            if lost:
                log.warning("lost_cases_found", tenant=tenant, count=len(lost))
            await self._send(tenant, lost, at=now)
        await self._tell_marks_again(now)

    async def _around(self, tenant: str, case_ids: Iterable[str], now: datetime) -> dict[str, "Seen"]:
        """The cases, all that they were merged into, and all that were merged into those."""
        known: dict[str, Case] = {}
        wanted = set(case_ids)
        while wanted:
            known |= await self._store.cases_of(tenant, wanted)
            into = await self._store.find_cases(
                tenant, {"ix.merged_into": {"$in": sorted(wanted)}}, sort=(), limit=CHUNK
            )
            reached = {c.merged_into for c in known.values() if c.merged_into} | {c.case_id for c in into}
            wanted = reached - known.keys() - wanted
        fresh = await self._engine.collection("case").find(
            tenant,
            {"_id": {"$in": [f"{tenant}/{c}" for c in known]}, "touched_at": {"$gt": now - STILL}},
            limit=len(known) or 1,
            fields={"_id": 1},
        )
        moved = {identity_of(d["_id"]) for d in fresh}
        reports = self._engine.collection("report")

        async def count(case_id: str, **more: Any) -> int:
            return await reports.count(tenant, {"ix.case": case_id, "ix.state": COUNTED, **more})

        return {
            case_id: Seen(
                case=case,
                reports=await count(case_id),
                posts=await count(case_id, **{"ix.post": True}),
                unpublished=await count(case_id, **{"ix.hidden": True, "ix.post": {"$ne": True}}),
                still=case_id not in moved,
            )
            for case_id, case in known.items()
        }

    async def _tell_marks_again(self, now: datetime) -> None:
        unread = await self._engine.collection("report").across_tenants(
            {"ix.unread": True, "touched_at": {"$lt": now - UNREAD_FOR}},
            sort=(("ix.received", 1),),
            limit=CHUNK,
            fields={"tenant": 1, "state": 1},
        )
        for document in unread:
            tenant, case_id = document["tenant"], document["state"].get("case_id")
            case = await self._store.case(tenant, case_id) if case_id else None
            if case is None:
                continue
            report = Report.model_validate(document["state"])
            await self._send(tenant, marks_missing(report, case), at=now)

    async def _send(self, tenant: str, commands: Sequence[Command], *, at: datetime) -> None:
        """Under new ids: each says which case a report is to leave, or which merge it speaks of, and so takes effect
        once; a report that goes round a ring of merges has to leave the same case again."""
        writer = self._engine.writer
        await self._engine.send([writer.command(c, command_id=uuid4(), tenant=tenant, at=at) for c in commands])


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as it lies there.

    Attributes:
        reports: how many lie in it.
        posts: of these, seen by officers: nobody asks by them.
        unpublished: of those who ask, who are hidden from the public.
        still: nothing happened to it for a while, so nothing is on its way.
    """

    case: Case
    reports: int
    posts: int = 0
    unpublished: int = 0
    still: bool = True


def mend(seen: Mapping[str, Seen], case_ids: Iterable[str]) -> list[Command]:
    """What brings back the merged cases among `case_ids` that were lost.

    Args:
        seen: they, all that they were merged into, and all that were merged into those.
    """
    into = {case_id: s.case.merged_into for case_id, s in seen.items()}
    found: dict[tuple[str, str], Command] = {}
    for case_id in case_ids:
        one = seen.get(case_id)
        if one is None or one.case.merged_into is None or not one.still:
            continue
        end = end_of(into, case_id)
        if end is None:
            _revived(seen, into, case_id, found)
            continue
        case = one.case
        if not case.moving and (one.reports or (not case.brought and _has_something(case))):
            found["resume", case_id] = ResumeMerge(case_id=case_id, merge=case.merges)
        last = seen[end]
        waiting = any(s.reports for c, s in seen.items() if end_of(into, c) == end)
        shut = last.case.state == CaseState.CLOSED and not last.case.answered and last.case.closed_at is None
        if shut and waiting and last.still:
            # By an older version: one of this version has told its reason.
            found["reopen", end] = ReopenCase(case_id=end, reason="waiting")
    return list(found.values())


def _revived(
    seen: Mapping[str, Seen], into: Mapping[str, str | None], case_id: str, found: dict[tuple[str, str], Command]
) -> None:
    """The ring that a case leads into, or the last case before nothing: the smallest id of it lives on."""
    walked: list[str] = []
    at = case_id
    while at in seen and at not in walked:
        walked.append(at)
        at = into[at] or ""
    ring = walked[walked.index(at) :] if at in walked else walked[-1:]
    if not all(seen[c].still for c in ring):
        return
    lives = min(ring)
    # Whoever leads into the ring counts where it lives on.
    basin = [c for c in seen if _leads_to(into, c, lives)]
    merge = seen[lives].case.merges
    askers = sum(seen[c].reports - seen[c].posts for c in basin)
    unpublished = sum(seen[c].unpublished for c in basin)
    found["revive", lives] = ReviveCase(case_id=lives, merge=merge, askers=askers, unpublished=unpublished)


def _leads_to(into: Mapping[str, str | None], case_id: str, lives: str) -> bool:
    walked: set[str] = set()
    at: str | None = case_id
    while at is not None and at not in walked:
        if at == lives:
            return True
        walked.add(at)
        at = into.get(at)
    return False


def _has_something(case: Case) -> bool:
    return bool(case.references or case.draft_number or case.party or case.marks)


def marks_missing(report: Report, case: Case) -> list[Command]:
    """Marks of a report that its case neither shows nor has seen dealt with."""
    if case.merged_into is not None or report.case_id != case.case_id:
        return []
    shown = {(m.report_id, m.n) for m in case.marks}
    return [
        RecallCase(case_id=case.case_id, mark=m)
        for m in report.marks
        if (m.report_id, m.n) not in shown and m.n > case.settled.get(m.report_id, 0)
    ]
