"""The registry put together: the one place that builds things."""

from collections.abc import Iterable, Sequence

from fastapi import FastAPI

from libs.contracts.topics import Service
from libs.runtime.aggregates import Aggregate, Incoming, TopicRecord
from libs.runtime.blobs import Blobs
from libs.runtime.cursors import Cursors
from libs.runtime.http import ServiceClient
from libs.runtime.keyring import Keyring, derive
from libs.runtime.sealing import Sealer
from libs.runtime.service import Runtime, build
from services.registry.addresses import Blinder
from services.registry.announcing import tenant_records
from services.registry.attempts import Attempts
from services.registry.coverage.reads import CoverageReads
from services.registry.doubles.knowing import acquainted
from services.registry.doubles.looking import Looking
from services.registry.doubles.reads import DoublesReads
from services.registry.kinds import ACCOUNT_HOLDS, AGENCIES, PARTNER_IMPORTS, SEGMENTS, officers, partners, tenants
from services.registry.login import Login, Passwords
from services.registry.officer.reads import OfficerReads
from services.registry.officer.remaining import with_who_remains
from services.registry.offices import Offices
from services.registry.partner.finding import Words
from services.registry.partner.reads import PartnerReads
from services.registry.partner.state import Partner
from services.registry.partner_import.importing import FILES, ROWS, Importing
from services.registry.partner_import.reads import ImportReads
from services.registry.reindexing import Reindexing
from services.registry.routes import Reads, router
from services.registry.segment.reads import SegmentReads
from services.registry.settings import RegistrySettings
from services.registry.standing import informed
from services.registry.store import Store
from services.registry.tenant import Tenant


def create_app(settings: RegistrySettings) -> FastAPI:
    keyring = Keyring(settings.secrets_dir, Service.REGISTRY)
    emails = _blinder(keyring, "registry email")
    contacts = _blinder(keyring, "registry contact")
    spoken = Words(_blinder(keyring, "registry words"))
    marks = _blinder(keyring, "registry partner marks")
    sealer = Sealer(keyring.seal_public(Service.NOTIFY))
    runtime = _runtime(settings, emails=emails, partners_=partners(contacts, spoken, sealer, marks))
    cursors = Cursors(derive(keyring.master.current, "registry cursors"))
    partner_reads = PartnerReads(runtime.engine, runtime.keys, contacts=contacts, spoken=spoken, cursors=cursors)
    doubles = runtime.mongo.tenants("doubles")
    reads = Reads(
        officers=OfficerReads(runtime.engine, runtime.keys, emails=emails),
        partners=partner_reads,
        imports=_imports(runtime, settings, marks=marks, naming=derive(keyring.master.current, "registry imported")),
        doubles=DoublesReads(doubles, partner_reads, cursors),
        coverage=CoverageReads(runtime.engine),
        segments=SegmentReads(runtime.engine, runtime.keys, spoken=spoken),
    )
    looking = Looking(
        runtime.engine,
        Store(runtime.engine, "partner", runtime.keys),
        doubles,
        _blinder(keyring, "registry alike"),
    )
    attempts = Attempts(runtime.mongo)
    runtime.first.append(("doubles", looking.ensure_indexes))
    runtime.every(1.0, "doubles", looking.step)
    runtime.first.append(("attempts", attempts.ensure_indexes))
    runtime.every(5.0, "reindexing", Reindexing(runtime.engine, runtime.keys).step)
    app = runtime.app()
    login = Login(reads.officers, attempts, emails, Passwords())
    app.include_router(router(runtime, reads, login))
    return app


def _blinder(keyring: Keyring, purpose: str) -> Blinder:
    master = keyring.master
    others = [key for kid, key in master.keys.items() if kid != master.active]
    return Blinder([derive(key, purpose) for key in (master.current, *others)])


def _imports(runtime: Runtime, settings: RegistrySettings, *, marks: Blinder, naming: bytes) -> ImportReads:
    async def standing(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        engine = runtime.engine
        return await informed(incoming, officers=engine.collection("officer"), tenants=engine.collection("tenant"))

    gateway = ServiceClient(runtime.tokens, service=Service.GATEWAY, base_url=settings.gateway_url)
    importing = Importing(
        runtime.engine,
        Blobs(runtime.mongo, FILES),
        runtime.keys,
        gateway,
        rows=runtime.mongo.tenants(ROWS),
        marks=marks,
        naming=naming,
        office=runtime.directory.tenants.get,
        informed=standing,
    )
    runtime.first.append(("imports", importing.ensure_indexes))
    runtime.every(1.0, "importing", importing.step)
    runtime.last.append(gateway.close)
    return ImportReads(Store(runtime.engine, "partner_import", runtime.keys), importing)


def _runtime(settings: RegistrySettings, *, emails: Blinder, partners_: Aggregate[Partner]) -> Runtime:
    offices = Offices(lambda tenant: runtime.directory.knows(tenant))

    def announced(tenant: str, tenant_id: str, version: int, state: Tenant) -> Iterable[TopicRecord]:
        # An office's first officers may follow before the directory has come round through Kafka.
        offices.created(tenant_id)
        return tenant_records(tenant, tenant_id, version, state)

    async def prepare(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        engine = runtime.engine
        officers = engine.collection("officer")
        known = await acquainted(incoming, Store(engine, "partner", runtime.keys))
        known = await informed(known, officers=officers, tenants=engine.collection("tenant"))
        return await with_who_remains(known, officers=officers)

    runtime = build(
        Service.REGISTRY,
        settings,
        [tenants(announced), AGENCIES, officers(emails), partners_, PARTNER_IMPORTS, ACCOUNT_HOLDS, SEGMENTS],
        prepare=prepare,
        knows=offices.knows,
    )
    # It has them in its own database.
    runtime.directory.keeps_partners = False
    return runtime
