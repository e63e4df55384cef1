"""What is said in a voice note or a video, by a speech-to-text server of the deployment. None is set up by default:
then nothing is sent to anybody.

The server takes `POST` of a form with `file` and `response_format=json`, and answers `{"text": "…"}`, as whisper.cpp
and others with the interface of OpenAI's transcriptions do. It gets the sanitised copy, and not whose it is.
"""

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from libs.runtime.errors import Unavailable

SUFFIXES = {"audio/ogg": "ogg", "audio/mp4": "m4a", "video/mp4": "mp4"}
LARGEST_ANSWER = 200_000


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore")

    text: str


class Transcripts:
    def __init__(self, url: str, *, within: float) -> None:
        self._url = url
        self._client = httpx.AsyncClient(timeout=within)

    @property
    def is_on(self) -> bool:
        return bool(self._url)

    async def of(self, data: bytes, media_type: str) -> str:
        """What a machine heard; empty where it heard nothing or cannot read such a file.

        Raises:
            Unavailable: the server did not answer, or with what is no transcript; it may later.
        """
        file = {"file": (f"evidence.{SUFFIXES[media_type]}", data, media_type)}
        try:
            answer = await self._client.post(self._url, files=file, data={"response_format": "json"})
        except httpx.HTTPError:
            raise Unavailable("transcripts") from None
        if answer.status_code in (400, 413, 415, 422):
            return ""
        if answer.status_code != httpx.codes.OK or len(answer.content) > LARGEST_ANSWER:
            raise Unavailable("transcripts")
        try:
            return _Answer.model_validate_json(answer.content).text.strip()
        except ValidationError:
            raise Unavailable("transcripts") from None

    async def close(self) -> None:
        await self._client.aclose()
