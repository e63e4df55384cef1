"""Who may do what with reports and cases. Roles are those of the actor in the envelope, set by the gateway."""

from libs.contracts.envelope import Actor
from libs.contracts.words import CHECKERS
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused


def require(context: Context, *roles: str) -> Actor:
    """The actor, if they have one of the roles.

    Raises:
        Refused: `role_missing`.
    """
    actor = context.actor
    if actor is None or not set(roles) & set(actor.roles):
        raise Refused("role_missing")
    return actor


def require_checker(context: Context) -> Actor:
    return require(context, *CHECKERS)
