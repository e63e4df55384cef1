"""Who is to hear of a bulletin, by which channels, and in which words. Rules only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from libs.contracts.directory import PartnerRecord
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity
from libs.contracts.words import Channel, DeliveryState, PartnerState, ReportKind, Template
from libs.kit import areas
from services.notify.bulletin.rules import Bulletin
from services.notify.closing import Closing
from services.notify.delivery.rules import LANE_CAMPAIGN, LANE_CRISIS
from services.notify.subject.rules import Subject
from services.notify.suppression.rules import Suppression

ACUTE = 4

TOLD = frozenset({DeliveryState.SENT, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN})
"""States in which the recipient has, or may have, read it."""


ENDS = frozenset({Template.ANSWER, Template.CORRECTION, Template.NOT_CONTINUED})
"""After these nothing more is owed, unless something happens."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one subject is to be sent now. `id` stands for the message in the delivery's own id."""

    id: str
    template: str
    bulletin_id: str | None = None
    note: str = ""
    said_at: datetime | None = None


def partners_after(
    partners: Iterable[PartnerRecord], *, places: Sequence[str], after: str, most: int
) -> list[PartnerRecord]:
    """The next active partners whom some places concern, in the order of their ids."""
    found = [p for p in partners if p.state == PartnerState.ACTIVE and p.id > after and areas.concerns(p.area, places)]
    return sorted(found, key=lambda p: p.id)[:most]


def channels_of(contacts: Sequence[ContactPoint]) -> list[ContactPoint]:
    """The first contact point of each channel, and the inbox always."""
    first: dict[str, ContactPoint] = {}
    for contact in contacts:
        if contact.channel in (Channel.EMAIL, Channel.WHATSAPP_MANUAL):
            first.setdefault(contact.channel, contact)
    return [ContactPoint(channel=Channel.INBOX, address=""), *first.values()]


def refused(suppression: Suppression | None, identity: PartnerIdentity, wrong: Mapping[str, str]) -> dict[str, str]:
    """Channels by which a partner is not written to, and why.

    Args:
        wrong: number by the message that went to somebody else's.
    """
    if suppression is None:
        return {}
    numbers = {contact.channel: contact.address for contact in channels_of(identity.contacts)}
    return {
        channel: suppression.reason(channel)
        for channel in suppression.channels
        if channel not in suppression.wrong or numbers.get(channel) == wrong.get(suppression.wrong[channel])
    }


def partner_lane(severity: int) -> int:
    return LANE_CRISIS if severity >= ACUTE else LANE_CAMPAIGN


def messages_for(
    subject: Subject, bulletin: Bulletin | None, closing: Closing | None, *, told_before: bool
) -> list[Message]:
    """What a follower is owed: each piece of news, and where the report stands."""
    if not subject.following:
        return []
    news = [Message(n.id, n.template, note=n.note, said_at=n.said_at) for n in subject.news]
    standing = None if subject.discontinued else _standing(subject, bulletin, closing, told_before=told_before)
    return [*news, standing] if standing is not None else news


def _standing(
    subject: Subject, bulletin: Bulletin | None, closing: Closing | None, *, told_before: bool
) -> Message | None:
    """The answer where there is one, or that there will be none, or one word that it is being checked."""
    if subject.answer_id is not None:
        return Message(subject.answer_id, Template.ANSWER)
    if bulletin is not None:
        template = Template.CORRECTION if told_before else Template.ANSWER
        return Message(bulletin.bulletin_id, template, bulletin.bulletin_id)
    if closing is not None and is_closed_by(closing, subject):
        return Message(closing.closing_id, Template.NOT_CONTINUED, note=closing.reason)
    if subject.interim or subject.clarification_id is not None:
        return None
    return Message("interim", Template.INTERIM if subject.kind == ReportKind.HOAX else Template.RECEIPT)


def is_closed_by(closing: Closing, subject: Subject) -> bool:
    """Whoever came after the closing has opened the case again; an old link does not say when it was made."""
    return subject.linked_at is None or subject.linked_at <= closing.closed_at
