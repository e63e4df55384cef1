"""Files that browsers, crawlers and finders of flaws ask for by name."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import httpx
import pytest

from tests.unit.gateway.web.site import OFFICE, Reports, a_site, an_answer

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SECURITY = "mailto:keamanan@simpul.example"


@pytest.fixture
def site() -> httpx.AsyncClient:
    return a_site(Reports([an_answer()]), security_contact=SECURITY)


def addresses(xml: str) -> list[str]:
    return [str(found.text) for found in ElementTree.fromstring(xml).iter(f"{SPACE}loc")]


def allows(robots: str, path: str) -> bool:
    """As crawlers read it: a rule is a beginning, `*` stands for anything."""
    rules = re.findall(r"^Disallow: (\S+)$", robots, re.M)
    return not any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in rules)


@pytest.mark.parametrize(
    "path", ["console/queue", "tickets/CRB-4F7K-9XM2", "partner", "login", "login/partner", "u/x", "a/x"]
)
async def test_crawlers_are_asked_to_stay_out_of_what_is_somebodys_own(site: httpx.AsyncClient, path: str) -> None:
    assert not allows((await site.get("/robots.txt")).text, f"/kota-cirebon/{path}")


@pytest.mark.parametrize("path", ["", "/about", "/clarifications/CRB-2M7Q-0P4C", "/report/hoax", "/stats"])
async def test_crawlers_may_read_what_is_for_all(site: httpx.AsyncClient, path: str) -> None:
    assert allows((await site.get("/robots.txt")).text, f"/kota-cirebon{path}")


async def test_the_sitemap_leads_over_the_offices_to_each_answer(site: httpx.AsyncClient) -> None:
    robots = (await site.get("/robots.txt")).text
    index = re.search(r"^Sitemap: https://simpul.example(\S+)$", robots, re.M)
    assert index is not None

    (of_office,) = addresses((await site.get(index[1])).text)
    listed = addresses((await site.get(of_office)).text)

    assert "https://simpul.example/kota-cirebon/clarifications/CRB-2M7Q-0P4C" in listed
    for address in listed:
        assert "noindex" not in (await site.get(address)).text


async def test_a_swarm_of_crawlers_asks_for_the_answers_once() -> None:
    reports = Reports([an_answer()])
    site = a_site(reports)

    for _ in range(5):
        await site.get("/kota-cirebon/sitemap.xml")

    assert reports.asked == [{"addresses": OFFICE.id}]


async def test_finders_of_flaws_are_told_whom_to_write_until_a_day_to_come(site: httpx.AsyncClient) -> None:
    found = await site.get("/.well-known/security.txt")

    fields = dict(line.split(": ", 1) for line in found.text.splitlines())
    expires = datetime.strptime(fields["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == SECURITY
    assert fields["Preferred-Languages"] == "id, en"
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=366)


async def test_nobody_is_named_where_nobody_was_set() -> None:
    assert (await a_site(Reports()).get("/.well-known/security.txt")).status_code == 404


async def test_the_icon_that_browsers_ask_for_is_there(site: httpx.AsyncClient) -> None:
    found = await site.get("/favicon.ico")

    assert found.headers["content-type"] == "image/x-icon"
    assert found.content[:4] == b"\0\0\1\0"


async def test_the_manifest_names_the_office_and_icons_that_are_there(site: httpx.AsyncClient) -> None:
    page = (await site.get("/kota-cirebon")).text
    link = re.search(r'<link rel="manifest" href="([^"]+)"', page)
    assert link is not None

    found = await site.get(link[1])

    manifest = found.json()
    assert found.headers["content-type"] == "application/manifest+json"
    assert (manifest["name"], manifest["start_url"]) == ("Cirebon Saber Hoaks", "/kota-cirebon")
    for icon in manifest["icons"]:
        assert (await site.get(icon["src"])).headers["content-type"] == icon["type"]


async def test_an_office_that_is_not_there_has_none_of_them(site: httpx.AsyncClient) -> None:
    for name in ("manifest.webmanifest", "sitemap.xml"):
        assert (await site.get(f"/nowhere/{name}")).status_code == 404
