"""What a partner is asked to carry, and what they answered."""

from datetime import datetime, timedelta

from libs.contracts.notify.reads import AssignmentView, ProposalAsked, ProposalView
from libs.contracts.words import AssignmentState, PartnerState
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.keyring import VersionedKey
from libs.runtime.sealing import SubjectKeys
from services.notify import letters
from services.notify.assignment.choosing import COUNTED, Asked, choose
from services.notify.assignment.rules import Assignment
from services.notify.bulletin.rules import Bulletin
from services.notify.channels.email import Addresses
from services.notify.kinds import ASSIGNMENT, BULLETIN
from services.notify.store import Store

MOST_ASSIGNMENTS = 100
ANSWERED = (AssignmentState.ACKNOWLEDGED, AssignmentState.DECLINED)
SILENT_FOR = timedelta(days=180)
MOST_SILENT = 10_000


class AssignmentReads:
    def __init__(
        self, engine: Engine, keys: SubjectKeys, directory: Directory, *, link_keys: VersionedKey, public_url: str
    ) -> None:
        self._directory = directory
        self._link_keys = link_keys
        self._public_url = public_url
        self._assignments: Store[Assignment] = Store(engine, ASSIGNMENT, keys)
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)

    async def of_partner(self, tenant: str, partner_id: str) -> list[AssignmentView]:
        """The newest first."""
        found = await self._assignments.find(
            tenant, {"ix.partner": partner_id}, sort=[("ix.offered_at", -1), ("_id", -1)], limit=MOST_ASSIGNMENTS
        )
        bulletins = await self._bulletins.of(tenant, {a.bulletin_id for a in found})
        return [self._view(tenant, a, bulletins[a.bulletin_id]) for a in found if a.bulletin_id in bulletins]

    async def one(self, tenant: str, assignment_id: str) -> AssignmentView:
        """
        Raises:
            NotFound: no such assignment.
        """
        found = await self._assignments.one(tenant, assignment_id)
        return self._view(tenant, found, await self._bulletins.one(tenant, found.bulletin_id))

    async def silent(self, tenant: str, now: datetime) -> list[str]:
        """Partners who let what they were asked pass, and have answered nothing in half a year."""
        answered = {"$max": {"$in": ["$ix.state", list(ANSWERED)]}}
        lapsed = {"$max": {"$eq": ["$ix.state", AssignmentState.LAPSED]}}
        found = await self._assignments.collection.figures(
            tenant,
            {"ix.offered_at": {"$gte": now - SILENT_FOR}},
            by="ix.partner",
            of={"answered": answered, "lapsed": lapsed},
            having={"answered": False, "lapsed": True},
            limit=MOST_SILENT,
        )
        return [partner for partner, _ in found]

    async def proposal(self, tenant: str, asked: ProposalAsked, now: datetime) -> ProposalView:
        records = (self._directory.partner(tenant, one) for one in asked.partners)
        active = [one.id for one in records if one is not None and one.state == PartnerState.ACTIVE]
        recent = {"$sum": {"$cond": [{"$gt": ["$ix.offered_at", now - COUNTED]}, 1, 0]}}
        found = await self._assignments.collection.figures(
            tenant,
            {"ix.partner": {"$in": active}},
            by="ix.partner",
            of={"last": {"$max": "$ix.offered_at"}, "times": recent},
            having={},
            limit=len(active) + 1,
        )
        known = {partner: Asked(last=figures["last"], times=figures["times"]) for partner, figures in found}
        return ProposalView(lines=choose(active, known, wanted=asked.wanted, cap=asked.cap, now=now))

    def _view(self, tenant: str, assignment: Assignment, bulletin: Bulletin) -> AssignmentView:
        record = self._directory.tenants[tenant]
        partner = self._directory.partner(tenant, assignment.partner_id)
        language = partner.language if partner is not None else letters.SOURCE
        addresses = Addresses.of(record, public_url=self._public_url, keys=self._link_keys)
        return AssignmentView(
            id=assignment.assignment_id,
            partner_id=assignment.partner_id,
            state=assignment.state,
            due_at=assignment.due_at,
            offered_at=assignment.offered_at,
            answered_at=assignment.answered_at,
            reason=assignment.reason,
            bulletin_id=bulletin.bulletin_id,
            case_id=bulletin.case_id,
            number=bulletin.number,
            claim=bulletin.claim,
            verdict=bulletin.verdict,
            fact=bulletin.fact,
            caption=letters.caption(bulletin, language, addresses.clarification(bulletin.number)),
        )
