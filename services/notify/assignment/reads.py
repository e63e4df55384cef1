"""What a partner is asked to carry, and what they answered."""

from libs.contracts.notify.reads import AssignmentView
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.keyring import VersionedKey
from libs.runtime.sealing import SubjectKeys
from services.notify import letters
from services.notify.assignment.rules import Assignment
from services.notify.bulletin.rules import Bulletin
from services.notify.channels.email import Addresses
from services.notify.kinds import ASSIGNMENT, BULLETIN
from services.notify.store import Store

MOST_ASSIGNMENTS = 100


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
