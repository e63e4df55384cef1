"""What an officer may want done with a segment."""

from libs.contracts.registry import segments
from services.gateway.console.partners.wishes import MAY
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Wish

SAVED = Notice("segment_saved", "Segmen tersimpan.")
DEFINE = Wish(
    segments.DefineSegment,
    "",
    name="define_segment",
    shape="SegmentWish",
    shape_about="What is left out is not asked of partners.",
    summary="Save a segment",
    about="Under a new id. Who is in it is found anew each time.",
    may=MAY,
    buttons=(Button("segments", done=SAVED, name="new", needed=("name",)),),
)
CHANGE = Wish(
    segments.ChangeSegment,
    "/segments/{segment_id}/definition",
    name="change_segment",
    shape="SegmentChange",
    shape_about="As it shall be from now on; what is left out is not asked of partners.",
    summary="Change a segment",
    about="Its history names what changed, by whom.",
    may=MAY,
    buttons=(Button("segments/{segment_id}/definition", done=SAVED, needed=("name",)),),
)
RETIRE = Wish(
    segments.RetireSegment,
    "/segments/{segment_id}/retirement",
    name="retire_segment",
    shape="SegmentRetirement",
    summary="Retire a segment",
    about="Nobody chooses from it any more.",
    may=MAY,
    buttons=(Button("segments/{segment_id}/retirement", done=Notice("segment_retired", "Segmen tidak dipakai lagi.")),),
)
WISHES = (CHANGE, RETIRE)
"""Those that a route follows from: who saves a new one names no id."""
