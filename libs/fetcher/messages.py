"""What is asked of the fetcher, and what it answers."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

LONGEST_URL = 2048


class Failure(StrEnum):
    """Why there is no page."""

    REFUSED = "refused"
    """The address is none, or leads where the fetcher does not go; `reason` says which."""
    NAME_UNKNOWN = "name_unknown"
    UNREACHABLE = "unreachable"
    TLS = "tls"
    """The other side could not show that it is who the address names."""
    TIMEOUT = "timeout"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    PROTOCOL = "protocol"
    """What came is not HTTP."""
    ENCODING = "encoding"
    """Packed in a way that was not offered, or broken."""
    BOMB = "bomb"
    """A few bytes that would unpack to very many."""


PASSING = frozenset({Failure.NAME_UNKNOWN, Failure.UNREACHABLE, Failure.TIMEOUT, Failure.PROTOCOL})
"""Another try may go better."""


class Reason(StrEnum):
    """Why an address was refused."""

    LENGTH = "length"
    CHARACTERS = "characters"
    SCHEME = "scheme"
    USERINFO = "userinfo"
    HOST = "host"
    PORT = "port"
    ADDRESS = "address"
    """The name stands for an address that is not public."""


class Screenshot(StrEnum):
    TAKEN = "taken"
    NOT_ASKED = "not_asked"
    ABSENT = "absent"
    """No Chromium here."""
    NO_PAGE = "no_page"
    """What came is no page, or a wall in front of one."""
    FAILED = "failed"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_bytes="base64", val_json_bytes="base64")


class FetchRequest(_Value):
    """`POST /fetch`."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=10_000)
    """Longer than any that is fetched, so that the answer can say so."""
    screenshot: bool = True
    fresh: bool = False
    """What was fetched a moment ago for somebody else will not do."""


class Hop(_Value):
    """One answer on the way."""

    url: str
    status: int


class FetchAnswer(_Value):
    """
    Attributes:
        final_url: where the last answer came from, or would have come from.
        hops: every answer, the last one included.
        status: of the last answer; None where there was none.
        sha256: of the page's bytes as they came, unpacked.
        size: how many those are.
        truncated: the page goes on beyond what is kept.
        wall: it asks for a log-in in place of what was looked for; title and text are then left out.
        warc: gzipped WARC 1.1 of requests and answers.
        screenshot_png: where `screenshot` is `taken`.
    """

    url: str
    final_url: str
    fetched_at: datetime
    hops: tuple[Hop, ...] = ()
    status: int | None = None
    media_type: str = ""
    title: str = ""
    description: str = ""
    excerpt: str = ""
    size: int = 0
    sha256: str | None = None
    truncated: bool = False
    wall: bool = False
    failure: Failure | None = None
    reason: Reason | None = None
    warc: bytes | None = None
    warc_sha256: str | None = None
    screenshot: Screenshot = Screenshot.NOT_ASKED
    screenshot_png: bytes | None = None
    screenshot_sha256: str | None = None
