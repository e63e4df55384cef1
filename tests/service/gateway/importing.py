"""A file of partners brought, mapped and entered, as an officer's program does it."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from tests.service.gateway.house import Desk, key, until

WITHIN = 600.0


def a_table(rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


class Import:
    def __init__(self, desk: Desk, import_id: str) -> None:
        self.desk = desk
        self.import_id = import_id
        self.url = f"/console/partner-imports/{import_id}"

    async def view(self) -> dict[str, Any]:
        answer = await self.desk.get(self.url)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def reached(self, *states: str, within: float = WITHIN) -> dict[str, Any]:
        found: list[dict[str, Any]] = []

        async def there() -> bool:
            answer = await self.desk.get(self.url)
            if answer.status_code != 200:
                return False
            found[:] = [answer.json()]
            return found[0]["state"] in states

        await until(there, within)
        return found[0]

    async def map(self, **said: str) -> dict[str, Any]:
        """Names the columns as they were proposed, save for those that are said otherwise by their heading."""
        view = await self.reached("read", "checked")
        given = {name: said.pop(name) for name in list(said) if name in ("kind", "area")}
        columns = zip(view["headings"], view["proposed"], strict=True)
        fields = "\n".join(said.get(heading, field) for heading, field in columns)
        answer = await self.desk.post(f"{self.url}/columns", {"fields": fields, **given})
        assert answer.status_code == 201, answer.text
        return await self.reached("checked")

    async def run(self, **said: Any) -> dict[str, Any]:
        answer = await self.desk.post(f"{self.url}/run", said)
        assert answer.status_code == 201, answer.text
        return await self.reached("done", "failed")

    async def rows(self, **wanted: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            answer = await self.desk.get(f"{self.url}/rows", **wanted, **({"after": after} if after else {}))
            assert answer.status_code == 200, answer.text
            found += answer.json()["items"]
            after = answer.json()["next"]
            if not after:
                return found


async def bring(desk: Desk, data: bytes, name: str = "mitra.csv") -> Import:
    answer = await desk.browser.post(
        "/api/v1/console/partner-imports",
        files={"file": (name, data)},
        headers=key(**{"X-CSRF-Token": desk.csrf, "Prefer": "wait=10"}, **{"Idempotency-Key": str(uuid4())}),
    )
    assert answer.status_code == 201, answer.text
    return Import(desk, answer.json()["import_id"])
