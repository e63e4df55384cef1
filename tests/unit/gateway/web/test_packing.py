"""Compressed pages: whole, only for who takes them, and saying nothing by their lengths."""

import gzip

import pytest

from services.gateway.web.packing import packed, takes_gzip

PAGE = "<p>Air PDAM di Harjamukti aman dipakai.</p>" * 200


def sent(template: str = "front/home.html", accepts: str = "gzip, deflate, br", html: str = PAGE) -> tuple[bytes, str]:
    response = packed(html, template, accepts, status=200, headers={})
    return response.body, response.headers.get("content-encoding", "")  # type: ignore[return-value]


def test_a_page_comes_compressed_to_who_takes_it_and_as_it_is_to_others() -> None:
    body, encoding = sent()

    assert (gzip.decompress(body).decode(), encoding) == (PAGE, "gzip")
    assert len(body) < len(PAGE) / 10
    assert sent(accepts="identity") == (PAGE.encode(), "")


def test_the_same_page_has_many_lengths() -> None:
    assert len({len(sent()[0]) for _ in range(40)}) > 10


def test_a_page_with_a_tracking_code_is_not_compressed() -> None:
    assert sent("tickets/ticket.html") == (PAGE.encode(), "")


def test_a_short_page_is_sent_as_it_is() -> None:
    assert sent(html="<p>Ya</p>") == (b"<p>Ya</p>", "")


@pytest.mark.parametrize(
    ("header", "takes"),
    [("gzip", True), ("br;q=1.0, gzip;q=0.8", True), ("GZIP", True), ("gzip;q=0", False), ("", False), ("br", False)],
)
def test_what_a_browser_says_it_takes_is_read_with_its_weights(header: str, takes: bool) -> None:
    assert takes_gzip(header) is takes


def test_caches_are_told_that_the_encoding_varies() -> None:
    assert packed(PAGE, "front/home.html", "", status=200, headers={}).headers["vary"] == "Accept-Encoding"
