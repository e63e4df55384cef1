"""What somebody who follows a report may see of what was sent to them."""

from libs.contracts.notify.reads import FollowerFound, FollowView
from libs.contracts.words import Channel, DeliveryState
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from libs.runtime.sealing import SubjectKeys
from services.notify.delivery.reads import row
from services.notify.delivery.rules import Delivery
from services.notify.kinds import DELIVERY, SUBJECT
from services.notify.store import Store
from services.notify.subject.rules import Subject
from services.notify.suppression.rules import WRONG_NUMBER

MOST_OF_A_SUBJECT = 50


class SubjectReads:
    def __init__(self, engine: Engine, keys: SubjectKeys) -> None:
        self._subjects: Store[Subject] = Store(engine, SUBJECT, keys)
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)

    async def follow(self, tenant: str, report_id: str) -> FollowView:
        """
        Raises:
            NotFound: nobody left a contact for this report.
        """
        subject = (await self._subjects.of(tenant, [report_id], opened=True)).get(report_id)
        if subject is None or not subject.channel:
            raise NotFound()
        deliveries = await self._deliveries.find(tenant, {"ix.recipient": report_id}, limit=MOST_OF_A_SUBJECT)
        newest_first = sorted(deliveries, key=lambda d: d.planned_at, reverse=True)
        return FollowView(
            following=subject.following,
            channel=subject.channel,
            masked=masked(subject.address, subject.channel) if subject.following else "",
            deliveries=tuple(row(d) for d in newest_first),
            undeliverable=subject.ended == WRONG_NUMBER
            or (bool(newest_first) and newest_first[0].state == DeliveryState.FAILED_PERMANENT),
        )

    async def follower(self, tenant: str, report_id: str, address: str) -> FollowerFound:
        """
        Raises:
            NotFound: nobody follows this report by mail to this address.
        """
        subject = (await self._subjects.of(tenant, [report_id], opened=True)).get(report_id)
        follows = subject is not None and subject.following and subject.channel == Channel.EMAIL
        if subject is None or not follows or subject.address.strip().casefold() != address.strip().casefold():
            raise NotFound()
        return FollowerFound(language=subject.language)


def masked(address: str, channel: str) -> str:
    """Enough for its owner to know it again: "s…n@k…", "+62 8…12"."""
    if channel == Channel.EMAIL:
        name, at, domain = address.partition("@")
        return f"{name[:1]}…{name[-1:]}@{domain[:1]}…" if at and name else ""
    if channel == Channel.TELEGRAM:
        # An id that its owner has never seen.
        return "Telegram"
    return f"{address[:3]} {address[3:4]}…{address[-2:]}" if len(address) > 6 else ""
