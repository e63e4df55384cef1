"""Two records of one partner are found, become one and two again, on real servers."""

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.reads import Page
from libs.contracts.registry.merging import MergePartner, TellApart, UnmergePartner
from libs.contracts.registry.partner import VerifyAccount
from libs.contracts.registry.reads import DoubleView, PartnerChange, PartnerView
from libs.contracts.registry.tenant import OfficerIdentity
from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from tests.service.registry.front import WITHIN, Front, Wish, a_partner, an_office, an_officer, new_id

Identity = Callable[..., OfficerIdentity]


@pytest.fixture
async def officer(front: Front, tenant: str, identity: Identity) -> Actor:
    officer = Actor(new_id(), ("verifier",))
    await front.done(tenant, an_officer(officer.id, "verifier", identity=identity()))
    async with asyncio.timeout(WITHIN):
        while True:
            try:
                await front.get("/doubles", tenant=tenant, actor=officer)
            except Refused:
                await asyncio.sleep(0.05)
            else:
                return officer


async def seen(front: Front, tenant: str, officer: Actor, partner: str) -> PartnerView:
    return PartnerView.model_validate_json(await front.get(f"/partners/{partner}", tenant=tenant, actor=officer))


async def doubles(front: Front, tenant: str, officer: Actor, path: str = "/doubles") -> tuple[DoubleView, ...]:
    return Page[DoubleView].model_validate_json(await front.get(path, tenant=tenant, actor=officer)).items


async def until(front: Front, tenant: str, officer: Actor, count: int) -> tuple[DoubleView, ...]:
    async with asyncio.timeout(WITHIN):
        while len(found := await doubles(front, tenant, officer)) != count:
            await asyncio.sleep(0.1)
    return found


async def until_state(front: Front, tenant: str, officer: Actor, partner: str, state: str) -> PartnerView:
    async with asyncio.timeout(WITHIN):
        while (view := await seen(front, tenant, officer, partner)).state != state:
            await asyncio.sleep(0.05)
    return view


def a_pair(email: str = "kim.mekar@contoh.example") -> tuple[Wish, Wish]:
    one = a_partner(new_id(), name="KIM Mekar Sari", email=email)
    return one, a_partner(new_id(), name="Kelompok Informasi Masyarakat Mekarsari", email=email)


def merge(one: str, into: str) -> Wish:
    return Wish(MergePartner(partner_id=one, into=into, reason="kelompok yang sama"))


async def test_likely_doubles_are_found_with_their_reasons(front: Front, tenant: str, officer: Actor) -> None:
    one, other = a_pair()
    stranger = a_partner(new_id(), name="KIM Sinar Harapan")

    await front.done(tenant, one, other, stranger)

    (double,) = await until(front, tenant, officer, 1)
    assert {double.one.id, double.other.id} == {one.command.target, other.command.target}
    assert {"same_email", "name_otherwise_spelled"} <= set(double.reasons)
    assert double.score > 0.9
    assert await doubles(front, tenant, officer, f"/partners/{stranger.command.target}/doubles") == ()


async def test_what_an_officer_told_apart_is_shown_no_more(front: Front, tenant: str, officer: Actor) -> None:
    one, other = a_pair()
    await front.done(tenant, one, other)
    (double,) = await until(front, tenant, officer, 1)

    await front.done(tenant, Wish(TellApart(partner_id=double.one.id, other=double.other.id)), actor=officer)

    await until(front, tenant, officer, 0)
    # And not after either was looked at again.
    await front.done(tenant, Wish(TellApart(partner_id=double.other.id, other=double.one.id)), actor=officer)
    await asyncio.sleep(2.5)
    assert await doubles(front, tenant, officer) == ()


async def test_merged_and_undone_with_the_account_s_hold(
    front: Front, tenant: str, officer: Actor, stack: Stack
) -> None:
    url = f"https://www.instagram.com/kim.{uuid4().hex[:10]}"
    key = f"instagram:profile:{url.rpartition('/')[2]}"
    one = a_partner(new_id(), name="KIM Mekar Sari", account=url)
    other = a_partner(new_id(), name="KIM Mekarsari", email="mekar@contoh.example")
    await front.done(tenant, one, other)
    merged, survivor = one.command.target, other.command.target
    await front.done(tenant, Wish(VerifyAccount(partner_id=merged, identity_key=key)))
    async with asyncio.timeout(WITHIN):
        while (await seen(front, tenant, officer, merged)).accounts[0].state != "verified":
            await asyncio.sleep(0.05)
    before = [await seen(front, tenant, officer, partner) for partner in (merged, survivor)]

    await front.done(tenant, merge(merged, survivor), actor=officer)

    view = await until_state(front, tenant, officer, merged, "merged")
    assert view.merged_into == survivor
    assert key in {a.identity_key for a in (await seen(front, tenant, officer, survivor)).accounts}
    await until_held(stack, key, survivor)

    await front.done(tenant, Wish(UnmergePartner(partner_id=merged, reason="ternyata dua")), actor=officer)

    await until_state(front, tenant, officer, merged, "active")
    assert [await seen(front, tenant, officer, partner) for partner in (merged, survivor)] == before
    await until_held(stack, key, merged)
    history = await front.get(f"/partners/{merged}/history", tenant=tenant, actor=officer)
    told = [change.what for change in Page[PartnerChange].model_validate_json(history).items]
    assert told[-4:] == [
        "partner-merge-begun", "partner-merged", "partner-unmerge-begun", "partner-unmerged",
    ]  # fmt: skip


async def until_held(stack: Stack, key: str, partner: str) -> None:
    client: MongoClient[dict[str, Any]] = MongoClient(stack.mongo_url(Service.REGISTRY))
    with client:
        async with asyncio.timeout(WITHIN):
            while (found := client["registry"]["account_hold"].find_one({"_id": key})) is None or found["state"][
                "partner_id"
            ] != partner:
                await asyncio.sleep(0.05)


async def test_a_partner_of_another_office_is_nobody_to_merge_into(front: Front, tenant: str, officer: Actor) -> None:
    foreign_office, foreign, own = new_id(), a_partner(new_id()), a_partner(new_id())
    await front.done(foreign_office, an_office(foreign_office))
    await front.done(foreign_office, foreign)
    await front.done(tenant, own)

    (outcome,) = await front.carry_out(tenant, merge(own.command.target, foreign.command.target), actor=officer)

    assert (outcome.state, outcome.problem) == ("refused", "not_found")


async def test_killed_in_the_middle_a_merge_is_carried_to_its_end(
    front: Front, tenant: str, officer: Actor, stack: Stack
) -> None:
    pairs = [(a_partner(new_id()), a_partner(new_id())) for _ in range(20)]
    await front.done(tenant, *(wish for pair in pairs for wish in pair))

    await front.send(tenant, *(merge(a.command.target, b.command.target) for a, b in pairs), actor=officer)
    await asyncio.sleep(0.3)
    await asyncio.to_thread(stack.children.kill, Service.REGISTRY)
    await asyncio.to_thread(stack.start_service, Service.REGISTRY)

    for a, b in pairs:
        await until_state(front, tenant, officer, a.command.target, "merged")
        assert len((await seen(front, tenant, officer, b.command.target)).accounts) == 2
