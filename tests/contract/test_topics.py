"""The catalogue: one mailbox, one journal and one box of dead letters a service, and the least rights for each."""

import pytest

from libs.contracts.catalogue import commands_of, events_of, owner_of
from libs.contracts.messages import COMMANDS, EVENTS
from libs.contracts.topics import (
    CONTACTS,
    DIRECTORY,
    OWNERS,
    PLACING,
    TOPICS,
    Grant,
    Service,
    dead_letters,
    grants,
    journal,
    mailbox,
    mailboxes,
)

BY_NAME = {t.name: t for t in TOPICS}
HOUR = 3_600_000


def may(service: Service, operation: str) -> set[str]:
    return {g.name for g in grants() if g.principal == service and operation in g.operations and g.resource == "topic"}


@pytest.mark.parametrize("service", OWNERS)
def test_each_owner_has_three_topics_of_its_own(service: Service) -> None:
    assert BY_NAME[mailbox(service)].producers == {Service.GATEWAY, service}
    assert BY_NAME[journal(service)].producers == {service}
    assert BY_NAME[dead_letters(service)].producers == {service}


def test_what_waits_for_the_matcher_is_written_and_read_by_reports_alone() -> None:
    assert BY_NAME[PLACING].producers == BY_NAME[PLACING].groups == {Service.REPORTS}
    assert not BY_NAME[PLACING].followers


def test_every_command_has_a_mailbox_and_every_mailbox_a_command() -> None:
    used = {mailbox(owner_of(name), cls.mailbox) for name, cls in COMMANDS.items()}

    assert used == {topic for service in OWNERS for topic in mailboxes(service)}


def test_there_is_nothing_else_but_the_directory_the_contacts_and_the_placing() -> None:
    owned = {name(s) for s in OWNERS for name in (mailbox, journal, dead_letters)}

    assert BY_NAME.keys() - owned == {DIRECTORY, CONTACTS, PLACING}


def test_a_service_writes_its_own_topics_and_no_other() -> None:
    for service in OWNERS:
        own = {n for n in may(service, "Write") if n.startswith(f"{service}.")}
        assert may(service, "Write") == own
    assert may(Service.GATEWAY, "Write") == {mailbox(s) for s in OWNERS}
    assert may(Service.MATCHER, "Write") == set()


def test_nobody_but_notify_reads_contacts_and_nobody_reads_mailboxes_of_others() -> None:
    assert {s for s in Service if CONTACTS in may(s, "Read")} == {Service.NOTIFY}
    for service in Service:
        read = {n for n in may(service, "Read") if n.endswith(".commands.v1")}
        assert read == ({mailbox(service)} if service in OWNERS else set())


def test_a_group_is_granted_under_its_services_name_only() -> None:
    groups = [g for g in grants() if g.resource == "group"]

    assert {(g.principal, g.name) for g in groups} == {(s, f"{s}.") for s in OWNERS}
    assert all(g == Grant(g.principal, "group", f"{g.principal}.", ("Read",)) for g in groups)


def test_commands_are_gone_after_three_days_so_that_an_erasure_can_name_its_hour() -> None:
    for service in OWNERS:
        config = BY_NAME[mailbox(service)].config
        assert int(config["retention.ms"]) == 72 * HOUR
        assert int(config["segment.ms"]) == 6 * HOUR


def test_compacted_topics_forget_what_was_replaced_within_a_day() -> None:
    for name in (DIRECTORY, CONTACTS):
        assert BY_NAME[name].config == {"cleanup.policy": "compact", "max.compaction.lag.ms": str(24 * HOUR)}


def test_every_type_belongs_to_one_owner() -> None:
    assert sum(len(commands_of(s)) for s in OWNERS) == len(COMMANDS)
    assert sum(len(events_of(s)) for s in OWNERS) == len(EVENTS)
