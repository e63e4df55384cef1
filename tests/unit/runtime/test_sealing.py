"""Personal data on the way and at rest."""

import asyncio
import base64
from collections.abc import Mapping

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from libs.runtime import sealing
from libs.runtime.errors import Unacceptable, Unavailable
from libs.runtime.keyring import VersionedKey
from libs.runtime.sealing import Opener, Sealer, SubjectKeys, context_of, lock, unlock
from tests.unit.runtime.memory import MemoryKeys

OLD, NEW = VersionedKey("m1", {"m1": b"m" * 32}), VersionedKey("m2", {"m1": b"m" * 32, "m2": b"n" * 32})
HERE = context_of("t1", "r1")
WORDS = b"Nomor saya 0812-0000-0000"


@pytest.fixture
def keys() -> tuple[Sealer, Opener]:
    private = X25519PrivateKey.generate()
    return Sealer(private.public_key()), Opener(private)


class TestOnTheWay:
    def test_the_receiver_reads_what_was_typed(self, keys: tuple[Sealer, Opener]) -> None:
        sealer, opener = keys

        assert opener.open(sealer.seal(WORDS, context=HERE), context=HERE) == WORDS

    def test_nobody_else_does(self, keys: tuple[Sealer, Opener]) -> None:
        sealed = keys[0].seal(WORDS, context=HERE)

        with pytest.raises(Unacceptable) as raised:
            Opener(X25519PrivateKey.generate()).open(sealed, context=HERE)
        assert raised.value.reason == "seal"

    @pytest.mark.parametrize("elsewhere", [context_of("t2", "r1"), context_of("t1", "r2"), ""])
    def test_it_cannot_be_moved_to_another_tenant_or_report(self, keys: tuple[Sealer, Opener], elsewhere: str) -> None:
        sealed = keys[0].seal(WORDS, context=HERE)

        with pytest.raises(Unacceptable):
            keys[1].open(sealed, context=elsewhere)

    def test_every_byte_counts(self, keys: tuple[Sealer, Opener]) -> None:
        raw = base64.urlsafe_b64decode(keys[0].seal(b"x", context=HERE))

        for position in range(len(raw)):
            changed = raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :]
            with pytest.raises(Unacceptable):
                keys[1].open(base64.urlsafe_b64encode(changed).decode(), context=HERE)

    @given(st.one_of(st.text(), st.binary(max_size=200).map(lambda b: base64.urlsafe_b64encode(b"\x01" + b).decode())))
    def test_any_rubbish_is_unacceptable_and_nothing_else(self, rubbish: str) -> None:
        with pytest.raises(Unacceptable):
            Opener(X25519PrivateKey.from_private_bytes(b"k" * 32)).open(rubbish, context=HERE)

    def test_two_seals_of_one_value_have_nothing_in_common_but_their_session(self, keys: tuple[Sealer, Opener]) -> None:
        head = 4 * (1 + sealing.PUBLIC + sealing.WRAPPED) // 3
        one, two = (keys[0].seal(WORDS, context=HERE) for _ in range(2))

        assert one[:head] == two[:head]
        assert one[head:] != two[head:]

    def test_a_session_ends_and_a_new_one_opens_as_well(
        self, keys: tuple[Sealer, Opener], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        sealer, opener = keys
        before = sealer.seal(WORDS, context=HERE)
        monkeypatch.setattr(sealing, "SESSION", -1.0)

        after = sealer.seal(WORDS, context=HERE)

        assert before[:60] != after[:60]
        assert opener.open(before, context=HERE) == opener.open(after, context=HERE) == WORDS

    def test_an_opener_remembers_only_so_many_sessions(
        self, keys: tuple[Sealer, Opener], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sealing, "SESSION", -1.0)
        monkeypatch.setattr(Opener, "REMEMBERED", 3)
        sealed = [keys[0].seal(WORDS, context=HERE) for _ in range(5)]

        opened = [keys[1].open(s, context=HERE) for s in sealed + sealed]

        assert set(opened) == {WORDS}
        assert len(keys[1]._sessions) <= 4


class TestAtRest:
    SUBJECT = "t1/r1"

    async def sealed(self, store: MemoryKeys, master: VersionedKey = OLD) -> bytes:
        cipher = (await SubjectKeys(store, master).ensure([self.SUBJECT]))[self.SUBJECT]
        return lock(cipher, WORDS, subject=self.SUBJECT)

    async def test_another_process_with_the_same_store_opens_it(self) -> None:
        store = MemoryKeys()
        locked = await self.sealed(store)

        cipher = (await SubjectKeys(store, OLD).existing([self.SUBJECT]))[self.SUBJECT]

        assert unlock(cipher, locked, subject=self.SUBJECT) == WORDS

    async def test_it_is_tied_to_its_subject(self) -> None:
        store = MemoryKeys()
        locked = await self.sealed(store)
        cipher = (await SubjectKeys(store, OLD).existing([self.SUBJECT]))[self.SUBJECT]

        with pytest.raises(InvalidTag):
            unlock(cipher, locked, subject="t1/r2")

    async def test_a_key_moved_to_another_subject_does_not_open(self) -> None:
        store = MemoryKeys()
        await self.sealed(store)
        store.wrapped["t1/r2"] = store.wrapped[self.SUBJECT]

        with pytest.raises(InvalidTag):
            await SubjectKeys(store, OLD).existing(["t1/r2"])

    async def test_a_destroyed_key_is_missing_wherever_it_was_not_remembered(self) -> None:
        store = MemoryKeys()
        await self.sealed(store)
        mine = SubjectKeys(store, OLD)
        await mine.existing([self.SUBJECT])

        await mine.destroy(self.SUBJECT)

        assert await mine.existing([self.SUBJECT]) == {}
        assert await SubjectKeys(store, OLD).existing([self.SUBJECT]) == {}

    async def test_other_processes_forget_a_destroyed_key_soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store = MemoryKeys()
        other = SubjectKeys(store, OLD)
        monkeypatch.setattr(SubjectKeys, "REMEMBERED", 0.0)
        await other.ensure([self.SUBJECT])

        await SubjectKeys(store, OLD).destroy(self.SUBJECT)

        assert await other.existing([self.SUBJECT]) == {}
        assert SubjectKeys.MOST > 0

    async def test_two_processes_that_make_a_key_at_once_end_with_one(self) -> None:
        store = MemoryKeys()
        one, two = SubjectKeys(store, OLD), SubjectKeys(store, OLD)
        first = (await one.ensure([self.SUBJECT], fresh=True))[self.SUBJECT]
        second = (await two.ensure([self.SUBJECT], fresh=True))[self.SUBJECT]

        locked = lock(first, WORDS, subject=self.SUBJECT)

        assert unlock(second, locked, subject=self.SUBJECT) == WORDS

    async def test_tenants_have_keys_of_their_own(self) -> None:
        store = MemoryKeys()
        await SubjectKeys(store, OLD).ensure(["t1/r1", "t2/r1"])
        store.wrapped["t1"], store.wrapped["t2"] = store.wrapped["t2"], store.wrapped["t1"]

        with pytest.raises(InvalidTag):
            await SubjectKeys(store, OLD).existing(["t1/r1"])

    async def test_a_new_master_key_opens_old_data_and_rewraps_it(self) -> None:
        store = MemoryKeys()
        locked = await self.sealed(store, OLD)
        both = SubjectKeys(store, NEW)

        assert await both.rewrap_tenant("t1")
        assert not await both.rewrap_tenant("t1")
        only_new = SubjectKeys(store, VersionedKey("m2", {"m2": b"n" * 32}))
        cipher = (await only_new.existing([self.SUBJECT]))[self.SUBJECT]

        assert unlock(cipher, locked, subject=self.SUBJECT) == WORDS

    async def test_without_the_old_master_key_nothing_opens_before_it_was_rewrapped(self) -> None:
        store = MemoryKeys()
        await self.sealed(store, OLD)

        with pytest.raises(KeyError):
            await SubjectKeys(store, VersionedKey("m2", {"m2": b"n" * 32})).existing([self.SUBJECT])

    async def test_nothing_in_the_store_is_a_key_itself(self) -> None:
        store = MemoryKeys()
        subjects = SubjectKeys(store, OLD)
        await subjects.ensure([self.SUBJECT])

        assert all(len(wrapped) > 32 + sealing.NONCE for wrapped in store.wrapped.values())
        assert store.wrapped.keys() == {"t1", self.SUBJECT}

    async def test_the_cache_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(SubjectKeys, "MOST", 3)
        subjects = SubjectKeys(MemoryKeys(), OLD)

        await subjects.ensure([f"t1/r{i}" for i in range(10)])

        assert len(subjects._cache) == 3


class CountingKeys(MemoryKeys):
    """Counts the writes; is away while told so."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0
        self.is_away = False

    async def add(self, wrapped: Mapping[str, bytes]) -> Mapping[str, bytes]:
        await asyncio.sleep(0)
        if self.is_away:
            raise Unavailable("mongo")
        assert wrapped, "MongoDB takes no empty list"
        self.writes += 1
        return await super().add(wrapped)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


class TestKeysOfTheirOwn:
    async def test_another_process_finds_one_by_its_name(self) -> None:
        store = CountingKeys()
        ((name, cipher),) = await SubjectKeys(store, OLD).take("t1", 1)

        found = (await SubjectKeys(store, OLD).existing([name]))[name]

        assert name.startswith("t1/")
        assert unlock(found, lock(cipher, WORDS, subject=name), subject=name) == WORDS

    async def test_each_is_handed_out_once(self) -> None:
        keys = SubjectKeys(CountingKeys(), OLD)

        taken = await asyncio.gather(*(keys.take("t1", n % 3) for n in range(40)))

        names = [name for some in taken for name, _ in some]
        assert len(set(names)) == len(names) == sum(n % 3 for n in range(40))

    async def test_the_next_one_is_stored_before_it_is_wanted(self) -> None:
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        await keys.take("t1", 1)
        before = store.writes

        for _ in range(sealing.FEWEST_SPARE):
            await keys.take("t1", 1)
        during = store.writes
        await settled()

        assert during == before
        assert store.writes == before + 1

    async def test_a_tenant_whose_keys_go_quickly_has_more_ready_up_to_a_bound(self) -> None:
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        for _ in range(300):
            await keys.take("t1", 1)
            await settled()
        busy = store.writes
        for _ in range(100):
            await keys.take("t1", 1)
            await settled()

        assert store.writes - busy <= 100 // (sealing.MOST_SPARE // 2) + 1
        assert len(store.wrapped) - 1 <= 400 + sealing.MOST_SPARE

    async def test_a_quiet_tenant_has_few_ready(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sealing, "SPARE_GROWS_WITHIN", -1.0)
        monkeypatch.setattr(sealing, "SPARE_SHRINKS_AFTER", -1.0)
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        for _ in range(20):
            await keys.take("t1", 1)
            await settled()

        assert len(store.wrapped) - 1 <= 20 + sealing.FEWEST_SPARE

    async def test_a_filling_that_others_have_overtaken_stores_nothing(self) -> None:
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        await keys.take("t1", 3)
        for taken in await keys.take("t1", 3):
            keys.give_back(*taken)

        await asyncio.gather(*(keys.take("t1", 2) for _ in range(20)))
        await settled()

        assert all(spare.filling is None or spare.filling.exception() is None for spare in keys._spare.values())

    async def test_one_that_was_given_back_is_handed_out_again(self) -> None:
        keys = SubjectKeys(CountingKeys(), OLD)
        (taken,) = await keys.take("t1", 1)

        keys.give_back(*taken)

        assert taken in await keys.take("t1", sealing.FEWEST_SPARE + 1)

    async def test_those_that_lock_nothing_go_with_the_process(self) -> None:
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        used = [name for name, _ in await keys.take("t1", 3)]
        await keys.take("t2", 0)

        await keys.close()

        assert store.wrapped.keys() - {"t1", "t2"} == set(used)

    async def test_while_the_store_is_away_those_that_are_ready_serve(self) -> None:
        store = CountingKeys()
        keys = SubjectKeys(store, OLD)
        await keys.take("t1", 1)
        store.is_away = True

        for _ in range(sealing.FEWEST_SPARE):
            await keys.take("t1", 1)
            await settled()
        with pytest.raises(Unavailable):
            await keys.take("t1", 1)
        store.is_away = False

        assert len(await keys.take("t1", 1)) == 1
