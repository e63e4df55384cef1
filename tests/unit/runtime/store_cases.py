"""What the engine expects of a store. The fake and MongoDB, through either driver, pass the same cases."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import InsertOne, UpdateOne

from libs.runtime.mongo import DUPLICATE, index, key
from tests.unit.runtime.domain import NOW

NUMBER = index(("tenant", 1), ("ix.number", 1), name="number", unique=True, where={"ix.number": {"$exists": True}})
CAUSES = ["c2", "c9"]
UNRELAYED_OR_CAUSED = {
    "$filter": {
        "input": "$history",
        "as": "h",
        "cond": {"$or": [{"$gt": ["$$h.n", "$relayed"]}, {"$in": ["$$h.cause", CAUSES]}]},
    }
}


def a_document(identity: str, *, tenant: str = "t1", **more: Any) -> dict[str, Any]:
    history = [{"n": n, "cause": f"c{n}", "type": "even" if n % 2 == 0 else "odd"} for n in (1, 2, 3, 4)]
    return {
        "_id": key(tenant, identity), "tenant": tenant, "version": 4, "relayed": 3, "saved_by": "p1", "save": 7,
        "touched_at": NOW, "history": history, **more,
    }  # fmt: skip


def update(identity: str, version: int, change: dict[str, Any]) -> UpdateOne:
    return UpdateOne({"_id": key("t1", identity), "version": version}, change, upsert=True)


class StoreCases:
    """A subclass gives the fixture `store`: an empty collection with the index `NUMBER`."""

    @pytest.fixture
    def a(self) -> str:
        return uuid4().hex

    async def test_what_was_inserted_is_loaded_by_its_id(self, store: Any, a: str) -> None:
        assert await store.bulk([InsertOne(a_document(a))]) == []

        assert await store.load([key("t1", a), "t1/nobody"]) == {key("t1", a): a_document(a)}

    async def test_a_compare_and_set_that_is_lost_is_named_by_its_index(self, store: Any, a: str) -> None:
        b = uuid4().hex
        await store.bulk([InsertOne(a_document(a)), InsertOne(a_document(b))])

        lost = await store.bulk(
            [
                update(a, 4, {"$set": {"version": 5}, "$push": {"history": {"$each": [{"n": 5}]}}}),
                update(b, 3, {"$set": {"version": 4}}),
                InsertOne(a_document(b)),
            ]
        )

        assert sorted(position for position, _ in lost) == [1, 2]
        assert all(error["code"] == DUPLICATE and "index: _id_ " in error["errmsg"] for _, error in lost)
        found = await store.load([key("t1", a), key("t1", b)])
        assert [h["n"] for h in found[key("t1", a)]["history"]] == [1, 2, 3, 4, 5]
        assert found[key("t1", b)]["version"] == 4

    async def test_two_at_once_with_one_version_have_one_winner(self, store: Any, a: str) -> None:
        await store.bulk([InsertOne(a_document(a))])
        change = {"$set": {"version": 5}, "$push": {"history": {"$each": [{"n": 5}]}}}

        answers = await asyncio.gather(*(store.bulk([update(a, 4, change)]) for _ in range(8)))

        assert sum(1 for lost in answers if not lost) == 1
        assert len((await store.load([key("t1", a)]))[key("t1", a)]["history"]) == 5

    async def test_a_unique_index_names_itself_and_hits_its_tenant_only(self, store: Any, a: str) -> None:
        b, number = uuid4().hex, uuid4().hex
        await store.bulk([InsertOne(a_document(a, ix={"number": number})), InsertOne(a_document(b, ix={}))])

        lost = await store.bulk(
            [
                update(b, 4, {"$set": {"version": 5, "ix": {"number": number}}}),
                InsertOne(a_document(uuid4().hex, tenant="t2", ix={"number": number})),
                InsertOne(a_document(uuid4().hex, ix={})),
            ]
        )

        assert [position for position, _ in lost] == [0]
        assert "index: number " in lost[0][1]["errmsg"]
        assert (await store.load([key("t1", b)]))[key("t1", b)]["version"] == 4

    async def test_a_load_brings_the_tail_and_the_causes_in_question_only(self, store: Any, a: str) -> None:
        await store.bulk([InsertOne(a_document(a))])

        found = await store.load([key("t1", a)], {"tenant": 1, "relayed": 1, "history": UNRELAYED_OR_CAUSED})

        document = found[key("t1", a)]
        assert document.keys() == {"_id", "tenant", "relayed", "history"}
        assert [h["n"] for h in document["history"]] == [2, 4]

    async def test_fields_are_left_out_or_picked_within_a_list(self, store: Any, a: str) -> None:
        await store.bulk([InsertOne(a_document(a))])

        without = (await store.load([key("t1", a)], {"history": 0, "tenant": 0}))[key("t1", a)]
        within = (await store.load([key("t1", a)], {"history.cause": 1, "history.n": 1}))[key("t1", a)]

        assert without.keys() == {"_id", "version", "relayed", "saved_by", "save", "touched_at"}
        assert within["history"][0] == {"cause": "c1", "n": 1}
        assert within.keys() == {"_id", "history"}

    async def test_a_cause_is_found_in_its_tenant_only(self, store: Any, a: str) -> None:
        cause = uuid4().hex
        entry = {"n": 1, "cause": cause}
        await store.bulk([InsertOne(a_document(a, history=[entry, {"n": 2, "cause": cause}]))])
        fields = {"tenant": 1, "of": 1, "history": {"$elemMatch": {"cause": cause}}}

        found = await store.find("t1", {"history.cause": cause}, limit=1, fields=fields)

        assert found == [{"_id": key("t1", a), "tenant": "t1", "history": [entry]}]
        assert await store.find("t2", {"history.cause": cause}, limit=1, fields=fields) == []

    async def test_marking_hits_the_version_that_was_relayed_only(self, store: Any, a: str) -> None:
        b = uuid4().hex
        await store.bulk([InsertOne(a_document(a)), InsertOne(a_document(b, version=5))])

        marked = await store.update_across_tenants(
            {"_id": {"$in": [key("t1", a), key("t1", b)]}, "version": 4},
            {"$set": {"relayed": 4}, "$unset": {"saved_by": "", "save": ""}},
        )

        found = await store.load([key("t1", a), key("t1", b)])
        assert marked == 1
        assert ["saved_by" in found[key("t1", i)] for i in (a, b)] == [False, True]

    async def test_a_page_is_trimmed_once(self, store: Any, a: str) -> None:
        await store.bulk([InsertOne(a_document(a))])
        where = {"_id": key("t1", a), "trimmed": {"$exists": False}}
        change = {"$set": {"trimmed": 2}, "$pull": {"history": {"n": {"$lte": 2}}}}

        trims = [await store.update_across_tenants(where, change) for _ in range(2)]

        assert trims == [1, 0]
        assert [h["n"] for h in (await store.load([key("t1", a)]))[key("t1", a)]["history"]] == [3, 4]

    async def test_what_is_there_stays_as_it_is_when_it_is_added_again(self, store: Any, a: str) -> None:
        first, again = a_document(a), a_document(a, version=9)

        await store.add_if_missing([first])
        await asyncio.gather(*(store.add_if_missing([again, a_document(uuid4().hex)]) for _ in range(3)))

        assert (await store.load([key("t1", a)]))[key("t1", a)]["version"] == 4

    async def test_the_sweeper_finds_what_waits_long_enough(self, store: Any, a: str) -> None:
        b = uuid4().hex
        await store.bulk([InsertOne(a_document(a)), InsertOne(a_document(b, touched_at=NOW + timedelta(hours=1)))])
        ids = {"$in": [key("t1", a), key("t1", b)]}

        above = [{"saved_by": "p1", "save": {"$gt": 6}}, {"saved_by": "p2", "save": {"$gt": 1}}]
        found = await store.across_tenants(
            {"_id": ids, "$or": above, "touched_at": {"$lt": NOW + timedelta(1e-6)}}, limit=9
        )
        passed = await store.across_tenants({"_id": ids, "$or": [{"saved_by": "p1", "save": {"$gt": 7}}]}, limit=9)

        assert [d["_id"] for d in found] == [key("t1", a)]
        assert found[0]["touched_at"] == NOW
        assert passed == []

    async def test_timers_that_were_taken_away_are_not_due(self, store: Any, a: str) -> None:
        await store.bulk([InsertOne(a_document(a, next_due=NOW, due=[{"name": "x", "at": NOW}]))])
        due = {"_id": key("t1", a), "next_due": {"$lte": NOW}}
        before = await store.across_tenants(due, limit=9, fields={"tenant": 1, "due": 1})

        await store.bulk([update(a, 4, {"$set": {"version": 5}, "$unset": {"due": "", "next_due": ""}})])

        assert before == [{"_id": key("t1", a), "tenant": "t1", "due": [{"name": "x", "at": NOW}]}]
        assert await store.across_tenants(due, limit=9) == []
