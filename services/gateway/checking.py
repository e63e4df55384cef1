"""What an officer's wish names, looked up before it is sent: an unknown one is said beside its field, not afterwards.

The owner checks it again; between the two a case may be merged, or an officer leave.
"""

from typing import Any

from libs.contracts.reports.case import AddReference, TriageCase
from libs.kit.hosts import NOT_AN_ADDRESS, refused_because
from libs.runtime.errors import Refused
from services.gateway.dispatch.accepting import check_area, field_error
from services.gateway.dispatch.wishes import Asked


async def area_of_office(asked: Asked[TriageCase]) -> None:
    """
    Raises:
        RequestValidationError: `area_unknown`: it lies outside the office's region.
    """
    check_area(asked.who.tenant, asked.command.area)


async def active_officer(asked: Asked[TriageCase]) -> None:
    """
    Raises:
        RequestValidationError: `officer_unknown`: nobody of that id works in this office.
    """
    owner = asked.command.owner
    if owner is not None and asked.parts.directory.officer(asked.who.tenant.id, owner) is None:
        raise field_error("owner", "officer_unknown")


async def usable_source(asked: Asked[AddReference]) -> None:
    """
    Raises:
        RequestValidationError: a code of `libs.kit.hosts`: it becomes a link on a public page.
    """
    url = asked.command.reference.url
    because = refused_because(url) if url.lower().startswith(("https://", "http://")) else NOT_AN_ADDRESS
    if because is not None:
        raise field_error("url", because)


async def known_case(asked: Asked[Any], case_id: str, *, field: str) -> None:
    """
    Raises:
        RequestValidationError: `case_unknown`: there is no such case in this office.
    """
    try:
        await asked.parts.reports.case(asked.who.tenant.id, asked.who.actor, case_id)
    except Refused as refused:
        if refused.code != "not_found":
            raise
        raise field_error(field, "case_unknown") from None
