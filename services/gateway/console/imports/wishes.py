"""What an officer may want done with a file of partners."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.registry import imports
from libs.contracts.words import Role
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish, declared

REGISTRARS = frozenset({Role.VERIFIER, Role.TENANT_ADMIN})


def _named(posted: Posted) -> Mapping[str, Any]:
    """A field for each column of the file, as many as there are."""
    columns = [name for name in posted.form if name.startswith("c") and name[1:].isdecimal()]
    fields = [posted.text(f"c{number}").strip() for number in range(len(columns))]
    return {"fields": "\n".join(fields)}


def _ticked(posted: Posted) -> Mapping[str, Any]:
    return {name: posted.text(name) == "yes" for name in ("only_new", "without_refused", "agreed")}


MAP = Wish(
    imports.MapPartnerImport,
    "/partner-imports/{import_id}/columns",
    name="map_partner_import",
    shape="PartnerColumnsWish",
    summary="Say what the columns of a file of partners are",
    about=(
        "One field a line for each column, an empty line for one that is left out; the import itself proposes some. "
        "Every row is judged then, and nothing is entered."
    ),
    may=REGISTRARS,
    buttons=(
        Button(
            "imports/{import_id}/columns",
            done=Notice("import_mapped", "Kolom tersimpan; setiap baris sedang diperiksa."),
            fills=_named,
        ),
    ),
)

RUN = Wish(
    imports.RunPartnerImport,
    "/partner-imports/{import_id}/run",
    name="run_partner_import",
    shape="PartnerRunWish",
    summary="Enter the partners of a file",
    about="After its rows were judged. All of them, or those that are chosen; what is there already is described anew.",
    may=REGISTRARS,
    buttons=(
        Button(
            "imports/{import_id}/run",
            done=Notice("import_running", "Impor berjalan."),
            fills=_ticked,
        ),
    ),
)

STOP = Wish(
    imports.StopPartnerImport,
    "/partner-imports/{import_id}/stop",
    name="stop_partner_import",
    summary="Enter nothing more of a file",
    about="What was entered stays.",
    may=REGISTRARS,
    buttons=(
        Button(
            "imports/{import_id}/stop",
            done=Notice("import_stopped", "Impor dihentikan; yang sudah masuk tetap ada."),
        ),
    ),
)

WISHES = declared(globals())
