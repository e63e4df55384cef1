"""What an officer's wish names, looked up before it is sent: an unknown one is said beside its field, not afterwards.

The owner checks it again; between the two a case may be merged, or an officer leave.
"""

from libs.contracts.directory import TenantRecord
from libs.kit.hosts import NOT_AN_ADDRESS, refused_because
from libs.runtime.directory import Directory
from libs.runtime.errors import Refused
from services.gateway.access.principals import Officer
from services.gateway.dispatch.accepting import field_error
from services.gateway.reads import ReportsReads


def check_officer(directory: Directory, tenant: TenantRecord, officer: str | None) -> None:
    """
    Raises:
        RequestValidationError: `officer_unknown`: nobody of that id works in this office.
    """
    if officer is not None and directory.officer(tenant.id, officer) is None:
        raise field_error("owner", "officer_unknown")


def check_source(url: str) -> None:
    """
    Raises:
        RequestValidationError: a code of `libs.kit.hosts`: it becomes a link on a public page.
    """
    because = refused_because(url) if url.lower().startswith(("https://", "http://")) else NOT_AN_ADDRESS
    if because is not None:
        raise field_error("url", because)


async def check_case(reports: ReportsReads, officer: Officer, case_id: str, *, field: str) -> None:
    """
    Raises:
        RequestValidationError: `case_unknown`: there is no such case in this office.
    """
    try:
        await reports.case(officer.tenant.id, officer.actor, case_id)
    except Refused as refused:
        if refused.code != "not_found":
            raise
        raise field_error(field, "case_unknown") from None
