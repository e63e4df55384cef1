"""What officers held who have left goes to whom their office named.

Looked for again and again from the directory, not told once: a case that is put into the hands of somebody at the very
moment at which they leave is found as well, and one that is opened again later.
"""

from datetime import UTC, datetime
from uuid import uuid4

from libs.contracts.reports.case import HandOverCase
from libs.contracts.words import CaseState
from libs.runtime.directory import Directory
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of
from services.reports.case.state import ENDED

CHUNK = 500
LIVE = [state.value for state in CaseState if state not in ENDED]


def heir(directory: Directory, tenant: str, officer: str) -> str | None:
    """The first who is still there, of those whom each named in turn."""
    seen: set[str] = set()
    while officer not in seen:
        seen.add(officer)
        record = directory.officers.get(officer)
        if record is None or record.successor is None or record.tenant != tenant:
            return None
        officer = record.successor
        if directory.officer(tenant, officer) is not None:
            return officer
    return None


class HandingOver:
    def __init__(self, engine: Engine, directory: Directory) -> None:
        self._engine = engine
        self._directory = directory

    async def step(self) -> bool:
        """One chunk; True if there may be more."""
        gone = {record.id for record in self._directory.officers.values() if not record.active}
        found: dict[str, Document] = {}
        for held_by in ("ix.owner", "ix.leased_by") if gone else ():
            cases = await self._engine.collection("case").across_tenants(
                {held_by: {"$in": sorted(gone), "$type": "string"}, "ix.state": {"$in": LIVE}},
                limit=CHUNK,
                fields={"tenant": 1, "ix.owner": 1, "ix.leased_by": 1},
            )
            found |= {case["_id"]: case for case in cases}
        if not found:
            return False
        now, writer = datetime.now(UTC), self._engine.writer
        commands = [
            writer.command(
                HandOverCase(case_id=identity_of(case["_id"]), officer=holder),
                command_id=uuid4(),
                tenant=case["tenant"],
                at=now,
            )
            for case in found.values()
            for holder in {case["ix"].get("owner"), case["ix"].get("leased_by")} & gone
        ]
        await self._engine.send(commands)
        return len(found) >= CHUNK
