import pytest

from services.gateway.access.resuming import way_back
from services.gateway.access.sessions import Kind
from tests.unit.gateway.builders import an_office

CASE = "/cirebon/console/cases/0b4c7f0e-6a55-4c52-b6e9-0c7c2f1a6f11"


@pytest.mark.parametrize("way", [CASE, f"{CASE}?done=claimed", "/cirebon/console", "/cirebon/console/queue?show=mine"])
def test_a_page_of_the_officers_is_a_way_back(way: str) -> None:
    assert way_back(an_office(), Kind.OFFICER, way) == way


@pytest.mark.parametrize(
    "way",
    [
        "",
        "https://jahat.example/cirebon/console",
        "//jahat.example/cirebon/console",
        "/\\jahat.example/cirebon/console",
        "/jepara/console/queue",
        "/cirebon/consolex",
        "/cirebon/logout",
        "/cirebon/console/../logout",
        "/cirebon/console/..%2flogout",
        "/cirebon/console//jahat.example",
        "/cirebon/console\r\nSet-Cookie: a=b",
        "/cirebon/console/\u0000",
        "/cirebon/console/\u00e9",
        "javascript:alert(1)",
        f"{CASE}{'a' * 500}",
        "/cirebon/partner",
    ],
)
def test_nothing_else_is(way: str) -> None:
    assert way_back(an_office(), Kind.OFFICER, way) == ""


def test_a_partner_goes_back_to_their_own_pages_only() -> None:
    assert way_back(an_office(), Kind.PARTNER, "/cirebon/partner/assignments/a1") == "/cirebon/partner/assignments/a1"
    assert way_back(an_office(), Kind.PARTNER, CASE) == ""
