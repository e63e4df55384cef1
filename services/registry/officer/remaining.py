"""Who is left when an officer goes: whether somebody still administers, and whether a successor can take over.

The officers of an office are each decided alone, so what is true of all of them is looked up before, and a batch is
taken in its order: of two administrators who remove each other at once, one stays.
"""

from collections.abc import Iterable, Mapping, Sequence

from libs.contracts.messages import Command
from libs.contracts.registry.officers import GrantRoles, RetireOfficer
from libs.contracts.registry.tenant import ChangeOfficer
from libs.contracts.words import CHECKERS, Role
from libs.runtime.aggregates import Incoming
from libs.runtime.mongo import TenantCollection, identity_of
from services.registry.officer.keeping import removes_admin

ASKS = (GrantRoles, RetireOfficer, ChangeOfficer)
MOST_ACTIVE = 1_000
Active = Mapping[str, frozenset[str]]
"""Officer -> roles, of those who are active in one office."""


async def with_who_remains(incoming: Sequence[Incoming], *, officers: TenantCollection) -> list[Incoming]:
    tenants = {item.context.tenant for item in incoming if isinstance(item.command, ASKS)}
    return (
        told(incoming, {tenant: await _active(officers, tenant) for tenant in tenants}) if tenants else list(incoming)
    )


async def _active(officers: TenantCollection, tenant: str) -> Active:
    documents = await officers.find(
        tenant, {"state.active": True}, limit=MOST_ACTIVE, fields={"state.roles": 1}, sort=[("_id", 1)]
    )
    return {identity_of(d["_id"]): frozenset(d["state"]["roles"]) for d in documents}


def told(incoming: Sequence[Incoming], active: Mapping[str, Active]) -> list[Incoming]:
    """Each command with what it asks; what an earlier one of the batch takes away counts as gone."""
    gone: dict[str, set[str]] = {tenant: set() for tenant in active}
    found = []
    for item in incoming:
        tenant = item.context.tenant
        if isinstance(item.command, ASKS):
            here, left = active[tenant], gone[tenant]
            found.append(item._replace(command=_told(item.command, here, left)))
            if removes_admin(item.command):
                left.add(item.command.target)
        else:
            found.append(item)
    return found


def _told(command: Command, active: Active, gone: Iterable[str]) -> Command:
    others = active.keys() - {command.target, *gone}
    update = {"others_administer": any(Role.TENANT_ADMIN in active[one] for one in others)}
    if isinstance(command, RetireOfficer):
        successor = command.successor or ""
        update["successor_works"] = successor in others and not active[successor].isdisjoint(CHECKERS)
    return command.model_copy(update=update)
