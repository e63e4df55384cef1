"""A partner's page while it is put together."""

from dataclasses import dataclass

from libs.contracts.registry.reads import PartnerView
from services.gateway.console.shift import Attempt, Frame, Shift


@dataclass(frozen=True, slots=True)
class Drawn:
    """A page that is being put together.

    Attributes:
        attempt: a form of one of its parts that comes back.
    """

    shift: Shift
    frame: Frame
    partner: PartnerView
    attempt: Attempt | None = None
