"""Commands of people on their way to their owner, and what became of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from libs.contracts import ids
from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.notify.delivery import LoginAddress
from libs.contracts.reads import OutcomeView
from libs.runtime.errors import NotFound
from services.gateway.access.principals import Officer, Partner
from services.gateway.access.sessions import Ticket
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.sending import Wish as Sent

WAIT = 5.0
"""Seconds that a page waits for an outcome before it says that it is kept and on its way."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`outcome` is None while nobody knows it yet."""

    command_id: UUID
    outcome: OutcomeView | None


@dataclass(frozen=True, slots=True)
class By:
    """Who wishes it: their keys are their own, and the owner sees the actor."""

    tenant: str
    principal: str
    actor: Actor | None

    def command_id(self, key: UUID, command: Command) -> UUID:
        """One key on two things makes two commands: the target stands in the name of the operation."""
        operation = f"{command.type_name}/{command.target}"
        return ids.command_id(self.tenant, operation, key, principal=self.principal)


def by_person(who: Officer | Partner) -> By:
    return By(who.tenant.id, who.id, who.actor)


def by_holder(ticket: Ticket) -> By:
    return By(ticket.tenant, ids.PUBLIC, None)


def by_anybody(tenant: str) -> By:
    return By(tenant, ids.PUBLIC, None)


class Dispatcher:
    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    async def send(
        self, by: By, key: UUID, command: Command, *, private: Sealable | None = None, wait: float = WAIT
    ) -> Reply:
        """With `wait`, what became of it.

        Raises:
            Refused: the owner said no (only where somebody waited), or `key_reused`.
            Unavailable: not certainly kept; the same key converges.
        """
        if not ids.is_identifier(command.target):
            # From a field of a form: no record of it could be read again, so nothing is published.
            raise NotFound("id")
        command_id = by.command_id(key, command)
        body = command.model_dump_json().encode() + (private.model_dump_json().encode() if private else b"")
        sent = [Sent(command_id, command, private)]
        return Reply(command_id, await self._asking.send(by.tenant, sent, body=body, actor=by.actor, wait=wait))

    async def mail_link(
        self, tenant: str, key: UUID, kind: type[Command], fields: Mapping[str, str], link: LoginAddress, *, opens: str
    ) -> None:
        """Each link is new, so the body may differ under one key: the first that arrives is sent, the rest is seen.

        Args:
            fields: of the command, but for the id of its delivery.
            opens: id of what the link opens.
        """
        command_id = ids.command_id(tenant, f"{kind.type_name}/{opens}", key)
        command = kind.model_validate({**fields, "delivery_id": str(uuid5(command_id, "delivery"))})
        await self._asking.send(tenant, [Sent(command_id, command, link)], body=opens.encode())
