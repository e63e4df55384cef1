"""TikTok: accounts, videos, series of photos."""

import re

from libs.kit.links.link import Link, WebAddress, at, not_content, opaque

BASE = "https://www.tiktok.com"
_NAME = re.compile(r"@[a-z0-9._]{2,24}(?<!\.)")


def read(link: Link) -> WebAddress:
    path = link.path
    if link.host in ("vt.tiktok.com", "vm.tiktok.com"):
        return opaque("tiktok", path[0], f"https://{link.host}/{path[0]}") if path else not_content("tiktok")
    match link.words():
        case ("t", _, *_):
            return opaque("tiktok", path[1], f"{BASE}/t/{path[1]}")
        case (owner, "video" | "photo" as kind, id, *_) if owner.startswith("@") and id.isdecimal():
            # A series of photos opens as a video as well.
            return at("tiktok", kind, id, f"{BASE}/{owner}/{kind}/{id}", mark=f"video:{id}")
        case (owner, "story", id, *_) if _NAME.fullmatch(owner) and id.isdecimal():
            return at("tiktok", "story", id, f"{BASE}/{owner}/story/{id}", mark=f"video:{id}")
        case (owner, "playlist", name, *_) if _NAME.fullmatch(owner) and (
            found := re.search(r"(?:^|-)(\d{9,})$", name)
        ):
            return at("tiktok", "playlist", found[1], f"{BASE}/{owner}/playlist/{path[2]}")
        case ("share" | "embed" | "v" | "player" | "video" | "i18n", *_, last) if (
            id := last.removesuffix(".html")
        ).isdecimal():
            # The owner is not in the link; TikTok opens the video under any name.
            return at("tiktok", "video", id, f"{BASE}/@/video/{id}")
        case (_, "video" | "photo", *_):
            return not_content("tiktok")
        case (owner, *_) if _NAME.fullmatch(owner):
            return at("tiktok", "profile", owner[1:], f"{BASE}/{owner}")
    return not_content("tiktok")
