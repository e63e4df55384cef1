"""From raw records to commands: what may be handled is handled, the rest put aside with the reason."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from libs.contracts import ids
from libs.contracts.catalogue import commands_of, events_of
from libs.contracts.envelope import Envelope, milliseconds, parse, sign
from libs.contracts.messages import Command, Event
from libs.contracts.reports.clarification import CountDemand, DemandCounted
from libs.contracts.reports.report import AddMessage, MessageContent
from libs.contracts.topics import Service, dead_letters, journal
from libs.runtime import intake as intake_module
from libs.runtime.aggregates import FollowUp, Incoming
from libs.runtime.deadletters import FaultBreaker, reasons
from libs.runtime.errors import Unavailable
from libs.runtime.intake import Intake, Signatures
from libs.runtime.mongo import key
from libs.runtime.sealing import Opener, Sealer, context_of
from tests.unit.runtime.domain import CIREBON, UNLUCKY, an_engine
from tests.unit.runtime.memory import MemoryMongo, MemoryOutbox
from tests.unit.runtime.records import a_record
from tests.unit.runtime.secrets import two_processes

Headers = list[tuple[str, Any]]


class House:
    """The intake of reports in front of a store and a Kafka in memory, and the gateway's pen."""

    def __init__(self, root: Path, *, breaker: FaultBreaker | None = None, react: Any = None) -> None:
        self.gateway, self.reports = two_processes(root)
        self.mongo, self.outbox = MemoryMongo(), MemoryOutbox()
        self.tenants = {CIREBON, "t2", "t3"}
        self.intake = Intake(
            service=Service.REPORTS,
            engine=an_engine(self.mongo, self.outbox),
            outbox=self.outbox,
            commands=commands_of(Service.REPORTS),
            events=events_of(Service.REPORTS),
            signatures=Signatures(self.reports, Service.REPORTS),
            opener=Opener(self.reports.seal_key),
            knows=lambda tenant: tenant in self.tenants,
            breaker=breaker,
            **({"react": react} if react else {}),
        )

    def written(self, command: Command, *, tenant: str = CIREBON, at: datetime | None = None, **more: Any) -> Any:
        envelope = Envelope(
            id=uuid4(), type=command.type_name, source="/simpul/gateway", subject=command.target,
            time=milliseconds(at or datetime.now(UTC)), tenant=tenant, correlation_id="c1",
        )  # fmt: skip
        return self.signed(envelope._replace(**more), command.model_dump_json().encode())

    def signed(self, envelope: Envelope, body: bytes) -> Any:
        keys = self.gateway.signing("gateway", "reports")
        return a_record(body, sign(envelope, body, by="gateway", key_id=keys.active, key=keys.current).headers())

    def demand(self, identity: str = "a", n: int = 1, **more: Any) -> Any:
        return self.written(CountDemand(clarification_id=identity, count=n), **more)

    def count(self, identity: str = "a", tenant: str = CIREBON) -> int:
        found = self.mongo.tenants("clarification").documents.get(key(tenant, identity))
        return int(found["state"]["count"]) if found else 0

    @property
    def put_aside(self) -> list[str]:
        letters = [m for m in self.outbox.sent if m.topic == dead_letters(Service.REPORTS)]
        return reasons(a_record(m.value, m.headers) for m in letters)

    @property
    def diagnoses(self) -> list[str]:
        return [
            dict(m.headers)["dlq_diagnosis"].decode()
            for m in self.outbox.sent
            if m.topic == dead_letters(Service.REPORTS)
        ]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def without(record: Any, name: str) -> Any:
    return a_record(record.value, [h for h in record.headers if h[0] != name])


def with_header(record: Any, name: str, value: bytes) -> Any:
    return a_record(record.value, [*[h for h in record.headers if h[0] != name], (name, value)])


def with_body(record: Any, body: bytes | None) -> Any:
    return a_record(body, record.headers)


def resigned(change: Callable[[bytes], bytes]) -> Callable[[House, Any], Any]:
    """Rubbish that somebody with the key wrote."""

    def make(house: House, record: Any) -> Any:
        envelope = parse(record.headers)._replace(signature=None, signed_by=None, key_id=None)
        return house.signed(envelope, change(record.value))

    return make


POISON: dict[str, tuple[Callable[[House, Any], Any], str]] = {
    "unsigned": (lambda _, r: without(r, "ce_signature"), "signature"),
    "signed by nobody we know": (lambda _, r: with_header(r, "ce_signedby", b"notify"), "signature"),
    "signed with an unknown key": (lambda _, r: with_header(r, "ce_keyid", b"k9"), "signature"),
    "changed after signing": (lambda _, r: with_body(r, r.value.replace(b"1", b"2")), "signature"),
    "for another tenant than it was signed for": (lambda _, r: with_header(r, "ce_tenant", b"t2"), "signature"),
    "a header that is not UTF-8": (lambda _, r: with_header(r, "ce_subject", b"\xff\xfe"), "envelope"),
    "a header twice": (lambda _, r: a_record(r.value, [*r.headers, ("ce_id", b"x")]), "envelope"),
    "no envelope": (lambda _, r: a_record(r.value), "envelope"),
    "a time that cannot be": (lambda _, r: with_header(r, "ce_time", b"0001-01-01T00:00:00+23:00"), "envelope"),
    "an actor as deep as a well": (
        lambda _, r: with_header(r, "ce_actor", b'{"id":' + b"[" * 1000 + b"]" * 1000 + b"}"), "envelope"),
    "an unknown type": (lambda _, r: with_header(r, "ce_type", b"reports.count-demand.v9"), "type"),
    "the type of another service": (lambda _, r: with_header(r, "ce_type", b"notify.unsubscribe.v1"), "type"),
    "an event in the mailbox": (lambda _, r: with_header(r, "ce_type", b"reports.demand-counted.v1"), "type"),
    "nothing": (lambda _, r: with_body(r, None), "size"),
    "no byte": (resigned(lambda body: b""), "schema"),
    "too much": (resigned(lambda body: body + b" " * 1_000_000), "size"),
    "broken JSON": (resigned(lambda body: body[:-1]), "schema"),
    "a list": (resigned(lambda body: b"[]"), "schema"),
    "a wrong type": (resigned(lambda body: body.replace(b'"count":1', b'"count":"many"')), "schema"),
    "a number beyond all numbers": (resigned(lambda body: body.replace(b'"count":1', b'"count":1e999')), "schema"),
    "a raw NUL": (resigned(lambda body: body.replace(b'"a"', b'"a\x00"')), "schema"),
    "a lone surrogate": (resigned(lambda body: body.replace(b'"a"', b'"a\\ud800"')), "schema"),
    "depth of 10,000": (
        resigned(lambda body: body[:-1] + b',"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), "schema"),
    "another target than its envelope says": (resigned(lambda body: body.replace(b'"a"', b'"b"')), "envelope"),
}  # fmt: skip


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_put_aside_and_its_neighbours_are_handled(house: House, kind: str) -> None:
    make, reason = POISON[kind]

    await house.intake.mailbox((house.demand("n1"), make(house, house.demand("a")), house.demand("n2")))

    assert house.put_aside == [reason]
    assert (house.count("n1"), house.count("a"), house.count("n2")) == (1, 0, 1)


async def test_headers_of_others_change_nothing(house: House) -> None:
    record = with_header(with_header(house.demand(), "reply_to", b"registry.commands.v1"), "traceparent", b"\xff")

    await house.intake.mailbox((record,))

    assert house.count() == 1
    assert {m.topic for m in house.outbox.sent} == {journal(Service.REPORTS)}


async def test_a_command_of_an_unknown_tenant_is_put_aside(house: House) -> None:
    old = datetime.now(UTC) - timedelta(seconds=10)

    await house.intake.mailbox((house.demand(tenant="nobody", at=old),))

    assert house.put_aside == ["tenant"]


async def test_a_command_of_a_tenant_made_a_moment_ago_waits_and_its_neighbours_do_not(house: House) -> None:
    batch = (house.demand(tenant="brand new"), house.demand())

    with pytest.raises(Unavailable):
        await house.intake.mailbox(batch)
    assert house.count() == 1
    house.tenants.add("brand new")
    await house.intake.mailbox(batch)

    assert (house.count(), house.count(tenant="brand new")) == (1, 1)
    assert house.put_aside == []


async def test_what_was_typed_is_opened_for_its_own_report_and_tenant_only(house: House) -> None:
    sealer = Sealer(house.gateway.seal_public("reports"))
    content = MessageContent(text="Terima kasih").model_dump_json().encode()

    def sent(context: str) -> Any:
        return house.written(AddMessage(report_id="r1", sealed=sealer.seal(content, context=context)))

    await house.intake.mailbox((sent(context_of(CIREBON, "r1")),))
    await house.intake.mailbox((sent(context_of("t2", "r1")), sent(context_of(CIREBON, "r2"))))

    assert house.mongo.tenants("report").documents[key(CIREBON, "r1")]["state"]["messages"] == 1
    assert house.put_aside == ["seal", "seal"]


async def test_a_sealed_part_of_another_shape_is_put_aside(house: House) -> None:
    sealed = Sealer(house.gateway.seal_public("reports")).seal(b'{"words": 1}', context=context_of(CIREBON, "r1"))

    await house.intake.mailbox((house.written(AddMessage(report_id="r1", sealed=sealed)),))

    assert house.put_aside == ["schema"]
    assert "words" in house.diagnoses[0] or "text" in house.diagnoses[0]


async def test_a_diagnosis_names_the_field_and_never_the_value(house: House) -> None:
    record = resigned(lambda body: body.replace(b'"count":1', b'"count":"0812-1111-2222"'))(house, house.demand())

    await house.intake.mailbox((record,))

    assert house.diagnoses == ["count: int_parsing"]


async def test_a_fault_of_our_own_is_put_aside_by_type_and_place(house: House) -> None:
    await house.intake.mailbox((house.demand("n1"), house.demand("a", UNLUCKY), house.demand("n2")))

    assert house.put_aside == ["fault"]
    assert house.diagnoses[0].startswith("ZeroDivisionError at domain.py:")
    assert (house.count("n1"), house.count("n2")) == (1, 1)


async def test_a_fault_over_many_tenants_stops_the_putting_aside_until_one_record_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = House(tmp_path, breaker=FaultBreaker(many=3, tenants=3, probe_every=0.0))
    batch = tuple(house.demand("a", UNLUCKY, tenant=t) for t in (CIREBON, "t2", "t3"))

    for _ in range(2):
        with pytest.raises(Unavailable):
            await house.intake.mailbox(batch)
    put_aside_while_open = list(house.put_aside)
    monkeypatch.setattr("tests.unit.runtime.domain.UNLUCKY", 99)
    await house.intake.mailbox(batch)

    assert put_aside_while_open == []
    assert [house.count("a", t) for t in (CIREBON, "t2", "t3")] == [13, 13, 13]
    assert house.put_aside == []


async def test_while_a_fault_is_about_it_is_tried_now_and_then_only(tmp_path: Path) -> None:
    house = House(tmp_path, breaker=FaultBreaker(many=3, tenants=3, probe_every=1000.0))
    batch = tuple(house.demand("a", UNLUCKY, tenant=t) for t in (CIREBON, "t2", "t3"))
    with pytest.raises(Unavailable):
        await house.intake.mailbox(batch)
    with pytest.raises(Unavailable):
        await house.intake.mailbox(batch)

    with pytest.raises(Unavailable):
        await house.intake.mailbox((house.demand("b"),))

    assert house.count("b") == 0


async def test_rubbish_does_not_pass_for_a_sign_that_the_fault_is_over(tmp_path: Path) -> None:
    breaker = FaultBreaker(many=3, tenants=3, probe_every=0.0)
    house = House(tmp_path, breaker=breaker)
    with pytest.raises(Unavailable):
        await house.intake.mailbox(tuple(house.demand("a", UNLUCKY, tenant=t) for t in (CIREBON, "t2", "t3")))

    await house.intake.mailbox((a_record(b"{}"),))

    assert breaker.open_for is not None
    assert house.put_aside == ["envelope"]


def closing(event: Event, envelope: Envelope) -> Iterable[FollowUp]:
    if isinstance(event, DemandCounted) and event.count == UNLUCKY:
        raise LookupError("ours")
    if isinstance(event, DemandCounted):
        yield FollowUp("count", CountDemand(clarification_id=event.clarification_id, count=event.count))


def an_event(count: int = 1, *, id: UUID | None = None, type_name: str = DemandCounted.type_name) -> Any:
    event = DemandCounted(clarification_id="a", count=count)
    envelope = Envelope(
        id=id or uuid4(), type=type_name, source="/simpul/reports", subject="a", time=milliseconds(datetime.now(UTC)),
        tenant=CIREBON, correlation_id="c1", sequence=1,
    )  # fmt: skip
    return a_record(event.model_dump_json().encode(), envelope.headers(), topic=journal(Service.REPORTS))


async def test_an_event_of_another_service_becomes_a_command_with_an_id_from_it(tmp_path: Path) -> None:
    house, event = House(tmp_path, react=closing), uuid4()

    for _ in range(2):
        await house.intake.journal((an_event(id=event),))

    assert house.count() == 1
    (entry,) = house.mongo.tenants("clarification").documents[key(CIREBON, "a")]["history"]
    assert entry["cause"] == str(ids.follow_up_id(event, "reports|count"))


async def test_an_event_of_tomorrow_is_passed_over(tmp_path: Path) -> None:
    house = House(tmp_path, react=closing)

    await house.intake.journal((an_event(type_name="reports.demand-weighed.v1"),))

    assert (house.count(), house.put_aside) == (0, [])


async def test_a_reaction_that_raises_stops_no_partition(tmp_path: Path) -> None:
    house = House(tmp_path, react=closing)

    await house.intake.journal((an_event(UNLUCKY), an_event(1)))

    assert house.put_aside == ["fault"]
    assert house.count() == 1


async def test_one_command_that_cannot_be_carried_out_spares_the_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = house.intake._engine.apply

    async def stumbles(incoming: Any) -> Any:
        if any(i.command.target == "bad" for i in incoming):
            raise OverflowError("too large to store")
        return await apply(incoming)

    monkeypatch.setattr(house.intake._engine, "apply", stumbles)

    await house.intake.mailbox((house.demand("n1"), house.demand("bad"), house.demand("n2")))

    assert house.put_aside == ["fault"]
    assert (house.count("n1"), house.count("n2")) == (1, 1)


async def test_dead_letters_that_cannot_be_written_hold_the_offset_back(house: House) -> None:
    house.outbox.fails_after = 0

    with pytest.raises(Unavailable):
        await house.intake.mailbox((a_record(b"{}"),))
    await house.intake.mailbox((a_record(b"{}"),))

    assert house.put_aside == ["envelope"]


async def test_prepare_sees_every_command_that_may_be_handled_and_no_other(house: House) -> None:
    seen: list[Incoming] = []

    async def note(incoming: Any) -> Any:
        seen.extend(incoming)
        return incoming

    house.intake._prepare = note
    await house.intake.mailbox((house.demand("a"), a_record(b"{}"), house.demand("b")))

    assert [i.command.target for i in seen] == ["a", "b"]


def test_the_largest_body_fits_into_what_the_broker_takes() -> None:
    broker = 1_048_588
    assert broker - 16 * 1024 > intake_module.LARGEST_BODY
