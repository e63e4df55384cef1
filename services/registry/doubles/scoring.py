"""How likely two partners are one, with the reasons.

Evidence is added up in bits, as Fellegi and Sunter (1969) link records: what agrees counts the more, the rarer it is
among those compared; what contradicts takes away. A name alone never does it, nor does a telephone alone: father and
son share one, and an editor's mail serves two papers. The weights below are guesses at how often such things are, not
fitted to any file; `tests/bench/doubles` says what comes of them.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from rapidfuzz.distance import OSA

from libs.contracts.words import PartnerKind
from libs.kit import areas
from services.registry.doubles import names
from services.registry.doubles.names import Name, Word


class Reason(StrEnum):
    """What an officer is told, the strongest first."""

    SAME_ACCOUNT = "same_account"
    SAME_PHONE = "same_phone"
    SAME_EMAIL = "same_email"
    SAME_DECREE = "same_decree"
    SAME_NAME = "same_name"
    NAME_OTHERWISE_SPELLED = "name_otherwise_spelled"
    NAME_SIMILAR = "name_similar"
    NAME_IN_OTHER_ORDER = "name_in_other_order"
    SAME_PERSON = "same_person"
    SAME_HANDLE = "same_handle"
    HANDLE_SIMILAR = "handle_similar"
    PHONE_SIMILAR = "phone_similar"
    EMAIL_SIMILAR = "email_similar"
    SAME_ADDRESS = "same_address"
    SAME_AREA = "same_area"


WHOLE_NAMES = frozenset({Reason.SAME_NAME, Reason.NAME_OTHERWISE_SPELLED, Reason.NAME_IN_OTHER_ORDER})
HELD_ALONE = frozenset({Reason.SAME_ACCOUNT, Reason.SAME_PHONE, Reason.SAME_EMAIL})


@dataclass(frozen=True, slots=True)
class Likeness:
    """
    Attributes:
        bits: logarithm to base 2 of the odds that the two are one.
    """

    bits: float
    reasons: tuple[Reason, ...] = ()

    @property
    def score(self) -> float:
        """From 0 to 1."""
        return 1 / (1 + math.pow(2, -max(-60.0, min(60.0, self.bits))))


CUT = 2.0
"""Bits from which two are shown as a likely double: four to one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A partner as compared.

    Attributes:
        phones: in E.164.
        emails: in lower case.
        accounts: identity keys: `instagram:kim.mojoagung`.
        decree: its number as `decree_key` makes it.
        people: names of chair, editor or whoever answers for it.
    """

    id: str
    name: Name
    kind: str | None = None
    area: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()
    decree: str = ""
    address: str = ""
    people: tuple[Name, ...] = ()


@dataclass
class Corpus:
    """How often things occur among those that are compared.

    Attributes:
        size: how many there are.
        words: folded word of a name -> in how many.
        held: phone, mail, account, decree, address -> by how many.
        areas: code -> how many lie in just this one.
    """

    size: int = 0
    words: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)


def corpus_of(entries: Iterable[Entry]) -> Corpus:
    words: Counter[str] = Counter()
    held: Counter[str] = Counter()
    places: Counter[str] = Counter()
    size = 0
    for entry in entries:
        size += 1
        words.update(entry.name.folds)
        held.update((*entry.phones, *entry.emails, *entry.accounts, *filter(None, (entry.decree, entry.address))))
        places[entry.area] += 1
    return Corpus(size, words, held, places)


ONE_IN_FIFTY = 5.6
"""Bits. Of fifty partners one is thought to stand there twice, before anything is compared."""
BELIEVED, WORD_SHARE, AREA_SHARE = 1_000, 1 / 250, 1 / 500
"""A name's word is thought to be in one of 250 names, a village to have one of 500 partners, and this counts as much as
a thousand rows of the file do: a short file says little of how rare something is."""
RAREST_WORD, RAREST_AREA = 13.0, 11.0
PHONE, EMAIL, ACCOUNT, DECREE, ADDRESS = 12.0, 12.0, 18.0, 9.0, 7.0
"""Bits of what two hold and nobody else does. A decree may appoint several groups; a house holds a family."""
HANDLE = 9.0
"""The same handle on another platform."""
NEAR = {Reason.PHONE_SIMILAR: 5.0, Reason.EMAIL_SIMILAR: 7.0, Reason.HANDLE_SIMILAR: 5.0}
PERSON = 6.0
BEARS_OUT = 6.0
"""Who shares a telephone, a mailbox or an account with another seldom shares the name as well, unless they are one."""
OTHER_PHONE, OTHER_EMAIL, OTHER_ACCOUNT, OTHER_ADDRESS, OTHER_DECREE = -2.0, -2.0, -1.0, -0.5, -3.0
"""Numbers, mailboxes and accounts change, so that another one says little."""
OTHER_AREA, OTHER_AREA_OF_GROUP = -4.0, -24.0
"""People move; a KIM is that of its village, and "KIM Mekar Sari" is in many."""
SECOND_ACCOUNT_OF_OFFICE = -60.0
"""Two accounts of an office on one platform are two, whatever they share."""
CONTRADICTS, CONTRADICTS_ON_ONE_ACCOUNT = -46.0, -12.0
"""Each has a word in its name that the other has not: Budi and Sari, north and south. What else the names share is then
no sign: brothers have one family."""
LEFT_OUT, GIVEN_NAME_LEFT_OUT = -3.0, -9.0
"""Suparman and Agus Suparman may be father and son; Agus and Agus Suparman hardly."""


def compared(a: Entry, b: Entry, corpus: Corpus) -> Likeness:
    found: dict[Reason, float] = {}
    against = -math.log2(max(corpus.size, 2)) - ONE_IN_FIFTY
    one_account = bool(a.accounts & b.accounts)
    kind = _kind_of_both(a, b)
    bits, reason = _names(a.name, b.name, corpus, person=kind is None, one_account=one_account)
    if reason is not None and bits > 0:
        found[reason] = bits
        if reason is Reason.SAME_NAME and a.name.words != b.name.words:
            found[Reason.NAME_IN_OTHER_ORDER] = found.pop(reason)
    else:
        against += bits
    against += _keys(a, b, corpus, found)
    against += _accounts(a, b, corpus, found, kind)
    against += _places(a, b, corpus, found, kind)
    if found.keys() & WHOLE_NAMES and found.keys() & HELD_ALONE:
        against += BEARS_OUT
    if _same_person(a, b):
        found[Reason.SAME_PERSON] = PERSON
    strongest = sorted(found, key=lambda reason: -found[reason])
    return Likeness(against + sum(found.values()), tuple(strongest))


def _kind_of_both(a: Entry, b: Entry) -> str | None:
    """What both are, where it is no person; one that did not say is taken for what the other is."""
    bodies = (PartnerKind.COMMUNITY_GROUP, PartnerKind.GOVERNMENT_ACCOUNT, PartnerKind.MEDIA_OUTLET)
    return next((kind for entry in (a, b) if (kind := entry.kind) in bodies), None)


def _rarity(count: int, size: int, *, share: float, rarest: float) -> float:
    """Bits of something that both have and that `count` of `size` have."""
    among_others = (max(0, count - 2) + BELIEVED * share) / (size + BELIEVED)
    return min(rarest, -math.log2(min(1.0, among_others)))


def _held(full: float, key: str, corpus: Corpus) -> float:
    return max(0.0, full - math.log2(max(2, corpus.held.get(key, 2)) / 2))


def _keys(a: Entry, b: Entry, corpus: Corpus, found: dict[Reason, float]) -> float:
    against = 0.0
    for mine, its, same, near, full, other in (
        (a.phones, b.phones, Reason.SAME_PHONE, Reason.PHONE_SIMILAR, PHONE, OTHER_PHONE),
        (a.emails, b.emails, Reason.SAME_EMAIL, Reason.EMAIL_SIMILAR, EMAIL, OTHER_EMAIL),
    ):
        if not mine or not its:
            continue
        if both := mine & its:
            found[same] = max(_held(full, key, corpus) for key in both)
        elif any(_near(x, y, least=8) for x in mine for y in its):
            found[near] = NEAR[near]
        else:
            against += other
    if a.decree and b.decree:
        if a.decree == b.decree:
            found[Reason.SAME_DECREE] = _held(DECREE, a.decree, corpus)
        else:
            against += OTHER_DECREE
    if a.address and b.address:
        if a.address == b.address:
            found[Reason.SAME_ADDRESS] = _held(ADDRESS, a.address, corpus)
        elif _similar(a.address, b.address) >= LIKE_ADDRESS:
            found[Reason.SAME_ADDRESS] = ADDRESS / 2
        else:
            against += OTHER_ADDRESS
    return against


LIKE_ADDRESS = 0.85


def _accounts(a: Entry, b: Entry, corpus: Corpus, found: dict[Reason, float], kind: str | None) -> float:
    if not a.accounts or not b.accounts:
        return 0.0
    if both := a.accounts & b.accounts:
        found[Reason.SAME_ACCOUNT] = max(_held(ACCOUNT, key, corpus) for key in both)
        return 0.0
    if kind == PartnerKind.GOVERNMENT_ACCOUNT and _platforms(a) & _platforms(b):
        return SECOND_ACCOUNT_OF_OFFICE
    mine, its = _handles(a), _handles(b)
    if any(len(handle) >= 4 for handle in mine & its):
        found[Reason.SAME_HANDLE] = HANDLE
        return 0.0
    if any(_near(x, y, least=6) for x in mine for y in its):
        found[Reason.HANDLE_SIMILAR] = NEAR[Reason.HANDLE_SIMILAR]
        return 0.0
    return OTHER_ACCOUNT


def _platforms(entry: Entry) -> set[str]:
    return {key.partition(":")[0] for key in entry.accounts}


def _handles(entry: Entry) -> set[str]:
    return {handle_key(key.rpartition(":")[2]) for key in entry.accounts}


@lru_cache(maxsize=262_144)
def handle_key(handle: str) -> str:
    """Equal for handles that differ in dots, lines and what people hang on for a new account."""
    bare = "".join(character for character in handle.casefold() if character.isalnum())
    for ending in ("official", "officialid", "baru", "new", "ofc", "real"):
        shorter = bare.removesuffix(ending)
        if len(shorter) >= 5:
            bare = shorter
    return bare


def _places(a: Entry, b: Entry, corpus: Corpus, found: dict[Reason, float], kind: str | None) -> float:
    if not a.area or not b.area:
        return 0.0
    if a.area == b.area:
        bits = _rarity(corpus.areas.get(a.area, 2), corpus.size, share=AREA_SHARE, rarest=RAREST_AREA)
        found[Reason.SAME_AREA] = bits if areas.is_code(a.area) and len(a.area) > 8 else bits / 2
        return 0.0
    if areas.is_within(a.area, b.area) or areas.is_within(b.area, a.area):
        return 0.0
    return OTHER_AREA_OF_GROUP if kind == PartnerKind.COMMUNITY_GROUP else OTHER_AREA


def _same_person(a: Entry, b: Entry) -> bool:
    return any(set(x.folds) == set(y.folds) and len(x.words) > 1 for x in a.people for y in b.people)


def _near(a: str, b: str, *, least: int) -> bool:
    """One sign typed wrong, left out, or two in the wrong order."""
    return min(len(a), len(b)) >= least and OSA.distance(a, b, score_cutoff=1) <= 1


@lru_cache(maxsize=262_144)
def _similar(a: str, b: str) -> float:
    return OSA.normalized_similarity(a, b)


TYPED_WRONG = 0.74
"""Likeness of two words from which one is the other with a slip; one of four letters bears none at its beginning."""
SLIP = 3.0
"""Bits that a slip takes from a word: words that look alike are more than one."""


def _names(a: Name, b: Name, corpus: Corpus, *, person: bool, one_account: bool) -> tuple[float, Reason | None]:
    """Bits for the names and what is said of them; no reason where they contradict each other."""
    mine, its = list(a.words), list(b.words)
    agreed, reason = 0.0, Reason.SAME_NAME
    for word in list(mine):
        if word in its:
            mine.remove(word)
            its.remove(word)
            agreed += _worth(word, corpus)
    for word in list(mine):
        twin = next((other for other in its if other.fold == word.fold), None)
        if twin is not None:
            mine.remove(word)
            its.remove(twin)
            agreed += _worth(word, corpus) - 0.5
            reason = Reason.NAME_OTHERWISE_SPELLED
    for one, other in ((mine, its), (its, mine)):
        bits = _joined(one, other, corpus)
        if bits:
            agreed += bits
            reason = Reason.NAME_OTHERWISE_SPELLED
    slips = sorted(((_slip(x, y), x, y) for x in mine for y in its), key=lambda slip: -slip[0])
    for likeness, x, y in slips:
        if likeness >= TYPED_WRONG and x in mine and y in its:
            mine.remove(x)
            its.remove(y)
            agreed += max(1.0, min(_worth(x, corpus), _worth(y, corpus)) - SLIP)
            reason = Reason.NAME_SIMILAR
    _shortened(mine, b.optional)
    _shortened(its, a.optional)
    if mine and its:
        return CONTRADICTS_ON_ONE_ACCOUNT + agreed / 2 if one_account else CONTRADICTS, None
    left = mine or its
    if left:
        if any(word.is_number for word in left):
            return CONTRADICTS, None
        given = person and (a.words if mine else b.words)[0] in left
        agreed += GIVEN_NAME_LEFT_OUT if given else max(2 * LEFT_OUT, LEFT_OUT * len(left))
        reason = Reason.NAME_SIMILAR
    return agreed, reason


def _worth(word: Word, corpus: Corpus) -> float:
    bits = _rarity(corpus.words.get(word.fold, 2), corpus.size, share=WORD_SHARE, rarest=RAREST_WORD)
    return bits if len(word.plain) > 2 else bits / 2


def _joined(one: list[Word], other: list[Word], corpus: Corpus) -> float:
    """Takes a word out of `one` that `other` writes in two: Mekarsari, Mekar Sari."""
    for word in one:
        for first in range(len(other) - 1):
            pair = other[first : first + 2]
            written = names.fold("".join(part.plain for part in pair))
            if written == word.fold or (len(written) > 6 and _similar(written, word.fold) >= 0.9):
                one.remove(word)
                del other[first : first + 2]
                return min(RAREST_WORD, sum(_worth(part, corpus) for part in pair)) - 0.5
    return 0.0


def _slip(a: Word, b: Word) -> float:
    if a.is_number or b.is_number or min(len(a.plain), len(b.plain)) < 3:
        return 0.0
    if min(len(a.plain), len(b.plain)) <= 4 and a.plain[0] != b.plain[0]:
        return 0.0
    if _is_shortened(a.plain, b.plain) or _is_shortened(b.plain, a.plain):
        return TYPED_WRONG
    return max(_similar(a.plain, b.plain), _similar(a.fold, b.fold))


def _is_shortened(short: str, word: str) -> bool:
    """Mjl for Majalengka, Dkt for Dokter: its first letter and others of its consonants."""
    if len(short) > 4 or short[0] != word[0] or len(word) <= len(short) or set(short) & set("aeiou"):
        return False
    letters = iter(word)
    return all(letter in letters for letter in short)


def _shortened(left: list[Word], optional: tuple[Word, ...]) -> None:
    """Takes out what the other writes as an initial, or as an honour that this one counts as its name."""
    for short in optional:
        twin = next(
            (word for word in left if word == short or (short.is_initial and word.plain[0] == short.plain)), None
        )
        if twin is not None:
            left.remove(twin)
