"""The posts and pages that a report points to, by marks that are equal for every form of one address."""

from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256

from libs.kit.urls import NotAnAddress, resolve

WHOLE = frozenset(
    {
        "profile", "profile_id", "group", "group_invite", "channel", "channel_id", "custom_name", "legacy_user",
        "phone", "playlist", "not_content", "site_root",
    }
)  # fmt: skip
"""Kinds of address at which many claims are found."""
MOST_LINKS = 10


def posts_of(urls: Iterable[str]) -> list[str]:
    """A whole account or site is no claim and has no mark. A mark does not tell the address."""
    found = []
    for url in dict.fromkeys(urls):
        with suppress(NotAnAddress):
            address = resolve(url)
            is_site = address.kind == "page" and "/" not in address.id and "?" not in address.id
            if address.kind not in WHOLE and not is_site:
                found.append(f"link:{sha256(address.mark.encode()).hexdigest()[:24]}")
    return found[:MOST_LINKS]
