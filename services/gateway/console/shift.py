"""What every console page shares: the officer and their office, the frame, and what a sent form leads to."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reports.reads import QueueCounts
from libs.contracts.words import Role
from libs.kit import areas
from libs.kit.calendar import Zone
from libs.kit.visible import is_visible
from libs.runtime.errors import Refused, Unavailable
from services.gateway.access.limits import TooMany
from services.gateway.access.principals import Officer
from services.gateway.access.resuming import LogInFirst, from_another_session, only_shown
from services.gateway.access.sessions import Kind
from services.gateway.console import views as console_views
from services.gateway.context import Gateway, Office, Visit, Visited, posted, read_form
from services.gateway.dispatch.commands import Commands, Reply
from services.gateway.dispatch.idempotency import read_key
from services.gateway.front.pages import Site
from services.gateway.reads import or_missing
from services.gateway.web.pages import ZONES, Pages, see, text_of

CHECKERS = (Role.VERIFIER, Role.EDITOR, Role.APPROVER, Role.TENANT_ADMIN)
"""Who works on cases and carries answers out; the owners check it again."""
NOBODY = "–"
"""Stands for a name that could not be read."""
RETRY_AFTER = {"Retry-After": "2"}

NOTICES = frozenset(
    {"claimed", "released", "triaged", "draft_saved", "submitted", "reference_added", "reference_removed", "asked",
     "confirmed", "similar_answered", "merged", "approved", "returned", "published", "correction_started", "closed",
     "replied", "screened_out", "settled", "adopted", "led_here", "answered",
     "resend_queued", "marked_sent", "number_wrong", "stopped", "resolved",
     "kept"}
)  # fmt: skip
"""What an address may ask a page to say; anything else is not repeated."""

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around every page. `counts` is None, and names are unknown, where their service did not answer."""

    counts: QueueCounts | None
    names: Mapping[str, str]
    now: datetime

    def name(self, officer: str | None) -> str:
        return self.names.get(officer or "", NOBODY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a page says about the last action."""

    notice: str = ""
    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A form that was sent and not carried out. Its page comes back with what was typed.

    Attributes:
        what: name of the form, with the id of its thing where a page has several.
        key: the same where the wish may have been kept; a new one where it certainly was not.
        conflict: somebody else wrote meanwhile.
    """

    what: str
    form: FormData
    key: str
    status: int
    said: Said
    conflict: bool = False

    def typed(self, name: str) -> str:
        return text_of(self.form, name)


@dataclass(frozen=True, slots=True)
class Shift:
    """An officer at a page of their own office."""

    visit: Visited
    office: TenantRecord
    site: Pages
    officer: Officer

    @property
    def parts(self) -> Gateway:
        return self.visit.parts

    @property
    def commands(self) -> Commands:
        """
        Raises:
            Refused: the form is only shown again.
        """
        if only_shown(self.visit.request):
            raise Refused("forbidden")
        return self.visit.parts.commands

    @property
    def works(self) -> bool:
        """May do something, not only read."""
        return self.officer.has(*CHECKERS)

    @property
    def zone(self) -> Zone:
        return ZONES.get(self.office.settings.timezone, Zone.WIB)

    def url(self, *path: str) -> str:
        return "/".join((f"/{self.office.slug}", "console", *path))

    def action(
        self,
        *path: str,
        attempt: Attempt | None = None,
        version: int | None = None,
        why_not: str = "",
    ) -> console_views.Action:
        """
        Args:
            attempt: the last sending of this very form, whose key may have to come back.
        """
        return console_views.Action(
            url=self.url(*path),
            key=attempt.key if attempt else str(self.visit.new_key()),
            csrf=self.officer.session.csrf,
            version=version,
            why_not=why_not if self.works else "role_verifier",
        )

    async def posted(self, request: Request) -> FormData:
        try:
            return await posted(request, self.visit, session=self.officer.session)
        except Refused as refused:
            from_another_session(request, refused)
            return await read_form(request)

    async def frame(self) -> Frame:
        tenant, actor = self.office.id, self.officer.actor
        counts, officers = await asyncio.gather(
            or_missing(self.parts.reports.counts(tenant, actor)),
            or_missing(self.parts.registry.officers(tenant, actor=actor)),
        )
        return Frame(counts, {o.id: o.name for o in officers or ()}, datetime.now(UTC))

    def desk(self, frame: Frame, said: Said, *, live: bool = False) -> console_views.Desk:
        counts = frame.counts
        return console_views.Desk(
            officer=console_views.Officer(name=frame.name(self.officer.id), roles=self.officer.record.roles),
            logout=console_views.Action(
                url=f"/{self.office.slug}/logout", key=str(self.visit.new_key()), csrf=self.officer.session.csrf
            ),
            waiting=counts.queue if counts else None,
            reviews=counts.reviews if counts else None,
            others=counts.others if counts else None,
            now=frame.now,
            events_url=self.url("stream") if live else "",
            notice=said.notice,
            problem=said.problem,
            errors=said.errors,
        )

    def show(self, template: str, view: object, *, status: int = 200) -> Response:
        headers = RETRY_AFTER if status == 503 else {}
        return self.site.show(self.visit, self.office, f"console/{template}.html", view, status=status, headers=headers)


async def _shift(office: Office, visit: Visit, site: Site) -> Shift:
    officer = await visit.officer()
    if officer is None or officer.tenant.id != office.id:
        raise LogInFirst(office, Kind.OFFICER)
    return Shift(visit, office, site, officer)


OnShift = Annotated[Shift, Depends(_shift)]


async def _said(done: str = "") -> Said:
    return Said(notice=done if done in NOTICES else "")


Done = Annotated[Said, Depends(_said)]
"""What the action that led to this page did."""


def area_name(code: str | None) -> str:
    if not code:
        return ""
    return areas.find(code).title if areas.exists(code) else code


def checked(model: type[M], values: Mapping[str, Any]) -> M:
    """
    Raises:
        RequestValidationError: a field breaks a rule.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from None


def wrong(name: str, code: str) -> RequestValidationError:
    """An error of one field that no model finds."""
    return RequestValidationError([{"loc": (name,), "type": code, "msg": code, "input": None}])


def require(form: FormData, *names: str) -> None:
    """
    Raises:
        RequestValidationError: the named fields that were left empty, all at once.
    """
    empty = [name for name in names if not is_visible(text_of(form, name))]
    if empty:
        raise RequestValidationError([{"loc": (n,), "type": "required", "msg": "required", "input": ""} for n in empty])


_RULES = {"string_too_long": "too_long", "string_too_short": "required", "missing": "required", "int_type": "required"}
_OWN = frozenset(
    {"required", "url_invalid", "url_userinfo", "url_inner", "url_look_alike", "date_past", "date_far", "area_unknown",
     "code_wrong"}
)  # fmt: skip


def codes_of(error: RequestValidationError, names: Mapping[str, str]) -> dict[str, str]:
    """Field of the page -> code of its error.

    Args:
        names: field of the model -> field of the page, where they differ.
    """
    found: dict[str, str] = {}
    for problem in error.errors():
        path = [str(part) for part in problem["loc"] if part != "body"]
        name, rule = path[0] if path else "text", str(problem["type"])
        # A pattern of ours forbids control characters and asks for something that is not blank.
        blank = rule == "string_pattern_mismatch" and not is_visible(str(problem.get("input") or ""))
        code = rule if rule in _OWN else "required" if blank else _RULES.get(rule, "invalid")
        found.setdefault(names.get(name, name), code)
    return found


_NOT_YOURS = frozenset({"role_missing", "self_approval", "not_found", "forbidden", "key_invalid", "too_many_requests"})
_FIELD_CODES = {"draft_incomplete": "required", "reference_missing": "reference_missing", "validation": "invalid"}


def _refused(refused: Refused, names: Mapping[str, str]) -> tuple[int, Said]:
    """
    Raises:
        Refused: nothing that another try from this page could mend.
    """
    if refused.code in _NOT_YOURS:
        raise refused
    if refused.code == "version_conflict":
        return 409, Said()
    if refused.code in ("code_wrong", "code_used"):
        return 422, Said(errors={"code": refused.code})
    if refused.code in _FIELD_CODES:
        code, own = _FIELD_CODES[refused.code], {"verdict": "verdict_missing"}
        return 422, Said(errors={names.get(f, f): own.get(f, code) for f in refused.fields or ("text",)})
    if refused.code == "merged_here":
        return 409, Said(problem="merged_here")
    # Somebody was faster, or the first sending of this key was kept after all: the page shows how it stands.
    return 409, Said(problem="gone")


async def carry_out(
    shift: Shift,
    form: FormData,
    wish: Callable[[UUID], Awaitable[Reply]],
    *,
    what: str,
    done: str,
    to: str,
    again: Callable[[Attempt], Awaitable[Response]],
    names: Mapping[str, str] | None = None,
) -> Response:
    """Sends what a form asks for, and leads to the page that shows what came of it.

    Args:
        what: see Attempt.
        done: notice of the page `to`.
        again: shows the form once more, with what was typed.
        names: field of the command -> field of the page, where they differ.
    """
    key, named = read_key(text_of(form, "key")), names or {}
    shown = only_shown(shift.visit.request)
    if shown:
        return await again(Attempt(what=what, form=form, key=str(key), status=shown, said=Said(problem="typed_again")))
    try:
        shift.parts.limits.officers.take(shift.officer.id)
        reply = await wish(key)
    except RequestValidationError as error:
        said = Said(errors=codes_of(error, named))
        return await again(Attempt(what=what, form=form, key=str(key), status=422, said=said))
    except TooMany:
        return await again(Attempt(what=what, form=form, key=str(key), status=429, said=Said(problem="too_many")))
    except Unavailable:
        return await again(Attempt(what=what, form=form, key=str(key), status=503, said=Said(problem="unavailable")))
    except Refused as refused:
        status, said = _refused(refused, named)
        fresh, conflict = str(shift.visit.new_key()), refused.code == "version_conflict"
        return await again(Attempt(what=what, form=form, key=fresh, status=status, said=said, conflict=conflict))
    notice = done if reply.outcome is not None else "kept"
    return shift.visit.finish(see(f"{to}?done={notice}"))


def of(attempt: Attempt | None, what: str) -> Attempt | None:
    """The attempt, if it was this form."""
    return attempt if attempt is not None and attempt.what == what else None
