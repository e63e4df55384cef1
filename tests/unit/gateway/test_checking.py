"""What an officer's wish names is looked up before it is sent."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from fastapi.exceptions import RequestValidationError

from libs.contracts.directory import OfficerRecord, TenantRecord
from libs.contracts.envelope import milliseconds
from libs.contracts.messages import Command
from libs.contracts.reports.case import AddReference, TriageCase
from libs.contracts.reports.parts import Reference
from libs.runtime.directory import Directory
from services.gateway.checking import active_officer, usable_source
from services.gateway.console.case.wishes import ASK
from services.gateway.dispatch.wishes import Asked
from tests.unit.gateway.builders import an_office


def code_of(refused: pytest.ExceptionInfo[RequestValidationError]) -> tuple[str, str]:
    (error,) = refused.value.errors()
    return error["loc"][-1], error["type"]


def asked(command: Command, directory: Directory | None = None, tenant: TenantRecord | None = None) -> Asked[Any]:
    parts, who = SimpleNamespace(directory=directory), SimpleNamespace(tenant=tenant)
    return Asked(cast(Any, parts), cast(Any, who), command, {}, uuid4())


def given_to(owner: str | None) -> TriageCase:
    return TriageCase(case_id="c1", severity=2, topic="health", owner=owner)


async def test_a_case_is_given_to_somebody_who_works_in_this_office_now() -> None:
    tenant, directory = an_office(), Directory()
    directory.put(OfficerRecord(version=1, id="rina", tenant=tenant.id, roles=("verifier",)))
    directory.put(OfficerRecord(version=1, id="left", tenant=tenant.id, roles=("verifier",), active=False))
    directory.put(OfficerRecord(version=1, id="elsewhere", tenant="another", roles=("verifier",)))

    await active_officer(asked(given_to("rina"), directory, tenant))
    await active_officer(asked(given_to(None), directory, tenant))
    for stranger in ("left", "elsewhere", "nobody"):
        with pytest.raises(RequestValidationError) as refused:
            await active_officer(asked(given_to(stranger), directory, tenant))
        assert code_of(refused) == ("owner", "officer_unknown")


def source(url: str) -> Asked[Any]:
    return asked(AddReference(case_id="c1", reference=Reference(title="Rilis", url=url)))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://kotacirebon.go.id@evil.example/rilis", "url_userinfo"),
        ("http://127.0.0.1:8080/", "url_inner"),
        ("https://[::1]/", "url_inner"),
        ("https://kemkes.gо.id/", "url_look_alike"),
        ("javascript:alert(1)", "url_invalid"),
        ("dinkes.cirebonkota.go.id/rilis", "url_invalid"),
    ],
)
async def test_a_source_that_readers_must_not_be_sent_to_is_refused_with_its_reason(url: str, code: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        await usable_source(source(url))

    assert code_of(refused) == ("url", code)


async def test_a_source_on_the_web_is_taken() -> None:
    await usable_source(source("HTTPS://dinkes.cirebonkota.go.id/rilis?no=7"))


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "date_past"), (1, ""), (364, ""), (366, "date_far"), (365 * 4_281, "date_far")]
)
def test_a_party_is_asked_until_a_day_to_come_within_a_year(days: int, code: str) -> None:
    due = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    if not code:
        command, _ = ASK.written("c1", ASK.read({"party": "Dinsos", "due_at": due}))
        assert (command.party, command.due_at) == ("Dinsos", milliseconds(datetime.fromisoformat(due)))
        return
    with pytest.raises(RequestValidationError) as refused:
        ASK.read({"party": "Dinsos", "due_at": due})
    assert refused.value.errors()[0]["type"] == code
