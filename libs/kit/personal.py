"""Personal data in what people paste: where it stands, and the text with it masked.

Found are numbers and addresses of persons: telephone, NIK, family card, tax, health insurance and passport numbers,
bank accounts and cards, e-mail, vehicle plates, and the name after "a.n.". What belongs to a claim stays: hotlines,
amounts, dates, articles, numbers of documents, ids in the addresses of posts. In doubt a number that could be called is
masked: an officer can look at it on purpose, nobody can take back what others have read.

Everything is one pass over the text with windows of fixed length: time grows with its length alone.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from libs.kit.personal_words import (
    BANKS,
    COUNTED,
    ENDINGS,
    HOTLINE,
    NO_PLATE,
    NO_SUFFIX,
    NOT_NAMED,
    OFFICE,
    OFFICE_DOMAIN,
    OFFICE_MAIL,
    PREFIXES,
    PRIVATE,
    PROVIDERS,
    PROVINCES,
    SAID,
    SPELT,
    STOPS,
    TITLES,
    VEHICLE,
)
from libs.kit.visible import is_ignorable


class Kind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    NIK = "nik"
    FAMILY_CARD = "family_card"
    TAX = "tax_number"
    HEALTH_INSURANCE = "health_insurance"
    PASSPORT = "passport"
    ACCOUNT = "bank_account"
    CARD = "bank_card"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True)
class Span:
    """Of the text as it was given: `text[start:end]`."""

    start: int
    end: int
    kind: Kind


HIDDEN = "•"
_LABELS = {
    Kind.NIK: "NIK", Kind.FAMILY_CARD: "KK", Kind.TAX: "NPWP", Kind.HEALTH_INSURANCE: "BPJS",
    Kind.PASSPORT: "paspor", Kind.ACCOUNT: "rekening", Kind.CARD: "kartu",
}  # fmt: skip

_BEFORE, _AFTER = 72, 32
"""Characters in which a word says what a number is."""


def find(text: str) -> tuple[Span, ...]:
    """In the order of the text, none over another."""
    folded = _fold(text)
    lower = folded.text.lower()
    if len(lower) != len(folded.text):
        lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in folded.text)
    reading = _Reading(folded.text, lower, tuple(_addresses(folded.text)))
    found = _apart([*_emails(reading), *_numbers(reading), *_passports(reading), *_plates(reading)])
    found = _apart([*found, *_names(reading, found)])
    return tuple(Span(folded.at[s.start], folded.at[s.end], s.kind) for s in found)


def mask(text: str) -> str:
    """With what was found hidden, digit by digit, but for its beginning and its last two: enough to tell two numbers
    apart, too little to call one. A masked text stays as it is."""
    return masked(text, find(text))


def masked(text: str, spans: Iterable[Span]) -> str:
    parts, upto = [], 0
    for span in spans:
        parts += [text[upto : span.start], _hidden(text[span.start : span.end], span.kind)]
        upto = span.end
    return "".join((*parts, text[upto:])) if parts else text


# What stands in place of it


def _hidden(written: str, kind: Kind) -> str:
    plain = _fold(written).text
    match kind:
        case Kind.PHONE:
            return _hidden_phone(plain)
        case Kind.EMAIL:
            name, domain = _address_parts(plain)
            return f"{name[:1]}{HIDDEN * max(2, len(name) - 1)}@{domain}"
        case Kind.PLATE:
            head, digits, tail = re.fullmatch(r"([A-Za-z]+)\W*(\d+)\W*([A-Za-z]+)", plain).groups()  # type: ignore[union-attr]
            return f"{head} {_but_last(digits, min(2, len(digits) - 1))} {HIDDEN * len(tail)}"
        case Kind.NAME:
            return " ".join(word[0] + HIDDEN * max(2, len(word) - 1) for word in plain.split())
    return f"{_but_last(''.join(c for c in _digits(plain) if c.isalnum()), 2)} ({_LABELS[kind]})"


def _hidden_phone(plain: str) -> str:
    digits = _as_digits(plain)
    if plain.startswith("+"):
        return f"+{digits[:2]} {digits[2]}{_but_last(digits[3:], 2)}"
    shown = 3 if digits.startswith("62") else 2
    return digits[:shown] + _but_last(digits[shown:], 2)


def _but_last(characters: str, n: int) -> str:
    return HIDDEN * (len(characters) - n) + characters[len(characters) - n :]


# The text as it is read: without what nobody sees, with plain digits


@dataclass(frozen=True)
class _Folded:
    text: str
    at: Sequence[int]
    """Of each of its characters, and of the end, where it stands in the text as given. What nobody sees goes with the
    character before it, as the frame of a keycap with its digit."""


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """One character or none."""
    if is_ignorable(character) or character == "\u20e3":
        return ""
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if unicodedata.category(character) in ("Pd", "Pc"):
        return "-"
    normal = unicodedata.normalize("NFKC", character)
    if len(normal) != 1 or unicodedata.combining(character):
        return character
    return {"\u2212": "-", "∙": ".", "·": ".", "⋅": "."}.get(normal, normal)


def _fold(text: str) -> _Folded:
    if text.isascii():
        return _Folded(text, range(len(text) + 1))
    characters, at = [], []
    for position, character in enumerate(text):
        plain = character if character < "\x80" else _plain(character)
        if plain:
            characters.append(plain)
            at.append(position)
    at.append(len(text))
    return _Folded("".join(characters), at)


@dataclass(frozen=True)
class _Reading:
    text: str
    lower: str
    addresses: tuple[tuple[int, int], ...]
    """Of web pages and posts."""

    @cached_property
    def says_whose(self) -> bool:
        """Somewhere a number may be said to be an account by what follows it."""
        return _SAYS_WHOSE.search(self.lower) is not None

    def before(self, at: int, length: int = _BEFORE) -> str:
        """On the same line."""
        return self.lower[max(0, at - length) : at].rsplit("\n", 1)[-1]

    def after(self, at: int, length: int = _AFTER) -> str:
        return self.lower[at : at + length].split("\n", 1)[0]


_TOKEN = re.compile(r"\S+")
_ADDRESS = re.compile(
    r"[\"'(<\[*]{0,3}(?:https?:|hxxps?:|www\.|[a-z0-9-]{1,40}(?:\.[a-z0-9-]{1,40}){1,4}/)", re.IGNORECASE
)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    if "/" not in text and "www." not in text:
        return
    for token in _TOKEN.finditer(text):
        if _ADDRESS.match(token[0]):
            yield token.span()


class _Within:
    """Whether a place lies in one of some spans; asked in the order of the text."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = iter(spans)
        self._next = next(self._spans, None)

    def hold(self, place: int) -> bool:
        while self._next is not None and self._next[1] <= place:
            self._next = next(self._spans, None)
        return self._next is not None and self._next[0] <= place


def _apart(found: Iterable[Span]) -> list[Span]:
    """Sorted; of two that overlap the one that begins first, then the longer."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


# E-mail

_LOCAL, _DOMAIN = 64, 120
_LOCAL_END = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\Z")
_DOMAIN_START = re.compile(r"[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_AT = re.compile(r" {0,2}[\[({<] {0,2}(?:at|et|@) {0,2}[\])}>] {0,2}| at | ?@ ?", re.IGNORECASE)
_DOT = re.compile(r" {0,2}[\[({<] {0,2}(?:dot|titik|\.) {0,2}[\])}>] {0,2}| (?:dot|titik) | ?\. ?", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z0-9-]{1,63}")


def _emails(reading: _Reading) -> Iterator[Span]:
    text, upto = reading.text, 0
    if "@" not in text and "at" not in reading.lower and "et" not in reading.lower:
        return
    for sign in _AT.finditer(text):
        if sign.start() < upto:
            continue
        local = _LOCAL_END.search(text[max(upto, sign.start() - _LOCAL) : sign.start()])
        if local is None:
            continue
        start = sign.start() - len(local[0])
        end = _domain_end(text, sign.end(), plain=sign[0] == "@", bare=sign[0].strip().lower() == "at")
        if end is None or (start and text[start - 1] == HIDDEN):
            continue
        if not _of_an_office(local[0].lower(), _address_parts(text[start:end])[1].lower()):
            yield Span(start, end, Kind.EMAIL)
        upto = end


def _domain_end(text: str, start: int, *, plain: bool, bare: bool) -> int | None:
    """Where the domain ends that begins there. `bare`: parted from the name by the word "at" alone, so that the
    ending must be a known one."""
    near = text[start : start + _DOMAIN]
    if plain and (written := _DOMAIN_START.match(near)) is not None and not written[0].startswith("-"):
        domain = written[0].rstrip("-.")
        if domain.rsplit(".", 1)[-1].isalpha():
            return start + len(domain)
    label = _LABEL.match(near)
    if label is None:
        return None
    upto, ending, dots = label.end(), "", 0
    if not bare and label[0].lower() in PROVIDERS:
        ending, dots = "com", 1
    while dots < 4 and (dot := _DOT.match(near, upto)) is not None:
        following = _LABEL.match(near, dot.end())
        if following is None or (bare and dot[0] in (". ", " .", " . ")):
            break
        if following[0].lower() not in ENDINGS and (dots or dot[0] != "."):
            break
        upto, ending, dots = following.end(), following[0].lower(), dots + 1
    return start + upto if dots and ending in ENDINGS else None


def _address_parts(written: str) -> tuple[str, str]:
    sign = _AT.search(written)
    assert sign is not None
    domain = _DOT.sub(".", written[sign.end() :])
    return written[: sign.start()], domain


def _of_an_office(local: str, domain: str) -> bool:
    return OFFICE_DOMAIN.fullmatch(domain) is not None and OFFICE_MAIL.fullmatch(local) is not None


# Numbers

_RUN = re.compile(r"[0-9OoIl|]+")
_LOOKS_LIKE = str.maketrans("OoIl|", "00111")
_PARTS = frozenset(" .-()/,_*~\u00a0")
_WIDEST_PART = 4
_FEWEST = 8
_MOST_DIGITS = 20
_SPELT_RUN = re.compile(rf"\b(?:(?:{'|'.join(SPELT)})[ .,-]{{0,3}}){{9,16}}(?<=[a-z])")


def _digits(written: str) -> str:
    return written.translate(_LOOKS_LIKE)


def _as_digits(plain: str) -> str:
    """Of a written number, also of one in words."""
    if any(c.isdigit() for c in plain):
        return "".join(c for c in _digits(plain) if c.isdigit())
    return "".join(SPELT[word] for word in re.findall(r"[a-z]+", plain.lower()) if word in SPELT)


class _Group(NamedTuple):
    start: int
    end: int
    digits: str


class _Number(NamedTuple):
    """Groups of digits that may be one number."""

    reading: "_Reading"
    groups: Sequence[_Group]
    parts: tuple[str, ...]
    """What stands between them."""
    digits: str
    plus: bool
    said: frozenset[str]
    """What a word before it says that it is."""
    goes_on: bool
    """More digits follow it, parted in the same way."""
    in_address: bool

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(g.digits) for g in self.groups)

    @property
    def before(self) -> str:
        return self.reading.before(self.groups[0].start)

    @property
    def after(self) -> str:
        return self.reading.after(self.groups[-1].end)


def _groups(text: str) -> list[_Group]:
    found = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if HIDDEN in text[max(0, start - 1) : end + 1]:
            continue
        if start and text[start - 1].isalpha():
            while start < end and not text[start].isdigit():
                start += 1
        if end < len(text) and text[end].isalpha():
            while end > start and not text[end - 1].isdigit():
                end -= 1
        written = text[start:end]
        if written.isdecimal():
            found.append(_Group(start, end, written))
        elif any(c.isdecimal() for c in written):
            found.append(_Group(start, end, _digits(written)))
    return found


_SAYS = re.compile("|".join(f"(?P<{name}>{sign})" for name, (sign, _) in SAID.items()))


def _said(lower: str, groups: Sequence[_Group]) -> dict[int, frozenset[str]]:
    """Of a group, by its place among them: what the words before it say, if no other figure stands between."""
    starts = [g.start for g in groups]
    found: dict[int, set[str]] = {}
    for sign in _SAYS.finditer(lower):
        end, name = sign.end(), sign.lastgroup
        n = bisect_left(starts, end)
        if n == len(starts) or name is None or starts[n] - end > SAID[name][1] or _is_a_label(lower, sign):
            continue
        between = lower[end : starts[n]]
        if _NOT_BETWEEN.search(between) or (name == "document" and _LEADS_TO.search(between)):
            continue
        found.setdefault(n, set()).add(name)
    return {n: frozenset(names) for n, names in found.items()}


def _is_a_label(lower: str, sign: re.Match[str]) -> bool:
    """One that masking has put there."""
    return lower[max(0, sign.start() - 1) : sign.end() + 1] == f"({sign[0]})"


_NOT_BETWEEN = re.compile(r"[\n\d]")
_LEADS_TO = re.compile(r"\b(?:ke|di|dari|kepada|hubungi)\b")
_NOTHING: frozenset[str] = frozenset()


def _numbers(reading: _Reading) -> Iterator[Span]:
    figures = _Figures.of(reading)
    addresses, n = _Within(reading.addresses), 0
    while n < len(figures.groups):
        taken = _number_at(reading, figures, n, in_address=addresses.hold(figures.groups[n].start))
        if taken is None:
            n += 1
            continue
        n, span = taken
        yield span
    for spelt in _SPELT_RUN.finditer(reading.lower):
        if _MOBILE.fullmatch(_as_digits(spelt[0])):
            yield Span(*spelt.span(), Kind.PHONE)


@dataclass(frozen=True)
class _Figures:
    """All groups of digits of a text."""

    groups: Sequence[_Group]
    parts: Sequence[str]
    """What stands behind each but the last."""
    last: Sequence[int]
    """Of each group: up to which one they may be one number, that one not included."""
    at: Sequence[int]
    """Where the digits of each begin in `digits`, and where they end."""
    digits: str
    said: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, reading: _Reading) -> "_Figures":
        text = reading.text
        groups = _groups(text)
        parts = [text[one.end : two.start] for one, two in pairwise(groups)]
        last = list(range(1, len(groups) + 1))
        for n in range(len(groups) - 2, -1, -1):
            if len(parts[n]) < _WIDEST_PART and _PARTS.issuperset(parts[n]):
                last[n] = last[n + 1]
        at = [0, *accumulate(len(g.digits) for g in groups)]
        return cls(groups, parts, last, at, "".join(g.digits for g in groups), _said(reading.lower, groups))


def _number_at(reading: _Reading, figures: _Figures, n: int, *, in_address: bool) -> tuple[int, Span] | None:
    """The number that begins with the n-th group, and the group after it."""
    at, last = figures.at, figures.last[n]
    if at[last] - at[n] < _FEWEST:
        return None
    digits = figures.digits[at[n] : min(at[last], at[n] + _MOST_DIGITS)]
    start, said = figures.groups[n].start, figures.said.get(n, _NOTHING)
    plus = start > 0 and reading.text[start - 1] == "+"
    for rule, lengths in _rules_for(digits, said, plus=plus, says_whose=reading.says_whose):
        chosen: tuple[_Number, Kind] | None = None
        for upto in range(n + 1, last + 1):
            length = at[upto] - at[n]
            if length >= lengths.stop:
                break
            if length < lengths.start:
                continue
            goes_on = upto > n + 1 and upto < last and figures.parts[upto - 1] == figures.parts[upto - 2]
            if goes_on and rule is _identity and not said & _IDENTITIES:
                continue
            own = tuple(figures.parts[n : upto - 1])
            if chosen is not None and _turns(chosen[0], own):
                break
            groups = figures.groups[n:upto]
            number = _Number(reading, groups, own, digits[:length], plus, said, goes_on, in_address)
            kind = rule(number)
            if kind is not None:
                chosen = number, kind
        if chosen is not None:
            number, kind = chosen
            begin, end = start - plus, number.groups[-1].end
            if begin and reading.text[begin - 1] == "(" and ")" in reading.text[start:end]:
                begin -= 1
            return n + len(number.groups), Span(begin, end, kind)
    return None


def _turns(chosen: _Number, longer: tuple[str, ...]) -> bool:
    """The groups beyond are parted otherwise: something else begins."""
    if not chosen.parts:
        return len(chosen.digits) >= 11
    own = {part.strip() for part in chosen.parts[1:] or chosen.parts}
    return len(chosen.digits) >= 10 and longer[-1].strip() not in own


Rule = Callable[[_Number], Kind | None]


def _rules_for(digits: str, said: frozenset[str], *, plus: bool, says_whose: bool) -> Iterator[tuple[Rule, range]]:
    """What a run that begins with these digits can be, and how many digits that has."""
    if len(digits) >= 13 and (said or _could_be_nik(digits[:16]) or len(digits) == 15 or _could_be_a_card(digits[:16])):
        yield _identity, range(13, 17)
    if plus or _BEGINS_PHONE.match(digits):
        yield _phone, range(9, 16)
    if says_whose or "account" in said:
        yield _account, range(8, 19)


_BEGINS_PHONE = re.compile(r"0?0?620?[2-9]|0[2-9][1-9]|8[1-35-9]")
_MOBILE = re.compile(r"(?:0|0?0?620?)8[1-35-9]\d{7,10}")
_BARE_MOBILE = re.compile(r"8[1-35-9]\d{7,10}")
_LANDLINE = re.compile(
    r"(?:0|0?0?620?)(?:(?:21|22|24|31|61)\d{7,8}|(?:2[3579]|3[2-58]|4[0-8]|5[1-6]|6[2-5]|7[0-7]|9[0-8])\d{6,9})"
)
_PHONE_ADDRESS = re.compile(r"(?:wa\.me/|whatsapp\.com/\S{0,40}|phone=|tel:|telp?=|t\.me/|hp=|number=|no=)\+?$")
_YEAR = re.compile(r"(?:19|20)\d\d")


def _phone(number: _Number) -> Kind | None:
    if number.in_address:
        if not _PHONE_ADDRESS.search(number.before):
            return None
    elif _is_date(number) or _is_figure(number) or _is_of_a_document(number) or _is_counted(number):
        return None
    digits = number.digits
    if _MOBILE.fullmatch(digits):
        return None if _is_an_offices(number) else Kind.PHONE
    if number.plus:
        return Kind.PHONE if digits[0] != "0" and not _is_decimal(number) else None
    if any(g.digits.startswith("08") and len(g.digits) >= 4 for g in number.groups[1:]):
        return None
    if _LANDLINE.fullmatch(digits) and len(digits.removeprefix("62")) <= 12:
        of_an_account = not number.parts and "account" in number.said and "called" not in number.said
        return None if of_an_account or _is_a_hotline(number) else Kind.PHONE
    # With a digit too many it cannot be called, and is still somebody's.
    called = "called" in number.said and (_BARE_MOBILE.fullmatch(digits) or digits.startswith("08"))
    return Kind.PHONE if called else None


def _is_date(number: _Number) -> bool:
    """03-12-2024 with a time, 2019-2024, and times, whose signs change."""
    sizes, groups = number.sizes, number.groups
    if len(groups) >= 3 and sizes[0] <= 2 and sizes[1] <= 2 and _YEAR.fullmatch(groups[2].digits):
        return True
    if len(groups) >= 2 and _YEAR.fullmatch(groups[0].digits) and sizes[1] <= 4:
        return True
    timed = len(sizes) >= 4 and set(sizes) == {2} and len({part.strip() for part in number.parts}) > 1
    return timed and all(int(g.digits) < 60 for g in groups)


def _is_figure(number: _Number) -> bool:
    """1.500.000, 0,25."""
    sizes = number.sizes
    if len(sizes) < 2 or number.plus:
        return False
    first, marks = number.groups[0].digits, set(number.parts)
    if first == "0" and sizes[1] > 1 and marks & {".", ","}:
        return True
    return first[0] != "0" and marks in ({"."}, {","}) and sizes[0] <= 3 and set(sizes[1:]) == {3}


def _is_decimal(number: _Number) -> bool:
    return len(number.groups) == 2 and number.parts[0] in (".", ",")


def _is_counted(number: _Number) -> bool:
    """Money, votes: no telephone is written so without its 0 or plus."""
    if number.plus or number.digits[0] == "0":
        return False
    return "money" in number.said or COUNTED.match(number.after) is not None


def _is_of_a_document(number: _Number) -> bool:
    if any("/" in part for part in number.parts) and (
        any(_YEAR.fullmatch(g.digits) for g in number.groups[1:]) or number.after.startswith("/")
    ):
        return True
    return "document" in number.said and "called" not in number.said


def _is_a_hotline(number: _Number) -> bool:
    """A line that an office is called on: nobody's own number unless somebody is named between."""
    said = number.before
    if (hotline := _last(HOTLINE, said)) is not None:
        return PRIVATE.search(said, hotline.end()) is None
    return not PRIVATE.search(said) and bool(OFFICE.search(said) or HOTLINE.search(number.after[:24]))


def _last(sign: re.Pattern[str], said: str) -> re.Match[str] | None:
    return next(iter(deque(sign.finditer(said), maxlen=1)), None)


def _is_an_offices(number: _Number) -> bool:
    """A mobile number that an office gives as its hotline: both must be said."""
    said = number.before
    return bool(HOTLINE.search(said) and OFFICE.search(said) and not PRIVATE.search(said)) and "bank" not in said


_IDENTITIES = frozenset({"nik", "family", "tax", "insured"})
_NPWP = (2, 3, 3, 1, 3, 3)


def _identity(number: _Number) -> Kind | None:
    if number.in_address:
        return None
    digits, said = number.digits, number.said
    if len(digits) == 16 and not _is_figure(number):
        if "tax" in said:
            return Kind.TAX
        if "family" in said:
            return Kind.FAMILY_CARD
        if "nik" in said or _could_be_nik(digits):
            return Kind.NIK
        if _could_be_a_card(digits) and not _is_of_a_document(number):
            return Kind.CARD
    if len(digits) == 15 and ("tax" in said or number.sizes == _NPWP):
        return Kind.TAX
    if len(digits) == 13 and "insured" in said and not _is_figure(number):
        return Kind.HEALTH_INSURANCE
    return None


def _could_be_nik(digits: str) -> bool:
    """Province, regency (1-79), district, then day (a woman's plus 40), month, year, and a count from 1."""
    day, month = int(digits[6:8]), int(digits[8:10])
    return (
        len(digits) == 16
        and digits[:2] in PROVINCES
        and 1 <= int(digits[2:4]) <= 79
        and 1 <= int(digits[4:6]) <= 60
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and digits[12:] != "0000"
    )


def _could_be_a_card(digits: str) -> bool:
    """By its first digit and Luhn's check."""
    if len(digits) != 16 or digits[0] not in "3456":
        return False
    return sum(_LUHN[n % 2][d] for n, d in enumerate(map(int, digits))) % 10 == 0


_LUHN = ([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], list(range(10)))


_HOLDER = r"a\. ?n\b|a/n\b|an\b|atas nama\b"
_SAYS_WHOSE = re.compile(rf"\d[ (,/-]{{0,3}}(?:{_HOLDER}|(?:bank )?(?:{BANKS})\b)")
_WHOSE = re.compile(rf"\s{{0,2}}[(,/-]?\s?(?:{_HOLDER}|(?:bank )?(?:{BANKS})\b)")


def _account(number: _Number) -> Kind | None:
    if number.in_address or number.plus or "money" in number.said or _is_figure(number) or _is_date(number):
        return None
    after = number.after
    if COUNTED.match(after) or re.match(r"[.,]\d", after) or any("," in part or "*" in part for part in number.parts):
        return None
    return Kind.ACCOUNT if "account" in number.said or _WHOSE.match(after) else None


# Passports

_PASSPORT = re.compile(r"\b[A-Z]{1,2} ?\d{6,7}\b")
_SAYS_PASSPORT = re.compile(r"\b(?:paspor|passport)\b")


def _passports(reading: _Reading) -> Iterator[Span]:
    if "paspor" not in reading.lower and "passport" not in reading.lower:
        return
    for written in _PASSPORT.finditer(reading.text):
        if _SAYS_PASSPORT.search(reading.before(written.start(), 32)):
            yield Span(*written.span(), Kind.PASSPORT)


# Vehicle plates

_PLATE = re.compile(r"(?<![A-Za-z0-9/.•-])([A-Za-z]{1,2})[ -]?([1-9]\d{0,3})[ -]?([A-Za-z]{1,3})(?![A-Za-z0-9])")


def _plates(reading: _Reading) -> Iterator[Span]:
    addresses = _Within(reading.addresses)
    for written in _PLATE.finditer(reading.text):
        if not addresses.hold(written.start()) and _is_plate(reading, written):
            yield Span(*written.span(), Kind.PLATE)


def _is_plate(reading: _Reading, written: re.Match[str]) -> bool:
    head, digits, tail = written.groups()
    if head.upper() not in PREFIXES or tail.upper() in NO_SUFFIX:
        return False
    before = reading.before(written.start(), 60)
    if NO_PLATE.search(before):
        return False
    of_a_vehicle = VEHICLE.search(before) is not None
    if (head + tail).isupper():
        behind = reading.after(written.end()).lstrip(" ,()-:")
        return of_a_vehicle or len(digits) >= 3 or VEHICLE.match(behind) is not None
    return of_a_vehicle and len(digits) >= 2 and (head + tail).islower() and len(tail) >= 2


# Names

_SAYS_ACCOUNT = re.compile(rf"(?:{SAID['account'][0]})[^0-9\n]{{0,30}}$")
_NAMED = re.compile(r"(?<![a-z0-9.'’])(?:a\. ?n\.?|a/n|an\.|atas nama|b\.n\.)\s{0,2}:?\s{0,2}")
_NAME_AFTER_ACCOUNT = re.compile(r"\s{0,2}[(,/-]?\s?(?:a\. ?n\.?|a/n|an\.?|atas nama)\s{0,2}:?\s{0,2}")
_LABELLED = re.compile(r"\((?:rekening|kartu)\)")
_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’-][^\W\d_]+)?")
_MOST_WORDS = 4
_AFTER_TITLE = re.compile(r"\.?\s{0,2}")


def _names(reading: _Reading, found: Sequence[Span]) -> Iterator[Span]:
    begins = {m.end(): False for m in _NAMED.finditer(reading.lower)}
    # Once it is masked, an account is followed by its label.
    labels = [m.end() for m in _LABELLED.finditer(reading.lower)]
    for end in (*labels, *(s.end for s in found if s.kind in (Kind.ACCOUNT, Kind.CARD, Kind.PHONE))):
        if (held := _NAME_AFTER_ACCOUNT.match(reading.lower, end)) is not None:
            begins[held.end()] = True
    for start, after_account in sorted(begins.items()):
        lower_too = after_account or _SAYS_ACCOUNT.search(reading.before(start)) is not None
        span = _name_at(reading.text, start, lower_too=lower_too)
        if span is not None:
            yield span


def _name_at(text: str, start: int, *, lower_too: bool) -> Span | None:
    words: list[re.Match[str]] = []
    at = start
    while len(words) < _MOST_WORDS and (word := _WORD.match(text, at)) is not None:
        end = word.end()
        if end < len(text) and text[end] == HIDDEN:
            return None
        small = word[0].lower()
        if not words and small in TITLES:
            at = _AFTER_TITLE.match(text, end).end()  # type: ignore[union-attr]
            continue
        if small in STOPS or small in NOT_NAMED or not (lower_too or word[0][0].isupper()):
            break
        if words and words[0][0][0].isupper() and not word[0][0].isupper():
            break
        words.append(word)
        if text[end : end + 1] == "." and len(word[0]) == 1 and text[end + 1 : end + 2] == " ":
            at = end + 2
        elif text[end : end + 1] == " ":
            at = end + 1
        else:
            break
    if not words:
        return None
    first = words[0][0]
    if first.lower() in NOT_NAMED or first.lower().startswith("kemen") or (len(words) == 1 and len(first) < 3):
        return None
    return Span(words[0].start(), words[-1].end(), Kind.NAME)
