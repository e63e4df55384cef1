import asyncio
from collections.abc import AsyncIterator, Callable
from uuid import uuid4

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from deploy.local.stack import Stack
from libs.contracts.registry.tenant import OfficerIdentity
from libs.contracts.topics import Service
from tests.service.registry.front import Front, an_office, new_id

PASSWORD = "kata sandi yang panjang"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(scope="session")
async def front(stack: Stack) -> AsyncIterator[Front]:
    await asyncio.to_thread(stack.start_service, Service.REGISTRY)
    front = Front(stack)
    await front.start()
    yield front
    await front.stop()


@pytest.fixture
async def tenant(front: Front) -> str:
    """A fresh office."""
    tenant = new_id()
    await front.done(tenant, an_office(tenant))
    return tenant


@pytest.fixture(scope="session")
def identity() -> Callable[..., OfficerIdentity]:
    """Of an officer whose password and secret the tests know; cheap to check."""
    hashed = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)

    def make(name: str = "Nurul Hidayah", email: str | None = None) -> OfficerIdentity:
        return OfficerIdentity(
            name=name,
            email=email or f"{uuid4().hex[:12]}@contoh.example",
            password_hash=hashed,
            totp_secret=SECRET,
        )

    return make
