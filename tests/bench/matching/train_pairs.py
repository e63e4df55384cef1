"""Trains the model that tells a case from a campaign, and writes its coefficients beside the engine.

    python -m tests.bench.matching.train_pairs [DATA_FOLDER]

No text of the data is written. Everything printed is out of fold, through the guards of the shipped model: pairs that
share a text, and what was made of them, are never in two folds. `.local/pairs.out-of-fold.jsonl` holds the answers in
the form that the scoring tool reads.
"""

import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from libs.kit.stems import Stems, is_root
from libs.kit.text import fingerprint, words
from services.reports.matching.features import Compared
from services.reports.matching.lexicon import Lexicon, supposed
from services.reports.matching.model import Model
from services.reports.matching.pairs import PAIR_FEATURES, PairModel, pair_features
from tests.bench.matching.data import DATA, ROOT, Archive
from tests.bench.matching.made_pairs import DIFFERENT, SAME, TEMPLATE, Names, Pair, made
from tests.bench.matching.train import OUT, SEED, STEMS_FILE, filled, stored, untrained

PRECISION = 0.97
"""Of texts that a linked text decides about alone, before any guard."""
FOLDS = 5
LABELLED = 4.0
MADE = 0.5
"""What a made pair weighs."""
ALIKE = 0.5
"""Share of their stems that two texts have in common, from which what is made of one is kept from the other's fold."""
LEAST_TEXTS = 3
SEEN = 4
"""Times that a word must stand where its case says something, before it is counted as a name or not."""
ANSWERS = ROOT / ".local" / "pairs.out-of-fold.jsonl"
_WORD = re.compile(r"(?<=[^\W\d_.!?:]\s)[^\W\d_]{3,}")
"""Behind another word of the sentence: there alone a capital says anything."""


def lexicon(texts: Sequence[str], reports: Iterable[str], stem: Stems) -> Lexicon:
    documents = Counter(found for text in texts for found in {stem(word) for word in words(text)})
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for text in filter(_is_written_with_care, reports):
        for match in _WORD.finditer(text):
            spelled = words(match.group())
            if len(spelled) == 1:
                (capital if match.group()[0].isupper() else small)[stem(spelled[0])] += 1
    names = {}
    for found in capital.keys() | small.keys():
        seen = capital[found] + small[found]
        share = round((capital[found] + supposed(found)) / (seen + 1), 2)
        if seen >= SEEN and abs(share - supposed(found)) > 0.15:
            names[found] = share
    kept = {found: count for found, count in sorted(documents.items()) if count >= LEAST_TEXTS}
    return Lexicon(len(texts), kept, dict(sorted(names.items())))


def _is_written_with_care(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and 0.02 < sum(map(str.isupper, letters)) / len(letters) < 0.2


def labelled(archive: Archive) -> list[Pair]:
    def label(name: str) -> int:
        return SAME if name.startswith("same_claim") else TEMPLATE if name.startswith("same_template") else DIFFERENT

    return [
        Pair(row["text1"], row["text2"], label(row["label"]), "labelled", (row["text1"], row["text2"]), row["pair_id"])
        for row in archive.pairs
    ]


def nearest(archive: Archive, texts: Sequence[str], stem: Stems, chance: random.Random) -> Mapping[str, str]:
    """Text → the one most like it, of those that another clarification answers."""
    index = filled(untrained({"size": 0, "stems": {}, "grams": {}}), stem, {text: text for text in texts})
    titles = {report.text: frozenset(words(archive.titles[report.answer])) for report in archive.reports}
    found = {}
    for text in chance.sample(texts, 400):
        for near in index.examine("archive", text, (text,))[:1]:
            other = near.document.title
            if len(titles[text] & titles[other]) < ALIKE * min(len(titles[text]), len(titles[other])):
                found[text] = other
    return found


def folded(pairs: Sequence[Pair]) -> list[int]:
    """A fold for each pair; pairs that share a text, also through a third one, are in the same."""
    first: dict[str, str] = {}

    def root(text: str) -> str:
        while first.setdefault(text, text) != text:
            text = first[text]
        return text

    for pair in pairs:
        first[root(fingerprint(pair.one))] = root(fingerprint(pair.other))
    return [int(root(fingerprint(pair.one))[:8], 16) % FOLDS for pair in pairs]


def touched(pairs: Sequence[Pair], texts: Sequence[Pair], folds: Sequence[int], stem: Stems) -> list[set[int]]:
    """For each made pair the folds of labelled pairs that have a text like one of its sources."""
    held = [(frozenset(map(stem, words(text))), at) for p, at in zip(texts, folds, strict=True) for text in p.sources]
    known: dict[str, set[int]] = {}

    def of(source: str) -> set[int]:
        if source not in known:
            said = frozenset(map(stem, words(source)))
            known[source] = {f for other, f in held if len(said & other) >= ALIKE * max(1, min(len(said), len(other)))}
        return known[source]

    return [set().union(*map(of, pair.sources)) for pair in pairs]


@dataclass
class Measured:
    """`folds`: of a labelled pair its own, of a made one all that it may not be trained for."""

    pairs: list[Pair]
    texts: list[tuple[Compared, Compared]]
    x: np.ndarray
    y: np.ndarray
    w: np.ndarray
    folds: list[set[int]]

    @classmethod
    def of(cls, dev: list[Pair], more: list[Pair], known: Lexicon, stem: Stems) -> "Measured":
        pairs = [*dev, *more]
        texts = [(Compared.of(p.one, stem, is_root), Compared.of(p.other, stem, is_root)) for p in pairs]
        own = folded(dev)
        return cls(
            pairs,
            texts,
            np.array([pair_features(*both, known) for both in texts]),
            np.array([pair.label for pair in pairs]),
            np.array([LABELLED] * len(dev) + [MADE] * len(more)),
            [*({fold} for fold in own), *touched(more, dev, own, stem)],
        )

    def without(self, fold: int) -> np.ndarray:
        return np.array([fold not in folds for folds in self.folds])


def fitted(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> dict[str, Any]:
    mean, scale = x.mean(0), x.std(0) + 1e-6
    model = LogisticRegression(C=0.1, max_iter=3_000).fit((x - mean) / scale, y, sample_weight=w)
    return stored(PAIR_FEATURES, mean, scale, model)


def out_of_fold(found: Measured, known: Lexicon) -> Iterator[tuple[int, PairModel]]:
    """For each labelled pair a model that has seen nothing like either of its texts."""
    for fold in range(FOLDS):
        kept = found.without(fold)
        model = PairModel(Model.of(fitted(found.x[kept], found.y[kept], found.w[kept])), known, 0.9)
        for at, pair in enumerate(found.pairs):
            if pair.kind == "labelled" and found.folds[at] == {fold}:
                yield at, model


def match_from(same: np.ndarray, labels: np.ndarray) -> float:
    """The lowest from which `PRECISION` of the pairs are the same, before any guard."""
    order = np.argsort(-same)
    precision = np.cumsum(labels[order] == SAME) / np.arange(1, len(order) + 1)
    lowest = float(same[order][np.flatnonzero(precision >= PRECISION).max()])
    print(f"pairs: precision {PRECISION} from {lowest:.3f}, recall {(same[labels == SAME] >= lowest).mean():.3f}")
    return lowest


def main(folder: Path) -> None:
    archive = Archive.read(folder)
    STEMS_FILE.parent.mkdir(exist_ok=True)
    stem, chance = Stems(STEMS_FILE), random.Random(SEED)
    reports = list(dict.fromkeys(report.text for report in archive.reports))
    known = lexicon([*archive.titles.values(), *reports], reports, stem)
    texts = [text for text in reports if len(words(text)) >= 8]
    near = nearest(archive, texts, stem, chance)
    dev = labelled(archive)
    found = Measured.of(dev, made(texts, near, Names(texts, known, stem), chance), known, stem)
    stem.save()
    same, labels = np.zeros(len(dev)), found.y[: len(dev)]
    with ANSWERS.open("w", encoding="utf-8") as out:
        for at, model in out_of_fold(found, known):
            same[at] = model.same(found.x[at].tolist())
            relation, score = model.relation(*found.texts[at])
            print(json.dumps({"pair_id": dev[at].id, "relation": str(relation), "score": score}), file=out)
    versus_template = labels != DIFFERENT
    print(
        f"pairs {len(dev)} labelled + {len(found.pairs) - len(dev)} made; AUC before the guards: same/all "
        f"{roc_auc_score(labels == SAME, same):.3f}, "
        f"same/template {roc_auc_score(labels[versus_template] == SAME, same[versus_template]):.3f}"
    )
    trained = {
        "match_from": round(match_from(same, labels), 3),
        **fitted(found.x, found.y, found.w),
        "lexicon": {"size": known.size, "documents": known.documents, "names": known.names},
    }
    (OUT / "pairs.json").write_text(json.dumps(trained, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
