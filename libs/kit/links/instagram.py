"""Instagram: accounts, posts, reels, stories."""

import re

from libs.kit.hosts import names
from libs.kit.links.link import Link, WebAddress, at, not_content, opaque

BASE = "https://www.instagram.com"
_NAME = re.compile(r"(?!\.)(?!.*\.\.)[a-z0-9._]{1,30}(?<!\.)")
_MEDIA = {"p": ("post", "p"), "reel": ("reel", "reel"), "reels": ("reel", "reel"), "tv": ("tv", "tv")}
_CODE = re.compile(r"(?!audio\b)[\w-]{5,40}", re.ASCII | re.IGNORECASE)
_PAGES = names(
    "_n about accounts ads api ar audio challenge channel create developer direct directory download emails explore "
    "fxcal graphql guide help invites j jobs legal linkshim lite live locations nametag oauth popular press privacy "
    "push s session share static stories support tags terms topics web your_activity"
)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def read(link: Link) -> WebAddress:
    path = link.path
    if link.first() == "_u":
        # How the app is asked for an account.
        path = path[1:]
    match tuple(segment.lower() for segment in path):
        case ("_n", "profilepage", *_) if link.query.get("username"):
            return _profile(link.query["username"].lower())
        case ("s", _, *_):
            return opaque("instagram", path[1], f"{BASE}/s/{path[1]}")
        case ("share", *_, _) if len(path) > 1:
            id = "/".join(path[1:])
            return opaque("instagram", id, f"{BASE}/share/{id}")
        case ("stories", "highlights", id, *_) if id.isdecimal():
            return at("instagram", "highlight", id, f"{BASE}/stories/highlights/{id}")
        case ("stories", owner, id, *_) if id.isdecimal() and _NAME.fullmatch(owner):
            return at("instagram", "story", id, f"{BASE}/stories/{owner}/{id}")
        case ("stories", owner) if owner != "highlights":
            return _profile(owner)
        case ("j", _, *_):
            return at("instagram", "group_invite", path[1], f"{BASE}/j/{path[1]}")
        case ("channel", _, *_):
            return at("instagram", "channel", path[1], f"{BASE}/channel/{path[1]}")
        case ("p" | "reel" | "reels" | "tv" as form, _, *_) if _CODE.fullmatch(path[1]):
            return _media(form, path[1])
        case (_, "p" | "reel" | "reels" | "tv" as form, _, *_) if _CODE.fullmatch(path[2]):
            return _media(form, path[2])
        case (name, *_):
            return _profile(name)
    return not_content("instagram")


def read_short(link: Link) -> WebAddress:
    """`ig.me/m/kabar` opens a conversation with the account, `ig.me/j/…` a group."""
    match link.words():
        case ("j", _, *_):
            return at("instagram", "group_invite", link.path[1], f"{BASE}/j/{link.path[1]}")
        case ("m", name, *_):
            return _profile(name)
    return not_content("instagram")


def code_of(number: int) -> str:
    """A post's number as it stands in its address."""
    code = ""
    while number:
        number, digit = divmod(number, 64)
        code = _LETTERS[digit] + code
    return code


def _profile(name: str) -> WebAddress:
    if name in _PAGES or name in _MEDIA or not _NAME.fullmatch(name):
        return not_content("instagram")
    return at("instagram", "profile", name, f"{BASE}/{name}")


def _media(form: str, code: str) -> WebAddress:
    kind, path = _MEDIA[form]
    # A reel opens under /p/ as well: one namespace for all media.
    return at("instagram", kind, code, f"{BASE}/{path}/{code}", namespace="media")
