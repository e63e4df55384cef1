"""What read models of all services share: what the services answer over HTTP. A page gets what it needs in at most two
calls a service.

Lists are keyset pages: `next` is an opaque cursor, None on the last page. Counts stop at 10,001.
"""

from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict


class Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


T = TypeVar("T")


class Page(Read, Generic[T]):
    items: tuple[T, ...]
    next: str | None = None
    count: int | None = None


class OutcomeView(Read):
    """`GET /outcomes/{command_id}`. `state`: pending, done or refused."""

    state: str
    events: tuple[str, ...] = ()
    """Type names of what happened."""
    problem: str | None = None
    fields: tuple[str, ...] = ()


# Reports


class BlobView(Read):
    """`sha256` and `size` are of the clean copy, `original_sha256` of the file as it was sent, which is kept sealed.

    `kind` is voice, video or pdf, and None for a picture. `size` 0: kept, and no program to make a copy is installed.
    """

    id: str
    sha256: str
    media_type: str
    size: int
    original_sha256: str | None = None
    kind: str | None = None
    duration_seconds: int | None = None
    pages: int | None = None
    preview_sha256: str | None = None
    """Of a still of a video, or of the first page of a PDF."""
