"""Who is who, from a topic that repeats itself and comes out of order."""

from typing import Any

import orjson
import pytest

from libs.contracts import examples
from libs.contracts.directory import AgencyRecord, OfficerRecord, PartnerRecord, TenantRecord, directory_key
from libs.contracts.envelope import Actor
from libs.contracts.ids import SETUP
from libs.contracts.registry.tenant import Branding, TenantSettings
from libs.contracts.topics import DIRECTORY
from libs.runtime.directory import Directory, standing
from tests.unit.runtime.records import a_record


def a_tenant(slug: str = "kota-cirebon", *, version: int = 1, old: tuple[str, ...] = ()) -> TenantRecord:
    return TenantRecord(
        id="t1", slug=slug, old_slugs=old, region_code="32.74", prefix="CRB", version=version,
        branding=Branding(name="n", office="o", government="g"), settings=TenantSettings(),
    )  # fmt: skip


def an_officer(*roles: str, version: int = 1, active: bool = True, tenant: str = "t1") -> OfficerRecord:
    return OfficerRecord(id="o1", tenant=tenant, roles=roles, agency="a1", version=version, active=active)


@pytest.fixture
def directory() -> Directory:
    return Directory()


def test_the_highest_version_stands_in_whatever_order_it_came(directory: Directory) -> None:
    for record in (an_officer("editor", version=3), an_officer("verifier", version=1), an_officer("leader", version=2)):
        directory.put(record)

    found = directory.officer("t1", "o1")
    assert found is not None
    assert found.roles == ("editor",)


def test_an_old_address_leads_to_the_tenant_that_had_it(directory: Directory) -> None:
    directory.put(a_tenant("kota-cirebon"))
    directory.put(a_tenant("cirebon", version=2, old=("kota-cirebon",)))

    assert directory.by_slug("cirebon") == directory.by_slug("kota-cirebon")
    assert directory.by_slug("jombang") is None
    assert directory.knows("t1")
    assert not directory.knows("t2")


def test_an_officer_of_another_tenant_or_switched_off_is_none(directory: Directory) -> None:
    directory.put(an_officer("verifier"))
    assert directory.officer("t2", "o1") is None

    directory.put(an_officer("verifier", version=2, active=False))
    assert directory.officer("t1", "o1") is None


async def test_records_come_from_the_topic_and_an_empty_one_takes_away(directory: Directory) -> None:
    agency = AgencyRecord(id="a1", tenant="t1", name="Dinkes", version=1)
    partner = PartnerRecord(
        id="p1", tenant="t1", partner_kind="creator", state="active", area="32.74", run_by_office=False, version=1
    )
    records: list[AgencyRecord | PartnerRecord | OfficerRecord] = [agency, partner, an_officer("verifier")]

    def on_topic(kind: str, identity: str, value: bytes | None) -> Any:
        return a_record(value, topic=DIRECTORY, key=directory_key("t1", kind, identity).encode())

    await directory.take([on_topic(r.kind, r.id, r.model_dump_json().encode()) for r in records])
    assert directory.agencies_of("t1") == [agency]
    assert list(directory.partners_of("t1")) == [partner]
    await directory.take([on_topic(r.kind, r.id, None) for r in records])

    assert directory.agencies_of("t1") == []
    assert directory.partner("t1", "p1") is None
    assert directory.officer("t1", "o1") is None


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"kind": "ship", "id": "s"}', b"\xff", b'{"kind": "tenant"}'])
async def test_a_record_that_cannot_be_read_is_passed_over(directory: Directory, value: bytes) -> None:
    good = a_record(a_tenant().model_dump_json().encode(), topic=DIRECTORY)

    await directory.take([a_record(value, topic=DIRECTORY), good])

    assert directory.knows("t1")


async def test_the_released_examples_are_taken_as_they_are(directory: Directory) -> None:
    for name, example in examples.records().items():
        if example.topic == DIRECTORY:
            await directory.take([a_record(orjson.dumps(example.record.model_dump(mode="json")), topic=DIRECTORY)])
            assert name

    assert directory.by_slug("cirebon") is not None
    assert directory.officer(examples.TENANT, examples.AUTHOR) is not None
    assert directory.partner(examples.TENANT, examples.PARTNER) is not None


class TestStanding:
    def test_an_actor_has_the_roles_that_the_directory_grants_here(self, directory: Directory) -> None:
        directory.put(an_officer("verifier"))
        claimed = Actor("o1", ("verifier", "approver", "operator"), "another agency")

        assert standing(directory, "t1", claimed) == Actor("o1", ("verifier",), "a1")
        assert standing(directory, "t2", claimed) == Actor("o1", (), None)

    def test_roles_are_lost_with_the_log_in(self, directory: Directory) -> None:
        directory.put(an_officer("verifier", active=False))

        assert standing(directory, "t1", Actor("o1", ("verifier",))) == Actor("o1", ())

    def test_more_than_was_claimed_is_not_given(self, directory: Directory) -> None:
        directory.put(an_officer("verifier", "approver"))

        assert standing(directory, "t1", Actor("o1", ("verifier",))) == Actor("o1", ("verifier",), "a1")

    def test_nobody_stays_nobody_and_the_installation_itself(self, directory: Directory) -> None:
        setup = Actor(SETUP, ("operator",))

        assert standing(directory, "t1", None) is None
        assert standing(directory, "t1", setup) == setup
