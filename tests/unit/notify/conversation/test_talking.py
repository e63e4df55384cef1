"""Our side of a conversation over a store in memory: the engine is the real one, providers and gateway are played."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid5

import pytest

from libs.contracts.chat import ChatReported, ChatWords
from libs.contracts.ids import NAMESPACE
from libs.contracts.notify.conversation import ChatContent, HearMessage
from libs.contracts.notify.subject import FollowerContact, NoteNews
from libs.contracts.reports.reads import MatchView
from libs.contracts.words import Channel, DeliveryState, Template
from libs.runtime.accounts import Account, Accounts, ApprovedTemplate, TelegramAccount, WhatsAppAccount
from libs.runtime.aggregates import ERASED, Context
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.keyring import VersionedKey
from services.notify.channels.chat import Outcome
from services.notify.channels.smtp import Answer
from services.notify.chatting import ChatSender
from services.notify.conversation.rules import MOST_MAILS_A_DAY, MOST_TURNS, Conversation, Draft
from services.notify.conversation.talking import Talker
from services.notify.delivery.rules import Delivery
from services.notify.kinds import CONVERSATION, DELIVERY
from services.notify.store import Store
from tests.unit.notify.builders import NOW, TENANT, follow, link
from tests.unit.notify.desk import Desk

WA = WhatsAppAccount(
    office="cirebon", phone_number_id="1065", app_secret="a", verify_token="b", access_token="c",
    templates={"news": ApprovedTemplate(name="kabar_laporan_v1", languages=("id",))},
)  # fmt: skip
BOT = TelegramAccount(office="cirebon", bot_id="7000", token="7000:x", secret_token="s")
CLAIM = "Air PDAM dicampur zat pembersih, jangan diminum tiga hari."
SENT = Outcome(Answer(DeliveryState.SENT, "200"))


@dataclass
class PlayedDoor:
    """The gateway, as far as conversations see it."""

    submitted: dict[UUID, Draft] = field(default_factory=dict)
    added: dict[UUID, tuple[str, Draft]] = field(default_factory=dict)
    written: dict[datetime | None, str] = field(default_factory=dict)
    demanded: dict[UUID, str] = field(default_factory=dict)
    found: MatchView | None = field(default_factory=lambda: MatchView(outcome="none"))
    away: bool = False
    answers_lost: int = 0
    refuses: bool = False
    records: bool = True

    async def match(self, tenant: str, text: str) -> MatchView | None:
        return self.found

    async def file(self, tenant: str, key: UUID, data: bytes) -> str | None:
        return str(uuid5(NAMESPACE, f"blob|{key}")) if data != b"broken" else None

    async def submit(self, tenant: str, key: UUID, chat: Conversation, draft: Draft, *, language: str) -> ChatReported:
        self._reached()
        if self.refuses:
            raise Refused("validation")
        assert self.submitted.setdefault(key, draft) == draft
        self._answered()
        return ChatReported(
            report_id=f"report-{key}", number=f"CRB-{len(self.submitted)}", tracking_code="ABCDEFGH12345678"
        )

    async def add(self, tenant: str, key: UUID, report_id: str, draft: Draft) -> bool:
        self._reached()
        if self.refuses:
            raise Refused("state_conflict")
        assert self.added.setdefault(key, (report_id, draft)) == (report_id, draft)
        self._answered()
        return self.records

    async def words(self, tenant: str, asked: ChatWords) -> str:
        self._reached()
        return self.written.get(asked.said_at, "")

    async def demand(self, tenant: str, key: UUID, clarification_id: str, *, of_others: bool) -> None:
        self.demanded[key] = clarification_id

    def _reached(self) -> None:
        if self.away:
            raise Unavailable("gateway")

    def _answered(self) -> None:
        """What was done is done, whether its answer comes back or not."""
        if self.answers_lost:
            self.answers_lost -= 1
            raise Unavailable("gateway")


@dataclass
class PlayedProviders:
    files: dict[str, bytes] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    templates: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)
    away: bool = False

    async def send_text(self, account: Account, address: str, text: str, *, delivery: str) -> Outcome:
        self.sent.append((address, text))
        return self.answers.pop(0) if self.answers else SENT

    async def send_template(
        self, account: Account, address: str, *, name: str, language: str, values: tuple[str, ...], delivery: str
    ) -> Outcome:
        self.templates.append((name, values))
        return self.answers.pop(0) if self.answers else SENT

    async def file(self, account: Account, media: str) -> bytes | None:
        if self.away:
            raise Unavailable("whatsapp")
        return self.files.get(media, b"picture")


class KnownAccounts(Accounts):
    """As the file would say."""

    def __init__(self, known: Sequence[Account]) -> None:
        self.known = {account.id: account for account in known}

    def of(self, channel: str, account: str) -> Account | None:
        return self.known.get(account)


class Chats(Desk):
    def __init__(self, *accounts: Account) -> None:
        super().__init__()
        self.door, self.providers = PlayedDoor(), PlayedProviders()
        known = accounts or (WA, BOT)
        parts = {
            "engine": self.engine,
            "keys": self._subjects._keys,
            "directory": self.directory,
            "accounts": KnownAccounts(known),
            "providers": self.providers,
            "door": self.door,
            "public_url": "https://simpul.example",
            "link_keys": VersionedKey("k", {"k": b"l" * 32}),
            "now": lambda: self.now,
        }
        self.talker = Talker(**parts)  # type: ignore[arg-type]
        self.sender = ChatSender(**parts)  # type: ignore[arg-type]
        self.chats: Store[Conversation] = Store(self.engine, CONVERSATION, self._subjects._keys)

    async def say(
        self,
        text: str = "",
        *,
        at: float = 0,
        id: str = "",
        channel: str = "whatsapp",
        who: str = "chat",
        **more: object,
    ) -> None:
        moment = self.now + timedelta(seconds=at)
        account = "1065" if channel == "whatsapp" else "7000"
        command = HearMessage.model_validate(
            {"conversation_id": who, "channel": channel, "account": account, "kind": "text", "said_at": moment, **more}
        )
        private = ChatContent(address="6281200002066", text=text, media="m" if command.kind == "picture" else "")
        cause = uuid5(NAMESPACE, id or f"{text}|{at}|{command.kind}|{self.now}")
        await self.tell(command, Context(id=cause, tenant=TENANT, at=self.now, private=private))

    async def talk(self, seconds: float = 2.0) -> None:
        """Lets time pass until everybody has said what there is to say."""
        self.now += timedelta(seconds=seconds)
        for _ in range(20):
            if not any([await s() for s in (self.talker.listen, self.talker.perform, self.sender.step)]):
                return
        raise AssertionError("the conversation never came to an end")

    @property
    def said(self) -> list[str]:
        return [text for _, text in self.providers.sent]

    async def sendings(self) -> list[Delivery]:
        return await Store(self.engine, DELIVERY, self._subjects._keys).find(TENANT, {}, limit=100, opened=True)


async def test_a_report_comes_of_a_conversation_and_its_reporter_is_told_number_and_code() -> None:
    chats = Chats()
    await chats.say(CLAIM)
    await chats.talk()
    await chats.say("kirim", at=1)
    await chats.talk()

    (sent,) = chats.door.submitted.values()
    assert sent.text == CLAIM
    assert "KIRIM" in chats.said[0]
    assert "Nomor CRB-1. Simpan kode ini: ABCD-EFGH-1234-5678" in chats.said[1]
    assert len(chats.said) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_doubled_and_shuffled_there_is_one_report(order: Sequence[int]) -> None:
    chats = Chats()
    messages = [(CLAIM, 0.0), ("Dari grup RT", 1.0), ("kirim", 2.0)]
    for position in (*order, *reversed(order)):
        text, at = messages[position]
        await chats.say(text, at=at, id=text)
    await chats.talk(4)

    (sent,) = chats.door.submitted.values()
    assert sent.texts == (CLAIM, "Dari grup RT")
    assert len(chats.said) == 1


@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_one_at_a_time_and_shuffled_nothing_is_lost_or_sent_twice(order: Sequence[int]) -> None:
    """Each is answered before the next comes: what overtook, and what was overtaken, ends in the same ticket."""
    chats = Chats()
    start = chats.now
    messages = [(CLAIM, 0), ("Dari grup RT", 1), ("kirim", 2)]
    for position in order:
        text, at = messages[position]
        await chats.say(text, at=(start + timedelta(seconds=at) - chats.now).total_seconds(), id=text)
        await chats.talk()
        await chats.say(text, at=(start + timedelta(seconds=at) - chats.now).total_seconds(), id=text)
        await chats.talk()

    assert len(chats.door.submitted) == 1
    (sent,) = chats.door.submitted.values()
    added = [part for _, draft in chats.door.added.values() for part in draft.texts]
    assert sorted((*sent.texts, *added)) == sorted((CLAIM, "Dari grup RT"))


async def test_a_turn_whose_end_was_not_heard_is_carried_out_once() -> None:
    chats = Chats()
    chats.door.answers_lost = 2
    await chats.say(CLAIM)
    await chats.say("kirim", at=1)
    for _ in range(4):
        await chats.talk(4)

    assert len(chats.door.submitted) == 1
    assert len(chats.said) == 1


async def test_while_the_gateway_is_away_nothing_is_promised_and_nothing_lost() -> None:
    chats = Chats()
    chats.door.away = True
    await chats.say(CLAIM)
    await chats.say("kirim", at=1)
    await chats.talk()
    before = list(chats.said)
    chats.door.away = False
    await chats.talk(5)

    assert before == []
    assert len(chats.door.submitted) == 1
    assert "Laporan tersimpan" in chats.said[0]


async def test_a_report_that_cannot_be_taken_is_said_to_be_none() -> None:
    chats = Chats()
    chats.door.refuses = True
    await chats.say(CLAIM)
    await chats.say("kirim", at=1)
    await chats.talk()

    assert "tidak dapat diterima" in chats.said[0]
    assert "tersimpan" not in chats.said[0]


async def test_a_picture_is_waited_for_while_its_provider_is_away_and_given_up_in_the_end() -> None:
    chats = Chats()
    chats.providers.away = True
    await chats.say(kind="picture")
    await chats.talk()
    waiting = list(chats.said)
    await chats.talk(700)

    assert waiting == []
    assert "tidak dapat dibuka" in chats.said[0]


async def test_a_day_without_the_word_leaves_nothing_to_send() -> None:
    chats = Chats()
    await chats.say(CLAIM)
    await chats.talk()
    state = await chats.chats.one(TENANT, "chat")
    (due,) = CONVERSATION.due(state)
    await chats.tell(CONVERSATION.timers["drop"]("chat", due))
    await chats.say("kirim", at=2)
    await chats.talk()

    assert due.at - NOW >= timedelta(hours=24)
    assert chats.door.submitted == {}
    assert "Belum ada yang dapat dikirim" in chats.said[-1]


async def test_an_answering_machine_is_not_talked_to_for_ever() -> None:
    chats = Chats()
    for number in range(MOST_TURNS + 10):
        await chats.say(f"Terima kasih telah menghubungi kami, pesan {number}", at=number)
        await chats.talk()

    assert len(chats.said) == MOST_TURNS
    assert chats.door.submitted == {}


async def test_what_could_not_go_out_goes_out_later_and_in_order() -> None:
    chats = Chats()
    later = Outcome(Answer(DeliveryState.FAILED_TRANSIENT, "131056"), timedelta(seconds=90))
    chats.providers.answers = [later]
    await chats.say("halo")
    await chats.talk()
    await chats.talk(40)
    early = len(chats.said)
    await chats.talk(60)

    assert early == 1
    assert len(chats.said) == 2
    assert [d.state for d in await chats.sendings()] == ["sent"]


async def test_an_unknown_end_is_not_tried_again() -> None:
    chats = Chats()
    chats.providers.answers = [Outcome(Answer(DeliveryState.UNKNOWN, "cut_off"))]
    await chats.say("halo")
    for _ in range(3):
        await chats.talk(100)

    assert len(chats.said) == 1
    assert [d.state for d in await chats.sendings()] == ["unknown"]


async def followed(chats: Chats, *, channel: str = "whatsapp") -> None:
    contact = Context(
        id=UUID(int=7), tenant=TENANT, at=chats.now, private=FollowerContact(channel=channel, address="62812")
    )
    await chats.tell(follow(report_id="r1", channel=channel, conversation_id="chat"), contact)


async def news(chats: Chats) -> None:
    """The report came to a case: its reporter is owed the first word."""
    await chats.tell(link(report_id="r1", case_id="c1", outcome="none"))
    await chats.work()


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
async def test_news_of_a_report_goes_back_by_the_same_chat(channel: str) -> None:
    chats = Chats()
    await chats.say("halo", channel=channel)
    await chats.talk()
    await followed(chats, channel=channel)
    await news(chats)
    await chats.talk()

    assert len(chats.said) == 2
    assert "CRB-4F7K-9XM2" in chats.said[-1]
    assert {address for address, _ in chats.providers.sent} == {"6281200002066"}


async def test_outside_the_window_an_approved_template_goes_out() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.now += timedelta(hours=25)
    await news(chats)
    await chats.talk()

    assert len(chats.said) == 1
    ((name, values),) = chats.providers.templates
    assert name == "kabar_laporan_v1"
    assert values[1] == "CRB-4F7K-9XM2"


async def test_without_a_template_an_officers_own_phone_takes_over() -> None:
    chats = Chats(WA.model_copy(update={"templates": {}}))
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.now += timedelta(hours=25)
    await news(chats)
    await chats.talk()
    assert await chats.sender.fall_back()
    assert not await chats.sender.fall_back()

    mine = {d.channel: d for d in await chats.sendings() if d.recipient == "r1"}
    assert (mine[Channel.WHATSAPP].state, mine[Channel.WHATSAPP].reason) == ("suppressed", "window_closed")
    assert mine[Channel.WHATSAPP_MANUAL].state == "queued"
    assert mine[Channel.WHATSAPP_MANUAL].address == "+6281200002066"
    assert mine[Channel.WHATSAPP_MANUAL].template == mine[Channel.WHATSAPP].template


async def test_a_window_that_the_provider_says_is_closed_falls_back_too() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.providers.answers = [Outcome(Answer(DeliveryState.FAILED_PERMANENT, "131047"))]
    await news(chats)
    await chats.talk()

    assert await chats.sender.fall_back()
    assert Channel.WHATSAPP_MANUAL in {d.channel for d in await chats.sendings()}


async def test_a_reply_of_ours_never_falls_back_to_a_persons_phone() -> None:
    chats = Chats()
    chats.providers.answers = [Outcome(Answer(DeliveryState.FAILED_PERMANENT, "131047"))]
    await chats.say("halo")
    await chats.talk()

    assert not await chats.sender.fall_back()


async def test_stop_ends_the_news_of_every_report_of_the_chat() -> None:
    chats = Chats()
    await followed(chats)
    await chats.say("STOP")
    await chats.talk()
    await chats.say("berhenti", at=1)
    await chats.talk()

    subject = await chats._subjects.one(TENANT, "r1")
    assert (subject.following, subject.ended) == (False, "withdrawn")
    assert "tidak mengirim kabar" in chats.said[0]
    assert "Tidak ada laporan" in chats.said[1]


async def test_a_silent_conversation_is_forgotten_with_everything_that_was_said() -> None:
    chats = Chats()
    await chats.say(CLAIM)
    await chats.talk()
    chats.now += timedelta(days=31)
    await chats.talker.forget()

    state = (await chats.chats.of(TENANT, ["chat"], opened=True))["chat"]
    assert (state.forgotten, state.address, state.draft) == (True, ERASED, None)
    assert all(d.text in ("", "[erased]") for d in await chats.sendings())


async def test_a_conversation_whose_report_is_not_answered_yet_is_kept() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.now += timedelta(days=31)
    await chats.talker.forget()

    assert not (await chats.chats.one(TENANT, "chat")).forgotten


async def message_of_the_office(chats: Chats, said_at: datetime) -> None:
    await chats.tell(link(report_id="r1", case_id="c1", outcome="none"))
    await chats.tell(NoteNews(report_id="r1", news_id=str(said_at), template=Template.MESSAGE, said_at=said_at))
    await chats.work()


async def test_what_the_office_writes_to_one_person_comes_to_their_chat_word_for_word() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.door.written[NOW] = "Di kelurahan mana kejadiannya?"
    await message_of_the_office(chats, NOW)
    await chats.talk()

    (message,) = [text for text in chats.said if "Di kelurahan mana" in text]
    assert message.startswith("Pesan petugas untuk laporan CRB-4F7K-9XM2")
    assert "TAMBAH" in message


async def test_a_message_waits_until_its_words_can_be_read() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    chats.door.written[NOW], chats.door.away = "Di kelurahan mana kejadiannya?", True
    await message_of_the_office(chats, NOW)
    await chats.talk()
    before = [text for text in chats.said if "kelurahan" in text]
    chats.door.away = False
    await chats.talk(31)

    assert before == []
    assert sum("kelurahan" in text for text in chats.said) == 1


async def test_a_message_that_is_not_there_any_more_is_said_to_be_on_the_ticket() -> None:
    chats = Chats()
    await chats.say("halo")
    await chats.talk()
    await followed(chats)
    await message_of_the_office(chats, NOW)
    await chats.talk()

    assert any("Ada pesan petugas untuk laporan" in text for text in chats.said)


@pytest.mark.parametrize(
    ("refuses", "records", "words"),
    [(False, True, "Sudah ditambahkan"), (False, False, "sedang dicatat"), (True, True, "tidak dapat ditambahkan")],
)
async def test_what_is_added_is_said_as_it_is(refuses: bool, records: bool, words: str) -> None:
    chats = Chats()
    await chats.say(CLAIM)
    await chats.say("kirim", at=1)
    await chats.talk()
    chats.door.refuses, chats.door.records = refuses, records
    await chats.say("Kejadiannya di Harjamukti", at=5)
    await chats.say("tambah", at=6)
    await chats.talk()

    assert words in chats.said[-1]
    assert sum("itambahkan" in text for text in chats.said) == (0 if words == "sedang dicatat" else 1)


async def test_what_comes_late_for_a_report_that_was_not_taken_goes_to_no_other() -> None:
    chats = Chats()
    start = chats.now
    await chats.say(CLAIM)
    await chats.say("kirim", at=1)
    await chats.talk()
    chats.door.refuses = True
    await chats.say("Kabar kedua yang tidak dapat diterima", at=10)
    await chats.say("kirim", at=12)
    await chats.talk()
    chats.door.refuses = False
    await chats.say("bagian dari kabar kedua", at=(start - chats.now).total_seconds() + 11)
    await chats.talk()

    assert chats.door.added == {}


async def test_a_slow_loop_of_mails_ends() -> None:
    chats = Chats()
    for number in range(40):
        await chats.say(f"Terima kasih, pesan Anda {number} kami terima", at=0, channel="email", id=f"loop {number}")
        await chats.talk(35)

    replies = [d for d in await chats.sendings() if d.template == "turn"]
    assert len(replies) == MOST_MAILS_A_DAY
