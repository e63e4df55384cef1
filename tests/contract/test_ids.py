"""Ids from their cause, and codes that people read out."""

from uuid import UUID, uuid4, uuid5

from hypothesis import given
from hypothesis import strategies as st

from libs.contracts import ids

CAUSE = UUID("3b1c7a52-5f0e-5a53-9b44-1d6c2c0f7e10")


def test_the_same_cause_makes_the_same_id_for_ever() -> None:
    """Written down: a change here would take effect twice on what was sent before it."""
    assert str(ids.command_id("t1", "submit-report", CAUSE)) == "912b9412-7da4-56a6-9210-25c71f1efeff"
    assert str(ids.event_id(CAUSE, 0)) == "7d5be8a5-836d-5c8a-8508-5b64d37964a2"


def test_each_part_of_a_cause_counts() -> None:
    key = uuid4()
    made = {
        ids.command_id("t1", "submit", key),
        ids.command_id("t2", "submit", key),
        ids.command_id("t1", "rate", key),
        ids.command_id("t1", "submit", uuid4()),
        ids.command_id("t1", "submit", key, principal="officer"),
        ids.event_id(key, 0),
        ids.event_id(key, 1),
        ids.follow_up_id(key, "link"),
        ids.timer_id("t1/a", "lapse", "2026-03-02T08:00:00+00:00"),
        ids.timer_id("t1/a", "lapse", "2026-03-02T08:00:01+00:00"),
    }

    assert len(made) == 10


def test_a_report_that_left_a_case_opens_another() -> None:
    report = str(uuid4())

    assert ids.case_id_text(report) == str(ids.case_id(UUID(report)))
    assert len({ids.case_id_text(report, n) for n in range(3)}) == 3


@given(st.uuids())
def test_a_reference_number_is_short_and_free_of_letters_that_look_alike(identity: UUID) -> None:
    prefix, first, second = ids.reference_number("CRB", identity).split("-")

    assert (prefix, len(first), len(second)) == ("CRB", 4, 4)
    assert not set(first + second) & set("ILOU")


@given(st.uuids(), st.uuids())
def test_a_tracking_code_is_secret_and_stays_the_same(command: UUID, other: UUID) -> None:
    code = ids.tracking_code(b"k" * 32, command)

    assert code == ids.tracking_code(b"k" * 32, command)
    assert len(code) == 16
    assert code != ids.tracking_code(b"j" * 32, command)
    assert command == other or code != ids.tracking_code(b"k" * 32, other)


def test_a_code_is_read_as_people_type_it() -> None:
    assert ids.read_code(" 4f7k-9xm2 oil0 ") == "4F7K9XM20110"


@given(st.uuids())
def test_reading_a_code_that_was_made_changes_nothing(command: UUID) -> None:
    code = ids.tracking_code(b"k" * 32, command)

    assert ids.read_code(f"{code[:4]}-{code[4:8]} {code[8:].lower()}") == code


@given(st.uuids(), st.text(st.characters(exclude_categories=["Cs"])))
def test_our_quick_name_based_ids_are_those_of_the_standard(namespace: UUID, name: str) -> None:
    assert ids.uuid5(namespace, name) == uuid5(namespace, name)


def test_a_number_is_understood_as_people_type_it() -> None:
    number = "CLI-10K1-9XM0"

    typed = [
        "CLI-10K1-9XM0", "cli-10k1-9xm0", "CLI10K19XM0", "CLI 10K1 9XM0", "CLI\u201310K1\u20139XM0",
        "CLI\u221210K1\u22129XM0",
        "CLI\u201110K1\u20119XM0", "CLI-IOKL-9XMO", "C1I-l0kI-9xmo", " 10K1-9XM0 ", "10k19xm0",
        "CLI\u200b-10K1-9XM0", "CLI—10K1—9XM0",
        "CLI.10K1.9XM0", "CLI-10K1-9XM0.", "ＣＬＩ－１０Ｋ１－９ＸＭ０",
    ]  # fmt: skip

    assert {ids.read_number(one, "CLI") for one in typed} == {number}


def test_what_is_no_number_of_the_office_stays_what_it_is() -> None:
    assert ids.read_number("crb-10k1-9xm0", "CLI") == "CRB-10K1-9XM0"
    assert ids.read_number(" abc ", "CLI") == "ABC"
    assert ids.read_number("", "CLI") == ""


def test_a_code_is_understood_with_other_dashes_and_blanks() -> None:
    assert ids.read_code("abcd\u2013efgh jkmn\u00a0pqrs") == ids.read_code("ABCD-EFGH-JKMN-PQRS") == "ABCDEFGHJKMNPQRS"
    assert ids.read_code("\u200bO1lI") == "0111"
