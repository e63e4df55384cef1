"""The API against its own document: it keeps to what it says, whatever it is sent."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from deploy.local.stack import Stack
from tests.service.gateway.conftest import start
from tests.service.gateway.house import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
"""Not `positive_data_acceptance`: an area of another office, or the code of another ticket, fits the document too."""


@dataclass(frozen=True)
class Site:
    url: str
    slug: str
    cookies: dict[str, str]
    csrf: str


@pytest.fixture(scope="session")
def site(stack: Stack) -> Site:
    """An office and an officer who is logged in, on the servers of this run."""
    start(stack)

    async def opened() -> Site:
        house = House(stack)
        await house.start()
        office = await house.office()
        desk = await house.log_in(await house.officer(office, "verifier", "editor", "approver"))
        cookies = dict(desk.browser.cookies)
        await desk.browser.aclose()
        await house.stop()
        return Site(stack.public_url, office.slug, cookies, desk.csrf)

    with asyncio.Runner() as runner:
        return runner.run(opened())


@pytest.fixture(scope="session")
def document(site: Site) -> Iterator[OpenApiSchema]:
    yield schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json")


api = schemathesis.pytest.from_fixture("document")


@api.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_the_api_keeps_to_its_document(case: Case, site: Site) -> None:
    if "slug" in case.path_parameters:
        case.path_parameters["slug"] = site.slug
    as_officer = "/console/" in case.path
    headers = {"Idempotency-Key": str(uuid4()), "Prefer": "wait=0"}
    if as_officer:
        headers["X-CSRF-Token"] = site.csrf

    answer = case.call(headers=headers, cookies=site.cookies if as_officer else {})

    case.validate_response(answer, checks=CHECKS)
