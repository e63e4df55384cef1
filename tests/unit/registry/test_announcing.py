"""What leaves the registry on the compacted topics."""

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from libs.contracts.directory import DIRECTORY_RECORD, ContactRecord, OfficerRecord, PartnerRecord
from libs.contracts.registry.partner import ContactPoint, PartnerIdentity
from libs.contracts.topics import CONTACTS, DIRECTORY
from libs.runtime.aggregates import ERASED
from libs.runtime.sealing import Opener, Sealer, context_of
from services.registry.announcing import officer_records, partner_records
from services.registry.officer.rules import Officer
from services.registry.partner.state import Partner
from tests.unit.registry.builders import CIREBON, NOW, account

NOTIFY = X25519PrivateKey.generate()


def a_partner(**changes: object) -> Partner:
    values: dict[str, object] = {
        "kind": "activist",
        "state": "active",
        "area": "32.74",
        "run_by_office": False,
        "language": "id",
        "accounts": (account(identity_key="instagram:profile:kim.contoh"),),
        "consented_at": NOW,
        "registered_at": NOW,
        "name": "Galuh Pertiwi",
        "contacts": (ContactPoint(channel="email", address="galuh@contoh.example"),),
    }
    return Partner.model_validate(values | changes)


def announced(partner: Partner) -> dict[str, bytes]:
    records = partner_records(CIREBON, "p-1", 3, partner, sealer=Sealer(NOTIFY.public_key()))
    return {f"{record.topic}:{record.key}": record.value for record in records}


def test_everybody_learns_of_a_partner_without_name_and_address() -> None:
    value = announced(a_partner())[f"{DIRECTORY}:{CIREBON}/partner/p-1"]

    assert b"Galuh" not in value
    assert b"galuh" not in value
    record = DIRECTORY_RECORD.validate_json(value)
    assert isinstance(record, PartnerRecord)
    assert (record.version, record.area, record.accounts) == (3, "32.74", ("instagram:profile:kim.contoh",))


def test_notify_alone_learns_how_to_reach_a_partner() -> None:
    value = announced(a_partner())[f"{CONTACTS}:{CIREBON}/p-1"]
    record = ContactRecord.model_validate_json(value)

    opened = PartnerIdentity.model_validate_json(Opener(NOTIFY).open(record.sealed, context=context_of(CIREBON, "p-1")))

    assert b"galuh" not in value.lower()
    assert (opened.name, opened.contacts[0].address) == ("Galuh Pertiwi", "galuh@contoh.example")
    assert (record.channels, record.active) == (("email",), True)


def test_a_suspended_partner_is_not_written_to() -> None:
    record = ContactRecord.model_validate_json(announced(a_partner(state="suspended"))[f"{CONTACTS}:{CIREBON}/p-1"])

    assert not record.active


def test_the_contacts_of_who_has_left_or_is_erased_go_from_the_topic() -> None:
    for gone in (a_partner(state="withdrawn"), a_partner(state="rejected"), a_partner(name=ERASED, contacts=())):
        assert announced(gone)[f"{CONTACTS}:{CIREBON}/p-1"] == b""


def test_an_officer_is_known_by_roles_and_not_by_name() -> None:
    officer = Officer(roles=("verifier",), name="Nurul Hidayah", email="nurul@contoh.example", active=False)

    (record,) = officer_records(CIREBON, "o-1", 2, officer)

    assert record.key == f"{CIREBON}/officer/o-1"
    assert b"urul" not in record.value
    read = DIRECTORY_RECORD.validate_json(record.value)
    assert isinstance(read, OfficerRecord)
    assert (read.roles, read.active) == (("verifier",), False)
