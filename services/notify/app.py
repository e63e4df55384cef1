"""Where notify is put together: the only place that builds things."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI

from libs.contracts.topics import CONTACTS, Service
from libs.runtime.accounts import Accounts
from libs.runtime.aggregates import Incoming
from libs.runtime.cursors import Cursors
from libs.runtime.directory import Directory, standing_of_all
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import derive
from libs.runtime.service import Runtime, build
from services.notify.assignment.reads import AssignmentReads
from services.notify.breaker import Breaker
from services.notify.bulletin.reads import BulletinReads
from services.notify.channels.chat import Providers
from services.notify.channels.email import Mailer
from services.notify.chatting import ChatSender
from services.notify.contacts import NAME, Contacts
from services.notify.conversation.door import Door
from services.notify.conversation.talking import Talker
from services.notify.delivery.reads import DeliveryReads
from services.notify.identities import conversation_id
from services.notify.kinds import AGGREGATES
from services.notify.mail_in.taking import MailTaker
from services.notify.pace import Pace
from services.notify.planning import Planner
from services.notify.reactions import reactions
from services.notify.routes import Reads, router
from services.notify.sending import Sender
from services.notify.settings import Settings
from services.notify.subject.reads import SubjectReads
from services.notify.upkeep import Upkeep

POLL = 0.3
"""Seconds between two looks while something happens. A published answer passes three workers: about a second."""
DEFAULT_ANSWER_HOURS = 24


class Standing:
    """The directory once it exists: what is built before it looks here."""

    def __init__(self) -> None:
        self.directory = Directory()

    def answer_hours(self, tenant: str) -> int:
        record = self.directory.tenants.get(tenant)
        return record.settings.partner_answer_hours if record else DEFAULT_ANSWER_HOURS


def runtime_of(settings: Settings) -> tuple[Runtime, Reads]:
    standing, pace = Standing(), Pace()

    async def prepare(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        pace.stir()
        return standing_of_all(standing.directory, incoming)

    runtime = build(
        Service.NOTIFY,
        settings,
        AGGREGATES,
        prepare=prepare,
        listens_to=(Service.REPORTS,),
        react=reactions(standing.answer_hours),
    )
    standing.directory = runtime.directory
    contacts = Contacts(runtime.mongo.tenants(NAME), runtime.keys, runtime.opener, runtime.outbox)
    runtime.bus.consume(NAME, [CONTACTS], contacts.take, patient=True)
    link_keys = runtime.keyring.links(Service.GATEWAY, Service.NOTIFY)
    accounts = Accounts(settings.secrets_dir)
    _add_workers(runtime, settings, pace, contacts, accounts, Mailer(
        public_url=settings.public_url, mail_from=settings.mail_from, keys=link_keys, mailbox=mailbox_of(accounts)
    ))  # fmt: skip
    engine, keys = runtime.engine, runtime.keys
    reads = Reads(
        subjects=SubjectReads(engine, keys),
        bulletins=BulletinReads(engine, keys),
        deliveries=DeliveryReads(
            engine,
            keys,
            runtime.directory,
            cursors=Cursors(derive(runtime.keyring.master.current, "cursors")),
            link_keys=link_keys,
            public_url=settings.public_url,
        ),
        assignments=AssignmentReads(
            engine, keys, runtime.directory, link_keys=link_keys, public_url=settings.public_url
        ),
    )
    return runtime, reads


def mailbox_of(accounts: Accounts) -> Callable[[str], str]:
    """Where answers to an office's letters are read, by its slug; empty where they are not."""

    def of(office: str) -> str:
        account = accounts.mail_of(office)
        return account.address if account is not None else ""

    return of


def _add_workers(
    runtime: Runtime, settings: Settings, pace: Pace, contacts: Contacts, accounts: Accounts, mailer: Mailer
) -> None:
    planner = Planner(
        engine=runtime.engine, keys=runtime.keys, directory=runtime.directory, contacts=contacts, now=_now
    )
    senders = _senders(runtime, settings, mailer)
    chats = _add_chats(runtime, settings, pace, accounts)
    upkeep = Upkeep(
        engine=runtime.engine,
        keys=runtime.keys,
        in_hand=lambda: chats.in_hand.union(*(sender.in_hand for sender in senders)),
        unknown_after=settings.unknown_after,
    )
    runtime.every(POLL, "bulletins", pace.paced(planner.advance_bulletins))
    runtime.every(POLL, "closings", pace.paced(planner.advance_closings))
    runtime.every(POLL, "subjects", pace.paced(planner.plan_subjects))
    for number, sender in enumerate(senders):
        runtime.every(POLL, f"sender_{number}", pace.paced(sender.step))
    runtime.every(POLL, "withdrawals", pace.paced(upkeep.withdraw))
    runtime.every(5.0, "attempts", upkeep.give_up_attempts)
    runtime.every(30.0, "erasures", upkeep.erase)


def _add_chats(runtime: Runtime, settings: Settings, pace: Pace, accounts: Accounts) -> ChatSender:
    providers = Providers(settings)
    gateway = ServiceClient(runtime.tokens, service=Service.GATEWAY, base_url=settings.gateway_url)
    link_keys, door = runtime.keyring.links(Service.GATEWAY, Service.NOTIFY), Door(gateway)
    talker = Talker(
        engine=runtime.engine,
        keys=runtime.keys,
        directory=runtime.directory,
        accounts=accounts,
        providers=providers,
        door=door,
        public_url=settings.public_url,
        link_keys=link_keys,
    )
    sender = ChatSender(
        engine=runtime.engine,
        keys=runtime.keys,
        directory=runtime.directory,
        accounts=accounts,
        providers=providers,
        door=door,
        public_url=settings.public_url,
        link_keys=link_keys,
    )
    conversation_key = derive(runtime.keyring.master.current, "conversations")
    taker = MailTaker(
        engine=runtime.engine,
        keys=runtime.keys,
        directory=runtime.directory,
        accounts=accounts,
        door=door,
        mail_from=settings.mail_from,
        conversation_id=partial(conversation_id, conversation_key),
    )

    async def take_mail() -> bool:
        found = await taker.step()
        if found:
            pace.stir()
        return found

    runtime.every(settings.mail_seconds, "mail_in", take_mail)
    runtime.every(POLL, "turns", pace.paced(talker.listen))
    runtime.every(POLL, "turns_carried_out", pace.paced(talker.perform))
    runtime.every(POLL, "chats", pace.paced(sender.step))
    runtime.every(5.0, "fallbacks", sender.fall_back)
    runtime.every(600.0, "conversations_forgotten", talker.forget)
    runtime.last += [providers.close, gateway.close]
    return sender


def _senders(runtime: Runtime, settings: Settings, mailer: Mailer) -> list[Sender]:
    """Two where there are connections for two: while one waits for the server, the other keeps its results."""
    half = settings.smtp_connections // 2
    shares = [share for share in (settings.smtp_connections - half, half) if share]
    breaker = Breaker()
    return [
        Sender(
            engine=runtime.engine,
            keys=runtime.keys,
            directory=runtime.directory,
            mailer=mailer,
            settings=settings,
            connections=share,
            breaker=breaker,
        )
        for share in shares
    ]


def _now() -> datetime:
    return datetime.now(UTC)


def app(settings: Settings) -> FastAPI:
    runtime, reads = runtime_of(settings)
    application = runtime.app()
    application.include_router(router(runtime, reads))
    return application
