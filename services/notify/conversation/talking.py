"""The worker that holds our side of a conversation.

First it looks up what an answer needs (pictures, published answers) and keeps the turn; then it carries the turn out.
Killed between the two, or in either, it goes on where it was: what a turn does is made from its number.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from libs.contracts.ids import NAMESPACE, uuid5
from libs.contracts.notify.conversation import ForgetConversation, SettleTurn, TakeTurn, TurnContent
from libs.contracts.notify.delivery import DeliveryAddress, PlanDelivery
from libs.contracts.notify.subject import StopFollowing
from libs.contracts.reports.reads import MatchView
from libs.contracts.words import MatchOutcome, Template
from libs.runtime import logs
from libs.runtime.accounts import Accounts
from libs.runtime.aggregates import ERASED
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.keyring import VersionedKey
from libs.runtime.mongo import Document, key
from libs.runtime.sealing import SubjectKeys
from services.notify.channels.chat import Providers
from services.notify.channels.email import Addresses
from services.notify.conversation import phrases
from services.notify.conversation.dialogue import Reading, files_in, read, speak
from services.notify.conversation.door import Door
from services.notify.conversation.phrases import say
from services.notify.conversation.rules import KEPT, Conversation, Does, Heard, Turn, is_paced_out
from services.notify.delivery.rules import LANE_TICKET
from services.notify.kinds import CONVERSATION, SUBJECT
from services.notify.letters import Office
from services.notify.store import STATE, Store, ordered
from services.notify.subject.rules import Subject

log = logs.get()

AT_ONCE = 40
"""Conversations in one step."""
AGAIN = timedelta(seconds=3)
"""Until one is looked at again whose turn could not be made or carried out."""
FILE_GIVEN_UP = timedelta(minutes=10)
"""After which a file that the provider does not hand out is one that cannot be opened."""
NO_ANSWER = MatchView(outcome=MatchOutcome.NONE)
LOOK_AT = "look_at"
MOST_FOLLOWED = 100


class Talker:
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
        self._keys = keys
        self._directory = directory
        self._accounts = accounts
        self._providers = providers
        self._door = door
        self._public_url = public_url
        self._link_keys = link_keys
        self._now = now
        self._chats: Store[Conversation] = Store(engine, CONVERSATION, keys)
        self._subjects: Store[Subject] = Store(engine, SUBJECT, keys)

    # what was said becomes a turn

    async def listen(self) -> bool:
        """Turns for those who have been silent for a moment; True where there was one."""
        return await self._each({"ix.answer_at": {"$lte": self._now()}}, "ix.answer_at", self._take_turn)

    async def _take_turn(self, tenant: str, chat: Conversation) -> None:
        files = await self._files(tenant, chat)
        reading = read(chat, chat.heard, files)
        turn = speak(
            reading,
            await self._known(tenant, reading),
            office=self._office(tenant).name,
            link=self._addresses(tenant).clarification,
            is_silent=is_paced_out(chat, self._now()),
        )
        number = chat.turn + 1
        take = TakeTurn(conversation_id=chat.conversation_id, turn=number, answers=tuple(reading.answers))
        content = TurnContent(turn=turn.model_dump_json())
        await self._engine.apply([ordered(take, number, tenant=tenant, at=self._now(), private=content)])

    async def _known(self, tenant: str, reading: Reading) -> MatchView | None:
        if not reading.changed or reading.does:
            return NO_ANSWER
        return await self._door.match(tenant, reading.draft.text) if reading.draft.texts else NO_ANSWER

    async def _files(self, tenant: str, chat: Conversation) -> Mapping[str, str | None]:
        wanted = files_in(chat.heard)
        found = await asyncio.gather(*(self._file(tenant, chat, one) for one in wanted))
        return {one.id: blob for one, blob in zip(wanted, found, strict=True)}

    async def _file(self, tenant: str, chat: Conversation, one: Heard) -> str | None:
        if one.media.startswith(KEPT):
            return one.media.removeprefix(KEPT)
        account = self._accounts.of(chat.channel, chat.account)
        if account is None:
            return None
        try:
            data = await self._providers.file(account, one.media)
            return await self._door.file(tenant, UUID(one.id), data) if data is not None else None
        except Unavailable:
            if self._now() - one.heard_at > FILE_GIVEN_UP:
                return None
            raise

    # a turn is carried out

    async def perform(self) -> bool:
        """Carries out the turns that are kept; True where there was one."""
        return await self._each({"ix.pending_since": {"$exists": True}}, "ix.pending_since", self._perform)

    async def _perform(self, tenant: str, chat: Conversation) -> None:
        turn = chat.pending
        settle = SettleTurn(conversation_id=chat.conversation_id, turn=chat.turn)
        # None: its key was destroyed, and with it what there was to do.
        if turn is not None and chat.address not in ("", ERASED):
            done, reply = await self._done(tenant, chat, turn)
            settle = settle.model_copy(update=done)
            if reply:
                await self._say(tenant, chat, reply, language=turn.language)
        await self._engine.apply([ordered(settle, chat.turn, tenant=tenant, at=self._now())])

    async def _done(self, tenant: str, chat: Conversation, turn: Turn) -> tuple[dict[str, Any], str]:
        """What came of it, and what is said."""
        language = turn.language
        match turn.does:
            case Does.SUBMIT:
                return await self._submit(tenant, chat, turn)
            case Does.ADD:
                assert turn.sends is not None
                assert chat.report_id is not None
                try:
                    is_done = await self._door.add(tenant, _key(tenant, chat), chat.report_id, turn.sends)
                    phrase = "added" if is_done else "being_added"
                except Refused:
                    phrase = "not_added"
                return {}, phrases.paragraphs((turn.reply, say(phrase, language, number=chat.number)))
            case Does.DEMAND:
                await self._door.demand(tenant, _key(tenant, chat), turn.demanded, of_others=turn.of_others)
            case Does.STOP:
                stopped = await self._stop(tenant, chat)
                phrase = "stopped" if stopped else "nothing_to_stop"
                return {}, phrases.paragraphs((turn.reply, say(phrase, language)))
        return {}, turn.reply

    async def _submit(self, tenant: str, chat: Conversation, turn: Turn) -> tuple[dict[str, Any], str]:
        assert turn.sends is not None
        try:
            report = await self._door.submit(tenant, _key(tenant, chat), chat, turn.sends, language=turn.language)
        except Refused as refused:
            log.warning("chat_report_refused", conversation_id=chat.conversation_id, problem=refused.code)
            return {}, self._not_taken(tenant, turn.language)
        said = say(
            "sent",
            turn.language,
            number=report.number,
            code=_readable(report.tracking_code),
            link=self._addresses(tenant).ticket(report.number),
        )
        return {"report_id": report.report_id, "number": report.number}, phrases.paragraphs((turn.reply, said))

    def _not_taken(self, tenant: str, language: str) -> str:
        return say("not_taken", language, link=self._addresses(tenant).base)

    async def _stop(self, tenant: str, chat: Conversation) -> bool:
        where = {"ix.conversation": chat.conversation_id}
        followed = await self._subjects.find(tenant, where, limit=MOST_FOLLOWED)
        stops = [StopFollowing(report_id=subject.report_id) for subject in followed if subject.following]
        await self._engine.apply(
            [ordered(stop, chat.conversation_id, chat.turn, tenant=tenant, at=self._now()) for stop in stops]
        )
        return bool(stops)

    async def _say(self, tenant: str, chat: Conversation, text: str, *, language: str) -> None:
        plan = PlanDelivery(
            delivery_id=str(uuid5(_key(tenant, chat), "reply")),
            template=Template.TURN,
            channel=chat.channel,
            recipient=chat.conversation_id,
            recipient_kind="conversation",
            lane=LANE_TICKET,
            language=language,
            conversation_id=chat.conversation_id,
        )
        private = DeliveryAddress(address=chat.address, text=text)
        await self._engine.apply([ordered(plan, tenant=tenant, at=self._now(), private=private)])

    # what is forgotten

    async def forget(self) -> bool:
        """Destroys the keys of conversations that have been silent as long as the office keeps contacts, unless a
        report is still to be answered there."""
        now = self._now()
        shortest = min((r.settings.contact_kept_days for r in self._directory.tenants.values()), default=30)
        documents = await self._chats.collection.across_tenants(
            {"ix.silent_since": {"$lte": now - timedelta(days=shortest)}, **self._due_to_look(now)},
            limit=AT_ONCE,
            fields=STATE,
        )
        for document, chat in zip(documents, await self._chats.states(documents), strict=True):
            tenant = document["tenant"]
            if await self._is_kept(tenant, chat, now):
                await self._later([document], timedelta(hours=6))
                continue
            await self._keys.destroy(document["subject"])
            forget = ForgetConversation(conversation_id=chat.conversation_id)
            await self._engine.apply([ordered(forget, chat.turn, tenant=tenant, at=now)])
        return bool(documents)

    async def _is_kept(self, tenant: str, chat: Conversation, now: datetime) -> bool:
        record = self._directory.tenants.get(tenant)
        days = record.settings.contact_kept_days if record else 30
        if chat.last_heard_at is None or now - chat.last_heard_at < timedelta(days=days):
            return True
        return bool(await self._subjects.find(tenant, {"ix.conversation": chat.conversation_id}, limit=1))

    # shared

    async def _each(self, where: Mapping[str, Any], by: str, step: Callable[[str, Conversation], Any]) -> bool:
        now = self._now()
        documents = await self._chats.collection.across_tenants(
            {**where, **self._due_to_look(now)}, sort=[(by, 1)], limit=AT_ONCE, fields=STATE
        )
        chats = await self._chats.states(documents, opened=True)
        await asyncio.gather(*(self._one(d, chat, step) for d, chat in zip(documents, chats, strict=True)))
        return bool(documents)

    async def _one(self, document: Document, chat: Conversation, step: Callable[[str, Conversation], Any]) -> None:
        try:
            await step(document["tenant"], chat)
        except Unavailable as error:
            log.warning("turn_waits", conversation_id=chat.conversation_id, dependency=error.dependency)
            await self._later([document], AGAIN)

    async def _later(self, documents: Sequence[Document], after: timedelta) -> None:
        await self._chats.collection.update_across_tenants(
            {"_id": {"$in": [d["_id"] for d in documents]}}, {"$set": {LOOK_AT: self._now() + after}}
        )

    def _due_to_look(self, now: datetime) -> dict[str, Any]:
        return {LOOK_AT: {"$not": {"$gt": now}}}

    def _office(self, tenant: str) -> Office:
        record = self._directory.tenants.get(tenant)
        if record is None:
            raise Unavailable("directory")
        return Office.of(record)

    def _addresses(self, tenant: str) -> Addresses:
        record = self._directory.tenants.get(tenant)
        if record is None:
            raise Unavailable("directory")
        return Addresses.of(record, public_url=self._public_url, keys=self._link_keys)


def _key(tenant: str, chat: Conversation) -> UUID:
    """Of what the pending turn does."""
    return uuid5(NAMESPACE, f"turn|{key(tenant, chat.conversation_id)}|{chat.turn}")


def _readable(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
