"""Hosts of web addresses: which cannot be what an office or a reader may be sent to, and which pose as another.

Read from the name alone: nothing is looked up, so a name that is given an inner address later passes. Whoever fetches
checks the address that it got once more.
"""

import ipaddress
import re
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

NOT_AN_ADDRESS = "url_invalid"
USERINFO = "url_userinfo"
"""`https://bank.example@evil.example`: what stands before the @ is read as the host, and is none."""
INNER = "url_inner"
"""This machine, its network or its cluster."""
LOOK_ALIKE = "url_look_alike"
"""The name imitates a host that people know."""

LONGEST_URL = 2_048

_ENDINGS = Path(__file__).with_name("data") / "endings" / "endings.txt"
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}\w)?|\w{1,63}")


def names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


_INNER_NAMES = names(
    "localhost local internal intranet lan home corp private localdomain home.arpa in-addr.arpa ip6.arpa "
    # Public names that lead to the machine of whoever asks, or to any address that they spell.
    "localtest.me lvh.me vcap.me lacolhost.com nip.io sslip.io xip.io"
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def refused_because(url: str) -> str | None:
    """Why an address must not be kept as a source or shown as a link, or None.

    One of `url_invalid` (no http(s) address of a host), `url_userinfo`, `url_inner` and `url_look_alike`. Without a
    scheme it is read as https, as browsers do.
    """
    text = url.strip()
    if not text or len(text) > LONGEST_URL or re.search(r"[\s\x00-\x1f\x7f\\]", text):
        return NOT_AN_ADDRESS
    if not re.match(r"(?i)[a-z][a-z0-9+.-]*:", text) or re.match(r"(?i)[a-z0-9.-]+:\d", text):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return NOT_AN_ADDRESS
    if parts.scheme.lower() not in ("http", "https"):
        return NOT_AN_ADDRESS
    if "@" in parts.netloc:
        return USERINFO
    host = parts.hostname or ""
    return _refused_host(host) if host else NOT_AN_ADDRESS


def _refused_host(raw: str) -> str | None:
    host = plain(raw)
    address = address_of(host)
    if address is not None:
        return None if is_outside(address) else INNER
    if any(host == name or host.endswith(f".{name}") for name in _INNER_NAMES):
        return INNER
    if (
        "." not in host
        or host.rsplit(".", 1)[-1].isdigit()
        or not all(_LABEL.fullmatch(label) for label in host.split("."))
    ):
        return NOT_AN_ADDRESS
    return LOOK_ALIKE if imitated(host) else None


def plain(host: str) -> str:
    """A host as a resolver reads it: lower case, ASCII dots and digits, without the root's dot; letters decoded."""
    folded = unicodedata.normalize("NFKC", host).replace("。", ".").lower().rstrip(".")
    return ".".join(_decoded(label) for label in folded.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def address_of(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The numeric address that a host is, as resolvers read numbers: 127.1, 2130706433, 0x7f.1, 0177.1."""
    if ":" in host:
        try:
            return ipaddress.IPv6Address(host.partition("%")[0])
        except ValueError:
            return None
    parts = host.split(".")
    if len(parts) > 4:
        return None
    numbers = [_number(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    *leading, last = (number or 0 for number in numbers)
    if any(number > 255 for number in leading) or last >= 256 ** (4 - len(leading)):
        return None
    return ipaddress.IPv4Address(sum(n << (24 - 8 * i) for i, n in enumerate(leading)) + last)


def _number(part: str) -> int | None:
    if re.fullmatch(r"0x[0-9a-f]{1,16}", part):
        return int(part, 16)
    if re.fullmatch(r"0[0-7]{1,22}", part):
        return int(part, 8)
    return int(part) if re.fullmatch(r"[0-9]{1,20}", part) else None


def is_outside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """On the public internet, also by what an IPv6 address carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_outside(inner)
    return address.is_global and not address.is_multicast


@cache
def endings() -> frozenset[str]:
    """The last labels under which names are registered, lower case."""
    return frozenset(_ENDINGS.read_text(encoding="utf-8").split())


WELL_KNOWN = names(
    "facebook.com fb.com fb.watch instagram.com whatsapp.com whatsapp.net wa.me tiktok.com youtube.com youtu.be "
    "youtube-nocookie.com twitter.com x.com telegram.org telegram.me telegram.dog t.me threads.com threads.net "
    "google.com gmail.com google.co.id tokopedia.com shopee.co.id gojek.com grab.com dana.id ovo.id bukalapak.com "
    "lazada.co.id "
    "bca.co.id klikbca.com bankmandiri.co.id bri.co.id bni.co.id btn.co.id bankbsi.co.id pln.co.id telkomsel.com "
    "pertamina.com kompas.com detik.com tempo.co liputan6.com tribunnews.com cnnindonesia.com antaranews.com "
    "turnbackhoax.id cekfakta.com"
)
"""Hosts that are imitated to rob people here. Never complete: a name outside is judged by its scripts alone."""
_OWN = names("fxtwitter.com vxtwitter.com whatsapp.biz facebook.net fbcdn.net")
_BRANDS = names("facebook instagram whatsapp tiktok youtube twitter")
"""Names that nobody else registers with honest intent."""
_OFFICIAL = ("go.id", "ac.id", "sch.id", "mil.id", "desa.id", "or.id", "co.id", "web.id")
_SECOND = names("co com go or ac sch web my net org gov edu desa mil biz ponpes")
_LOOKALIKE = str.maketrans("асеоруіјѕһԁԛԝкмтӏαονικρτυıɡɩ01357", "aceopyijshdqwkmtlaovikptuigiolest")


def imitated(host: str) -> str | None:
    """The well-known host that a host poses as, or its scripts' names where letters of several are mixed in a label."""
    host = plain(host)
    if any(is_under(host, known) for known in WELL_KNOWN | _OWN):
        return None
    mixed = next((label for label in host.split(".") if _mixes_scripts(label)), None)
    if mixed is not None:
        return mixed
    registered = registered_name(host)
    before = host[: -len(registered)].rstrip(".") if host != registered else ""
    carried = _carried(before, registered)
    if carried is not None:
        return carried
    name, _, ending = registered.partition(".")
    skeleton = _plain_letters(name).translate(_LOOKALIKE).replace("rn", "m").replace("vv", "w")
    for known in WELL_KNOWN:
        known_name, _, known_ending = known.partition(".")
        posing = skeleton == known_name and name != known_name and (len(name) > 2 or not name.isascii())
        if posing and (ending == known_ending or known_name in _BRANDS or not name.isascii()):
            return known
    for brand in sorted(_BRANDS):
        if brand in (*name.split("-"), name.replace("-", "")) or (ending == "com" and _one_apart(name, brand)):
            return f"{brand}.com"
    # A word of another script that is made only of letters which look like ours, under an ending of ours.
    return skeleton if _is_disguise(name, skeleton) and ending.isascii() else None


def disguised(name: str) -> bool:
    """Whether a name of lower-case letters mixes scripts that look alike, or is made only of letters that look like
    ours."""
    return _mixes_scripts(name) or _is_disguise(name, _plain_letters(name).translate(_LOOKALIKE))


def _is_disguise(name: str, skeleton: str) -> bool:
    return not re.search(r"[a-z]", name) and not name.isascii() and skeleton.isascii() and skeleton.isalpha()


def _plain_letters(name: str) -> str:
    """Without accents: ţ for t."""
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))


def registered_name(host: str) -> str:
    """What somebody registered: the ending (of two labels where a country sorts its names by kind) and one label."""
    labels = host.split(".")
    kept = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND else 2
    return ".".join(labels[-kept:])


def _carried(before: str, registered: str) -> str | None:
    """A well-known host, or an ending for offices, that stands where it does not count: before the registered name."""
    posed = f".{before}.{registered}" if before else f".{registered}"
    if before and (begun := next((known for known in WELL_KNOWN if posed[1:].startswith(f"{known}.")), None)):
        return begun
    for known in sorted(WELL_KNOWN):
        if len(known) > 5 and (f".{known}." in posed or f".{known}-" in posed):
            return known
    return next((ending for ending in _OFFICIAL if f".{ending}." in posed or f".{ending}-" in posed), None)


def _mixes_scripts(label: str) -> bool:
    scripts = {unicodedata.name(c, "").split(" ")[0] for c in label if c.isalpha()}
    # Japanese and Korean names are written in several scripts, with Latin among them.
    latin = "LATIN" in scripts and scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}
    return bool(latin) or len(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC"}) > 1


def _one_apart(name: str, brand: str) -> bool:
    """One letter put in, left out, changed or swapped with its neighbour."""
    if name == brand or len(brand) < 7 or abs(len(name) - len(brand)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(name, brand, strict=False)) if a != b), min(len(name), len(brand)))
    rest, wanted = name[start:], brand[start:]
    swapped = rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:]
    return rest[1:] == wanted[1:] or rest == wanted[1:] or rest[1:] == wanted or swapped


def is_under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
