"""The sites that may show the report form, and what their editors copy."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.gateway.console.views import Action, Desk


@dataclass(frozen=True, kw_only=True)
class EmbeddingPage:
    desk: Desk
    action: Action
    hosts: str
    """One a line: as they stand, or as typed where the form comes back."""
    allowed: int
    most: int
    errors: Mapping[str, str]
    script: str
    """The line that puts the frame there and gives it its height."""
    frame: str
    """The frame alone, of a fixed height."""
