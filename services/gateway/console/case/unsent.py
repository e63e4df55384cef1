"""What an officer has typed on a case page and not sent: kept for them alone, until it is sent or put away.

Not an event for each keystroke: it is no business of the case before somebody says so. Sealed with the gateway's key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData

from libs.contracts.reports.parts import Draft
from libs.contracts.reports.reads import CaseView
from libs.runtime.errors import Unavailable
from services.gateway.console.requests.wishes import REPLY
from services.gateway.console.shift import Shift
from services.gateway.shelf import Place
from services.gateway.web.pages import number_in, text_of

KEPT = timedelta(days=7)
LONGEST_FIELD = 10_000
"""Characters: twice the longest explanation, so that one that is too long can still be shortened."""

DRAFT = ("claim", "verdict", "about_own_tenant", "fact", "explanation", "change")
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "draft": DRAFT,
    "references": ("title", "url", "publisher"),
    "ask": ("party", "until", "question"),
    "confirm": ("confirmed",),
    "close": ("reason",),
}
"""Parts of the case page that somebody writes in, by the names of their forms (see Attempt)."""


class Note(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    fields: dict[str, str]
    version: int
    """Of the draft that the page showed."""
    at: datetime


@dataclass(frozen=True, slots=True)
class Unsent:
    """As the page of a case needs it."""

    fields: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    at: datetime | None = None

    def typed(self, name: str) -> str:
        return self.fields.get(name, "")

    def has(self, section: str) -> bool:
        return any(self.fields.get(name) for name in SECTIONS[section])

    @property
    def draft(self) -> Draft | None:
        return draft_in(self.fields) if any(name in self.fields for name in DRAFT) else None


NOTHING = Unsent()


def draft_in(fields: Mapping[str, str]) -> Draft:
    return Draft(
        claim=fields.get("claim", ""),
        verdict=fields.get("verdict") or None,
        about_own_tenant={"yes": True, "no": False}.get(fields.get("about_own_tenant", "")),
        fact=fields.get("fact", ""),
        explanation=fields.get("explanation", "").replace("\r\n", "\n"),
        change_note=fields.get("change", ""),
    )


def is_page(form: FormData) -> bool:
    """The form carries what stands in the whole page, not only what its button is about."""
    return "claim" in form and "explanation" in form


def unsent_in(form: FormData, case: CaseView | None, *, but: Collection[str] = ()) -> Unsent:
    """
    Args:
        case: to leave out a draft that says what is saved already; None where it could not be read.
        but: fields of what has just been carried out.
    """
    replies = [name for name in form if name.startswith(REPLY) and text_of(form, name)]
    fields = {
        name: text_of(form, name)[:LONGEST_FIELD]
        for name in (*(n for names in SECTIONS.values() for n in names), *replies)
        if name not in but and name in form
    }
    version = number_in(text_of(form, "version")) or 0
    if case is not None and version == case.draft_number and draft_in(fields) == case.draft:
        fields = {name: value for name, value in fields.items() if name not in DRAFT}
    if not any(value for name, value in fields.items() if name not in DRAFT) and "claim" not in fields:
        return NOTHING
    return Unsent(fields, version, datetime.now(UTC))


def is_crossed(case: CaseView, unsent: Unsent) -> bool:
    """Somebody saved a draft since the page was shown that this one was written on."""
    return unsent.draft is not None and unsent.version != case.draft_number


async def keep(shift: Shift, case_id: str, unsent: Unsent) -> bool:
    """False where it could not be kept."""
    try:
        if unsent.at is None:
            await shift.parts.shelf.drop(shift.office.id, _place(shift, case_id))
        else:
            note = Note(fields=dict(unsent.fields), version=unsent.version, at=unsent.at).model_dump_json().encode()
            await shift.parts.shelf.put(shift.office.id, _place(shift, case_id), note, lasting=KEPT)
    except Unavailable:
        return False
    return True


async def kept(shift: Shift, case: CaseView) -> Unsent:
    """What lies there and is not saved since."""
    try:
        found = await shift.parts.shelf.get(shift.office.id, _place(shift, case.id))
        note = Note.model_validate_json(found) if found is not None else None
    except (Unavailable, ValidationError):
        return NOTHING
    if note is None:
        return NOTHING
    fields = dict(note.fields)
    if draft_in(fields) == case.draft:
        fields = {name: value for name, value in fields.items() if name not in DRAFT}
    return Unsent(fields, note.version, note.at)


def _place(shift: Shift, case_id: str) -> Place:
    return Place(("unsent", case_id, shift.officer.id), shift.parts.unsent_key)
