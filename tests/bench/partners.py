"""`make list-bench`: lists of an office with 100,000 partners, asked of the registry over HTTP.

Prints p50 and p95 of the first and the 500th page for several filters, in milliseconds. The partners are written
straight into the database, without names under seal: what is measured is finding, not the opening of fifty names.
"""

import argparse
import asyncio
import random
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.reads import Page
from libs.contracts.registry.partner import SocialAccount
from libs.contracts.registry.profile import Profile
from libs.contracts.registry.reads import PartnerRow
from libs.contracts.registry.tenant import AddOfficer, OfficerIdentity
from libs.contracts.topics import Service
from libs.contracts.words import PartnerKind, PartnerState
from libs.kit import areas
from libs.runtime.keyring import Keyring, derive
from services.registry.addresses import Blinder
from services.registry.partner.finding import Words, index_fields
from services.registry.partner.state import Partner
from tests.service.registry.front import Front, Wish, an_office, new_id
from tests.stack import running_stack

REGION = "35.17"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$zLrKFbdBgrvPFLp1ysmnqw$LEERU3DhHa43koO/L9jFhrb9NQZ7liGwh7TSFNCK3SE"
FILTERS: Mapping[str, Mapping[str, str]] = {
    "all": {},
    "area": {"area": "35.17.08"},
    "area, kind, platform": {"area": REGION, "kind": "community_group", "platform": "instagram"},
    "area, kind, platform, text": {
        "area": REGION,
        "kind": "community_group",
        "platform": "instagram",
        "text": "kim me",
    },
    "rare text": {"text": "kim 77"},
    "common text": {"text": "info"},
    "common text, small area": {"text": "info", "area": "35.17.08.2001"},
}
NAMES = ("Melati", "Mawar", "Anggrek", "Mekar", "Sejahtera", "Cahaya", "Suara", "Maju")


def made(count: int, spoken: Words) -> Iterator[tuple[str, Partner]]:
    chance = random.Random(1)
    villages = [v.code for district in areas.children(REGION) for v in areas.children(district.code)]
    now = datetime(2026, 11, 1, tzinfo=UTC)
    for n in range(count):
        kind = chance.choice(tuple(PartnerKind))
        name = f"{'KIM' if kind == 'community_group' else 'Info'} {chance.choice(NAMES)} {chance.choice(NAMES)} {n}"
        handle = f"{name.replace(' ', '.').lower()}"
        platform = chance.choice(("instagram", "tiktok", "facebook", "x"))
        account = SocialAccount(
            platform=platform, handle=handle, url=f"https://{platform}.example/{n}", identity_key=f"{platform}:{n}"
        )
        yield (
            str(uuid4()),
            Partner(
                kind=kind,
                state=PartnerState.ACTIVE,
                area=chance.choice(villages),
                run_by_office=chance.random() < 0.5,
                language="id",
                accounts=(account,),
                consented_at=now,
                registered_at=now - timedelta(minutes=n),
                profile=Profile(topics="kesehatan"),
                name=name,
            ),
        )


def fill(stack: Stack, tenant: str, count: int) -> None:
    master = Keyring(Path(stack.secrets_dir(Service.REGISTRY)), Service.REGISTRY).master
    spoken = Words(Blinder([derive(master.current, "registry words")]))
    client: MongoClient[Any] = MongoClient(stack.mongo_url(Service.REGISTRY))
    batch: list[dict[str, Any]] = []
    with client:
        collection = client["registry"]["partner"]
        for identity, partner in made(count, spoken):
            state = partner.model_dump(mode="json", exclude={"name", "contacts", "papers"})
            batch.append(
                {
                    "_id": f"{tenant}/{identity}",
                    "tenant": tenant,
                    "version": 1,
                    "relayed": 1,
                    "trimmed": 0,
                    "schema": 1,
                    "state": state,
                    "ix": index_fields(partner, spoken),
                    "history": [],
                }
            )
            if len(batch) == 5_000:
                collection.insert_many(batch, ordered=False)
                batch = []
        if batch:
            collection.insert_many(batch, ordered=False)


async def asked(front: Front, tenant: str, officer: Actor, times: int) -> None:
    print(f"{'filter':28} {'sort':8} {'page':>5} {'found':>6} {'p50':>7} {'p95':>7} ms")
    for name, where in FILTERS.items():
        for sort in ("name", "newest"):
            for page in (1, 500):
                cursor, count = await reached(front, tenant, officer, page, {**where, "sort": sort})
                took = []
                for _ in range(times):
                    began = time.perf_counter()
                    await listed(front, tenant, officer, {**where, "sort": sort}, cursor)
                    took.append((time.perf_counter() - began) * 1_000)
                p95 = statistics.quantiles(took, n=20)[-1]
                print(f"{name:28} {sort:8} {page:5} {count:6} {statistics.median(took):7.1f} {p95:7.1f}", flush=True)


async def listed(
    front: Front, tenant: str, officer: Actor, where: Mapping[str, str], cursor: str | None, limit: int = 50
) -> Page[PartnerRow]:
    params = {**where, "limit": limit} | ({"cursor": cursor} if cursor else {})
    return Page[PartnerRow].model_validate_json(await front.get("/partners", tenant=tenant, actor=officer, **params))


async def office(front: Front) -> tuple[str, Actor]:
    tenant, officer = new_id(), Actor(new_id(), ("verifier",))
    identity = OfficerIdentity(
        name="Rina",
        email=f"{officer.id}@contoh.example",
        password_hash=HASH,
        totp_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
    )
    await front.done(tenant, an_office(tenant))
    await front.done(tenant, Wish(AddOfficer(officer_id=officer.id, roles=("verifier",)), identity))
    return tenant, officer


async def reached(
    front: Front, tenant: str, officer: Actor, page: int, where: Mapping[str, str]
) -> tuple[str | None, int]:
    """The cursor of that page of fifty, or of the last one that is full."""
    first = await listed(front, tenant, officer, where, None)
    cursor, count, left = None, first.count or 0, (page - 1) * 50
    while left > 0:
        found = await listed(front, tenant, officer, where, cursor, limit=min(200, left))
        if found.next is None:
            break
        cursor, left = found.next, left - min(200, left)
    return cursor, count


async def run(count: int, times: int) -> None:
    with running_stack() as stack:
        await asyncio.to_thread(stack.start_service, Service.REGISTRY)
        front = Front(stack)
        await front.start()
        tenant, officer = await office(front)
        began = time.perf_counter()
        fill(stack, tenant, count)
        print(f"{count} partners written in {time.perf_counter() - began:.0f} s")
        await asked(front, tenant, officer, times)
        await front.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=60)
    given = parser.parse_args()
    asyncio.run(run(given.count, given.times))
