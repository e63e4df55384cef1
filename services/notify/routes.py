"""Reads of notify over HTTP, for our own processes under their tokens."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from libs.contracts.envelope import Actor
from libs.contracts.notify.reads import (
    AssignmentView,
    BulletinView,
    ByHandRow,
    FollowerAsked,
    FollowerFound,
    FollowView,
    LedgerRow,
    ProposalAsked,
    ProposalView,
)
from libs.contracts.reads import OutcomeView, Page
from libs.contracts.topics import Service
from libs.contracts.words import DeliveryState, Role
from libs.runtime import logs
from libs.runtime.directory import Directory, standing
from libs.runtime.errors import NotFound, Refused
from libs.runtime.http import caller_dependency, tenant_of
from libs.runtime.paths import Id
from libs.runtime.service import Runtime
from libs.runtime.tokens import Caller
from services.notify.assignment.reads import AssignmentReads
from services.notify.bulletin.reads import BulletinReads
from services.notify.delivery.reads import DeliveryReads
from services.notify.permissions import is_sender
from services.notify.subject.reads import SubjectReads

log = logs.get()

Cursor = Annotated[str | None, Query(max_length=1_000)]
CaseId = Annotated[str, Query(max_length=64)]


@dataclass(frozen=True)
class Reads:
    subjects: SubjectReads
    bulletins: BulletinReads
    deliveries: DeliveryReads
    assignments: AssignmentReads


def router(runtime: Runtime, reads: Reads) -> APIRouter:
    routes = APIRouter()
    Called: Any = caller_dependency(runtime.tokens)
    directory = runtime.directory

    @routes.get("/outcomes/{command_id}")
    async def outcome(caller: Called, command_id: UUID, body: str | None = None) -> OutcomeView:
        return await runtime.outcome_view(tenant_of(caller), command_id, body)

    @routes.get("/subjects/{report_id}")
    async def subject(caller: Called, report_id: Id) -> FollowView:
        return await reads.subjects.follow(tenant_of(caller), report_id)

    @routes.post("/subjects/{report_id}/follower")
    async def follower(caller: Called, report_id: Id, asked: FollowerAsked) -> FollowerFound:
        _require_gateway(caller)
        return await reads.subjects.follower(tenant_of(caller), report_id, asked.address)

    @routes.get("/bulletins")
    async def bulletins(caller: Called, case_id: CaseId) -> list[BulletinView]:
        require_officer(caller, directory)
        return await reads.bulletins.of_case(tenant_of(caller), case_id)

    @routes.get("/bulletins/{bulletin_id}")
    async def bulletin(caller: Called, bulletin_id: Id) -> BulletinView:
        require_officer(caller, directory)
        return await reads.bulletins.one(tenant_of(caller), bulletin_id)

    @routes.get("/bulletins/{bulletin_id}/ledger")
    async def ledger(
        caller: Called, bulletin_id: Id, state: DeliveryState | None = None, cursor: Cursor = None
    ) -> Page[LedgerRow]:
        require_officer(caller, directory)
        return await reads.deliveries.ledger(tenant_of(caller), bulletin_id, state=state, cursor=cursor)

    @routes.get("/by-hand")
    async def by_hand(caller: Called, cursor: Cursor = None) -> Page[ByHandRow]:
        tenant = tenant_of(caller)
        officer = require_officer(caller, directory)
        if not is_sender(officer):
            raise Refused("role_missing")
        page = await reads.deliveries.by_hand(tenant, cursor=cursor)
        # Who was shown whose number stands in the audit line, by ids.
        log.info("numbers_shown", tenant=tenant, officer=officer.id, deliveries=[row.delivery_id for row in page.items])
        return page

    @routes.get("/sent-by-hand")
    async def sent_by_hand(caller: Called) -> list[ByHandRow]:
        if not is_sender(require_officer(caller, directory)):
            raise Refused("role_missing")
        return await reads.deliveries.sent_by_hand(tenant_of(caller))

    @routes.get("/partners/{partner_id}/assignments")
    async def assignments(caller: Called, partner_id: Id) -> list[AssignmentView]:
        require_reader_of(caller, partner_id, directory)
        return await reads.assignments.of_partner(tenant_of(caller), partner_id)

    @routes.get("/silent-partners")
    async def silent_partners(caller: Called) -> list[str]:
        require_officer(caller, directory)
        return await reads.assignments.silent(tenant_of(caller), datetime.now(UTC))

    @routes.post("/proposal")
    async def proposal(caller: Called, asked: ProposalAsked) -> ProposalView:
        require_officer(caller, directory)
        return await reads.assignments.proposal(tenant_of(caller), asked, datetime.now(UTC))

    @routes.get("/assignments/{assignment_id}")
    async def assignment(caller: Called, assignment_id: Id) -> AssignmentView:
        found = await reads.assignments.one(tenant_of(caller), assignment_id)
        require_reader_of(caller, found.partner_id, directory)
        return found

    return routes


def require_officer(caller: Caller, directory: Directory) -> Actor:
    """Any active officer of the tenant, with the roles of our own directory.

    Raises:
        Refused: `role_missing`.
    """
    found = standing(directory, tenant_of(caller), caller.actor)
    if found is None or not set(found.roles) - {Role.PARTNER}:
        raise Refused("role_missing")
    return found


def require_reader_of(caller: Caller, partner_id: str, directory: Directory) -> None:
    """The partner themself, or an officer. For another partner it does not exist.

    Raises:
        NotFound: it is another partner's.
        Refused: `role_missing`.
    """
    actor = standing(directory, tenant_of(caller), caller.actor)
    if actor is not None and Role.PARTNER in actor.roles:
        if actor.id != partner_id:
            raise NotFound()
        return
    require_officer(caller, directory)


def _require_gateway(caller: Caller) -> None:
    if caller.service != Service.GATEWAY:
        raise Refused("forbidden")
