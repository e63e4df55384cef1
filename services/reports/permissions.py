"""Who may do what with reports and cases. Roles are those of the actor in the envelope, set by the gateway."""

from libs.contracts.envelope import Actor
from libs.contracts.words import Role
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused

CHECKERS = frozenset({Role.VERIFIER, Role.EDITOR, Role.APPROVER, Role.TENANT_ADMIN})
"""May read and work on cases."""


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
