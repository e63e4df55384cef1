"""What every console page shares: the officer and their office, the frame, and what a sent form leads to."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.reports.reads import QueueCounts
from libs.contracts.words import CHECKERS, Role
from libs.kit.calendar import Zone
from libs.runtime.errors import Refused
from services.gateway.access.principals import Officer
from services.gateway.access.resuming import LogInFirst, from_another_session, only_shown
from services.gateway.access.sessions import Kind
from services.gateway.console import views as console_views
from services.gateway.context import Gateway, Office, Visit, Visited, posted, read_form
from services.gateway.dispatch.dispatcher import Reply
from services.gateway.dispatch.wishes import Posted, Wish
from services.gateway.reads import or_missing
from services.gateway.web.pages import Pages, Site, text_of, zone_of

NOBODY = "–"
"""Stands for a name that could not be read."""
RETRY_AFTER = {"Retry-After": "2"}


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

    @property
    def texts(self) -> Mapping[str, str]:
        return {name: value for name, value in self.form.items() if isinstance(value, str)}


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

    async def send(self, wish: Wish[Any], key: UUID, target: str, values: Mapping[str, Any]) -> Reply:
        """
        Raises:
            Refused: the form is only shown again; and as `Wish.send`.
            RequestValidationError: a field breaks a rule.
        """
        if only_shown(self.visit.request):
            raise Refused("forbidden")
        return await wish.send(self.parts, self.officer, key, target, wish.read(values))

    def sending(self, wish: Wish[Any], target: str, values: Mapping[str, Any]) -> Callable[[UUID], Awaitable[Reply]]:
        return lambda key: self.send(wish, key, target, values)

    @property
    def works(self) -> bool:
        """May do something, not only read."""
        return self.officer.has(*CHECKERS)

    @property
    def zone(self) -> Zone:
        return zone_of(self.office)

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
            typed=attempt.texts if attempt else {},
        )

    def buttons(
        self, wishes: Iterable[Wish[Any]], page: str, *, attempt: Attempt | None = None, **ids: str
    ) -> Mapping[str, console_views.Action]:
        """By the last word of its path, the action of every button that is on a page once.

        Args:
            page: with what the addresses of its forms begin, below the officers' pages.
            attempt: the last sending from this page, of whichever form.
            ids: what the address of the page names.
        """
        return {
            button.word: self.action(button.at(ids), attempt=of(attempt, button.called), why_not=self._why_not(wish))
            for wish in wishes
            for button in wish.buttons
            if button.path.startswith(page) and button.named <= ids.keys()
        }

    def _why_not(self, wish: Wish[Any]) -> str:
        if self.officer.has(*wish.may):
            return ""
        return "role" if wish.may == {Role.APPROVER} else "role_verifier"

    async def posted(self, request: Request) -> FormData:
        try:
            return await posted(request, self.visit, session=self.officer.session)
        except Refused as refused:
            from_another_session(request, refused)
            return await read_form(request)

    async def received(self, request: Request, **ids: str) -> Posted:
        return Posted(self.parts, self.office, self.officer, await self.posted(request), ids)

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
    return Said(notice=done)


Done = Annotated[Said, Depends(_said)]
"""What the action that led to this page did; a word that is no notice's says nothing."""


def wrong(name: str, code: str) -> RequestValidationError:
    """An error of one field that no model finds."""
    return RequestValidationError([{"loc": (name,), "type": code, "msg": code, "input": None}])


def of(attempt: Attempt | None, what: str) -> Attempt | None:
    """The attempt, if it was this form."""
    return attempt if attempt is not None and attempt.what == what else None
