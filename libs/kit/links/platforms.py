"""Which hosts are a platform's, and what reads their addresses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from libs.kit.hosts import is_under, names
from libs.kit.links import facebook, instagram, telegram, threads, tiktok, whatsapp, x, youtube
from libs.kit.links.link import Link, WebAddress, not_content

Reader = Callable[[Link], WebAddress]


@dataclass(frozen=True, slots=True)
class Platform:
    """
    Attributes:
        hosts: its own; under them only what `_FACES` names shows the same pages.
        mirrors: sites of others with the same paths: front ends, and hosts that make a preview for chats.
        mirror_names: first labels by which front ends that anybody may run are known.
    """

    name: str
    root: str
    read: Reader
    hosts: frozenset[str]
    mirrors: frozenset[str] = frozenset()
    mirror_names: frozenset[str] = frozenset()


PLATFORMS = (
    Platform(
        "facebook",
        facebook.BASE,
        facebook.read,
        names(
            "facebook.com fb.com fb.watch fb.me fb.gg facebookwkhpilnemxj7asaniu7vnjjbiltxjqhye3mhbshg7kx5tfyd.onion"
        ),
        names("facebed.com"),
    ),
    Platform("facebook", "https://www.messenger.com", facebook.read_messenger, names("m.me messenger.com")),
    Platform(
        "instagram",
        instagram.BASE,
        instagram.read,
        names("instagram.com instagr.am"),
        names(
            "ddinstagram.com kkinstagram.com vxinstagram.com eeinstagram.com gginstagram.com toinstagram.com "
            "instagramez.com imginn.com"
        ),
    ),
    Platform("instagram", instagram.BASE, instagram.read_short, names("ig.me")),
    Platform(
        "tiktok",
        tiktok.BASE,
        tiktok.read,
        names("tiktok.com"),
        names("vxtiktok.com tnktok.com tiktxk.com tfxktok.com kktiktok.com"),
        names("proxitok"),
    ),
    Platform(
        "x",
        x.BASE,
        x.read,
        names("x.com twitter.com t.co twitter3e4tixl4xyajtrzo62zg5vztmjuricljdp2c5kshju4avyoid.onion"),
        names(
            "xcancel.com fxtwitter.com vxtwitter.com twittpr.com fixupx.com fixvx.com girlcockx.com stupidpenisx.com "
            "cunnyx.com hitlerx.com lightbrd.com twiiit.com nitter.net"
        ),
        names("nitter"),
    ),
    Platform(
        "youtube",
        youtube.BASE,
        youtube.read,
        names("youtube.com youtube-nocookie.com youtubekids.com youtu.be"),
        names("yewtu.be piped.video inv.nadeko.net koutu.be"),
        names("invidious piped"),
    ),
    Platform(
        "telegram",
        telegram.BASE,
        telegram.read,
        names("t.me telegram.me web.telegram.org"),
        names("telegram.dog tx.me telesco.pe"),
    ),
    Platform(
        "threads",
        threads.BASE,
        threads.read,
        names("threads.com threads.net"),
        names("vxthreads.net fixthreads.net fixthreads.seria.moe"),
    ),
    Platform("whatsapp", "https://www.whatsapp.com", whatsapp.read, names("whatsapp.com wa.me")),
)

_FACES = re.compile(
    r"(?:www|m|web|mobile|mbasic|touch|lite|free|beta|[a-z0-9]|[a-z]{2}-[a-z]{2,4}|[a-z]{2}"
    r"|music|gaming|kids|tv|vm|vt|pic|platform|chat|api|business|studio)"
)
"""What stands before a platform's name where its app answers: a size of screen, a language, a part of it. Its help,
shop for advertisers and rooms for developers are elsewhere."""
_NO_FACES = names(
    "business.instagram.com business.x.com business.twitter.com api.x.com api.twitter.com l.instagram.com"
)
_VIEWS = names("hl lang locale gl _rdr _rdc ref refsrc src utm_source mibextid paipv eav igsh igshid si app _r _t")
"""Of a front page: how it is shown, or where somebody came from."""
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?")


def platform_of(host: str) -> Platform | None:
    return next((platform for platform, _ in _owners(host)), None)


def read(platform: Platform, link: Link) -> WebAddress:
    own = next((domain for found, domain in _owners(link.host) if found is platform), "")
    part = link.part(own)
    if own in platform.hosts and part and not _is_face(link.host, part, own):
        return not_content(platform.name)
    if _is_front(platform, link):
        # The front page of a platform, which is neither an account nor a post.
        return WebAddress(platform.name, "site_root", "", platform.root, "", "")
    return platform.read(link)


def _owners(host: str) -> Iterator[tuple[Platform, str]]:
    for platform in PLATFORMS:
        for domain in platform.hosts | platform.mirrors:
            if is_under(host, domain):
                yield platform, domain
        if host.partition(".")[0] in platform.mirror_names and host.count("."):
            yield platform, host


def _is_face(host: str, part: str, domain: str) -> bool:
    if domain == "t.me":
        # Accounts have hosts of their own.
        return True
    return host not in _NO_FACES and _FACES.fullmatch(part) is not None


def _is_front(platform: Platform, link: Link) -> bool:
    if link.host.endswith(".t.me") or not link.query.keys() <= _VIEWS or link.fragment.strip("/#_=!k"):
        return False
    return not link.path or (
        platform.name == "tiktok" and len(link.path) == 1 and _LANGUAGE.fullmatch(link.path[0]) is not None
    )
