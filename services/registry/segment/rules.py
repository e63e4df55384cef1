"""A saved segment: what an office asks of partners, under a name."""

from collections.abc import Iterable
from datetime import datetime

from libs.contracts.messages import Command, Event
from libs.contracts.registry.segments import (
    INDEPENDENT,
    OFFICE,
    ChangeSegment,
    DefineSegment,
    RetireSegment,
    SegmentDefined,
    SegmentRetired,
)
from libs.contracts.words import PartnerKind, PartnerState
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound, Refused
from services.registry import fields
from services.registry.permissions import REGISTRATION, require_office, require_role
from services.registry.regions import lies_in


class Segment(State):
    name: str
    area: str = ""
    kind: str = ""
    platform: str = ""
    topic: str = ""
    state: str = ""
    run_by: str = ""
    defined_at: datetime
    retired: bool = False


class PlacedSegment(DefineSegment):
    """With the region of its office; the registry itself puts it in."""

    region: str


class PlacedChange(ChangeSegment):
    region: str


def decide(state: Segment | None, command: Command, context: Context) -> Iterable[Event]:
    require_office(context)
    require_role(context, *REGISTRATION)
    match command:
        case DefineSegment():
            return [_defined(state, command, context)]
        case RetireSegment():
            if state is None:
                raise NotFound("segment_id")
            if state.retired:
                raise Refused("state_conflict")
            fields.line(command.reason, "reason", longest=300, empty=True)
            return [SegmentRetired(segment_id=command.segment_id, reason=command.reason.strip())]
    raise TypeError(command.type_name)


def _defined(state: Segment | None, command: DefineSegment, context: Context) -> SegmentDefined:
    if isinstance(command, ChangeSegment):
        if state is None:
            raise NotFound("segment_id")
        if state.retired:
            raise Refused("state_conflict")
    elif state is not None:
        raise Refused("state_conflict")
    if not isinstance(command, PlacedSegment | PlacedChange):
        raise NotFound("tenant")
    fields.identifier(command.segment_id, "segment_id")
    fields.line(command.name, "name", longest=80)
    fields.require(not command.area or lies_in(command.area, command.region), "area")
    fields.require(command.kind in {"", *PartnerKind}, "kind")
    fields.require(command.state in {"", *PartnerState}, "state")
    fields.require(command.run_by in {"", OFFICE, INDEPENDENT}, "run_by")
    fields.line(command.platform, "platform", longest=40, empty=True)
    fields.line(command.topic, "topic", longest=160, empty=True)
    return SegmentDefined(
        segment_id=command.segment_id,
        name=command.name.strip(),
        area=command.area,
        kind=command.kind,
        platform=command.platform,
        topic=command.topic.strip(),
        state=command.state,
        run_by=command.run_by,
        at=context.at,
    )


def evolve(state: Segment | None, event: Event) -> Segment:
    match event:
        case SegmentDefined():
            said = event.model_dump(include=set(Segment.model_fields))
            return Segment(**said, defined_at=state.defined_at if state is not None else event.at)
        case SegmentRetired():
            assert state is not None
            return state.model_copy(update={"retired": True})
    raise TypeError(event.type_name)
