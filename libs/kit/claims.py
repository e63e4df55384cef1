"""What in a text is the claim, and the words on which it turns: denial, direction, number, hour, day.

Word statistics cannot tell "ditangkap" from "tidak ditangkap", nor "SDN Mekarwangi III" from "SDN Mekarwangi II":
nearly every word is the same. Here a text becomes a row of tokens, each with the sign under which it is said and, for
numbers and the like, its value; `turns` lays two rows side by side and names where they part. A question or greeting
around a claim is no part of it, and a text of nothing else holds no claim at all.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby, pairwise

from rapidfuzz.distance import Levenshtein, Opcode
from rapidfuzz.fuzz import ratio

from libs.kit.addresses import without_addresses
from libs.kit.claim_words import (
    ALREADY,
    ASKING,
    CALLED_OFF,
    CHANNELS,
    CLASSES,
    DAYS,
    DENIALS,
    EDGES,
    EMPTY,
    FALSE,
    FILLERS,
    HOLLOW,
    MONTHS,
    NEGATORS,
    NOT_YET,
    NUMBERED,
    PARTS,
    PEOPLE,
    SIDES,
    SPELLED_OUT,
    SPREADING,
    TAGS,
    TRUE,
)
from libs.kit.numbers import SPELT, is_roman, roman_value, value_of
from libs.kit.text import unstyled, words

LONGEST = 2_000
"""Characters read: a claim stands at the beginning."""
MOST_TOKENS = 250
LEAST_CONTENT = 2
"""Different words with content that make a claim: "vaksin habis", not "vaksin?"."""
ENOUGH_CONTENT = 3
"""From here a text says what it is about; with fewer words ("bupati korupsi?") the post does, that came with it."""
LONGEST_CODE = 3
"""Letters of "5G", "C1" or "B1234XY"; among more of them a digit is a letter ("pencuc14n") or part of a name."""
HEAD = 40
"""Tokens of a published text that are the claim; what follows are its conditions, prizes and appeals."""
SHORT = 25
"""Tokens. In a longer text a word occurs denied and not denied."""
LEAST_ALIGNED = 0.5
"""Of the published claim, that must be found in the report before their differences mean anything."""
MISSPELT = 72.0
"""Similarity from which two words in one place are one word: "dahsyatnya" and "dasyatnya", not "merah" and "biru"."""
CLOSE = 0.7
"""Of the published claim, that must be found for a word in the place of another to be a change and no retelling."""
WIDE = 1.6
SHARED = 2
"""Words of the claim, besides the one that parts, that make a sentence of a long report one about the claim."""
DENIAL, DONE, PENDING = "!denied", "!done", "!pending"
"""Tokens beside the words: a denial of what stands around, "sudah", "belum"."""

Stem = Callable[[str], str]


class Aspect(StrEnum):
    POLARITY = "polarity"
    IDENTIFIER = "identifier"
    TIME = "time"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Token:
    """One word or value of a text.

    Attributes:
        key: by which two texts are laid side by side: a stem, the common name of two opposites, or a value.
        sign: -1 where it is denied or the second of two opposites, else 1.
        aspect: what a value is; None for a plain word.
        shown: as written, its denial before it.
        sentence: number of the sentence that it stands in.
        is_slot: a value that names one of several of its kind ("RT 03"): without it something else is meant.
        is_denied: an odd number of denials stands before it.
        is_around: greeting or question at an end of its sentence, and no part of the claim.
    """

    key: str
    sign: int
    aspect: Aspect | None
    shown: str
    sentence: int
    is_slot: bool = False
    is_denied: bool = False
    is_around: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """A place where two texts part; None where one of them says nothing there."""

    aspect: Aspect
    theirs: str | None
    ours: str | None


@dataclass(frozen=True)
class Reading:
    """The tokens of a text, without greeting, question and words that carry no claim."""

    tokens: tuple[Token, ...]
    content: int
    """Different words that say something."""

    def has_claim(self) -> bool:
        return self.content >= LEAST_CONTENT

    def is_verbatim(self, other: "Reading") -> bool:
        """Whether both make the same claim word for word, whatever greeting or question stands around it."""
        return self.has_claim() and self.said == other.said

    @cached_property
    def said(self) -> tuple[tuple[str, int], ...]:
        return tuple((t.key, t.sign) for t in self.tokens if not t.is_around and t.key not in (DONE, PENDING))

    @cached_property
    def worded(self) -> tuple[Token, ...]:
        """What is laid side by side: without the tokens beside the words."""
        return tuple(token for token in self.tokens if not token.key.startswith("!"))


_SCALE = r"ribu|rb|juta|jt|miliar|milyar|triliun|trilyun"
_SENTENCE = re.compile(r"[!?\n;…]+|[.:]+(?=\s|$)|[.](?=[^\W\d]{3})")
_LEX = re.compile(
    rf"""
    (?P<clock>(?<!\w)(?:jam|pukul|pkl)\.?\s{{0,2}}(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d\d))?(?!\d)
        (?:\s?wi(?:b|ta|t)\b)?(?:\s(?P<part>subuh|pagi|siang|sore|petang|malam)\b)?)
    |(?P<zoned>(?<![\w.,:])(?P<zhour>\d{{1,2}})[.:](?P<zminute>\d\d)\s?wi(?:b|ta|t)\b)
    |(?P<money>(?<!\w)(?:rp\.?|idr)\s{{0,2}}(?P<mfigure>\d{{1,15}}(?:[.,]\d{{1,3}}){{0,5}})(?:\s?(?P<mscale>{_SCALE}|k|m|t)\b)?)
    |(?P<number>(?<![\w])(?P<figure>\d{{1,15}}(?:[.,]\d{{1,3}}){{0,5}})(?:\s?(?P<scale>{_SCALE})\b)?(?![\w])(?:\s?%)?)
    |(?P<word>[^\W_](?:[^\W_]|['’-](?=[^\W_]))*)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LABEL = re.compile(
    r"^\W*(?:hoaks|hoax|salah|fakta|disinformasi|misinformasi|klarifikasi|fitnah)\b\s*[\]):,;|“\"–-]+", re.IGNORECASE
)
"""What a fact-checker or a careful sender writes before a claim that he passes on; not a denial of it."""
_GREETING = re.compile(
    r"\b(?:(?:selamat|slmt|met)\s+(?:pagi|siang|sore|petang|malam)|(?:terima|trima)\s+kasih)\b", re.IGNORECASE
)
_WISH = re.compile(r"\bselamat(?=\s+(?:jalan|datang|hari|natal|tahun|ulang|idul|berbuka|atas|kepada)\b)", re.IGNORECASE)
"""Where "selamat" is said to somebody; elsewhere it is the opposite of dead."""
_ABBREVIATION = re.compile(
    r"\b(rp|idr|no|jl|jln|gg|kec|kab|kel|ds|tgl|pkl|kls|lt|hr|dr|drs|ir|hj?|prof|st|pt|cv|tbk|rt|rw|km|s\.?d|a\.?n)\.(?=\s)",
    re.IGNORECASE,
)
NEAR = 6
"""Tokens around the claim in which a denial is about it: "polisi membantah …", "… itu hoaks"."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or value as it stands in the text, before it is known what it does there."""

    word: str
    shown: str
    key: str = ""
    aspect: Aspect | None = None


def read(text: str, stem: Stem) -> Reading:
    plain = without_addresses(unicodedata.normalize("NFKC", unstyled(text[:LONGEST])))
    plain = _ABBREVIATION.sub(r"\1 ", _GREETING.sub(" ", _WISH.sub("salam", _LABEL.sub("", plain))))
    tokens: list[Token] = []
    content: set[str] = set()
    at = 0
    for number, end in enumerate([*_SENTENCE.finditer(plain), None]):
        sentence = plain[at : end.start() if end else len(plain)]
        asks = end is not None and "?" in end.group()
        at = end.end() if end else at
        pieces = list(_pieces(sentence))
        if any(piece.key or piece.word not in EMPTY for piece in pieces) or _is_refusal(pieces):
            tokens += _tokens(pieces, stem, number, asks=asks)
            content |= {p.key or p.word for p in pieces if p.key or p.word in CHANNELS or p.word not in EMPTY}
        if len(tokens) > MOST_TOKENS:
            break
    return Reading(tuple(tokens[:MOST_TOKENS]), len(content) if content - CHANNELS else 0)


def _is_refusal(pieces: Sequence[_Piece]) -> bool:
    """ "Kami tidak terima!" says something, though each of its words may stand around a claim."""
    return any(
        one.word in NEGATORS and other.word in SIDES and other.word not in TRUE | FALSE
        for one, other in pairwise(pieces)
    )


def _pieces(sentence: str) -> Iterator[_Piece]:
    for match in _LEX.finditer(sentence):
        part = match.groupdict()
        shown = match.group()
        if part["hour"] is not None:
            yield _Piece("", shown, _clock(part["hour"], part["minute"], part["part"]), Aspect.TIME)
        elif part["zhour"] is not None:
            yield _Piece("", shown, _clock(part["zhour"], part["zminute"], None), Aspect.TIME)
        elif part["mfigure"] is not None:
            yield _Piece("", shown, _number(value_of(part["mfigure"], part["mscale"])), Aspect.IDENTIFIER)
        elif part["figure"] is not None:
            yield _Piece("", shown, _number(value_of(part["figure"], part["scale"])), Aspect.IDENTIFIER)
        else:
            yield from _worded(shown)


def _worded(shown: str) -> Iterator[_Piece]:
    lower = shown.lower()
    one, hyphen, other = lower.partition("-")
    as_it_is = lower.isascii() and (lower.isalpha() or "'" in lower or (hyphen and one == other))
    for word in (lower,) if as_it_is else words(lower):
        unstretched = word if is_roman(word) else _STRETCHED.sub(r"\1", word)
        bare = unstretched.replace("'", "") if unstretched not in DAYS else unstretched
        for each in SPELLED_OUT.get(bare, (bare,)):
            yield _Piece(each, shown, *_value(each))


def _value(word: str) -> tuple[str, Aspect | None]:
    if word in DAYS:
        return f"day {DAYS[word]}", Aspect.TIME
    if word in MONTHS:
        return f"month {MONTHS[word]}", Aspect.TIME
    if word in PARTS:
        return f"part {word}", Aspect.TIME
    if word in CLASSES:
        return f"{CLASSES[word]} {word}", Aspect.IDENTIFIER
    if word in SPELT:
        return _number(SPELT[word]), Aspect.IDENTIFIER
    if is_roman(word) and (len(word) > 1 or word in "ivx") and word not in ("di", "mi", "li", "xl"):
        return _number(roman_value(word)), Aspect.IDENTIFIER
    if any(character.isdigit() for character in word) and sum(map(str.isalpha, word)) <= LONGEST_CODE:
        return f"code {word}", Aspect.IDENTIFIER
    if len(word) == 1 and word.isalpha() and word not in "yn":
        return f"letter {word}", Aspect.IDENTIFIER
    return "", None


def _number(value: float) -> str:
    return f"number {value:.12g}"


def _clock(hour: str, minute: str | None, part: str | None) -> str:
    """Minutes of the day; of half a day only, where "jam 9" does not say which."""
    hours = int(hour) if int(hour) > 24 else int(hour) % 24
    if part in ("sore", "petang") or (part == "malam" and hours >= 6) or (part == "siang" and hours < 6):
        hours = hours % 12 + 12
    sure = part is not None or hours > 12 or hours == 0
    return f"clock {hours * 60 + int(minute or 0)}{'' if sure else '?'}"


def _ends(pieces: Sequence[_Piece], *, asks: bool) -> tuple[int, int]:
    """Where the claim of a sentence begins and ends between greeting and question."""
    first, last = 0, len(pieces)
    while first < last and not pieces[first].key and pieces[first].word in EDGES - NEGATORS - DENIALS:
        first += 1
    while last > first and not pieces[last - 1].key and pieces[last - 1].word in EDGES | TAGS | NEGATORS:
        is_said = pieces[last - 1].word not in TAGS | NEGATORS
        if not asks and last > 1 and pieces[last - 2].word in NEGATORS and is_said:
            break
        last -= 1
    return first, last


def _tokens(pieces: Sequence[_Piece], stem: Stem, sentence: int, *, asks: bool) -> Iterator[Token]:
    asks = asks or any(piece.word in ASKING for piece in pieces)
    first, last = _ends(pieces, asks=asks)
    denials: list[str] = []
    before = ""
    for at, piece in enumerate(pieces):
        after = pieces[at + 1].word if at + 1 < len(pieces) else ""
        around = not first <= at < last
        if piece.word in NEGATORS and after in HOLLOW:
            pass
        elif piece.word in NEGATORS:
            if before not in TRUE and after not in TAGS:
                denials.append(piece.shown)
                if piece.word in NOT_YET:
                    yield Token(PENDING, 1, None, piece.shown, sentence)
        elif piece.word in FALSE and before in SPREADING:
            yield Token(stem(piece.word), 1, None, piece.shown, sentence, is_around=around)
        elif piece.word in DENIALS or (denials and piece.word in TRUE):
            if denials and piece.word in DENIALS:
                denials.clear()
            # "membantah hoaks …" denies once.
            elif not (before in DENIALS - FALSE and piece.word in FALSE) and not (
                asks and (piece.word in FALSE or piece.word in TRUE)
            ):
                yield Token(DENIAL, 1, None, " ".join((*denials, piece.shown)), sentence)
                denials.clear()
        elif piece.key and not _is_count(piece, after):
            is_slot = before in NUMBERED or (piece.word != "" and is_roman(piece.word))
            odd = len(denials) % 2 == 1
            shown = " ".join((*denials, _slot(before, piece.shown)))
            sign = -1 if odd else 1
            yield Token(piece.key, sign, piece.aspect, shown, sentence, is_slot, is_denied=odd, is_around=around)
            denials.clear()
        elif piece.word in ALREADY:
            yield Token(DONE, 1, None, piece.shown, sentence)
        elif not piece.key and piece.word not in FILLERS:
            key, sign = _side(piece.word, stem)
            odd = len(denials) % 2 == 1
            shown = " ".join((*denials, piece.shown))
            yield Token(key, -sign if odd else sign, None, shown, sentence, is_denied=odd, is_around=around)
            denials.clear()
        before = piece.word
    # "sudah … belum" asks; "… terbongkar belum" denies.
    is_asked = asks or any(piece.word in ALREADY for piece in pieces)
    is_denied_last = before in CALLED_OFF or (before == "ada" and not asks) or (before == "belum" and not is_asked)
    if denials and is_denied_last:
        yield Token(DENIAL, 1, None, " ".join(denials), sentence)


def _side(word: str, stem: Stem) -> tuple[str, int]:
    root = stem(word)
    return SIDES.get(word) or SIDES.get(word.removesuffix("nya")) or SIDES.get(root) or (root, 1)


def _is_count(piece: _Piece, after: str) -> bool:
    """Of people; a share of them ("21% pasien") is none."""
    return piece.key.startswith("number") and after in PEOPLE and "%" not in piece.shown


def _slot(before: str, shown: str) -> str:
    return f"{before} {shown}" if before in NUMBERED else shown


def turns(theirs: Reading, ours: Reading) -> tuple[Turn, ...]:
    """Where a report says another thing than the published claim that it resembles, in the order of the claim."""
    published, reported = ours.worded[:HEAD], theirs.worded
    found: list[Turn] = []
    beside = _Aligned.of(published, reported)
    is_evened = False
    if beside is not None:
        unlike = list(_unlike(beside))
        contrary = [(our, their) for our, their in unlike if _said(our, ours) != _said(their, theirs)]
        is_evened = bool(unlike) and not contrary
        found += [Turn(Aspect.POLARITY, their.shown, our.shown) for our, their in contrary]
        found += _replaced(beside)
        if not is_evened and not contrary:
            found += _denied(theirs, ours, beside) or _denied_within(beside)
    if not found and len(published) <= SHORT:
        found += _other_value(reported, published)
        elsewhere = [*_contrary_elsewhere(reported, published), *_apart_in_a_sentence(theirs, ours)]
        found += [turn for turn in elsewhere if not (is_evened and turn.aspect is Aspect.POLARITY)]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Aligned:
    """A published claim and the part of a report that is most like it, laid side by side.

    Attributes:
        codes: the edits that make one of the other.
        first, last: where in the report's part the first word of the claim stands, and behind the last.
        is_close: the report says it nearly in the same words.
    """

    ours: Sequence[Token]
    theirs: Sequence[Token]
    codes: Sequence[Opcode]
    first: int
    last: int
    is_close: bool

    @classmethod
    def of(cls, ours: Sequence[Token], reported: Sequence[Token]) -> "_Aligned | None":
        """None where too little of the claim is found together."""
        wanted = {token.key for token in ours}
        start, end = _window([token.key for token in reported], wanted, len(ours))
        theirs = reported[start:end]
        matched = len(wanted & {token.key for token in theirs})
        codes = _joined(Levenshtein.opcodes([t.key for t in ours], [t.key for t in theirs]))
        same = [code for code in codes if code.tag == "equal"]
        if not same or matched < LEAST_ALIGNED * len(wanted):
            return None
        first, last = same[0].dest_start, same[-1].dest_end
        is_close = matched >= CLOSE * len(wanted) and last - first <= len(ours) * WIDE + 2
        return cls(ours, theirs, codes, first, last, is_close)

    @property
    def span(self) -> Sequence[Token]:
        return self.theirs[self.first : self.last]

    def parts(self, tag: str) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
        """Of the claim and of the report, where the edit is of this kind."""
        for code in self.codes:
            if code.tag == tag:
                yield self.ours[code.src_start : code.src_end], self.theirs[code.dest_start : code.dest_end]

    def inserted(self) -> Iterator[Token]:
        """What the report puts between the first and the last word of the claim."""
        for code in self.codes:
            if code.tag == "insert" and self.first <= code.dest_start < self.last:
                yield from self.theirs[code.dest_start : code.dest_end]

    def flanked(self) -> Iterator[tuple[Token, Token]]:
        """One word in the place of one, between words that both have."""
        for code in self.codes[1:-1]:
            if code.tag == "replace" and code.src_end - code.src_start == code.dest_end - code.dest_start == 1:
                yield self.ours[code.src_start], self.theirs[code.dest_start]

    def only_edit(self) -> tuple[Sequence[Token], Sequence[Token]] | None:
        """What was put in the place of what, where nothing else was changed: within the claim, or at its ends."""
        edits = [code for code in self.codes if code.tag != "equal"]
        inner = [code for code in edits if self.first <= code.dest_start < self.last]
        changed = [code for code in edits if code.src_start < code.src_end]
        if not self.is_close or not changed:
            return None
        if len(inner) == 1 and inner[0].tag == "replace":
            (code,) = inner
            return self.ours[code.src_start : code.src_end], self.theirs[code.dest_start : code.dest_end]
        if inner or len(changed) != 1 or changed[0].tag != "replace":
            return None
        (code,) = changed
        if code.src_start == 0:
            neighbour, instead = self.theirs[self.first], self.theirs[self.first - 1 : self.first]
        else:
            neighbour, instead = self.theirs[self.last - 1], self.theirs[self.last : self.last + 1]
        gone = self.ours[code.src_start : code.src_end]
        if not instead or instead[0].sentence != neighbour.sentence or any(each.aspect for each in (*gone, *instead)):
            return None
        return None if any(each.shown.lower() in EMPTY for each in gone) else (gone, instead)


def _joined(codes: Iterable[Opcode]) -> list[Opcode]:
    """Edits that touch made one: which word came in the place of which, they do not tell."""
    joined: list[Opcode] = []
    for code in codes:
        last = joined[-1] if joined else None
        if last is None or "equal" in (last.tag, code.tag):
            joined.append(code)
            continue
        src_end, dest_end = code.src_end, code.dest_end
        tag = "delete" if last.dest_start == dest_end else "insert" if last.src_start == src_end else "replace"
        joined[-1] = Opcode(tag, last.src_start, src_end, last.dest_start, dest_end)
    return joined


def _unlike(beside: _Aligned) -> Iterator[tuple[Token, Token]]:
    """One word on both sides, denied or turned into its opposite on one: of the claim and of the report."""
    for published, reported in beside.parts("equal"):
        yield from ((our, their) for our, their in zip(published, reported, strict=True) if our.sign != their.sign)


def _said(token: Token, reading: Reading) -> int:
    """Its sign; turned round where somebody denies the sentence: who "membantah menyebarkan" says "tidak menyebarkan".
    What a reader calls a hoax there may be more, or less, than the sentence."""
    denials = [each for each in reading.tokens if each.key == DENIAL and each.sentence == token.sentence]
    by_somebody = len(denials) == 1 and denials[0].shown.lower() in DENIALS - FALSE
    return -token.sign if by_somebody else token.sign


def _window(reported: Sequence[str], wanted: Collection[str], length: int) -> tuple[int, int]:
    """The part of the report, as long as the claim and half, that holds most of its words."""
    width = length + max(4, length // 2)
    inside: Counter[str] = Counter()
    best, best_end = -1, 0
    for end, key in enumerate(reported, 1):
        if key in wanted:
            inside[key] += 1
        if end > width:
            left = reported[end - width - 1]
            if left in wanted:
                inside[left] -= 1
                if not inside[left]:
                    del inside[left]
        if len(inside) > best:
            best, best_end = len(inside), end
    # It ends with the last word that was found; a little more, for what was put in its place.
    return max(0, best_end - width), min(len(reported), best_end + 2)


def _replaced(beside: _Aligned) -> Iterator[Turn]:
    """Another number, day or class in the place of one, or one of several ("SDN Mekarwangi III") on one side only;
    another word, where nothing else was changed."""
    there = Counter(token.key for token in beside.theirs)
    whole = Counter(token.key for token in beside.ours)
    for gone, come in beside.parts("replace"):
        one_for_one = len(gone) == len(come) == 1
        for ours in gone:
            if ours.aspect is None or (there[ours.key] >= whole[ours.key] and not one_for_one):
                continue
            rivals = [theirs for theirs in come if _kind(theirs) == _kind(ours)]
            if rivals and not any(_agree(theirs.key, ours.key) for theirs in rivals):
                yield Turn(ours.aspect, rivals[0].shown, ours.shown)
    if beside.is_close:
        for gone, _ in beside.parts("delete"):
            yield from (Turn(t.aspect, None, t.shown) for t in gone if t.is_slot and t.aspect and t.key not in there)
        named = (t for t in beside.inserted() if t.is_slot and t.key not in whole)
        yield from (Turn(t.aspect, t.shown, None) for t in named if t.aspect)
    found = [pair for pair in beside.flanked() if pair[0].key not in there and _is_another_word(*pair)]
    if found:
        yield Turn(Aspect.WORD, found[0][1].shown, found[0][0].shown)
        return
    only = beside.only_edit()
    if only is not None and len(only[0]) == len(only[1]) == 1:
        ours, theirs = only[0][0], only[1][0]
        if ours.key not in there and _is_another_word(ours, theirs):
            yield Turn(Aspect.WORD, theirs.shown, ours.shown)


def _kind(token: Token) -> str:
    return token.key.partition(" ")[0] if token.aspect else ""


def _is_another_word(ours: Token, theirs: Token) -> bool:
    if ours.aspect is not None and theirs.aspect is not None:
        return False
    if max(ratio(ours.key, theirs.key), ratio(ours.shown.lower(), theirs.shown.lower())) >= MISSPELT:
        return False
    return not _is_shortened(theirs.shown.lower(), ours.shown.lower())


def _is_shortened(short: str, word: str) -> bool:
    """ "byk" for "banyak", "sbgai" for "sebagai"."""
    letters = iter(word)
    return len(short) > 1 and short[0] == word[0] and all(letter in letters for letter in short)


def _agree(one: str, other: str) -> bool:
    if one == other:
        return True
    if one.startswith("clock") and "?" in one + other:
        return int(one[6:].rstrip("?")) % 720 == int(other[6:].rstrip("?")) % 720
    return False


def _denied(theirs: Reading, ours: Reading, beside: _Aligned) -> list[Turn]:
    """A denial beside the claim: "polisi membantah …", "… itu hoaks"."""
    if not beside.is_close:
        return []
    span = beside.span
    first = next(at for at, token in enumerate(theirs.tokens) if token is span[0])
    last = next(at for at, token in enumerate(theirs.tokens) if token is span[-1])
    sentences = {token.sentence for token in span}
    around = theirs.tokens[max(0, first - NEAR) : last + 1 + NEAR]
    said = [token for token in around if token.key == DENIAL and token.sentence in sentences]
    return _uneven(said, [token for token in ours.tokens if token.key == DENIAL])


def _denied_within(beside: _Aligned) -> list[Turn]:
    """A denial inside a claim that is told nearly in the same words, of a word that only one of them has."""
    if not beside.is_close or len(beside.ours) > SHORT:
        return []
    own, said = list(beside.ours), list(beside.theirs[max(0, beside.first - 1) : beside.last])
    sentences = set()
    for published, reported in beside.parts("equal"):
        sentences |= {token.sentence for token in reported}
        # These agree, be it that one says "tidak boleh" and the other "dilarang".
        own = [token for token in own if not any(token is each for each in published)]
        said = [token for token in said if not any(token is each for each in reported)]
    said = [token for token in said if token.is_denied and token.sentence in sentences]
    return _uneven(said, [token for token in own if token.is_denied])


def _uneven(said: Sequence[Token], own: Sequence[Token]) -> list[Turn]:
    if len(said) % 2 == len(own) % 2:
        return []
    return [Turn(Aspect.POLARITY, said[0].shown if said else None, own[0].shown if own else None)]


def _other_value(reported: Sequence[Token], published: Sequence[Token]) -> Iterator[Turn]:
    """Another number, day or class beside the same word, wherever it stands ("nomor 5" for "nomor 2"); other days and
    hours than those of the claim."""
    theirs, ours = _beside(reported), _beside(published)
    for place, values in ours.items():
        rivals = theirs.get(place, [])
        if rivals and not any(_agree(one.key, other.key) for one in rivals for other in values):
            yield Turn(values[0].aspect or Aspect.IDENTIFIER, rivals[0].shown, values[0].shown)


def _beside(tokens: Sequence[Token]) -> dict[tuple[str, str, str], list[Token]]:
    """Values by their kind and the word before and behind them; days, months and hours by their kind alone."""
    found: dict[tuple[str, str, str], list[Token]] = {}
    for before, token in pairwise(tokens):
        if token.aspect is not None and before.aspect is None:
            found.setdefault((before.key, _kind(token), ""), []).append(token)
    for token, after in pairwise(tokens):
        if token.aspect is not None and after.aspect is None and token.sentence == after.sentence:
            found.setdefault(("", _kind(token), after.key), []).append(token)
    for token in tokens:
        if _kind(token) in ("day", "month", "clock"):
            found.setdefault(("", _kind(token), ""), []).append(token)
    return found


def _contrary_elsewhere(reported: Sequence[Token], published: Sequence[Token]) -> list[Turn]:
    """A word of the claim that the report denies in another sentence, or says the opposite of and nowhere itself."""
    signs: dict[str, set[int]] = {}
    for token in published:
        signs.setdefault(token.key, set()).add(token.sign)
    said = {(token.key, token.sign) for token in reported}
    for token in reported:
        own = signs.get(token.key, {token.sign})
        if token.sign not in own and (token.is_denied or not any((token.key, sign) in said for sign in own)):
            return [Turn(Aspect.POLARITY, token.shown, None)]
    return []


def _apart_in_a_sentence(theirs: Reading, ours: Reading) -> list[Turn]:
    """Where a sentence of the report is about the claim and says the contrary, "belum" for "sudah", or another day,
    month or hour, whatever the rest of the report says; or a denial stands right before words of a claim that denies
    nothing ("tidak di atas gedung Indosat")."""
    signs: dict[str, set[int]] = {}
    times: dict[str, list[Token]] = {}
    for token in ours.worded[:HEAD]:
        signs.setdefault(token.key, set()).add(token.sign)
        times.setdefault(_kind(token), []).append(token)
    denied = any(token.is_denied or token.key == DENIAL for token in ours.tokens)
    states = {token.key for token in ours.tokens} & {DONE, PENDING}
    for _, said in groupby(theirs.tokens, lambda token: token.sentence):
        sentence = list(said)
        shared = {token.key for token in sentence if token.key in signs}
        for at, token in enumerate(sentence):
            about = len(shared - {token.key}) >= SHARED
            if about and token.sign not in signs.get(token.key, {token.sign}):
                return [Turn(Aspect.POLARITY, token.shown, None)]
            if token.is_denied and not denied and token.key not in signs:
                behind = [each.key for each in sentence[at + 1 : at + 3]]
                if len(behind) == SHARED and signs.keys() >= set(behind):
                    return [Turn(Aspect.POLARITY, token.shown, None)]
            if about and token.key == PENDING and states == {DONE}:
                return [Turn(Aspect.POLARITY, token.shown, None)]
            kind = _kind(token)
            if about and kind in ("day", "month", "clock") and kind in times:
                same = [each for each in sentence if _kind(each) == kind]
                if not any(_agree(one.key, other.key) for one in same for other in times[kind]):
                    return [Turn(Aspect.TIME, token.shown, times[kind][0].shown)]
    return []
