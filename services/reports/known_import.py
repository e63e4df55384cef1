"""Imports a file of published answers, for operators: for the whole deployment, or for one office.

    python -m services.reports.known_import arsip.jsonl                     all offices read it
    python -m services.reports.known_import arsip.csv --office kota-cirebon --publisher "Redaksi Contoh"
    python -m services.reports.known_import arsip.csv --check               says what is wrong in it, and takes nothing

JSON lines, CSV or a ClaimReview feed; columns in docs/operations.md. Run with the settings of reports, beside a reports
service that is at work: the file is handed to it, and it goes on though this program is ended.
"""

import argparse
import asyncio
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from libs.contracts import ids
from libs.contracts.envelope import Actor
from libs.contracts.outcomes import ReportsRefused
from libs.contracts.reports.known import ImportTally, RowProblem, StartImport
from libs.contracts.topics import Service
from libs.contracts.words import Role
from libs.runtime import logs
from libs.runtime.blobs import Blobs
from libs.runtime.directory import Directory
from libs.runtime.errors import Unavailable
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import Mongo, key
from libs.runtime.outbox import KafkaOutbox
from libs.runtime.writing import Writer
from services.reports.known.files import Unreadable, read
from services.reports.known.importing import IMPORTS, import_cipher
from services.reports.settings import Settings

LARGEST = 200_000_000
"""Bytes; the file is held in memory once by this program and once by reports."""
OPERATOR = Actor(ids.SETUP, (Role.OPERATOR, Role.TENANT_ADMIN))
PATIENCE = 60.0
"""Seconds without progress after which this program stops watching."""


def check(data: bytes, publisher: str) -> int:
    """Prints what is wrong in a file.

    Raises:
        Unreadable: as the reader says.
    """
    found: Counter[str] = Counter()
    for row in read(data, publisher=publisher):
        found["bad" if row.entry is None else "good"] += 1
        for problem in row.problems:
            _say(_told(problem))
    _say(f"{found['good']} rows can be imported, {found['bad']} cannot.")
    return 1 if found["bad"] else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _complain(line: str) -> None:
    sys.stderr.write(line + "\n")


def _told(problem: RowProblem) -> str:
    return f"  row {problem.row}, {problem.column or 'whole row'}: {problem.code}"


async def hand_over(settings: Settings, file: Path, data: bytes, *, office: str, publisher: str) -> int:
    """
    Raises:
        LookupError: no office has this address.
        Unavailable: MongoDB or Kafka is away.
    """
    keyring = Keyring(settings.secrets_dir, Service.REPORTS)
    mongo, outbox = Mongo(settings.mongo_url, Service.REPORTS), KafkaOutbox(settings, "known-import")
    writer = Writer(Service.REPORTS, keyring.signing(Service.REPORTS, Service.REPORTS), ReportsRefused)
    await outbox.start()
    try:
        tenant = await _tenant(settings, office) if office else ids.SHARED
        import_id = str(uuid4())
        blobs = Blobs(mongo, IMPORTS)
        cipher = import_cipher(keyring.master.current)
        digest = await blobs.put(key(tenant, import_id), data, cipher=cipher, metadata={})
        start = StartImport(
            import_id=import_id, blob_id=import_id, sha256=digest, file_name=file.name[:200], publisher=publisher
        )
        at = datetime.now(UTC)
        await outbox.publish([writer.command(start, command_id=uuid4(), tenant=tenant, at=at, actor=OPERATOR)])
        return await _watch(mongo, tenant, import_id)
    finally:
        await outbox.stop()
        mongo.close()


async def _tenant(settings: Settings, office: str) -> str:
    directory = Directory()
    follower = directory.follower(settings, "known-import")
    await follower.start()
    try:
        await follower.caught_up()
    finally:
        await follower.stop()
    found = directory.by_slug(office)
    if found is None:
        raise LookupError(office)
    return found.id


async def _watch(mongo: Mongo, tenant: str, import_id: str) -> int:
    imports, clock = mongo.tenants("archive_import"), asyncio.get_running_loop().time
    upto, moved = -1, clock()
    while clock() - moved < PATIENCE:
        document = await imports.get(tenant, import_id, {"state": 1})
        state: dict[str, Any] = document["state"] if document else {"upto": 0}
        if state["upto"] > upto:
            upto, moved = state["upto"], clock()
            _say(f"{upto} rows")
        if state.get("ended_at"):
            _say(_summary(ImportTally.model_validate(state["tally"])))
            for problem in state["problems"]:
                _say(_told(RowProblem.model_validate(problem)))
            if state["failure"]:
                _complain(f"Stopped: {state['failure']}.")
            return 1 if state["failure"] else 0
        await asyncio.sleep(0.5)
    _complain("Nothing has moved for a minute; reports goes on with it when it can.")
    return 2


def _summary(tally: ImportTally) -> str:
    return ", ".join(f"{getattr(tally, name)} {name}" for name in ImportTally.model_fields)


def main() -> int:
    parser = argparse.ArgumentParser(description="Imports a file of published answers.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--publisher", default="", help="of rows that do not name one")
    parser.add_argument("--office", default="", help="the office's address (slug); without it, all offices")
    parser.add_argument("--check", action="store_true", help="say what is wrong in the file, and take nothing")
    asked = parser.parse_args()
    logs.configure("known-import", "WARNING")
    try:
        if asked.file.stat().st_size > LARGEST:
            raise Unreadable("size")
        data = asked.file.read_bytes()
        if asked.check:
            return check(data, asked.publisher)
        settings = Settings()
        return asyncio.run(hand_over(settings, asked.file, data, office=asked.office, publisher=asked.publisher))
    except OSError as error:
        _complain(f"{asked.file}: {error.strerror}")
    except Unreadable as error:
        _complain(f"{asked.file} cannot be read: {error.code}")
    except LookupError:
        _complain(f"No office is at {asked.office}.")
    except Unavailable as error:
        _complain(f"Not imported: {error.dependency} does not answer.")
    return 1


if __name__ == "__main__":
    sys.exit(main())
