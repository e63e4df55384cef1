"""What a web address points at, read from the address alone.

Two links to the same post or account get the same identity key, whichever app, mirror or tracking tail they came with.
Nothing is ever fetched: an opaque share link stays unresolved (`resolved=False`) until the fetcher follows it.

Rules were read off the addresses the platforms make: one module per platform in `libs/kit/links`; an unknown site is a
plain web page (`libs/kit/pages.py`). Whether a host may be trusted at all says `libs/kit/hosts.py`.
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from url_normalize import url_normalize

from libs.kit.hosts import LONGEST_URL, USERINFO, is_under, names
from libs.kit.links.apps import opened_in_app
from libs.kit.links.link import (
    Link,
    NotAnAddress,
    WebAddress,
    link_of,
    not_content,
    opaque,
    opened_escapes,
    opened_fragment,
)
from libs.kit.links.platforms import platform_of, read
from libs.kit.links.wrappers import inside
from libs.kit.pages import folded, shown, without_entities

__all__ = ["NotAnAddress", "WebAddress", "as_pasted", "opened_in_app", "resolve"]

LONGEST_CHAIN = 3
"""Wrappers opened at most (a warning page around a redirect around a link); a deeper nest is left as it is."""

_SHORTENERS = names(
    "bit.ly s.id tinyurl.com cutt.ly goo.gl is.gd rb.gy ow.ly linktr.ee shorturl.at t.ly lnk.ink forms.gle "
    "maps.app.goo.gl bitly.ws bit.do tiny.cc rebrand.ly lnkd.in wa.link shope.ee s.shopee.co.id tokopedia.link gg.gg "
    "v.gd adf.ly ouo.io dub.sh amzn.to spoti.fi pin.it buff.ly dlvr.it trib.al ift.tt kutt.it short.gy tr.ee bitly.com "
    "g.co share.google search.app goo.su l.ead.me shrtco.de qr.ae redd.it sck.io "
    "s.lazada.co.id gofood.link a.co u.to x.gd clck.ru vk.cc"
)
_WALLS = {
    "google.com": names("search imgres"),
    "accounts.google.com": names("ServiceLogin signin v3 AccountChooser o"),
    "consent.google.com": names("m ml"),
    "linkedin.com": names("sharing shareArticle login authwall signup"),
    "line.me": names("R/share R/msg"),
    "reddit.com": names("submit login"),
    "pinterest.com": names("pin/create login"),
}
"""Searches, share buttons and log-ins of sites that are no platform here."""
_ARCHIVED = re.compile(r"(?:/web/\d{4,14}[a-z_]*)/(https?:/{1,2}.+)")
_OPENING = "<([{\"'“‘«*_~"
_CLOSING = ".,;:!?*~…>\"'”’»"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def resolve(raw: str) -> WebAddress:
    """The address behind a link as people paste it: scheme may be missing, tracking and wrappers are taken off.

    Raises:
        NotAnAddress: no host, a scheme that is neither http(s) nor an app's, user information in it, or longer than
            2,048 characters.
    """
    pasted = as_pasted(raw)
    url = opened_in_app(pasted) or pasted
    for _ in range(LONGEST_CHAIN):
        parts = _split(url)
        link = link_of(parts)
        inner = inside(link)
        if inner is None:
            break
        url = opened_in_app(inner) or inner
    platform = platform_of(link.host)
    return read(platform, opened_escapes(opened_fragment(link))) if platform else _page(parts, link)


def as_pasted(raw: str) -> str:
    """An address out of a message: without the brackets, quotes and full stops around it, armed and unescaped again."""
    text = raw.strip()
    if "[.]" in text or text[:4].lower() == "hxxp":
        text = re.sub(r"^hxxp", "http", text.replace("[.]", "."), flags=re.IGNORECASE)
    if re.match(r"https?%3a", text, re.IGNORECASE):
        text = unquote(text)
    bare = text.lstrip(_OPENING)
    opened = text[: len(text) - len(bare)]
    # What began as _emphasis_ ends so; a name may end with the sign as well.
    closing = _CLOSING + "".join(sign for sign in "_" if sign in opened)
    while bare and (bare[-1] in closing or bare.count(bare[-1]) > bare.count(_BRACKETS.get(bare[-1], bare[-1]))):
        bare = bare[:-1]
    # As browsers read it: "https:/kabar.example", "https//kabar.example".
    return re.sub(r"^(https?)(?::/?(?=[^/\d])|//)", r"\1://", bare, flags=re.IGNORECASE)


def _split(raw: str) -> SplitResult:
    text = without_entities(raw.strip())
    if not text or len(text) > LONGEST_URL or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise NotAnAddress
    if not re.match(r"(?i)[a-z][a-z0-9+.-]*:", text) or re.match(r"(?i)[a-z0-9.-]+:\d", text):
        text = f"https://{text.lstrip('/')}"
    # Behind # an application may read its path, which is not normalised: with escapes it would be another.
    text, _, fragment = text.partition("#")
    try:
        parts = urlsplit(url_normalize(text, default_scheme="https") or "")
        host = parts.hostname or ""
        # The port is parsed on access only.
        _ = parts.port
    except (ValueError, UnicodeError) as error:
        raise NotAnAddress from error
    if parts.username is not None:
        raise NotAnAddress(USERINFO)
    named = "." in host.strip(".") and not re.search(r"[^\w.-]", host)
    if parts.scheme not in ("http", "https") or not named:
        raise NotAnAddress
    return parts._replace(fragment=unquote(fragment))


def _page(parts: SplitResult, link: Link) -> WebAddress:
    if link.host in _SHORTENERS and link.path:
        path = "/" + "/".join(link.path)
        return opaque("web", f"{link.host}{path}", f"https://{link.host}{path}")
    asked = {*link.path[:1], "/".join(link.path[:2])}
    if any(is_under(link.host, domain) and asked & pages for domain, pages in _WALLS.items()):
        return not_content("web")
    whole = shown(parts)
    id = whole.removeprefix("www.")
    return WebAddress("web", "page", id, f"https://{whole}", f"web:page:{id}", _mark(parts, link))


def _mark(parts: SplitResult, link: Link) -> str:
    """A copy in the Internet Archive is of the page that it names."""
    archived = _ARCHIVED.match(parts.path) if link.host == "web.archive.org" else None
    if archived is None:
        return f"web:page:{folded(parts)}"
    original = re.sub(r"^(https?:)/+", r"\1//", archived[1]) + (f"?{parts.query}" if parts.query else "")
    try:
        return resolve(original).mark
    except NotAnAddress:
        return f"web:page:{folded(parts)}"
