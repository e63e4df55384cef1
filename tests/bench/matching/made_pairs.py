"""Pairs made of single texts, for what the labelled pairs are too few to teach.

A campaign is a text whose names were exchanged, each throughout and for one of its kind; a copy is shortened, misspelt,
greeted or written on; and two texts stay two when the same appeal to pass them on is put behind both.
"""

import random
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from libs.kit.claim_words import FILLERS
from libs.kit.text import words
from services.reports.matching.lexicon import Lexicon
from services.reports.matching.pairs import SLOTS

SAME, TEMPLATE, DIFFERENT = range(3)
EARLY = 40
"""Words among which a template names its target."""
GREETINGS = (
    "Assalamualaikum, mohon info", "Info terkini!", "Sekedar mengingatkan ya teman-teman", "INFO PENTING",
    "Dapat kiriman dari grup sebelah:", "Min tolong dicek, apa betul?", "Waspada!!!", "Yth. Bapak Ibu sekalian,",
    "Copas dari grup keluarga", "Breaking news", "Selamat pagi, izin meneruskan", "Viralkan!!!",
)  # fmt: skip
APPEALS = (
    "Bagikan ke grup lain supaya semua orang tahu, jangan berhenti di kamu", "Tolong sebarkan ke keluarga dan teman",
    "Semoga bermanfaat, silakan share sebanyak-banyaknya", "Info lebih lanjut hubungi nomor whatsapp berikut",
    "Jika anda peduli bagikan dan tulis aamiin di kolom komentar",
    "Klik tautan di bawah ini untuk mendaftar sebelum kehabisan",
    "Semoga yang like dan komentar aamiin rezekinya lancar", "Jangan sampai terlambat, stok terbatas",
)  # fmt: skip
SHORT = {
    "yang": "yg", "dengan": "dgn", "tidak": "tdk", "untuk": "utk", "sudah": "sdh", "dari": "dr", "dalam": "dlm",
    "kepada": "kpd", "karena": "krn", "orang": "org", "bisa": "bs", "banyak": "byk", "tolong": "tlg", "dan": "dn",
}  # fmt: skip


@dataclass
class Pair:
    """`sources`: the texts that it was made of."""

    one: str
    other: str
    label: int
    kind: str
    sources: tuple[str, ...]
    id: str = ""


class Names:
    """The names of a corpus by what stands before them: another one of the same kind takes the place of each."""

    def __init__(self, texts: Sequence[str], lexicon: Lexicon, stem: Callable[[str], str]) -> None:
        self._lexicon, self._stem = lexicon, stem
        by_slot: dict[str, set[str]] = defaultdict(set)
        loose: dict[str, int] = defaultdict(int)
        for text in texts:
            for name, slot in self.of(text).items():
                if slot:
                    by_slot[slot].add(name)
                else:
                    loose[name] += 1
        self._by_slot = {slot: sorted(names) for slot, names in by_slot.items()}
        self._loose = sorted(name for name, count in loose.items() if 2 <= count <= 60)

    def of(self, text: str) -> dict[str, str | None]:
        """Early names, as words, and the kind of what stands before each; runs of names are one."""
        found: dict[str, str | None] = {}
        run: list[str] = []
        slot: str | None = None
        for word in [*words(text)[:EARLY], "yang"]:
            stem = self._stem(word)
            opens = SLOTS.get(stem)
            named = word not in FILLERS and not word.isdigit() and len(word) > 2 and self._lexicon.name(stem) >= 0.5
            if named or (slot and not run and opens is None and word not in FILLERS and word.isalpha()):
                run.append(word)
                continue
            if run:
                found.setdefault(" ".join(run[:3]), slot)
            run, slot = [], opens
        return found

    def another(self, name: str, slot: str | None, chance: random.Random) -> str:
        kin = self._by_slot.get(slot or "", [])
        others = [other for other in (kin if len(kin) > 3 else self._loose) if other != name]
        return chance.choice(others) if others else name


def exchanged(text: str, names: Names, chance: random.Random) -> str | None:
    """The text with one to three of its early names exchanged throughout; the first of them most often."""
    found = names.of(text)
    if not found:
        return None
    first = next(iter(found)) if chance.random() < 0.6 else chance.choice(list(found))
    chosen = dict.fromkeys([first, *chance.sample(list(found), min(len(found), chance.choice((0, 0, 1, 2))))])
    told = text
    for name in chosen:
        other = names.another(name, found[name], chance)
        told = _spelled(name).sub(partial(_cased, other), told)
    return told if words(told) != words(text) else None


def _spelled(name: str) -> re.Pattern[str]:
    between = r"[\W_]+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){between}(?!\w)", re.IGNORECASE)


def _cased(word: str, like: re.Match[str]) -> str:
    written = like.group()
    return word.upper() if written.isupper() else word.title() if written[:1].isupper() else word


def shortened(text: str, chance: random.Random) -> str:
    spelled = text.split()
    kept = max(8, int(len(spelled) * chance.uniform(0.5, 1)))
    return " ".join(word for word in spelled[:kept] if chance.random() > 0.04)


def retold(text: str, chance: random.Random) -> str:
    """As it is passed on: greeted, misspelt, abbreviated, its sentences in another order, with an appeal behind it."""
    told = text
    if chance.random() < 0.5:
        told = shortened(told, chance)
    if chance.random() < 0.3:
        sentences = re.split(r"(?<=[.!?\n])\s+", told)
        if len(sentences) > 2:
            at = chance.randrange(1, len(sentences))
            told = " ".join([*sentences[at:], *sentences[:at]])
    if chance.random() < 0.5:
        told = " ".join(_misspelt(word, chance) if chance.random() < 0.06 else word for word in told.split())
    if chance.random() < 0.5:
        told = " ".join(SHORT.get(word, word) if chance.random() < 0.7 else word for word in told.split())
    if chance.random() < 0.4:
        told = f"{chance.choice(GREETINGS)} {told}"
    if chance.random() < 0.4:
        told = f"{told} {chance.choice(APPEALS)}"
    return told.upper() if chance.random() < 0.15 else told


def _misspelt(word: str, chance: random.Random) -> str:
    """One letter dropped, doubled, exchanged with its neighbour or for another."""
    if len(word) < 5 or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 1)
    letter = word[at]
    return (
        word[:at]
        + chance.choice(("", letter * 2, chance.choice("aeiounrst"), word[at + 1] + letter))
        + (word[at + 1 :])
    )


def made(texts: Sequence[str], near: Mapping[str, str], names: Names, chance: random.Random) -> list[Pair]:
    """`near`: text → another text that a search takes for it and that makes another claim."""
    pairs = []
    for text in chance.sample(texts, 450):
        pairs.append(Pair(text, retold(text, chance), SAME, "retold", (text,)))
    for text in chance.sample(texts, 700):
        told = exchanged(text, names, chance)
        if told is not None:
            told = retold(told, chance) if chance.random() < 0.5 else told
            pairs.append(Pair(text, told, TEMPLATE, "exchanged", (text,)))
    pairs += [Pair(text, other, DIFFERENT, "near", (text, other)) for text, other in near.items()]
    for one, other in zip(chance.sample(texts, 150), chance.sample(texts, 150), strict=True):
        pairs.append(Pair(one, other, DIFFERENT, "far", (one, other)))
    for one, other in zip(chance.sample(texts, 150), chance.sample(texts, 150), strict=True):
        appeal = " ".join(chance.sample(APPEALS, 2))
        pairs.append(Pair(f"{one} {appeal}", f"{other} {appeal}", DIFFERENT, "appeal", (one, other)))
    return [pair for pair in pairs if pair.one != pair.other]
