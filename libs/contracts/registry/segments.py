"""Saved segments of an office's partners: what is asked of them. Who is in one is found anew each time."""

from datetime import datetime
from typing import Annotated

from libs.contracts.fields import NO_CONTROL, Limit
from libs.contracts.messages import Command, Event
from libs.contracts.reads import Read
from libs.contracts.words import PartnerKind, PartnerState

OFFICE, INDEPENDENT = "office", "independent"

Choice = Annotated[str, Limit(longest=40, pattern=r"^[a-z_]*$")]


class DefineSegment(Command, name="registry.define-segment.v1", of="segment", to="segment_id"):
    """A new segment; what is empty is not asked.

    Attributes:
        area: those inside it are meant too.
        run_by: `office` or `independent`.
    """

    segment_id: str
    name: Annotated[str, Limit(shortest=1, longest=80, pattern=NO_CONTROL, visible=True)]
    area: Annotated[str, Limit(longest=13, pattern=r"^([0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?)?$")] = ""
    kind: Annotated[str, Limit(words=("", *PartnerKind))] = ""
    platform: Choice = ""
    topic: Annotated[str, Limit(longest=160, pattern=NO_CONTROL)] = ""
    state: Annotated[str, Limit(words=("", *PartnerState))] = ""
    run_by: Annotated[str, Limit(words=("", OFFICE, INDEPENDENT))] = ""


class ChangeSegment(DefineSegment, name="registry.change-segment.v1", of="segment", to="segment_id"):
    """A segment as it shall be from now on."""


class SegmentDefined(Event, name="registry.segment-defined.v1", of="segment"):
    segment_id: str
    name: str
    area: str = ""
    kind: str = ""
    platform: str = ""
    topic: str = ""
    state: str = ""
    run_by: str = ""
    at: datetime


class RetireSegment(Command, name="registry.retire-segment.v1", of="segment", to="segment_id"):
    """Nobody chooses from it any more; its history stays."""

    segment_id: str
    reason: Annotated[str, Limit(longest=300, pattern=NO_CONTROL)] = ""


class SegmentRetired(Event, name="registry.segment-retired.v1", of="segment"):
    segment_id: str
    reason: str = ""


class SegmentView(Read):
    """
    Attributes:
        count: partners in it now, at most 10,001.
    """

    id: str
    name: str
    area: str = ""
    kind: str = ""
    platform: str = ""
    topic: str = ""
    state: str = ""
    run_by: str = ""
    retired: bool = False
    count: int = 0


class Candidates(Read):
    """Active partners of a segment, by id.

    Attributes:
        more: there are others beside the first 10,000.
    """

    ids: tuple[str, ...] = ()
    more: bool = False
