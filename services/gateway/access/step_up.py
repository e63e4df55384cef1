"""A fresh code of the second factor, for what must not be done by whoever finds a screen unlocked."""

from collections import OrderedDict
from uuid import UUID

from services.gateway.access.principals import Officer, Partner
from services.gateway.reads import RegistryReads

REMEMBERED = 1_000


class StepUp:
    def __init__(self, registry: RegistryReads) -> None:
        self._registry = registry
        self._confirmed: OrderedDict[UUID, None] = OrderedDict()

    async def confirm(self, who: Officer | Partner, code: str, command_id: UUID) -> None:
        """A resend of the same command needs no second code.

        Raises:
            Refused: `code_wrong` or `code_used`.
        """
        if command_id in self._confirmed:
            return
        await self._registry.confirm(who.tenant.id, who.id, code)
        self._confirmed[command_id] = None
        if len(self._confirmed) > REMEMBERED:
            self._confirmed.popitem(last=False)
