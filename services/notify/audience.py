"""Who is to hear of a bulletin, by which channels, and in which words. Rules only."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.contracts.directory import PartnerRecord
from libs.contracts.registry.partner import ContactPoint
from libs.contracts.words import Channel, DeliveryState, PartnerState, ReportKind, Template
from services.notify.bulletin import Bulletin
from services.notify.delivery import LANE_CAMPAIGN, LANE_CRISIS
from services.notify.subject import Subject

ACUTE = 4

TOLD = frozenset({DeliveryState.SENT, DeliveryState.ATTEMPTING, DeliveryState.UNKNOWN})
"""States in which the recipient has, or may have, read it."""


@dataclass(frozen=True, slots=True)
class Message:
    """What one subject is to be sent now. `id` stands for the message in the delivery's own id."""

    id: str
    template: str
    bulletin_id: str | None = None


def concerns(partner_area: str, case_area: str | None) -> bool:
    """A partner hears of what happens where it is, inside its area, and in the areas around it."""
    if case_area is None:
        return True
    return _is_within(partner_area, case_area) or _is_within(case_area, partner_area)


def _is_within(code: str, outer: str) -> bool:
    return code == outer or code.startswith(f"{outer}.")


def partners_after(
    partners: Iterable[PartnerRecord], *, area: str | None, after: str, most: int
) -> list[PartnerRecord]:
    """The next active partners of an area, in the order of their ids."""
    found = [p for p in partners if p.state == PartnerState.ACTIVE and p.id > after and concerns(p.area, area)]
    return sorted(found, key=lambda p: p.id)[:most]


def channels_of(contacts: Sequence[ContactPoint]) -> list[ContactPoint]:
    """The first contact point of each channel, and the inbox always."""
    first: dict[str, ContactPoint] = {}
    for contact in contacts:
        if contact.channel in (Channel.EMAIL, Channel.WHATSAPP_MANUAL):
            first.setdefault(contact.channel, contact)
    return [ContactPoint(channel=Channel.INBOX, address=""), *first.values()]


def partner_lane(severity: int) -> int:
    return LANE_CRISIS if severity >= ACUTE else LANE_CAMPAIGN


def message_for(subject: Subject, bulletin: Bulletin | None, *, told_before: bool) -> Message | None:
    """What a follower is owed: the answer where there is one, else one word that it is being checked."""
    if not subject.following:
        return None
    if subject.answer_id is not None:
        return Message(subject.answer_id, Template.ANSWER)
    if bulletin is not None:
        template = Template.CORRECTION if told_before else Template.ANSWER
        return Message(bulletin.bulletin_id, template, bulletin.bulletin_id)
    if subject.kind == ReportKind.HOAX and not subject.interim and subject.clarification_id is None:
        return Message("interim", Template.INTERIM)
    return None
