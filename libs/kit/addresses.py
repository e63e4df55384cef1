"""The web addresses in a text as people write, paste and disguise them.

With a scheme or `www.` everything up to a blank, a quote, a bar or a picture belongs to it. Without, a name counts by
its ending: a missing space after a full stop ("beli beras.Murah sekali") must not become a link.
"""

import re

from libs.kit.hosts import endings, names
from libs.kit.visible import without_invisible

LONGEST_ADDRESS = 2_048
"""Characters. Longer ones are cut by browsers and proxies; no platform makes them."""

# Signs that end an address: quotes and brackets of texts, bars, arrows, pictures, signs of East Asian writing. Dashes
# may stand in a path, and zero-width characters are taken out before.
_STOP = (
    r"\s<>\"`|{}“”‘’«»¡¿§¶"
    "\u2016-\u2025\u2027\u2030-\u205e\u2190-\u2bff\u2e00-\u2e39\u3000-\u3003\u3008-\u303f\ufe00-\ufe0f\ufe30-\ufe4f"
    "\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1e\uff1f\uff5c\U0001f000-\U0001faff\U000e0000-\U000e0fff"
)
_REST = f"[^{_STOP}]"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?+"
_ADDRESS = re.compile(
    rf"(?:https?://|www\.){_REST}{{1,2048}}"
    # A run of labels is taken whole or not at all, so that a long one costs its length once.
    rf"|(?<![^\W_])(?<![@.-])(?P<host>(?>{_LABEL}(?:\.{_LABEL})++))(?![@\w-])"
    rf"(?::\d{{1,5}}(?!\d))?(?P<tail>[/?#]{_REST}{{0,2048}})?",
    re.IGNORECASE,
)
_PERHAPS_ADDRESS = re.compile(r"[.:]\S")
"""In every address; most texts have none, and are spared the search at each of their letters."""
_GLUED = re.compile(r"(?<=[\w),;~])[,;]?(?=https?://)", re.IGNORECASE)
"""Two addresses without a blank between; behind `/` or `=` the second is part of the first."""
_TRAILING = ".,;:!?'*_~…–—"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_MOST_LABELS = 12

_PLAIN = names(
    "com net org id my sg me ly be gl gd cc co io tv to info biz tk ga cf ml gq ru cn pw ws us uk eu jp kr de fr nl au "
    "tw hk th vn ph br ai"
)
"""Endings of two letters, and the oldest, that make an address of a name alone. Others of two letters are words,
academic titles and units here ("pergi.ke", "M.Si", "5.kg"): they need a path."""
_WORDS = names(
    "audio auto bank bar bet blog bom bot cat dad data delta dental diet digital dog dot email fail film final fit "
    "forum gap global golf got gratis guru hospital hot hotel kim legal man map media memorial menu mini "
    "monster moto museum "
    "open pars pet pin plus poker prof pub radio rehab salon sport studio talk target tel total tube vet video visa "
    "yoga zero zone zip mov men new now one"
)
"""Endings that are words of a sentence here, or of a file's name: they need a path or a name that no sentence has."""
_CAPITAL_TOO = names("com net org id")
"""Endings that people write with a capital, as in Kompas.Com; any other with one begins a sentence."""
_SORTED = names("co com go or ac sch web my net org gov edu desa mil biz ponpes")


def addresses(text: str) -> list[str]:
    """The web addresses in a text, as written there, in order, each once.

    Characters without width are taken out; `hxxp://` and `[.]`, used by careful people to disarm a link, are read as
    the address they stand for.
    """
    armed = re.sub(r"\[\.\]|\(\.\)|\[dot\]", ".", without_invisible(text), flags=re.IGNORECASE)
    if not _PERHAPS_ADDRESS.search(armed):
        return []
    armed = re.sub(r"\bhxxp", "http", armed, flags=re.IGNORECASE)
    written = (_written(match) for match in _ADDRESS.finditer(armed))
    parts = (_without_trailing(part) for found in written for part in _GLUED.split(found))
    return list(dict.fromkeys(part for part in parts if part and len(part) <= LONGEST_ADDRESS))


def without_addresses(text: str) -> str:
    """The text with a blank for each address."""
    if not _PERHAPS_ADDRESS.search(text):
        return text
    return _ADDRESS.sub(_blanked, text)


def _blanked(match: re.Match[str]) -> str:
    written = _written(match)
    return " " + match.group()[len(written) :] if written else match.group()


def _written(match: re.Match[str]) -> str:
    """What of a find is an address: all, its host without the sentence that follows at once, or nothing."""
    host, tail = match["host"], match["tail"] or ""
    if host is None:
        return match.group()
    labels = host.split(".")
    # "detik.com.Terima kasih": a sentence that begins without a space.
    while not tail and len(labels) > 2 and labels[-1].lower() not in endings() and _begins_sentence(labels[-1]):
        labels.pop()
        if _is_name(labels, tail):
            return ".".join(labels)
    return match.group() if len(labels) == host.count(".") + 1 and _is_name(labels, tail) else ""


def _begins_sentence(label: str) -> bool:
    return label[:1].isupper() and not label.isupper()


def _is_name(labels: list[str], tail: str) -> bool:
    ending, name = labels[-1].lower(), labels[-2]
    if ending not in endings() or len(labels) > _MOST_LABELS:
        return False
    if len(tail) > 1:
        return len(name) > 1 or len(labels) > 2 or name.isalpha()
    if _begins_sentence(labels[-1]) and ending not in _CAPITAL_TOO:
        return False
    if name.isdecimal() or (len(name) == 1 and ending != "com" and len(labels) == 2):
        return False
    if ending in _PLAIN or (len(labels) > 2 and labels[-2].lower() in _SORTED):
        return True
    marked = "-" in name or any(character.isdecimal() for character in name) or len(labels) > 2
    return marked if ending in _WORDS else len(ending) > 2 or "-" in name


def _without_trailing(address: str) -> str:
    while address:
        last = address[-1]
        unopened = last in _BRACKETS and address.count(last) > address.count(_BRACKETS[last])
        if last not in _TRAILING and not unopened:
            break
        address = address[:-1]
    return address
