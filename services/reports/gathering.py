"""While an event is told by many, a second look at the small cases that were opened beside the one that others join.

The first wordings come before anything is known of the event, and some of them open cases. A young one that nobody has
touched is asked about again; where one of a few of its reports would join a case of a surge now, all of them are told
to look, and those go there that surely make the same claim (decision 41).
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pydantic import TypeAdapter

from libs.contracts.reports.report import PlaceReport
from libs.contracts.words import CaseState, MatchOutcome, ReportState
from libs.runtime.engine import Engine
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.http import ServiceClient
from libs.runtime.kept import Kept
from libs.runtime.mongo import identity_of, key
from services.reports.case.state import Case
from services.reports.case.surges import HOUR
from services.reports.case.surging import surging
from services.reports.kinds import CASE
from services.reports.matching.questions import Answer, Question
from services.reports.placing import told
from services.reports.report.rules import Report
from services.reports.store import LEAN, Store

QUESTIONS = "/match?hurried=true"
"""Passed over where the matcher has others to answer: there is a next look."""
SETTLED = timedelta(seconds=30)
"""From its opening to the first look. By then an event that is told twenty times a minute is known in some wordings."""
REST = timedelta(minutes=1)
"""Until the next look at least, else as long as the case is old: six of them in its first hour."""
LOOKED_AT = 10
"""Cases in one step, most of them of one report: a tenth of a second of the matcher's."""
PROBES = 4
"""Reports of one case that are asked about: the first wording alone may be the one that is like no other."""
CHUNK = 200
"""Reports of one case that are told in one step."""
COUNTED_FOR = 5.0
"""Seconds for which the reports of an office are not counted anew."""

ANSWERS = TypeAdapter(list[Answer])


class Gathering:
    """
    Args:
        held: whether reports that have no place yet wait for the matcher.
    """

    def __init__(
        self, engine: Engine, store: Store, matcher: ServiceClient, held: Callable[[], Awaitable[bool]]
    ) -> None:
        self._engine = engine
        self._store = store
        self._matcher = matcher
        self._held = held
        self._surges = Kept[Mapping[str, int]](COUNTED_FOR)

    async def step(self) -> None:
        """Looks at some young cases. Those that are left come next time: nobody waits for it."""
        if await self._held():
            return
        now = datetime.now(UTC)
        cases = self._engine.collection(CASE.name)
        rested = {"$not": {"$gt": now}}
        documents = await cases.across_tenants(
            {
                "ix.state": CaseState.OPEN.value,
                "ix.opened": {"$gte": now - HOUR, "$lte": now - SETTLED},
                "looked_until": rested,
            },
            sort=(("ix.opened", 1),),
            limit=LOOKED_AT,
            fields=LEAN,
        )
        mine: dict[str, list[Case]] = {}
        for document, case in zip(documents, await self._store.opened(CASE, documents), strict=True):
            tenant, until = document["tenant"], now + max(REST, now - case.opened_at)
            is_ours = await cases.update(
                tenant, identity_of(document["_id"]), {"$set": {"looked_until": until}}, where={"looked_until": rested}
            )
            if is_ours and case.is_untouched:
                mine.setdefault(tenant, []).append(case)
        for tenant, young in mine.items():
            await self._gather(tenant, young, now)

    async def _gather(self, tenant: str, young: Iterable[Case], now: datetime) -> None:
        surges = await self._surges.get(tenant, lambda: self._counted(tenant, now))
        small = {report_id: case for case in young if is_small(case, surges) for report_id in probes(case)}
        if not small:
            return
        reports = await self._store.reports(key(tenant, report_id) for report_id in small)
        questions = [_question(tenant, report) for report in reports.values() if told(report)]
        found: dict[str, str] = {}
        for answer in await self._answers(questions):
            case = small[answer.id]
            into = destination(case, answer, surges)
            if into is not None and case.case_id not in found:
                found[case.case_id] = into
                await self._tell(tenant, case, into, now)

    async def _counted(self, tenant: str, now: datetime) -> Mapping[str, int]:
        found = await surging(self._engine, tenant, {"$type": "string"}, now)
        return {case_id: surge.last_hour for case_id, surge in found.items()}

    async def _answers(self, questions: list[Question]) -> list[Answer]:
        body = [question.model_dump(mode="json") for question in questions]
        try:
            return ANSWERS.validate_json(await self._matcher.post(QUESTIONS, tenant=None, json=body))
        except (Unavailable, Refused):
            return []

    async def _tell(self, tenant: str, case: Case, into: str, now: datetime) -> None:
        reports = await self._engine.collection("report").find(
            tenant,
            {"ix.case": case.case_id, "ix.state": ReportState.LINKED.value},
            sort=(("ix.received", 1),),
            limit=CHUNK,
            fields={"_id": 1},
        )
        looks = [PlaceReport(report_id=identity_of(r["_id"]), out_of=case.case_id, into=into) for r in reports]
        # Each says which case it is to leave, and so takes effect once.
        writer = self._engine.writer
        await self._engine.send([writer.command(c, command_id=uuid4(), tenant=tenant, at=now) for c in looks])


def _question(tenant: str, report: Report) -> Question:
    without = (*report.refused, *((report.case_id,) if report.case_id is not None else ()))
    return Question(id=report.report_id, tenant=tenant, text=told(report), without=without)


def probes(case: Case) -> set[str]:
    """Some of its first reports, from the first to the last of them."""
    last = len(case.sample) - 1
    return {case.sample[round(last * n / (PROBES - 1))] for n in range(PROBES)} if case.sample else set()


def is_small(case: Case, surges: Mapping[str, int]) -> bool:
    """Whether another case is told more often."""
    return any(case_id != case.case_id and case.askers < count for case_id, count in surges.items())


def destination(case: Case, answer: Answer, surges: Mapping[str, int]) -> str | None:
    """The open case that a report surely belongs to, if it is one of a surge and told more often than its own."""
    if answer.decision != MatchOutcome.MATCH:
        return None
    best = answer.candidates[0]
    if best.clarification_id is not None or best.case_id == case.case_id:
        return None
    return best.case_id if surges.get(best.case_id, 0) > case.askers else None
