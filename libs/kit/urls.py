"""What a web address points at, read from the address alone.

Two links to the same post or account get the same identity key, whichever app, mirror or tracking tail they came with.
Nothing is ever fetched: an opaque share link stays unresolved (`resolved=False`) until the fetcher follows it.

Rules were read off the addresses the platforms make, one set per platform; an unknown site is a plain web page
(`libs/kit/pages.py`). Whether a host may be trusted at all says `libs/kit/hosts.py`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from url_normalize import url_normalize

from libs.kit.hosts import LONGEST_URL, NOT_AN_ADDRESS, USERINFO, is_under, names
from libs.kit.pages import MOST_FIELDS, folded, shown, without_entities
from libs.kit.phones import NotAPhoneNumber, e164

LONGEST_CHAIN = 3
"""Wrappers opened at most (a warning page around a redirect around a link); a deeper nest is left as it is."""


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
class _Link:
    host: str
    path: tuple[str, ...]
    query: dict[str, str]
    fragment: str = ""

    def first(self) -> str:
        return self.path[0].lower() if self.path else ""


def resolve(raw: str) -> WebAddress:
    """The address behind a link as people paste it: scheme may be missing, tracking and wrappers are taken off.

    Raises:
        NotAnAddress: no host, a scheme that is neither http(s) nor an app's, user information in it, or longer than
            2,048 characters.
    """
    url = opened_in_app(raw.strip()) or raw
    for _ in range(LONGEST_CHAIN):
        parts = _split(url)
        link = _Link(_bare_host(parts), _segments(parts.path), _query(parts), parts.fragment)
        inner = _wrapped(link)
        if inner is None:
            break
        url = inner
    read = _reader(link.host)
    if read is None:
        return _page(parts, link)
    is_root = not link.path and not link.query and not link.fragment and link.host in _ROOTS
    return _root(read[0], link) if is_root else read[1](link)


def _reader(host: str) -> tuple[str, Callable[[_Link], WebAddress]] | None:
    if host.startswith("nitter."):
        host = "nitter.net"
    return next(((domain, read) for domain, read in _PLATFORMS.items() if is_under(host, domain)), None)


_APPS = {
    "tg": "https://t.me",
    "whatsapp": "https://api.whatsapp.com",
    "instagram": "https://www.instagram.com",
    "twitter": "https://x.com",
    "fb": "https://www.facebook.com",
    "vnd.youtube": "https://youtu.be",
}


def opened_in_app(raw: str) -> str | None:
    """The web address that a link for an app stands for: `tg://resolve?domain=kabar&post=5`."""
    found = re.match(r"(?i)(?:(tg|whatsapp|instagram|twitter|fb)://|(vnd\.youtube):(?://)?)(.+)", without_entities(raw))
    if found is None or len(raw) > LONGEST_URL:
        return None
    app = (found[1] or found[2]).lower()
    try:
        parts = urlsplit(f"app://{found[3]}")
    except ValueError as error:
        raise NotAnAddress from error
    query = _query(parts)
    place, base = parts.netloc.lower(), _APPS[app]
    match app, place:
        case "tg", "resolve" if query.get("domain"):
            return f"{base}/{query['domain']}" + (f"/{query['post']}" if query.get("post") else "")
        case "tg", "resolve" if query.get("phone"):
            return f"https://wa.me/{query['phone']}"
        case "tg", "join" if query.get("invite"):
            return f"{base}/+{query['invite']}"
        case "tg", "privatepost" if query.get("channel"):
            return f"{base}/c/{query['channel']}/{query.get('post', '')}"
        case "whatsapp", "chat" if query.get("code"):
            return f"https://chat.whatsapp.com/{query['code']}"
        case "whatsapp", _:
            return f"{base}/{place}?{parts.query}"
        case "instagram", "user" if query.get("username"):
            return f"{base}/{query['username']}"
        case "twitter", "status" if query.get("id"):
            return f"{base}/i/status/{query['id']}"
        case "twitter", "user" if query.get("screen_name"):
            return f"{base}/{query['screen_name']}"
        case "fb", "profile" | "page" if parts.path.strip("/"):
            return f"{base}/profile.php?id={parts.path.strip('/')}"
        case "fb", "group" if parts.path.strip("/"):
            return f"{base}/groups/{parts.path.strip('/')}"
        case "vnd.youtube", _:
            video = query.get("v") or parts.path.strip("/") or parts.netloc
            return f"{base}/{video}"
    return f"{base}/share"


def _split(raw: str) -> SplitResult:
    text = without_entities(raw.strip())
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
    if parts.username is not None:
        raise NotAnAddress(USERINFO)
    named = "." in host.strip(".") and not re.search(r"[^\w.-]", host)
    if parts.scheme not in ("http", "https") or not named:
        raise NotAnAddress
    # An application reads its path there: with escapes it would be another.
    return parts._replace(fragment=unquote(parts.fragment))


def _bare_host(parts: SplitResult) -> str:
    return (parts.hostname or "").rstrip(".").removeprefix("www.")


def _segments(path: str) -> tuple[str, ...]:
    return tuple(segment for segment in path.split("/") if segment)


def _query(parts: SplitResult) -> dict[str, str]:
    try:
        return {name: values[0] for name, values in parse_qs(parts.query, max_num_fields=MOST_FIELDS).items()}
    except ValueError as error:
        raise NotAnAddress from error


_WRAPPERS: dict[str, tuple[frozenset[str], str]] = {
    "l.facebook.com": (names("l.php"), "u"),
    "lm.facebook.com": (names("l.php"), "u"),
    "facebook.com": (names("flx plugins l.php"), "u href"),
    "l.instagram.com": (frozenset({""}), "u"),
    "youtube.com": (names("redirect attribution_link oembed"), "q u url"),
    "google.com": (names("url"), "q url"),
    "google.co.id": (names("url"), "q url"),
    "translate.google.com": (names("translate website"), "u"),
    "l.threads.com": (frozenset({""}), "u"),
    "l.threads.net": (frozenset({""}), "u"),
    "l.wl.co": (names("l"), "u"),
    "t.me": (names("iv"), "url"),
    "vk.com": (names("away.php"), "to"),
    "tiktok.com": (names("link"), "target"),
}
"""Pages that lead on to what they carry. A share button and a log-in wall lead elsewhere: they are no content."""


def _wrapped(link: _Link) -> str | None:
    """The address that a warning, redirect, embed, AMP or translation page carries inside."""
    if is_under(link.host, "google.com") and link.first() == "amp":
        secure = len(link.path) > 1 and link.path[1] == "s"
        return "https://" + "/".join(link.path[2 if secure else 1 :]) + _tail(link)
    if is_under(link.host, "cdn.ampproject.org") and link.first() in ("c", "v", "i") and len(link.path) > 1:
        return "https://" + "/".join(link.path[2 if link.path[1] == "s" else 1 :]) + _tail(link)
    if is_under(link.host, "translate.goog"):
        host = link.host.removesuffix(".translate.goog").replace("--", "\0").replace("-", ".").replace("\0", "-")
        kept = "&".join(f"{name}={value}" for name, value in link.query.items() if not name.startswith("_x_tr_"))
        return f"https://{host}/{'/'.join(link.path)}" + (f"?{kept}" if kept else "")
    for domain, (pages, carriers) in _WRAPPERS.items():
        if is_under(link.host, domain) and link.first() in pages:
            for name in carriers.split():
                inner = link.query.get(name, "")
                if inner.startswith(("http://", "https://")):
                    return inner
                if inner.startswith("/") and not inner.startswith("//"):
                    return f"https://{domain}{inner}"
    return None


def _tail(link: _Link) -> str:
    query = "&".join(f"{name}={value}" for name, value in link.query.items())
    return f"?{query}" if query else ""


def _not_content(platform: str) -> WebAddress:
    return WebAddress(platform, "not_content", "", "", "", "")


def _root(domain: str, link: _Link) -> WebAddress:
    """The front page of a platform, which is neither an account nor a post."""
    platform = _PLATFORMS[domain](link).platform
    return WebAddress(platform, "site_root", "", _ROOTS[link.host], "", "")


def _at(
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


def _opaque(platform: str, id: str, url: str) -> WebAddress:
    identity = f"{platform}:shortlink:{id}"
    return WebAddress(platform, "shortlink", id, url, identity, identity, resolved=False)


_DIGITS = re.compile(r"\d{5,}")
_FACEBOOK_POST_ID = re.compile(r"pfbid\w+|\d{5,}")
_FACEBOOK_NAME = re.compile(r"[A-Za-z0-9.]{2,}")
_FACEBOOK_PAGES = names(
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
        case ("reel" | "reels", id, *_) | (_, "reel" | "reels", id, *_) if _DIGITS.fullmatch(id):
            return _at("facebook", "reel", id, f"https://www.facebook.com/reel/{id}", mark=f"video:{id}")
        case ("watch" | "video.php", *_) | ("video", "video.php") if query.get("v"):
            return _facebook_video(query["v"])
        case ("watch", id, *_) if _DIGITS.fullmatch(id):
            return _facebook_video(id)
        case ("video", "embed", *_) if query.get("video_id"):
            return _facebook_video(query["video_id"])
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
            return _facebook_group_post(group, query["multi_permalinks"].split(",")[0])
        case ("groups", group) if query.get("view") == "permalink" and query.get("id"):
            return _facebook_group_post(group, query["id"])
        case ("groups", group, *_):
            return _at("facebook", "group", group, f"https://www.facebook.com/groups/{group}")
        case ("events", *rest) if rest and _DIGITS.fullmatch(rest[-1]):
            return _at("facebook", "event", rest[-1], f"https://www.facebook.com/events/{rest[-1]}")
        case ("video" | "videos", *_, id) | (_, "videos", *_, id) if _DIGITS.fullmatch(id):
            return _facebook_video(id)
        case (_, "photos", *_, id) if _DIGITS.fullmatch(id):
            return _facebook_photo(id)
        case (owner, "posts" | "permalink", *_, _) if len(path) > 2 and _FACEBOOK_POST_ID.fullmatch(path[-1]):
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
    return _at("facebook", "post", f"{owner}:{id}", f"https://www.facebook.com/{owner}/posts/{id}", mark=_post_mark(id))


def _facebook_group_post(group: str, id: str) -> WebAddress:
    url = f"https://www.facebook.com/groups/{group}/posts/{id}"
    return _at("facebook", "group_post", f"{group}:{id}", url, mark=_post_mark(id))


def _post_mark(id: str) -> str | None:
    """Long numbers are of one post on all of Facebook, so a name and a number of its owner lead to the same; so do the
    hashed ones. Short ones, from before 2012, are counted by owner."""
    return f"post:{id}" if id.startswith("pfbid") or len(id) >= 15 else None


def _facebook_video(id: str) -> WebAddress:
    return _at("facebook", "video", id, f"https://www.facebook.com/watch/?v={id}")


def _facebook_photo(id: str) -> WebAddress:
    return _at("facebook", "photo", id, f"https://www.facebook.com/photo/?fbid={id}")


_INSTAGRAM_NAME = re.compile(r"[a-z0-9._]{1,30}")
_INSTAGRAM_MEDIA = {"p": ("post", "p"), "reel": ("reel", "reel"), "reels": ("reel", "reel"), "tv": ("tv", "tv")}
_INSTAGRAM_PAGES = names("explore accounts about legal directory developer web direct stories s share")


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
            # A series of photos opens as a video as well.
            return _at("tiktok", kind, id, f"{base}/{owner}/{kind}/{id}", mark=f"video:{id}")
        case ("share" | "embed" | "v" | "player" | "video", *_, last) if (id := last.removesuffix(".html")).isdecimal():
            # The owner is not in the link; TikTok opens the video under any name.
            return _at("tiktok", "video", id, f"{base}/@/video/{id}")
        case (owner, *_) if re.fullmatch(r"@[a-z0-9._]{2,24}", owner):
            return _at("tiktok", "profile", owner[1:], f"{base}/{owner}")
    return _not_content("tiktok")


_X_PAGES = names("home explore search hashtag intent share i settings login signup tos privacy notifications compose")


def _x(link: _Link) -> WebAddress:
    path, query = link.path, link.query
    if link.host == "t.co":
        return _opaque("x", path[0], f"https://t.co/{path[0]}") if path else _not_content("x")
    match tuple(segment.lower() for segment in path):
        case ("i", "spaces", _, *_):
            return _at("x", "space", path[2], f"https://x.com/i/spaces/{path[2]}")
        case ("i", "web", "status", id, *_) if id.isdecimal():
            return _at("x", "post", id, f"https://x.com/i/status/{id}")
        case ("intent", "user" | "follow", *_) if re.fullmatch(r"\w{1,20}", query.get("screen_name", ""), re.ASCII):
            name = query["screen_name"].lower()
            return _at("x", "profile", name, f"https://x.com/{name}")
        case (owner, "status" | "statuses", id, *_) if id.isdecimal():
            return _at("x", "post", id, f"https://x.com/{owner}/status/{id}")
        case (name, *_) if name not in _X_PAGES and re.fullmatch(r"\w{1,20}", name, re.ASCII):
            return _at("x", "profile", name, f"https://x.com/{name}")
    return _not_content("x")


_YOUTUBE_ID = re.compile(r"[\w-]{11}", re.ASCII)
_YOUTUBE_PAGES = names(
    "watch feed hashtag results playlist shorts live embed v e channel c user redirect about t premium gaming post "
    "clip signin account attribution_link oembed share"
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
        case ("post", _, *_):
            return _youtube_post(path[1])
        case ("channel", _, "community", *_) if query.get("lb"):
            return _youtube_post(query["lb"])
        case ("clip", _, *_):
            return _opaque("youtube", f"clip/{path[1]}", f"{base}/clip/{path[1]}")
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


def _youtube_post(id: str) -> WebAddress:
    return _at("youtube", "post", id, f"https://www.youtube.com/post/{id}")


_TELEGRAM_NAME = re.compile(r"[a-z]\w{3,31}", re.ASCII)


_TELEGRAM_PAGES = names(
    "share addstickers addemoji addlist addtheme setlanguage socks proxy login confirmphone invoice boost giftcode"
)


def _is_telegram_name(segment: str) -> bool:
    return segment not in _TELEGRAM_PAGES and _TELEGRAM_NAME.fullmatch(segment) is not None


def _telegram(link: _Link) -> WebAddress:
    path = link.path
    if link.host == "web.telegram.org":
        # The web app names the account behind the #.
        path = tuple(link.fragment.lstrip("@").split("?")[0].split("/")) if link.fragment.startswith("@") else ()
    elif link.host.endswith(".t.me"):
        path = (link.host.removesuffix(".t.me"), *path)
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
    if link.host == "wa.me" and len(path) > 1 and path[0].lower() in ("message", "qr"):
        return _opaque("whatsapp", "/".join(path[:2]), f"https://wa.me/{path[0]}/{path[1]}")
    # A catalogue and a product name the number last.
    typed = unquote(path[-1]) if path and link.host == "wa.me" else link.query.get("phone", "")
    try:
        number = e164(typed)
    except NotAPhoneNumber:
        return _not_content("whatsapp")
    return _at("whatsapp", "phone", number, f"https://wa.me/{number[1:]}")


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
    # Mirrors, and hosts that make a preview: the same path leads to the same post.
    "nitter.net": _x,
    "xcancel.com": _x,
    "fxtwitter.com": _x,
    "vxtwitter.com": _x,
    "twittpr.com": _x,
    "fixupx.com": _x,
    "fixvx.com": _x,
    "ddinstagram.com": _instagram,
    "kkinstagram.com": _instagram,
    "vxtiktok.com": _tiktok,
    "tnktok.com": _tiktok,
    "yewtu.be": _youtube,
    "piped.video": _youtube,
    "youtube.com": _youtube,
    "youtube-nocookie.com": _youtube,
    "youtu.be": _youtube,
    "t.me": _telegram,
    "telegram.me": _telegram,
    "telegram.dog": _telegram,
    "web.telegram.org": _telegram,
    "threads.com": _threads,
    "threads.net": _threads,
    "whatsapp.com": _whatsapp,
    "wa.me": _whatsapp,
}

_ROOTS = {
    "facebook.com": "https://www.facebook.com",
    "m.facebook.com": "https://www.facebook.com",
    "web.facebook.com": "https://www.facebook.com",
    "fb.com": "https://www.facebook.com",
    "instagram.com": "https://www.instagram.com",
    "tiktok.com": "https://www.tiktok.com",
    "m.tiktok.com": "https://www.tiktok.com",
    "x.com": "https://x.com",
    "twitter.com": "https://x.com",
    "mobile.twitter.com": "https://x.com",
    "youtube.com": "https://www.youtube.com",
    "m.youtube.com": "https://www.youtube.com",
    "t.me": "https://t.me",
    "telegram.me": "https://t.me",
    "threads.com": "https://www.threads.com",
    "threads.net": "https://www.threads.com",
    "whatsapp.com": "https://www.whatsapp.com",
    "web.whatsapp.com": "https://www.whatsapp.com",
}
_SHORTENERS = names(
    "bit.ly s.id tinyurl.com cutt.ly goo.gl is.gd rb.gy ow.ly linktr.ee shorturl.at t.ly lnk.ink forms.gle "
    "maps.app.goo.gl bitly.ws bit.do tiny.cc rebrand.ly lnkd.in wa.link shope.ee s.shopee.co.id tokopedia.link gg.gg "
    "v.gd adf.ly ouo.io dub.sh amzn.to spoti.fi pin.it buff.ly dlvr.it trib.al ift.tt kutt.it short.gy tr.ee bitly.com"
)


def _page(parts: SplitResult, link: _Link) -> WebAddress:
    if link.host in _SHORTENERS and link.path:
        path = "/" + "/".join(link.path)
        return _opaque("web", f"{link.host}{path}", f"https://{link.host}{path}")
    if is_under(link.host, "google.com") and link.first() in ("search", "imgres"):
        return _not_content("web")
    whole = shown(parts)
    id = whole.removeprefix("www.")
    return WebAddress("web", "page", id, f"https://{whole}", f"web:page:{id}", f"web:page:{folded(parts)}")
