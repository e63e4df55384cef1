"""Values that several messages of the reports service share."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A value inside a message. Unknown fields are kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Attachment(Part):
    """A sanitised picture that the gateway keeps until reports has taken it."""

    blob_id: str
    sha256: str
    media_type: str
    size: int


class Reference(Part):
    """A source. `sha256` is of the archived copy; None until there is one."""

    title: str
    url: str
    publisher: str = ""
    sha256: str | None = None
    archived_at: datetime | None = None


class Draft(Part):
    """What the author proposes. `number` counts saves and guards against two people writing at once."""

    claim: str = ""
    verdict: str | None = None
    about_own_tenant: bool | None = None
    fact: str = ""
    explanation: str = ""
    change_note: str = ""


class Candidate(Part):
    """What the matcher thinks a report is about: a clarification or an open case."""

    id: str
    kind: str
    case_id: str
    score: float
