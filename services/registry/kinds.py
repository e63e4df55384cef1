"""The aggregates of the registry with their queries, indexes and records."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from libs.contracts.registry.term import AdvanceTerm
from libs.runtime.aggregates import ERASED, Aggregate, TopicRecord
from libs.runtime.mongo import index
from libs.runtime.sealing import Sealer
from services.registry import agency, tenant
from services.registry.account_hold import rules as account_hold
from services.registry.account_hold.follow_ups import after_hold
from services.registry.addresses import Blinder
from services.registry.announcing import agency_records, officer_records, partner_records
from services.registry.officer import rules as officer
from services.registry.partner import finding, term
from services.registry.partner import rules as partner
from services.registry.partner.follow_ups import after_partner
from services.registry.partner.state import Partner
from services.registry.partner.verification import QUEUED
from services.registry.partner_import import rules as imports
from services.registry.partner_import.entering import known
from services.registry.segment import rules as segment

TenantRecords = Callable[[str, str, int, tenant.Tenant], Iterable[TopicRecord]]


def tenants(records: TenantRecords) -> Aggregate[tenant.Tenant]:
    return Aggregate(
        name="tenant",
        state=tenant.Tenant,
        decide=tenant.decide,
        evolve=tenant.evolve,
        index=lambda state: {"slugs": [state.slug, *state.old_slugs]},
        # Over all tenants: an address names one office, and an old address goes on redirecting to it.
        indexes=[index(("ix.slugs", 1), name="slugs", unique=True)],
        uniques={"slugs": "slug_taken"},
        records=records,
    )


AGENCIES = Aggregate(
    name="agency",
    state=agency.Agency,
    decide=agency.decide,
    evolve=agency.evolve,
    records=agency_records,
)

SEGMENTS = Aggregate(
    name="segment",
    state=segment.Segment,
    decide=segment.decide,
    evolve=segment.evolve,
    indexes=[index(("tenant", 1), ("_id", 1), name="of_tenant")],
)


def officers(blind: Blinder) -> Aggregate[officer.Officer]:
    def indexed(state: officer.Officer) -> dict[str, Any]:
        # Left out once erased: the next one erased would collide.
        return {} if state.email in ("", ERASED) else {"emails": blind(state.email)}

    return Aggregate(
        name="officer",
        state=officer.Officer,
        decide=officer.decide,
        evolve=officer.evolve,
        index=indexed,
        indexes=[
            # Over all tenants: who logs in gives an address and no office.
            index(("ix.emails", 1), name="emails", unique=True, where={"ix.emails": {"$exists": True}}),
            index(("tenant", 1), ("_id", 1), name="of_tenant"),
        ],
        uniques={"emails": "email_taken"},
        records=officer_records,
    )


def partners(blind: Blinder, spoken: finding.Words, sealer: Sealer, marks: Blinder) -> Aggregate[Partner]:
    """
    Args:
        marks: blinds what an import finds a partner by.
    """

    def indexed(state: Partner) -> dict[str, Any]:
        found = {**finding.index_fields(state, spoken), "unlooked": True}
        if state.state in QUEUED:
            found["queue"] = state.review.due_at or state.review.since or state.registered_at
        if state.name != ERASED:
            found["marks"] = [mark for one in known("", state).found_by() for mark in marks(one)]
        if state.state in term.RENEWED and state.profile.term_until:
            found["until"] = state.profile.term_until
        addresses = sorted({hashed for contact in state.contacts for hashed in blind(contact.address)})
        return {**found, "contacts": addresses} if addresses else found

    return Aggregate(
        name="partner",
        state=Partner,
        decide=partner.decide,
        evolve=partner.evolve,
        index=indexed,
        indexes=[
            *finding.INDEXES,
            index(("tenant", 1), ("ix.until", 1), ("_id", 1), name="until", where={"ix.until": {"$exists": True}}),
            index(("tenant", 1), ("ix.queue", 1), ("_id", 1), name="queue", where={"ix.queue": {"$exists": True}}),
            index(("tenant", 1), ("ix.contacts", 1), name="contacts", where={"ix.contacts": {"$exists": True}}),
            index(("tenant", 1), ("ix.marks", 1), name="marks", where={"ix.marks": {"$exists": True}}),
            # Those whose likely doubles are still to be looked for, and what they are found by (`doubles/looking.py`).
            index(("ix.unlooked", 1), name="unlooked", where={"ix.unlooked": True}),
            index(("tenant", 1), ("ix.alike", 1), name="alike", where={"ix.alike": {"$exists": True}}),
        ],
        follow_ups=after_partner,
        due=term.due,
        timers={"term": lambda identity, due: AdvanceTerm(partner_id=identity)},
        records=partial(partner_records, sealer=sealer),
    )


PARTNER_IMPORTS = Aggregate(
    name="partner_import",
    state=imports.PartnerImport,
    decide=imports.decide,
    evolve=imports.evolve,
    index=imports.index_fields,
    indexes=[
        index(("tenant", 1), ("ix.at", -1), name="newest"),
        index(("ix.since", 1), ("_id", 1), name="open", where={"ix.open": True}),
        index(("tenant", 1), ("ix.run", -1), name="runs", where={"ix.run": {"$exists": True}}),
        index(("ix.kept", 1), name="kept", where={"ix.kept": {"$exists": True}}),
    ],
)


ACCOUNT_HOLDS = Aggregate(
    name="account_hold",
    state=account_hold.Hold,
    decide=account_hold.decide,
    evolve=account_hold.evolve,
    follow_ups=after_hold,
    across_tenants=True,
)
