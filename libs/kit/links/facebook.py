"""Facebook: pages, people, groups, posts, videos, and Messenger's links to them."""

import re

from libs.kit.hosts import names
from libs.kit.links.link import Link, WebAddress, at, not_content, opaque

BASE = "https://www.facebook.com"
_DIGITS = re.compile(r"\d{5,}")
_POST_ID = re.compile(r"pfbid\w+|\d{5,}")
_NAME = re.compile(r"(?!\.)(?!.*\.\.)[a-z0-9.]{2,50}(?<!\.)")
_GROUP = re.compile(r"[\w.-]{2,80}")
_PAGES = names(
    "about ads ajax bookmarks business careers checkpoint crisisresponse dialog directory events external feed friends "
    "fundraisers games gaming groups hashtag help jobs l.php latest legal live login logout marketplace media "
    "memories messages notes notifications offers p pages pages_create people photo photos plugins policies posts "
    "privacy profile public recover reel reels reg requests saved search settings share sharer stories terms tr video "
    "videos watch weather directory flx"
)
_GROUP_PAGES = names("feed discover joins create browse category search notifications you")


def read(link: Link) -> WebAddress:
    path, query = link.path, link.query
    if link.host in ("fb.watch", "fb.me", "fb.gg"):
        id = "/".join(path)
        return opaque("facebook", id, f"https://{link.host}/{id}") if path else not_content("facebook")
    if path and re.fullmatch(r"v\d+\.\d+", path[0]):
        path = path[1:]
    match tuple(segment.lower() for segment in path):
        case ("share", form, _, *_):
            return opaque("facebook", f"{form}/{path[2]}", f"{BASE}/share/{form}/{path[2]}")
        case ("share", id) if len(id) > 1:
            return opaque("facebook", path[1], f"{BASE}/share/{path[1]}")
        case ("reel" | "reels", id, *_) | (_, "reel" | "reels", id, *_) if _DIGITS.fullmatch(id):
            return at("facebook", "reel", id, f"{BASE}/reel/{id}", mark=f"video:{id}")
        case ("watch" | "video.php", *_) | ("video", "video.php") if _DIGITS.fullmatch(query.get("v", "")):
            return _video(query["v"])
        case ("watch", id, *_) | ("watch", _, id, *_) if _DIGITS.fullmatch(id):
            return _video(id)
        case ("video", "embed", *_) if _DIGITS.fullmatch(query.get("video_id", "")):
            return _video(query["video_id"])
        case ("photo" | "photo.php", *_) if _DIGITS.fullmatch(query.get("fbid", "")):
            return _photo(query["fbid"])
        case ("permalink.php" | "story.php", *_) if query.get("story_fbid") and query.get("id"):
            return _post(query["id"], query["story_fbid"])
        case ("profile.php", *_) if _DIGITS.fullmatch(query.get("id", "")):
            return _number(query["id"])
        case ("profile", id, *_) | ("people" | "pages", _, id, *_) if _DIGITS.fullmatch(id):
            return _number(id)
        case ("p", name, *_) | ("pages", "category", _, name, *_) if numbered := re.search(r"-(\d{9,})$", name):
            return _number(numbered[1])
        case ("pg", name, *_):
            return _profile(name)
        case ("stories", owner, _, *_) if _DIGITS.fullmatch(owner):
            return at("facebook", "story", path[2], f"{BASE}/stories/{owner}/{path[2]}")
        case ("groups", group, *rest) if group not in _GROUP_PAGES and _GROUP.fullmatch(group):
            return _in_group(group, path[2:], rest, query)
        case ("events", *rest) if rest and _DIGITS.fullmatch(rest[-1]):
            return at("facebook", "event", rest[-1], f"{BASE}/events/{rest[-1]}")
        case ("video" | "videos", *_, id) | (_, "videos", *_, id) if _DIGITS.fullmatch(id):
            return _video(id)
        case (_, "photos", *_, id) if _DIGITS.fullmatch(id):
            return _photo(id)
        case (owner, "posts" | "permalink", *_, id) if len(path) > 2 and _POST_ID.fullmatch(id.removesuffix(":0")):
            return _post(owner, path[-1].removesuffix(":0"))
        case (both,) if numbered := re.fullmatch(r"(\d{5,})_(\d{5,})", both):
            return _post(numbered[1], numbered[2])
        case (_, "posts" | "permalink" | "reel" | "reels", _, *_):
            return not_content("facebook")
        case (name, *_) if name not in _PAGES:
            return _profile(name)
    return not_content("facebook")


def read_messenger(link: Link) -> WebAddress:
    """`m.me/kabar` opens a conversation with whom the name is."""
    match link.words():
        case ("j", _, *_):
            code = link.path[1]
            return at("facebook", "group_invite", code, f"https://m.me/j/{code}")
        case ("t", name, *_) if link.host != "m.me":
            return _profile(name)
        case (name,) if link.host == "m.me":
            return _profile(name)
    return not_content("facebook")


def _in_group(group: str, path: tuple[str, ...], words: list[str], query: dict[str, str]) -> WebAddress:
    match words:
        case ["posts" | "permalink", id, *_] if _POST_ID.fullmatch(id):
            return _group_post(group, path[1])
        case ["posts" | "permalink", _, *_]:
            return not_content("facebook")
        case [] if query.get("multi_permalinks"):
            return _group_post(group, query["multi_permalinks"].split(",")[0])
        case [] if query.get("view") == "permalink" and query.get("id"):
            return _group_post(group, query["id"])
    return at("facebook", "group", group, f"{BASE}/groups/{group}")


def _profile(name: str) -> WebAddress:
    if _DIGITS.fullmatch(name):
        return _number(name)
    # Old pages carried their number after a name that may be changed.
    if numbered := re.fullmatch(r".+-(\d{9,})", name):
        return _number(numbered[1])
    if not _NAME.fullmatch(name) or name.endswith(".php"):
        return not_content("facebook")
    # Facebook reads a name without its dots.
    return at("facebook", "profile", name, f"{BASE}/{name}", key=name.replace(".", ""))


def _number(id: str) -> WebAddress:
    return at("facebook", "profile_id", id, f"{BASE}/profile.php?id={id}")


def _post(owner: str, id: str) -> WebAddress:
    return at("facebook", "post", f"{owner}:{id}", f"{BASE}/{owner}/posts/{id}", mark=_post_mark(id))


def _group_post(group: str, id: str) -> WebAddress:
    url = f"{BASE}/groups/{group}/posts/{id}"
    return at("facebook", "group_post", f"{group}:{id}", url, mark=_post_mark(id))


def _post_mark(id: str) -> str | None:
    """Long numbers are of one post on all of Facebook, so a name and a number of its owner lead to the same; so do the
    hashed ones. Short ones, from before 2012, are counted by owner."""
    return f"post:{id}" if id.startswith("pfbid") or len(id) >= 15 else None


def _video(id: str) -> WebAddress:
    return at("facebook", "video", id, f"{BASE}/watch/?v={id}")


def _photo(id: str) -> WebAddress:
    return at("facebook", "photo", id, f"{BASE}/photo/?fbid={id}")
