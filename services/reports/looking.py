"""What a decision must know of other things than its own, looked up before the rules run; it travels in the command."""

import re
from collections.abc import Mapping, Sequence

from libs.contracts.messages import Command
from libs.contracts.reports.case import AdoptKnown, HandOverCase, JudgeSuggestion, MergeCase, Target, TriageCase
from libs.contracts.reports.known import KnownEntry
from libs.contracts.reports.report import DetachReport, RateAnswer, SubmitReport
from libs.contracts.words import ClarificationState
from libs.runtime.aggregates import Incoming
from libs.runtime.directory import Directory
from libs.runtime.mongo import key
from services.reports.case.state import Case
from services.reports.handing_over import heir
from services.reports.known.rules import scoped
from services.reports.matching.questions import Care
from services.reports.store import Store

LONGEST = 100
"""Merges in one chain that are followed. A guess, far beyond what an office does; a ring ends the walk before it."""


CARES: Mapping[str, Care] = {"looser": "looser", "usual": "usual", "stricter": "stricter"}


def caution_of(directory: Directory, tenant: str) -> Care:
    """As the office has set it; a word that this version does not know is the usual."""
    office = directory.tenants.get(tenant)
    return CARES.get(office.settings.match_caution, "usual") if office is not None else "usual"


class Looking:
    """
    Args:
        archives: whether this deployment keeps copies of pages at all.
    """

    def __init__(self, store: Store, directory: Directory, *, archives: bool = False) -> None:
        self._store = store
        self._directory = directory
        self._archives = archives

    async def prepare(self, incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        """Whatever a sender wrote into these fields is written over."""
        return [i._replace(command=await self._known(i.context.tenant, i.command)) for i in incoming]

    async def _known(self, tenant: str, command: Command) -> Command:
        match command:
            case SubmitReport():
                return command.model_copy(update={"archive_links": self._archives and self._wants_copies(tenant)})
            case MergeCase():
                return command.model_copy(update={"end": await self._end(tenant, command.into)})
            case DetachReport():
                named = await self._named(tenant, command.into.strip()) if command.into.strip() else None
                return command.model_copy(update={"into": command.into.strip(), "end": named})
            case JudgeSuggestion():
                known = await self._store.case(tenant, command.other) is not None
                return command.model_copy(update={"known": known})
            case AdoptKnown():
                return command.model_copy(update={"entry": await self._entry(tenant, command.known_id)})
            case TriageCase():
                known = command.owner is not None and self._directory.officer(tenant, command.owner) is not None
                return command.model_copy(update={"owner_known": known})
            case HandOverCase():
                gone = self._directory.officer(tenant, command.officer) is None
                return command.model_copy(update={"gone": gone, "heir": heir(self._directory, tenant, command.officer)})
            case RateAnswer():
                return command.model_copy(update={"answered": await self._answered(tenant, command.report_id)})
        return command

    async def _entry(self, tenant: str, known_id: str) -> KnownEntry | None:
        found = await self._store.known([key(scope, known_id) for scope in scoped(tenant)])
        return next((known.entry for _, known in found if not known.withdrawn), None)

    def _wants_copies(self, tenant: str) -> bool:
        office = self._directory.tenants.get(tenant)
        return office is not None and office.settings.archive_links

    async def _named(self, tenant: str, case: str) -> Target | None:
        """By its id, or by its number in any way of writing it."""
        number = "-".join(part for part in re.split(r"[^A-Z0-9]+", case.upper()) if part)
        found = await self._store.find_cases(tenant, {"ix.number": number}, sort=(), limit=1)
        return await self._end(tenant, found[0].case_id if found else case)

    async def _end(self, tenant: str, case_id: str) -> Target | None:
        end = await living_end(self._store, tenant, case_id)
        if end is None:
            return None
        answer = end.clarification_id if end.answered else None
        return Target(case_id=end.case_id, number=end.number, state=end.state, clarification_id=answer)

    async def _answered(self, tenant: str, report_id: str) -> bool:
        report = await self._store.report(tenant, report_id)
        if report is None or report.case_id is None:
            return False
        case = await living_end(self._store, tenant, report.case_id)
        if case is None or not case.answered:
            return False
        found = await self._store.find_clarifications(tenant, {"ix.case": case.case_id}, limit=1)
        return bool(found) and found[0].state != ClarificationState.RETRACTED


async def living_end(store: Store, tenant: str, case_id: str | None) -> Case | None:
    """The case that a chain of merges ends in; None where it ends in nothing, or in a ring."""
    walked: set[str] = set()
    while case_id is not None and case_id not in walked and len(walked) < LONGEST:
        walked.add(case_id)
        case = await store.case(tenant, case_id)
        if case is None or case.merged_into is None:
            return case
        case_id = case.merged_into
    return None


def end_of(chain: Mapping[str, str | None], case_id: str) -> str | None:
    """The same, of merges that were read: case -> the one it was merged into."""
    walked: set[str] = set()
    while case_id not in walked:
        walked.add(case_id)
        into = chain.get(case_id)
        if into is None:
            return case_id if case_id in chain else None
        case_id = into
    return None
