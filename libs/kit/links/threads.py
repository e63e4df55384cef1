"""Threads: accounts and posts."""

import re

from libs.kit.links.link import Link, WebAddress, at, not_content

BASE = "https://www.threads.com"
_NAME = re.compile(r"@(?!\.)(?!.*\.\.)[a-z0-9._]{1,30}(?<!\.)")
_CODE = re.compile(r"[\w-]{5,40}", re.ASCII)


def read(link: Link) -> WebAddress:
    path = link.path
    match link.words():
        case (owner, "post", _, *_) if owner.startswith("@") and _CODE.fullmatch(path[2]):
            return at("threads", "post", path[2], f"{BASE}/{owner}/post/{path[2]}")
        case (_, "post", *_):
            return not_content("threads")
        case ("t", _, *_) if _CODE.fullmatch(path[1]):
            return at("threads", "post", path[1], f"{BASE}/t/{path[1]}")
        case (owner, *_) if _NAME.fullmatch(owner):
            return at("threads", "profile", owner[1:], f"{BASE}/{owner}")
    return not_content("threads")
