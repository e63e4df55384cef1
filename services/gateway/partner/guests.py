"""A partner at a page of the office that they work with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from libs.contracts.directory import TenantRecord
from libs.contracts.registry.reads import PartnerRow, PartnerView
from libs.runtime.errors import Refused
from services.gateway.access.principals import Partner
from services.gateway.access.resuming import LogInFirst, from_another_session
from services.gateway.access.sessions import Kind
from services.gateway.console.shift import RETRY_AFTER
from services.gateway.console.views import Action
from services.gateway.context import Office, Visit, Visited, posted, read_form
from services.gateway.partner import views
from services.gateway.reads import or_missing
from services.gateway.web.pages import Pages, Site


@dataclass(frozen=True, slots=True)
class Guest:
    visit: Visited
    office: TenantRecord
    site: Pages
    partner: Partner

    def url(self, *path: str) -> str:
        return "/".join((f"/{self.office.slug}", "partner", *path))

    def action(self, *path: str, key: str = "", typed: Mapping[str, str] | None = None) -> Action:
        key = key or str(self.visit.new_key())
        return Action(url=self.url(*path), key=key, csrf=self.partner.session.csrf, typed=typed or {})

    async def posted(self, request: Request) -> FormData:
        try:
            return await posted(request, self.visit, session=self.partner.session)
        except Refused as refused:
            from_another_session(request, refused)
            return await read_form(request)

    def desk(self, row: PartnerRow | None, waiting: int | None, now: datetime, last: "Answer") -> views.PartnerDesk:
        return views.PartnerDesk(
            partner=row.name if row is not None else "–",
            logout=Action(
                url=f"/{self.office.slug}/logout", key=str(self.visit.new_key()), csrf=self.partner.session.csrf
            ),
            to_answer=waiting,
            now=now,
            state=self.partner.record.state,
            problem=last.problem,
            errors=last.errors,
        )

    def show(self, template: str, view: object, *, status: int = 200) -> Response:
        headers = RETRY_AFTER if status == 503 else {}
        return self.site.show(self.visit, self.office, f"partner/{template}.html", view, status=status, headers=headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The last sending of an answer, where it was not carried out: its key and choice come back."""

    status: int = 200
    what: str = ""
    key: str = ""
    reason: str = ""
    problem: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


async def _guest(office: Office, visit: Visit, site: Site) -> Guest:
    partner = await visit.partner()
    here = visit.request.path_params.get("assignment_id")
    if partner is None or partner.tenant.id != office.id or not partner.may_open(here):
        raise LogInFirst(office, Kind.PARTNER)
    return Guest(visit, office, site, partner)


AsGuest = Annotated[Guest, Depends(_guest)]


async def row_of(guest: Guest) -> PartnerView | None:
    partner = guest.partner
    return await or_missing(guest.visit.parts.registry.partner(guest.office.id, partner.actor, partner.id))
