"""A partner as compared, from what stands in its fields or in a row of a file, as typed."""

import re
import unicodedata
from collections.abc import Iterable

from libs.kit import handles
from libs.kit.phones import NotAPhoneNumber, e164
from services.registry.doubles import names
from services.registry.doubles.scoring import Entry


def entry(
    id: str,
    name: str,
    *,
    kind: str | None = None,
    area: str = "",
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    accounts: Iterable[str] = (),
    decree: str = "",
    address: str = "",
    people: Iterable[str] = (),
) -> Entry:
    """
    Args:
        accounts: identity keys. What cannot be read as what it should be is left out.
    """
    return Entry(
        id=id,
        name=names.read(name, area or None),
        kind=kind or names.kind_by_name(name),
        area=area,
        phones=frozenset(filter(None, map(phone_key, phones))),
        emails=frozenset(email.strip().casefold() for email in emails if "@" in email),
        accounts=frozenset(accounts),
        decree=decree_key(decree),
        address=address_key(address),
        people=tuple(names.read(person) for person in people if person.strip()),
    )


def phone_key(typed: str) -> str:
    try:
        return e164(typed)
    except NotAPhoneNumber:
        return ""


def account_key(platform: str, handle: str) -> str:
    """Its identity, from a handle or an address; where no account can be called so, what was typed, for comparing."""
    typed = handle.strip()
    if not typed:
        return ""
    try:
        return handles.account(typed, platform.strip()).identity
    except handles.NotAnAccount:
        return f"{platform.strip().casefold()}:profile:{typed.lstrip('@').casefold()}"


_DECREE_WORDS = re.compile(r"\b(?:sk|surat keputusan|keputusan|nomor|no|tahun|th)\b\.?")


def decree_key(number: str) -> str:
    """Equal for "SK No. 400.14/12/2024" and "400.14 / 12 / 2024"."""
    text = _DECREE_WORDS.sub(" ", unicodedata.normalize("NFKC", number).casefold())
    return "/".join(re.findall(r"[a-z0-9]+", text))


_STREETS = {
    "jl": "jalan",
    "jln": "jalan",
    "gg": "gang",
    "kp": "kampung",
    "kmp": "kampung",
    "dsn": "dusun",
    "blk": "blok",
}
_UNSAID = frozenset(["no", "nomor", "rt", "rw"])


def address_key(address: str) -> str:
    """Equal for "Jl. Merdeka No. 7" and "Jalan Merdeka 7"."""
    text = re.findall(r"[a-z]+|\d+", unicodedata.normalize("NFKC", address).casefold())
    words = [_STREETS.get(word, word.lstrip("0") or "0") for word in text]
    kept = [word for word in words if word not in _UNSAID]
    # A street without a number is where many live.
    return " ".join(kept) if any(word.isdecimal() for word in kept) else ""
