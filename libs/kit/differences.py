"""What two texts of one template say differently: place, institution, amount, date, number, and the turns of a claim.

Scam texts travel with the bank, the town or the deadline changed, so the wording alone says "the same" where the claim
is another. The rows of `differences` are shown to the reader; `conflicts` keeps the matcher from deciding alone.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import groupby
from operator import attrgetter

from rapidfuzz.distance import Levenshtein
from rapidfuzz.fuzz import ratio

from libs.kit import areas
from libs.kit.addresses import addresses
from libs.kit.claims import Aspect, Turn, turns
from libs.kit.claims import read as read_claim
from libs.kit.numbers import value_of
from libs.kit.stems import Stems
from libs.kit.text import words

_TOKEN = re.compile(r"\s*\S+\s*?")


class Kind(StrEnum):
    PLACE = "place"
    INSTITUTION = "institution"
    AMOUNT = "amount"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Mention:
    """One thing named in a text.

    Attributes:
        shown: as written there.
        keys: what it may be; two mentions agree when any two of their keys do.
        drifts: a count of people, which grows as a story is retold and makes no other claim of it.
    """

    kind: Kind
    shown: str
    keys: tuple[str, ...]
    drifts: bool = False


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the comparison; None where a text names nothing of the kind."""

    what: Kind | Aspect
    theirs: str | None
    ours: str | None
    same: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is written. `differs`: the other text says something else there, or nothing."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """Two texts of one wording.

    Attributes:
        exchanged: what stands in the place of what, in few words, first places first.
    """

    theirs: tuple[Piece, ...]
    ours: tuple[Piece, ...]
    exchanged: tuple[tuple[str, str], ...]


_STEMS = Stems()
MOST_EXCHANGED = 3
EXCHANGED_WORDS = 5
"""A longer stretch is another sentence, and no other target."""
MISSPELT = 80.0
"""Similarity from which two stretches are one, written differently."""
MOST_SHOWN = 3
"""Mentions in one cell: a fourth makes the table unreadable at 360 px."""
LONGEST_COMPARED = 5_000
"""Characters. What a claim is about stands at its beginning; the longest development text has 20,000."""


def differences(reported: str, published: str) -> tuple[Difference, ...]:
    """The kinds that either text names, in a fixed order.

    Numbers are compared only where both texts have some: a longer text always has more of them. What the claim turns
    on, a denial, an hour, a class, comes first, and only where the texts part there.
    """
    theirs, ours = mentions(reported), mentions(published)
    rows = [row for kind in Kind if (row := _row(kind, _of(kind, theirs), _of(kind, ours)))]
    shown = {part for row in rows if not row.same for part in (row.theirs, row.ours)}
    found = turns(read_claim(reported, _STEMS), read_claim(published, _STEMS))
    return (*_turned([turn for turn in found if not _is_among(turn, shown)]), *rows)


def _turned(found: Iterable[Turn]) -> Iterator[Difference]:
    """A row for each aspect, in a fixed order."""
    by_aspect = {aspect: [turn for turn in found if turn.aspect is aspect] for aspect in Aspect}
    for aspect, parting in by_aspect.items():
        if parting:
            yield Difference(aspect, _joined(t.theirs for t in parting), _joined(t.ours for t in parting), same=False)


def _joined(shown: Iterable[str | None]) -> str | None:
    return ", ".join(list(dict.fromkeys(filter(None, shown)))[:MOST_SHOWN]) or None


def _is_among(turn: Turn, shown: Iterable[str | None]) -> bool:
    """Whether a row of places, amounts or the like says it already."""
    theirs = turn.theirs or ""
    return bool(theirs and turn.aspect is not Aspect.POLARITY) and any(theirs in (each or "") for each in shown)


def side_by_side(theirs: str, ours: str) -> SideBySide:
    """Two texts laid word by word. Case, punctuation and a letter more or less make no difference."""
    ones, others = (_TOKEN.findall(text[:LONGEST_COMPARED]) for text in (theirs, ours))
    keys_one, keys_other = ([" ".join(words(token)) for token in each] for each in (ones, others))
    left: list[Piece] = []
    right: list[Piece] = []
    exchanged: dict[tuple[str, str], None] = {}
    for code in Levenshtein.opcodes(keys_one, keys_other):
        one, other = slice(code.src_start, code.src_end), slice(code.dest_start, code.dest_end)
        said = " ".join(keys_one[one]), " ".join(keys_other[other])
        differs = ratio(*said) < MISSPELT
        for pieces, tokens in ((left, ones[one]), (right, others[other])):
            if tokens:
                pieces.append(Piece("".join(tokens), differs))
        if differs and all(said) and max(len(ones[one]), len(others[other])) <= EXCHANGED_WORDS:
            exchanged[_bare(ones[one]), _bare(others[other])] = None
    return SideBySide(_merged(left), _merged(right), tuple(exchanged)[:MOST_EXCHANGED])


def _bare(tokens: Iterable[str]) -> str:
    """Without the marks around it: "BRI," names BRI."""
    return re.sub(r"^\W+|\W+$", "", "".join(tokens))


def _merged(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    runs = groupby(pieces, attrgetter("differs"))
    return tuple(Piece("".join(piece.text for piece in run), differs) for differs, run in runs)


def conflicts(one: Iterable[Mention], other: Iterable[Mention]) -> frozenset[Kind]:
    """The kinds of which both texts name something, and nothing that agrees; counts of people aside."""
    ones, others = (tuple(mention for mention in each if not mention.drifts) for each in (one, other))
    both = {mention.kind for mention in ones} & {mention.kind for mention in others}
    return frozenset(kind for kind in both if _is_conflict(_of(kind, ones), _of(kind, others)))


def agree(one: Mention, other: Mention) -> bool:
    if one.kind is not other.kind:
        return False
    alike = _ALIKE[one.kind]
    return any(alike(a, b) or alike(b, a) for a in one.keys for b in other.keys)


def mentions(text: str) -> tuple[Mention, ...]:
    """Everything named in the first 5,000 characters, each kind in the order of the text, each thing once."""
    plain = unicodedata.normalize("NFKC", text[:LONGEST_COMPARED])
    for address in addresses(plain):
        plain = plain.replace(address, " ")
    plain = _HOUR.sub(" ", plain)
    found = []
    for kind, pattern, read in _PATTERNS:
        kept = []
        for match in pattern.finditer(plain):
            mention = read(kind, match)
            if mention:
                found.append(mention)
                kept.append(match.span())
        plain = _blanked(plain, kept)
    return tuple(_unique([*_places(plain), *found]))


def _of(kind: Kind, named: Iterable[Mention]) -> tuple[Mention, ...]:
    return tuple(mention for mention in named if mention.kind is kind)


def _is_conflict(theirs: tuple[Mention, ...], ours: tuple[Mention, ...]) -> bool:
    return bool(theirs and ours) and not any(agree(one, other) for one in theirs for other in ours)


def _row(kind: Kind, theirs: tuple[Mention, ...], ours: tuple[Mention, ...]) -> Difference | None:
    if not (theirs or ours) or (kind is Kind.NUMBER and not (theirs and ours)):
        return None
    shared_theirs = [one for one in theirs if any(agree(one, other) for other in ours)]
    shared_ours = [one for one in ours if any(agree(one, other) for other in theirs)]
    # A report may say more than the short published claim; they differ only where each has something of its own.
    if shared_ours and (len(shared_ours) == len(ours) or len(shared_theirs) == len(theirs)):
        return Difference(kind, _shown(shared_theirs), _shown(shared_ours), same=True)
    differing_theirs = [one for one in theirs if one not in shared_theirs]
    differing_ours = [one for one in ours if one not in shared_ours]
    return Difference(kind, _shown(differing_theirs), _shown(differing_ours), same=False)


def _shown(named: Iterable[Mention]) -> str | None:
    return ", ".join([mention.shown for mention in named][:MOST_SHOWN]) or None


def _unique(named: Iterable[Mention]) -> list[Mention]:
    return list({(mention.kind, mention.keys): mention for mention in reversed(list(named))}.values())[::-1]


def _blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in spans:
        parts += [text[at:start], ";" + " " * (end - start - 1)]
        at = end
    return "".join(parts) + text[at:]


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januari january jan", "februari pebruari february feb", "maret march mar", "april apr", "mei may",
            "juni june jun", "juli july jul", "agustus august agu agt aug", "september sept sep",
            "oktober october okt oct", "november nopember nov nop", "desember december des dec",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})"
_HOUR = re.compile(
    r"(?<!\w)(?:jam|pukul|pkl)\.?\s?\d{1,2}(?:[.:]\d\d)?(?!\w)|\b\d{1,2}[.:]\d\d\s?wi(?:b|ta|t)\b", re.IGNORECASE
)
_FIGURE = r"(?P<figure>\d{1,15}(?:[.,]\d{1,3}){0,5})"
_COUNTED = r"(?:orang|warga|jiwa|penerima|kk|keluarga|dosis|km|meter|ton|kg|unit|hektar|ha|hari|tahun|persen|pengikut)"


def _date(kind: Kind, match: re.Match[str]) -> Mention | None:
    part = match.groupdict()
    month = _MONTHS.get((part["month"] or "").lower(), 0) or int(part.get("m") or 0)
    day = int(part["day"]) if part.get("day") else 0
    year = part.get("year") or ""
    if not 1 <= month <= 12 or day > 31:
        return None
    year = f"20{year}" if len(year) == 2 else year
    return Mention(kind, match.group().strip(), (f"{year or '*'}-{month}-{day or '*'}",))


def _amount(kind: Kind, match: re.Match[str]) -> Mention | None:
    value = value_of(match["figure"], match["scale"])
    return Mention(kind, match.group().strip(), (f"{value:.12g}",)) if value else None


def _number(kind: Kind, match: re.Match[str]) -> Mention | None:
    value = value_of(match["figure"], match["scale"])
    # A bare 1 to 3 counts lists and paragraphs; a year says when, and the date row shows it.
    is_year = match["scale"] is None and re.fullmatch(r"(19|20)\d\d", match["figure"])
    if (value <= 3 and not match["unit"]) or is_year:
        return None
    drifts = (match["unit"] or "").strip().lower() in _PEOPLE
    return Mention(kind, match.group().strip(), (f"{value:.12g}",), drifts)


_PEOPLE = frozenset(words("orang warga jiwa penerima kk keluarga pengikut"))
_STOP = frozenset(
    words(
        "di ke dari yang dan atau untuk dengan akan telah sudah ini itu adalah oleh pada para bagi jika agar karena "
        "bisa dapat harus sebagai dalam saat ada tidak atas nama bahwa saya kami kita anda juga lagi the of and to in "
        "is a an milik cabang terkait soal resmi melalui via rekening nomor no sebelum sampai hingga mulai memberikan "
        "memberi mengadakan membuka bagikan membagikan kirim transfer atm syariah indonesia daerah"
    )
)
_INSTITUTION_MARK = (
    r"bank|pt|cv|universitas|univ|rsud|rsu|rs|rumah\s+sakit|dinas|kementerian|kemen|badan|polres|polda|polsek|partai|"
    r"koperasi|yayasan|pesantren|puskesmas|klinik"
)
_KNOWN = (
    "bca|bri|bni|bsi|btn|bjb|mandiri|danamon|cimb|bukopin|permata|pertamina|pln|telkom|telkomsel|indosat|bpjs|kemensos|"
    "kemenkes|kemenag|kemendikbud|kominfo|komdigi|kpu|bawaslu|kpk|polri|tni|mui|bmkg|bnpb|bpom|pssi|garuda|shopee|"
    "tokopedia|lazada|gojek|grab|dana|ovo|gopay|indomaret|alfamart|unilever|danone|aqua|whatsapp|facebook|instagram"
)
_NAME_WORD = re.compile(r"[^\W\d_][\w&'’-]*")


def _marked_institution(kind: Kind, match: re.Match[str]) -> Mention | None:
    mark, rest = match["mark"], match["rest"]
    named = list(_NAME_WORD.finditer(rest))
    capital = bool(named) and named[0].group()[0].isupper() and not rest.isupper()
    kept: list[str] = []
    for word in named[: 3 if capital else 2]:
        if word.group().lower() in _STOP or (capital and not word.group()[0].isupper()):
            break
        kept.append(word.group())
    if not kept:
        return None
    return Mention(kind, f"{mark} {' '.join(kept)}", (" ".join(words(" ".join(kept))),))


def _known_institution(kind: Kind, match: re.Match[str]) -> Mention:
    return Mention(kind, match.group(), (match.group().lower(),))


_PATTERNS = (
    (
        Kind.AMOUNT,
        re.compile(
            rf"(?<!\w)(?:rp\.?|idr)\s{{0,2}}{_FIGURE}(?:\s?(?P<scale>ribu|rb|k|juta|jt|miliar|milyar|m|triliun|trilyun|t)\b)?",
            re.IGNORECASE,
        ),
        _amount,
    ),
    (
        Kind.DATE,
        re.compile(
            rf"(?<![\w.,])(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s-]{{1,2}}{_MONTH}\b\.?(?:[\s,-]{{1,2}}(?P<year>(?:19|20)\d\d)\b)?",
            re.IGNORECASE,
        ),
        _date,
    ),
    (
        Kind.DATE,
        re.compile(
            r"(?<![\w./-])(?P<day>\d{1,2})(?P<month>)[/-](?P<m>\d{1,2})[/-](?P<year>(?:19|20)?\d\d)(?![\w/-])", re.ASCII
        ),
        _date,
    ),
    (Kind.DATE, re.compile(rf"(?<!\w){_MONTH}\s(?P<day>\d{{1,2}}),?\s(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE), _date),
    (Kind.DATE, re.compile(rf"(?<!\w){_MONTH}\s(?P<year>(?:19|20)\d\d)\b", re.IGNORECASE), _date),
    (
        Kind.AMOUNT,
        re.compile(
            rf"(?<![\w.,]){_FIGURE}(?:\s?(?P<scale>ribu|rb|juta|jt|miliar|milyar|triliun|trilyun)\b)?"
            rf"(?:\s{{1,2}}rupiah\b|(?(scale)(?!\s{{1,2}}{_COUNTED}\b)|(?!)))",
            re.IGNORECASE,
        ),
        _amount,
    ),
    (
        Kind.NUMBER,
        re.compile(
            rf"(?<![\w.,:]){_FIGURE}(?:\s?(?P<scale>ribu|rb|juta|jt|miliar|milyar)\b)?(?P<unit>\s?%|\s{{1,2}}{_COUNTED}\b)?"
            r"(?![\w:])",
            re.IGNORECASE,
        ),
        _number,
    ),
    (
        Kind.INSTITUTION,
        re.compile(
            rf"(?<!\w)(?P<mark>{_INSTITUTION_MARK})\.?(?P<rest>(?:\s{{1,2}}[^\W\d_][\w&'’-]{{0,30}}){{1,3}})",
            re.IGNORECASE,
        ),
        _marked_institution,
    ),
    (Kind.INSTITUTION, re.compile(rf"(?<![\w@#])(?:{_KNOWN})(?!\w)", re.IGNORECASE), _known_institution),
)

_PLACE_MARKS = {
    "kota": "kota", "kodya": "kota", "kab": "kabupaten", "kabupaten": "kabupaten", "kec": "kecamatan",
    "kecamatan": "kecamatan", "kel": "kelurahan", "kelurahan": "kelurahan", "desa": "kelurahan", "ds": "kelurahan",
    "prov": "provinsi", "provinsi": "provinsi", "gubernur": "provinsi", "bupati": "kabupaten",
}  # fmt: skip
_ABBREVIATED = {
    "jakarta": "31", "dki": "31", "yogyakarta": "34", "jogja": "34", "jogjakarta": "34", "diy": "34", "jabar": "32",
    "jateng": "33", "jatim": "35", "sumut": "12", "sumbar": "13", "sumsel": "16", "babel": "19", "kepri": "21",
    "ntb": "52", "ntt": "53", "kalbar": "61", "kalteng": "62", "kalsel": "63", "kaltim": "64", "kaltara": "65",
    "sulut": "71", "sulteng": "72", "sulsel": "73", "sultra": "74", "sulbar": "76", "malut": "82",
}  # fmt: skip
# Names that are everyday words as well ("new", "stone", "attack") count only after "kota", "kab." and the like.
_EVERYDAY = frozenset(
    words(
        "agam banjar banjaran bareng baru batang batu belu buru ibun kadipaten kudu kuningan landak lebak lingga maja "
        "malaka metro paser pati perak puncak serang sigi tapin tual"
    )
)
_PLACE_WORD = re.compile(r"[^\W\d_][\w'’]*")
_MOST_WORDS_IN_A_PLACE = 4


@cache
def _gazetteer() -> dict[str, tuple[tuple[str, str], ...]]:
    """Name in lower case → (kind, code) of each area so called."""
    named: dict[str, list[tuple[str, str]]] = {}
    for area in areas.everywhere():
        kind, name = _kind_and_name(area)
        named.setdefault(name, []).append((kind, area.code))
    for short, code in _ABBREVIATED.items():
        named.setdefault(short, []).append(("provinsi", code))
    return {name: tuple(found) for name, found in named.items()}


@cache
def _first_words() -> frozenset[str]:
    return frozenset(name.partition(" ")[0] for name in _gazetteer())


def _kind_and_name(area: areas.Area) -> tuple[str, str]:
    name = " ".join(words(area.name))
    match area.level:
        case areas.Level.PROVINCE:
            return "provinsi", name
        case areas.Level.REGENCY:
            kind, _, bare = name.partition(" ")
            return kind, bare.removeprefix("administrasi ")
        case areas.Level.DISTRICT:
            return "kecamatan", name
    return "kelurahan", name


def _places(text: str) -> Iterator[Mention]:
    found = list(_PLACE_WORD.finditer(text))
    spelled = [word.group().lower().replace("’", "'") for word in found]
    at = 0
    while at < len(found):
        mark = _PLACE_MARKS.get(spelled[at])
        start = at + 1 if mark else at
        length, codes = _longest_place(text, found, spelled, start, mark)
        if codes:
            end = found[start + length - 1].end()
            yield Mention(Kind.PLACE, " ".join(text[found[at].start() : end].split()), codes)
            at = start + length
        else:
            at += 1


def _longest_place(
    text: str, found: list[re.Match[str]], spelled: list[str], start: int, mark: str | None
) -> tuple[int, tuple[str, ...]]:
    known = _gazetteer()
    if start >= len(found) or spelled[start] not in _first_words():
        return 0, ()
    for length in range(min(_MOST_WORDS_IN_A_PLACE, len(found) - start), 0, -1):
        between = text[found[start].start() : found[start + length - 1].end()]
        if length > 1 and re.search(r"[^\w\s'’]", between):
            continue
        name = " ".join(spelled[start : start + length])
        codes = _meant(known.get(name, ()), name, mark)
        if codes:
            return length, codes
    return 0, ()


def _meant(known: Iterable[tuple[str, str]], name: str, mark: str | None) -> tuple[str, ...]:
    if mark is None:
        return tuple(code for kind, code in known if _stands_alone(kind, name))
    exact = tuple(code for kind, code in known if kind == mark)
    # "Kota X" is said of the towns of regencies as well, where no kota bears the name.
    return exact or tuple(code for kind, code in known if (mark, kind) == ("kota", "kabupaten"))


def _stands_alone(kind: str, name: str) -> bool:
    if name in _EVERYDAY or kind == "kelurahan":
        return False
    return kind != "kecamatan" or len(name) >= 6


def _same_date(one: str, other: str) -> bool:
    return all(a == b or "*" in (a, b) for a, b in zip(one.split("-"), other.split("-"), strict=True))


def _same_name(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other} ")


def _equal(one: str, other: str) -> bool:
    return one == other


_ALIKE = {
    Kind.PLACE: areas.is_within,
    Kind.INSTITUTION: _same_name,
    Kind.AMOUNT: _equal,
    Kind.DATE: _same_date,
    Kind.NUMBER: _equal,
}
