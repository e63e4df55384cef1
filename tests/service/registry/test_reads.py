"""What the registry answers, and to whom."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.reads import Page
from libs.contracts.registry.partner import SetPartnerState
from libs.contracts.registry.reads import OfficerView, PartnerFound, PartnerRow
from libs.contracts.registry.tenant import ChangeOfficer, OfficerIdentity
from libs.contracts.topics import Service
from libs.runtime.errors import Refused
from tests.service.registry.front import WITHIN, Front, Wish, a_partner, an_office, an_officer, new_id

Identity = Callable[..., OfficerIdentity]


@pytest.fixture
async def officer(front: Front, tenant: str, identity: Identity) -> Actor:
    officer = Actor(new_id(), ("verifier",))
    await front.done(tenant, an_officer(officer.id, "verifier", identity=identity(name="Rina Astuti Dewi")))
    await until_named(front, tenant, officer, "Rina Astuti Dewi")
    return officer


async def until_named(front: Front, tenant: str, actor: Actor, name: str) -> None:
    """The registry knows its officers from the directory, which comes back to it a moment after the outcome."""
    async with asyncio.timeout(WITHIN):
        while [seen.name for seen in await officers(front, tenant, actor)] != [name]:
            await asyncio.sleep(0.05)


async def officers(front: Front, tenant: str, actor: Actor | None, **params: object) -> tuple[OfficerView, ...]:
    body = await front.get("/officers", tenant=tenant, actor=actor, **params)
    return Page[OfficerView].model_validate_json(body).items


async def partners(front: Front, tenant: str, actor: Actor | None, **params: object) -> Page[PartnerRow]:
    return Page[PartnerRow].model_validate_json(await front.get("/partners", tenant=tenant, actor=actor, **params))


async def test_officers_know_each_other_by_name(front: Front, tenant: str, officer: Actor) -> None:
    (seen,) = await officers(front, tenant, officer, ids=f"{officer.id},{new_id()}")

    assert (seen.id, seen.name, seen.initials, seen.roles) == (officer.id, "Rina Astuti Dewi", "RD", ("verifier",))


@pytest.mark.parametrize("roles", [None, ("partner",), ("verifier",)])
async def test_everybody_else_sees_initials(
    front: Front, tenant: str, officer: Actor, roles: tuple[str, ...] | None
) -> None:
    stranger = Actor(new_id(), roles) if roles else None

    (seen,) = await officers(front, tenant, stranger)

    assert (seen.name, seen.initials) == ("", "RD")


async def test_a_disabled_officer_sees_no_names(front: Front, tenant: str, officer: Actor) -> None:
    await front.done(tenant, Wish(ChangeOfficer(officer_id=officer.id, active=False)))

    await until_named(front, tenant, officer, "")


async def test_a_page_may_ask_for_initials_only(front: Front, tenant: str, officer: Actor) -> None:
    (seen,) = await officers(front, tenant, officer, initials=True)

    assert (seen.name, seen.initials) == ("", "RD")


async def test_partners_come_in_pages_each_once(front: Front, tenant: str, officer: Actor) -> None:
    ids = {new_id() for _ in range(5)}
    await front.done(tenant, *(a_partner(one) for one in ids))

    first = await partners(front, tenant, officer, limit=2)
    second = await partners(front, tenant, officer, limit=2, cursor=first.next)
    last = await partners(front, tenant, officer, limit=2, cursor=second.next)

    assert (first.count, last.next) == (5, None)
    shown = [row.id for page in (first, second, last) for row in page.items]
    assert (len(shown), set(shown)) == (5, ids)


async def test_partners_are_filtered_by_area_kind_and_state(front: Front, tenant: str, officer: Actor) -> None:
    village, media, suspended = new_id(), new_id(), new_id()
    await front.done(
        tenant,
        a_partner(village, area="32.74.05.1002"),
        a_partner(media, area="32.74", kind="media_outlet"),
        a_partner(suspended, area="32.74.03"),
    )
    await front.done(tenant, Wish(SetPartnerState(partner_id=suspended, state="suspended", reason="aduan")))

    async def found(**params: str) -> set[str]:
        return {row.id for row in (await partners(front, tenant, officer, **params)).items}

    assert await found(area="32.74.05") == {village}
    assert await found(area="32.74") == {village, media, suspended}
    assert await found(kind="media_outlet", state="active") == {media}
    assert await found(state="suspended") == {suspended}
    assert await found(area="32.74.05", kind="media_outlet") == set()


async def test_partners_are_found_by_words_and_listed_by_name(front: Front, tenant: str, officer: Actor) -> None:
    ids = {name: new_id() for name in ("KIM Melati", "KIM Anggrek", "Info Melati")}
    await front.done(tenant, *(a_partner(one, name=name, kind="community_group") for name, one in ids.items()))

    async def found(**params: object) -> list[str]:
        return [row.name for row in (await partners(front, tenant, officer, **params)).items]

    first = await partners(front, tenant, officer, sort="name", limit=2)
    last = await partners(front, tenant, officer, sort="name", limit=2, cursor=first.next)

    assert await found(text="mela", sort="name") == ["Info Melati", "KIM Melati"]
    assert await found(text="melati kim") == ["KIM Melati"]
    assert await found(text="mawar") == []
    assert [row.name for row in (*first.items, *last.items)] == ["Info Melati", "KIM Anggrek", "KIM Melati"]


async def test_a_cursor_is_good_for_its_own_list_only(front: Front, tenant: str, officer: Actor) -> None:
    await front.done(tenant, *(a_partner(new_id()) for _ in range(2)))
    cursor = (await partners(front, tenant, officer, limit=1)).next
    assert cursor

    for wrong in ({"cursor": cursor, "state": "active"}, {"cursor": cursor[:-2] + "xx"}, {"cursor": "%"}):
        with pytest.raises(Refused, match="validation"):
            await partners(front, tenant, officer, **wrong)


async def test_what_another_office_has_does_not_exist_here(
    front: Front, tenant: str, officer: Actor, identity: Identity
) -> None:
    other, partner = new_id(), new_id()
    await front.done(other, an_office(other))
    await front.done(other, a_partner(partner))

    with pytest.raises(Refused, match="not_found"):
        await front.get(f"/partners/{partner}", tenant=tenant, actor=officer)
    with pytest.raises(Refused, match="forbidden"):
        await front.get(f"/partners/{partner}", tenant=other, actor=officer)
    assert (await partners(front, tenant, officer, ids=f"{partner},{other}/{partner}")).items == ()


async def test_partners_see_themselves_and_no_list(front: Front, tenant: str) -> None:
    partner, another = new_id(), new_id()
    await front.done(tenant, a_partner(partner, name="KIM Kalijaga"), a_partner(another))
    themself = Actor(partner, ("partner",))

    row = PartnerRow.model_validate_json(await front.get(f"/partners/{partner}", tenant=tenant, actor=themself))

    assert (row.name, row.channels) == ("KIM Kalijaga", ("email",))
    for path in (f"/partners/{another}", "/partners"):
        with pytest.raises(Refused, match="forbidden"):
            await front.get(path, tenant=tenant, actor=themself)


async def test_a_partner_is_found_by_the_address_as_typed(front: Front, tenant: str) -> None:
    partner, other, email = new_id(), new_id(), f"{uuid4().hex[:10]}@contoh.example"
    await front.done(other, an_office(other))
    await front.done(tenant, a_partner(partner, email=email))

    async def lookup(address: str, within: str) -> PartnerFound:
        body = await front.post("/internal/partner-by-contact", {"address": address}, tenant=within)
        return PartnerFound.model_validate_json(body)

    found = await lookup(f" {email.upper()} ", tenant)

    assert (found.partner_id, found.address) == (partner, email)
    for address, within in ((email, other), ("tidak.ada@contoh.example", tenant)):
        with pytest.raises(Refused, match="not_found"):
            await lookup(address, within)


async def test_a_partner_who_left_cannot_log_in(front: Front, tenant: str) -> None:
    partner, email = new_id(), f"{uuid4().hex[:10]}@contoh.example"
    await front.done(tenant, a_partner(partner, email=email))
    await front.done(tenant, Wish(SetPartnerState(partner_id=partner, state="withdrawn")))

    with pytest.raises(Refused, match="not_found"):
        await front.post("/internal/partner-by-contact", {"address": email}, tenant=tenant)


async def test_without_a_token_nothing_is_answered(front: Front) -> None:
    async with httpx.AsyncClient(base_url=front.settings.registry_url) as client:
        paths = ("/officers", "/partners", f"/partners/{new_id()}", f"/outcomes/{uuid4()}")
        answers = [await client.get(path) for path in paths]
        answers += [
            await client.post(f"/internal/{name}", json={})
            for name in ("authenticate", "confirm", "partner-by-contact")
        ]

    assert {answer.status_code for answer in answers} == {401}


@pytest.mark.parametrize(
    ("collection", "where", "sort"),
    [
        ("officer", {"ix.emails": {"$in": ["a", "b"], "$exists": True}}, []),
        ("officer", {"tenant": "t"}, [("_id", 1)]),
        ("partner", {"tenant": "t"}, [("ix.at", -1), ("_id", -1)]),
        ("partner", {"tenant": "t", "ix.facets": {"$all": ["a:32", "k:x"]}}, [("ix.at", -1), ("_id", -1)]),
        ("partner", {"tenant": "t"}, [("ix.n", 1), ("_id", 1)]),
        ("partner", {"tenant": "t", "ix.facets": {"$all": ["a:32|k:x|p:y", "s:z"]}}, [("ix.n", 1), ("_id", 1)]),
        ("partner", {"tenant": "t", "$and": [{"ix.words": {"$in": ["a", "b"]}}]}, [("ix.n", 1), ("_id", 1)]),
        ("partner", {"ix.v": {"$in": [None, 0]}}, []),
        ("partner", {"tenant": "t", "ix.contacts": {"$in": ["a"], "$exists": True}}, []),
    ],
)
async def test_every_query_has_an_index(
    front: Front, stack: Stack, collection: str, where: dict[str, object], sort: list[tuple[str, int]]
) -> None:
    client: MongoClient[dict[str, object]] = MongoClient(stack.mongo_url(Service.REGISTRY))
    with client:
        cursor = client["registry"][collection].find(where)
        plan = str((cursor.sort(sort) if sort else cursor).explain()["queryPlanner"]["winningPlan"])  # type: ignore[index]

    assert "IXSCAN" in plan
    assert "COLLSCAN" not in plan
    assert "'SORT'" not in plan
