"""Files of partners on their way into the registry, for programs of officers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, UploadFile
from starlette.responses import Response as Plain

from libs.contracts.reads import Page
from libs.contracts.registry.import_reads import ImportRow, PartnerImportView
from libs.kit import exports
from libs.kit.sheets import LARGEST_FILE
from libs.runtime.errors import Refused
from services.gateway.api.models import READS, WRITES, CommandAnswer, answered
from services.gateway.api.serving import add_wishes
from services.gateway.console.imports.template import template
from services.gateway.console.imports.uploading import import_id_of, started
from services.gateway.console.imports.wishes import REGISTRARS, WISHES
from services.gateway.context import Key, Parts, SignedInOfficer, StaffWait
from services.gateway.paths import Id

router = APIRouter(prefix="/console")

Became = Annotated[str, Query(max_length=20, pattern="^[a-z]*$")]


class ImportAnswer(CommandAnswer):
    import_id: str


@router.get("/partner-imports", summary="Files of partners", responses=READS)
async def partner_imports(parts: Parts, officer: SignedInOfficer) -> tuple[PartnerImportView, ...]:
    """The latest twenty of the office, newest first, without what stands in them."""
    return await parts.registry.partner_imports(officer.tenant.id, officer.actor)


@router.post("/partner-imports", status_code=202, summary="Bring a file of partners", responses=WRITES)
async def bring(
    officer: SignedInOfficer, parts: Parts, key: Key, wait: StaffWait, response: Response, file: UploadFile
) -> ImportAnswer:
    """XLSX, or CSV with any usual delimiter; at most 20 MB and 50,000 rows. It is read, and then waits for somebody who
    says what its columns are. Kept sealed, and deleted thirty days after anything was done with it."""
    if not officer.has(*REGISTRARS):
        raise Refused("role_missing")
    data = await file.read(LARGEST_FILE + 1)
    reply = await started(parts, officer, key, data, file.filename or "", wait=wait)
    told = answered(reply, response)
    return ImportAnswer(**told.model_dump(), import_id=import_id_of(officer, key))


@router.get("/partner-imports/template", summary="An empty table of partners", responses=READS, response_class=Plain)
async def import_template(
    officer: SignedInOfficer,
    form: Annotated[str, Query(pattern="^(xlsx|csv)$")] = "xlsx",
    lang: Annotated[str, Query(pattern="^(id|en)$")] = "id",
) -> Plain:
    """With the headings that are understood, lists to choose from, and a sheet that explains them."""
    return Plain(
        template(form, lang, region=officer.tenant.region_code),
        media_type=exports.XLSX if form == "xlsx" else exports.CSV,
        headers={"Content-Disposition": f'attachment; filename="mitra.{form}"'},
    )


@router.get("/partner-imports/{import_id}", summary="A file of partners", responses=READS)
async def partner_import(parts: Parts, officer: SignedInOfficer, import_id: Id) -> PartnerImportView:
    """What its columns are called, what they are taken for, and how far it is."""
    return await parts.registry.partner_import(officer.tenant.id, officer.actor, import_id)


@router.get("/partner-imports/{import_id}/rows", summary="Its rows, as they were judged", responses=READS)
async def import_rows(
    parts: Parts,
    officer: SignedInOfficer,
    import_id: Id,
    became: Became = "",
    after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Page[ImportRow]:
    """In the order of the file, a hundred at a time, those behind a row's number; with every cell that is wrong, what
    stands there and why it cannot be taken."""
    return await parts.registry.import_rows(officer.tenant.id, officer.actor, import_id, became=became, after=after)


add_wishes(router, WISHES)
