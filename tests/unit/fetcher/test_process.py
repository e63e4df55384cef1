"""The fetcher as a process, asked over HTTP by those who may."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from deploy.local.layout import CHECKOUT
from deploy.local.ports import HOST, Ports, free_base
from deploy.local.secrets import Secrets
from deploy.local.services import environment_of
from libs.contracts.topics import Service
from libs.fetcher.client import FetcherClient
from libs.fetcher.messages import Failure, Screenshot
from libs.runtime.keyring import Keyring
from libs.runtime.tokens import Tokens
from tests.unit.fetcher.net import Site, page, site

STARTS_WITHIN = 60


@dataclass
class Running:
    url: str
    secrets: Secrets
    laman: Site
    log: Path
    environment: dict[str, str]

    def client(self, caller: Service = Service.REPORTS) -> FetcherClient:
        return FetcherClient(Tokens(Keyring(self.secrets.of(caller), caller)), base_url=self.url)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("fetcher")
    secrets, ports = Secrets(folder / "secrets"), Ports(free_base())
    secrets.create()
    async with site() as laman:
        environment = environment_of(
            Service.FETCHER,
            ports=ports,
            kafka_bootstrap="",
            kafka_login=secrets.login("kafka", "fetcher"),
            mongo_url="mongodb://nobody",
            secrets_dir=secrets.of(Service.FETCHER),
        )
        own = json.dumps({"laman.example": f"127.0.0.1:{laman.place[1]}"})
        more = {"SIMPUL_FETCH_OWN": own, "SIMPUL_SCREENSHOTS": "false"}
        with (folder / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "libs.fetcher"),
                env={"PATH": os.environ["PATH"], **environment, **more},
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
            )
            try:
                await ready(f"http://{HOST}:{ports.health(Service.FETCHER)}/health/ready")
                url = f"http://{HOST}:{ports.service(Service.FETCHER)}"
                yield Running(url, secrets, laman, folder / "log", environment)
            finally:
                process.terminate()
                async with asyncio.timeout(30):
                    assert await process.wait() in (0, -signal.SIGTERM)


async def ready(url: str) -> None:
    async with asyncio.timeout(STARTS_WITHIN), httpx.AsyncClient() as http:
        while True:
            try:
                if (await http.get(url)).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(0.1)


async def test_whoever_may_ask_is_answered(running: Running) -> None:
    running.laman.says["/rahasia?n=1"] = page(b"<title>Judul laman</title>")
    client = running.client()

    answer = await client.fetch("http://laman.example/rahasia?n=1", tenant="cirebon", screenshot=True)
    refused = await client.fetch("http://127.0.0.1:8412/", tenant="cirebon")
    await client.close()

    assert (answer.title, answer.status, answer.screenshot) == ("Judul laman", 200, Screenshot.ABSENT)
    assert answer.warc is not None
    assert refused.failure == Failure.REFUSED
    said = running.log.read_text()
    assert '"fetched"' in said
    for word in ("laman.example", "rahasia", "Judul", "127.0.0.1:8412"):
        assert word not in said, "what somebody reported stands in no log"


async def test_nobody_else_is(running: Running) -> None:
    running.laman.asked.clear()
    body = {"url": "http://laman.example/"}
    reports = Tokens(Keyring(running.secrets.of(Service.REPORTS), Service.REPORTS))
    forged = reports.make(to=Service.MATCHER, tenant="cirebon")
    async with httpx.AsyncClient(base_url=running.url) as http:
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": f"Bearer {forged}"}):
            assert (await http.post("/fetch", json=body, headers=headers)).status_code == 401
        good = {"Authorization": f"Bearer {reports.make(to=Service.FETCHER, tenant='cirebon')}"}
        for bad in (
            {},
            {"url": ""},
            {"url": "a" * 20_000},
            {"url": ["x"]},
            {**body, "headers": {}},
        ):
            assert (await http.post("/fetch", json=bad, headers=good)).status_code == 422
        assert (await http.get("/health/ready")).status_code == 404

    assert running.laman.asked == []


def test_it_is_given_no_log_in_and_no_key_but_its_callers(running: Running) -> None:
    assert sorted(file.name for file in running.secrets.of(Service.FETCHER).iterdir()) == ["pair-reports-fetcher.json"]
    assert not [name for name in running.environment if "KAFKA" in name or "MONGO" in name]
