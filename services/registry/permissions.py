"""Who may do what in the registry."""

from libs.contracts.ids import PLATFORM
from libs.contracts.words import Role
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused

ADMINISTRATION = (Role.TENANT_ADMIN, Role.OPERATOR)
REGISTRATION = (Role.VERIFIER, Role.TENANT_ADMIN)


def has_role(context: Context, *roles: Role) -> bool:
    return context.actor is not None and not set(roles).isdisjoint(context.actor.roles)


def require_role(context: Context, *roles: Role) -> None:
    """Raises:
    Refused: `role_missing`.
    """
    if not has_role(context, *roles):
        raise Refused("role_missing")


def require_office(context: Context) -> None:
    """The platform's own tenant has officers and nothing else.

    Raises:
        Refused: `forbidden`.
    """
    if context.tenant == PLATFORM:
        raise Refused("forbidden")
