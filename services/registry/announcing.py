"""What the compacted topics show of each aggregate: no names and no addresses but those sealed to notify."""

from collections.abc import Iterable

from libs.contracts.directory import (
    AgencyRecord,
    ContactRecord,
    DirectoryRecord,
    OfficerRecord,
    PartnerRecord,
    TenantRecord,
    directory_key,
)
from libs.contracts.registry.partner import PartnerIdentity
from libs.contracts.topics import CONTACTS, DIRECTORY
from libs.contracts.words import PartnerState
from libs.runtime.aggregates import ERASED, TopicRecord
from libs.runtime.mongo import key
from libs.runtime.sealing import Sealer, context_of
from services.registry.agency import Agency
from services.registry.officer.rules import Officer
from services.registry.partner.state import ENDED, Partner
from services.registry.tenant import Tenant


def _in_directory(tenant: str, record: DirectoryRecord) -> TopicRecord:
    return TopicRecord(DIRECTORY, directory_key(tenant, record.kind, record.id), record.model_dump_json().encode())


def tenant_records(tenant: str, tenant_id: str, version: int, state: Tenant) -> Iterable[TopicRecord]:
    record = TenantRecord(
        id=tenant_id,
        version=version,
        slug=state.slug,
        old_slugs=state.old_slugs,
        region_code=state.region_code,
        prefix=state.prefix,
        branding=state.branding,
        settings=state.settings,
        logo=state.logo,
        revisions=state.revisions,
    )
    return [_in_directory(tenant, record)]


def agency_records(tenant: str, agency_id: str, version: int, state: Agency) -> Iterable[TopicRecord]:
    return [_in_directory(tenant, AgencyRecord(id=agency_id, tenant=tenant, version=version, name=state.name))]


def officer_records(tenant: str, officer_id: str, version: int, state: Officer) -> Iterable[TopicRecord]:
    record = OfficerRecord(
        id=officer_id,
        tenant=tenant,
        version=version,
        roles=state.roles,
        agency=state.agency,
        superior=state.superior,
        active=state.active,
        successor=state.successor,
    )
    return [_in_directory(tenant, record)]


def partner_records(
    tenant: str, partner_id: str, version: int, state: Partner, *, sealer: Sealer
) -> Iterable[TopicRecord]:
    record = PartnerRecord(
        id=partner_id,
        tenant=tenant,
        version=version,
        partner_kind=state.kind,
        state=state.state,
        area=state.area,
        run_by_office=state.run_by_office,
        language=state.language,
        accounts=tuple(account.identity_key for account in state.accounts),
    )
    contacts = _contacts(tenant, partner_id, version, state, sealer=sealer)
    return [_in_directory(tenant, record), TopicRecord(CONTACTS, key(tenant, partner_id), contacts)]


def _contacts(tenant: str, partner_id: str, version: int, state: Partner, *, sealer: Sealer) -> bytes:
    """Empty once the partner has left or is erased: the topic must not keep what the registry let go."""
    if state.name == ERASED or state.state in ENDED:
        return b""
    identity = PartnerIdentity(name=state.name, contacts=state.contacts)
    record = ContactRecord(
        tenant=tenant,
        partner_id=partner_id,
        version=version,
        channels=state.channels,
        sealed=sealer.seal(identity.model_dump_json().encode(), context=context_of(tenant, partner_id)),
        active=state.state == PartnerState.ACTIVE,
    )
    return record.model_dump_json().encode()
