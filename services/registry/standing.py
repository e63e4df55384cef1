"""What a decision needs from beside its aggregate: the roles that the actor still has, and the tenant's region."""

from collections.abc import Mapping, Sequence

from libs.contracts.envelope import Actor
from libs.contracts.ids import PLATFORM, SETUP
from libs.contracts.messages import Command
from libs.contracts.registry.partner import DescribePartner, EnterPartner, RegisterPartner
from libs.contracts.registry.segments import ChangeSegment, DefineSegment
from libs.contracts.registry.tenant import TenantSettings
from libs.contracts.registry.verification import (
    AppealRejection,
    DecideVerification,
    RecordConsent,
    RecordVisit,
    SettleAppeal,
    TakeVerification,
)
from libs.contracts.words import Role
from libs.runtime.aggregates import Incoming
from libs.runtime.mongo import Document, TenantCollection, key
from services.registry.partner.profile import PlacedDescription, PlacedEntry
from services.registry.partner.rules import PlacedRegistration
from services.registry.partner.verification import (
    OfficeRules,
    RuledAppeal,
    RuledConsent,
    RuledDecision,
    RuledSettlement,
    RuledTake,
    RuledVisit,
)
from services.registry.segment.rules import PlacedChange, PlacedSegment

PLACED: Mapping[type[Command], type[Command]] = {
    RegisterPartner: PlacedRegistration,
    EnterPartner: PlacedEntry,
    DescribePartner: PlacedDescription,
    DefineSegment: PlacedSegment,
    ChangeSegment: PlacedChange,
}
"""Command -> the same with the region of its office, within which an area must lie."""
RULED: Mapping[type[Command], type[Command]] = {
    RecordConsent: RuledConsent,
    TakeVerification: RuledTake,
    RecordVisit: RuledVisit,
    DecideVerification: RuledDecision,
    AppealRejection: RuledAppeal,
    SettleAppeal: RuledSettlement,
}
"""Command -> the same with how its office verifies."""


async def informed(
    incoming: Sequence[Incoming], *, officers: TenantCollection, tenants: TenantCollection
) -> list[Incoming]:
    """From the registry's own documents: the directory comes back to it a moment later."""
    actors = {
        key(tenant, item.context.actor.id)
        for item in incoming
        if item.context.actor is not None
        for tenant in (item.context.tenant, PLATFORM)
    }
    placed = {
        key(item.context.tenant, item.context.tenant) for item in incoming if type(item.command) in {*PLACED, *RULED}
    }
    known = await officers.load(actors, {"state.roles": 1, "state.active": 1}) if actors else {}
    regions = await tenants.load(placed, {"state.region_code": 1, "state.settings": 1}) if placed else {}
    return [_placed(_standing(item, known), regions) for item in incoming]


def _standing(item: Incoming, officers: dict[str, Document]) -> Incoming:
    """The same with those roles only that the actor has here and now."""
    actor = item.context.actor
    if actor is None or actor.id == SETUP:
        return item
    held = _roles(officers.get(key(item.context.tenant, actor.id)))
    held |= _roles(officers.get(key(PLATFORM, actor.id))) & {Role.OPERATOR}
    if actor.id == item.command.target:
        # A partner about themself; whether there is such a partner, the partner's own state says.
        held |= {Role.PARTNER}
    kept = tuple(role for role in actor.roles if role in held)
    return item._replace(context=item.context._replace(actor=Actor(actor.id, kept, actor.agency)))


def _roles(document: Document | None) -> set[str]:
    return set(document["state"]["roles"]) if document is not None and document["state"]["active"] else set()


def _placed(item: Incoming, tenants: dict[str, Document]) -> Incoming:
    command = item.command
    placed, ruled = PLACED.get(type(command)), RULED.get(type(command))
    document = tenants.get(key(item.context.tenant, item.context.tenant))
    if document is None:
        return item
    if placed is not None:
        region = document["state"]["region_code"]
        return item._replace(command=placed(**{**dict(command), "region": region}))
    if ruled is not None:
        rules = _rules(TenantSettings.model_validate(document["state"]["settings"]))
        return item._replace(command=ruled(**{**dict(command), "rules": rules}))
    return item


def _rules(settings: TenantSettings) -> OfficeRules:
    return OfficeRules(
        timezone=settings.timezone,
        review_days=settings.partner_review_days,
        two_persons=settings.partner_two_persons,
        holidays=settings.holidays,
    )
