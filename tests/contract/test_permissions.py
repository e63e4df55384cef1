"""Who may do what, as the gateway's table says it, is what the owners decide."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from libs.contracts.catalogue import owner_of
from libs.contracts.envelope import Actor
from libs.contracts.examples import PARTNER, TENANT, command_example, event_example
from libs.contracts.messages import EVENTS, Command, Event, Sealable
from libs.contracts.topics import Service
from libs.contracts.words import Role
from libs.runtime.aggregates import Aggregate, Context, fold
from libs.runtime.errors import Refused
from libs.runtime.sealing import Sealer
from services.gateway.api.permissions import PAGES_ONLY, written
from services.gateway.console.wishes import WISHES
from services.gateway.dispatch.bodies import parts_of
from services.gateway.dispatch.wishes import Wish
from services.gateway.partner.wishes import WISHES as OF_PARTNERS
from services.notify.kinds import AGGREGATES as OF_NOTIFY
from services.registry.addresses import Blinder
from services.registry.kinds import PARTNER_IMPORTS, SEGMENTS, officers, partners, tenants
from services.registry.partner.finding import Words
from services.reports.kinds import AGGREGATES as OF_REPORTS

BLIND = Blinder([bytes(32)])
PARTNERS = partners(BLIND, Words(BLIND), Sealer(X25519PrivateKey.generate().public_key()), BLIND)
OWNERS = {
    Service.REPORTS: OF_REPORTS,
    Service.NOTIFY: OF_NOTIFY,
    Service.REGISTRY: (tenants(lambda *_: ()), PARTNERS, PARTNER_IMPORTS, SEGMENTS, officers(BLIND)),
}
FIRST = {
    "assignment": "notify.assignment-offered.v1",
    "case": "reports.case-opened.v1",
    "delivery": "notify.delivery-planned.v1",
    "officer": "registry.officer-added.v1",
    "partner": "registry.partner-registered.v1",
    "known": "reports.known-recorded.v1",
    "partner_import": "registry.partner-import-started.v1",
    "report": "reports.report-received.v1",
    "segment": "registry.segment-defined.v1",
    "tenant": "registry.tenant-created.v1",
}
"""The event that something begins with."""
EVERY_WISH = (*WISHES, *OF_PARTNERS)


def decider(wish: Wish[Any]) -> Aggregate[Any]:
    aggregates = OWNERS[owner_of(wish.command.type_name)]
    return next(a for a in aggregates if a.name == wish.command.aggregate)


def as_sent(wish: Wish[Any]) -> tuple[Command, Sealable | None]:
    """The example, without what no client fills in."""
    example = command_example(wish.command)
    sources = [example.message, example.private, *(getattr(example.message, name) for name in parts_of(wish.command))]
    said = {name: value for source in sources if source is not None for name, value in source}
    asked = {name: value for name, value in said.items() if name in wish.body.model_fields}
    return wish.written(example.envelope.subject, wish.body.model_construct(**asked))


def _event(name: str) -> Event:
    return EVENTS[name].model_validate(event_example(EVENTS[name]).message.model_dump())


def is_let(wish: Wish[Any], role: Role) -> bool:
    """Whether the owner looks at anything but the role."""
    aggregate, example = decider(wish), command_example(wish.command)
    command, private = as_sent(wish)
    state = fold(aggregate, [_event(FIRST[aggregate.name])])
    actor = Actor(PARTNER, (role,))
    context = Context(example.envelope.id, TENANT, example.envelope.time, actor=actor, private=private)
    try:
        list(aggregate.decide(state, command, context))
    except Refused as refused:
        return refused.code != "role_missing"
    return True


@pytest.mark.filterwarnings("ignore:Pydantic serializer")
@pytest.mark.parametrize("wish", EVERY_WISH, ids=lambda wish: wish.command.type_name)
def test_the_owner_lets_those_roles_that_the_table_names(wish: Wish[Any]) -> None:
    let = {role for role in Role if is_let(wish, role)}

    assert let == wish.may, f"Say it in the wish's `may`, or mend the rule of {wish.command.type_name}"


def rows() -> dict[str, list[str]]:
    """Cells of the printed table by the command that they are about."""
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in written().splitlines() if line.startswith("|")]
    return {row[3].strip("`"): row for row in cells[2:]}


def test_the_printed_table_names_every_wish_once_with_those_who_may() -> None:
    printed = rows()

    assert list(printed) == [wish.command.type_name for wish in EVERY_WISH]
    for wish in EVERY_WISH:
        may = {role for role, cell in zip(Role, printed[wish.command.type_name][4:], strict=True) if cell == "yes"}
        assert may == wish.may


def test_the_printed_table_says_where_the_api_takes_it() -> None:
    printed = rows()

    assert printed["reports.triage-case.v1"][2] == "`POST /api/v1/console/cases/{case_id}/triage`"
    assert printed["reports.remove-reference.v1"][2] == "`DELETE /api/v1/console/cases/{case_id}/references`"
    assert printed["notify.answer-assignment.v1"][2] == "`POST /api/v1/partner/assignments/{assignment_id}/answer`"
    assert [name for name, row in printed.items() if row[2] == PAGES_ONLY] == ["notify.refuse-by-hand.v1"]
