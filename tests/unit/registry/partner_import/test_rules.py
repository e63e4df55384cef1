"""A file of partners on its way: who may do what, and when."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.imports import (
    AdvancePartnerImport,
    ForgetPartnerImport,
    MapPartnerImport,
    RecordPartnerCheck,
    RecordPartnerFile,
    RowTally,
    RunPartnerImport,
    SheetSaid,
    StartPartnerImport,
    StopPartnerImport,
)
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry.partner_import.rules import PartnerImport, chosen_rows, decide, evolve, is_chosen

ID = "1c9b7e52-6f0f-4a4e-9c39-0d7a6f6c5b11"
NOON = datetime(2026, 8, 3, 12, tzinfo=UTC)
OFFICER = Actor("rina", ("verifier",))
START = StartPartnerImport(import_id=ID, blob_id="b", sha256="ab" * 32, file_name="kim.xlsx")
READ = RecordPartnerFile(import_id=ID, rows=3, header_row=1, proposed=("name", "kind", ""))
MAP = MapPartnerImport(import_id=ID, fields="name\nkind\nphone")
CHECKED = RecordPartnerCheck(import_id=ID, turn=1, upto=3, tally=RowTally(new=2, refused=1), finished=True)
RUN = RunPartnerImport(import_id=ID, without_refused=True)


def context(actor: Actor | None = OFFICER, private: Sealable | None = None) -> Context:
    return Context(id=uuid4(), tenant="cirebon", at=NOON, actor=actor, private=private)


def after(*commands: Command, state: PartnerImport | None = None) -> PartnerImport:
    for command in commands:
        own = command.type_name.split(".")[1].startswith(("record", "advance", "forget"))
        for event in decide(state, command, context(None if own else OFFICER)):
            state = evolve(state, event)
    assert state is not None
    return state


def refused(state: PartnerImport | None, command: Command, actor: Actor | None = OFFICER) -> tuple[str, Sequence[str]]:
    with pytest.raises(Refused) as said:
        list(decide(state, command, context(actor)))
    return said.value.code, said.value.fields


def test_from_the_upload_to_the_last_row() -> None:
    read = after(START, READ)
    running = after(MAP, CHECKED, RUN, state=read)
    half = after(AdvancePartnerImport(import_id=ID, upto=2, tally=RowTally(new=2)), state=running)
    done = after(AdvancePartnerImport(import_id=ID, upto=3, tally=RowTally(refused=1), finished=True), state=half)

    assert [state.state for state in (read, running, half, done)] == ["read", "running", "running", "done"]
    assert (done.tally, done.upto, done.ended_at, done.run_by) == (RowTally(new=2, refused=1), 3, NOON, "rina")


@pytest.mark.parametrize("command", [START, MAP, RUN, StopPartnerImport(import_id=ID)])
@pytest.mark.parametrize("actor", [None, Actor("sari", ("editor",)), Actor("p1", ("partner",))])
def test_only_those_who_register_partners_bring_files(command: Command, actor: Actor | None) -> None:
    state = None if command is START else after(START, READ, MAP, CHECKED)

    assert refused(state, command, actor) == ("role_missing", ())


@pytest.mark.parametrize(
    "command", [READ, CHECKED, AdvancePartnerImport(import_id=ID, upto=3), ForgetPartnerImport(import_id=ID)]
)
def test_no_person_says_what_the_registry_found(command: Command) -> None:
    assert refused(after(START), command) == ("forbidden", ())


def test_columns_that_do_not_fit_the_file_are_refused_by_what_is_missing() -> None:
    state = after(START, READ)

    assert refused(state, MapPartnerImport(import_id=ID, fields="phone\n\n")) == (
        "validation", ("name_missing", "kind_missing")
    )  # fmt: skip
    assert refused(state, MapPartnerImport(import_id=ID, fields="name\nkind\n\nphone\n")) == ("validation", ("fields",))
    assert after(MapPartnerImport(import_id=ID, fields="name\nkind"), state=state).fields == ("name", "kind", "")


def test_columns_may_be_named_anew_until_it_runs() -> None:
    again = after(MAP, state=after(START, READ, MAP, CHECKED))

    assert (again.state, again.turn, again.judged) == ("mapped", 2, RowTally())
    # What was judged by the columns of before comes too late.
    assert after(CHECKED, state=again).state == "mapped"
    assert refused(after(START, READ, MAP, CHECKED, RUN), MAP) == ("state_conflict", ())


def test_refused_rows_are_mended_or_left_out_knowingly() -> None:
    checked = after(START, READ, MAP, CHECKED)

    assert refused(checked, RunPartnerImport(import_id=ID)) == ("rows_refused", ("without_refused",))
    assert after(RunPartnerImport(import_id=ID, rows="2-3"), state=checked).state == "running"
    assert refused(checked, RunPartnerImport(import_id=ID, rows="3-2")) == ("validation", ("rows",))


def test_what_is_stopped_or_could_not_be_read_goes_no_further() -> None:
    stopped = after(START, READ, MAP, CHECKED, RUN, StopPartnerImport(import_id=ID))
    failed = after(START, RecordPartnerFile(import_id=ID, failure="not_a_table"))

    for state in (stopped, failed):
        assert refused(state, RUN)[0] == refused(state, MAP)[0] == "state_conflict"
        assert after(AdvancePartnerImport(import_id=ID, upto=3, finished=True), state=state) == state
    assert (failed.state, failed.failure) == ("failed", "not_a_table")


def test_what_stood_in_the_file_is_forgotten() -> None:
    said = SheetSaid(headings=("Nama",), samples=(("KIM A",),), sheet="Mitra", others=("Arsip",))
    [event] = decide(after(START), READ, context(None, said))
    read = evolve(after(START), event)

    gone = after(ForgetPartnerImport(import_id=ID), state=read)

    assert (read.headings, read.samples) == (("Nama",), (("KIM A",),))
    assert (gone.headings, gone.samples, gone.sheet, gone.others, gone.forgotten) == ((), (), "", (), True)


def test_rows_are_chosen_by_their_numbers() -> None:
    ranges = chosen_rows(" 2-4, 7;9\n11 - 12")

    assert ranges == ((2, 4), (7, 7), (9, 9), (11, 12))
    assert [n for n in range(1, 14) if is_chosen(n, ranges)] == [2, 3, 4, 7, 9, 11, 12]
    assert chosen_rows("a") is None
    assert is_chosen(5, ())
