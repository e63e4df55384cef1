"""Pages that carry another address inside and lead on to it: warnings, redirects, embeds, AMP, caches, translations.

A share button and a log-in wall lead elsewhere: they are no content.
"""

import re

from libs.kit.hosts import is_under, names
from libs.kit.links.link import Link

_CARRIERS: dict[str, tuple[frozenset[str], str]] = {
    "l.facebook.com": (names("l.php"), "u"),
    "lm.facebook.com": (names("l.php"), "u"),
    "l.messenger.com": (names("l.php"), "u"),
    "facebook.com": (names("flx plugins l.php"), "u href"),
    "l.instagram.com": (frozenset({""}), "u"),
    "instagram.com": (names("linkshim"), "u"),
    "youtube.com": (names("redirect attribution_link oembed"), "q u url"),
    "google": (names("url"), "q url"),
    "translate.google": (names("translate website"), "u"),
    "l.threads.com": (frozenset({""}), "u"),
    "l.threads.net": (frozenset({""}), "u"),
    "l.wl.co": (names("l"), "u"),
    "t.me": (names("iv"), "url"),
    "x.com": (names("i/redirect"), "url"),
    "twitter.com": (names("i/redirect"), "url"),
    "vk.com": (names("away.php"), "to"),
    "tiktok.com": (names("link"), "target"),
    "duckduckgo.com": (names("l"), "uddg"),
    "out.reddit.com": (frozenset(), "url"),
    "linkedin.com": (names("redir safety"), "url"),
    "steamcommunity.com": (names("linkfilter"), "url u"),
    "safelinks.protection.outlook.com": (frozenset(), "url"),
}
"""Host, first segment of the path (none named: any), parameters that carry the address."""
_GOOGLE = re.compile(r"(?P<part>(?:[\w-]+\.)*)google\.(?:com|(?:com?\.)?[a-z]{2})")
_CACHED = re.compile(r"cache:(?:[\w-]{4,16}:)?(\S+)")
_AMP_TAIL = re.compile(r"amp_\w+|usqp|aoh|csi|amp")
_HOST = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}(?:[/?#:].*)?", re.IGNORECASE)


def inside(link: Link) -> str | None:
    """The address that a page carries, if it is of those."""
    if link.path and re.fullmatch(r"v\d+\.\d+", link.path[0]):
        link = Link(link.host, link.path[1:], link.query)
    google = _GOOGLE.fullmatch(link.host)
    if google and link.first() == "amp":
        return _of_path(link, 1)
    if is_under(link.host, "cdn.ampproject.org") and link.first() in ("c", "v", "i") and len(link.path) > 1:
        return _of_path(link, 1)
    if is_under(link.host, "translate.goog"):
        return _translated(link)
    if link.host == "webcache.googleusercontent.com" and (cached := _CACHED.match(link.query.get("q", ""))):
        return _with_scheme(cached[1])
    host = f"{google['part']}google" if google else link.host
    for domain, (pages, carriers) in _CARRIERS.items():
        asked = {link.first(), "/".join(link.path[:2]).lower()}
        is_carrier = is_under(host, domain) and (not pages or asked & pages)
        if is_carrier and (found := _carried(link, carriers, domain)) is not None:
            return found
    return None


def _carried(link: Link, carriers: str, domain: str) -> str | None:
    for name in carriers.split():
        address = link.query.get(name, "")
        if address.startswith(("http://", "https://")):
            return address
        if address.startswith("/") and not address.startswith("//") and "." in domain:
            return f"https://{domain}{address}"
        # "q" may be what somebody searched for.
        if name in ("u", "href") and _HOST.fullmatch(address):
            return f"https://{address}"
    return None


def _of_path(link: Link, start: int) -> str:
    secure = len(link.path) > start and link.path[start] == "s"
    path = "/".join(link.path[start + 1 if secure else start :])
    query = "&".join(f"{name}={value}" for name, value in link.query.items() if not _AMP_TAIL.fullmatch(name))
    return f"https://{path}" + (f"?{query}" if query else "")


def _translated(link: Link) -> str:
    host = link.host.removesuffix(".translate.goog").replace("--", "\0").replace("-", ".").replace("\0", "-")
    kept = "&".join(f"{name}={value}" for name, value in link.query.items() if not name.startswith("_x_tr_"))
    return f"https://{host}/{'/'.join(link.path)}" + (f"?{kept}" if kept else "")


def _with_scheme(address: str) -> str:
    return address if address.startswith(("http://", "https://")) else f"https://{address}"
