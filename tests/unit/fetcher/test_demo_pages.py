"""The demo's pages, as the local stack serves them and its fetcher sees them."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import pytest_asyncio
import yaml

from deploy.demo.content import load
from deploy.local import web
from deploy.local.layout import CHECKOUT
from deploy.local.ports import HOST, Ports, free_base, is_open
from deploy.local.services import environment_of
from libs.contracts.topics import Service
from libs.fetcher.app import Fetcher
from libs.fetcher.messages import Failure, FetchRequest
from libs.fetcher.settings import FetcherSettings


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fetcher(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Fetcher]:
    folder, ports = tmp_path_factory.mktemp("web"), Ports(free_base())
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "deploy.local.web", str(folder), str(ports.web)), cwd=CHECKOUT, env=dict(os.environ)
    )
    try:
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(is_open, ports.web):
                await asyncio.sleep(0.1)
        given = environment_of(
            Service.FETCHER, ports=ports, kafka_bootstrap="", kafka_login=None, mongo_url="", secrets_dir=folder,
            web_dir=folder,
        )  # fmt: skip
        with pytest.MonkeyPatch.context() as patched:
            for name, value in given.items():
                patched.setenv(name, value)
            yield Fetcher(FetcherSettings(screenshots=False))
    finally:
        process.terminate()
        await process.wait()


async def test_every_page_of_the_demo_is_there(fetcher: Fetcher) -> None:
    for page in yaml.safe_load(web.PAGES.read_text()):
        answer = await fetcher.answer(FetchRequest(url=page["url"]))
        assert (answer.status, answer.title) == (200, page["title"])
        assert answer.description


async def test_what_is_no_page_is_not_found_and_other_names_are_not_its(fetcher: Fetcher) -> None:
    missing = await fetcher.answer(FetchRequest(url="https://media-sosial.example/tiada"))
    plain = await fetcher.answer(FetchRequest(url="http://media-sosial.example/"))
    inside = await fetcher.answer(FetchRequest(url=f"https://{HOST}/"))

    assert (missing.status, missing.title) == (404, "Halaman tidak ditemukan")
    assert plain.failure in (Failure.PROTOCOL, Failure.TLS, Failure.TIMEOUT)
    assert inside.failure == Failure.REFUSED


def test_every_link_that_a_demo_report_points_to_has_its_page() -> None:
    linked = {report.link for tenant in load(date(2026, 11, 30)).tenants for report in tenant.reports if report.link}

    assert linked
    assert linked <= {page["url"] for page in yaml.safe_load(web.PAGES.read_text())}


def test_the_key_is_for_nobody_else(tmp_path: Path) -> None:
    file = web.certificate(tmp_path)

    assert web.certificate(tmp_path) == file
    assert file.with_suffix(".key").stat().st_mode & 0o077 == 0
