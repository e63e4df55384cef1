"""Links that open an app, as the web addresses they stand for: `tg://resolve?domain=kabar&post=5`."""

import re
from urllib.parse import quote, unquote, urlsplit

from libs.kit.hosts import LONGEST_URL
from libs.kit.links.instagram import code_of
from libs.kit.links.link import NotAnAddress, query_of
from libs.kit.pages import without_entities

_APPS = {
    "tg": "https://t.me",
    "whatsapp": "https://api.whatsapp.com",
    "instagram": "https://www.instagram.com",
    "barcelona": "https://www.threads.com",
    "twitter": "https://x.com",
    "x": "https://x.com",
    "fb": "https://www.facebook.com",
    "facebook": "https://www.facebook.com",
    "fb-messenger": "https://m.me",
    "vnd.youtube": "https://www.youtube.com",
    "youtube": "https://www.youtube.com",
    "tiktok": "https://www.tiktok.com",
    "snssdk": "https://www.tiktok.com",
}
_SHARE = "share"
"""A path that every platform here reads as no content."""
_ANDROID = re.compile(r"(?i)intent:(?://)?(?P<rest>[^#]*)#Intent;(?P<said>.*)", re.DOTALL)
_PACKAGED = re.compile(r"(?i)(?:android|ios)-app://[\w.]+/([\w.+-]+)/(.+)")
_BROWSER = re.compile(r"(?i)(?:googlechromes?|x-safari-https?|x-web-search|firefox-focus|opera-https?)(?::/*|-)(.+)")


def opened_in_app(raw: str) -> str | None:
    """The web address that a link for an app stands for; None for any other address.

    Raises:
        NotAnAddress: the app's link cannot be read.
    """
    if len(raw) > LONGEST_URL:
        return None
    link = without_entities(raw.strip())
    if found := _ANDROID.fullmatch(link):
        return _of_intent(found["rest"], found["said"])
    if found := _PACKAGED.fullmatch(link):
        link = f"{found[1]}://{found[2]}"
        if found[1].lower() in ("http", "https"):
            return link
    if found := _BROWSER.fullmatch(link):
        return f"https://{found[1].removeprefix('https://').removeprefix('http://').lstrip('/')}"
    names = "|".join(re.escape(app) for app in _APPS)
    opens = re.fullmatch(rf"(?i)({names})(?<!snssdk)(?:://|:(?=resolve|join|[\w-]{{11}}\b))(.+)", link)
    opens = opens or re.fullmatch(r"(?i)(snssdk)\d+://(.+)", link)
    return _of_app(opens[1].lower(), opens[2]) if opens else None


def _of_intent(rest: str, said: str) -> str | None:
    """Android's form: the address without its scheme, which is among what is said behind."""
    values = dict(part.partition("=")[::2] for part in said.split(";"))
    scheme = values.get("scheme", "").lower()
    if rest and scheme in ("http", "https"):
        return f"{scheme}://{rest}"
    if rest and scheme and (opened := opened_in_app(f"{scheme}://{rest}")):
        return opened
    fallback = unquote(values.get("S.browser_fallback_url", ""))
    return fallback if fallback.startswith(("http://", "https://")) else None


def _of_app(app: str, rest: str) -> str:
    base = _APPS[app]
    try:
        parts = urlsplit(f"app://{quote(rest, safe='/?&=:@%+#.,~!$()*;[]')}")
    except ValueError as error:
        raise NotAnAddress from error
    query = query_of(parts.query)
    place, path = parts.netloc.lower(), unquote(parts.path.strip("/"))
    id = path or query.get("id", "")
    match app, place:
        case "tg", "resolve" if query.get("domain"):
            return f"{base}/{query['domain']}" + (f"/{query['post']}" if query.get("post") else "")
        case "tg", "resolve" if query.get("phone"):
            return f"{base}/+{query['phone'].lstrip('+ ')}"
        case "tg", "join" if query.get("invite"):
            return f"{base}/+{query['invite']}"
        case "tg", "privatepost" if query.get("channel"):
            return f"{base}/c/{query['channel']}/{query.get('post', '')}"
        case "whatsapp", "chat" if query.get("code"):
            return f"https://chat.whatsapp.com/{query['code']}"
        case "whatsapp", "channel" if path or query.get("code"):
            return f"https://whatsapp.com/channel/{path or query['code']}"
        case "whatsapp", _:
            return f"{base}/{place}?{parts.query}"
        case "instagram" | "barcelona", "user" if query.get("username"):
            return f"{base}/{'@' if app == 'barcelona' else ''}{query['username']}"
        case "instagram", "profile" if id:
            return f"{base}/{id}"
        case "instagram", "media" if (number := id.partition("_")[0]).isdecimal():
            return f"{base}/p/{code_of(int(number))}"
        case "barcelona", "media" if query.get("shortcode"):
            return f"{base}/t/{query['shortcode']}"
        case "twitter" | "x", "status" if id or query.get("status_id"):
            return f"{base}/i/status/{id or query['status_id']}"
        case "twitter" | "x", "user" if query.get("screen_name"):
            return f"{base}/{query['screen_name']}"
        case "twitter" | "x", "user" if id:
            return f"{base}/i/user/{id}"
        case "fb" | "facebook", _:
            return _of_facebook(base, place, id, query)
        case "fb-messenger", "user" | "user-thread" if id:
            return f"https://www.messenger.com/t/{id}"
        case "vnd.youtube" | "youtube", _:
            return _of_youtube(base, parts.netloc, path, query)
        case "snssdk" | "tiktok", "aweme" | "video" if video := re.search(r"\d{9,}", path):
            return f"{base}/share/video/{video[0]}"
        case "snssdk" | "tiktok", "user" if query.get("username"):
            return f"{base}/@{query['username']}"
    return f"{base}/{_SHARE}"


def _of_facebook(base: str, place: str, id: str, query: dict[str, str]) -> str:
    id = id or query.get("fbid", "") or query.get("v", "")
    match place:
        case "profile" | "page":
            return f"{base}/profile.php?id={id}"
        case "group" | "groups":
            return f"{base}/groups/{id}"
        case "event" | "events":
            return f"{base}/events/{id}"
        case "photo":
            return f"{base}/photo/?fbid={id}"
        case "video" | "videos" | "watch":
            return f"{base}/watch/?v={id}"
        case "reel" | "reels":
            return f"{base}/reel/{id}"
        case "facewebmodal" if query.get("href", "").startswith(("http://", "https://", "/")):
            href = query["href"]
            return f"{base}{href}" if href.startswith("/") else href
    return f"{base}/{_SHARE}"


def _of_youtube(base: str, place: str, path: str, query: dict[str, str]) -> str:
    asked = f"?v={query['v']}" if query.get("v") else f"?list={query['list']}" if query.get("list") else ""
    if re.fullmatch(r"[\w-]{11}", place, re.ASCII) and not path:
        return f"{base}/watch?v={place}"
    if "youtube.com" in place.lower():
        return f"{base}/{path}{asked}"
    return f"{base}/{place}/{path}".rstrip("/") + asked
