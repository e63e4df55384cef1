"""What an officer's wish names is looked up before it is sent."""

from datetime import UTC, datetime, timedelta

import pytest
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from libs.contracts.directory import OfficerRecord
from libs.runtime.directory import Directory
from services.gateway.api.models import QuestionWish
from services.gateway.checking import check_officer, check_source
from tests.unit.gateway.builders import an_office


def code_of(refused: pytest.ExceptionInfo[RequestValidationError]) -> tuple[str, str]:
    (error,) = refused.value.errors()
    return error["loc"][-1], error["type"]


def test_a_case_is_given_to_somebody_who_works_in_this_office_now() -> None:
    tenant, directory = an_office(), Directory()
    directory.put(OfficerRecord(version=1, id="rina", tenant=tenant.id, roles=("verifier",)))
    directory.put(OfficerRecord(version=1, id="left", tenant=tenant.id, roles=("verifier",), active=False))
    directory.put(OfficerRecord(version=1, id="elsewhere", tenant="another", roles=("verifier",)))

    check_officer(directory, tenant, "rina")
    check_officer(directory, tenant, None)
    for stranger in ("left", "elsewhere", "nobody"):
        with pytest.raises(RequestValidationError) as refused:
            check_officer(directory, tenant, stranger)
        assert code_of(refused) == ("owner", "officer_unknown")


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
def test_a_source_that_readers_must_not_be_sent_to_is_refused_with_its_reason(url: str, code: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        check_source(url)

    assert code_of(refused) == ("url", code)


def test_a_source_on_the_web_is_taken() -> None:
    check_source("HTTPS://dinkes.cirebonkota.go.id/rilis?no=7")


@pytest.mark.parametrize(
    ("days", "code"), [(-1, "date_past"), (1, ""), (364, ""), (366, "date_far"), (365 * 4_281, "date_far")]
)
def test_a_party_is_asked_until_a_day_to_come_within_a_year(days: int, code: str) -> None:
    due = (datetime.now(UTC) + timedelta(days=days)).isoformat()

    if not code:
        assert QuestionWish.model_validate({"party": "Dinsos", "due_at": due}).party == "Dinsos"
        return
    with pytest.raises(ValidationError) as refused:
        QuestionWish.model_validate({"party": "Dinsos", "due_at": due})
    assert refused.value.errors()[0]["type"] == code
