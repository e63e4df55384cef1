"""The contrary of a claim, and the same claim of another school, day or hour: does the matcher answer it by itself?

    python -m tests.bench.matching.mutate [DATA_FOLDER] [--seed N] [--count N] [--show N]

Takes development reports and archive titles, changes one word each in what report and title share (a denial put in
or taken out, an opposite, a number, day, month or Roman numeral), and asks for them in an office of 7,000 answers and
in one of 10. Prints how many are still a match, which should be none, and how many of the same texts are one unchanged.
The words changed are listed here, apart from those that the matcher knows.
"""

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from libs.kit.stems import Stems, is_root
from libs.kit.text import words
from services.reports.matching.engine import Decision, Document, Kinds, Matcher
from tests.bench.matching.data import DATA, Archive

TENANT = "archive"
DENIALS = ("tidak", "tak", "bukan", "belum", "batal", "gagal", "tidak pernah", "tidak jadi", "gak", "urung")
DENIED = ("tidak", "tak", "belum", "bukan", "batal", "gagal", "membantah", "bantah", "jangan", "tanpa")
OPPOSITES = (
    "naik turun, naikkan turunkan, meningkat menurun, boleh dilarang, buka tutup, dibuka ditutup, membuka menutup, "
    "hidup mati, hidup meninggal, menang kalah, gratis berbayar, masuk keluar, terima tolak, diterima ditolak, "
    "sah ilegal, "
    "aman berbahaya, positif negatif, ditangkap dibebaskan, ditahan dibebaskan, mendukung menolak, sebelum setelah, "
    "halal haram, untung rugi, melarang mengizinkan, sudah belum, telah belum, mulai berhenti, tinggi rendah, "
    "mengangkat memecat, dibangun dibongkar, pria wanita, suami istri, utara selatan, timur barat, datang pergi, "
    "menerima menolak, sehat sakit, sembuh sakit, murah mahal, pertama terakhir, wajib dilarang, tewas selamat, "
    "tambah kurang, besar kecil, kaya miskin, menyerang melindungi, menutup membuka"
)
DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu")
MONTHS = (
    "januari", "februari", "maret", "april", "juni", "juli", "agustus", "september", "oktober", "november", "desember",
)  # fmt: skip
ROMANS = ("II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_TOKEN = re.compile(r"\S+")
_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:[.,]\d+)*(?![\w/-])")
_PEOPLE = re.compile(
    r"(?:\s+(?:ribu|juta|rb|jt))?\s+(?:orang|warga|jiwa|korban|siswa|anak|anggota|tka|kk|keluarga|pasien|tentara|polisi|"
    r"prajurit|santri|guru|nakes|tenaga|pekerja|misionaris|jamaah)",
    re.IGNORECASE,
)


def _denied_before(text: str) -> bool:
    last = words(" ".join(text.split()[-1:]))
    return bool(last) and last[-1] in DENIED


def opposites() -> dict[str, str]:
    pairs = [pair.split() for pair in OPPOSITES.split(", ")]
    return {b: a for a, b in reversed(pairs)} | {pair[0]: pair[1] for pair in reversed(pairs)}


@dataclass(frozen=True, slots=True)
class Changed:
    kind: str
    before: str
    after: str
    answer: str


Change = Callable[[str, str, random.Random], str | None]


class Changes:
    """Each changes one word that report and title share, or gives nothing where there is none."""

    def __init__(self, stem: Stems) -> None:
        self._stem = stem
        self._opposite = opposites()

    def kinds(self) -> dict[str, Change]:
        return {
            "denied": self.denied,
            "denial gone": self.denial_gone,
            "opposite": self.opposite,
            "number": self.number,
            "day, month": self.day,
            "roman": self.roman,
        }

    def denied(self, text: str, title: str, chance: random.Random) -> str | None:
        # Denying what the title denies would make the same claim of another one.
        if set(DENIED) & set(words(title)):
            return None
        shared = {self._stem(word) for word in words(title)}
        for match in _TOKEN.finditer(text):
            word = "".join(words(match.group()))
            stem = self._stem(word)
            is_verb = stem != word and is_root(stem) and re.match(r"(?:di|me|ber|ter)[a-z]{4}", word)
            if is_verb and stem in shared and not _denied_before(text[: match.start()]):
                return f"{text[: match.start()]}{chance.choice(DENIALS)} {text[match.start() :]}"
        return None

    def denial_gone(self, text: str, title: str, chance: random.Random) -> str | None:
        followed = {(a, self._stem(b)) for a, b in pairwise(words(title)) if a in DENIED}
        for found in re.finditer(rf"(?<!\w)({'|'.join(DENIED)})\s+(\w+)", text, re.IGNORECASE):
            if (found.group(1).lower(), self._stem(found.group(2).lower())) in followed:
                return text[: found.start()] + text[found.start(2) :]
        return None

    def opposite(self, text: str, title: str, chance: random.Random) -> str | None:
        return self._exchanged(text, title, self._opposite.get)

    def day(self, text: str, title: str, chance: random.Random) -> str | None:
        def other(word: str) -> str | None:
            for names in (DAYS, MONTHS):
                if word in names:
                    return chance.choice([name for name in names if name != word])
            return None

        return self._exchanged(text, title, other)

    def roman(self, text: str, title: str, chance: random.Random) -> str | None:
        for match in re.finditer(r"(?<!\w)[IVX]{1,4}(?!\w)", text):
            if match.group() in ROMANS and re.search(rf"(?<!\w){match.group()}(?!\w)", title):
                other = chance.choice([roman for roman in ROMANS if roman != match.group()])
                return text[: match.start()] + other + text[match.end() :]
        return None

    def number(self, text: str, title: str, chance: random.Random) -> str | None:
        there = set(_NUMBER.findall(title))
        for match in _NUMBER.finditer(text):
            number = match.group()
            if number not in there or _PEOPLE.match(text[match.end() :]):
                continue
            first = chance.choice([digit for digit in "123456789" if digit != number[0]])
            return text[: match.start()] + first + number[1:] + text[match.end() :]
        return None

    def _exchanged(self, text: str, title: str, other: Callable[[str], str | None]) -> str | None:
        there = set(words(title))
        for match in re.finditer(r"(?<![\w’'-])[a-z]+(?![\w’'-])", text, re.IGNORECASE):
            word = match.group().lower()
            instead = other(word) if word in there else None
            if instead:
                return text[: match.start()] + instead + text[match.end() :]
        return None


def changed(archive: Archive, stem: Stems, chance: random.Random, count: int) -> tuple[list[Changed], list[Changed]]:
    """Of reports, and of titles taken for reports; each text once, the rarer kinds first."""
    kinds = Changes(stem).kinds()

    def made(sources: Iterable[tuple[str, str, str]]) -> list[Changed]:
        found: dict[str, list[Changed]] = {name: [] for name in kinds}
        for text, title, answer in sources:
            for name in ("roman", "day, month", "denial gone", "opposite", "number", "denied"):
                after = kinds[name](text, title, chance)
                if after is not None:
                    found[name].append(Changed(name, text, after, answer))
                    break
        everything = [each for name in found for each in found[name]]
        return chance.sample(everything, min(count, len(everything)))

    reports = made((report.text, archive.titles[report.answer], report.answer) for report in archive.reports)
    titles = made((title, title, id) for id, title in archive.titles.items() if len(words(title)) >= 4)
    return reports, titles


class Office:
    """7,000 answers, or 10 of which one is the right one."""

    def __init__(self, archive: Archive, stem: Stems, chance: random.Random) -> None:
        self._archive, self._chance = archive, chance
        self._old, self._young = Matcher(stems=stem), Matcher(stems=stem)
        self._inside: list[str] = []
        for id, title in archive.titles.items():
            self._old.add(Document(id, TENANT, Kinds.CLARIFICATION, title))
        self._ids = list(archive.titles)

    def old(self, text: str, answer: str) -> tuple[bool, str]:
        return self._asked(self._old, text)

    def young(self, text: str, answer: str) -> tuple[bool, str]:
        kept = {answer, *random.Random(answer).sample(self._ids, 9)}
        for id in self._inside:
            if id not in kept:
                self._young.remove(id, TENANT)
        for id in kept - set(self._inside):
            self._young.add(Document(id, TENANT, Kinds.CLARIFICATION, self._archive.titles[id]))
        self._inside = list(kept)
        return self._asked(self._young, text)

    def _asked(self, matcher: Matcher, text: str) -> tuple[bool, str]:
        result = matcher.match(TENANT, text)
        return result.decision is Decision.MATCH, result.candidates[0].id if result.candidates else ""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=Path, default=DATA)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    chance = random.Random(given.seed)
    archive, stem = Archive.read(given.data), Stems()
    office = Office(archive, stem, chance)
    for name, texts in zip(("reports", "titles"), changed(archive, stem, chance, given.count), strict=True):
        kinds = Counter(each.kind for each in texts)
        print(f"{len(texts)} {name}: {', '.join(f'{kind} {n}' for kind, n in kinds.items())}")
        for size, ask in (("7,000", office.old), ("10", office.young)):
            still = [(each, found) for each in texts if (found := ask(each.after, each.answer))[0]]
            unchanged = sum(ask(each.before, each.answer)[0] for each in texts)
            by_kind = dict(Counter(each.kind for each, _ in still))
            print(f"  against {size}: changed and answered alone {len(still)} {by_kind}, unchanged {unchanged}")
            for each, (_, id) in still[: given.show]:
                print(f"    {each.kind}: {each.after[:300]!r} got {archive.titles[id]!r}")


if __name__ == "__main__":
    main()
