"""The officers of an office, and one of them with what may be done."""

from collections.abc import Mapping
from dataclasses import dataclass

from libs.contracts.registry.reads import HistoryLine, OfficerView
from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class OfficersPage:
    """
    Attributes:
        officers: None where the registry does not answer.
        agencies: id -> name.
        chosen: roles that were ticked in the form that comes back.
    """

    desk: Desk
    officers: tuple[OfficerView, ...] | None
    agencies: Mapping[str, str]
    action: Action
    values: Mapping[str, str]
    chosen: tuple[str, ...]
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class OfficerPage:
    """
    Attributes:
        held: cases that are theirs; None: not known.
        colleagues: who may take over.
        actions: by the name of the wish.
        tried: name of the form that comes back; empty: none does.
    """

    desk: Desk
    officer: OfficerView
    held: int | None
    colleagues: tuple[OfficerView, ...]
    agencies: Mapping[str, str]
    names: Mapping[str, str]
    lines: tuple[HistoryLine, ...] | None
    actions: Mapping[str, Action]
    tried: str
    chosen: tuple[str, ...]
    errors: Mapping[str, str]

    def errors_of(self, form: str) -> Mapping[str, str]:
        return self.errors if self.tried == form else {}
