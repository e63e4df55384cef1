import pytest
from starlette.requests import Request
from starlette.types import Message

from libs.runtime.errors import Refused
from services.gateway.api.bodies import read_body
from services.gateway.reporting.forms import ReportForm


def request_with(media_type: str) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"text": "Kabar"}', "more_body": False}

    return Request({"type": "http", "method": "POST", "headers": [(b"content-type", media_type.encode())]}, receive)


@pytest.mark.parametrize("written", ["application/json", "Application/JSON", "application/json; charset=utf-8"])
async def test_a_media_type_is_read_in_whatever_case_it_is_written(written: str) -> None:
    assert (await read_body(request_with(written), ReportForm)).text == "Kabar"


async def test_another_media_type_is_refused() -> None:
    with pytest.raises(Refused, match="unsupported_media"):
        await read_body(request_with("text/json"), ReportForm)
