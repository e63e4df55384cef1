"""Names of partners in the form in which two are compared: words without titles, in one spelling.

People and offices here write one name in many ways: Moh., Mohd. and Muhammad; Soesilo and Susilo; Djoko and Joko;
"Kelompok Informasi Masyarakat" and KIM; Mekar Sari and Mekarsari; with and without H., Hj., Dr. and S.Kom.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from libs.contracts.words import PartnerKind
from libs.kit import areas
from libs.kit.text import unstyled
from libs.kit.visible import without_invisible


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TITLES = _words(
    "h hj haji hajjah hajah dr drs dra drh drg ir prof kh k ust ustad ustadz ustadzah ustaz bpk bapak pak ibu bu "
    "sdr sdri dt tgk tengku kyai kiai nyai rd raden rm ra ny nn tn mr mrs ms apt alm almh kapt mayor letkol serda "
    "aiptu iptu"
)
"""In front of a name or by themselves; never what somebody is told apart by."""
_DEGREES = _words(
    "se st sh ss si skom spd spdi sip sos ssos sikom siksom spsi sked skep skm sag sstp ssi sap sei stp spt shi "
    "sth sthi mm msi mpd mpdi mkom mh mt mba mti mag mikom map mkes mfarm sfarm msc ma phd amd amdkeb amdkep ners "
    "cpns bsc ba"
)
_DEGREE = re.compile(
    r"(?<!\w)(?:(?:[sma]|ph|sp|dr|b|d)\.[a-z]{1,6}(?:\.\s?[a-z]{1,5})*"
    r"|[sm]\.\s(?:ag|farm|hum|ikom|kep|kes|km|kom|pd|psi|si|sos))\.?(?!\w)"
)
"""S.Kom, S. Sos, M.Si., A.Md.Kep, Ph.D: where a comma or a name stands in front of it."""

_SAME = {
    "muhammad": "moh moch mohd muh mhd mohammad mohamad muhamad mochammad mochamad muhammed muchammad muchamad "
    "mokhamad mokhammad mochmad",
    "ahmad": "achmad akhmad ahmat acmad achmat ahmed akhmat",
    "abdul": "abd abdoel abdhul",
    "nur": "noer nor nuur",
    "siti": "sitti st",
    "kelurahan": "kel lurah",
    "kecamatan": "kec kcmtn camat",
    "kabupaten": "kab",
    "desa": "ds pemdes",
    "negeri": "negri",
    "kota": "kt",
    "pemerintah": "pem pemda",
    "komunikasi": "kom",
    "informatika": "info",
    "puskesmas": "pkm",
    "nomor": "no",
}
_VARIANTS = {variant: word for word, variants in _SAME.items() for variant in variants.split()}
_SPELLED_OUT = (
    (r"\b(?:kelompok|komunitas) informasi (?:dan komunikasi )?masyarakat\b", "kim"),
    (r"\bk i m\b", "kim"),
    (r"\b(?:dis|dinas )kominfo\b", "dinas komunikasi informatika"),
    (r"\bdkis\b", "dinas komunikasi informatika statistik"),
    (r"\bdinkes\b", "dinas kesehatan"),
    (r"\bdisdik(?:bud)?\b", "dinas pendidikan"),
    (r"\bdinsos\b", "dinas sosial"),
    (r"\bdishub\b", "dinas perhubungan"),
    (r"\bdisdukcapil\b", "dinas kependudukan pencatatan sipil"),
    (r"\bpemkab\b", "pemerintah kabupaten"),
    (r"\bpemkot\b", "pemerintah kota"),
    (r"\bpemprov\b", "pemerintah provinsi"),
    (r"\b(sd|smp|sma|smk|mi|mts|ma)n\b", r"\1 negeri"),
)
_FORMS = _words("pt cv tbk yayasan dan and the kim komunitas kelompok masyarakat")
"""What many names have: the form of a body, and words that only join."""
_PLACES = _words("desa kelurahan kecamatan kabupaten kota provinsi")
_HONOURS = _words("sutan puti cut teuku daeng tubagus tb bin binti al el")
"""Part of a name that its bearer writes or leaves out."""

_GROUP = re.compile(r"\bkim\b")
_OFFICE = re.compile(
    r"\b(?:dinas|badan|pemerintah|kecamatan|kelurahan|desa|sekretariat|bagian|humas|prokopim|rsud|puskesmas|polres|polsek|"
    r"kodim|ppid|sd|smp|sma|smk|mts|satpol|bpbd|bappeda|inspektorat|dprd|kpu|bawaslu|perumda|pdam|kantor|upt|uptd)\b"
)
_OUTLET = re.compile(
    r"\b(?:radar|kabar|berita|warta|suara|media|news|post|pos|tribun|radio|fm|tv|televisi|times|harian|koran|tabloid|"
    r"majalah|portal|online|com|pers|info|jurnal|redaksi)\b"
)


@dataclass(frozen=True, slots=True)
class Word:
    """
    Attributes:
        plain: as it is written today, lower-case letters and digits.
        fold: equal for spellings that sound the same.
    """

    plain: str
    fold: str

    @property
    def is_number(self) -> bool:
        return self.plain.isdecimal()

    @property
    def is_initial(self) -> bool:
        return len(self.plain) == 1 and not self.is_number


@dataclass(frozen=True, slots=True)
class Name:
    """
    Attributes:
        words: what tells it from others, in the order given.
        optional: what its bearer may leave out: initials, honours, the place where it is.
    """

    words: tuple[Word, ...]
    optional: tuple[Word, ...] = ()

    @property
    def folds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(word.fold for word in self.words))


def kind_by_name(name: str) -> PartnerKind | None:
    """What the name says that it is; None: a person, or nothing that one could tell."""
    text = _plain(name)
    if _GROUP.search(text):
        return PartnerKind.COMMUNITY_GROUP
    if _OFFICE.search(text):
        return PartnerKind.GOVERNMENT_ACCOUNT
    return PartnerKind.MEDIA_OUTLET if _OUTLET.search(text) else None


def read(name: str, area: str | None = None) -> Name:
    """
    Args:
        area: code of where its bearer is: the names of that place say nothing more.
    """
    text = _plain(_without_degrees(name))
    all_ = [_VARIANTS.get(word, word) for word in text.split()]
    # A single M in front of others is what Muhammad is shortened to most.
    if len(all_) > 1 and all_[0] == "m":
        all_[0] = "muhammad"
    kept = [word for word in all_ if word not in _TITLES]
    kept = [w for n, w in enumerate(kept) if w not in _DEGREES or n < 2] or all_
    telling = [
        word for word in kept if (word not in _FORMS and word not in _HONOURS and len(word) > 1) or word.isdecimal()
    ]
    place = _places(area) | _PLACES if area else _PLACES
    placeless = [word for word in telling if word not in place]
    words = placeless or telling or kept
    optional = [word for word in kept if word not in words and word not in _FORMS]
    return Name(tuple(map(_word, words)), tuple(map(_word, optional)))


def _without_degrees(name: str) -> str:
    """ "Budi Santoso, S.Kom., M.Si" and "Budi Santoso S.Kom" without what follows the name."""
    first, *rest = name.split(",")
    told = [part for part in rest if not _is_degree(part)]
    text = " ".join([first, *told])
    words = text.split()
    if len(words) > 1:
        text = f"{words[0]} {_DEGREE.sub(' ', ' '.join(words[1:]).casefold())}"
    return text


def _is_degree(part: str) -> bool:
    text = part.strip().casefold()
    letters = re.sub(r"[^a-z]", "", text)
    short = "." in text and len(text.split(".")[0]) <= 3 and all(len(piece) <= 5 for piece in re.split(r"[.\s]+", text))
    return not text or letters in _DEGREES or _DEGREE.fullmatch(text) is not None or short


@lru_cache(maxsize=65_536)
def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", unstyled(without_invisible(text))).casefold())
    bare = "".join(character for character in folded if not unicodedata.combining(character))
    # An apostrophe parts nothing (Ma'ruf, Ka'owa); whatever else is no letter does.
    spaced = re.sub(r"[^a-z0-9]+", " ", re.sub(r"['’‘`ʼ]", "", bare)).strip()
    for pattern, word in _SPELLED_OUT:
        spaced = re.sub(pattern, word, spaced)
    return spaced


@lru_cache(maxsize=4_096)
def _places(area: str) -> frozenset[str]:
    if not areas.exists(area):
        return frozenset()
    around = [areas.find(area), *areas.parents(area)]
    return frozenset(word for place in around for word in _plain(place.name).split())


@lru_cache(maxsize=65_536)
def _word(plain: str) -> Word:
    return Word(plain, fold(plain))


_FOLDS: Iterable[tuple[str, str]] = (
    ("oe", "u"), ("dj", "y"), ("tj", "c"), ("sj", "s"), ("sy", "s"), ("sh", "s"), ("kh", "h"), ("ch", "h"),
    ("nj", "n"), ("ny", "n"), ("th", "t"), ("dh", "d"), ("bh", "b"), ("ph", "p"), ("dz", "s"), ("ts", "s"),
    ("ae", "ai"), ("iy", "i"), ("uw", "u"), ("ie", "i"), ("x", "ks"), ("q", "k"), ("v", "p"), ("f", "p"),
    ("z", "s"), ("j", "y"),
)  # fmt: skip
_DOUBLED = re.compile(r"(.)\1+")


@lru_cache(maxsize=65_536)
def fold(word: str) -> str:
    """The same for old and new spelling (Soeharto, Djoko, Tjahjo) and for letters that sound alike (Rivai, Rifai)."""
    if word.isdecimal():
        return word.lstrip("0") or "0"
    for written, sounds in _FOLDS:
        word = word.replace(written, sounds)
    word = _DOUBLED.sub(r"\1", word)
    # Inside a word and at its end y sounds as i; in front of a vowel it stays.
    word = re.sub(r"y(?![aeiou])", "i", word)
    word = re.sub(r"d$", "t", word)
    return re.sub(r"(?<=[aeiou])h$", "", word) or word
