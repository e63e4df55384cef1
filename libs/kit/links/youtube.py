"""YouTube: videos, channels under their three kinds of name, playlists."""

import re
from urllib.parse import unquote

from libs.kit.hosts import names
from libs.kit.links.link import Link, WebAddress, at, not_content, opaque

BASE = "https://www.youtube.com"
_VIDEO = re.compile(r"([\w-]{11})(?:[&?].*)?", re.ASCII)
_CHANNEL = re.compile(r"UC[\w-]{22}", re.ASCII)
_LIST = re.compile(r"[\w-]{2,}", re.ASCII)
_HANDLE = re.compile(r"@\w(?:[\w.·-]{1,28})\w")
_CUSTOM = re.compile(r"[^\W_][\w.-]{0,99}")
_PAGES = names(
    "about account ads api attribution attribution_link audiolibrary c channel clip copyright courses creators e embed "
    "fashion feed gaming get_video_info handle hashtag howyoutubeworks iframe_api jobs kids learning live "
    "live_chat live_dashboard login logout movies music my_videos news oembed paid_memberships playables player "
    "playlist podcasts post premium press redirect reporthistory results s share shopping shorts show signin source "
    "sports static store subscription_center supported_browsers t trending tv upload user v vi watch yt"
)


_NOTHING = not_content("youtube")


def read(link: Link) -> WebAddress:
    path, query = link.path, link.query
    if link.host == "studio.youtube.com":
        # Whoever runs a channel sees its number there, and nothing else of it that others could open.
        return _channel(path[1]) if link.first() == "channel" and _CHANNEL.fullmatch("".join(path[1:2])) else _NOTHING
    video = query.get("v", "")
    if link.host in ("youtu.be", "koutu.be"):
        video = path[0] if path else ""
    elif link.first() in ("shorts", "live", "embed", "v", "e", "watch") and len(path) > 1:
        video = path[1]
    if (found := _VIDEO.fullmatch(video)) and video not in ("videoseries", "live_stream"):
        return at("youtube", "video", found[1], f"{BASE}/watch?v={found[1]}")
    match link.words():
        case ("post", _, *_):
            return _post(path[1])
        case ("channel", _, "community", *_) if query.get("lb"):
            return _post(query["lb"])
        case ("clip", _, *_):
            return opaque("youtube", f"clip/{path[1]}", f"{BASE}/clip/{path[1]}")
        case ("playlist",) | ("embed", "videoseries") if _LIST.fullmatch(query.get("list", "")):
            return at("youtube", "playlist", query["list"], f"{BASE}/playlist?list={query['list']}")
        case ("embed", "live_stream") if _CHANNEL.fullmatch(query.get("channel", "")):
            return _channel(query["channel"])
        case ("channel", _, *_) if _CHANNEL.fullmatch(path[1]):
            return _channel(path[1])
        case ("user", name, *_) if _CUSTOM.fullmatch(name):
            return at("youtube", "legacy_user", name, f"{BASE}/user/{name}")
        case ("c", name, *_) if _CUSTOM.fullmatch(name):
            return at("youtube", "custom_name", name, f"{BASE}/c/{name}")
        case (handle, *_) if handle.startswith("@"):
            return _handle(handle)
        case (name, *_) if link.host not in ("youtu.be", "koutu.be") and name not in _PAGES and _CUSTOM.fullmatch(name):
            return at("youtube", "custom_name", name, f"{BASE}/c/{name}")
    return not_content("youtube")


def _handle(handle: str) -> WebAddress:
    """Letters of other scripts stay escaped: keys are ASCII."""
    if not _HANDLE.fullmatch(unquote(handle).lower()):
        return not_content("youtube")
    return at("youtube", "profile", handle[1:], f"{BASE}/{handle}")


def _channel(id: str) -> WebAddress:
    return at("youtube", "channel_id", id, f"{BASE}/channel/{id}")


def _post(id: str) -> WebAddress:
    return at("youtube", "post", id, f"{BASE}/post/{id}")
