"""What was asked and answered, as a WARC that any archive can read (ISO 28500)."""

from collections.abc import Iterable
from io import BytesIO

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from libs.fetcher.fetching import Exchange

VERSION = "WARC/1.1"
_UNPACKED_ON_THE_WAY = b"transfer-encoding"
"""Chunks are put together before anybody reads them; the header is kept under the name that archives use for that."""


def warc(exchanges: Iterable[Exchange], *, agent: str) -> bytes:
    """gzip, one member for each record. The bodies are as they came, still packed."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version=VERSION)
    writer.write_record(writer.create_warcinfo_record("simpul.warc.gz", {"software": agent, "format": VERSION}))
    for exchange in exchanges:
        at = {"WARC-Date": exchange.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")}
        answer = writer.create_warc_record(
            exchange.target.url,
            "response",
            payload=BytesIO(bytes(exchange.body.raw)),
            http_headers=StatusAndHeaders(
                f"{exchange.status} {exchange.phrase}".strip(), _pairs(exchange.headers), protocol="HTTP/1.1"
            ),
            warc_headers_dict=at | ({"WARC-Truncated": "length"} if exchange.body.truncated else {}),
        )
        question = writer.create_warc_record(
            exchange.target.url,
            "request",
            payload=BytesIO(),
            http_headers=StatusAndHeaders(
                f"GET {exchange.target.path} HTTP/1.1", _pairs(exchange.asked), is_http_request=True
            ),
            warc_headers_dict=at,
        )
        writer.write_request_response_pair(question, answer)
    return out.getvalue()


def _pairs(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[str, str]]:
    return [
        (f"X-Archive-Orig-{name.decode('latin-1')}" if name.lower() == _UNPACKED_ON_THE_WAY else name.decode("latin-1"),
         value.decode("latin-1"))
        for name, value in headers
    ]  # fmt: skip
