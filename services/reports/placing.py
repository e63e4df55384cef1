"""Where a report belongs: asks the matcher, and remembers what it placed in the last minutes, because the matcher lags.

One tenant's reports are placed one at a time (the command's key is the tenant), so two copies of one text that arrive
together find each other.
"""

import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pydantic import TypeAdapter

from libs.contracts.reports.parts import Candidate
from libs.contracts.reports.report import Placement, PlaceReport
from libs.contracts.words import CaseState, MatchOutcome
from libs.kit.text import addresses, fingerprint_of, normalise
from libs.kit.urls import NotAnAddress, resolve
from libs.runtime import logs
from libs.runtime.aggregates import ERASED, Incoming
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.http import ServiceClient
from libs.runtime.mongo import key
from services.reports.case import ENDED
from services.reports.matching.questions import Answer, Question
from services.reports.report import Report, is_to_be_placed
from services.reports.store import Store

log = logs.get()

REMEMBERED = timedelta(minutes=5)
"""How far back the memory goes; the matcher lags by seconds."""
ALONE = 10.0
"""Seconds without a question after which another member may have placed this tenant's reports: read it anew."""
MOST = 2_000
WHOLE = frozenset(
    {
        "profile", "profile_id", "group", "group_invite", "channel", "channel_id", "custom_name", "legacy_user",
        "number", "playlist", "not_content",
    }
)  # fmt: skip
"""Kinds of address at which many claims are found."""
MOST_LINKS = 10
LEAST = 12
"""Characters. Below it a text says too little to be the same as another."""

ANSWERS = TypeAdapter(list[Answer])


@dataclass
class _Recent:
    """Fingerprints of the texts and pages that one tenant's last reports were about, and their cases."""

    cases: "OrderedDict[str, tuple[str, str | None]]" = field(default_factory=OrderedDict)
    asked: float = field(default_factory=time.monotonic)

    def note(self, mark: str, case_id: str, clarification_id: str | None) -> None:
        self.cases[mark] = (case_id, clarification_id)
        while len(self.cases) > MOST:
            self.cases.popitem(last=False)


@dataclass(frozen=True, slots=True)
class _Marked:
    """A report with what makes it a copy of another: marks take a third of a millisecond, so they are made once."""

    report: Report
    texts: list[str]
    links: list[str]

    @classmethod
    def of(cls, report: Report) -> "_Marked":
        return cls(report, marks_of(report), links_of(report))


class Placing:
    """Adds to every PlaceReport where the report belongs, before it is decided."""

    def __init__(self, store: Store, matcher: ServiceClient, *, within: float) -> None:
        self._store = store
        self._matcher = matcher
        self._within = within
        self._recent: dict[str, _Recent] = {}

    async def prepare(self, incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        asked = [(i, i.command) for i in incoming if isinstance(i.command, PlaceReport)]
        if not asked:
            return incoming
        reports = await self._store.reports({key(i.context.tenant, command.target) for i, command in asked})
        found = [
            (i, _Marked.of(report))
            for i, command in asked
            if (report := reports.get(key(i.context.tenant, command.target))) is not None
            and is_to_be_placed(report, command)
        ]
        # Of a text that is passed on word for word the first copies alone are a question.
        unknown = [
            (i.context.tenant, marked.report)
            for i, marked in found
            if _known(await self._memory(i.context.tenant), marked) is None and told(marked.report)
        ]
        answers = await self._ask(unknown)
        placements: dict[int, Placement] = {}
        for item, marked in found:
            answer = answers.get(marked.report.report_id)
            placements[id(item)] = await self._place(item.context.tenant, marked, answer)
        return [
            i._replace(command=i.command.model_copy(update={"placement": placements.get(id(i))}))
            if isinstance(i.command, PlaceReport)
            else i
            for i in incoming
        ]

    async def _ask(self, unknown: Sequence[tuple[str, Report]]) -> dict[str, Answer]:
        """What the matcher says of each report; nothing where it is down or slow."""
        if not unknown:
            return {}
        questions = [Question(id=r.report_id, tenant=tenant, text=told(r), without=r.refused) for tenant, r in unknown]
        try:
            body = await self._matcher.post(
                "/match", tenant=None, json=[q.model_dump(mode="json") for q in questions], within=self._within
            )
        except (Unavailable, Refused):
            log.warning("matcher_not_reached", reports=len(unknown))
            return {}
        return {a.id: a for a in ANSWERS.validate_json(body)}

    async def _place(self, tenant: str, marked: _Marked, answer: Answer | None) -> Placement:
        recent = await self._memory(tenant)
        report, marks, links = marked.report, marked.texts, marked.links
        known = _known(recent, marked)
        if known is not None:
            return Placement(
                outcome=MatchOutcome.MATCH, case_id=known[0], clarification_id=known[1], links=tuple(links)
            )
        placement = _placement(answer, report)
        if links and not marks and placement.case_id is None:
            placement = await self._by_link(tenant, report, links) or placement
        case_id = placement.case_id or report.case_id or report.own_case()
        for mark in (*marks, *links):
            recent.note(mark, case_id, placement.clarification_id)
        return placement.model_copy(update={"links": tuple(links)})

    async def _by_link(self, tenant: str, report: Report, links: Sequence[str]) -> Placement | None:
        """The newest case that another report brought the same post to, unless it was closed without an answer."""
        known = await self._store.cases_of_links(tenant, links)
        cases = await self._store.cases_of(tenant, known)
        for case_id in known:
            case = cases.get(case_id)
            if case is None or case_id in (*report.refused, report.case_id):
                continue
            # A case that rests after its answer still answers.
            if case.state not in ENDED or (case.state == CaseState.CLOSED and case.clarification_id):
                return Placement(outcome=MatchOutcome.MATCH, case_id=case_id, clarification_id=case.clarification_id)
        return None

    async def _memory(self, tenant: str) -> _Recent:
        recent = self._recent.get(tenant)
        now = time.monotonic()
        if recent is None or now - recent.asked > ALONE:
            recent = _Recent()
            since = datetime.now(UTC) - REMEMBERED
            for report in await self._store.placed_since(tenant, since, most=MOST):
                if report.case_id is not None:
                    for mark in (*marks_of(report), *links_of(report)):
                        recent.note(mark, report.case_id, None)
            self._recent[tenant] = recent
        recent.asked = now
        return recent


def _known(recent: _Recent, marked: _Marked) -> tuple[str, str | None] | None:
    """Case and clarification of a copy that was placed in the last minutes."""
    # A link alone says which post is meant; beside a text it may be the proof that the text is wrong.
    for mark in marked.texts or marked.links:
        known = recent.cases.get(mark)
        if known is not None and known[0] not in marked.report.refused and known[0] != marked.report.case_id:
            return known
    return None


def told(report: Report) -> str:
    """Everything that says what a report is about: its text, its links, and the words in its pictures."""
    if report.text == ERASED:
        return ""
    return "\n".join(part for part in (report.text, *report.urls, report.words) if part)


def marks_of(report: Report) -> list[str]:
    """What two copies of one message have in common."""
    if report.text == ERASED:
        return []
    normalised = normalise("\n".join(part for part in (report.text, report.words) if part))
    return [fingerprint_of(normalised)] if len(normalised) >= LEAST else []


def links_of(report: Report) -> list[str]:
    """Marks of the posts and pages that it points to; a whole account or site is no claim."""
    found = []
    for url in dict.fromkeys((*report.urls, *addresses(report.text))):
        with suppress(NotAnAddress):
            address = resolve(url)
            is_site = address.kind == "page" and "/" not in address.id and "?" not in address.id
            if address.kind not in WHOLE and not is_site:
                found.append(f"link:{sha256(address.identity.encode()).hexdigest()[:24]}")
    return found[:MOST_LINKS]


def _placement(answer: Answer | None, report: Report) -> Placement:
    if answer is None:
        unreadable = not told(report)
        return Placement(outcome=MatchOutcome.NONE if unreadable else MatchOutcome.UNMATCHED)
    candidates = tuple(
        Candidate(id=c.clarification_id or c.case_id, kind=c.kind, case_id=c.case_id, score=round(c.score, 4))
        for c in answer.candidates
        if c.case_id != report.case_id
    )
    if answer.decision == MatchOutcome.MATCH and candidates:
        best = answer.candidates[0]
        return Placement(
            outcome=MatchOutcome.MATCH,
            case_id=best.case_id,
            clarification_id=best.clarification_id,
            candidates=candidates,
        )
    return Placement(outcome=MatchOutcome.SUGGEST if candidates else MatchOutcome.NONE, candidates=candidates)
