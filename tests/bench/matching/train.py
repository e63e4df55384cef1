"""Trains the matcher's models on the development data and writes them beside the engine.

    python -m tests.bench.matching.train [DATA_FOLDER]

What is written: coefficients, thresholds, and how many titles hold each common stem and character n-gram. No text of
the data is written. Everything printed is out-of-fold: folds are cut by clarification, so no answer is in two of them.
"""

import json
import random
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from sklearn.linear_model import LogisticRegression

from libs.kit.stems import Stems, is_root
from libs.kit.text import words
from services.reports.matching.engine import (
    LEAST_SURE,
    Caution,
    Document,
    Examined,
    Kinds,
    Matcher,
    Trained,
    says_otherwise,
)
from services.reports.matching.features import TITLE_FEATURES, Compared, coverage, grams, hashed_grams
from services.reports.matching.index import Background, CosineIndex
from services.reports.matching.lexicon import Lexicon
from services.reports.matching.model import Model
from services.reports.matching.pairs import PAIR_FEATURES, PairModel
from tests.bench.matching.asked import TENANT, write
from tests.bench.matching.data import DATA, ROOT, Archive, Report

OUT = ROOT / "services" / "reports" / "matching" / "trained"
LOCAL = ROOT / ".local"
STEMS_FILE = LOCAL / "stems.json"

ABSENT_SHARE = 0.3
"""Of reports whose claim was never answered. A guess; an office's own figures settle it."""
YOUNG = (4, 25, 250)
"""Archive sizes trained on beside the whole: an office begins with a handful of answers, and rivals are weak there."""
ASKED_YOUNG = 400
FOLDS = 5
RANKED = 10
MOST_SURE = 0.995
YOUNG_SURE = 0.85
"""Least threshold of an archive that is young: what random titles teach there, where nothing competes, says little of
those that are nearest (decision 24)."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What answers given alone must hold, a text's answer and those of the same claim counting as right.

    Attributes:
        wrong_where_absent: share of the reports whose claim was never answered.
    """

    precision: float
    wrong_where_absent: float


AIMS = {
    Caution.LOOSER: Aim(0.97, 0.03),
    Caution.USUAL: Aim(0.98, 0.015),
    Caution.STRICTER: Aim(0.99, 0.008),
}
TWIN_COSINE = 0.6
"""Of character TF-IDF between two titles. Of 22 pairs between .6 and .75, drawn and read, 18 made the same claim."""
TWIN_SAID, TWIN_SHARED = 0.7, 0.45
TELLING = 4.0
"""Rarity of a word that says what a title is about: in one of fifty titles or fewer."""
MOST_STEMS, MOST_GRAMS = 4_000, 8_000
SEED = 20261124


def background(titles: Iterable[str], stem: Stems) -> dict[str, Any]:
    stems: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    size = 0
    for title in titles:
        spelled = words(title)
        stems.update({stem(word) for word in spelled})
        pieces.update(set(grams(spelled)))
        size += 1
    return {
        "size": size,
        "stems": {term: count for term, count in stems.most_common(MOST_STEMS) if count > 2},
        "grams": {term: count for term, count in pieces.most_common(MOST_GRAMS) if count > 2},
    }


def untrained(common: dict[str, Any]) -> Trained:
    def blank(names: Sequence[str], classes: int) -> Model:
        return Model(((0.0,) * len(names),) * classes, (0.0,) * classes)

    return Trained(
        title=blank(TITLE_FEATURES, 1),
        pairs=PairModel(blank(PAIR_FEATURES, 3), Lexicon(0, {}, {}), 0.9),
        match_from={caution: [(1, 0.9)] for caution in Caution},
        stems=Background.of(common["size"], common["stems"]),
        grams=Background.of(common["size"], common["grams"]),
    )


class Twins:
    """Which answers are right for a report: its own, and those published of the same claim.

    Most of the surest "wrong" answers are such twins, when read: of 45 that lay highest, 40. A twin has a title like
    that of the report's own answer (by characters); or the report says nearly all of it, the two titles share half of
    what the shorter one says, and neither says otherwise.
    """

    def __init__(self, archive: Archive, matcher: Matcher, trained: Trained, stem: Stems) -> None:
        self._matcher = matcher
        self._ids = list(archive.titles)
        self._titles = {id: Compared.of(title, stem, is_root) for id, title in archive.titles.items()}
        self._index = CosineIndex(trained.grams)
        for row, title in enumerate(self._titles.values()):
            self._index.add(row, hashed_grams(title.words))

    def of(self, report: Report, examined: Iterable[Examined]) -> set[str]:
        own = self._titles[report.answer]
        alike = np.flatnonzero(self._index.scores(hashed_grams(own.words)) >= TWIN_COSINE)
        said = (each.document.id for each in examined if is_twin(own, each.title, each.query, self._matcher))
        return {report.answer, *(self._ids[row] for row in alike), *said}


def is_twin(own: Compared, title: Compared, report: Compared, matcher: Matcher) -> bool:
    weight = matcher.weights([own, title, report])
    shared = own.stem_set & title.stem_set
    least = min(weight.mass(own.stem_set), weight.mass(title.stem_set))
    return (
        coverage(report, title, weight) >= TWIN_SAID
        and sum(weight.of(stem) >= TELLING for stem in shared) >= 2
        and weight.sum(shared) >= TWIN_SHARED * least
        and not says_otherwise(own, title)
    )


def filled(trained: Trained, stem: Stems, titles: dict[str, str]) -> Matcher:
    matcher = Matcher(trained, stem)
    for id, title in titles.items():
        matcher.add(Document(id, TENANT, Kinds.CLARIFICATION, title))
    return matcher


@dataclass
class Asked:
    """A report put to an archive of some size, its answer in it or not.

    Attributes:
        right: answers that are right, also where they are not in the archive.
    """

    report: Report
    size: int
    present: bool
    right: set[str]
    examined: list[Examined]

    @property
    def weight(self) -> float:
        return (1 - ABSENT_SHARE if self.present else ABSENT_SHARE) * (0.5 if self.size in YOUNG else 1.0)


def asked(archive: Archive, trained: Trained, stem: Stems) -> Iterator[Asked]:
    """Every report to the whole archive, then some to each small one; each with its answer there and without."""
    chance, ids = random.Random(SEED), list(archive.titles)
    whole = filled(trained, stem, archive.titles)
    twins, right = Twins(archive, whole, trained, stem), {}
    for report in archive.reports:
        examined = whole.examine(TENANT, report.text)
        right[report.id] = twins.of(report, examined)
        yield Asked(report, len(ids), True, right[report.id], examined)
        without = whole.examine(TENANT, report.text, right[report.id])
        yield Asked(report, len(ids), False, right[report.id], without)
    for size in YOUNG:
        reports = chance.sample(archive.reports, ASKED_YOUNG)
        for start in range(0, len(reports), size // 2):
            some = reports[start : start + size // 2]
            meant = {report.answer for report in some}
            kept = {*meant, *chance.sample([id for id in ids if id not in meant], size - len(meant))}
            matcher = filled(trained, stem, {id: archive.titles[id] for id in ids if id in kept})
            for report in some:
                yield Asked(report, size, True, right[report.id], matcher.examine(TENANT, report.text))
                without = matcher.examine(TENANT, report.text, right[report.id])
                yield Asked(report, size, False, right[report.id], without)


class Rows:
    """Features of every candidate, with what training must know of it."""

    def __init__(self, questions: Sequence[Asked]) -> None:
        each = [(one, found) for one in questions for found in one.examined]
        self.x = np.array([found.features for _, found in each])
        self.y = np.array([found.document.id in one.right for one, found in each])
        # Twins teach nothing: taken for right they blur what is first, taken for wrong what is sure.
        twin = np.array([found.document.id in one.right - {one.report.answer} for one, found in each])
        self.weight = np.where(twin, 0, [one.weight for one, _ in each])
        self.fold = np.array([fold_of(one.report) for one, _ in each])

    def fitted(self, chosen: Any) -> dict[str, Any]:
        x = self.x[chosen]
        mean, scale = x.mean(0), x.std(0) + 1e-6
        model = LogisticRegression(C=0.1, max_iter=2_000)
        model.fit((x - mean) / scale, self.y[chosen], sample_weight=self.weight[chosen])
        return stored(TITLE_FEATURES, mean, scale, model)


def fold_of(report: Report) -> int:
    """Folds are cut by answer: no answer is in two of them."""
    return crc32(report.answer.encode()) % FOLDS


@dataclass(frozen=True, slots=True)
class Said:
    """What the engine says of a question, before there is a threshold: the first candidate that may be a match."""

    asked: Asked
    sure: float
    right: bool


def said(matcher: Matcher, one: Asked) -> Said | None:
    """None where nothing may be a match, however low the threshold."""
    open_to_it = ((matcher.sureness(found), found) for found in one.examined)
    best = max(open_to_it, key=lambda each: each[0], default=None)
    if best is None or not best[0]:
        return None
    return Said(one, best[0], best[1].document.id in one.right)


def threshold(found: Sequence[Said], of: int, all_asked: int, aim: Aim) -> float:
    """The lowest from which both are held."""
    ranked = sorted((each for each in found if each.asked.size == of), key=lambda each: -each.sure)
    right = wrong = absent = 0
    lowest = MOST_SURE
    for each in ranked:
        right += each.asked.present and each.right
        wrong += each.asked.present and not each.right
        absent += not each.asked.present
        if right >= (right + wrong) * aim.precision and absent <= all_asked * aim.wrong_where_absent:
            lowest = min(each.sure, MOST_SURE)
    return lowest


def stored(names: Sequence[str], mean: np.ndarray, scale: np.ndarray, fitted: LogisticRegression) -> dict[str, Any]:
    return {
        "names": list(names),
        "mean": [round(float(v), 6) for v in mean],
        "scale": [round(float(v), 6) for v in scale],
        "coefficients": [[round(float(v), 5) for v in row] for row in fitted.coef_],
        "intercepts": [round(float(v), 5) for v in fitted.intercept_],
    }


Steps = dict[Caution, list[tuple[int, float]]]


def thresholds(found: Sequence[Said], questions: Iterable[Asked]) -> Steps:
    """For each caution and size of an archive, of what was said of these questions."""
    sizes = sorted(Counter(one.size for one in questions if one.present).items())
    return {
        caution: [
            (size, max(YOUNG_SURE if size in YOUNG else LEAST_SURE, round(threshold(found, size, count, aim), 3)))
            for size, count in sizes
        ]
        for caution, aim in AIMS.items()
    }


def out_of_fold(questions: Sequence[Asked], trained: Sequence[Trained], stem: Stems) -> list[Said]:
    """What a model says that has not seen the report's answer."""
    matchers = [Matcher(each, stem) for each in trained]
    found = (said(matchers[fold_of(one.report)], one) for one in questions)
    return [each for each in found if each is not None]


def answers(
    questions: Sequence[Asked], trained: Sequence[Trained], stem: Stems
) -> Iterator[tuple[Asked, dict[str, Any]]]:
    """In the form that the scoring tool reads."""
    matchers = [Matcher(each, stem) for each in trained]
    for one in questions:
        matcher = matchers[fold_of(one.report)]
        ranked = matcher.ordered(one.examined, Caution.USUAL)
        yield (
            one,
            {
                "query_id": one.report.id,
                "ranked": [candidate.id for candidate in ranked[:RANKED]],
                "decision": str(matcher.decided(ranked).decision),
                "score": ranked[0].score if ranked else 0.0,
            },
        )


def report_of(size: int, given: Sequence[tuple[Asked, dict[str, Any]]]) -> str:
    alone = [(one, answer["ranked"][0]) for one, answer in given if one.size == size and answer["decision"] == "match"]
    there = [first in one.right for one, first in alone if one.present]
    absent = sum(not one.present for one, _ in alone)
    asked_for = sum(one.size == size and one.present for one, _ in given)
    return (
        f"{size:>6} answers: {sum(there) / asked_for:.3f} answered alone and rightly, precision "
        f"{sum(there) / max(1, len(there)):.4f}, {absent / asked_for:.4f} wrongly where the answer is absent"
    )


def main(folder: Path) -> None:
    archive = Archive.read(folder)
    STEMS_FILE.parent.mkdir(exist_ok=True)
    stem = Stems(STEMS_FILE)
    common = background(archive.titles.values(), stem)
    base = replace(untrained(common), pairs=PairModel.load(OUT))
    questions = list(asked(archive, base, stem))
    stem.save()
    rows = Rows(questions)
    folds = [replace(base, title=Model.of(rows.fitted(rows.fold != fold))) for fold in range(FOLDS)]
    found = out_of_fold(questions, folds, stem)
    # Each fold has thresholds as well that its reports had no part in.
    others = [[one for one in questions if fold_of(one.report) != fold] for fold in range(FOLDS)]
    folds = [
        replace(each, match_from=thresholds([s for s in found if fold_of(s.asked.report) != fold], others[fold]))
        for fold, each in enumerate(folds)
    ]
    given = list(answers(questions, folds, stem))
    for size in (*YOUNG, len(archive.titles)):
        print(report_of(size, given))
    for name, present in (("answers", True), ("absent", False)):
        write(
            LOCAL / f"titles.{name}.jsonl",
            (a for one, a in given if one.size == len(archive.titles) and one.present is present),
        )
    twins = {(one.report.answer, twin) for one in questions for twin in one.right - {one.report.answer}}
    write(LOCAL / "titles.equivalents.jsonl", ({"a": a, "b": b} for a, b in sorted(twins)))
    steps = thresholds(found, questions)
    for caution, each in steps.items():
        print(f"{caution}: match from {', '.join(f'{at} at {size}' for size, at in each)}")
    models = {"match_from": steps, "title": rows.fitted(slice(None))}
    (OUT / "models.json").write_text(json.dumps(models, indent=1) + "\n", encoding="utf-8")
    (OUT / "background.json").write_text(
        json.dumps(common, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
