"""Who may do what with deliveries and assignments. Roles are those of the actor, checked against the directory."""

from libs.contracts.envelope import Actor
from libs.contracts.words import CHECKERS, Role
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused


def is_sender(actor: Actor | None) -> bool:
    """They see the numbers of those whom they write to by hand."""
    return actor is not None and bool(CHECKERS.intersection(actor.roles))


def require_sender(context: Context) -> None:
    """Raises:
    Refused: `role_missing`.
    """
    if not is_sender(context.actor):
        raise Refused("role_missing")


def require_partner(context: Context, partner_id: str) -> None:
    """Raises:
    Refused: `role_missing` for whoever is no partner, `not_found` for another partner.
    """
    actor = context.actor
    if actor is None or Role.PARTNER not in actor.roles:
        raise Refused("role_missing")
    if actor.id != partner_id:
        raise Refused("not_found")
