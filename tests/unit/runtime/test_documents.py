"""What lies in a document: sealed, erased with its key, lifted to newer shapes."""

from dataclasses import replace

import pytest

from libs.runtime import sealing
from libs.runtime.aggregates import ERASED
from libs.runtime.documents import state_of
from libs.runtime.errors import Unavailable
from libs.runtime.mongo import key
from libs.runtime.sealing import SubjectKeys
from tests.unit.runtime.domain import ANSWERS, CIREBON, MASTER, THREADS, count, message, submit
from tests.unit.runtime.world import World


async def test_what_was_typed_lies_sealed_and_is_never_published(world: World) -> None:
    await world.member().apply([message("r", "nomor saya 0812")])

    document = world.document("r", kind="report")
    assert "nomor saya" not in repr(document)
    assert "nomor saya" not in repr(world.outbox.sent)
    assert document["state"] == {"number": "", "messages": 1}
    assert "sealed" in document["history"][0]


async def test_a_destroyed_key_reads_as_erased_and_the_thread_goes_on(world: World) -> None:
    member = world.member()
    await member.apply([message("r", "nomor saya 0812")])
    world.keys.wrapped.pop(key(CIREBON, "r"))
    fresh = world.member()

    ciphers = await SubjectKeys(world.keys, MASTER).existing([key(CIREBON, "r")])
    state = state_of(fresh.aggregates["report"], world.document("r", kind="report"), ciphers)

    assert state.last == ERASED
    assert state.messages == 1


OWN = (replace(THREADS, key_subject=None),)


async def test_each_has_a_key_of_its_own_where_nothing_shares_it(world: World) -> None:
    member = world.member(aggregates=OWN)
    await member.apply([submit("r", "N-1"), submit("s", "N-2")])
    await member.apply([message("r", "nomor saya 0812"), message("r", "atau 0813")])
    documents = [world.document(i, kind="report") for i in ("r", "s")]

    subjects = [d["subject"] for d in documents]
    ciphers = await SubjectKeys(world.keys, MASTER).existing(subjects)
    states = [state_of(OWN[0], d, ciphers) for d in documents]

    assert len(set(subjects)) == 2
    assert not {key(CIREBON, "r"), key(CIREBON, "s")} & {*subjects, *world.keys.wrapped}
    assert [s.last for s in states] == ["atau 0813", ""]


async def test_a_key_of_its_own_that_is_destroyed_erases_its_document_alone(world: World) -> None:
    member = world.member(aggregates=OWN)
    await member.apply([message("r", "nomor saya 0812"), message("s", "nomor saya 0813")])
    documents = [world.document(i, kind="report") for i in ("r", "s")]
    await SubjectKeys(world.keys, MASTER).destroy(documents[0]["subject"])

    ciphers = await SubjectKeys(world.keys, MASTER).existing([d["subject"] for d in documents])
    states = [state_of(OWN[0], d, ciphers) for d in documents]

    assert [s.last for s in states] == [ERASED, "nomor saya 0813"]


async def test_a_repeat_uses_up_no_key(world: World) -> None:
    member = world.member(aggregates=OWN)
    first = submit("r")
    await member.apply([first])
    before = len(world.keys.wrapped)

    for _ in range(200):
        await member.apply([first])

    assert len(world.keys.wrapped) <= before + sealing.MOST_SPARE


async def test_a_document_of_newer_code_is_left_alone_until_the_code_is_there(world: World) -> None:
    await world.member().apply([count("a")])
    world.document()["schema"] = 2

    with pytest.raises(Unavailable):
        await world.member().apply([count("a")])

    assert world.document()["version"] == 1


async def test_an_old_document_is_lifted_and_unknown_fields_survive(world: World) -> None:
    await world.member().apply([count("a")])
    world.document()["state"] = {"total": 1, "from_tomorrow": [1]}
    lifted = replace(ANSWERS, schema=2, upcasters={1: lambda raw: {**raw, "count": raw["total"]}})

    await world.member(aggregates=[lifted]).apply([count("a")])

    assert world.document()["schema"] == 2
    assert world.document()["state"]["count"] == 2
    assert world.document()["state"]["from_tomorrow"] == [1]
