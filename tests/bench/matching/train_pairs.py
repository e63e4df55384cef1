"""Trains the model that tells a case from a campaign, and writes its coefficients beside the engine.

    python -m tests.bench.matching.train_pairs [DATA_FOLDER]

No text of the data is written. Everything printed is out of fold, through the guards of the shipped model: pairs that
share a text, and what was made of them, are never in two folds. `.local/pairs.out-of-fold.jsonl` holds the answers in
the form that the scoring tool reads.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from libs.kit.stems import Stems, is_root
from libs.kit.text import fingerprint, words
from services.reports.matching.engine import Matcher
from services.reports.matching.features import Compared
from services.reports.matching.model import Model
from services.reports.matching.pairs import PAIR_FEATURES, PairModel, Relation, pair_features
from tests.bench.matching.data import DATA, ROOT, Archive
from tests.bench.matching.train import OUT, SEED, STEMS_FILE, background, filled, stored, untrained

PRECISION = 0.97
"""Of texts that a linked text decides about alone, before any guard."""
FOLDS = 5
WEIGHTS = {"dev": 4.0, "shortened": 0.5, "swap": 0.5, "near": 0.5, "far": 0.5}
ANSWERS = ROOT / ".local" / "pairs.out-of-fold.jsonl"


@dataclass
class Pair:
    one: str
    other: str
    label: int
    """0 same, 1 template, 2 different."""
    source: str
    id: str = ""


def dev_pairs(archive: Archive) -> list[Pair]:
    def label(name: str) -> int:
        return 0 if name.startswith("same_claim") else 1 if name.startswith("same_template") else 2

    return [Pair(row["text1"], row["text2"], label(row["label"]), "dev", row["pair_id"]) for row in archive.pairs]


def made_pairs(archive: Archive, stem: Stems) -> list[Pair]:
    """Shortened copies as same, texts that search confuses as different, and entity swaps as templates."""
    chance = random.Random(SEED)
    texts = [report.text for report in archive.reports if len(words(report.text)) >= 8]
    made = [Pair(text, shortened(text, chance), 0, "shortened") for text in chance.sample(texts, 250)]
    names = Counter(
        name for text in texts for name in Compared.of(text, stem, is_root).names if len(name) > 3 and name.isalpha()
    )
    pool = [name for name, count in names.items() if 2 <= count <= 60]
    for text in chance.sample(texts, 500):
        swapped = swapped_names(text, names.keys(), pool, stem, chance)
        if swapped:
            made.append(Pair(text, swapped if chance.random() < 0.5 else shortened(swapped, chance), 1, "swap"))
    index = filled(untrained({"size": 0, "stems": {}, "grams": {}}), stem, {text: text for text in texts})
    for text in chance.sample(texts, 350):
        made += [Pair(text, near.document.title, 2, "near") for near in index.examine("archive", text, (text,))[:1]]
    made += [Pair(one, other, 2, "far") for one, other in zip(chance.sample(texts, 150), texts, strict=False)]
    return made


def shortened(text: str, chance: random.Random) -> str:
    spelled = text.split()
    kept = max(8, int(len(spelled) * chance.uniform(0.5, 1)))
    return " ".join(word for word in spelled[:kept] if chance.random() > 0.04)


def swapped_names(text: str, known: Any, pool: list[str], stem: Stems, chance: random.Random) -> str | None:
    """The text with one to three of its early names replaced, each by the same other name throughout."""
    head = [word for word in words(text)[:40] if stem(word) in known and len(word) > 3]
    if not head:
        return None
    chosen = dict.fromkeys(chance.sample(head, min(len(head), chance.choice((1, 1, 2, 3)))))
    replaced = {word: chance.choice(pool) for word in chosen}
    out = []
    for token in text.split():
        plain = words(token)
        out.append(replaced[plain[0]] if len(plain) == 1 and plain[0] in replaced else token)
    return " ".join(out)


@dataclass
class Read:
    """The pairs as the model sees them."""

    pairs: list[Pair]
    texts: list[tuple[Compared, Compared]]
    matcher: Matcher

    @classmethod
    def of(cls, pairs: list[Pair], matcher: Matcher, stem: Stems) -> "Read":
        texts = [(Compared.of(p.one, stem, is_root), Compared.of(p.other, stem, is_root)) for p in pairs]
        return cls(pairs, texts, matcher)

    def features(self) -> np.ndarray:
        return np.array([pair_features(*both, self.matcher.weights(both)) for both in self.texts])

    def relation(self, at: int, model: PairModel) -> tuple[Relation, float]:
        return model.relation(*self.texts[at], self.matcher.weights(self.texts[at]))


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


def fitted(x: np.ndarray, y: np.ndarray, w: np.ndarray) -> dict[str, Any]:
    mean, scale = x.mean(0), x.std(0) + 1e-6
    model = LogisticRegression(C=0.1, max_iter=3_000).fit((x - mean) / scale, y, sample_weight=w)
    return stored(PAIR_FEATURES, mean, scale, model)


def out_of_fold(read: Read, x: np.ndarray, y: np.ndarray, w: np.ndarray) -> Iterator[tuple[int, PairModel]]:
    """For each pair of the data a model that has seen neither of its texts."""
    folds = np.array(folded(read.pairs))
    for fold in range(FOLDS):
        model = PairModel(Model.of(fitted(x[folds != fold], y[folds != fold], w[folds != fold])), 0.9)
        yield from ((int(at), model) for at in np.flatnonzero(folds == fold) if read.pairs[at].source == "dev")


def match_from(same: np.ndarray, labels: np.ndarray) -> float:
    """The lowest from which `PRECISION` of the pairs are the same, before any guard."""
    order = np.argsort(-same)
    precision = np.cumsum(labels[order] == 0) / np.arange(1, len(order) + 1)
    lowest = float(same[order][np.flatnonzero(precision >= PRECISION).max()])
    print(f"pairs: precision {PRECISION} from {lowest:.3f}, recall {(same[labels == 0] >= lowest).mean():.3f}")
    return lowest


def main(folder: Path) -> None:
    archive = Archive.read(folder)
    STEMS_FILE.parent.mkdir(exist_ok=True)
    stem = Stems(STEMS_FILE)
    matcher = filled(untrained(background(archive.titles.values(), stem)), stem, archive.titles)
    dev = dev_pairs(archive)
    read = Read.of([*dev, *made_pairs(archive, stem)], matcher, stem)
    stem.save()
    x = read.features()
    y = np.array([pair.label for pair in read.pairs])
    w = np.array([WEIGHTS[pair.source] for pair in read.pairs])
    same, labels = np.zeros(len(dev)), y[: len(dev)]
    with ANSWERS.open("w", encoding="utf-8") as out:
        for at, model in out_of_fold(read, x, y, w):
            same[at] = model.same(x[at].tolist())
            relation, score = read.relation(at, model)
            print(json.dumps({"pair_id": dev[at].id, "relation": str(relation), "score": score}), file=out)
    versus_template = labels < 2
    print(
        f"pairs {len(dev)} dev + {len(x) - len(dev)} made; AUC before the guards: same/all "
        f"{roc_auc_score(labels == 0, same):.3f}, "
        f"same/template {roc_auc_score(labels[versus_template] == 0, same[versus_template]):.3f}"
    )
    trained = {"match_from": round(match_from(same, labels), 3), **fitted(x, y, w)}
    (OUT / "pairs.json").write_text(json.dumps(trained, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
