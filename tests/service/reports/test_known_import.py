"""An archive of others on real servers: every good row arrives once, whatever ends the process in between."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from deploy.local.layout import CHECKOUT
from deploy.local.stack import Stack
from libs.contracts.ids import SHARED
from libs.contracts.topics import Service
from tests.chaos.lag import mongo_client
from tests.office import Desk

ROWS = 2_000


@pytest.fixture(scope="module")
def services(stack: Stack) -> Stack:
    stack.start_services([Service.REGISTRY, Service.MATCHER, Service.REPORTS])
    return stack


@pytest.fixture(scope="module")
async def desk(services: Stack) -> AsyncIterator[Desk]:
    async with Desk(services) as desk:
        yield desk


@pytest.fixture
def known(stack: Stack) -> Any:
    client: MongoClient[Any] = mongo_client(stack)
    return client["reports"]["known"]


def a_row(n: int, **changes: object) -> dict[str, object]:
    return {
        "id": f"n-{n}",
        "publisher": "Redaksi Contoh",
        "url": f"https://periksa.contoh.example/{n}",
        "title": f"Bantuan nomor {n} dibagikan di kelurahan {n % 40}",
        "verdict": "SALAH",
        "fact": f"Tidak ada bantuan nomor {n}.",
        **changes,
    }


def written(folder: Path, rows: list[dict[str, object]]) -> Path:
    file = folder / "arsip.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows))
    return file


def begin(stack: Stack, file: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "services.reports.known_import", str(file), *arguments]
    environment = {**os.environ, **stack.environment(Service.REPORTS)}
    return subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, text=True)


async def ended(importing: "subprocess.Popen[str]") -> str:
    output, _ = await asyncio.to_thread(importing.communicate, timeout=120)
    assert importing.returncode == 0, output
    return output


async def test_an_import_that_is_killed_in_the_middle_goes_on_and_every_row_is_there_once(
    services: Stack, desk: Desk, known: Any, tmp_path: Path
) -> None:
    tenant = await desk.open_tenant("kota-arsip")
    rows = [a_row(n) for n in range(ROWS)]
    rows[700] = a_row(700, url="http://periksa.contoh.example/700")
    file = written(tmp_path, rows)
    importing = begin(services, file, "--office", "kota-arsip")

    async with asyncio.timeout(60):
        while known.count_documents({"tenant": tenant}) < 300:
            await asyncio.sleep(0.01)
    services.children.kill(Service.REPORTS)
    there = known.count_documents({"tenant": tenant})
    await asyncio.to_thread(services.start_service, Service.REPORTS)
    output = await ended(importing)

    assert there < ROWS - 1
    assert "1999 new, 0 changed, 0 same, 0 withdrawn, 1 bad" in output
    assert "row 701, url: url_invalid" in output
    stored = list(known.find({"tenant": tenant}, {"version": 1, "state.version": 1, "history.type": 1}))
    assert len(stored) == ROWS - 1
    assert {(d["version"], d["state"]["version"], len(d["history"])) for d in stored} == {(1, 1, 1)}


async def test_a_second_file_changes_what_differs_and_nothing_else(
    services: Stack, desk: Desk, known: Any, tmp_path: Path
) -> None:
    tenant = await desk.open_tenant("kota-ulang")
    rows = [a_row(n) for n in range(20)]
    await ended(begin(services, written(tmp_path, rows), "--office", "kota-ulang"))

    again = await ended(begin(services, written(tmp_path, rows), "--office", "kota-ulang"))
    rows[3], rows[4] = a_row(3, fact="Sudah diuji."), a_row(4, withdrawn=True)
    changed = await ended(begin(services, written(tmp_path, [*rows, a_row(20)]), "--office", "kota-ulang"))

    assert "0 new, 0 changed, 20 same, 0 withdrawn, 0 bad" in again
    assert "1 new, 1 changed, 18 same, 1 withdrawn, 0 bad" in changed
    versions = {d["state"]["entry"]["own_id"]: d["state"] for d in known.find({"tenant": tenant})}
    assert (versions["n-3"]["version"], versions["n-3"]["entry"]["fact"]) == (2, "Sudah diuji.")
    assert versions["n-4"]["withdrawn"]
    assert versions["n-5"]["version"] == 1


async def test_the_shared_archive_belongs_to_no_office(services: Stack, known: Any, tmp_path: Path) -> None:
    file = written(tmp_path, [a_row(1, id="bersama-1")])

    output = await ended(begin(services, file))

    assert "1 new" in output
    assert known.count_documents({"tenant": SHARED, "state.entry.own_id": "bersama-1"}) == 1
