"""Entries of the archive: versions, withdrawals, who may write, and what a publisher's word means."""

from uuid import uuid4

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.ids import SHARED
from libs.contracts.messages import Command
from libs.contracts.reports.known import (
    AdvanceImport,
    CountKnownDemand,
    ImportTally,
    KnownEntry,
    RecordKnown,
    RowProblem,
    StartImport,
    WithdrawKnown,
)
from libs.contracts.words import Verdict
from libs.runtime.aggregates import Context, fold
from libs.runtime.errors import Refused
from services.reports.archive_import import MOST_PROBLEMS, ArchiveImport
from services.reports.kinds import IMPORT, KNOWN
from services.reports.known.labels import verdict_of
from services.reports.known.rules import Known, known_id
from tests.unit.reports.builders import NOON

ENTRY = KnownEntry(
    own_id="a-1",
    publisher="Redaksi Contoh",
    url="https://periksa.contoh.example/a-1",
    claim="Air PDAM dicampur zat pembersih",
    label="SALAH",
    fact="Air PDAM aman diminum.",
)
TENANT = "cirebon"
EDITOR, VERIFIER = Actor("o1", ("editor",)), Actor("o2", ("verifier",))
OPERATOR = Actor("setup", ("operator",))


def by(actor: Actor | None = None, tenant: str = TENANT) -> Context:
    return Context(id=uuid4(), tenant=tenant, at=NOON, actor=actor)


def after(known: Known | None, command: Command, context: Context | None = None) -> Known | None:
    for event in KNOWN.decide(known, command, context or by()):
        known = KNOWN.evolve(known, event)
    return known


def recorded(entry: KnownEntry = ENTRY, *, dropped: bool = False) -> RecordKnown:
    return RecordKnown(known_id=known_id(TENANT, entry), entry=entry, import_id="i1", dropped=dropped)


def test_the_same_row_again_changes_nothing_and_a_changed_one_is_a_new_version() -> None:
    first = after(None, recorded())
    same = after(first, recorded())
    changed = after(same, recorded(ENTRY.model_copy(update={"fact": "Sudah diuji, aman."})))

    assert first == same
    assert first is not None
    assert changed is not None
    assert (first.version, changed.version, changed.entry.fact) == (1, 2, "Sudah diuji, aman.")


def test_a_row_that_its_publisher_takes_back_is_withdrawn_and_may_come_back_as_it_was() -> None:
    first = after(None, recorded())
    gone = after(first, recorded(dropped=True))
    back = after(gone, recorded())

    assert gone is not None
    assert back is not None
    assert (gone.withdrawn, back.withdrawn, back.version) == (True, False, 2)
    assert after(None, recorded(dropped=True)) is None


def test_what_an_officer_has_withdrawn_stays_so_until_its_publisher_says_something_else() -> None:
    gone = after(after(None, recorded()), WithdrawKnown(known_id="k"), by(EDITOR))
    again = after(gone, recorded())
    changed = after(gone, recorded(ENTRY.model_copy(update={"label": "BENAR"})))

    assert again == gone
    assert changed is not None
    assert not changed.withdrawn


def test_demand_is_counted_across_versions_and_not_on_what_is_withdrawn() -> None:
    first = after(after(None, recorded()), CountKnownDemand(known_id="k"))
    changed = after(first, recorded(ENTRY.model_copy(update={"label": "BENAR"})))
    gone = after(changed, WithdrawKnown(known_id="k"), by(EDITOR))

    assert changed is not None
    assert changed.demand == 1
    with pytest.raises(Refused):
        after(gone, CountKnownDemand(known_id="k"))


@pytest.mark.parametrize(
    ("actor", "tenant", "may"),
    [
        (EDITOR, TENANT, True),
        (VERIFIER, TENANT, False),
        (None, TENANT, False),
        (OPERATOR, SHARED, True),
        (EDITOR, SHARED, False),
        (None, SHARED, False),
    ],
)
def test_editors_write_their_own_archive_and_operators_alone_the_shared_one(
    actor: Actor | None, tenant: str, may: bool
) -> None:
    start = StartImport(import_id="i1", blob_id="b1", sha256="00")
    known = after(None, recorded())

    def imports() -> bool:
        return bool(list(IMPORT.decide(None, start, by(actor, tenant))))

    def withdraws() -> bool:
        return bool(list(KNOWN.decide(known, WithdrawKnown(known_id="k"), by(actor, tenant))))

    for writes in (imports, withdraws):
        if may:
            assert writes()
        else:
            with pytest.raises(Refused) as refused:
                writes()
            assert refused.value.code == "role_missing"


def test_one_name_of_one_publisher_is_one_entry_in_each_archive() -> None:
    same = ENTRY.model_copy(update={"publisher": " REDAKSI  contoh", "fact": "Lain."})
    other = ENTRY.model_copy(update={"publisher": "Redaksi Lain"})

    assert known_id(TENANT, ENTRY) == known_id(TENANT, same)
    assert len({known_id(TENANT, ENTRY), known_id(TENANT, other), known_id(SHARED, ENTRY)}) == 3


@pytest.mark.parametrize(
    ("label", "verdict"),
    [
        ("SALAH", Verdict.FALSE),
        ("[SALAH]", Verdict.FALSE),
        ("Hoaks", Verdict.FALSE),
        ("Sebagian  Benar", Verdict.MISLEADING),
        ("PENIPUAN", Verdict.SCAM),
        ("klarifikasi", Verdict.NEEDS_CONTEXT),
        ("True", Verdict.TRUE),
        ("Belum Terbukti", Verdict.UNPROVEN),
        ("HASUT", None),
        ("Empat Pinokio", None),
        ("tidak salah", None),
        ("", None),
    ],
)
def test_a_label_is_a_verdict_of_ours_only_where_the_table_says_so(label: str, verdict: Verdict | None) -> None:
    assert verdict_of(label) is verdict


def started() -> ArchiveImport:
    state = fold(IMPORT, IMPORT.decide(None, StartImport(import_id="i1", blob_id="b1", sha256="00"), by(EDITOR)))
    assert state is not None
    return state


def advanced(state: ArchiveImport, command: AdvanceImport) -> ArchiveImport:
    for event in IMPORT.decide(state, command, by()):
        state = IMPORT.evolve(state, event)
    return state


def test_an_import_adds_up_what_became_of_its_pages_and_ends_once() -> None:
    problems = tuple(RowProblem(row=n, column="url", code="required") for n in range(150))
    page = AdvanceImport(import_id="i1", upto=500, tally=ImportTally(new=350, bad=150), problems=problems)
    last = AdvanceImport(import_id="i1", upto=700, tally=ImportTally(new=50, bad=150), problems=problems, finished=True)

    once = advanced(started(), page)
    state = advanced(advanced(once, last), page)

    assert (state.upto, state.tally.new, state.tally.bad) == (700, 400, 300)
    assert len(state.problems) == MOST_PROBLEMS
    assert state.ended_at == NOON
    assert not IMPORT.index(state)["open"]


def test_a_page_that_is_told_twice_counts_once() -> None:
    page = AdvanceImport(import_id="i1", upto=500, tally=ImportTally(new=500))

    assert advanced(advanced(started(), page), page).tally.new == 500
