"""The reports service, put together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import FastAPI

from libs.contracts.ids import SHARED
from libs.contracts.reports.report import PlaceReport
from libs.contracts.topics import Service
from libs.fetcher.client import FetcherClient
from libs.runtime.aggregates import Aggregate, Incoming
from libs.runtime.blobs import Blobs
from libs.runtime.bus import LATE, Loop
from libs.runtime.cursors import Cursors
from libs.runtime.directory import standing_of_all
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import derive
from libs.runtime.service import Hold, build
from services.reports.case.reads import CaseReads
from services.reports.clarification.reads import ClarificationReads
from services.reports.custody import Custody
from services.reports.evidence import Evidence
from services.reports.gathering import Gathering
from services.reports.handing_over import HandingOver
from services.reports.kinds import AGGREGATES
from services.reports.known.importing import IMPORTS, Importing, import_cipher
from services.reports.known.reads import KnownReads
from services.reports.looking import Looking, caution_of
from services.reports.merging import Merging
from services.reports.pictures import Pictures
from services.reports.placing import Placing
from services.reports.reindexing import Reindexing
from services.reports.report.reads import ReportReads
from services.reports.routes import Reads, router
from services.reports.settings import Settings
from services.reports.snapshots import Snapshots
from services.reports.stats import Stats
from services.reports.store import Store
from services.reports.tickets import Tickets
from services.reports.transcripts import Transcripts


def held_while(is_away: Callable[[], Awaitable[bool]], mailbox: Loop) -> Hold:
    """The matcher is not asked again about what it did not answer while it is away, nor while reports that it was never
    asked about wait for their turn."""

    async def held() -> bool:
        return mailbox.behind > LATE or await is_away()

    return held


def create_app(settings: Settings, aggregates: Sequence[Aggregate[Any]] = AGGREGATES) -> FastAPI:
    async def prepare(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        known = await looking.prepare(standing_of_all(runtime.directory, incoming))
        return await placing.prepare(known)

    if not settings.placing:
        aggregates = [replace(a, follow_ups=lambda event: ()) if a.name == "report" else a for a in aggregates]

    def knows(tenant: str) -> bool:
        return tenant == SHARED or runtime.directory.knows(tenant)

    runtime = build(Service.REPORTS, settings, aggregates, prepare=prepare, knows=knows)
    matcher = ServiceClient(
        runtime.tokens, service=Service.MATCHER, base_url=settings.matcher_url, within=settings.match_within
    )
    gateway = ServiceClient(runtime.tokens, service=Service.GATEWAY, base_url=settings.gateway_url)
    store = Store(runtime.engine, runtime.keys)
    blobs = Blobs(runtime.mongo, "evidence")
    master = runtime.keyring.master.derived("pictures")
    older = [key for kid, key in master.keys.items() if kid != master.active]
    pictures = Pictures(store, blobs, [master.current, *older])
    caution = partial(caution_of, runtime.directory)
    placing = Placing(store, matcher, pictures, within=settings.match_within, caution=caution)
    mailbox = next(loop for loop in runtime.bus.loops if loop.name == PlaceReport.mailbox)
    held = held_while(placing.asking.is_away, mailbox)
    runtime.holds["ask_again"] = held
    transcripts = Transcripts(settings.transcript_url, within=settings.transcript_within)
    evidence = Evidence(runtime.engine, store, blobs, gateway, pictures, transcripts)
    looking = Looking(store, runtime.directory, archives=settings.archive_links)
    fetcher = FetcherClient(runtime.tokens, base_url=settings.fetcher_url)
    snapshots = Snapshots(runtime.engine, store, blobs, fetcher)
    cipher = import_cipher(runtime.keyring.master.current)
    importing = Importing(runtime.engine, Blobs(runtime.mongo, IMPORTS), gateway, cipher=cipher)
    merging = Merging(runtime.engine, store)
    cursors = Cursors(derive(runtime.keyring.master.current, "cursors"))
    reports = ReportReads(runtime.engine, store, cursors)
    cases = CaseReads(runtime.engine, store, cursors, reports)
    reads = Reads(
        tickets=Tickets(runtime.engine, store, cursors),
        reports=reports,
        cases=cases,
        custody=Custody(runtime.engine, store, cases),
        clarifications=ClarificationReads(runtime.engine, store, cursors),
        known=KnownReads(runtime.engine, store, cursors),
        stats=Stats(runtime.engine, store),
    )
    gathering = Gathering(runtime.engine, store, matcher, held)
    runtime.every(0.5, "evidence", evidence.step)
    runtime.every(0.5, "snapshots", snapshots.step)
    runtime.every(1.0, "importing", importing.step)
    runtime.every(1.0, "merging", merging.step)
    runtime.every(2.0, "gathering", gathering.step)
    runtime.every(2.0, "handing over", HandingOver(runtime.engine, runtime.directory).step)
    runtime.every(60.0, "mending", merging.mend)
    runtime.every(5.0, "reindexing", Reindexing(runtime.engine, store).step)
    runtime.last += [matcher.close, gateway.close, fetcher.close, transcripts.close]
    app = runtime.app()
    app.state.runtime = runtime
    app.include_router(router(runtime, reads, evidence, snapshots, matcher, within=settings.match_within))
    return app
