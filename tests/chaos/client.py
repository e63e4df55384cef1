"""The ledger client: reports over the gateway's HTTP API, from a process of its own.

`python -m tests.chaos.client URL LEDGER SEED RATE slug=tenant=region ...`. At SIGUSR1 a burst of new texts comes at
once. At SIGTERM it begins nothing new and brings what is open to its end.
"""

import asyncio
import hashlib
import random
import signal
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from tests.chaos.ledger import FIELDS, Answered, Ledger, Purpose, Sent, body_hash

WORKERS = 24
TIMEOUT = 12.0
"""Longer than the gateway's longest wait (10 s)."""
AGAIN, OTHER, BAD = 0.06, 0.03, 0.03
"""Shares of submissions that are sent again, sent with another body, or broken."""
WAITED_FOR = 0.5
BURST = 600
"""Hoaxes, each with a text of its own: the matcher has a question for each, and answers 30 to 100 a second."""

PLACES = ("Mojoagung", "Ploso", "Diwek", "Harjamukti", "Kesambi", "Pekalipan", "Ngoro", "Sumobito")
THINGS = (
    "vaksin gratis dibagikan lewat tautan",
    "jembatan utama ditutup mulai malam ini",
    "bantuan tunai cair bagi yang mengirim nomor rekening",
    "pasar pagi dipindahkan tanpa pemberitahuan",
    "air keran tercemar limbah pabrik",
    "sekolah diliburkan dua pekan karena wabah",
    "KTP lama tidak berlaku lagi pekan depan",
    "petugas palsu meminta uang sensus dari rumah ke rumah",
)
WORDS = (
    "air", "banjir", "bendungan", "beras", "bupati", "camat", "dinas", "gempa", "gudang", "guru", "hujan",
    "jalan", "kantor", "kapal", "kepala", "kereta", "listrik", "masjid", "mobil", "murid", "nelayan", "obat",
    "padi", "pajak", "panen", "pasar", "pelabuhan", "penyakit", "petani", "polisi", "puskesmas", "rumah", "rusak",
    "sawah", "sekolah", "sungai", "surat", "tanah", "tanggul", "truk", "uang", "udara", "warga", "warung",
)  # fmt: skip
LEADS = ("", "Apakah benar: ", "Mohon dicek. ", "Dari grup keluarga: ", "Diteruskan berkali-kali: ")
DEFAULTS: Mapping[str, Any] = {
    "kind": "hoax",
    "text": "",
    "urls": [],
    "doubt": "",
    "area": None,
    "seen_on": None,
    "forwarded_often": False,
    "confidential": False,
    "language": "id",
}


@dataclass(frozen=True)
class Office:
    slug: str
    tenant: str
    region: str


def a_body(chance: random.Random, n: int, office: Office) -> dict[str, Any]:
    claim = f"{chance.choice(THINGS)} di {chance.choice(PLACES)}"
    body: dict[str, Any] = {"text": f"{chance.choice(LEADS)}{claim}", "doubt": f"Laporan uji {n}"}
    if chance.random() < 0.25:
        body["kind"] = chance.choice(("aspiration", "complaint", "information_request"))
    if chance.random() < 0.3:
        body["urls"] = [f"https://contoh.example/{n}"]
    if chance.random() < 0.3:
        body["seen_on"] = "whatsapp"
    if chance.random() < 0.2:
        body["forwarded_often"] = True
    if chance.random() < 0.3:
        body["language"] = "en"
    if chance.random() < 0.5:
        address = f"pelapor{n}@surat.example"
        body["contact"] = {"channel": "email", "address": address, "consent": True}
    return body


def a_new_body(chance: random.Random, n: int) -> dict[str, Any]:
    """A hoax that nobody has reported in these words."""
    return {"text": f"Beredar kabar: {' '.join(chance.sample(WORDS, 14))}", "doubt": f"Laporan uji {n}"}


def said(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: body.get(name, DEFAULTS[name]) for name in FIELDS}


def broken(chance: random.Random, body: Mapping[str, Any]) -> dict[str, Any]:
    wrong: dict[str, Any] = chance.choice(
        (
            {"text": "x" * 5_001},
            {"verdict": "true"},
            {"area": "99.99"},
            {"text": "nol \x00 di tengah"},
            {"kind": "rumour"},
            {"contact": {"channel": "email", "address": "bukan alamat", "consent": True}},
        )
    )
    return {**body, **wrong}


class Client:
    def __init__(self, url: str, ledger: Ledger, offices: list[Office], *, seed: int, rate: float) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=TIMEOUT)
        self._ledger = ledger
        self._offices = offices
        self._chance = random.Random(seed)
        self._rate = rate
        self._numbers = count()
        self._requests = count()
        self._next_at = time.monotonic()
        self._at_once = 0
        self.stopping = asyncio.Event()

    def burst(self) -> None:
        self._at_once += BURST

    async def run(self) -> None:
        await asyncio.gather(*(self._work() for _ in range(WORKERS)))
        await self._http.aclose()

    async def _work(self) -> None:
        while not self.stopping.is_set():
            if self._at_once:
                self._at_once -= 1
                await self._submit(next(self._numbers), is_new=True)
                continue
            self._next_at = max(self._next_at + 1 / self._rate, time.monotonic())
            await asyncio.sleep(self._next_at - time.monotonic())
            await self._submit(next(self._numbers))

    async def _submit(self, n: int, *, is_new: bool = False) -> None:
        chance = random.Random(self._chance.getrandbits(64))
        office = chance.choice(self._offices)
        body = a_new_body(chance, n) if is_new else a_body(chance, n, office)
        key = str(UUID(int=chance.getrandbits(128), version=4))
        if chance.random() < BAD:
            await self._until_answered(n, Purpose.BAD, office, key, broken(chance, body), wait=0)
            return
        wait = 2 if chance.random() < WAITED_FOR else 0
        await self._until_answered(n, Purpose.REPORT, office, key, body, wait=wait)
        if chance.random() < AGAIN:
            await self._until_answered(n, Purpose.AGAIN, office, key, body, wait=wait)
        if chance.random() < OTHER:
            other = {**body, "doubt": f"Bukan laporan {n}"}
            await self._until_answered(n, Purpose.OTHER, office, key, other, wait=wait)

    async def _until_answered(
        self, n: int, purpose: Purpose, office: Office, key: str, body: dict[str, Any], *, wait: int
    ) -> None:
        """Sends again, under the same key, as long as nobody says whether it was kept."""
        while True:
            answer = await self._ask(n, purpose, office, key, body, wait=wait)
            if answer.status not in (0, 429, 503):
                return
            await asyncio.sleep(0.3 + self._chance.random() * 0.7)

    async def _ask(
        self, n: int, purpose: Purpose, office: Office, key: str, body: dict[str, Any], *, wait: int
    ) -> Answered:
        contact = body.get("contact", {})
        request = next(self._requests)
        sent = Sent(
            n, request, purpose, office.tenant, key, body_hash(said(body)), contact.get("address", ""),
            hoax=body.get("kind", "hoax") == "hoax", at=time.time(),
        )  # fmt: skip
        await self._ledger.keep(sent)
        headers = {"Idempotency-Key": key} | ({"Prefer": f"wait={wait}"} if wait else {})
        answered = Answered(n, request, 0, time.time())
        try:
            response = await self._http.post(f"/api/v1/{office.slug}/reports", json=body, headers=headers)
            told = response.json() if response.status_code in (201, 202) else {}
            code = told.get("tracking_code", "")
            answered = Answered(
                n, request, response.status_code, time.time(), told.get("number", ""), told.get("report_id", ""),
                hashlib.sha256(code.encode()).hexdigest() if code else "",
            )  # fmt: skip
        except (httpx.HTTPError, ValueError):
            pass
        await self._ledger.keep(answered)
        return answered


async def main(url: str, ledger: str, seed: str, rate: str, *offices: str) -> None:
    parsed = [Office(*o.split("=")) for o in offices]
    client = Client(url, Ledger(Path(ledger)), parsed, seed=int(seed), rate=float(rate))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, client.stopping.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, client.burst)
    await client.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
