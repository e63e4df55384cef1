"""Reads of the registry over HTTP, and the log-in. For our own processes, under their tokens."""

import base64
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from libs.contracts.ids import is_identifier
from libs.contracts.reads import OutcomeView, Page
from libs.contracts.registry.coverage import CoverageView
from libs.contracts.registry.import_reads import ImportRow, PartnerImportView
from libs.contracts.registry.reads import (
    Authenticated,
    Authentication,
    DoubleView,
    HistoryLine,
    MailedLink,
    MailedLinkShown,
    OfficerAddress,
    OfficerNamed,
    OfficerView,
    PartnerChange,
    PartnerFound,
    PartnerLookup,
    PartnerRow,
    PartnerView,
    StepUp,
    TermRow,
    VerificationRow,
)
from libs.contracts.registry.segments import Candidates, SegmentView
from libs.contracts.topics import Service
from libs.contracts.words import Role
from libs.runtime.directory import Directory
from libs.runtime.errors import NotFound, Refused
from libs.runtime.http import caller_dependency, tenant_of
from libs.runtime.paths import Id
from libs.runtime.service import Runtime
from libs.runtime.tokens import Caller
from services.registry.coverage.reads import CoverageReads
from services.registry.doubles.reads import DoublesReads
from services.registry.history import history
from services.registry.login import Login
from services.registry.officer.reads import OfficerReads
from services.registry.partner.finding import PartnerFilter, Sort
from services.registry.partner.reads import PartnerReads
from services.registry.partner_import.reads import ImportReads
from services.registry.permissions import REGISTRATION
from services.registry.segment.reads import SegmentReads

MOST_IDS = 200
LOGO = {"state.logo": 1, "state.logo_picture": 1}
Ids = Annotated[str | None, Query(max_length=MOST_IDS * 65)]
Facet = Annotated[str | None, Query(max_length=40)]


@dataclass(frozen=True)
class Reads:
    officers: OfficerReads
    partners: PartnerReads
    imports: ImportReads
    doubles: DoublesReads
    coverage: CoverageReads
    segments: SegmentReads


def router(runtime: Runtime, reads: Reads, login: Login) -> APIRouter:
    routes = APIRouter()
    Called: Any = caller_dependency(runtime.tokens)
    directory = runtime.directory

    @routes.get("/outcomes/{command_id}")
    async def outcome(caller: Called, command_id: UUID, body: str | None = None) -> OutcomeView:
        return await runtime.outcome_view(tenant_of(caller), command_id, body)

    @routes.get("/officers")
    async def officers(caller: Called, ids: Ids = None, initials: bool = False) -> Page[OfficerView]:
        """Names for officers of the tenant; for everyone else initials, as public pages show them."""
        named = not initials and is_officer(caller, directory)
        addressed = named and caller.actor is not None and administers(caller, directory)
        return await reads.officers.listed(tenant_of(caller), _listed(ids), named=named, addressed=addressed)

    @routes.get("/officers/{officer_id}/history")
    async def officer_history(caller: Called, officer_id: Id) -> Page[HistoryLine]:
        require_officer(caller, directory)
        found = await history(runtime.engine, "officer", tenant_of(caller), officer_id)
        if not found.items:
            raise NotFound("officer_id")
        return found

    @routes.get("/office/history")
    async def office_history(caller: Called) -> Page[HistoryLine]:
        require_officer(caller, directory)
        return await history(runtime.engine, "tenant", tenant_of(caller), tenant_of(caller))

    @routes.get("/office/logo/{name}")
    async def logo(caller: Called, name: Id) -> Response:
        """The office's own of now, for everybody."""
        tenant = tenant_of(caller)
        document = await runtime.engine.collection("tenant").get(tenant, tenant, LOGO)
        if document is None or document["state"].get("logo") != name:
            raise NotFound("logo")
        return Response(base64.b64decode(document["state"]["logo_picture"]), media_type="image/jpeg")

    @routes.get("/partners")
    async def partners(
        caller: Called,
        ids: Ids = None,
        area: Facet = None,
        kind: Facet = None,
        state: Facet = None,
        platform: Facet = None,
        topic: Annotated[str | None, Query(max_length=160)] = None,
        run_by_office: bool | None = None,
        text: Annotated[str | None, Query(max_length=200)] = None,
        sort: Sort = Sort.NEWEST,
        cursor: Annotated[str | None, Query(max_length=1_000)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[PartnerRow]:
        require_officer(caller, directory)
        wanted = _listed(ids)
        if wanted is not None:
            return await reads.partners.by_id(tenant_of(caller), wanted)
        filtered = PartnerFilter(area, kind, state, platform, topic, run_by_office, text, sort)
        return await reads.partners.page(tenant_of(caller), filtered, cursor=cursor, limit=limit)

    @routes.get("/terms")
    async def terms(
        caller: Called,
        until: Annotated[date, Query()],
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[TermRow]:
        require_officer(caller, directory)
        return await reads.partners.ending(tenant_of(caller), until.isoformat(), limit=limit)

    @routes.get("/verifications")
    async def verifications(
        caller: Called,
        area: Facet = None,
        kind: Facet = None,
        state: Facet = None,
        cursor: Annotated[str | None, Query(max_length=1_000)] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[VerificationRow]:
        require_officer(caller, directory)
        facets = PartnerFilter(area, kind, state).facets
        return await reads.partners.verifications(tenant_of(caller), facets, cursor=cursor, limit=limit)

    @routes.get("/partners/{partner_id}")
    async def partner(caller: Called, partner_id: Id) -> PartnerView:
        own = is_partner(caller, partner_id)
        if not own:
            require_officer(caller, directory)
        found = await reads.partners.one(tenant_of(caller), partner_id, own=own)
        if found is None:
            raise NotFound("partner_id")
        return found

    @routes.get("/partners/{partner_id}/history")
    async def partner_history(caller: Called, partner_id: Id) -> Page[PartnerChange]:
        own = is_partner(caller, partner_id)
        if not own:
            require_officer(caller, directory)
        found = await reads.partners.history(tenant_of(caller), partner_id, own=own)
        if not found.items:
            raise NotFound("partner_id")
        return found

    @routes.get("/partner-imports")
    async def partner_imports(caller: Called) -> tuple[PartnerImportView, ...]:
        require_registrar(caller, directory)
        return await reads.imports.latest(tenant_of(caller))

    @routes.get("/partner-imports/{import_id}")
    async def partner_import(caller: Called, import_id: Id) -> PartnerImportView:
        require_registrar(caller, directory)
        return await reads.imports.one(tenant_of(caller), import_id)

    @routes.get("/partner-imports/{import_id}/rows")
    async def import_rows(
        caller: Called,
        import_id: Id,
        became: Annotated[str, Query(max_length=20, pattern="^[a-z]*$")] = "",
        after: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    ) -> Page[ImportRow]:
        require_registrar(caller, directory)
        return await reads.imports.rows(tenant_of(caller), import_id, became=became, after=after, limit=limit)

    @routes.get("/partners/{partner_id}/doubles")
    async def doubles_of(caller: Called, partner_id: Id) -> Page[DoubleView]:
        require_officer(caller, directory)
        if await reads.partners.one(tenant_of(caller), partner_id) is None:
            raise NotFound("partner_id")
        return await reads.doubles.of(tenant_of(caller), partner_id)

    @routes.get("/doubles")
    async def doubles(
        caller: Called,
        cursor: Annotated[str | None, Query(max_length=1_000)] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> Page[DoubleView]:
        require_officer(caller, directory)
        return await reads.doubles.page(tenant_of(caller), cursor=cursor, limit=limit)

    @routes.get("/coverage")
    async def coverage(caller: Called, day: date) -> CoverageView:
        """`day`: today, where the office is."""
        require_officer(caller, directory)
        office = directory.tenants[tenant_of(caller)]
        return await reads.coverage.of(office.id, office.region_code, day)

    @routes.get("/segments")
    async def segments(caller: Called) -> Page[SegmentView]:
        require_officer(caller, directory)
        return Page[SegmentView](items=await reads.segments.listed(tenant_of(caller)))

    @routes.get("/segments/{segment_id}")
    async def segment(caller: Called, segment_id: Id) -> SegmentView:
        require_officer(caller, directory)
        found = await reads.segments.one(tenant_of(caller), segment_id)
        if found is None:
            raise NotFound("segment_id")
        return found

    @routes.get("/segments/{segment_id}/candidates")
    async def candidates(caller: Called, segment_id: Id) -> Candidates:
        require_officer(caller, directory)
        found = await reads.segments.candidates(tenant_of(caller), segment_id)
        if found is None:
            raise NotFound("segment_id")
        return found

    @routes.get("/segments/{segment_id}/history")
    async def segment_history(caller: Called, segment_id: Id) -> Page[HistoryLine]:
        require_officer(caller, directory)
        found = await history(runtime.engine, "segment", tenant_of(caller), segment_id)
        if not found.items:
            raise NotFound("segment_id")
        return found

    @routes.post("/internal/partner-by-contact")
    async def partner_by_contact(caller: Called, question: PartnerLookup) -> PartnerFound:
        _require_gateway(caller)
        found = await reads.partners.at(tenant_of(caller), question.address)
        if found is None:
            raise NotFound("address")
        return found

    @routes.post("/internal/mailed-link")
    async def mailed_link(caller: Called, question: MailedLinkShown) -> MailedLink:
        _require_gateway(caller)
        if not is_identifier(question.officer_id):
            raise NotFound("link")
        return await reads.officers.opened_by(tenant_of(caller), question.officer_id, question.secret)

    @routes.post("/internal/officer-address")
    async def officer_address(caller: Called, question: OfficerNamed) -> OfficerAddress:
        """Where a link is mailed to; for whoever sends it without seeing it."""
        _require_gateway(caller)
        found = await reads.officers.one(tenant_of(caller), question.officer_id)
        if found is None:
            raise NotFound("officer_id")
        return OfficerAddress(email=found.state.email)

    @routes.post("/internal/authenticate")
    async def authenticate(caller: Called, question: Authentication) -> Authenticated:
        _require_gateway(caller)
        return await login.authenticate(question, now=datetime.now(UTC))

    @routes.post("/internal/confirm")
    async def confirm(caller: Called, question: StepUp) -> dict[str, str]:
        _require_gateway(caller)
        if caller.actor is not None and caller.actor.id != question.officer_id:
            raise Refused("forbidden")
        await login.confirm(tenant_of(caller), question, now=datetime.now(UTC))
        return {}

    return routes


def is_officer(caller: Caller, directory: Directory) -> bool:
    """An officer of the token's tenant who is still one."""
    actor, tenant = caller.actor, caller.tenant
    return actor is not None and tenant is not None and directory.officer(tenant, actor.id) is not None


def administers(caller: Caller, directory: Directory) -> bool:
    actor, tenant = caller.actor, caller.tenant
    record = directory.officer(tenant, actor.id) if actor is not None and tenant is not None else None
    return record is not None and Role.TENANT_ADMIN in record.roles


def is_partner(caller: Caller, partner_id: str) -> bool:
    return caller.actor is not None and Role.PARTNER in caller.actor.roles and caller.actor.id == partner_id


def require_officer(caller: Caller, directory: Directory) -> None:
    if not is_officer(caller, directory):
        raise Refused("forbidden")


def require_registrar(caller: Caller, directory: Directory) -> None:
    """An officer who may enter partners: files hold what the list of partners does not show."""
    actor, tenant = caller.actor, caller.tenant
    officer = directory.officer(tenant, actor.id) if actor is not None and tenant is not None else None
    if officer is None or set(officer.roles).isdisjoint(REGISTRATION):
        raise Refused("role_missing")


def _require_gateway(caller: Caller) -> None:
    if caller.service != Service.GATEWAY:
        raise Refused("forbidden")


def _listed(ids: str | None) -> list[str] | None:
    if ids is None:
        return None
    found = [one for one in ids.split(",") if one]
    if len(found) > MOST_IDS:
        raise Refused("validation", "ids")
    return found
