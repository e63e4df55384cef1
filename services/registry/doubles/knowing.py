"""What a merge needs to know of the partner at its other end, as it lies in the registry just now."""

from collections.abc import Sequence

from libs.contracts.registry.merging import AbsorbPartner, MergePartner
from libs.runtime.aggregates import Incoming
from libs.runtime.mongo import key
from services.registry.partner.merging import KnownAbsorption, KnownMerge
from services.registry.partner.state import Partner
from services.registry.store import Store


async def acquainted(incoming: Sequence[Incoming], partners: Store[Partner]) -> list[Incoming]:
    others = {(item.context.tenant, other) for item in incoming if (other := _other(item))}
    known: dict[str, Partner] = {}
    for tenant in {tenant for tenant, _ in others}:
        documents = await partners.by_id(tenant, sorted(other for of, other in others if of == tenant))
        known |= {key(tenant, found.id): found.state for found in await partners.opened(documents)}
    return [_with(item, known) for item in incoming]


def _other(item: Incoming) -> str:
    match item.command:
        case MergePartner(into=other) | AbsorbPartner(absorbed=other):
            return other
    return ""


def _with(item: Incoming, known: dict[str, Partner]) -> Incoming:
    command = item.command
    other = known.get(key(item.context.tenant, _other(item)))
    if isinstance(command, MergePartner):
        return item._replace(command=KnownMerge(**{**dict(command), "survivor": other}))
    if isinstance(command, AbsorbPartner):
        return item._replace(command=KnownAbsorption(**{**dict(command), "other": other}))
    return item
