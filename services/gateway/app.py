"""The gateway put together: the one place that builds things.

It is ready without MongoDB and without the services behind it: text is taken as long as Kafka acknowledges it.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from aiokafka import ConsumerRecord
from fastapi import FastAPI

from libs.contracts.topics import OWNERS, Service, journal
from libs.runtime import logs, telemetry
from libs.runtime.accounts import Accounts
from libs.runtime.directory import Directory
from libs.runtime.followers import Follower
from libs.runtime.http import Health, Observed, ServiceClient
from libs.runtime.keyring import Keyring, derive
from libs.runtime.mongo import Mongo
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.service import Periodic, begin, patiently, settle_memory
from libs.runtime.tokens import Tokens
from services.gateway import hooks
from services.gateway.access import pages as doors
from services.gateway.access.guard import Guard
from services.gateway.access.limits import Bucket, FairShare
from services.gateway.access.resuming import LogInFirst, to_the_door
from services.gateway.access.seats import Seats
from services.gateway.access.sessions import BrowserCookies, LoginLinks, Sessions, TicketCookies
from services.gateway.access.signed_links import SignedLinks
from services.gateway.access.step_up import StepUp
from services.gateway.api import chat, internal, live
from services.gateway.api.openapi import add_documentation
from services.gateway.api.routes import add_api
from services.gateway.archive import pages as archive
from services.gateway.console import pages as console
from services.gateway.context import Gateway, Limits
from services.gateway.dispatch.accepting import Accepting, TrackingCodes
from services.gateway.dispatch.asking import Asking
from services.gateway.dispatch.dispatcher import Dispatcher
from services.gateway.dispatch.sending import Sender
from services.gateway.dispatch.streams import Hub
from services.gateway.dispatch.waiting import Waiters
from services.gateway.errors.pages import error_page
from services.gateway.errors.problems import add_handlers
from services.gateway.front import files
from services.gateway.front import pages as front
from services.gateway.invited import pages as invited
from services.gateway.partner import pages as partner
from services.gateway.pictures.uploads import TakenEvidence, Uploads
from services.gateway.reads import NotifyReads, RegistryReads, ReportsReads
from services.gateway.reporting import embedding, sharing
from services.gateway.reporting import pages as reporting
from services.gateway.reporting.door import Door
from services.gateway.settings import GatewaySettings
from services.gateway.shelf import Shelf
from services.gateway.tickets import pages as tickets
from services.gateway.web.pages import Elsewhere, Pages, answer_elsewhere

log = logs.get()

SEND_WITHIN = 1.8
"""Seconds; the answer must be there in two."""
BACKLOG = 5_000
"""Sends that wait for the broker, of about 2 kB each."""
OFFICER_PER_MINUTE = 240
NOTES_PER_WRITE = 4
"""A report on its way through the form is kept after each step, and marked when it is sent."""
PAUSES_PER_WRITE = 3
"""A guess: how often somebody who writes a report pauses so long that answers are looked for."""
LETTERS_AT_ONCE = 3
SWEEP_EVERY = 300.0
NOTE_EVERY = 10.0


@dataclass
class Machinery:
    """What runs beside the routes."""

    settings: GatewaySettings
    parts: Gateway
    mongo: Mongo
    outbox: KafkaOutbox
    clients: Sequence[ServiceClient]
    directory: Follower
    journals: tuple[Follower, ...]
    evidence: TakenEvidence
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    @contextlib.asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        end_streams_when_told_to_stop(self.parts.hub)
        self._tasks = [
            begin(self._start, self.parts.health),
            begin(self._start_stores, self.parts.health, name="start stores"),
        ]
        try:
            yield
        finally:
            self.parts.health.started = False
            await self._stop()

    async def _start(self) -> None:
        for follower in (self.directory, *self.journals):
            await follower.start()
        await patiently("producer", self.outbox.start)
        await self.directory.caught_up()
        self.parts.knows_everybody = True
        for follower in self.journals:
            await follower.caught_up()
        settle_memory()
        self.parts.health.started = True
        log.info("service_started")

    async def _start_stores(self) -> None:
        """What needs MongoDB; nobody waits for it."""
        await patiently("session indexes", self.parts.sessions.ensure_indexes)
        await patiently("link indexes", self.parts.links.ensure_indexes)
        await patiently("ticket link indexes", self.parts.ticket_links.ensure_indexes)
        await patiently("note indexes", self.parts.shelf.ensure_indexes)
        await patiently("picture indexes", self.parts.uploads.ensure_indexes)
        await self.evidence.start()
        periodics = (
            Periodic("pictures", SWEEP_EVERY, self.parts.uploads.sweep),
            Periodic("evidence positions", NOTE_EVERY, self.evidence.note),
        )
        self._tasks += [asyncio.create_task(p.run(), name=p.name) for p in periodics]

    async def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.evidence.stop()
        for follower in (*self.journals, self.directory):
            await follower.stop()
        for client in self.clients:
            await client.close()
        await self.outbox.stop()
        self.mongo.close()
        log.info("service_stopped")


def end_streams_when_told_to_stop(hub: Hub) -> None:
    """Before the server's own handler: it lets open answers end first, and only then the lifespan."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        servers = signal.getsignal(number)

        def told(received: int, frame: FrameType | None, servers: Any = servers) -> None:
            loop.call_soon_threadsafe(hub.close)
            if callable(servers):
                servers(received, frame)

        signal.signal(number, told)


def add_pages(app: FastAPI) -> None:
    app.state.pages = Pages()
    app.state.error_page = error_page
    app.add_exception_handler(LogInFirst, to_the_door)
    app.add_exception_handler(Elsewhere, answer_elsewhere)
    # The fixed words below an office come before its parameters: doors before the one-time links.
    rooms = (files, reporting, embedding, sharing, tickets, doors, invited, console, partner, archive, front)
    for room in rooms:
        app.include_router(room.router)


def create_app(settings: GatewaySettings) -> FastAPI:
    logs.configure(Service.GATEWAY, settings.log_level)
    telemetry.configure(Service.GATEWAY, settings.trace_ratio)
    machinery = build(settings)
    parts = machinery.parts
    app = FastAPI(
        title="Simpul",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # The guard does it, without a host in the answer.
        redirect_slashes=False,
        lifespan=machinery.lifespan,
        # Spans and metrics are ours: the framework's name the whole path, and a path may hold a ticket's number.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.gateway = parts
    app.state.health = parts.health
    add_handlers(app)
    add_api(app)
    app.include_router(internal.router(parts))
    app.include_router(chat.router(parts))
    app.include_router(hooks.router)
    app.include_router(live.router)
    add_documentation(app)
    add_pages(app)
    app.add_middleware(Observed, service=Service.GATEWAY)
    app.add_middleware(Door, parts=parts)
    app.add_middleware(Guard, hosts=settings.hosts, secure=settings.is_secure)
    return app


def build(settings: GatewaySettings) -> Machinery:
    """Every part; nothing is connected before the lifespan."""
    keyring = Keyring(settings.secrets_dir, Service.GATEWAY)
    tracking_key, session_key = keyring.single("tracking.key"), keyring.single("session.key")
    tokens, mongo = Tokens(keyring), Mongo(settings.mongo_url, Service.GATEWAY)
    outbox = KafkaOutbox(settings, Service.GATEWAY, within=SEND_WITHIN, most=BACKLOG)
    urls = {
        Service.REGISTRY: settings.registry_url,
        Service.REPORTS: settings.reports_url,
        Service.NOTIFY: settings.notify_url,
    }
    clients = {s: ServiceClient(tokens, service=s, base_url=url) for s, url in urls.items()}
    registry = RegistryReads(clients[Service.REGISTRY])
    reports, notify = ReportsReads(clients[Service.REPORTS]), NotifyReads(clients[Service.NOTIFY])
    waiters, hub, directory = Waiters(), Hub(), Directory()
    owners = {Service.REGISTRY: registry, Service.REPORTS: reports, Service.NOTIFY: notify}
    sender = Sender(outbox, keyring)
    asking = Asking(sender, waiters, owners)
    codes, uploads = TrackingCodes(tracking_key), Uploads(mongo, keyring.single("blobs.key"))

    async def journal_records(records: Sequence[ConsumerRecord]) -> None:
        await waiters.take(records)
        await hub.take(records)

    directory_follower = directory.follower(settings, Service.GATEWAY)
    # One for each: a question to the broker names every partition, and those of the quiet journals cost as much.
    journals = tuple(
        Follower(settings, Service.GATEWAY, [journal(service)], journal_records, from_start=False, patient=False)
        for service in OWNERS
    )
    evidence = TakenEvidence(uploads, mongo, settings)
    health = Health()
    followers = (directory_follower, *journals)
    health.live["followers"] = lambda: not health.started or all(follower.is_live for follower in followers)
    parts = Gateway(
        settings=settings,
        directory=directory,
        tokens=tokens,
        health=health,
        sessions=Sessions(mongo, session_key),
        links=LoginLinks(mongo),
        ticket_links=LoginLinks(mongo, collection="ticket_links"),
        signed_links=SignedLinks(keyring.links(Service.GATEWAY, Service.NOTIFY)),
        ticket_cookies=TicketCookies(session_key),
        browser_cookies=BrowserCookies(session_key),
        seats=Seats(session_key),
        codes=codes,
        accepting=Accepting(asking, codes, uploads),
        dispatcher=Dispatcher(asking),
        step_up=StepUp(registry),
        reports=reports,
        registry=registry,
        notify=notify,
        uploads=uploads,
        shelf=Shelf(mongo),
        unsent_key=derive(session_key, "unsent"),
        hub=hub,
        limits=_limits(settings),
        sender=sender,
        accounts=Accounts(settings.secrets_dir),
        link_key=derive(session_key, "officer links"),
        chat_key=derive(tracking_key, "conversations"),
    )
    return Machinery(
        settings=settings,
        parts=parts,
        mongo=mongo,
        outbox=outbox,
        clients=tuple(clients.values()),
        directory=directory_follower,
        journals=journals,
        evidence=evidence,
    )


def _limits(settings: GatewaySettings) -> Limits:
    return Limits(
        clients=Bucket(per_minute=settings.client_per_minute, burst=settings.client_burst),
        notes=Bucket(
            per_minute=NOTES_PER_WRITE * settings.client_per_minute, burst=NOTES_PER_WRITE * settings.client_burst
        ),
        typing=Bucket(
            per_minute=PAUSES_PER_WRITE * settings.client_per_minute, burst=PAUSES_PER_WRITE * settings.client_burst
        ),
        letters=Bucket(per_minute=1, burst=LETTERS_AT_ONCE),
        guesses=Bucket(per_minute=settings.codes_per_minute, burst=settings.codes_per_minute),
        shares=FairShare(capacity=settings.capacity_per_second),
        officers=Bucket(per_minute=OFFICER_PER_MINUTE, burst=OFFICER_PER_MINUTE // 2),
    )
