"""What a form's picture comes to when it cannot be taken now."""

from io import BytesIO
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from starlette.datastructures import FormData, UploadFile

from libs.contracts.directory import TenantRecord
from services.gateway.access.limits import TooMany
from services.gateway.context import Visited
from services.gateway.reporting.pages import PictureRefused, taken


def a_form(data: bytes) -> FormData:
    return FormData([("image", UploadFile(BytesIO(data), size=len(data), filename="a.png"))])


async def test_a_picture_that_must_wait_is_said_beside_its_field_with_the_time() -> None:
    async def busy(*_: Any, client: str) -> None:
        assert client == "203.0.113.7"
        raise TooMany(3.2)

    uploads = SimpleNamespace(take=busy)
    visit = SimpleNamespace(parts=SimpleNamespace(uploads=uploads), client="203.0.113.7", lang="id", new_key=uuid4)

    with pytest.raises(PictureRefused) as refused:
        await taken(cast(Visited, visit), cast(TenantRecord, SimpleNamespace(id="t")), a_form(b"x"))

    error = refused.value.error
    assert (error.field, error.code, error.value, refused.value.retry_after) == ("image", "image_waits", "4", 4)
