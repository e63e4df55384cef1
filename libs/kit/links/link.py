"""What a link is read from and what is said of it."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote

from libs.kit.hosts import NOT_AN_ADDRESS
from libs.kit.pages import MOST_FIELDS


class NotAnAddress(ValueError):
    """Not an http(s) address of a host on the web.

    Attributes:
        code: `url_userinfo` where something stands before the host, else `url_invalid`.
    """

    def __init__(self, code: str = NOT_AN_ADDRESS) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a link leads.

    Attributes:
        platform: facebook, instagram, tiktok, x, youtube, telegram, threads, whatsapp, or web for any other site.
        kind: what it is there: profile, post, video, shortlink, page…; `not_content` is neither account nor post.
        id: handle or id in the platform's namespace; empty for `not_content`.
        url: canonical form to show and store; empty for `not_content`.
        identity: equal for links to one thing, `platform:namespace:id`; empty for `not_content`. Account holds are kept
            under it for years: what a rule finds out later about sameness goes into `mark`.
        mark: as `identity`, and equal too where one post has addresses of several kinds, or one page a mobile, AMP or
            reading view.
        resolved: False for opaque share links, which two people may hold in different forms for one post.
    """

    platform: str
    kind: str
    id: str
    url: str
    identity: str
    mark: str
    resolved: bool = True

    @property
    def is_content(self) -> bool:
        return self.kind != "not_content"


@dataclass(frozen=True, slots=True)
class Link:
    """An address taken apart. `host` is without `www.`, `path` without empty segments and with `@` as itself."""

    host: str
    path: tuple[str, ...]
    query: dict[str, str]
    fragment: str = ""

    def first(self) -> str:
        return self.path[0].lower() if self.path else ""

    def words(self) -> tuple[str, ...]:
        """The path in lower case: what platforms compare. Ids are taken from `path`."""
        return tuple(segment.lower() for segment in self.path)

    def part(self, domain: str) -> str:
        """What stands before the domain in the host."""
        return self.host.removesuffix(domain).rstrip(".")


def link_of(parts: SplitResult) -> Link:
    return Link(bare_host(parts), segments(parts.path), query_of(parts.query), parts.fragment)


def bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def segments(path: str) -> tuple[str, ...]:
    return tuple(re.sub("%40", "@", segment) for segment in path.split("/") if segment)


def query_of(query: str) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(query, max_num_fields=MOST_FIELDS).items()}
    except ValueError as error:
        raise NotAnAddress from error


def opened_fragment(link: Link) -> Link:
    """Old applications keep their whole path behind `#!/`, as in `twitter.com/#!/kabar`."""
    if link.words() not in ((), ("home.php",)) or "@" in link.fragment or not re.match(r"!?/", link.fragment):
        return link
    path, _, query = link.fragment.lstrip("!").partition("?")
    return Link(link.host, segments(path), link.query | query_of(query))


def opened_escapes(link: Link) -> Link:
    """A whole address that was escaped once too often, `watch%3Fv%3Dabc`, or whose second part was."""
    path, query = link.path, dict(link.query)
    if path and re.search("%3f", path[-1], re.IGNORECASE):
        last, _, escaped = unquote(path[-1]).partition("?")
        path, query = (*path[:-1], *((last,) if last else ())), query | query_of(escaped)
    for name in list(query):
        value, _, rest = query[name].partition("&")
        if rest:
            query = query_of(rest) | query | {name: value}
    return Link(link.host, path, query, link.fragment)


def not_content(platform: str) -> WebAddress:
    return WebAddress(platform, "not_content", "", "", "", "")


def at(
    platform: str,
    kind: str,
    id: str,
    url: str,
    *,
    namespace: str | None = None,
    key: str | None = None,
    mark: str | None = None,
) -> WebAddress:
    """
    Args:
        mark: where the thing has addresses of several kinds: what they have in common.
    """
    identity = f"{platform}:{namespace or kind}:{key or id}"
    return WebAddress(platform, kind, id, url, identity, f"{platform}:{mark}" if mark else identity)


def opaque(platform: str, id: str, url: str) -> WebAddress:
    identity = f"{platform}:shortlink:{id}"
    return WebAddress(platform, "shortlink", id, url, identity, identity, resolved=False)
