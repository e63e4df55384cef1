"""An account as people write it down: an address, "IG: @kim.mojoagung", or a bare name with the platform beside it.

What platforms are called and what a name may look like there stands in `data/accounts/platforms.toml`; what is made of
a name is an address, which `libs/kit/urls.py` reads. Nothing is fetched.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

from libs.kit.addresses import addresses
from libs.kit.hosts import NOT_AN_ADDRESS, disguised, endings, names, refused_because
from libs.kit.links.link import NotAnAddress, WebAddress, segments
from libs.kit.phones import NotAPhoneNumber, e164
from libs.kit.urls import as_pasted, opened_in_app, resolve
from libs.kit.visible import without_invisible

NEEDS_PLATFORM = "account_platform_missing"
"""A bare name: it may be one on every platform."""
UNKNOWN_PLATFORM = "account_platform_unknown"
CONFUSABLE = "account_confusable"
"""A letter of another script that looks like one of ours; `detail` has its Unicode name."""
NOT_A_NAME = "account_name_invalid"
"""No account there can be called so; `detail` is the platform's key in the table."""
DISPLAY_NAME = "account_display_name"
"""Several words: what stands above a profile, not what it is found by."""
SEVERAL = "account_several"
IS_MAIL = "account_is_mail"
IS_PHONE = "account_is_phone"
INVITE = "account_is_invite"
"""A door into a private group: who holds it runs nothing, and it may be changed every day."""
UNRESOLVED = "account_unresolved"
"""A share link or short address: whose it is, only following it would tell."""
NOT_AN_ACCOUNT = "account_is_content"
"""A post, a video, a search, a log-in: somebody else may have made it."""

LONGEST = 2_048
PLATFORMS = names("instagram tiktok x facebook youtube threads telegram whatsapp web")
KINDS = frozenset({"profile", "profile_id", "channel", "channel_id", "custom_name", "legacy_user", "group", "page"})
"""What somebody runs."""

_TABLE = Path(__file__).with_name("data") / "accounts" / "platforms.toml"
_OF_OURS = r"(?:\s+(?:kami|saya|kita|resmi|official))?"
_AROUND = "()[]<>\"'“”‘’,;"
_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]*:/?/")
_OTHER_PLATFORM = re.compile(r"([A-Za-z][\w ]{1,20}?)\s*[:=]\s*@?[\w.-]+")
_NUMBERS = (
    ("facebook", re.compile(r"\d{5,}"), "https://www.facebook.com/{}"),
    ("youtube", re.compile(r"UC[\w-]{22}", re.ASCII), "https://www.youtube.com/channel/{}"),
)
"""What the platform itself calls an account, where people see it: never the name that somebody chose."""


class NotAnAccount(ValueError):
    """
    Attributes:
        code: one of those above, or why the address is refused (`libs/kit/hosts.py`).
        detail: what a person must know beside it: the letter, or the platform; empty where the code says all.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Rule:
    """A row of the table.

    Attributes:
        key: its name there; `platform` is what the address says, which is shorter for a group or a channel.
    """

    key: str
    title: str
    called: tuple[str, ...]
    address: str
    signs: tuple[str, ...]
    shortest: int
    longest: int
    example: str
    pages: tuple[str, ...] = ()
    capitals: bool = False

    @property
    def platform(self) -> str:
        return self.key.partition("_")[0]

    @property
    def plain(self) -> bool:
        """Its names have no letters but a to z."""
        return "any letters" not in self.signs

    def url(self, name: str) -> str:
        return self.address.format(name=name)

    def takes(self, name: str) -> bool:
        """Whether an account may be called so, by its signs and its length; capitals stand for small letters."""
        small = name if self.capitals else name.lower()
        right = all(any(_is_sign(character, sign) for sign in self.signs) for character in small.lower())
        return right and self.shortest <= len(name) <= self.longest and small not in self.pages


def _is_sign(character: str, sign: str) -> bool:
    match sign:
        case "letters":
            return "a" <= character <= "z"
        case "any letters":
            return character.isalpha() or unicodedata.category(character) in ("Mn", "Mc")
        case "digits":
            return character.isascii() and character.isdecimal()
    return character == sign


@cache
def rules() -> Mapping[str, Rule]:
    """The table, by key."""
    table: dict[str, dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))
    return {key: _rule_of(key, row) for key, row in table.items()}


def _rule_of(key: str, row: dict[str, Any]) -> Rule:
    cells: dict[str, Any] = {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in row.items()}
    return Rule(key=key, **cells)


@cache
def _called() -> Mapping[str, Rule]:
    return {word: rule for rule in rules().values() for word in rule.called}


@cache
def _labels() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The platform before the name and behind it. A dash counts with a blank beside it: names may have one."""
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(_called(), key=len, reverse=True))
    before = re.compile(
        rf"(?i)(?:(?:akun|link|alamat|nama|username|user)\s+)*(?P<label>{words}){_OF_OURS}"
        r"(?:\s*[:=|>/]\s*|\s+[-–—]\s*|[-–—]\s+|\s+|(?=@))(?:(?:akun|username|nama)\s*:?\s+)?(?P<name>\S.*)"
    )
    behind = re.compile(
        rf"(?i)(?P<name>\S.*?)(?:\s*[(\[]\s*|\s*[|,]\s*|\s+[-–—]\s+|\s+(?:di|on|at)\s+|\s+|\s*@)(?P<label>{words})\s*[)\]]?"
    )
    return before, behind


def account(typed: str, platform: str = "") -> WebAddress:
    """The account that is meant.

    Args:
        platform: key of the table, where it was named beside what was typed; an address that says otherwise is right.

    Raises:
        NotAnAccount: with the reason.
    """
    read = understood(typed, platform)
    if not read.resolved:
        raise NotAnAccount(UNRESOLVED)
    if read.kind == "group_invite":
        raise NotAnAccount(INVITE)
    if read.kind == "phone":
        raise NotAnAccount(IS_PHONE)
    if read.kind not in KINDS:
        raise NotAnAccount(NOT_AN_ACCOUNT)
    return read


def understood(typed: str, platform: str = "") -> WebAddress:
    """What was typed, be it an account or not.

    Raises:
        NotAnAccount: nothing could be made of it.
    """
    text = " ".join(without_invisible(typed).split())
    if not text or len(text) > LONGEST:
        raise NotAnAccount(NOT_AN_ADDRESS)
    if _is_address(text):
        return _of_address(text)
    # An address is read as it stands: browsers do not take signs of East Asian writing for ours, either.
    text = unicodedata.normalize("NFKC", text)
    before, behind = _labels()
    for form in (before, behind):
        labelled = form.fullmatch(text)
        # "https://…/kabar x": one letter behind a blank is no platform yet.
        if labelled and not text.lower().endswith(" x"):
            label = " ".join(labelled["label"].lower().split())
            return _named(labelled["name"], _called()[label])
    if not text.strip(" @:=") or text.strip(" @:=").lower() in _called():
        raise NotAnAccount(NOT_A_NAME)
    rule = _rule(platform)
    found = addresses(text)
    if len(found) > 1:
        raise NotAnAccount(SEVERAL)
    if _SCHEME.match(text):
        raise NotAnAccount(NOT_AN_ADDRESS)
    if found and ("/" in found[0] or found[0] != text or rule is None or rule.platform == "web"):
        return _of_address(found[0])
    return _named(text, rule) if rule is not None else _unnamed(text)


def _unnamed(text: str) -> NoReturn:
    """
    Raises:
        NotAnAccount: why a text without a platform will not do.
    """
    _no_other(text)
    if other := _OTHER_PLATFORM.fullmatch(text):
        raise NotAnAccount(UNKNOWN_PLATFORM, other[1])
    if re.match(r"[A-Za-z][\w+.-]*:\S", text):
        raise NotAnAccount(NOT_AN_ADDRESS)
    bare = text.strip(_AROUND).removeprefix("@").rstrip("/")
    if disguised(bare.lower()):
        raise NotAnAccount(CONFUSABLE, _letter(bare))
    raise NotAnAccount(NEEDS_PLATFORM if " " not in bare else DISPLAY_NAME, bare)


def _rule(platform: str) -> Rule | None:
    if not platform:
        return None
    rule = rules().get(platform) or _called().get(platform.strip().lower())
    # Where the platform alone is named, a name there is one of its main kind.
    rule = rule or next((one for one in rules().values() if one.platform == platform), None)
    if rule is None:
        raise NotAnAccount(UNKNOWN_PLATFORM, platform[:40])
    return rule


def _is_address(text: str) -> bool:
    """One address and nothing else. A name with a full stop is one only where it ends as hosts do, or has a path."""
    pasted = as_pasted(text)
    if opened_in_app(pasted) is not None:
        return True
    if " " in pasted:
        # People put blanks around strokes.
        return (
            re.fullmatch(r"(?i)(?:https?:\s*/\s*/\s*)?[a-z0-9.-]+\.[a-z]{2,}(?:\s*/\s*[^\s/]+)+/?", pasted) is not None
        )
    if _SCHEME.match(pasted):
        return True
    return "/" in pasted and _is_host(pasted.rpartition("@")[2])


def _is_host(text: str) -> bool:
    """It begins with a host, as such names end: `.example` is none that anybody has."""
    host = re.split(r"[/?:]", text, maxsplit=1)[0].strip(".")
    return "." in host and host.rpartition(".")[2].lower() in endings() | {"example"}


def _named(name: str, rule: Rule) -> WebAddress:
    """An account of the platform that was named."""
    name = name.strip().strip(_AROUND).strip()
    if _is_address(name) or (rule.platform == "web" and addresses(name)):
        return _of_address(name)
    if rule.platform == "whatsapp":
        _no_phone(name)
    bare = name.removeprefix("@").strip()
    if " " in bare:
        found = addresses(bare)
        if len(found) == 1:
            return _of_address(found[0])
        raise NotAnAccount(DISPLAY_NAME)
    _no_other(bare)
    _no_disguise(bare, rule)
    if own := next((form for form in _NUMBERS if form[0] == rule.platform and form[1].fullmatch(bare)), None):
        return _of_address(own[2].format(bare))
    if not rule.takes(bare) or (rule.platform == "web" and not _is_host(bare)):
        raise NotAnAccount(NOT_A_NAME, rule.key)
    read = _of_address(rule.url(bare))
    if read.kind not in KINDS:
        raise NotAnAccount(NOT_A_NAME, rule.key)
    return read


def _no_other(name: str) -> None:
    """What people put there instead: a telephone number, a mail address."""
    if re.fullmatch(r"[^\s@/]+@[^\s@/]+\.[a-z]{2,}", name, re.IGNORECASE):
        raise NotAnAccount(IS_MAIL)
    _no_phone(name)


def _no_phone(name: str) -> None:
    if not re.match(r"\+?[\d(]", name) or sum(c.isdecimal() for c in name) < 9 or not name.startswith(("0", "+", "62")):
        return
    try:
        e164(name)
    except NotAPhoneNumber:
        return
    raise NotAnAccount(IS_PHONE)


def _no_disguise(name: str, rule: Rule) -> None:
    """
    Raises:
        NotAnAccount: a letter in it only looks like one of ours.
    """
    strange = next((c for c in name if c.isalpha() and not c.isascii()), None)
    if strange is not None and (disguised(name.lower()) or (rule.plain and disguised(f"a{strange}"))):
        raise NotAnAccount(CONFUSABLE, _letter(name))


def _letter(name: str) -> str:
    """The first letter that is not of ours, as people who look it up need it: `і (CYRILLIC SMALL LETTER …)`."""
    strange = next(c for c in name if c.isalpha() and not c.isascii())
    return f"{strange} ({unicodedata.name(strange, f'U+{ord(strange):04X}')})"


def _of_address(typed: str) -> WebAddress:
    pasted = as_pasted(re.sub(r"\s*([/:])\s*", r"\1", typed))
    try:
        in_app = opened_in_app(pasted)
        # A link for an app has no host that could deceive.
        reason = refused_because(pasted) if in_app is None else None
        read = resolve(pasted)
    except NotAnAddress as error:
        raise NotAnAccount(error.code) from None
    # Nor may what a wrapper carries.
    reason = reason or (refused_because(read.url) if read.url else None)
    if reason is not None:
        raise NotAnAccount(reason)
    for rule in _rules_of(read.platform):
        path = _path(in_app or pasted)
        for part in path[:2]:
            _no_disguise(part.removeprefix("@"), rule)
        if read.kind == "not_content" and len(path) == 1 and _is_mended(path[0], rule):
            mended = resolve(rule.url(path[0].removeprefix("@")))
            return mended if mended.kind in KINDS else read
    return read


def _is_mended(segment: str, rule: Rule) -> bool:
    """People add the @ that they write everywhere, or leave it out. Left out, the name must not be a page's: the table
    has those of platforms where that matters."""
    if not rule.takes(segment.removeprefix("@")):
        return False
    wanted = "/@{name}" in rule.address
    return not wanted if segment.startswith("@") else wanted and rule.pages != ()


def _rules_of(platform: str) -> Iterator[Rule]:
    """The row of the platform's profiles."""
    if platform != "web" and platform in rules():
        yield rules()[platform]


def _path(address: str) -> tuple[str, ...]:
    try:
        parts = urlsplit(address if "://" in address else f"https://{address}")
    except ValueError:
        return ()
    return tuple(unicodedata.normalize("NFKC", unquote(segment)) for segment in segments(parts.path))
