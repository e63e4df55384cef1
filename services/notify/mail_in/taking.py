"""The worker that takes mail in.

An answer to a letter about a report lands in its thread, where it comes from the address that follows the report.
Anything else is a conversation, as in a chat: nothing is sent on before its sender says "kirim". Where the office's
server could not say that a mail is of its sender, it is a conversation apart from any that the address had, and opens
no thread. A mail is moved out of the way once it is kept, so a crash between the two takes it again, with the same ids.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from libs.contracts.directory import TenantRecord
from libs.contracts.ids import NAMESPACE, uuid5
from libs.contracts.notify.conversation import ChatContent, HearMessage
from libs.contracts.notify.subject import StopFollowing
from libs.contracts.words import Channel
from libs.kit import mails
from libs.kit.authenticity import is_proven
from libs.kit.chat.said import Kind
from libs.kit.mails import File, Mail
from libs.runtime import logs
from libs.runtime.accounts import Accounts, MailAccount
from libs.runtime.aggregates import Context, Incoming
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.errors import Refused, Unavailable
from libs.runtime.sealing import SubjectKeys
from services.notify.channels.mime import is_address
from services.notify.conversation.dialogue import LONGEST_TEXT, MOST_FILES
from services.notify.conversation.door import Door
from services.notify.conversation.rules import KEPT, OTHER_ADDRESS, UNPROVEN, Draft
from services.notify.conversation.words import Word, word_of
from services.notify.delivery.rules import Delivery
from services.notify.kinds import DELIVERY, SUBJECT
from services.notify.mail_in.postbox import Folder, Letter, Postbox
from services.notify.store import Store, ordered
from services.notify.subject.rules import Subject

log = logs.get()

LONGEST_HEARD = 20_000
"""Characters that are taken along, so that a sender can be told that it was too long."""
MOST_ANSWERED = 20
"""Message-IDs of ours that are looked up."""

ConversationId = Callable[[str, str, str], str]
"""Of tenant, account and address."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A file by its id at the gateway; None where it could not be opened."""

    file: File
    blob: str | None


@dataclass(frozen=True, slots=True)
class Answered:
    """A report that a mail answers a letter about; `is_theirs` where it comes from its follower."""

    report_id: str
    is_theirs: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """Where what a mail says belongs."""

    tenant: str
    conversation_id: str
    account: MailAccount
    mail: Mail
    doubted: str


class MailTaker:
    def __init__(
        self,
        *,
        engine: Engine,
        keys: SubjectKeys,
        directory: Directory,
        accounts: Accounts,
        door: Door,
        mail_from: str,
        conversation_id: ConversationId,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._engine = engine
        self._directory = directory
        self._accounts = accounts
        self._door = door
        self._mail_from = mail_from.lower()
        self._conversation_id = conversation_id
        self._now = now
        self._deliveries: Store[Delivery] = Store(engine, DELIVERY, keys)
        self._subjects: Store[Subject] = Store(engine, SUBJECT, keys)

    async def step(self) -> bool:
        """Takes some of what lies in each mailbox; True where there was something."""
        busy = False
        for account in list(self._accounts.mail.values()):
            try:
                busy = await self._empty(account) or busy
            except Unavailable as error:
                # The mail stays where it is; another office's mailbox is not to wait for this one's.
                log.warning("mail_waits", office=account.office, dependency=error.dependency)
        return busy

    async def _empty(self, account: MailAccount) -> bool:
        office = self._directory.by_slug(account.office)
        if office is None:
            log.warning("mailbox_of_unknown_office", office=account.office)
            return False
        postbox = Postbox(account)
        letters = await asyncio.to_thread(_read, postbox)
        filed: dict[Folder, list[int]] = {folder: [] for folder in Folder}
        try:
            for letter in letters:
                filed[await self._take(office, account, letter)].append(letter.uid)
        finally:
            # What was taken before something went away need not be taken again.
            await asyncio.to_thread(_file_away, postbox, filed)
        return bool(letters)

    async def _take(self, office: TenantRecord, account: MailAccount, letter: Letter) -> Folder:
        """
        Raises:
            Unavailable: perhaps it is kept; taken again, it is the same.
        """
        # In a thread: it may be long, and whoever chats is not to wait for it.
        mail = await asyncio.to_thread(_opened, letter)
        if mail is None or mail.is_automatic or not is_address(mail.sender) or self._is_ours(mail.sender):
            return Folder.PASSED_OVER
        if not is_vouched_for(mail, account):
            log.warning("mail_unproven", office=account.office)
            await self._into_conversation(office.id, account, mail, doubted=UNPROVEN)
            return Folder.TAKEN
        answered = await self._answered(office.id, mail)
        if answered is not None and answered.is_theirs:
            await self._into_thread(office.id, answered.report_id, mail)
        else:
            await self._into_conversation(
                office.id, account, mail, doubted=OTHER_ADDRESS if answered is not None else ""
            )
        return Folder.TAKEN

    def _is_ours(self, sender: str) -> bool:
        """A letter of our own that came back, or went round in a circle."""
        return sender == self._mail_from or sender in {address.lower() for address in self._accounts.mail}

    async def _answered(self, tenant: str, mail: Mail) -> Answered | None:
        ours = [local for one in reversed(mail.answers) if (local := self._delivery_of(one)) is not None]
        known = await self._deliveries.of(tenant, ours[:MOST_ANSWERED])
        reports = [d.recipient for o in ours[:MOST_ANSWERED] if (d := known.get(o)) and d.recipient_kind == "report"]
        for report_id in dict.fromkeys(reports):
            subject = (await self._subjects.of(tenant, [report_id], opened=True)).get(report_id)
            if subject is not None and subject.address.strip().lower() == mail.sender:
                return Answered(report_id, is_theirs=True)
        return Answered(reports[0], is_theirs=False) if reports else None

    def _delivery_of(self, message_id: str) -> str | None:
        local, _, domain = message_id.partition("@")
        if domain.lower() != self._mail_from.rpartition("@")[2]:
            return None
        try:
            return str(UUID(local))
        except ValueError:
            return None

    async def _into_thread(self, tenant: str, report_id: str, mail: Mail) -> None:
        if word_of(mail.text) is Word.STOP:
            stop = StopFollowing(report_id=report_id)
            await self._engine.apply([ordered(stop, mail.id, tenant=tenant, at=self._now())])
            return
        files = await self._files(tenant, mail)
        blobs = tuple(one.blob for one in files if one.blob is not None)[:MOST_FILES]
        texts = (mail.text[:LONGEST_TEXT],) if mail.text else ()
        if texts or blobs:
            try:
                await self._door.add(tenant, _id(tenant, mail, "thread"), report_id, Draft(texts=texts, blobs=blobs))
            except Refused as refused:
                log.warning("mail_refused", report_id=report_id, problem=refused.code)

    async def _into_conversation(self, tenant: str, account: MailAccount, mail: Mail, *, doubted: str) -> None:
        files = await self._files(tenant, mail)
        who = f"{UNPROVEN} {mail.sender}" if doubted == UNPROVEN else mail.sender
        heard_as = Heard(tenant, self._conversation_id(tenant, account.address, who), account, mail, doubted)
        heard = [self._heard(heard_as, "text", Kind.TEXT, text=_said(mail))]
        for number, one in enumerate(files):
            kind = Kind.PICTURE if one.file.media_type.startswith("image/") else Kind.DOCUMENT
            media = f"{KEPT}{one.blob}" if one.blob is not None else ""
            heard.append(self._heard(heard_as, str(number), kind, media=media))
        await self._engine.apply([one for one in heard if one is not None])

    def _heard(self, as_: Heard, part: str, kind: Kind, *, text: str = "", media: str = "") -> Incoming | None:
        if kind is Kind.TEXT and not text:
            return None
        now = self._now()
        command = HearMessage(
            conversation_id=as_.conversation_id,
            channel=Channel.EMAIL,
            account=as_.account.address,
            kind=kind,
            said_at=now,
            doubted=as_.doubted,
        )
        content = ChatContent(address=as_.mail.sender, text=text[:LONGEST_HEARD], media=media)
        id_ = _id(as_.tenant, as_.mail, part)
        return Incoming(command, Context(id=id_, tenant=as_.tenant, at=now, private=content))

    async def _files(self, tenant: str, mail: Mail) -> list[Taken]:
        found = []
        for number, file in enumerate(mail.files):
            key = _id(tenant, mail, f"file {number}")
            found.append(Taken(file, await self._door.file(tenant, key, file.data)))
        return found


def _read(postbox: Postbox) -> list[Letter]:
    with postbox.open() as opened:
        return opened.letters()


def _file_away(postbox: Postbox, filed: Mapping[Folder, Sequence[int]]) -> None:
    if any(filed.values()):
        with postbox.open() as opened:
            for folder, uids in filed.items():
                opened.file_away(uids, folder)


def _opened(letter: Letter) -> Mail | None:
    if letter.raw is None:
        return None
    try:
        return mails.read(letter.raw)
    except mails.Unreadable:
        return None


def is_vouched_for(mail: Mail, account: MailAccount) -> bool:
    """Without the name of the office's server nothing can be known, and From is taken as it stands."""
    if not account.authserv_id:
        return True
    return mail.has_one_sender and is_proven(mail.authentication, server=account.authserv_id, sender=mail.sender)


def _said(mail: Mail) -> str:
    """With the subject, where it says something that the body does not; not that of an answer."""
    is_answer = bool(mail.answers) or mail.subject.lower().startswith(("re:", "bls:", "balas:"))
    if is_answer or not mail.subject or word_of(mail.text) is not None or mail.subject in mail.text:
        return mail.text
    return f"{mail.subject}\n\n{mail.text}".strip()


def _id(tenant: str, mail: Mail, part: str) -> UUID:
    return uuid5(NAMESPACE, f"mail|{tenant}|{mail.sender}|{mail.id}|{part}")
