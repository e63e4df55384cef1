"""What somebody has told so far of a report that they have not sent.

It lies sealed on the shelf under the id in the page's address, and only the cookie of the browser that wrote it opens
it; so Back, a reload and the other language show what was typed. The same answers travel in each page as hidden
fields, for a form that is sent while the shelf cannot be read.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData

from libs.contracts.directory import TenantRecord
from libs.contracts.reads import BlobView
from libs.contracts.registry.questions import LONGEST_ANSWER, MOST_ASKED
from libs.contracts.words import Intake, ReportKind
from libs.kit.addresses import addresses
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.context import EMBED, Visited
from services.gateway.dispatch.idempotency import read_key
from services.gateway.reporting.forms import MOST_URLS
from services.gateway.reporting.questions import FIELD
from services.gateway.shelf import Place
from services.gateway.web.pages import form_of, number_in, text_of
from services.gateway.web.views import FIRST_TIME, Back, FieldError, Form, Trouble

KEPT = timedelta(hours=2)
"""After the last step."""
LARGEST = 56_000
"""Bytes: the longest text, doubt and answers, in letters of four bytes."""

OTHER_WAYS = frozenset({Intake.SHARE, Intake.EMBED})
"""Of the public's reports; a page says it of itself."""

_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A file that the gateway already holds, so that an error elsewhere does not cost the upload."""

    token: str
    name: str
    kilobytes: int


class CameBack(BaseModel):
    """Why a step is shown once more, until its form is sent again."""

    model_config = ConfigDict(frozen=True)

    step: str
    status: int
    errors: tuple[tuple[str, str, str, str], ...] = ()
    trouble: Trouble | None = None

    def shown(self) -> Back:
        errors = tuple(FieldError(field=f, code=c, value=v, limit=most) for f, c, v, most in self.errors)
        return Back(status=self.status, errors=errors, trouble=self.trouble)


class Draft(BaseModel):
    """Consent is not among the answers: it is asked for each time the form is sent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    key: UUID
    text: str = ""
    forwarded_often: bool = False
    upload: str = ""
    refused: tuple[str, ...] = ()
    skipped: bool = False
    seen_on: str = ""
    area: str = ""
    doubt: str = ""
    answers: dict[str, str] = {}
    """To the office's own questions, by their ids; also to those that are not asked any more."""
    channel: str = "code"
    email: str = ""
    phone: str = ""
    confidential: bool = False
    came_back: CameBack | None = None
    intake: str = Intake.FORM
    sent: str = ""
    """Number of the report that it became; beside key and channel nothing else is left then."""

    def first(self, form: FormData, upload: str) -> Self:
        return self._with(text=text_of(form, "text"), forwarded_often=_ticked(form, "forwarded_often"), upload=upload)

    def checked(self, form: FormData) -> Self:
        return self._with(refused=_all(form, "refused"))

    def second(self, form: FormData) -> Self:
        typed = {name: text_of(form, name) for name in ("seen_on", "area", "doubt")}
        return self._with(**typed, answers=_answers(form))

    def third(self, form: FormData) -> Self:
        typed = {name: text_of(form, name)[:300] for name in ("email", "phone")}
        channel = text_of(form, "channel")[:20] or "code"
        return self._with(channel=channel, confidential=_ticked(form, "confidential"), **typed)

    def with_contact_of(self, other: Self) -> Self:
        """No page carries it."""
        return self.model_copy(update=other.model_dump(include={"channel", "email", "phone", "confidential"}))

    def again(self, step: str, back: Back) -> Self:
        errors = tuple((e.field, e.code, e.value, e.limit) for e in back.errors)
        kept = CameBack(step=step, status=back.status, errors=errors, trouble=back.trouble)
        return self.model_copy(update={"came_back": kept})

    def shown_at(self, step: str) -> Back:
        return self.came_back.shown() if self.came_back is not None and self.came_back.step == step else FIRST_TIME

    def _with(self, **answers: object) -> Self:
        return self.model_copy(update={**answers, "came_back": None})

    @property
    def picture(self) -> Upload | None:
        return upload_in(self.upload)

    def carried(self) -> Iterable[tuple[str, str]]:
        """As hidden fields; what a page asks for itself is not among those that it carries."""
        yield from (("text", self.text), ("upload", self.upload))
        yield from (("forwarded_often", "1" if self.forwarded_often else ""), ("skipped", "1" if self.skipped else ""))
        yield from (("refused", case) for case in self.refused)
        yield from (("seen_on", self.seen_on), ("area", self.area), ("doubt", self.doubt))
        yield "by", self.intake if self.intake in OTHER_WAYS else ""
        yield from ((f"{FIELD}{question}", answer) for question, answer in self.answers.items())

    def contact(self) -> Iterable[tuple[str, str]]:
        """As hidden fields of a form in a frame, whose draft lies nowhere else."""
        yield from (("channel", self.channel), ("email", self.email), ("phone", self.phone))
        yield "confidential", "1" if self.confidential else ""

    def values(self, kind: ReportKind, lang: str) -> dict[str, Any]:
        """In the shape of the API's form, without the contact."""
        picture = self.picture
        return {
            "kind": kind,
            "text": self.text,
            "urls": addresses(self.text)[:MOST_URLS],
            "forwarded_often": self.forwarded_often,
            "doubt": self.doubt,
            "area": self.area or None,
            "seen_on": self.seen_on or None,
            "confidential": self.confidential,
            "language": lang,
            "attachments": [picture.token.partition("~")[0]] if picture else [],
            "refused": list(self.refused),
        }

    def values_with_contact(self, kind: ReportKind, lang: str, *, consent: bool) -> dict[str, Any]:
        values = self.values(kind, lang)
        if self.channel in ("email", "whatsapp_manual"):
            address = self.email if self.channel == "email" else self.phone
            values["contact"] = {"channel": self.channel, "address": address or " ", "consent": consent}
        return values


def carried_in(form: FormData, key: UUID) -> Draft:
    """The answers that a page carried."""
    return (
        Draft(key=key, skipped=_ticked(form, "skipped"), intake=_way(form))
        .first(form, text_of(form, "upload"))
        .checked(form)
        .second(form)
        .third(form)
    )


def _way(form: FormData) -> str:
    way = text_of(form, "by")
    return way if way in OTHER_WAYS else Intake.FORM


NAMES = {"voice": "suara", "video": "video.mp4", "pdf": "dokumen.pdf"}


def token_of(kept: BlobView) -> str:
    return f"{kept.id}~{max(1, kept.size // 1000)}" + (f"~{kept.kind}" if kept.kind else "")


def upload_in(token: str) -> Upload | None:
    """`<blob id>~<kilobytes>[~<kind>]`: what the page needs to name the file that is kept already."""
    blob, _, told = token.partition("~")
    size, _, kind = told.partition("~")
    try:
        UUID(blob)
    except ValueError:
        return None
    return Upload(token=token, name=NAMES.get(kind, "gambar.jpg"), kilobytes=number_in(size) or 0)


def _answers(form: FormData) -> dict[str, str]:
    names = [name for name in form if name.startswith(FIELD)][:MOST_ASKED]
    found = {name.removeprefix(FIELD): text_of(form, name)[: LONGEST_ANSWER + 1].strip() for name in names}
    return {question: answer for question, answer in found.items() if answer}


def _ticked(form: FormData, name: str) -> bool:
    return text_of(form, name) == "1"


def _all(form: FormData, name: str) -> tuple[str, ...]:
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft on its way through the steps.

    Attributes:
        kept: it lies on the shelf as it is here, so that its address shows it.
        unkept: it could not be put there; what may lie there is older.
        unread: the shelf could not be asked for it.
    """

    visit: Visited
    office: TenantRecord
    kind: ReportKind
    id: str
    draft: Draft
    kept: bool = False
    unkept: bool = False
    unread: bool = False

    def url(self, step: str = "") -> str:
        below = f"/{step}" if step else ""
        if self.visit.framed is not None:
            # The language travels in the address, as everything else does that a cookie would hold.
            return f"/{self.office.slug}/{EMBED}/{self.kind}{below}?lang={self.visit.lang}"
        return f"/{self.office.slug}/report/{self.kind}{below}?draft={self.id}"

    def form(self, step: str, *own: str) -> Form:
        """
        Args:
            own: names of the fields that the page shows, and so does not carry.
        """
        framed = self.visit.framed is not None
        action = self.url(step) if framed else self.url(step).partition("?")[0]
        carried = [(name, value) for name, value in self.draft.carried() if name not in own]
        if framed and step != "send":
            carried += self.draft.contact()
        marked = [("draft", self.id), *([("unkept", "1")] if self.unkept else ())]
        return form_of(action, self.visit, key=self.draft.key, carried=[*marked, *carried])

    def but(self, draft: Draft) -> "Sheet":
        return replace(self, draft=draft, kept=False)

    def anew(self) -> "Sheet":
        """The same answers as a report of its own."""
        fresh = new_id()
        draft = self.draft.model_copy(update={"key": key_of(self.visit, fresh), "sent": "", "came_back": None})
        return replace(self, id=fresh, draft=draft, kept=False)

    def with_skipped(self) -> "Sheet":
        return replace(self, draft=self.draft.model_copy(update={"skipped": True}))

    async def put(self) -> "Sheet":
        """Kept if it can be; the page carries the answers in any case."""
        if self.visit.framed is not None:
            return replace(self, kept=False, unkept=True)
        parts, note = self.visit.parts, self.draft.model_dump_json().encode()
        if len(note) > LARGEST:
            return replace(self, kept=False, unkept=True)
        try:
            parts.limits.notes.take(self.visit.client)
            await parts.shelf.put(self.office.id, self._place(), note, lasting=KEPT)
        except (Unavailable, TooMany):
            return replace(self, kept=False, unkept=True)
        return replace(self, kept=True, unkept=False)

    async def sent(self, number: str) -> "Sheet":
        """From now on it says only what it became."""
        return await self.but(Draft(key=self.draft.key, channel=self.draft.channel, sent=number)).put()

    async def read(self) -> Draft | None:
        """
        Raises:
            Unavailable: nobody knows what lies there.
        """
        found = await self.visit.parts.shelf.get(self.office.id, self._place())
        try:
            return Draft.model_validate_json(found) if found is not None else None
        except ValidationError:
            return None

    def _place(self) -> Place:
        return Place(("report", str(self.kind), self.id), self.visit.visitor.encode())


def new_id() -> str:
    return secrets.token_urlsafe(16)


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def key_of(visit: Visited, draft_id: str) -> UUID:
    """The idempotency key of a draft: the same whenever its first page is shown, and known to this browser only."""
    digest = hmac.digest(visit.visitor.encode(), f"report key|{draft_id}".encode(), "sha256")
    return UUID(bytes=digest[:16], version=4)


async def sheet_at(visit: Visited, office: TenantRecord, kind: ReportKind, draft_id: str) -> Sheet:
    """What lies under an address, or an empty one."""
    empty = Sheet(visit, office, kind, draft_id, Draft(key=key_of(visit, draft_id)))
    try:
        found = await empty.read()
    except Unavailable:
        return replace(empty, unread=True)
    return replace(empty, draft=found, kept=True) if found is not None else empty


async def sheet_of(visit: Visited, office: TenantRecord, kind: ReportKind, form: FormData) -> Sheet:
    """What a form belongs to: as it lies on the shelf, else as the page carried it; and so too where the page says that
    its answers are newer.

    Raises:
        Refused: `key_invalid`.
    """
    key, given = read_key(text_of(form, "key")), text_of(form, "draft")
    carried = Sheet(visit, office, kind, given if is_id(given) else new_id(), carried_in(form, key))
    if visit.framed is not None:
        return carried
    try:
        found = await carried.read()
    except Unavailable:
        return carried
    if found is None:
        return carried
    if text_of(form, "unkept") and not found.sent:
        return replace(carried, draft=carried.draft.with_contact_of(found), unkept=True)
    return replace(carried, draft=found, kept=True)


async def stale_sheet(visit: Visited, office: TenantRecord, kind: ReportKind, form: FormData) -> Sheet:
    """Of a form that is not this browser's any more, as after half a day: it may be shown again, not carried out.

    Raises:
        Refused: `forbidden`: another site sent it.
    """
    if visit.request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused("forbidden")
    fresh = new_id()
    return Sheet(visit, office, kind, fresh, carried_in(form, key_of(visit, fresh)))
