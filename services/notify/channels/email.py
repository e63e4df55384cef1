"""E-mail: which letter a delivery is, and the bytes of it for its recipient."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from libs.contracts.directory import TenantRecord
from libs.contracts.words import Channel, Template
from libs.kit import signs
from libs.kit.calendar import Language, long_moment, zone_of
from libs.runtime import links
from libs.runtime.keyring import VersionedKey
from services.notify import letters
from services.notify.bulletin.rules import Bulletin
from services.notify.channels.mime import Form, Head, Marks, build
from services.notify.delivery.rules import FIRST_WORDS, OFFICERS_LETTERS, Delivery
from services.notify.letters import Office

FORMS_KEPT = 256

OPTIONAL = ("due", "note")
"""What a template asks for before it speaks of it."""


ONE_TIME = frozenset({Template.LOGIN_LINK, Template.TICKET_LINK, *OFFICERS_LETTERS})
"""Asked for by whoever gets them or their office, with a link that is good once; nothing to unsubscribe from."""


def letter_name(delivery: Delivery) -> str:
    """The template file. What is confidential, or answered for one person alone, is not written into a message."""
    if delivery.template in (Template.LOGIN_LINK, Template.PARTNER_REQUEST) or delivery.recipient_kind == "partner":
        return f"{delivery.template}.partner"
    if delivery.recipient_kind == "officer":
        return f"{delivery.template}.officer"
    if delivery.template in (*FIRST_WORDS, Template.MESSAGE, Template.TICKET_LINK):
        return f"{delivery.template}.report"
    private = delivery.confidential
    if delivery.template != Template.NOT_CONTINUED:
        private = private or delivery.bulletin_id is None
    return f"{delivery.template}.{'private' if private else 'report'}"


@dataclass(frozen=True)
class Addresses:
    """Links into the gateway, for one office."""

    base: str
    tenant: str
    keys: VersionedKey

    @classmethod
    def of(cls, record: TenantRecord, *, public_url: str, keys: VersionedKey) -> "Addresses":
        return cls(f"{public_url.rstrip('/')}/{record.slug}", record.id, keys)

    def clarification(self, number: str) -> str:
        return f"{self.base}/clarifications/{number}"

    def ticket(self, number: str) -> str:
        return f"{self.base}/tickets/{number}"

    def assignment(self, assignment: str, partner: str) -> str:
        return f"{self.base}/a/{links.make(self.keys, links.ASSIGNMENT, self.tenant, assignment, partner)}"

    def unsubscribe(self, recipient: str, kind: str, channel: str) -> str:
        return f"{self.base}/u/{links.make(self.keys, links.UNSUBSCRIBE, self.tenant, recipient, kind, channel)}"


def moment(at: datetime, record: TenantRecord, language: str) -> str:
    spoken: Language = "en" if language == "en" else "id"
    return long_moment(at, zone_of(record.region_code), spoken)


def due_of(delivery: Delivery, record: TenantRecord, now: datetime) -> str:
    """The hour that is promised or asked for; a promise that has passed is not made again."""
    due = delivery.due_at
    if due is None or (due <= now and delivery.template in FIRST_WORDS):
        return ""
    return moment(due, record, delivery.language)


def recipients_values(
    delivery: Delivery, record: TenantRecord, addresses: Addresses, *, now: datetime
) -> dict[str, str]:
    """What differs from one recipient of a letter to the next."""
    return {
        "to": delivery.address,
        "id": delivery.delivery_id,
        "number": delivery.number,
        "name": signs.closed(delivery.name),
        "due": due_of(delivery, record, now),
        "note": signs.closed(letters.reason(delivery.note, delivery.language)),
        "ticket_link": addresses.ticket(delivery.number),
        "assignment_link": addresses.assignment(delivery.assignment_id, delivery.recipient)
        if delivery.assignment_id is not None
        else "",
        "unsubscribe_link": addresses.unsubscribe(delivery.recipient, delivery.recipient_kind, delivery.channel),
        "login_link": delivery.link,
    }


def letter_values(
    delivery: Delivery, bulletin: Bulletin | None, addresses: Addresses, differing: Mapping[str, str]
) -> dict[str, Any]:
    """All that a template may name; what the letter has no use for is empty."""
    link = addresses.clarification(bulletin.number) if bulletin is not None else ""
    return {
        **differing,
        "bulletin": bulletin,
        "verdict": letters.verdict(bulletin.verdict, delivery.language) if bulletin is not None else None,
        "clarification_link": link,
        "caption": letters.caption(bulletin, delivery.language, link) if bulletin is not None else "",
    }


class Mailer:
    """Keeps the forms of the letters that go out now."""

    def __init__(
        self,
        *,
        public_url: str,
        mail_from: str,
        keys: VersionedKey,
        mailbox: Callable[[str], str] = lambda office: "",
    ) -> None:
        """
        Args:
            mailbox: where answers to an office's letters are read, by its slug; empty: they go to the office itself.
        """
        self._mailbox = mailbox
        self._public_url = public_url
        self._mail_from = mail_from
        self._domain = mail_from.rsplit("@", 1)[-1]
        self._keys = keys
        self._forms: OrderedDict[tuple[Any, ...], Form] = OrderedDict()

    def message(self, delivery: Delivery, bulletin: Bulletin | None, record: TenantRecord, *, now: datetime) -> bytes:
        """
        Args:
            now: with its time zone; the letter says that it was sent then.

        Raises:
            UnfitForHeader: the address, or another value of a header, is not printable ASCII.
        """
        addresses = Addresses.of(record, public_url=self._public_url, keys=self._keys)
        values = recipients_values(delivery, record, addresses, now=now)
        # The hour is one for all partners of a bulletin, and stands in the subject.
        shared = ("due",) if delivery.recipient_kind == "partner" else ()
        fixed = {n: values[n] for n in OPTIONAL if not values[n] or n in shared}
        if delivery.template == Template.TURN:
            # Each is another, so there is nothing to keep.
            language = letters.language_of(delivery.language)
            said = {"text": delivery.text}
            turn = self._built("turn.conversation", language, delivery, None, record, addresses, fixed=said)
            return turn.fill({**values, "date": format_datetime(now)})
        form = self._form(delivery, bulletin, record, addresses, fixed=fixed)
        return form.fill({**values, "date": format_datetime(now)})

    def _form(
        self,
        delivery: Delivery,
        bulletin: Bulletin | None,
        record: TenantRecord,
        addresses: Addresses,
        *,
        fixed: Mapping[str, str],
    ) -> Form:
        name = letter_name(delivery)
        language = letters.language_of(delivery.language)
        replies = self._mailbox(record.slug)
        found = (record.id, record.version, replies, name, language, delivery.bulletin_id, *sorted(fixed.items()))
        form = self._forms.get(found)
        if form is None:
            form = self._forms[found] = self._built(name, language, delivery, bulletin, record, addresses, fixed=fixed)
            if len(self._forms) > FORMS_KEPT:
                self._forms.popitem(last=False)
        return form

    def _built(
        self,
        name: str,
        language: str,
        delivery: Delivery,
        bulletin: Bulletin | None,
        record: TenantRecord,
        addresses: Addresses,
        *,
        fixed: Mapping[str, str],
    ) -> Form:
        marks = Marks(DIFFERING)
        differing = {**marks.of, **fixed}
        office, replies = Office.of(record), self._mailbox(record.slug)
        values = {**letter_values(delivery, bulletin, addresses, differing), "is_read": bool(replies)}
        letter = letters.write(name, language, office=office, values=values)
        headers = {"Message-ID": f"<{marks.of['id']}@{self._domain}>", "Auto-Submitted": "auto-generated"}
        if delivery.template not in (*ONE_TIME, Template.TURN):
            headers["List-Unsubscribe"] = f"<{marks.of['unsubscribe_link']}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        head = Head(
            sender=self._mail_from,
            sender_name=office.name,
            reply_to=replies or office.reply_to,
            subject=letter.subject,
        )
        return build(head, text=letter.text, html=letter.html, marks=marks, headers=headers)


DIFFERING = {
    "to", "date", "id", "number", "name", "due", "note",
    "ticket_link", "assignment_link", "unsubscribe_link", "login_link",
}  # fmt: skip


def bulletins_of(deliveries: Iterable[Delivery]) -> set[str]:
    return {d.bulletin_id for d in deliveries if d.bulletin_id is not None and d.channel != Channel.INBOX}
