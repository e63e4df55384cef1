"""The registry put together: the one place that builds things."""

from collections.abc import Iterable, Sequence

from fastapi import FastAPI

from libs.contracts.topics import Service
from libs.runtime.aggregates import Incoming, TopicRecord
from libs.runtime.cursors import Cursors
from libs.runtime.keyring import Keyring, derive
from libs.runtime.sealing import Sealer
from libs.runtime.service import Runtime, build
from services.registry.addresses import Blinder
from services.registry.announcing import tenant_records
from services.registry.attempts import Attempts
from services.registry.kinds import ACCOUNT_HOLDS, AGENCIES, officers, partners, tenants
from services.registry.login import Login, Passwords
from services.registry.officer.reads import OfficerReads
from services.registry.offices import Offices
from services.registry.partner.finding import Words
from services.registry.partner.reads import PartnerReads
from services.registry.reindexing import Reindexing
from services.registry.routes import Reads, router
from services.registry.settings import RegistrySettings
from services.registry.standing import informed
from services.registry.tenant import Tenant


def create_app(settings: RegistrySettings) -> FastAPI:
    keyring = Keyring(settings.secrets_dir, Service.REGISTRY)
    emails = _blinder(keyring, "registry email")
    contacts = _blinder(keyring, "registry contact")
    spoken = Words(_blinder(keyring, "registry words"))
    runtime = _runtime(
        settings, emails=emails, contacts=contacts, spoken=spoken, sealer=Sealer(keyring.seal_public(Service.NOTIFY))
    )
    cursors = Cursors(derive(keyring.master.current, "registry cursors"))
    reads = Reads(
        officers=OfficerReads(runtime.engine, runtime.keys, emails=emails),
        partners=PartnerReads(runtime.engine, runtime.keys, contacts=contacts, spoken=spoken, cursors=cursors),
    )
    attempts = Attempts(runtime.mongo)
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


def _runtime(
    settings: RegistrySettings, *, emails: Blinder, contacts: Blinder, spoken: Words, sealer: Sealer
) -> Runtime:
    offices = Offices(lambda tenant: runtime.directory.knows(tenant))

    def announced(tenant: str, tenant_id: str, version: int, state: Tenant) -> Iterable[TopicRecord]:
        # An office's first officers may follow before the directory has come round through Kafka.
        offices.created(tenant_id)
        return tenant_records(tenant, tenant_id, version, state)

    async def prepare(incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        engine = runtime.engine
        return await informed(incoming, officers=engine.collection("officer"), tenants=engine.collection("tenant"))

    runtime = build(
        Service.REGISTRY,
        settings,
        [tenants(announced), AGENCIES, officers(emails), partners(contacts, spoken, sealer), ACCOUNT_HOLDS],
        prepare=prepare,
        knows=offices.knows,
    )
    return runtime
