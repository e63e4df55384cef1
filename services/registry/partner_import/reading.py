"""One row of a file as the partner that it tells of, or what is wrong in which of its cells."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from libs.contracts.words import PartnerKind
from libs.kit import handles, phones
from libs.kit.areas import Level
from libs.kit.links import platforms
from libs.kit.links.link import Link, WebAddress
from libs.kit.links.platforms import platform_of
from libs.kit.sheets import Cell, NoValue, Row, letters
from services.registry.fields import CONTROLS, EMAIL
from services.registry.partner.accounts import LONGEST_KEY
from services.registry.partner_import import places
from services.registry.partner_import.columns import ATTRIBUTE, IGNORED
from services.registry.partner_import.places import NotAPlace

MOST_ACCOUNTS = 20
LONGEST_NAME = 160
LONGEST_LINE = 160
MOST_LINES = 60
LONGEST_SHOWN = 80
"""Characters of a cell that an error shows."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a cell.

    Attributes:
        column: index of it; None: the row as a whole.
        shown: what stands in the cell.
        candidates: what it may mean: codes of areas, or numbers of rows.
    """

    code: str
    field: str = ""
    column: int | None = None
    shown: str = ""
    candidates: tuple[str, ...] = ()

    def cell(self, row: int) -> str:
        """What a spreadsheet calls it: "C17"."""
        return f"{letters(self.column)}{row}" if self.column is not None else str(row)


@dataclass(frozen=True, slots=True)
class Account:
    platform: str
    handle: str
    url: str
    identity_key: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a row says, field by field; what it leaves empty is not there.

    Attributes:
        says_kind, says_area: the row itself; else they are those that were chosen for rows without.
        values: fields of a partner's profile and papers, as their contracts hold them.
    """

    name: str
    kind: str
    area: str
    phone: str = ""
    email: str = ""
    accounts: tuple[Account, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    says_kind: bool = True
    says_area: bool = True


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file stand for.

    Attributes:
        fields: of each column.
        headings: as they stand in the file.
        kind, area: of rows that do not say one; the area is the office's own where nobody chose another.
    """

    fields: tuple[str, ...]
    headings: tuple[str, ...]
    region: str
    kind: str = ""
    area: str = ""


@dataclass(slots=True)
class _Reading:
    """A row while it is read."""

    row: Row
    mapping: Columns
    wrong: list[Wrong] = field(default_factory=list)

    def cells(self, wanted: str) -> list[tuple[int, Cell]]:
        """Of a field, the cells that have something in them."""
        found: list[tuple[int, Cell]] = []
        for column, name in enumerate(self.mapping.fields):
            if name == wanted:
                cell = self.row.at(column)
                if cell is not None and cell != "":
                    found.append((column, cell))
        return found

    def refuse(self, code: str, name: str, column: int | None, *candidates: str) -> None:
        shown = said(self.row.at(column))[:LONGEST_SHOWN] if column is not None else ""
        self.wrong.append(Wrong(code, name, column, shown, candidates))


class _Unclear(ValueError):
    """A cell that cannot be read; `args[0]` is the code."""


def said(cell: Cell) -> str:
    """A cell as text."""
    if isinstance(cell, bool):
        return "ya" if cell else "tidak"
    if isinstance(cell, float):
        return repr(cell)
    return "" if cell is None or isinstance(cell, NoValue) else str(cell)


def read(row: Row, mapping: Columns) -> tuple[Entry | None, tuple[Wrong, ...]]:
    """The partner of a row, or all that is wrong with it."""
    reading = _Reading(row, mapping)
    _without_values(reading)
    entry = Entry(
        name=_line(reading, "name", required=True),
        kind=_kind(reading),
        area=_area(reading),
        phone=_one(reading, "phone", phone_of),
        email=_one(reading, "email", email_of),
        accounts=_accounts(reading),
        values=_values(reading),
        says_kind=_first(reading, "kind") is not None,
        says_area=any(_first(reading, name) is not None for name in ("area", "village", "district")),
    )
    return (None, tuple(reading.wrong)) if reading.wrong else (entry, ())


def _without_values(reading: _Reading) -> None:
    for column, cell in enumerate(reading.row.cells):
        if isinstance(cell, NoValue) and column < len(reading.mapping.fields):
            name = reading.mapping.fields[column]
            if name != IGNORED:
                reading.refuse(cell.code, name, column)


def _first(reading: _Reading, name: str) -> tuple[int, Cell] | None:
    found = [(column, cell) for column, cell in reading.cells(name) if not isinstance(cell, NoValue)]
    return found[0] if found else None


def _one(reading: _Reading, name: str, read_: Callable[[Cell], Any]) -> Any:
    found = _first(reading, name)
    if found is None:
        return ""
    column, cell = found
    try:
        return read_(cell)
    except _Unclear as unclear:
        reading.refuse(unclear.args[0], name, column)
        return ""


def _line(reading: _Reading, name: str, *, longest: int = LONGEST_NAME, required: bool = False) -> str:
    found = _first(reading, name)
    if found is None:
        if required and not any(wrong.field == name for wrong in reading.wrong):
            columns = [c for c, f in enumerate(reading.mapping.fields) if f == name]
            reading.refuse("required", name, columns[0] if columns else None)
        return ""
    column, cell = found
    try:
        return line_of(cell, longest=longest)
    except _Unclear as unclear:
        reading.refuse(unclear.args[0], name, column)
        return ""


def line_of(cell: Cell, *, longest: int) -> str:
    text = " ".join(said(cell).split())
    if not text.isascii() and any(unicodedata.category(c) in CONTROLS for c in text):
        raise _Unclear("invisible")
    if not text.isprintable():
        raise _Unclear("invisible")
    if len(text) > longest:
        raise _Unclear("too_long")
    return text


KIND_WORDS: Mapping[str, str] = {
    PartnerKind.COMMUNITY_GROUP: "kim|kelompok informasi masyarakat|komunitas informasi masyarakat|komunitas|community",
    PartnerKind.INFLUENCER: "influencer|influenser|pemengaruh|selebgram|kol",
    PartnerKind.CREATOR: "kreator|kreator konten|konten kreator|content creator|youtuber|tiktoker|pembuat konten",
    PartnerKind.ACTIVIST: "pegiat|pegiat medsos|pegiat media sosial|pegiat literasi|aktivis|penggiat|relawan|duta"
    "|volunteer",
    PartnerKind.MEDIA_OUTLET: "media|media massa|media lokal|media online|media daring|media siber|pers|portal berita"
    "|radio|koran|televisi|news|press|outlet",
    PartnerKind.GOVERNMENT_ACCOUNT: "akun pemerintah|pemerintah|opd|instansi|dinas|kecamatan|kelurahan|desa|sekolah"
    "|akun opd|akun instansi|akun resmi|government|office|school",
}


@lru_cache(maxsize=1)
def _kinds() -> Mapping[str, str]:
    words = {word: kind for kind, all_ in KIND_WORDS.items() for word in all_.split("|")}
    return {**words, **{kind.replace("_", " "): kind for kind in KIND_WORDS}}


@lru_cache(maxsize=1_024)
def kind_of(text: str) -> str | None:
    """The kind of partner that a cell names; None: none that we know."""
    words = " ".join(re.sub(r"[^\w]+|_+", " ", unicodedata.normalize("NFKC", text).casefold()).split())
    return _kinds().get(words)


def _kind(reading: _Reading) -> str:
    found = _first(reading, "kind")
    if found is None:
        if not reading.mapping.kind:
            columns = [c for c, f in enumerate(reading.mapping.fields) if f == "kind"]
            reading.refuse("required", "kind", columns[0] if columns else None)
        return reading.mapping.kind
    kind = kind_of(said(found[1]))
    if kind is None:
        reading.refuse("kind_unknown", "kind", found[0])
    return kind or ""


def area_text(cell: Cell) -> str:
    """A code that a spreadsheet took for a number: 32.1 stands for 32.10."""
    return f"{cell:.2f}" if isinstance(cell, float) and 10 <= cell < 100 else said(cell)


def _area(reading: _Reading) -> str:
    mapping, region = reading.mapping, reading.mapping.region
    direct, village, district = (_first(reading, name) for name in ("area", "village", "district"))
    column = None
    try:
        if village is not None and district is not None:
            column = village[0]
            found = places.village_in(area_text(village[1]), area_text(district[1]), region=region)
        elif village is not None:
            column = village[0]
            found = places.resolved(area_text(village[1]), region=region, level=Level.VILLAGE)
        elif district is not None:
            column = district[0]
            found = places.resolved(area_text(district[1]), region=region, level=Level.DISTRICT)
        elif direct is not None:
            column = direct[0]
            return places.resolved(area_text(direct[1]), region=region)
        else:
            return mapping.area or region
        if direct is not None:
            # Names beside a code: the code is held to them.
            column = direct[0]
            coded = places.resolved(area_text(direct[1]), region=region)
            found = _nearer(coded, found)
        return found
    except NotAPlace as error:
        # Of names in two columns the first that is wrong is told.
        if error.code == "area_unknown" and column == (village or (None,))[0] and district is not None:
            try:
                places.resolved(area_text(district[1]), region=region, level=Level.DISTRICT)
            except NotAPlace:
                column = district[0]
        reading.refuse(error.code, "area", column, *error.candidates)
        return ""


def _nearer(coded: str, named: str) -> str:
    if coded.startswith(named):
        return coded
    if named.startswith(coded):
        return named
    raise NotAPlace("area_contradicts", (named,))


_SCIENTIFIC = re.compile(r"\+?(\d)(?:[.,](\d+))?[eE]\+?(\d{1,2})")
_MOBILE = re.compile(r"(?:\+?62|0)?(8[1-35-9]\d{7,10})")
"""As the numbering plan has them: what most numbers are."""
_SIGNS = str.maketrans("", "", " -.()/\u00a0\u2010\u2011\u2012\u2013")
_SEVERAL = re.compile(r"\s*(?:[;\n]|/|,|\bdan\b|\batau\b)\s*(?=[+0-9])")


def phone_of(cell: Cell) -> str:
    """In E.164. What a spreadsheet made a number of is read back where no digit was lost.

    Raises:
        _Unclear: phone_digits_lost or phone_invalid.
    """
    if isinstance(cell, bool | date):
        raise _Unclear("phone_invalid")
    if isinstance(cell, float):
        if not cell.is_integer():
            raise _Unclear("phone_invalid")
        text = str(int(cell))
    else:
        text = said(cell).strip().lstrip("'")
    rounded = _SCIENTIFIC.fullmatch(text.replace(" ", ""))
    if rounded is not None:
        digits = rounded[1] + (rounded[2] or "")
        missing = int(rounded[3]) + 1 - len(digits)
        if missing:
            raise _Unclear("phone_digits_lost")
        text = digits
    first = _SEVERAL.split(text, maxsplit=1)[0]
    mobile = _MOBILE.fullmatch(first.translate(_SIGNS))
    if mobile is not None:
        return f"+62{mobile[1]}"
    try:
        return phones.e164(first)
    except phones.NotAPhoneNumber:
        raise _Unclear("phone_invalid") from None


def email_of(cell: Cell) -> str:
    """
    Raises:
        _Unclear: email_invalid.
    """
    text = said(cell).strip().removeprefix("mailto:").strip("<>").rstrip(".;,")
    if EMAIL.fullmatch(text) is None or ".." in text:
        raise _Unclear("email_invalid")
    return text


_BETWEEN = re.compile(r"[\s;,|]+(?=https?://|www\.|@|[A-Za-z]+\s*:)")
"""Where one account of a cell ends and the next begins."""
NOTHING = frozenset({"", "-", "--", "–", "tidak ada", "none", "n/a", "belum ada", "0"})
"""What people write into a cell where there is no account."""


def _accounts(reading: _Reading) -> tuple[Account, ...]:
    found: dict[str, Account] = {}
    for column, text, platform in _account_texts(reading):
        try:
            account = account_of(text, platform)
        except _Unclear as unclear:
            reading.refuse(unclear.args[0], "account", column)
        else:
            found.setdefault(account.identity_key, account)
    if len(found) > MOST_ACCOUNTS:
        reading.refuse("too_many_accounts", "account", None)
    return tuple(found.values())


def _account_texts(reading: _Reading) -> list[tuple[int, str, str]]:
    """Column, text and platform of each account; several may stand in one cell."""
    found: list[tuple[int, str, str]] = []
    for column, name in enumerate(reading.mapping.fields):
        if name == "account" or name.startswith("account:"):
            cell = reading.row.at(column)
            if cell is not None and not isinstance(cell, NoValue):
                texts = (text for text in _BETWEEN.split(said(cell)) if text.strip() not in NOTHING)
                found += [(column, text, name.partition(":")[2]) for text in texts]
    handle = _first(reading, "handle")
    if handle is not None and not (found and _first(reading, "account")):
        platform = _first(reading, "platform")
        found.append((handle[0], said(handle[1]), said(platform[1]) if platform is not None else ""))
    return found


_PLAIN = re.compile(
    r"(?:https?://)?(?:www\.)?(instagram\.com|tiktok\.com|facebook\.com|x\.com|youtube\.com|threads\.com|t\.me)"
    r"/(@?[a-z0-9_](?:[a-z0-9_.]{1,30}[a-z0-9_])?)/?"
)
_PLAIN_NAME = re.compile(r"@?[a-z0-9_](?:[a-z0-9_.]{1,30}[a-z0-9_])?")


@lru_cache(maxsize=4_096)
def account_of(text: str, platform: str = "") -> Account:
    """
    Raises:
        _Unclear: with the code of `libs/kit/handles.py`.
    """
    address = _plain(text, platform)
    try:
        address = address or handles.account(text, platform)
    except handles.NotAnAccount as error:
        raise _Unclear(error.code) from None
    if not address.identity.isascii() or len(address.identity) > LONGEST_KEY:
        raise _Unclear(handles.NOT_A_NAME)
    return Account(address.platform, address.id, address.url, address.identity)


def _plain(text: str, platform: str) -> WebAddress | None:
    """What most cells hold, a profile's address or a name on a platform, read at a tenth of the cost: 50,000 rows would
    wait half a minute for nothing else. None: it is read in full."""
    rule = handles.rules().get(platform) if platform else None
    written = rule.url(text.removeprefix("@")) if rule is not None and _is_plain_name(text, rule) else text
    found = _PLAIN.fullmatch(written)
    if found is None:
        return None
    host = platform_of(found[1])
    read_ = platforms.read(host, Link(found[1], (found[2],), {})) if host else None
    return read_ if read_ is not None and read_.kind == "profile" else None


def _is_plain_name(text: str, rule: handles.Rule) -> bool:
    """A name that stands for nothing else: without a full stop, no host, and no telephone number."""
    bare = text.removeprefix("@")
    return _PLAIN_NAME.fullmatch(text) is not None and "." not in bare and not bare.isdecimal() and rule.takes(bare)


_YES = frozenset({"ya", "y", "yes", "true", "1", "benar", "iya", "v", "✓", "x"})
_NO = frozenset({"tidak", "t", "n", "no", "false", "0", "bukan", "-", "tdk"})


def flag_of(cell: Cell) -> bool:
    text = said(cell).strip().casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise _Unclear("not_yes_or_no")


_MONTH_NAMES = (
    "januari jan january", "februari feb pebruari february", "maret mar march", "april apr", "mei may",
    "juni jun june", "juli jul july", "agustus agu agt ags aug august", "september sep sept", "oktober okt oct october",
    "november nov nopember", "desember des dec december",
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}
_DAY_FIRST = re.compile(r"(\d{1,2})[\s/.\-]+(\d{1,2}|[A-Za-z]+)[\s/.,\-]+(\d{4}|\d{2})")
_EXCEL_EPOCH = date(1899, 12, 30)
_EXCEL_DAYS = range(18_000, 80_000)
"""1949 to 2119."""


def day_of(cell: Cell) -> str:
    """ISO 8601, from a date, the number that a spreadsheet keeps of one, or a text with the day first.

    Raises:
        _Unclear: date_invalid.
    """
    if isinstance(cell, date):
        return cell.isoformat()
    text = said(cell).strip()
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text) and int(float(text)) in _EXCEL_DAYS:
        return (_EXCEL_EPOCH + timedelta(days=int(float(text)))).isoformat()
    try:
        if re.match(r"\d{4}-\d\d-\d\d(?:$|[T ])", text):
            return date.fromisoformat(text[:10]).isoformat()
        found = _DAY_FIRST.fullmatch(text)
        if found is None:
            raise _Unclear("date_invalid")
        month = int(found[2]) if found[2].isdecimal() else _MONTHS.get(found[2].casefold(), 0)
        year = int(found[3]) if len(found[3]) == 4 else 2000 + int(found[3])
        day = date(year, month, int(found[1]))
    except ValueError as error:
        raise (error if isinstance(error, _Unclear) else _Unclear("date_invalid")) from None
    if not 1945 <= day.year <= 2125:
        raise _Unclear("date_invalid")
    return day.isoformat()


def whole_of(cell: Cell) -> int:
    text = said(cell).strip().replace(".", "").replace(" ", "")
    text = re.sub(r"(?i)(orang|anggota)$", "", text)
    if not text.isdecimal() or len(text) > 7:
        raise _Unclear("number_invalid")
    return int(text)


def _words(pairs: str) -> Mapping[str, str]:
    """From `value=word,word|value=word`."""
    parted = [pair.partition("=") for pair in pairs.split("|")]
    return {word: value for value, _, words in parted for word in words.split(",")}


LEVELS = _words(
    "regency=kota,kabupaten,kab,regency,city|district=kecamatan,kec,district|village=kelurahan,desa,kel,village"
)
PRESS = _words("administrative=administratif,administrasi,administrative|factual=faktual,factual")
LANGUAGES = _words("id=id,indonesia,bahasa indonesia,indonesian|en=en,inggris,english,bahasa inggris")


def _word_of(words: Mapping[str, str], code: str) -> Callable[[Cell], str]:
    def read_(cell: Cell) -> str:
        text = " ".join(re.sub(r"[^\w]+|_+", " ", said(cell).casefold()).split())
        text = text.removeprefix("terverifikasi ").removeprefix("tingkat ")
        if text not in words:
            raise _Unclear(code)
        return words[text]

    return read_


def lines_of(cell: Cell) -> str:
    """One a line, of what stands in a cell with commas, semicolons or line breaks between."""
    parts = [" ".join(part.split()) for part in re.split(r"[;,\n]", said(cell))]
    text = "\n".join(dict.fromkeys(part for part in parts if part))
    lines = text.split("\n")
    if len(text) > 4_000 or len(lines) > MOST_LINES or max(map(len, lines)) > LONGEST_LINE:
        raise _Unclear("too_long")
    if not all(line.isprintable() for line in lines):
        raise _Unclear("invisible")
    return text


_AGES = re.compile(r"\d{1,2}(-\d{1,3}|\+)?")


def ages_of(cell: Cell) -> str:
    text = lines_of(re.sub(r"(?i)tahun|thn|\s", "", said(cell)).replace("–", "-"))
    if not all(_AGES.fullmatch(line) for line in text.split("\n")):
        raise _Unclear("ages_invalid")
    return text


def _text_of(cell: Cell) -> str:
    return line_of(cell, longest=160)


def _address_of(cell: Cell) -> str:
    return line_of(cell, longest=300)


READERS: Mapping[str, Callable[[Cell], Any]] = {
    "address": _address_of,
    "language": _word_of(LANGUAGES, "language_unknown"),
    "run_by_office": flag_of,
    "commercial": flag_of,
    "decree_number": _text_of,
    "decree_signer": _text_of,
    "decree_on": day_of,
    "term_from": day_of,
    "term_until": day_of,
    "level": _word_of(LEVELS, "level_unknown"),
    "members": whole_of,
    "chair": _text_of,
    "chair_phone": phone_of,
    "secretary": _text_of,
    "treasurer": _text_of,
    "sections": lines_of,
    "editor": _text_of,
    "account_admin": _text_of,
    "legal_entity": _text_of,
    "press_status": _word_of(PRESS, "press_status_unknown"),
    "press_number": _text_of,
    "press_seen_on": day_of,
    "certificate": _text_of,
    "topics": lines_of,
    "audience_ages": ages_of,
    "audience_interests": lines_of,
    "audience_languages": lines_of,
}


def _values(reading: _Reading) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    fields = reading.mapping.fields
    for name in dict.fromkeys(fields):
        if name in READERS and _first(reading, name) is not None:
            found[name] = _one(reading, name, READERS[name])
    if "areas" in fields:
        _further_areas(reading, found)
    if ATTRIBUTE in fields:
        kept = [
            f"{reading.mapping.headings[column].replace(':', ' ') or letters(column)}: {' '.join(said(cell).split())}"[
                :LONGEST_LINE
            ]
            for column, cell in reading.cells(ATTRIBUTE)
            if not isinstance(cell, NoValue)
        ]
        if kept:
            found["attributes"] = "\n".join(kept[:MOST_LINES])[:4_000]
    if found.get("term_from") and found.get("term_until") and found["term_until"] < found["term_from"]:
        reading.refuse("term_backwards", "term_until", fields.index("term_until"))
    return found


def _further_areas(reading: _Reading, found: dict[str, Any]) -> None:
    codes = []
    for column, cell in reading.cells("areas"):
        for text in re.split(r"[;\n]", area_text(cell)):
            if text.strip():
                try:
                    codes.append(places.resolved(text, region=reading.mapping.region))
                except NotAPlace as error:
                    reading.refuse(error.code, "areas", column, *error.candidates)
    if codes:
        found["areas"] = "\n".join(dict.fromkeys(codes))


def says_kinds(cells: Sequence[Cell]) -> bool:
    """Whether a column's values name kinds of partners, whatever it is called."""
    told = [said(cell) for cell in cells if cell is not None]
    return bool(told) and any(kind_of(text) is not None for text in told)
