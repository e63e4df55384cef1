"""The chain of custody: what each report of a case brought, its digests, and who had the file as it was sent."""

from libs.contracts.reports.reads import CustodyReport, CustodyView
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from services.reports.case.reads import CaseReads
from services.reports.report.masking import Reader, Veil
from services.reports.report.reads import masked_snapshot, pieces_of
from services.reports.report.rules import Report, revealed_until
from services.reports.store import MOST, Store


class Custody:
    def __init__(self, engine: Engine, store: Store, cases: CaseReads) -> None:
        self._engine = engine
        self._store = store
        self._cases = cases

    async def of(self, tenant: str, case_id: str, reader: Reader) -> CustodyView:
        """
        Raises:
            NotFound: no such case.
        """
        case = await self._store.case(tenant, case_id)
        if case is None:
            raise NotFound("case")
        with_evidence = {"$or": [{"state.attachments.0": {"$exists": True}}, {"state.pages": {"$gt": 0}}]}
        where = {"ix.case": case_id, **with_evidence}
        found = await self._store.find_reports(tenant, where, sort=(("ix.received", 1),), limit=MOST)
        count = await self._engine.collection("report").count(tenant, where)
        return CustodyView(
            case_id=case_id,
            number=case.number,
            title=await self._cases.title(tenant, case),
            reports=tuple(custody_report(report, reader) for report in found),
            references=case.references,
            left_off=max(0, count - len(found)),
        )


def custody_report(report: Report, reader: Reader) -> CustodyReport:
    veil = Veil(lifted=revealed_until(report, reader.officer, reader.at) is not None)
    snapshots = report.snapshots if isinstance(report.snapshots, tuple) else ()
    return CustodyReport(
        report_id=report.report_id,
        number=report.number,
        intake=report.intake,
        entered_by=report.entered_by,
        partner_id=report.partner_id,
        received_at=report.received_at,
        pieces=pieces_of(report, reader),
        snapshots=tuple(masked_snapshot(s, veil, veil) for s in sorted(snapshots, key=lambda s: (s.page, s.turn))),
    )
