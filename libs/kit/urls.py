"""What a web address points at, read from the address alone.

Two links to the same post or account get the same identity key, whichever app, mirror or tracking tail they came with.
Nothing is ever fetched: an opaque share link stays unresolved (`resolved=False`) until the fetcher follows it.

Rules were read off the addresses the platforms make, one set per platform; an unknown site is a plain web page.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from url_normalize import url_normalize
from w3lib.url import url_query_cleaner

LONGEST_URL = 2_048
LONGEST_CHAIN = 3
"""Wrappers opened at most (a warning page around a redirect around a link); a deeper nest is left as it is."""


class NotAnAddress(ValueError):
    """Not an http(s) address of a host on the web."""

    code = "url_invalid"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """Where a link leads.

    Attributes:
        platform: facebook, instagram, tiktok, x, youtube, telegram, threads, whatsapp, or web for any other site.
        kind: what it is there: profile, post, video, shortlink, page…; `not_content` is neither account nor post.
        id: handle or id in the platform's namespace; empty for `not_content`.
        url: canonical form to show and store; empty for `not_content`.
        identity: equal for links to one thing, `platform:namespace:id`; empty for `not_content`.
        resolved: False for opaque share links, which two people may hold in different forms for one post.
    """

    platform: str
    kind: str
    id: str
    url: str
    identity: str
    resolved: bool = True

    @property
    def is_content(self) -> bool:
        return self.kind != "not_content"


@dataclass(frozen=True, slots=True)
class _Link:
    host: str
    path: tuple[str, ...]
    query: dict[str, str]

    def first(self) -> str:
        return self.path[0].lower() if self.path else ""


def _names(spaced: str) -> frozenset[str]:
    return frozenset(spaced.split())


def resolve(raw: str) -> WebAddress:
    """The address behind a link as people paste it: scheme may be missing, tracking and wrappers are taken off.

    Raises:
        NotAnAddress: no host, another scheme than http(s), user information in it, or longer than 2,048 characters.
    """
    url = raw
    for _ in range(LONGEST_CHAIN):
        parts = _split(url)
        link = _Link(_bare_host(parts), _segments(parts.path), _query(parts))
        inner = _wrapped(link)
        if inner is None:
            break
        url = inner
    read = next((read for domain, read in _PLATFORMS.items() if _is_under(link.host, domain)), None)
    return read(link) if read else _page(parts)


def _split(raw: str) -> SplitResult:
    text = raw.strip()
    if not text or len(text) > LONGEST_URL or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise NotAnAddress
    if not re.match(r"(?i)[a-z][a-z0-9+.-]*:", text) or re.match(r"(?i)[a-z0-9.-]+:\d", text):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(url_normalize(text, default_scheme="https") or "")
        host = parts.hostname or ""
        # The port is parsed on access only.
        _ = parts.port
    except (ValueError, UnicodeError) as error:
        raise NotAnAddress from error
    named = "." in host.strip(".") and not re.search(r"[^\w.-]", host)
    if parts.scheme not in ("http", "https") or not named or parts.username is not None:
        raise NotAnAddress
    return parts


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.split("/") if segment)


def _query(parts: SplitResult) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=100).items()}


def _is_under(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


_WRAPPERS: dict[str, tuple[frozenset[str], str]] = {
    "l.facebook.com": (_names("l.php"), "u"),
    "lm.facebook.com": (_names("l.php"), "u"),
    "facebook.com": (_names("flx plugins sharer sharer.php share.php login login.php l.php"), "u href next"),
    "l.instagram.com": (frozenset({""}), "u"),
    "instagram.com": (_names("accounts"), "next"),
    "youtube.com": (_names("redirect attribution_link oembed"), "q u url"),
    "google.com": (_names("url amp"), "q url"),
    "l.threads.com": (frozenset({""}), "u"),
    "l.threads.net": (frozenset({""}), "u"),
}


def _wrapped(link: _Link) -> str | None:
    """The address that a warning, redirect, log-in or embed page carries inside."""
    for domain, (pages, names) in _WRAPPERS.items():
        if _is_under(link.host, domain) and link.first() in pages:
            for name in names.split():
                inner = link.query.get(name, "")
                if inner.startswith(("http://", "https://")):
                    return inner
                if inner.startswith("/") and not inner.startswith("//"):
                    return f"https://{domain}{inner}"
    return None


def _not_content(platform: str) -> WebAddress:
    return WebAddress(platform, "not_content", "", "", "")


def _at(
    platform: str, kind: str, id: str, url: str, *, namespace: str | None = None, key: str | None = None
) -> WebAddress:
    return WebAddress(platform, kind, id, url, f"{platform}:{namespace or kind}:{key or id}")


def _opaque(platform: str, id: str, url: str) -> WebAddress:
    return WebAddress(platform, "shortlink", id, url, f"{platform}:shortlink:{id}", resolved=False)


_DIGITS = re.compile(r"\d{5,}")
_FACEBOOK_POST_ID = re.compile(r"pfbid\w+|\d{5,}")
_FACEBOOK_NAME = re.compile(r"[A-Za-z0-9.]{2,}")
_FACEBOOK_PAGES = _names(
    "ads hashtag marketplace gaming help policies privacy settings login recover search notes games fundraisers "
    "business legal terms careers dialog tr messages friends bookmarks pages plugins flx sharer sharer.php l.php "
    "stories media groups events watch live video videos photo photos posts reel reels share people p public "
    "home.php"
)


def _facebook(link: _Link) -> WebAddress:
    path, query = link.path, link.query
    if link.host in ("fb.watch", "fb.me"):
        return _opaque("facebook", path[0], f"https://{link.host}/{path[0]}") if path else _not_content("facebook")
    match tuple(segment.lower() for segment in path):
        case ("share", _):
            return _opaque("facebook", path[1], f"https://www.facebook.com/share/{path[1]}")
        case ("share", form, _, *_):
            return _opaque("facebook", f"{form}/{path[2]}", f"https://www.facebook.com/share/{form}/{path[2]}")
        case ("reel" | "reels", id, *_) if _DIGITS.fullmatch(id):
            return _at("facebook", "reel", id, f"https://www.facebook.com/reel/{id}")
        case ("watch" | "video.php", *_) | ("video", "video.php") if query.get("v"):
            return _facebook_video(query["v"])
        case ("photo" | "photo.php", *_) if query.get("fbid"):
            return _facebook_photo(query["fbid"])
        case ("permalink.php" | "story.php", *_) if query.get("story_fbid") and query.get("id"):
            return _facebook_post(query["id"], query["story_fbid"])
        case ("profile.php", *_) if query.get("id"):
            return _facebook_number(query["id"])
        case ("people" | "pages", _, id, *_) if _DIGITS.fullmatch(id):
            return _facebook_number(id)
        case ("p", name, *_) if numbered := re.search(r"-(\d{9,})$", name):
            return _facebook_number(numbered[1])
        case ("groups", group, "posts" | "permalink", _, *_):
            return _facebook_group_post(group, path[3])
        case ("groups", group) if query.get("multi_permalinks"):
            return _facebook_group_post(group, query["multi_permalinks"])
        case ("groups", group, *_):
            return _at("facebook", "group", group, f"https://www.facebook.com/groups/{group}")
        case ("events", *rest) if rest and _DIGITS.fullmatch(rest[-1]):
            return _at("facebook", "event", rest[-1], f"https://www.facebook.com/events/{rest[-1]}")
        case ("video" | "videos", *_, id) | (_, "videos", *_, id) if _DIGITS.fullmatch(id):
            return _facebook_video(id)
        case (_, "photos", *_, id) if _DIGITS.fullmatch(id):
            return _facebook_photo(id)
        case (owner, "posts", *_, _) if len(path) > 2 and _FACEBOOK_POST_ID.fullmatch(path[-1]):
            return _facebook_post(owner, path[-1])
        case (name, *_) if name not in _FACEBOOK_PAGES:
            return _facebook_profile(name)
    return _not_content("facebook")


def _facebook_profile(name: str) -> WebAddress:
    if _DIGITS.fullmatch(name):
        return _facebook_number(name)
    # Old pages carried their number after a name that may be changed.
    if numbered := re.fullmatch(r".+-(\d{9,})", name):
        return _facebook_number(numbered[1])
    if not _FACEBOOK_NAME.fullmatch(name) or name.endswith(".php"):
        return _not_content("facebook")
    # Facebook reads a name without its dots.
    return _at("facebook", "profile", name, f"https://www.facebook.com/{name}", key=name.replace(".", ""))


def _facebook_number(id: str) -> WebAddress:
    return _at("facebook", "profile_id", id, f"https://www.facebook.com/profile.php?id={id}")


def _facebook_post(owner: str, id: str) -> WebAddress:
    return _at("facebook", "post", f"{owner}:{id}", f"https://www.facebook.com/{owner}/posts/{id}")


def _facebook_group_post(group: str, id: str) -> WebAddress:
    return _at("facebook", "group_post", f"{group}:{id}", f"https://www.facebook.com/groups/{group}/posts/{id}")


def _facebook_video(id: str) -> WebAddress:
    return _at("facebook", "video", id, f"https://www.facebook.com/watch/?v={id}")


def _facebook_photo(id: str) -> WebAddress:
    return _at("facebook", "photo", id, f"https://www.facebook.com/photo/?fbid={id}")


_INSTAGRAM_NAME = re.compile(r"[a-z0-9._]{1,30}")
_INSTAGRAM_MEDIA = {"p": ("post", "p"), "reel": ("reel", "reel"), "reels": ("reel", "reel"), "tv": ("tv", "tv")}
_INSTAGRAM_PAGES = _names("explore accounts about legal directory developer web direct stories s share")


def _instagram(link: _Link) -> WebAddress:
    path = link.path
    base = "https://www.instagram.com"
    match tuple(segment.lower() for segment in path):
        case ("s", _, *_):
            return _opaque("instagram", path[1], f"{base}/s/{path[1]}")
        case ("share", *_, _) if len(path) > 1:
            id = "/".join(path[1:])
            return _opaque("instagram", id, f"{base}/share/{id}")
        case ("stories", "highlights", id, *_):
            return _at("instagram", "highlight", id, f"{base}/stories/highlights/{id}")
        case ("stories", owner, id, *_):
            return _at("instagram", "story", id, f"{base}/stories/{owner}/{id}")
        case ("p" | "reel" | "reels" | "tv" as form, _, *_) if _is_media_code(path[1]):
            return _instagram_media(form, path[1])
        case (_, "p" | "reel" | "reels" | "tv" as form, _, *_) if _is_media_code(path[2]):
            return _instagram_media(form, path[2])
        case (name, *_) if name not in _INSTAGRAM_PAGES | _INSTAGRAM_MEDIA.keys() and _INSTAGRAM_NAME.fullmatch(name):
            return _at("instagram", "profile", name, f"{base}/{name}")
    return _not_content("instagram")


def _is_media_code(segment: str) -> bool:
    return re.fullmatch(r"[\w-]{5,40}", segment, re.ASCII) is not None


def _instagram_media(form: str, code: str) -> WebAddress:
    kind, path = _INSTAGRAM_MEDIA[form]
    # A reel opens under /p/ as well: one namespace for all media.
    return _at("instagram", kind, code, f"https://www.instagram.com/{path}/{code}", namespace="media")


def _tiktok(link: _Link) -> WebAddress:
    path = link.path
    base = "https://www.tiktok.com"
    if link.host in ("vt.tiktok.com", "vm.tiktok.com"):
        return _opaque("tiktok", path[0], f"https://{link.host}/{path[0]}") if path else _not_content("tiktok")
    match tuple(segment.lower() for segment in path):
        case ("t", _, *_):
            return _opaque("tiktok", path[1], f"{base}/t/{path[1]}")
        case (owner, "video" | "photo" as kind, id, *_) if owner.startswith("@") and id.isdecimal():
            return _at("tiktok", kind, id, f"{base}/{owner}/{kind}/{id}")
        case ("share" | "embed" | "v" | "player", *_, last) if (id := last.removesuffix(".html")).isdecimal():
            # The owner is not in the link; TikTok opens the video under any name.
            return _at("tiktok", "video", id, f"{base}/@/video/{id}")
        case (owner, *_) if re.fullmatch(r"@[a-z0-9._]{2,24}", owner):
            return _at("tiktok", "profile", owner[1:], f"{base}/{owner}")
    return _not_content("tiktok")


_X_PAGES = _names("home explore search hashtag intent share i settings login signup tos privacy notifications")


def _x(link: _Link) -> WebAddress:
    path = link.path
    if link.host == "t.co":
        return _opaque("x", path[0], f"https://t.co/{path[0]}") if path else _not_content("x")
    match tuple(segment.lower() for segment in path):
        case ("i", "spaces", _, *_):
            return _at("x", "space", path[2], f"https://x.com/i/spaces/{path[2]}")
        case ("i", "web", "status", id, *_) if id.isdecimal():
            return _at("x", "post", id, f"https://x.com/i/status/{id}")
        case (owner, "status" | "statuses", id, *_) if id.isdecimal():
            return _at("x", "post", id, f"https://x.com/{owner}/status/{id}")
        case (name, *_) if name not in _X_PAGES and re.fullmatch(r"\w{1,20}", name, re.ASCII):
            return _at("x", "profile", name, f"https://x.com/{name}")
    return _not_content("x")


_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_YOUTUBE_PAGES = _names(
    "watch feed hashtag results playlist shorts live embed v e channel c user redirect about t premium gaming"
)


def _youtube(link: _Link) -> WebAddress:
    path, query = link.path, link.query
    base = "https://www.youtube.com"
    video = query.get("v", "")
    if link.host == "youtu.be":
        video = path[0] if path else ""
    elif link.first() in ("shorts", "live", "embed", "v", "e") and len(path) > 1:
        video = path[1]
    if _YOUTUBE_ID.fullmatch(video):
        return _at("youtube", "video", video, f"{base}/watch?v={video}")
    match tuple(segment.lower() for segment in path):
        case ("playlist", *_) if query.get("list"):
            return _at("youtube", "playlist", query["list"], f"{base}/playlist?list={query['list']}")
        case ("channel", _, *_):
            return _at("youtube", "channel_id", path[1], f"{base}/channel/{path[1]}")
        case ("user", name, *_):
            return _at("youtube", "legacy_user", name, f"{base}/user/{name}")
        case ("c", name, *_):
            return _at("youtube", "custom_name", name, f"{base}/c/{name}")
        case (handle, *_) if handle.startswith("@") and len(handle) > 1:
            return _at("youtube", "profile", handle[1:], f"{base}/{handle}")
        case (name, *_) if link.host != "youtu.be" and name not in _YOUTUBE_PAGES:
            return _at("youtube", "custom_name", name, f"{base}/c/{name}")
    return _not_content("youtube")


_TELEGRAM_NAME = re.compile(r"[a-z]\w{3,31}", re.ASCII)


def _is_telegram_name(segment: str) -> bool:
    return segment not in ("share", "addstickers") and _TELEGRAM_NAME.fullmatch(segment) is not None


def _telegram(link: _Link) -> WebAddress:
    path = link.path
    match tuple(segment.lower() for segment in path):
        case ("c", channel, *_, post) if channel.isdecimal() and post.isdecimal() and len(path) > 2:
            return _at("telegram", "post", f"c/{channel}:{post}", f"https://t.me/c/{channel}/{post}")
        case ("joinchat", _, *_):
            return _opaque("telegram", f"+{path[1]}", f"https://t.me/+{path[1]}")
        case (invite,) if invite.startswith("+"):
            return _opaque("telegram", path[0], f"https://t.me/{path[0]}")
        case ("s", name, *rest) | (name, *rest) if _is_telegram_name(name):
            # With a topic between, the post is the last number.
            if rest and rest[-1].isdecimal():
                return _at("telegram", "post", f"{name}:{rest[-1]}", f"https://t.me/{name}/{rest[-1]}")
            return _at("telegram", "profile", name, f"https://t.me/{name}")
    return _not_content("telegram")


def _threads(link: _Link) -> WebAddress:
    path = link.path
    base = "https://www.threads.com"
    match tuple(segment.lower() for segment in path):
        case (owner, "post", _, *_) if owner.startswith("@"):
            return _at("threads", "post", path[2], f"{base}/{owner}/post/{path[2]}")
        case ("t", _, *_):
            return _at("threads", "post", path[1], f"{base}/t/{path[1]}")
        case (owner, *_) if re.fullmatch(r"@[a-z0-9._]{1,30}", owner):
            return _at("threads", "profile", owner[1:], f"{base}/{owner}")
    return _not_content("threads")


def _whatsapp(link: _Link) -> WebAddress:
    path = link.path
    if link.host == "chat.whatsapp.com" and path:
        code = path[-1]
        return _at("whatsapp", "group_invite", code, f"https://chat.whatsapp.com/{code}")
    if len(path) > 1 and path[0].lower() == "channel":
        return _at("whatsapp", "channel", path[1], f"https://whatsapp.com/channel/{path[1]}")
    number = path[0].lstrip("+") if path and link.host == "wa.me" else link.query.get("phone", "").lstrip("+ ")
    if number.isdecimal():
        return _at("whatsapp", "number", number, f"https://wa.me/{number}")
    return _not_content("whatsapp")


_PLATFORMS: dict[str, Callable[[_Link], WebAddress]] = {
    "facebook.com": _facebook,
    "fb.com": _facebook,
    "fb.watch": _facebook,
    "fb.me": _facebook,
    "instagram.com": _instagram,
    "instagr.am": _instagram,
    "tiktok.com": _tiktok,
    "x.com": _x,
    "twitter.com": _x,
    "t.co": _x,
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "t.me": _telegram,
    "telegram.me": _telegram,
    "threads.com": _threads,
    "threads.net": _threads,
    "whatsapp.com": _whatsapp,
    "wa.me": _whatsapp,
}

_SHORTENERS = _names("bit.ly s.id tinyurl.com cutt.ly goo.gl is.gd rb.gy ow.ly linktr.ee shorturl.at t.ly lnk.ink")
_TRACKING = sorted(
    _names(
        "utm_source utm_medium utm_campaign utm_term utm_content utm_id fbclid gclid igsh igshid si ref_src ref_url "
        "mc_cid mc_eid mibextid _rdc _rdr yclid msclkid"
    )
)


def _page(parts: SplitResult) -> WebAddress:
    host = _bare_host(parts)
    path = parts.path.rstrip("/")
    if host in _SHORTENERS:
        return _opaque("web", f"{host}{path}", f"https://{host}{path}")
    query = urlsplit(url_query_cleaner(f"https://{host}/?{parts.query}", _TRACKING, remove=True)).query
    shown = f"{parts.netloc.rstrip('.')}{path}" + (f"?{query}" if query else "")
    return _at("web", "page", shown.removeprefix("www."), f"{parts.scheme}://{shown}")
