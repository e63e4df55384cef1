"""Telegram: accounts and channels, their posts, invitations."""

import re

from libs.kit.hosts import names
from libs.kit.links.link import Link, WebAddress, at, not_content
from libs.kit.phones import NotAPhoneNumber, e164

BASE = "https://t.me"
_NAME = re.compile(r"[a-z](?!\w*__)\w{3,31}(?<!_)", re.ASCII)
_INVITE = re.compile(r"[\w-]{6,}", re.ASCII)
_PAGES = names(
    "addemoji addlist addstickers addtheme boost confirmphone contact giftcode invoice joinchat login proxy "
    "setlanguage share socks"
)


def read(link: Link) -> WebAddress:
    path = link.path
    if link.host == "web.telegram.org":
        # The web app names the account behind the #.
        named = re.search(r"(?:^|p=)@(\w+)(?:/(\d+))?", link.fragment)
        path = tuple(part for part in named.groups() if part) if named else ()
    elif link.host.endswith(".t.me"):
        path = (link.host.removesuffix(".t.me"), *path)
    match tuple(segment.lower().removeprefix("@") for segment in path):
        case ("c", channel, *_, post) if channel.isdecimal() and post.isdecimal() and len(path) > 2:
            return at("telegram", "post", f"c/{channel}:{post}", f"{BASE}/c/{channel}/{post}")
        case ("joinchat", _, *_):
            return _invite(path[1])
        case (invite,) if invite.startswith("+"):
            return _phone_or_invite(path[0][1:])
        case ("s", name, *rest) | (name, *rest) if name not in _PAGES and _NAME.fullmatch(name):
            # With a topic between, the post is the last number.
            if rest and rest[-1].isdecimal():
                return at("telegram", "post", f"{name}:{rest[-1]}", f"{BASE}/{name}/{rest[-1]}")
            return at("telegram", "profile", name, f"{BASE}/{name}")
    return not_content("telegram")


def _phone_or_invite(code: str) -> WebAddress:
    if not code.isdecimal():
        return _invite(code)
    try:
        number = e164(f"+{code}")
    except NotAPhoneNumber:
        return not_content("telegram")
    return at("telegram", "phone", number, f"{BASE}/{number}")


def _invite(code: str) -> WebAddress:
    if not _INVITE.fullmatch(code):
        return not_content("telegram")
    return at("telegram", "group_invite", code, f"{BASE}/+{code}")
