"""X, once Twitter: accounts, posts, spaces."""

import re

from libs.kit.hosts import names
from libs.kit.links.link import Link, WebAddress, at, not_content, opaque

BASE = "https://x.com"
_NAME = re.compile(r"\w{1,15}", re.ASCII)
_PAGES = names(
    "about account communities compose download en explore followers following grok hashtag home i intent jobs lists "
    "login logout mentions messages notifications oauth premium privacy search search-advanced settings share signup "
    "status statuses topics tos trends who_to_follow"
)


def read(link: Link) -> WebAddress:
    path, query = link.path, link.query
    if link.host in ("t.co", "pic.twitter.com", "pic.x.com"):
        return opaque("x", path[0], f"https://{link.host}/{path[0]}") if path else not_content("x")
    match link.words():
        case ("i", "spaces", _, *_):
            return at("x", "space", path[2], f"{BASE}/i/spaces/{path[2]}")
        case ("i", "web", "status", id, *_) | ("status" | "statuses", id, *_) if id.isdecimal():
            return at("x", "post", id, f"{BASE}/i/status/{id}")
        case ("embed", "tweet.html") if query.get("id", "").isdecimal():
            return at("x", "post", query["id"], f"{BASE}/i/status/{query['id']}")
        case ("i", "user", id, *_) if id.isdecimal():
            return _number(id)
        case ("intent", "user" | "follow", *_) if _NAME.fullmatch(query.get("screen_name", "")):
            return _profile(query["screen_name"].lower())
        case ("intent", "user" | "follow", *_) if query.get("user_id", "").isdecimal():
            return _number(query["user_id"])
        case (owner, "status" | "statuses" | "article", id, *_) if id.isdecimal() and _NAME.fullmatch(owner):
            return at("x", "post", id, f"{BASE}/{owner}/status/{id}")
        case (_, "status" | "statuses" | "article", *_):
            return not_content("x")
        case (name, *_) if name not in _PAGES and _NAME.fullmatch(name):
            return _profile(name)
    return not_content("x")


def _profile(name: str) -> WebAddress:
    return at("x", "profile", name, f"{BASE}/{name}")


def _number(id: str) -> WebAddress:
    return at("x", "profile_id", id, f"{BASE}/i/user/{id}")
