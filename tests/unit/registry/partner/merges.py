"""Partners and holds in memory, with what follows told in any order and as often as it takes."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.merging import AbsorbPartner, MergePartner
from libs.runtime.aggregates import FollowUp
from services.registry.account_hold import rules as hold_rules
from services.registry.account_hold.follow_ups import after_hold
from services.registry.partner import rules
from services.registry.partner.follow_ups import after_partner
from services.registry.partner.merging import KnownAbsorption, KnownMerge
from services.registry.partner.state import Partner
from tests.unit.registry.builders import NOW, VERIFIER, context


class Registry:
    """
    Attributes:
        waiting: commands that follow and were not told yet.
    """

    def __init__(self) -> None:
        self.partners: dict[str, Partner] = {}
        self.holds: dict[str, hold_rules.Hold] = {}
        self.waiting: list[Command] = []
        self.told: list[Command] = []

    def tell(
        self,
        command: Command,
        *,
        by: Actor | None = VERIFIER,
        private: Sealable | None = None,
        at: datetime = NOW,
        tenant: str = "t-cirebon",
    ) -> None:
        given = context(by, private=private, tenant=tenant)._replace(at=at)
        if command.aggregate == "account_hold":
            hold = self.holds.get(command.target)
            for event in hold_rules.decide(hold, command, given):
                hold = hold_rules.evolve(hold, event)
                self._follow(after_hold(event))
            if hold is not None:
                self.holds[command.target] = hold
            return
        state = self.partners.get(command.target)
        events = list(rules.decide(state, self._known(command), given))
        for event in events:
            state = rules.evolve(state, event)
            self._follow(after_partner(event))
        if state is not None:
            self.partners[command.target] = state

    def _known(self, command: Command) -> Command:
        if isinstance(command, MergePartner):
            return KnownMerge(**dict(command), survivor=self.partners.get(command.into))
        if isinstance(command, AbsorbPartner):
            return KnownAbsorption(**dict(command), other=self.partners.get(command.absorbed))
        return command

    def _follow(self, following: Any) -> None:
        self.waiting += [one.command for one in following if isinstance(one, FollowUp)]

    def settle(self, pick: Callable[[int], int] = lambda how_many: 0) -> None:
        """Tells all that waits.

        Args:
            pick: which of so many is next.
        """
        while self.waiting:
            command = self.waiting.pop(pick(len(self.waiting)))
            self.told.append(command)
            self.tell(command, by=None)

    def seen(self, partner_id: str) -> dict[str, Any]:
        """What there is to know of a partner, without the book-keeping of its merges."""
        return self.partners[partner_id].model_dump(exclude={"merging", "absorbed", "taken_accounts", "taken", "apart"})
