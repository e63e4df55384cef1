"""Copies of reported pages on real servers: the fetcher goes out, reports keeps what it brings."""

import asyncio
import gzip
import hashlib
import json
import os
import sys
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from warcio.archiveiterator import ArchiveIterator

from deploy.local.layout import CHECKOUT
from deploy.local.ports import HOST
from deploy.local.services import MODULES
from deploy.local.stack import Stack
from libs.contracts.envelope import Actor
from libs.contracts.reports.reads import PageView, ReportRow
from libs.contracts.reports.report import ReportContent, ReportMatched, RetakeSnapshot, SnapshotTaken
from libs.contracts.topics import Service
from libs.fetcher.browser import program
from libs.runtime.errors import NotFound, Refused
from libs.runtime.keyring import Keyring
from libs.runtime.mongo import key as document_key
from libs.runtime.tokens import Tokens
from tests.chaos.lag import mongo_client
from tests.office import Desk, Heard
from tests.service.reports.test_reports_service import a_report
from tests.unit.fetcher.net import Site, page, redirect, site

TITLE = "Bantuan tunai Rp600.000 untuk warga Harjamukti dibuka lewat tautan"
BODY = f"<title>{TITLE}</title><meta name=description content='Isi nomor rekening.'><body bgcolor=red>x".encode()
WITHIN = 90


@pytest.fixture(scope="module")
async def laman() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture(scope="module")
async def desk(stack: Stack, laman: Site) -> AsyncIterator[Desk]:
    await asyncio.to_thread(stack.children.stop, [Service.FETCHER])
    await asyncio.to_thread(launch_fetcher, stack, laman)
    await asyncio.to_thread(stack.start_services, [Service.REGISTRY, Service.MATCHER, Service.REPORTS])
    async with Desk(stack) as desk:
        yield desk
    await asyncio.to_thread(stack.children.stop, [Service.FETCHER])


@pytest.fixture(scope="module")
async def tenant(desk: Desk) -> str:
    return await desk.open_tenant()


@pytest.fixture(scope="module")
async def officer(desk: Desk, tenant: str) -> Actor:
    return await desk.add_officer(tenant, "verifier")


def launch_fetcher(stack: Stack, laman: Site) -> None:
    """With a name that this test serves: there is no net here."""
    own = dict.fromkeys(("kabar.example", "pendek.example", "www.facebook.com"), f"{HOST}:{laman.place[1]}")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SIMPUL_")}
    environment = plain | stack.environment(Service.FETCHER) | {"SIMPUL_FETCH_OWN": json.dumps(own)}
    stack.children.launch(
        Service.FETCHER, [sys.executable, "-m", MODULES[Service.FETCHER]], environment=environment, cwd=CHECKOUT
    )
    stack.await_service(Service.FETCHER)


async def send(desk: Desk, tenant: str, text: str, *urls: str) -> str:
    key = uuid4()
    command, _ = a_report(key)
    await desk.send(tenant, command, ReportContent(text=text, urls=urls), command_id=key)
    return command.report_id


async def taken(desk: Desk, report_id: str, *, turn: int = 1) -> SnapshotTaken:
    def fits(heard: Heard) -> bool:
        event = heard.event
        return isinstance(event, SnapshotTaken) and (event.report_id, event.turn) == (report_id, turn)

    [heard] = await desk.until(fits, within=WITHIN)
    assert isinstance(heard.event, SnapshotTaken)
    return heard.event


async def matched(desk: Desk, report_id: str, *, count: int = 1) -> ReportMatched:
    def fits(heard: Heard) -> bool:
        return isinstance(heard.event, ReportMatched) and heard.event.report_id == report_id

    event = (await desk.until(fits, count=count, within=WITHIN))[-1].event
    assert isinstance(event, ReportMatched)
    return event


class Office:
    """What an officer reads."""

    def __init__(self, desk: Desk, tenant: str, officer: Actor) -> None:
        self._stack, self._tenant, self._officer = desk.stack, tenant, officer

    async def get(self, path: str) -> bytes:
        tokens = Tokens(Keyring(Path(self._stack.secrets_dir(Service.GATEWAY)), Service.GATEWAY))
        token = tokens.make(to=Service.REPORTS, tenant=self._tenant, actor=self._officer)
        url = f"http://{HOST}:{self._stack.ports.service(Service.REPORTS)}{path}"
        async with httpx.AsyncClient() as http:
            answer = await http.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
        if answer.status_code == 404:
            raise NotFound("page")
        if answer.status_code != 200:
            raise Refused(str(answer.status_code))
        return answer.content

    async def page(self, report_id: str) -> PageView:
        [found] = ReportRow.model_validate_json(await self.get(f"/reports/{report_id}")).pages
        return found


@pytest.fixture(scope="module")
def office(desk: Desk, tenant: str, officer: Actor) -> Office:
    return Office(desk, tenant, officer)


async def test_a_reported_page_is_kept_with_its_picture_and_places_its_report(
    desk: Desk, tenant: str, laman: Site, office: Office
) -> None:
    laman.says |= {"/a": redirect("http://kabar.example/b"), "/b": page(BODY)}

    report_id = await send(desk, tenant, "", "http://pendek.example/a")
    event = await taken(desk, report_id)
    placed = await matched(desk, report_id)
    found = await office.page(report_id)

    assert (event.status, event.failure, event.place) == (200, None, True)
    assert placed.opens
    [copy] = found.copies
    assert (copy.title, copy.final_url, found.waits) == (TITLE, "http://kabar.example/b", False)
    warc = await office.get(f"/reports/{report_id}/pages/1/1/warc")
    assert copy.sha256 == hashlib.sha256(warc).hexdigest()
    records = [(r.rec_type, r.raw_stream.read()) for r in ArchiveIterator(BytesIO(warc))]
    assert ("response", BODY) in records
    if program() is None:
        assert copy.screenshot == "absent"
    else:
        picture = await office.get(f"/reports/{report_id}/pages/1/1/screenshot")
        assert picture.startswith(b"\xff\xd8\xff")
        assert copy.screenshot_sha256


async def test_nothing_of_it_lies_in_the_open(desk: Desk, tenant: str, laman: Site) -> None:
    secret = "Nama warga yang dirahasiakan di judul"
    laman.says["/rahasia"] = page(f"<title>{secret}</title>".encode())

    report_id = await send(desk, tenant, "", "http://kabar.example/rahasia")
    event = await taken(desk, report_id)

    assert (event.title, event.url, event.final_url) == ("", "", ""), "events in the topic carry public fields only"

    def kept() -> bytes:
        with mongo_client(desk.stack) as client:
            document = client["reports"]["report"].find_one({"_id": document_key(tenant, report_id)})
            chunks = client["reports"]["evidence.chunks"].find({"files_id": {"$regex": report_id}})
            return repr(document).encode() + b"".join(bytes(c["data"]) for c in chunks)

    lies = await asyncio.to_thread(kept)
    assert len(lies) > 1000
    for word in (secret.encode(), b"kabar.example", gzip.compress(b"")[:4]):
        assert word not in lies
    log = desk.stack.layout.log(Service.REPORTS).read_text() + desk.stack.layout.log(Service.FETCHER).read_text()
    assert secret not in log
    assert "kabar.example" not in log


async def test_the_words_of_its_page_bring_a_bare_link_to_its_case(desk: Desk, tenant: str, laman: Site) -> None:
    claim = "Jembatan Kriyan ditutup setahun penuh mulai Senin karena tiang tengahnya retak parah"
    laman.says["/jembatan"] = page(f"<title>{claim}</title>".encode())

    told = await matched(desk, await send(desk, tenant, claim + "."))
    await asyncio.sleep(2)
    bare = await matched(desk, await send(desk, tenant, "benar kah ini?", "http://kabar.example/jembatan"))

    assert bare.case_id == told.case_id


async def test_a_page_that_comes_late_is_asked_about_again(desk: Desk, tenant: str, laman: Site) -> None:
    claim = "Pasar Jagasatru tutup sebulan penuh mulai Rabu karena seluruh kiosnya akan dibongkar"
    told = await matched(desk, await send(desk, tenant, claim + "."))
    await asyncio.to_thread(desk.stack.children.stop, [Service.FETCHER])

    report_id = await send(desk, tenant, "", "http://kabar.example/pasar")
    alone = await matched(desk, report_id)
    laman.says["/pasar"] = page(f"<title>{claim}</title>".encode())
    await asyncio.to_thread(launch_fetcher, desk.stack, laman)
    await asyncio.to_thread(without_lease, desk.stack, tenant, report_id)
    event = await taken(desk, report_id)
    joined = await matched(desk, report_id, count=2)

    assert (alone.opens, event.ask_again) == (True, True)
    assert joined.case_id == told.case_id


async def test_a_wall_is_said_to_be_one_and_its_page_can_be_fetched_again(
    desk: Desk, tenant: str, laman: Site, office: Office, officer: Actor
) -> None:
    post = "http://www.facebook.com/kantor/posts/1"
    laman.says |= {"/kantor/posts/1": redirect("/login/?next=x"), "/login/?next=x": page(b"<title>Masuk</title>")}

    report_id = await send(desk, tenant, "", post)
    event = await taken(desk, report_id)
    walled = await office.page(report_id)
    laman.says["/kantor/posts/1"] = page(BODY)
    command_id: UUID = await desk.send(tenant, RetakeSnapshot(report_id=report_id, page=1), actor=officer)
    await desk.outcome(command_id)
    await taken(desk, report_id, turn=2)
    seen = await office.page(report_id)

    assert (event.failure, event.sha256, event.screenshot_sha256) == ("login_wall", None, None)
    assert [(c.failure, c.title) for c in walled.copies] == [("login_wall", "")]
    with pytest.raises(NotFound):
        await office.get(f"/reports/{report_id}/pages/1/1/warc")
    assert [(c.turn, c.failure, c.title) for c in seen.copies] == [(2, None, TITLE), (1, "login_wall", "")]
    assert (await office.get(f"/reports/{report_id}/pages/1/2/warc")).startswith(b"\x1f\x8b")


async def test_an_address_that_leads_inside_is_refused_and_said_so(
    desk: Desk, tenant: str, laman: Site, office: Office
) -> None:
    mongod = f"http://127.0.0.1:{desk.stack.ports.mongod}/"
    laman.says["/masuk"] = redirect(mongod)

    straight, around = await send(desk, tenant, "", mongod), await send(desk, tenant, "", "http://kabar.example/masuk")

    for report_id in (straight, around):
        assert (await taken(desk, report_id)).failure == "refused"
        [copy] = (await office.page(report_id)).copies
        assert (copy.failure, copy.sha256) == ("refused", None)


async def test_another_office_reads_none_of_it(desk: Desk, tenant: str, laman: Site, officer: Actor) -> None:
    laman.says["/b"] = page(BODY)
    report_id = await send(desk, tenant, "", "http://kabar.example/b")
    await taken(desk, report_id)
    other = await desk.open_tenant()
    stranger = Office(desk, other, await desk.add_officer(other, "verifier"))
    leader = Office(desk, tenant, Actor(officer.id, ("leader",)))

    for path in ("pages/1/1/warc", "pages/1/1/screenshot", "pages/9/1/warc"):
        with pytest.raises(NotFound):
            await stranger.get(f"/reports/{report_id}/{path}")
    with pytest.raises(Refused, match="403"):
        await leader.get(f"/reports/{report_id}/pages/1/1/warc")


def without_lease(stack: Stack, tenant: str, report_id: str) -> None:
    with mongo_client(stack) as client:
        client["reports"]["report"].update_one({"_id": document_key(tenant, report_id)}, {"$unset": {"page_lease": ""}})
