"""Reads of imports, for the officers who may make them."""

from collections.abc import Sequence

from libs.contracts.reads import Page
from libs.contracts.registry.import_reads import CellError, ImportRow, PartnerImportView
from libs.runtime.errors import NotFound
from services.registry.partner_import.importing import Importing
from services.registry.partner_import.judging import Judged
from services.registry.partner_import.reading import Wrong
from services.registry.partner_import.rules import PartnerImport
from services.registry.store import WITHOUT_HISTORY, Store

LATEST = 20


class ImportReads:
    def __init__(self, store: Store[PartnerImport], importing: Importing) -> None:
        self._store = store
        self._importing = importing

    async def latest(self, tenant: str) -> tuple[PartnerImportView, ...]:
        """Newest first, without what stands in the files."""
        documents = await self._store.collection.find(
            tenant, {}, sort=(("ix.at", -1),), limit=LATEST, fields={**WITHOUT_HISTORY, "sealed": 0}
        )
        return tuple(_view(found.state) for found in await self._store.opened(documents))

    async def one(self, tenant: str, import_id: str) -> PartnerImportView:
        return _view(await self._state(tenant, import_id))

    async def _state(self, tenant: str, import_id: str) -> PartnerImport:
        found = await self._store.opened(await self._store.by_id(tenant, [import_id]))
        if not found:
            raise NotFound("import_id")
        return found[0].state

    async def rows(
        self, tenant: str, import_id: str, *, became: str = "", after: int = 0, limit: int = 100
    ) -> Page[ImportRow]:
        """In the order of the file, those behind a row's number. `next` is the number to go on behind."""
        state = await self._state(tenant, import_id)
        found: list[Judged] = []
        while len(found) <= limit:
            documents = await self._importing.pages(tenant, import_id, became=became, after=after)
            if not documents:
                break
            rows = await self._importing.rows_of(tenant, import_id, documents)
            found += [row for row in rows if row.number > after and (not became or row.became == became)]
            after = documents[-1]["last"]
        shown = found[:limit]
        return Page[ImportRow](
            items=tuple(_row(row, state.headings) for row in shown),
            next=str(shown[-1].number) if len(found) > limit else None,
        )


def _view(state: PartnerImport) -> PartnerImportView:
    return PartnerImportView(
        id=state.import_id, **state.model_dump(include=set(PartnerImportView.model_fields) - {"id"})
    )


def _row(row: Judged, headings: Sequence[str]) -> ImportRow:
    return ImportRow(
        number=row.number,
        became=row.became,
        name=row.name,
        partner_id=row.partner_id,
        leads=row.leads,
        errors=tuple(_error(wrong, row.number, headings) for wrong in row.wrong),
        changes=row.changes,
    )


def _error(wrong: Wrong, number: int, headings: Sequence[str]) -> CellError:
    column = wrong.column
    return CellError(
        cell=wrong.cell(number),
        column=headings[column] if column is not None and column < len(headings) else "",
        field=wrong.field,
        code=wrong.code,
        shown=wrong.shown,
        candidates=wrong.candidates,
    )
