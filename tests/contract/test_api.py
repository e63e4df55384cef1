"""The API against its own document: it keeps to what it says, whatever it is sent."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.local.stack import Stack
from services.gateway.api.openapi import api_document
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

_FOUND = schemathesis.openapi.from_dict(api_document()).get_all_operations()
OPERATIONS = {found.ok().label: found.ok() for found in _FOUND if isinstance(found, Ok)}


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


def is_wrong(case: Any, where: ParameterLocation) -> bool:
    part = case.meta.components.get(where)
    return part is not None and part.mode is GenerationMode.NEGATIVE


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.value)
@pytest.mark.parametrize("label", OPERATIONS)
def test_the_api_keeps_to_its_document(site: Site, label: str, mode: GenerationMode) -> None:
    operation = OPERATIONS[label]
    # A log-out that is right would end the session that the others need.
    is_refused_log_out = label == "DELETE /api/v1/session" and mode is GenerationMode.NEGATIVE
    as_officer = "/console/" in label or is_refused_log_out

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    def keeps(case: Any) -> None:
        if "slug" in case.path_parameters:
            case.path_parameters["slug"] = site.slug
        headers = {"Prefer": "wait=0"}
        # What is wrong may be the token, or the cookie, itself.
        if as_officer and not is_wrong(case, ParameterLocation.HEADER):
            headers["X-CSRF-Token"] = site.csrf
        if mode is GenerationMode.POSITIVE:
            headers["Idempotency-Key"] = str(uuid4())
        cookies = site.cookies if as_officer and not is_wrong(case, ParameterLocation.COOKIE) else {}
        answer = case.call(base_url=site.url, headers=headers, cookies=cookies)
        case.validate_response(answer, checks=CHECKS)

    try:
        keeps()
    except Unsatisfiable:
        pytest.skip("it takes nothing that could be wrong")
