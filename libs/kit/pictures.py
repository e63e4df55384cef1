"""Whether two pictures are one, by their pixels.

A near hash says only where to look: two chats of one app differ in a few bits, and one template with another bank's
name in hardly any. So nothing is taken for the same before its pixels are laid over each other.

Measured on drawn chats, light and dark, letters of 18 to 26 px at 720 px of width, as the largest difference of any
spot of three by three pixels, in tones of 255. Copies that were recompressed down to quality 30, passed on three times,
halved, darkened or greyed stay below 23; laid over each other by their words (cropped, turned by 2 degrees, a
screenshot of the screenshot, stamped) below 39. The same chat with one other letter or digit starts at 82.
"""

import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from libs.kit.imaging import Looked, Word
from libs.kit.text import normalise

Tones = NDArray[np.float32]

NEAR = 16
"""Bits of 256. Copies lay within 8; what is nearer is compared, what is farther is not."""
BANDS = 16
"""Parts of a hash. Two hashes within 15 bits have at least one part in common."""
SAME_SPOT = 40.0
"""Tones of 255 that a spot may differ in."""
SAME_SPOT_WARPED = 56.0
"""The same where one picture was turned or scaled onto the other by its words."""
SHAPES_APART = 0.015
"""Of the ratio of the sides: what was resized is rounded to whole pixels."""
_STEPS = (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)
_RIM = 4
MOST_GAIN = 2.5
"""By which a copy may be paler or harder than the other."""
LEAST_RANGE = 96
"""Of 255, of what is stretched to black and white: noise of a pale picture must not become its content."""
LEAST_SHOWN = 4.0
"""Deviation of its tones from which on a picture shows something: one blank sheet is not the same as another."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Grey tones, 8 bits each."""

    tones: NDArray[np.uint8]

    @classmethod
    def of(cls, looked: Looked) -> "Fingerprint":
        flat = np.frombuffer(looked.tones, dtype=np.uint8)
        return cls(flat.reshape(looked.height, looked.width))

    def packed(self) -> bytes:
        """Of 32 tones, compressed: 20 to 90 KB for a screenshot, more for a photograph."""
        height, width = self.tones.shape
        coarse = (self.tones // 8).astype(np.uint8).tobytes()
        return int(width).to_bytes(4, "big") + int(height).to_bytes(4, "big") + zlib.compress(coarse)

    @classmethod
    def unpacked(cls, data: bytes) -> "Fingerprint":
        width, height = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:8], "big")
        flat = np.frombuffer(zlib.decompress(data[8:]), dtype=np.uint8)
        return cls((flat.reshape(height, width) * 8 + 4).astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture's tones with the words in it."""

    fingerprint: Fingerprint
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Known:
    hash: str
    seen: Seen


def distance(one: str, other: str) -> int:
    """Bits in which two hashes differ, 0 to 256."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def bands(hash: str) -> list[str]:
    """Keys of which two near hashes have one in common."""
    length = len(hash) // BANDS
    return [f"{part:x}{hash[part * length : (part + 1) * length]}" for part in range(BANDS)]


def is_same(one: Fingerprint, other: Fingerprint) -> bool:
    """A copy, whatever it was recompressed, resized, passed on, darkened or greyed."""
    worst = worst_difference(one, other)
    return worst is not None and worst <= SAME_SPOT


def is_copy(one: Known, other: Known) -> bool:
    return distance(one.hash, other.hash) <= NEAR and is_same(one.seen.fingerprint, other.seen.fingerprint)


def worst_difference(one: Fingerprint, other: Fingerprint) -> float | None:
    """Of the spot that differs most, in tones of 255; None where the shapes are not alike, or nothing is shown."""
    a, b = one.tones, other.tones
    ratio = (a.shape[0] / a.shape[1]) / (b.shape[0] / b.shape[1])
    if abs(ratio - 1) > SHAPES_APART:
        return None
    height, width = min(a.shape[0], b.shape[0]), min(a.shape[1], b.shape[1])
    if min(height, width) < 8 * _RIM or min(a.std(), b.std()) < LEAST_SHOWN:
        return None
    whole = np.ones((height, width), dtype=bool)
    differences = _settled(*_alike_toned(_sized(a, width, height), _sized(b, width, height), whole))
    return float(np.abs(differences).max())


def _sized(tones: NDArray[np.uint8], width: int, height: int) -> Tones:
    image = Image.fromarray(tones)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(image, dtype=np.float32)


def _alike_toned(one: Tones, other: Tones, inside: NDArray[np.bool_], *, unmarked: bool = False) -> tuple[Tones, Tones]:
    """The second as bright as the first, and both so that what they show reaches from black to white.

    Args:
        unmarked: by what lies nearest alone. A stamp would make the rest too dark; where there is none, what lies
            farthest is the writing on a sheet, and says most.
    """
    a, b = one[inside], other[inside]
    gain, offset = _fitted(a, b)
    if unmarked:
        apart = np.abs(a - b * gain - offset)
        alike = apart <= np.percentile(apart, 90)
        gain, offset = _fitted(a[alike], b[alike])
    shown = ndimage.uniform_filter(one, 3)[inside]
    scale = 255 / max(float(shown.max() - shown.min()), LEAST_RANGE)
    toned: Tones = (other * gain + offset) * scale
    return one * scale, toned


def _fitted(one: Tones, other: Tones) -> tuple[float, float]:
    spread = float(other.var())
    gain = float(((one - one.mean()) * (other - other.mean())).mean()) / spread if spread else 1.0
    gain = min(max(gain, 1 / MOST_GAIN), MOST_GAIN)
    return gain, float(one.mean()) - float(other.mean()) * gain


def _settled(one: Tones, other: Tones) -> Tones:
    """Signed differences of spots, without the rim, where the second lies best: resizing moves by parts of a pixel."""
    inner = (slice(_RIM, -_RIM), slice(_RIM, -_RIM))
    smooth = ndimage.uniform_filter(one, 2)

    def apart(moved: Tones) -> float:
        return float(np.abs(smooth - ndimage.uniform_filter(moved, 2))[inner].mean())

    for axis in (0, 1):
        other = min((_moved(other, step, axis) for step in _STEPS), key=apart)
    spots: Tones = ndimage.uniform_filter(one - other, 3)[inner]
    return spots


def _moved(tones: Tones, step: float, axis: int) -> Tones:
    """By parts of a pixel; what leaves on one side comes in on the other, in the rim that nobody looks at."""
    whole = int(np.floor(step))
    part = step - whole
    if not part:
        return np.roll(tones, whole, axis)
    moved: Tones = (1 - part) * np.roll(tones, whole, axis) + part * np.roll(tones, whole + 1, axis)
    return moved


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two pictures fit where their words lie over each other.

    Attributes:
        scale: pixels of the second for one of the first.
        shared: of the words of the one that shows less, how many lie in both, 0 to 1.
        worst: difference of the spot that differs most, outside a mark; tones of 255.
        marked: of what both show, how much a stamp covers.
    """

    scale: float
    shared: float
    worst: float
    marked: float

    @property
    def is_part(self) -> bool:
        """Whether one is a part, a screenshot or a stamped copy of the other. What was cut off or lies under the stamp
        is not known: this is a reason to show both to a person."""
        return self.worst <= SAME_SPOT_WARPED and self.shared >= LEAST_SHARED and self.marked <= MOST_MARKED


LEAST_WORDS = 4
"""That both must have in the same arrangement before they are laid over each other."""
LEAST_SHARED = 0.8
MOST_MARKED = 0.12
LARGE_MARK = 2.5
"""Heights of a line, of each stroke of a stamp: a word that was put in or changed is one high."""
_ONE_WAY = 0.8
"""Of a stroke's spots, how many are darker, or lighter, than what it lies on."""
_OFF = 0.012
"""Of a picture's width, by which a word may lie off its place."""


def overlap(one: Seen, other: Seen) -> Overlap | None:
    """Of a picture and a part of it, a screenshot of it or a stamped copy; None where too few words fit.

    Whatever was cut off is not seen, and may be what parts the two.
    """
    pairs = _common_words(one.words, other.words)
    placed = _placed(pairs)
    if placed is None:
        return None
    turn, shift = placed
    a, b = one.fingerprint.tones, other.fingerprint.tones
    # In pixels, and onto the smaller of the two, so that nothing is invented between pixels.
    turn, shift = turn * (b.shape[1] / a.shape[1]), shift * b.shape[1]
    words_a, words_b = one.words, other.words
    if abs(turn) > 1:
        a, b, words_a, words_b = b, a, words_b, words_a
        turn, shift = 1 / turn, -shift / turn
    return _laid_over(a, b, turn, shift, words_a, words_b)


def _common_words(one: Sequence[Word], other: Sequence[Word]) -> list[tuple[complex, complex]]:
    """Places of words that both have once, as complex numbers."""
    places: list[dict[str, complex]] = [{}, {}]
    for found, words in zip(places, (one, other), strict=True):
        spelt = [(normalise(word.text), word) for word in words]
        often = Counter(text for text, _ in spelt)
        found.update(
            (text, complex(w.x + w.width / 2, w.y + w.height / 2))
            for text, w in spelt
            if len(text) > 2 and often[text] == 1
        )
    return [(place, places[1][text]) for text, place in places[0].items() if text in places[1]]


def _placed(pairs: Sequence[tuple[complex, complex]]) -> tuple[complex, complex] | None:
    """Turn with scale, and shift, by which most of the words come to lie on each other."""
    best: list[tuple[complex, complex]] = []
    for (a, b), (c, d) in combinations(pairs[:40], 2):
        if abs(a - c) < 0.1:
            continue
        turn = (b - d) / (a - c)
        fitting = [(p, q) for p, q in pairs if abs(turn * (p - a) + b - q) < _OFF]
        if len(fitting) > len(best):
            best = fitting
    if len(best) < LEAST_WORDS:
        return None
    p, q = np.array([pair[0] for pair in best]), np.array([pair[1] for pair in best])
    from_, to = p - p.mean(), q - q.mean()
    fitted = complex(np.vdot(from_, to) / np.vdot(from_, from_))
    return fitted, complex(q.mean() - fitted * p.mean())


def _laid_over(
    a: NDArray[np.uint8],
    b: NDArray[np.uint8],
    turn: complex,
    shift: complex,
    words_a: Sequence[Word],
    words_b: Sequence[Word],
) -> Overlap | None:
    height, width = b.shape
    ys, xs = np.mgrid[0:height, 0:width]
    places = (xs + 0.5 + 1j * (ys + 0.5) - shift) / turn
    rows, columns = places.imag - 0.5, places.real - 0.5
    inside = (rows >= 0) & (rows <= a.shape[0] - 1) & (columns >= 0) & (columns <= a.shape[1] - 1)
    inside = ndimage.binary_erosion(inside, iterations=_RIM)
    inside[:_RIM] = inside[-_RIM:] = False
    inside[:, :_RIM] = inside[:, -_RIM:] = False
    if not inside.any():
        return None
    source = ndimage.uniform_filter(a.astype(np.float32), max(1, round(1 / abs(turn))))
    warped: Tones = ndimage.map_coordinates(source, [rows, columns], order=3, mode="nearest")
    tones, line = b.astype(np.float32), _line_height(words_b) * width
    ways = [_alike_toned(warped, tones, inside, unmarked=unmarked) for unmarked in (False, True)]
    worst, marked = min(_outside_a_mark(_best_spots(*way, inside), inside, line) for way in ways)
    theirs = [_middle(word) * width for word in words_b]
    ours = [turn * _middle(word) * a.shape[1] + shift for word in words_a]
    shared = max(_share(theirs, inside), _share(ours, inside))
    return Overlap(abs(turn), shared, worst, marked)


def _outside_a_mark(spots: Tones, inside: NDArray[np.bool_], line: float) -> tuple[float, float]:
    """The largest difference, and how much the mark covers."""
    mark = _mark_in(spots, line)
    seen = inside & ~mark
    worst = float(np.abs(spots)[seen].max()) if seen.any() else 255.0
    return worst, float(mark[inside].mean())


def _middle(word: Word) -> complex:
    return complex(word.x + word.width / 2, word.y + word.height / 2)


def _share(places: Sequence[complex], inside: NDArray[np.bool_]) -> float:
    height, width = inside.shape
    within = [0 <= p.imag < height and 0 <= p.real < width and bool(inside[int(p.imag), int(p.real)]) for p in places]
    return float(sum(within) / max(len(within), 1))


def _line_height(words: Sequence[Word]) -> float:
    heights = sorted(word.height for word in words)
    return float(heights[len(heights) // 2]) if heights else 1.0


def _best_spots(one: Tones, other: Tones, inside: NDArray[np.bool_]) -> Tones:
    smooth = ndimage.uniform_filter(one, 2)

    def apart(moved: Tones) -> float:
        # A stamp must not decide where the rest lies.
        return float(np.minimum(np.abs(smooth - ndimage.uniform_filter(moved, 2)), SAME_SPOT)[inside].mean())

    for axis in (0, 1, 0):
        other = min((_moved(other, step, axis) for step in _STEPS), key=apart)
    spots: Tones = ndimage.uniform_filter(one - other, 3)
    return spots


def _mark_in(spots: Tones, line: float) -> NDArray[np.bool_]:
    """Where something large was drawn over one of them: strokes higher than a letter, darker or lighter throughout."""
    strokes, count = ndimage.label(np.abs(spots) > SAME_SPOT)
    mark = np.zeros(spots.shape, dtype=bool)
    for number, place in enumerate(ndimage.find_objects(strokes, count), start=1):
        stroke = strokes[place] == number
        if stroke.shape[0] >= LARGE_MARK * line:
            darker = float((spots[place][stroke] < 0).mean())
            if max(darker, 1 - darker) >= _ONE_WAY:
                mark[place] |= stroke
    grown: NDArray[np.bool_] = ndimage.binary_dilation(mark, iterations=_RIM)
    return grown
