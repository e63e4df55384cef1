"""docs/permissions.md, who may want what done; `make generate` writes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from libs.contracts.words import Role
from services.gateway.api.openapi import api_document
from services.gateway.console import wishes as officers
from services.gateway.dispatch.wishes import Wish
from services.gateway.partner import wishes as partners

FILE = "docs/permissions.md"

ROOMS: Mapping[str, tuple[str, Sequence[Wish[Any]]]] = {
    **{f"console/{room}": ("officers", wishes) for room, wishes in officers.ROOMS.items()},
    "partner": ("partners", partners.WISHES),
}
"""Room of the gateway -> the API's group of its wishes, and these."""

HEAD = """\
# Who may what

Written by `make generate` from the `wishes.py` of the gateway's rooms: change it there. The owner of each command
decides; a test holds the two against each other.
"""
PAGES_ONLY = "pages only"


def written() -> str:
    return f"{HEAD}\n" + "".join(f"| {' | '.join(cells)} |\n" for cells in _rows(_operations()))


def _operations() -> Mapping[str, str]:
    """Name of an operation -> how it is called."""
    paths: Mapping[str, Mapping[str, Any]] = api_document()["paths"]
    return {
        operation["operationId"]: f"`{method.upper()} {path}`"
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def _rows(operations: Mapping[str, str]) -> Iterator[list[str]]:
    heads = ["room", "wish", "API", "command", *(role.replace("_", " ") for role in Role)]
    yield heads
    yield ["---"] * len(heads)
    for room, (group, wishes) in ROOMS.items():
        for wish in wishes:
            at = operations.get(f"{group}_{wish.name}", PAGES_ONLY)
            may = ["yes" if role in wish.may else "" for role in Role]
            yield [f"`{room}`", wish.summary, at, f"`{wish.command.type_name}`", *may]
