"""The worker that sends to chats: what we say in a conversation, and news of reports that came from one.

As the sender of mail it marks an attempt before the provider is called. What goes to one person goes in order, one
after the other; a message that must wait holds up what stands behind it in this step.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import uuid4

from libs.contracts.chat import ChatWords
from libs.contracts.directory import TenantRecord
from libs.contracts.envelope import milliseconds
from libs.contracts.notify.delivery import (
    BeginAttempt,
    DeliveryAddress,
    NoteFallback,
    PlanDelivery,
    SuppressDelivery,
)
from libs.contracts.words import Channel, DeliveryState, Template
from libs.runtime import logs, telemetry
from libs.runtime.accounts import Account, Accounts, WhatsAppAccount
from libs.runtime.aggregates import ERASED, Incoming
from libs.runtime.bus import pause
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.errors import Unavailable
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import Document, key
from libs.runtime.sealing import SubjectKeys
from services.notify.breaker import Breaker
from services.notify.bulletin.rules import Bulletin
from services.notify.channels import whatsapp
from services.notify.channels.chat import Outcome, Providers
from services.notify.channels.email import Addresses
from services.notify.channels.smtp import Answer
from services.notify.conversation.door import Door
from services.notify.conversation.phrases import say
from services.notify.conversation.rules import Conversation
from services.notify.delivery.leases import LANES, Leases, clear
from services.notify.delivery.rules import CHAT_LANES, WINDOW_CLOSED, Delivery
from services.notify.identities import delivery_id
from services.notify.kinds import BULLETIN, CONVERSATION, DELIVERY
from services.notify.letters import Office
from services.notify.sending import result_of
from services.notify.store import STATE, Store, ordered

log = logs.get()

LEASE = 40
LONGEST_WORDS = 3_500
"""Characters of what the office wrote, so that number and link stay below what one message holds."""
WINDOW = timedelta(hours=24)
"""After a person's last message, in which WhatsApp takes any text."""
MARGIN = timedelta(minutes=2)
"""Before its end: the provider reckons by its own clock."""
NEWS = "news"
"""The approved template for whatever there is to say outside the window."""


class ChatSender:
    """
    Attributes:
        in_hand: documents of attempts whose result this process will still record.
    """

    def __init__(
        self,
        *,
        engine: Engine,
        keys: SubjectKeys,
        directory: Directory,
        accounts: Accounts,
        providers: Providers,
        door: Door,
        public_url: str,
        link_keys: VersionedKey,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._accounts = accounts
        self._providers = providers
        self._door = door
        self._public_url = public_url
        self._link_keys = link_keys
        self._now = now
        self._holder = str(uuid4())
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._bulletins: Store[Bulletin] = Store(engine, BULLETIN, keys)
        self._chats: Store[Conversation] = Store(engine, CONVERSATION, keys)
        self._leases = Leases(self._deliveries.collection, self._holder, [CHAT_LANES + lane for lane in LANES])
        self._breakers = {channel: Breaker() for channel in (Channel.WHATSAPP, Channel.TELEGRAM)}
        self.in_hand: set[str] = set()

    async def step(self) -> bool:
        """Sends what it can lease; True where there was something. Cancelled, it finishes the messages in hand."""
        work = asyncio.ensure_future(self._send())
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait({work}, timeout=15.0)
            raise

    async def _send(self) -> bool:
        documents = await self._leases.take(LEASE, now=self._now())
        if not documents:
            return False
        try:
            deliveries = await self._deliveries.states(documents, opened=True)
            waiting = sorted(zip(documents, deliveries, strict=True), key=_in_order)
            groups = [list(group) for _, group in groupby(waiting, key=lambda pair: _conversation(*pair))]
            sent = await asyncio.gather(*(self._send_group(group) for group in groups))
        finally:
            await self._leases.give_back([d["_id"] for d in documents])
        return any(sent)

    async def _send_group(self, group: Sequence[tuple[Document, Delivery]]) -> bool:
        """Of one conversation, in order. True where at least one came to an end."""
        went = False
        for document, delivery in group:
            outcome = await self._send_one(document["tenant"], document["_id"], delivery)
            if outcome is None or outcome.answer.state == DeliveryState.FAILED_TRANSIENT:
                return went
            went = True
        return went

    async def _send_one(self, tenant: str, document_id: str, delivery: Delivery) -> Outcome | None:
        """None: nothing was begun."""
        record = self._directory.tenants.get(tenant)
        chat = (await self._chats.of(tenant, [delivery.conversation_id or ""], opened=True)).get(
            delivery.conversation_id or ""
        )
        account = self._accounts.of(chat.channel, chat.account) if chat is not None else None
        breaker = self._breakers[Channel(delivery.channel)]
        if record is None or not breaker.allows(time.monotonic()):
            return None
        if chat is None or account is None or chat.address in ("", ERASED):
            return await self._suppress(tenant, delivery, "no_address")
        if not self._is_open(account, chat) and self._template(account, delivery) is None:
            return await self._suppress(tenant, delivery, WINDOW_CLOSED)
        try:
            text = await self._text(tenant, delivery, record)
        except Unavailable as error:
            log.warning("words_wait", delivery_id=delivery.delivery_id, dependency=error.dependency)
            return None
        begun_at = milliseconds(self._now())
        attempt = delivery.attempts + 1
        self.in_hand.add(document_id)
        try:
            if not await self._leases.begin({document_id: attempt}, now=begun_at):
                return None
            outcome = await self._call(account, chat, delivery, text, record)
            telemetry.DELIVERIES.labels("notify", delivery.channel, outcome.answer.state).inc()
            await self._record(tenant, document_id, delivery, attempt, outcome, begun_at)
        finally:
            self.in_hand.discard(document_id)
        if outcome.answer.code == "unreached":
            breaker.failed(time.monotonic())
        else:
            breaker.succeeded()
        return outcome

    async def _call(
        self, account: Account, chat: Conversation, delivery: Delivery, text: str, record: TenantRecord
    ) -> Outcome:
        if self._is_open(account, chat):
            return await self._providers.send_text(account, chat.address, text, delivery=delivery.delivery_id)
        template = self._template(account, delivery)
        assert isinstance(account, WhatsAppAccount)
        assert template is not None
        name, language = template
        link = Addresses.of(record, public_url=self._public_url, keys=self._link_keys).ticket(delivery.number)
        values = (Office.of(record).name, delivery.number, link)
        return await self._providers.send_template(
            account, chat.address, name=name, language=language, values=values, delivery=delivery.delivery_id
        )

    def _is_open(self, account: Account, chat: Conversation) -> bool:
        if not isinstance(account, WhatsAppAccount):
            return True
        return chat.last_said_at is not None and self._now() - chat.last_said_at < WINDOW - MARGIN

    def _template(self, account: Account, delivery: Delivery) -> tuple[str, str] | None:
        """Name and language of what may go out at any time; a turn of a conversation has none."""
        if not isinstance(account, WhatsAppAccount) or delivery.template == Template.TURN:
            return None
        found = account.templates.get(NEWS)
        if found is None or not found.languages:
            return None
        return found.name, delivery.language if delivery.language in found.languages else found.languages[0]

    async def _text(self, tenant: str, delivery: Delivery, record: TenantRecord) -> str:
        if delivery.template == Template.TURN:
            return delivery.text
        if (own := await self._own_words(tenant, delivery, record)) is not None:
            return own
        bulletin = None
        if delivery.bulletin_id is not None:
            bulletin = (await self._bulletins.of(tenant, [delivery.bulletin_id])).get(delivery.bulletin_id)
        return whatsapp.text(
            delivery, bulletin, record, public_url=self._public_url, keys=self._link_keys, now=self._now()
        )

    async def _own_words(self, tenant: str, delivery: Delivery, record: TenantRecord) -> str | None:
        """What the office wrote to this person alone; None where there is none, or none is to be read any more.

        Raises:
            Unavailable: it cannot be read now.
        """
        if delivery.template == Template.MESSAGE and delivery.said_at is not None:
            phrase = "message"
        elif delivery.template == Template.ANSWER and delivery.bulletin_id is None:
            phrase = "answer"
        else:
            return None
        asked = ChatWords(report_id=delivery.recipient, number=delivery.number, said_at=delivery.said_at)
        text = await self._door.words(tenant, asked)
        link = Addresses.of(record, public_url=self._public_url, keys=self._link_keys).ticket(delivery.number)
        return say(phrase, delivery.language, number=delivery.number, text=_cut(text), link=link) if text else None

    async def _record(
        self, tenant: str, document_id: str, delivery: Delivery, attempt: int, outcome: Outcome, begun_at: datetime
    ) -> None:
        """Until it is kept: what the provider has said must not be lost while MongoDB is away."""
        at = self._now()
        result = result_of(delivery, attempt, outcome.answer, at)
        if result.retry_at is not None and outcome.retry_after is not None:
            result = result.model_copy(update={"retry_at": max(result.retry_at, at + outcome.retry_after)})
        begin = BeginAttempt(delivery_id=delivery.delivery_id, attempt=attempt)
        incoming = [
            ordered(begin, attempt, self._holder, tenant=tenant, at=begun_at),
            ordered(result, attempt, tenant=tenant, at=at),
        ]
        failures = 0
        while True:
            try:
                await self._engine.apply(incoming)
                if outcome.answer.state != DeliveryState.SENT:
                    await clear(self._deliveries.collection, [document_id])
                return
            except Unavailable as error:
                failures += 1
                log.warning("results_wait", attempt=failures, dependency=error.dependency, count=1)
                await asyncio.sleep(pause(failures))

    async def _suppress(self, tenant: str, delivery: Delivery, reason: str) -> Outcome:
        suppress = SuppressDelivery(delivery_id=delivery.delivery_id, reason=reason)
        await self._engine.apply([ordered(suppress, reason, tenant=tenant, at=self._now())])
        return Outcome(Answer(DeliveryState.SUPPRESSED, reason))

    async def fall_back(self) -> bool:
        """Hands what WhatsApp takes from us no more to an officer's own phone; True where there was something."""
        documents = await self._deliveries.collection.across_tenants({"ix.falls_back": True}, limit=LEASE, fields=STATE)
        for document, delivery in zip(documents, await self._deliveries.states(documents, opened=True), strict=True):
            tenant, now = document["tenant"], self._now()
            incoming: list[Incoming] = []
            chat = (await self._chats.of(tenant, [delivery.conversation_id or ""], opened=True)).get(
                delivery.conversation_id or ""
            )
            if chat is not None and chat.address not in ("", ERASED):
                incoming.append(_by_hand(tenant, delivery, chat, now))
            note = NoteFallback(delivery_id=delivery.delivery_id)
            incoming.append(ordered(note, tenant=tenant, at=now))
            await self._engine.apply(incoming)
        return bool(documents)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_WORDS else f"{text[: LONGEST_WORDS - 1].rstrip()}…"


def _by_hand(tenant: str, delivery: Delivery, chat: Conversation, now: datetime) -> Incoming:
    plan = PlanDelivery(
        **delivery.model_dump(include=_KEPT),
        delivery_id=delivery_id(delivery.delivery_id, delivery.recipient, Channel.WHATSAPP_MANUAL),
        channel=Channel.WHATSAPP_MANUAL,
    )
    address = DeliveryAddress(address=f"+{chat.address.lstrip('+')}")
    return ordered(plan, tenant=tenant, at=now, private=address)


_KEPT = set(PlanDelivery.model_fields) & set(Delivery.model_fields) - {"delivery_id", "channel", "conversation_id"}


def _conversation(document: Document, delivery: Delivery) -> str:
    return key(document["tenant"], delivery.conversation_id or "")


def _in_order(pair: tuple[Document, Delivery]) -> tuple[str, datetime]:
    document, delivery = pair
    return _conversation(document, delivery), delivery.planned_at
