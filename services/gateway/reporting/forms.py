"""What the public may send: strict shapes, checked before anything leaves the gateway.

Codes of errors are those of pydantic (`string_too_long`, `extra_forbidden`, …) and our own: `one_of`, `required`,
`email_invalid`, `phone_invalid`, `consent_required`, `area_unknown`, `attachment_unknown`.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from libs.contracts.registry.questions import MOST_ASKED
from libs.contracts.words import ReportKind
from libs.kit.phones import NotAPhoneNumber, e164
from libs.kit.visible import is_visible

LONGEST_TEXT = 5_000
LONGEST_NOTE = 1_000
MOST_URLS = 10
MOST_ATTACHMENTS = 5

NO_NUL = r"^[^\u0000]*$"


def _seen(text: str) -> str:
    if not is_visible(text):
        raise PydanticCustomError("required", "nothing of it can be seen")
    return text


Seen = AfterValidator(_seen)
"""Of every text that is asked for: blanks, zero-width characters and fillers alone say nothing."""
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, pattern=NO_NUL)]
Note = Annotated[str, StringConstraints(max_length=LONGEST_NOTE, pattern=NO_NUL)]
SaidText = Annotated[
    str,
    StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\u0000]*[^\s\u0000][^\u0000]*$"),
    Seen,
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\u0000-\u001f\u007f]+$"), Seen]
Url = Annotated[str, StringConstraints(min_length=4, max_length=2_000, pattern=r"^[^\s\u0000-\u001f\u007f]+$")]
AreaCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?$")]
TrackingCode = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\u0000-\u001f\u007f]+$")]
"""As people copy it, with dashes and blanks of whatever kind; `ids.read_code` reads it."""

_EMAIL = re.compile(
    r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}", re.ASCII
)


QuestionId = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z_-]{1,64}$")]


class SeenOn(StrEnum):
    WHATSAPP = "whatsapp"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    TIKTOK = "tiktok"
    X = "x"
    YOUTUBE = "youtube"
    TELEGRAM = "telegram"
    WEBSITE = "website"
    OFFLINE = "offline"
    OTHER = "other"


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def email_address(typed: str) -> str:
    """The address without blanks around it.

    Raises:
        PydanticCustomError: `email_invalid`.
    """
    address = typed.strip()
    if len(address) > 254 or not _EMAIL.fullmatch(address) or ".." in address:
        raise PydanticCustomError("email_invalid", "not an e-mail address")
    return address


def phone_number(typed: str) -> str:
    """In E.164.

    Raises:
        PydanticCustomError: `phone_invalid`.
    """
    try:
        return e164(typed)
    except NotAPhoneNumber:
        raise PydanticCustomError("phone_invalid", "not a phone number") from None


class Contact(Form):
    """Where the answer goes; used for this report only."""

    channel: Literal["email", "whatsapp_manual"]
    address: Annotated[str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\u0000-\u001f\u007f]+$")]
    consent: StrictBool

    @model_validator(mode="before")
    @classmethod
    def _known_address(cls, given: object) -> object:
        if not isinstance(given, dict) or not isinstance(given.get("address"), str):
            return given
        read = {"email": email_address, "whatsapp_manual": phone_number}.get(str(given.get("channel")))
        return {**given, "address": read(given["address"])} if read else given

    @model_validator(mode="after")
    def _agreed(self) -> Self:
        if not self.consent:
            raise PydanticCustomError("consent_required", "consent is needed to keep a contact")
        return self


def _distinct(ids: tuple[UUID, ...]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))


class ReportForm(Form):
    """One report. At least one of text, urls and attachments."""

    kind: ReportKind = ReportKind.HOAX
    text: Text = ""
    urls: Annotated[tuple[Url, ...], Field(max_length=MOST_URLS)] = ()
    doubt: Note = ""
    area: AreaCode | None = None
    seen_on: SeenOn | None = None
    forwarded_often: StrictBool = False
    anonymous: StrictBool = True
    confidential: StrictBool = False
    language: Literal["id", "en"] = "id"
    attachments: Annotated[tuple[UUID, ...], Field(max_length=MOST_ATTACHMENTS), AfterValidator(_distinct)] = ()
    """Ids of uploads."""
    refused: Annotated[tuple[UUID, ...], Field(max_length=10)] = ()
    """Cases, and answers of other publishers, that the reporter was shown and said are not theirs."""
    answers: Annotated[dict[QuestionId, str], Field(max_length=MOST_ASKED)] = {}
    """To the office's own questions, by their ids."""
    contact: Contact | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (is_visible(self.text) or self.urls or self.attachments):
            raise PydanticCustomError("one_of", "one of text, urls, attachments is needed")
        return self


class MatchQuestion(Form):
    text: Text = ""
    urls: Annotated[tuple[Url, ...], Field(max_length=MOST_URLS)] = ()
