from uuid import UUID, uuid4

import pytest

from libs.runtime.errors import Refused
from services.gateway.dispatch.idempotency import SentBodies, read_key


@pytest.mark.parametrize("key", ["0e8b3e2e-62cb-4b0e-9a0e-3f6ccf6de1aa", "01890A5D-AC96-774B-BCCE-B302099A8057"])
def test_a_random_uuid_is_a_key(key: str) -> None:
    assert read_key(key) == UUID(key)


@pytest.mark.parametrize(
    "key",
    [
        None,
        "",
        "k1",
        "c232ab00-9414-11ec-b3c8-9f68deced846",  # version 1: a clock and a card
        "5df41881-3aed-3515-88a7-2f4a814cf09e",  # version 3: a name
        "00000000-0000-0000-0000-000000000000",
        "{0e8b3e2e-62cb-4b0e-9a0e-3f6ccf6de1aa}",
        "0e8b3e2e62cb4b0e9a0e3f6ccf6de1aa",
        " 0e8b3e2e-62cb-4b0e-9a0e-3f6ccf6de1aa",
    ],
)
def test_anything_else_is_refused(key: str | None) -> None:
    with pytest.raises(Refused, match="key_invalid"):
        read_key(key)


def test_bodies_are_forgotten_from_the_oldest_on() -> None:
    first, second, third = uuid4(), uuid4(), uuid4()
    sent = SentBodies(most=2)
    for command in (first, second, third):
        sent.check(command, "a")

    sent.check(first, "b")
    with pytest.raises(Refused, match="key_reused"):
        sent.check(third, "b")
