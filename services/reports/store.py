"""Reads of our own aggregates, unsealed: for placing, evidence, the matcher and the views."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.contracts.words import ReportState
from libs.runtime.aggregates import Aggregate
from libs.runtime.documents import state_of
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, key
from libs.runtime.sealing import SubjectKeys
from services.reports.case.state import Case
from services.reports.clarification.rules import Clarification
from services.reports.kinds import CASE, CLARIFICATION, KNOWN, REPORT
from services.reports.known.rules import Known
from services.reports.report.rules import Report

LEAN = {"history": 0, "due": 0}
MOST_MARKED = 5_000
"""Reports that are looked at by their marks alone, the newest: a tenth of a kilobyte each."""
PAGE, MOST = 20, 100
"""Rows of one page: as a rule, and at most."""


def picture_name(tenant: str, report_id: str, blob_id: str) -> str:
    """Of a picture in the evidence store."""
    return f"{key(tenant, report_id)}/{blob_id}"


class Store:
    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._engine = engine
        self._keys = keys

    async def opened(self, aggregate: Aggregate[Any], documents: Sequence[Document]) -> list[Any]:
        """States of documents, private fields opened; `[erased]` where the key is gone."""
        sealed = {d["subject"] for d in documents if d.get("sealed") is not None}
        ciphers = await self._keys.existing(sealed) if sealed else {}
        return [state_of(aggregate, d, ciphers) for d in documents]

    async def reports(self, document_ids: Iterable[str]) -> dict[str, Report]:
        documents = await self._engine.collection("report").load(document_ids, LEAN)
        opened = await self.opened(REPORT, list(documents.values()))
        return dict(zip(documents, opened, strict=True))

    async def find_reports(
        self, tenant: str, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[Report]:
        documents = await self._engine.collection("report").find(tenant, where, sort=sort, limit=limit, fields=LEAN)
        return await self.opened(REPORT, documents)

    async def placed_since(self, tenant: str, since: datetime, *, most: int) -> list[Report]:
        """Oldest first, so that a later placing overrides an earlier one."""
        newest = await self.find_reports(
            tenant,
            {"ix.kind": "hoax", "ix.state": "linked", "ix.received": {"$gte": since}},
            sort=(("ix.received", -1),),
            limit=most,
        )
        return newest[::-1]

    async def cases_of_links(self, tenant: str, links: Sequence[str]) -> list[str]:
        """Cases of the last reports that point to one of these posts, newest first."""
        where = {"ix.links": {"$in": list(links)}, "ix.state": ReportState.LINKED}
        found = await self.find_reports(tenant, where, sort=(("ix.received", -1),), limit=10)
        return list(dict.fromkeys(r.case_id for r in found if r.case_id is not None))

    async def reports_with_pictures(self, tenant: str, marks: Sequence[str], *, most: int) -> list[Report]:
        """Those that have a place, by how many of these marks their pictures have."""
        where = {"ix.pictures": {"$in": list(marks)}, "ix.state": ReportState.LINKED}
        found = await self._engine.collection("report").find(
            tenant, where, sort=(("ix.received", -1),), limit=MOST_MARKED, fields={"ix.pictures": 1}
        )
        wanted = frozenset(marks)
        found.sort(key=lambda document: len(wanted.intersection(document["ix"]["pictures"])), reverse=True)
        return list((await self.reports([document["_id"] for document in found[:most]])).values())

    async def report(self, tenant: str, report_id: str) -> Report | None:
        return (await self.reports([key(tenant, report_id)])).get(key(tenant, report_id))

    async def cipher(self, tenant: str, report_id: str) -> AESGCM | None:
        """What locks a report and its pictures; None where there is none, or none any more."""
        document_id = key(tenant, report_id)
        found = (await self._engine.collection("report").load([document_id], {"subject": 1})).get(document_id)
        subject = found.get("subject") if found is not None else None
        return (await self._keys.existing([subject])).get(subject) if subject is not None else None

    async def cases(self, document_ids: Iterable[str]) -> dict[str, Case]:
        documents = await self._engine.collection("case").load(document_ids, LEAN)
        return dict(zip(documents, await self.opened(CASE, list(documents.values())), strict=True))

    async def cases_of(self, tenant: str, case_ids: Iterable[str]) -> dict[str, Case]:
        found = await self.cases(key(tenant, case_id) for case_id in case_ids)
        return {case.case_id: case for case in found.values()}

    async def case(self, tenant: str, case_id: str) -> Case | None:
        return (await self.cases_of(tenant, [case_id])).get(case_id)

    async def find_cases(
        self, tenant: str, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]], limit: int
    ) -> list[Case]:
        documents = await self._engine.collection("case").find(tenant, where, sort=sort, limit=limit, fields=LEAN)
        return await self.opened(CASE, documents)

    async def find_clarifications(
        self, tenant: str, where: Mapping[str, Any], *, sort: Sequence[tuple[str, int]] = (), limit: int
    ) -> list[Clarification]:
        documents = await self._engine.collection("clarification").find(
            tenant, where, sort=sort, limit=limit, fields=LEAN
        )
        return await self.opened(CLARIFICATION, documents)

    async def known(self, document_ids: Iterable[str]) -> list[tuple[str, Known]]:
        """Answers of other publishers, each with the archive that it stands in."""
        documents = list((await self._engine.collection("known").load(document_ids, LEAN)).values())
        return [(d["tenant"], k) for d, k in zip(documents, await self.known_of(documents), strict=True)]

    async def known_of(self, documents: Sequence[Document]) -> list[Known]:
        return await self.opened(KNOWN, documents)

    async def clarification_of(self, tenant: str, case: Case | None) -> Clarification | None:
        if case is None or case.clarification_id is None:
            return None
        found = await self.find_clarifications(tenant, {"ix.case": case.case_id}, limit=1)
        return found[0] if found else None
