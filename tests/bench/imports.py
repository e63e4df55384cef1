"""An import of partners from a workbook against its bare parts: `python -m tests.bench.imports [--rows 50000]`.

Bare: calamine reads the workbook, `insert_many` writes its rows as they are. Ours: from the upload to the last partner,
with every row judged; the moments in which a person would name columns and say go are none here. On servers of its own,
both with the same log-in. Prints seconds, their ratio, and the most memory that the registry and its reader took.
"""

import argparse
import asyncio
import io
import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import python_calamine
from pymongo import MongoClient

from deploy.local.stack import Stack
from libs.contracts.topics import Service
from libs.kit import areas, sheets
from libs.kit.exports import Cell, xlsx_of
from tests.chaos.lag import mongo_client
from tests.service.gateway.conftest import start
from tests.service.gateway.house import House
from tests.service.gateway.importing import bring
from tests.stack import running_stack

HEADINGS = (
    "Nama", "Jenis", "Kecamatan", "Kelurahan", "WhatsApp", "Surel", "Akun 1", "Alamat", "Nomor SK", "Tanggal SK",
    "Mulai berlaku", "Berakhir", "Tingkat", "Jumlah anggota", "Ketua", "Topik",
)  # fmt: skip
REGION = "32.74"
WITHIN = 900.0


def workbook(count: int, seed: int = 7) -> bytes:
    """Made up: names of letters, numbers that nobody has been given, villages of one city."""
    chance = random.Random(seed)
    places = [(d.name, v.name) for d in areas.children(REGION) for v in areas.children(d.code)]

    def row(number: int) -> list[Cell]:
        district, village = chance.choice(places)
        name = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(12))
        return [
            f"KIM {name.title()}", "KIM", district, village, f"0812{number:08}", f"{name}@contoh.example",
            f"https://www.instagram.com/kim{name}", f"Jalan {name.title()} {number}", f"{number}/SK/2026",
            "1/2/2026", "1/2/2026", "31/12/2028", "kelurahan", chance.randint(5, 60), f"Ketua {name.title()}",
            "kesehatan; bencana",
        ]  # fmt: skip

    return xlsx_of(HEADINGS, (row(number) for number in range(count)), sheet="Mitra")


def bare(stack: Stack, data: bytes) -> float:
    client: MongoClient[Any] = mongo_client(stack)
    collection = client["registry"]["bench_bare"]
    began = time.perf_counter()
    header, *rows = python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_name("Mitra").to_python()
    names = [str(name) for name in header]
    collection.insert_many([dict(zip(names, row, strict=True)) for row in rows], ordered=False)
    took = time.perf_counter() - began
    collection.drop()
    return took


def peak_of(pid: int) -> float:
    """In MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def seconds_of(stack: Stack) -> dict[str, float]:
    """Of a processor, by process: what is left of a figure when others use the machine."""
    ticks = os.sysconf("SC_CLK_TCK")
    found = {}
    for name in ("registry", "mongod", "kafka"):
        process = stack.children.find(name)
        if process is not None:
            used = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[11:15]
            found[name] = sum(map(int, used)) / ticks
    return found


def peak_of_reader(data: bytes) -> float:
    """The child's own, in MB: opened once more, alone."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    sheets.taken(data)
    return max(before, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


async def ours(stack: Stack, data: bytes) -> tuple[dict[str, float], dict[str, Any]]:
    house = House(stack)
    await house.start()
    try:
        office = await house.office(region=REGION)
        desk = await house.log_in(await house.officer(office))
        began = time.perf_counter()
        brought = await bring(desk, data, "mitra.xlsx")
        await brought.reached("read", within=WITHIN)
        read = time.perf_counter()
        await brought.map()
        judged = time.perf_counter()
        done = await brought.run()
        ended = time.perf_counter()
        return {"read": read - began, "judged": judged - read, "entered": ended - judged, "all": ended - began}, done
    finally:
        await house.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description="An import against its bare parts.")
    parser.add_argument("--rows", type=int, default=50_000)
    asked = parser.parse_args()
    data = workbook(asked.rows)
    reader = peak_of_reader(data)
    with running_stack() as stack:
        start(stack)
        before = bare(stack, data)
        used = seconds_of(stack)
        times, done = asyncio.run(ours(stack, data))
        used = {name: seconds - used[name] for name, seconds in seconds_of(stack).items()}
        after = bare(stack, data)
        process = stack.children.find(Service.REGISTRY)
        registry = peak_of(process.pid) if process is not None else 0.0
    plain = (before + after) / 2
    told = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in times.items())
    sys.stdout.write(
        f"{asked.rows} rows, {len(data) / 1e6:.1f} MB: bare {before:.1f} and {after:.1f} s; {told}; "
        f"{times['all'] / plain:.1f} times; tally {done['tally']}\n"
        f"processor: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in used.items())}\n"
        f"memory: registry {registry:.0f} MB, its reader {reader:.0f} MB\n"
    )
    return 0 if done["state"] == "done" else 1


if __name__ == "__main__":
    sys.exit(main())
