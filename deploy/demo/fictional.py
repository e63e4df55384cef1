"""Checks that keep everything in the demo recognisably invented.

The demo is shown to real offices. A number that rings, an account that exists or a page that opens would turn a made-up
story into one about somebody, so what cannot be seen to be fictional is refused when the content is read.
"""

import re
from urllib.parse import urlsplit

PHONE = re.compile(r"\+62 812-0000-\d{4}")
"""One block of numbers for the whole demo; operators do not give out a block of zeros."""

HANDLES = {
    "facebook": re.compile(r"[a-z0-9.]{5,50}"),
    "instagram": re.compile(r"[a-z0-9._]{1,30}"),
    "telegram": re.compile(r"[a-z][a-z0-9_]{4,31}"),
    "threads": re.compile(r"[a-z0-9._]{1,30}"),
    "tiktok": re.compile(r"[a-z0-9._]{2,24}"),
    "x": re.compile(r"[a-z0-9_]{4,15}"),
    "youtube": re.compile(r"[a-z0-9._-]{3,30}"),
}
"""What each platform accepts as a handle, in lower case, so that the demo's accounts pass for accounts."""

MARK = "contoh"
"""Indonesian for "example". It stands in every handle and in the host of every private mail address."""


def invented_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" or not _is_reserved(parts.hostname or ""):
        raise ValueError("use https and a host under .example or example.org (RFC 2606)")
    return url


def invented_email(address: str) -> str:
    local, _, host = address.partition("@")
    if not local or not _is_reserved(host):
        raise ValueError("use an address under .example or example.org (RFC 2606)")
    return address


def invented_phone(number: str) -> str:
    if not PHONE.fullmatch(number):
        raise ValueError("use a number of the form +62 812-0000-1234")
    return number


def invented_handle(platform: str, handle: str) -> str:
    if not HANDLES[platform].fullmatch(handle):
        raise ValueError(f"{platform} would not accept this handle")
    if MARK not in handle:
        raise ValueError(f'put "{MARK}" into the handle, so that it is nobody\'s account')
    return handle


def _is_reserved(host: str) -> bool:
    return host.endswith((".example", ".example.org")) or host == "example.org"
