"""The aggregates of this service, as the engine takes them."""

from typing import Any

from libs.contracts.notify.conversation import DropDraft
from libs.contracts.notify.delivery import LapseAssignment, SuppressDelivery
from libs.contracts.notify.subject import EndSubject
from libs.contracts.words import DeliveryState
from libs.runtime.aggregates import Aggregate
from libs.runtime.mongo import index
from services.notify import closing, hold
from services.notify.assignment import rules as assignment
from services.notify.assignment.follow_ups import after_assignment
from services.notify.bulletin import rules as bulletin
from services.notify.conversation import rules as conversation
from services.notify.delivery import rules as delivery
from services.notify.delivery.follow_ups import after_delivery
from services.notify.delivery.leases import BEGUN, OVERTAKEN, QUEUE
from services.notify.subject import rules as subject
from services.notify.suppression import rules as suppression
from services.notify.suppression.follow_ups import after_suppression

SUBJECT: Aggregate[subject.Subject] = Aggregate(
    name="subject",
    state=subject.Subject,
    decide=subject.decide,
    evolve=subject.evolve,
    index=subject.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.case", 1), ("ix.following", 1), ("_id", 1), name="case"),
        index(("ix.todo", 1), name="todo", where={"ix.todo": {"$exists": True}}),
        index(("tenant", 1), ("ix.conversation", 1), name="conversation", where={"ix.conversation": {"$exists": True}}),
        index(("ix.erase_at", 1), name="erase_at", where={"ix.erase_at": {"$exists": True}}),
    ),
    due=subject.due,
    timers={"orphaned": lambda identity, due: EndSubject(report_id=identity, reason="orphaned")},
)

BULLETIN: Aggregate[bulletin.Bulletin] = Aggregate(
    name="bulletin",
    state=bulletin.Bulletin,
    decide=bulletin.decide,
    evolve=bulletin.evolve,
    index=bulletin.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.case", 1), ("ix.version", -1), name="case"),
        index(("ix.unfinished_since", 1), name="unfinished", where={"ix.unfinished_since": {"$exists": True}}),
    ),
)

CLOSING: Aggregate[closing.Closing] = Aggregate(
    name="closing",
    state=closing.Closing,
    decide=closing.decide,
    evolve=closing.evolve,
    index=closing.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.case", 1), ("ix.closed_at", 1), name="case"),
        index(("ix.unfinished_since", 1), name="unfinished", where={"ix.unfinished_since": {"$exists": True}}),
    ),
)

DELIVERY: Aggregate[delivery.Delivery] = Aggregate(
    name="delivery",
    state=delivery.Delivery,
    decide=delivery.decide,
    evolve=delivery.evolve,
    index=delivery.index_fields,
    indexes=(
        index(
            ("ix.lane", 1), ("tenant", 1), ("ix.ready_at", 1),
            name=QUEUE, where={"ix.ready_at": {"$exists": True}},
        ),
        index(("begun_at", 1), name=BEGUN, where={"begun_at": {"$exists": True}, "ix.ready_at": {"$exists": True}}),
        index(
            ("begun_at", 1), name=OVERTAKEN,
            where={"begun_at": {"$exists": True}, "ix.state": DeliveryState.SUPPRESSED.value},
        ),
        index(("tenant", 1), ("ix.by_hand", 1), ("_id", 1), name="by_hand", where={"ix.by_hand": {"$exists": True}}),
        index(
            ("tenant", 1), ("ix.sent_by_hand", -1), name="sent_by_hand", where={"ix.sent_by_hand": {"$exists": True}}
        ),
        index(("tenant", 1), ("ix.recipient", 1), name="recipient"),
        index(("ix.falls_back", 1), name="falls_back", where={"ix.falls_back": True}),
        index(
            ("tenant", 1), ("ix.bulletin", 1), ("ix.recipient", 1), ("_id", 1),
            ("ix.kind", 1), ("ix.channel", 1), ("ix.state", 1),
            name="ledger", where={"ix.bulletin": {"$exists": True}},
        ),
        index(("tenant", 1), ("ix.case", 1), ("_id", 1), name="case", where={"ix.case": {"$exists": True}}),
    ),
    key_subject=delivery.key_subject,
    seals_once=True,
    follow_ups=after_delivery,
    due=delivery.due,
    timers={"expire": lambda identity, due: SuppressDelivery(delivery_id=identity, reason="expired")},
)  # fmt: skip

ASSIGNMENT: Aggregate[assignment.Assignment] = Aggregate(
    name="assignment",
    state=assignment.Assignment,
    decide=assignment.decide,
    evolve=assignment.evolve,
    index=assignment.index_fields,
    indexes=(
        index(("tenant", 1), ("ix.bulletin", 1), ("ix.state", 1), name="bulletin"),
        index(("tenant", 1), ("ix.partner", 1), ("ix.offered_at", -1), ("_id", -1), name="partner"),
        index(("tenant", 1), ("ix.offered_at", 1), ("ix.partner", 1), ("ix.state", 1), name="offered"),
    ),
    due=assignment.due,
    timers={"lapse": lambda identity, due: LapseAssignment(assignment_id=identity)},
    follow_ups=after_assignment,
)

SUPPRESSION: Aggregate[suppression.Suppression] = Aggregate(
    name="suppression",
    state=suppression.Suppression,
    decide=suppression.decide,
    evolve=suppression.evolve,
    index=suppression.index_fields,
    indexes=(index(("ix.unsettled", 1), name="unsettled", where={"ix.unsettled": True}),),
    follow_ups=after_suppression,
)

CONVERSATION: Aggregate[conversation.Conversation] = Aggregate(
    name="conversation",
    state=conversation.Conversation,
    decide=conversation.decide,
    evolve=conversation.evolve,
    index=conversation.index_fields,
    indexes=(
        index(("ix.answer_at", 1), name="answer_at", where={"ix.answer_at": {"$exists": True}}),
        index(("ix.pending_since", 1), name="pending", where={"ix.pending_since": {"$exists": True}}),
        index(("ix.silent_since", 1), name="silent_since", where={"ix.silent_since": {"$exists": True}}),
    ),
    due=conversation.due,
    timers={"drop": lambda identity, due: DropDraft(conversation_id=identity, turn=due.turn)},
)

HOLD: Aggregate[hold.Hold] = Aggregate(name="hold", state=hold.Hold, decide=hold.decide, evolve=hold.evolve)

AGGREGATES: tuple[Aggregate[Any], ...] = (
    SUBJECT, BULLETIN, CLOSING, DELIVERY, ASSIGNMENT, SUPPRESSION, HOLD, CONVERSATION,
)  # fmt: skip
