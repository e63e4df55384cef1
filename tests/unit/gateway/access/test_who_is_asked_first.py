"""Who is nobody here is told that, before anything of what they sent is looked at."""

from unittest.mock import AsyncMock, MagicMock

import httpx
import pytest
from fastapi import FastAPI

from services.gateway.api.routes import add_api
from services.gateway.errors.problems import add_handlers


@pytest.mark.parametrize(
    "path",
    [
        "/console/cases/c1/triage",
        "/console/cases/c1/publication",
        "/console/deliveries/d1/retry",
        "/partner/assignments/a1/answer",
    ],
)
async def test_a_stranger_with_a_bad_key_and_a_bad_body_is_told_to_log_in(path: str) -> None:
    app = FastAPI()
    add_handlers(app)
    add_api(app)
    app.state.gateway = MagicMock(officer=AsyncMock(return_value=None), partner=AsyncMock(return_value=None))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://simpul.example") as stranger:
        answer = await stranger.post(f"/api/v1{path}", json={"no": 1}, headers={"Idempotency-Key": "one"})

    assert answer.status_code == 401
