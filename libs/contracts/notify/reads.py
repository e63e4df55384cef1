"""Read models of followers, deliveries and what partners answer."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from libs.contracts.ids import IDENTIFIER
from libs.contracts.reads import Read


class FollowView(Read):
    """How the reporter of one report is kept informed."""

    following: bool
    channel: str | None = None
    masked: str = ""
    """"s…n@…", "+62 8…12"."""
    deliveries: tuple["DeliveryRow", ...] = ()
    undeliverable: bool = False
    """The last message did not arrive, or an officer found that the number is somebody else's."""


class FollowerAsked(Read):
    """`POST /subjects/{report_id}/follower`: is this where the reporter is kept informed?"""

    address: str


class FollowerFound(Read):
    """Else `not_found`, whatever was wrong."""

    language: str


class DeliveryRow(Read):
    id: str
    template: str
    channel: str
    state: str
    recipient: str
    recipient_kind: str
    attempts: int
    code: str = ""
    planned_at: datetime
    changed_at: datetime
    method: str | None = None
    assignment_id: str | None = None


class ByHandRow(Read):
    """A WhatsApp message for an officer to send: prepared text, number, link."""

    delivery_id: str
    template: str
    recipient_kind: str
    recipient: str
    name: str = ""
    phone: str
    text: str
    link: str
    """https://wa.me/<number>?text=…"""
    planned_at: datetime
    case_id: str | None = None
    number: str = ""
    """Of the report, as it stands in the message."""
    sent_at: datetime | None = None
    """For what an officer has sent already; the number is shortened to its last two digits then."""


class AssignmentView(Read):
    """What a partner is asked to carry."""

    id: str
    partner_id: str
    state: str
    due_at: datetime
    offered_at: datetime
    answered_at: datetime | None = None
    reason: str = ""
    bulletin_id: str
    case_id: str
    number: str
    """Of the clarification."""
    claim: str
    verdict: str
    fact: str
    caption: str
    """To copy; may be reworded."""


class BulletinView(Read):
    """How far one version of an answer has been carried. Counts by delivery state and by assignment state."""

    id: str
    case_id: str
    clarification_id: str
    number: str
    version: int
    fact: str
    stage: str
    planned_at: datetime
    by_state: dict[str, int]
    by_channel: dict[str, dict[str, int]] = Field({})
    assignments: dict[str, int]
    recipients: int
    partners: int


class LedgerRow(Read):
    """One recipient × channel of a bulletin; for a partner also the answer."""

    delivery: DeliveryRow
    partner_id: str | None = None
    answer: str | None = None
    reason: str = ""
    answered_at: datetime | None = None


# Gateway


class ProposalAsked(Read):
    """`POST /proposal`, question: of these partners so many, none asked `cap` times within 30 days."""

    partners: tuple[Annotated[str, StringConstraints(pattern=IDENTIFIER)], ...] = Field(max_length=10_000)
    wanted: int = Field(ge=1, le=200)
    cap: int = Field(ge=1, le=30)


class ProposedPartner(Read):
    """
    Attributes:
        days_ago: since it was asked last; None: it never was.
        times: how often it was asked within 30 days.
        over_cap: asked as often as may be, and passed over therefore.
    """

    partner_id: str
    chosen: bool = False
    days_ago: int | None = None
    times: int = 0
    over_cap: bool = False


class ProposalView(Read):
    """The chosen in their turn, then those who were passed over."""

    lines: tuple[ProposedPartner, ...] = ()
