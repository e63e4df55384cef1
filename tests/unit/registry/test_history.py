"""What became of an office, as people read it."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from libs.contracts.messages import Event
from libs.contracts.registry.office import ChangeClocks, ChangeLogo, ChangeLook, Clocks, Look
from libs.contracts.registry.questions import Question
from libs.contracts.registry.tenant import DefineQuestion
from libs.runtime.mongo import Document
from services.registry.history import lines
from services.registry.kinds import tenants
from services.registry.tenant import decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, NOW, OPERATOR, context, create_tenant
from tests.unit.registry.test_tenant_keeping import JPEG

KIND = tenants(lambda *_: ())


def entry(n: int, event: Event, by: Any = ADMIN) -> Document:
    return {
        "n": n,
        "id": str(uuid4()),
        "cause": str(uuid4()),
        "type": event.type_name,
        "at": NOW + timedelta(hours=n),
        "data": event.model_dump(mode="json"),
        "actor": {"id": by.id, "roles": list(by.roles), "agency": None},
    }


def told(*commands: Any) -> list[Any]:
    (created,) = decide(None, create_tenant(), context(OPERATOR))
    state, entries = evolve(None, created), [entry(1, created, OPERATOR)]
    for n, command in enumerate(commands, 2):
        (event,) = decide(state, command, context(ADMIN))
        state = evolve(state, event)
        entries.append(entry(n, event))
    return list(lines(KIND, entries, tenant=CIREBON, identity=CIREBON))


def test_a_line_says_who_when_why_and_from_what_to_what() -> None:
    look = Look(name="Cirebon Menjawab", office="DKIS Kota Cirebon", government="Pemerintah Kota Cirebon")
    _, line = told(ChangeLook(tenant_id=CIREBON, look=look, reason="Berganti nama", expects=0))

    assert (line.by, line.at, line.what, line.reason) == (
        ADMIN.id, NOW + timedelta(hours=2), "look-changed", "Berganti nama"
    )  # fmt: skip
    assert [(c.field, c.before, c.after) for c in line.changes] == [
        ("branding.name", "Cirebon Saber Hoaks", "Cirebon Menjawab")
    ]


def test_bytes_and_counters_are_told_to_nobody() -> None:
    _, line = told(ChangeLogo(tenant_id=CIREBON, picture=JPEG, expects=0))

    assert [c.field for c in line.changes] == ["logo"]
    assert JPEG not in line.model_dump_json()


def test_each_line_is_told_from_what_stood_before_it() -> None:
    first = Clocks(interim_minutes=15, answer_hours=12, limit_hours=72, partner_answer_hours=24)
    second = first.model_copy(update={"answer_hours": 6})
    *_, line = told(
        ChangeClocks(tenant_id=CIREBON, clocks=first, expects=0),
        ChangeClocks(tenant_id=CIREBON, clocks=second, expects=1),
    )

    assert [(c.field, c.before, c.after) for c in line.changes] == [("settings.answer_hours", "12", "6")]


def test_a_list_is_told_by_its_words() -> None:
    question = Question(id="q1", text="Diminta uang?", type="yes_no")
    _, line = told(DefineQuestion(tenant_id=CIREBON, question=question))

    assert [(c.field, c.before, c.after) for c in line.changes] == [("settings.questions", "", "Diminta uang?")]
