"""One page under several addresses: tracking tails, the order of parameters, mobile hosts, AMP and reading views.

Read off the addresses alone. Where a site lets one of these names choose the page, two pages become one: a name comes
in only where that would be odd.
"""

import re
from urllib.parse import SplitResult, parse_qsl, quote, urlencode

from libs.kit.hosts import registered_name

MOST_FIELDS = 100
"""Parameters that are read; no page needs more."""

_TRACKING = re.compile(
    r"(?:utm|hsa|mtm|piwik|matomo|_hs|_x_tr|gad)_\w+|fb_(?:action_\w+|ref|source)|pk_(?:campaign|kwd|source|medium)"
    r"|at_(?:medium|campaign|ptr_name|link_\w+|custom\d)"
    r"|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|ttclid|twclid|igshid|igsh|si|mibextid|ref_src|ref_url|ref|referrer"
    r"|mc_cid|mc_eid|_rdc|_rdr|yclid|ysclid|msclkid|li_fat_id|epik|scid|_ga|_gl|_gac|_hsenc|_hsmi|srsltid|usp|ouid|rtpof"
    r"|spm|cmpid|xtor|share_id|__tn__|__cft__\S*|__twitter_impression|sfnsn|wtsid|rdid|share_url|_branch_match_id",
    re.IGNORECASE,
)
_VIEWS = {
    "page": {"all"}, "showpage": {"all"}, "view": {"all", "amp", "mobile", "print"}, "output": {"amp", "1", "print"},
    "outputtype": {"amp"}, "amp": {"", "1", "true"}, "m": {"0", "1"}, "mobile": {"1", "true"}, "print": {"1", "true"},
    "singlepage": {"1", "true"}, "single": {"1", "true"}, "fullpage": {"1", "true"}, "device": {"mobile", "desktop"},
}  # fmt: skip
"""Parameters that choose how one page is shown."""
_OTHER_HOSTS = ("www.", "m.", "mobile.", "touch.", "wap.", "amp.")
_FRAGMENT_PAGE = re.compile(r"[/!]|gid=\d|slide=|[\w-]+/")
"""A fragment that an application reads as a path, or a sheet of a table; any other is a place on the page."""
_GOOGLE_FILE = re.compile(r"/(document|spreadsheets|presentation|forms|file|drawings)/(?:u/\d+/)?d/((?:e/)?[\w-]+)")


def without_entities(url: str) -> str:
    """Copied out of the source of a page, `&` is `&amp;`, more than once where it was copied twice."""
    while (plain := re.sub(r"&(?:amp|#38|#x26);", "&", url, flags=re.IGNORECASE)) != url:
        url = plain
    return url


def shown(parts: SplitResult) -> str:
    """Without scheme, tracking and places on the page; the order of what is left stays."""
    query = urlencode([(n, v) for n, v in _pairs(parts.query) if not _TRACKING.fullmatch(n)], quote_via=quote)
    # An address within the path, as archives have it, lost a stroke when double ones were folded.
    path = re.sub(r"(?<=/)(https?:)/(?=[^/])", r"\1//", parts.path.rstrip("/"))
    return f"{_netloc(parts)}{path}" + (f"?{query}" if query else "") + _page_fragment(parts)


def folded(parts: SplitResult) -> str:
    """Equal for two addresses of one page."""
    host, colon, port = _netloc(parts).partition(":")
    if google := _google_file(host, parts):
        return google
    query = sorted(
        (name, value)
        for name, value in _pairs(parts.query)
        if not _TRACKING.fullmatch(name) and value.lower() not in _VIEWS.get(name.lower(), ())
    )
    encoded = urlencode(query, quote_via=quote)
    path = _plain_path(parts.path, asked=bool(query))
    return f"{_plain_host(host)}{colon}{port}{path}" + (f"?{encoded}" if encoded else "") + _page_fragment(parts)


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    return f"{host}:{parts.port}" if parts.port not in (None, 80, 443) else host


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, max_num_fields=MOST_FIELDS)


def _plain_host(host: str) -> str:
    kept = registered_name(host)
    while host != kept and host.startswith(_OTHER_HOSTS):
        host = host.partition(".")[2]
    # Blogger sends each country to an ending of its own.
    return re.sub(r"\.blogspot\.[a-z.]{2,6}$", ".blogspot.com", host)


def _plain_path(path: str, *, asked: bool) -> str:
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    path = re.sub(r"/(?:amp|amp\.html)$|\.amp(?=\.html$|$)", "", path)
    path = re.sub(r"^/amp(?=/.)", "", path)
    return re.sub(r"/index\.(?:html?|php)$" if not asked else r"/index\.html?$", "", path)


def _page_fragment(parts: SplitResult) -> str:
    return f"#{parts.fragment}" if _FRAGMENT_PAGE.match(parts.fragment) else ""


def _google_file(host: str, parts: SplitResult) -> str | None:
    """A document has one number, whether it is opened to read, to edit or to fill in; a table has sheets."""
    if host not in ("docs.google.com", "drive.google.com"):
        return None
    query = dict(_pairs(parts.query))
    found = _GOOGLE_FILE.match(parts.path)
    if found is None:
        return f"drive.google.com/file/d/{query['id']}" if parts.path in ("/open", "/uc") and query.get("id") else None
    sheet = re.search(r"gid=(\d+)", f"{parts.fragment}&{parts.query}")
    return f"{host}/{found[1]}/d/{found[2]}" + (f"#gid={sheet[1]}" if sheet else "")
