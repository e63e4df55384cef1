"""The public API as a whole."""

from collections.abc import Callable, Iterator, Mapping

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute

from services.gateway.access import api as session
from services.gateway.archive import api as archive
from services.gateway.console import api as console
from services.gateway.partner import api as partner
from services.gateway.reporting import api as reporting
from services.gateway.tickets import api as tickets

PREFIX = "/api/v1"

ROUTERS: Mapping[str, tuple[APIRouter, ...]] = {
    "Public": (reporting.router, archive.router, tickets.router),
    "Log-in": (session.router,),
    "Officers": console.ROUTERS,
    "Partners": (partner.router,),
}
"""By the group that a reader finds them in, and in the order of matching: the busiest first. No slug may be one of the
fixed words."""
GROUPS = {
    "Public": "For everybody, and for holders of tickets: number and code are in the request.",
    "Log-in": "Sessions of officers and partners. The session is a cookie; its token goes into X-CSRF-Token.",
    "Officers": "For officers, about their own office; another's ids are unknown here.",
    "Partners": "For those who carry answers.",
}


def operation(group: str, route: APIRoute) -> str:
    """Name of a route for programs that are made from the document: `officers_triage`."""
    return f"{group.lower().replace('-', '_')}_{route.name}"


def add_api(app: FastAPI) -> None:
    for group, router in in_order():
        app.include_router(router, prefix=PREFIX, tags=[group], generate_unique_id_function=_namer(group))


def in_order() -> Iterator[tuple[str, APIRouter]]:
    for group, routers in ROUTERS.items():
        for router in routers:
            yield group, router
    yield "Public", reporting.behind_the_door


def _namer(group: str) -> Callable[[APIRoute], str]:
    return lambda route: operation(group, route)
