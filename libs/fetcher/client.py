"""The way of our own services to the fetcher."""

from libs.contracts.topics import Service
from libs.fetcher.messages import FetchAnswer, FetchRequest
from libs.runtime.http import ServiceClient
from libs.runtime.tokens import Tokens

WITHIN = 60.0
"""Seconds: turns, the page, its reading and its picture, each at its longest."""


class FetcherClient:
    def __init__(self, tokens: Tokens, *, base_url: str, within: float = WITHIN) -> None:
        self._client = ServiceClient(tokens, service=Service.FETCHER, base_url=base_url, within=within)

    async def fetch(
        self, url: str, *, tenant: str | None, screenshot: bool = False, fresh: bool = False
    ) -> FetchAnswer:
        """What the page said, or why there is none (`failure`): whatever the other side did is an answer.

        Raises:
            Unavailable: the fetcher itself is away or busy.
            Refused: it does not take this caller's word; keys or versions differ.
        """
        request = FetchRequest(url=url, screenshot=screenshot, fresh=fresh)
        body = await self._client.post("/fetch", tenant=tenant, json=request.model_dump(mode="json"))
        return FetchAnswer.model_validate_json(body)

    async def close(self) -> None:
        await self._client.close()
