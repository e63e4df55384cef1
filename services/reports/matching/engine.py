"""Whether a report has been answered already, or belongs to a case that is open.

Three searches (characters and stems of titles, bodies, reports that were linked before) propose candidates, their ranks
are fused, and calibrated models say how sure we are. `match` means that the product may answer by itself, `suggest`
that a person should look. Published answers, open cases and answers that others published are ranked apart: none takes
certainty from another. Pure: documents come in, nothing goes out; whoever owns the process feeds it.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from heapq import nlargest
from math import log
from pathlib import Path

import numpy as np
import numpy.typing as npt

from libs.contracts.ids import SHARED
from libs.kit.claim_words import EMPTY
from libs.kit.claims import ENOUGH_CONTENT, turns
from libs.kit.differences import conflicts
from libs.kit.stems import Stems, is_root
from libs.kit.text import fingerprint, words
from services.reports.matching.features import (
    LONGEST_TEXT,
    TITLE_FEATURES,
    Compared,
    Standing,
    Weights,
    cosine,
    coverage,
    hashed_grams,
    replaced_names,
    title_features,
)
from services.reports.matching.index import Background, Bm25Index, CosineIndex, Flags, Floats, hashed
from services.reports.matching.model import Model
from services.reports.matching.pairs import PairModel, Relation, names_another, pair_features
from services.reports.matching.pieces import makes_several, passage, pieces
from services.reports.matching.reasons import FEW_WORDS, Reason, differing, share

FUSION = 20
"""Constant of reciprocal rank fusion; 20 to 60 differ by less than .005 in recall on the development data."""
DEPTH = 100
"""Candidates taken from each search."""
EXAMINED = 30
"""Answers on which features are computed. The right one is among so many for .835 of the development reports, among 9
for .802."""
PAIRED = 8
"""Of those, the likeliest by their titles, on which the dear features of two long texts are computed."""
BODIES = 3
"""Bodies that are read for the passage most like the report."""
CASES_EXAMINED = 4
"""Open cases likewise: a wrong guess among them is mended by merging, and each costs as much time as an answer."""
WORDED = 3
"""Those that say the same word for word likewise, the newest: they differ in nothing, and a greeting may lie open a
thousand times."""
LINKED_PER_ANSWER = 20
"""Texts kept per answer: the twentieth adds nothing that its neighbours did not say, and a case may have 50,000."""
LINKED_PER_CASE = 60
"""Of an open case more: one event is told in sixty wordings, and each is a way to it."""
ALIKE = 4
"""Texts of an open case that a report is laid beside; each costs 0.3 ms."""
JOIN_FROM = 0.7
"""How surely one of an open case's texts makes the same claim, for the case to be joined. Out of fold 4 of 92 such
pairs of the development data are not the same; of bursts that we make up most then lies in one case, and nearly all of
that case belongs there, where .85 left a third outside (decision 41)."""
OLDER = 1e-7
"""A case in the millionth row loses a tenth of the room above the threshold."""
ENOUGH_WORDS = 8
"""A linked text decides alone only from here: short texts without content cause half of the false matches there."""
LINKED_COSINE = 0.6
LEAST_COVERAGE = 0.25
"""Of the title's weight, that the report must contain before a title alone is a match. The model learnt among 7,000
answers, where the best of them stands out; in a young office nothing competes, and it took that for certainty: of 600
unrelated pairs 97 were a match, 1 with this. Over the whole archive none of 278 matches lies below."""
SURE = 0.9
"""Where a score says that a candidate is a match, whatever the threshold of its model, office and caution."""
LOOK = 0.1
"""Where a score is worth a person's look."""
NAMED_FROM = 0.3
"""Where a score is worth naming for one claim of several. Of development reports put three into a message, what was
found for a piece was right in .46 of cases from here to `SURE`, in .11 from `LOOK` to here, and in .92 above."""
LEAST_SURE = 0.75
"""No threshold lies below, whatever training finds: development reports hold few of what people make up."""
AROUND = 25
"""Words of greeting and question around a claim that is passed on word for word."""
HALF = 0.5
PLAINLY = 5
"""Different words that say something, from which a text need not be read closely to know that it claims something."""
_COVERAGE, _FUZZY_COVERAGE = TITLE_FEATURES.index("coverage"), TITLE_FEATURES.index("fuzzy_coverage")
USUAL_TITLE, USUAL_BODY, USUAL_TEXT = 11, 120, 40
"""Words: of development titles and reports on average; of bodies a guess, an office's own settle it."""
MADE = 8_000
"""Titles kept ready for comparison, 5 kB each; another takes 0.05 ms."""
BLOCK = 256
CLAIM_WORDS = 14
"""From this length a title is a text of its own, and the pair model reads it."""


CAMPAIGN_FROM = 0.7
"""Out of fold: 24 of 29 templates, 4 of 112 that are the same, none of 96 others."""


class Kinds(StrEnum):
    CLARIFICATION = "clarification"
    CASE = "case"
    LINKED = "linked"
    IMPORTED = "imported"
    """An answer that somebody else published; those of `SHARED` are everybody's."""


class Caution(StrEnum):
    """How sure an office wants to be before the product answers by itself."""

    LOOSER = "looser"
    USUAL = "usual"
    STRICTER = "stricter"


class Decision(StrEnum):
    MATCH = "match"
    SUGGEST = "suggest"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found.

    Attributes:
        title: claim of a clarification or a case, text of a linked report.
        body: fact and explanation of a clarification; may be empty.
        answers_to: for a linked report, the id of the clarification or case that it belongs to.
    """

    id: str
    tenant: str
    kind: Kinds
    title: str
    body: str = ""
    answers_to: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One answer.

    Attributes:
        score: from `SURE` it may be given alone, from `LOOK` it is worth a person's look.
        is_campaign: it says the same in the same words of somebody else: worth a look, and never the answer.
    """

    id: str
    kind: Kinds
    score: float
    is_campaign: bool = False
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class MatchResult:
    """`decision` is about the first candidate.

    Attributes:
        imported: the same of what others have answered; nothing is decided by it.
    """

    decision: Decision
    candidates: tuple[Candidate, ...]
    imported: "MatchResult | None" = None

    def from_(self, score: float) -> "MatchResult":
        """Without what is less likely."""
        kept = tuple(candidate for candidate in self.candidates if candidate.score >= score)
        imported = self.imported.from_(score) if self.imported is not None else None
        decision = self.decision if kept else Decision.NONE
        return MatchResult(decision, kept, imported if imported is not None and imported.candidates else None)

    @property
    def answer(self) -> Decision:
        """What may be done with the first published answer."""
        answers = [candidate for candidate in self.candidates if candidate.kind is Kinds.CLARIFICATION]
        if not answers:
            return Decision.NONE
        return self.decision if answers[0] is self.candidates[0] else Decision.SUGGEST


@dataclass(frozen=True, slots=True)
class Examined:
    """A candidate with all that was measured; training reads it, `match` scores it.

    Attributes:
        features: of the report and the title.
        linked: of the report and that text, or the title where it is as long as a text.
        passage: of the report and the passage of the body that is most like it, where the body was found by it.
        text: the nearest text linked to the answer.
        among: how many answers or cases the candidate was chosen from.
        alike: of an open case, its nearest texts and how surely each makes the same claim.
        told: texts that are linked to it.
        row: later ones stand in higher rows.
    """

    document: Document
    fusion: float
    features: list[float]
    query: Compared
    title: Compared
    text: Compared | None
    linked: list[float] | None
    linked_cosine: float
    linked_words: int
    passage: list[float] | None
    among: int
    alike: tuple[tuple[Compared, float], ...] = ()
    told: int = 0
    row: int = 0


@dataclass(frozen=True, slots=True)
class Trained:
    """What training wrote: models, thresholds and background frequencies."""

    title: Model
    pairs: PairModel
    match_from: Mapping[Caution, Sequence[tuple[int, float]]]
    """For each size of an archive, in ascending order, the probability from which a title is a match."""
    stems: Background
    grams: Background

    @classmethod
    def load(cls, folder: Path | None = None) -> "Trained":
        folder = folder or Path(__file__).with_name("trained")
        models = json.loads((folder / "models.json").read_text(encoding="utf-8"))
        common = json.loads((folder / "background.json").read_text(encoding="utf-8"))
        if tuple(models["title"]["names"]) != TITLE_FEATURES:
            raise ValueError("the models were trained on other features: run make match-calibrate")
        return cls(
            title=Model.of(models["title"]),
            pairs=PairModel.load(folder),
            match_from={Caution(name): [(n, at) for n, at in steps] for name, steps in models["match_from"].items()},
            stems=Background.of(common["size"], common["stems"]),
            grams=Background.of(common["size"], common["grams"]),
        )

    def sure_from(self, answers: int, caution: Caution) -> float:
        """Between two sizes the threshold goes from one to the other with their logarithm."""
        steps = self.match_from[caution]
        sizes = [log(size) for size, _ in steps]
        return float(np.interp(log(max(1, answers)), sizes, [at for _, at in steps]))


class Matcher:
    """All documents of all tenants in one process; a question sees its own tenant's and what all share.

    Not thread-safe, but for `upkeep`. 100,000 titles take 350 MB and 7 s to add; a question then takes 9 ms of CPU, and
    15 ms at the 95th percentile.
    """

    def __init__(self, trained: Trained | None = None, stems: Stems | None = None) -> None:
        self._trained = trained or Trained.load()
        self._stem = stems or Stems()
        self._titles = _Shelf(self._compared)
        self._linked = _Shelf(self._compared)
        self._grams = CosineIndex(self._trained.grams)
        self._title_stems = Bm25Index(self._trained.stems, USUAL_TITLE)
        self._body_stems = Bm25Index(self._trained.stems, USUAL_BODY)
        self._linked_stems = Bm25Index(self._trained.stems, USUAL_TEXT)
        self._linked_to: dict[tuple[str, str], OrderedDict[str, str]] = {}

    def __len__(self) -> int:
        return len(self._titles.rows) + len(self._linked.rows)

    def add(self, document: Document) -> None:
        """Adds a document, or replaces the one of this id."""
        self.remove(document.id, document.tenant)
        if document.kind is Kinds.LINKED:
            self._add_linked(document)
        else:
            self._add_title(document)

    def remove(self, id: str, tenant: str) -> None:
        """Forgets a document, if it is there. Texts linked to it stay and propose nothing until it comes back."""
        for shelf in (self._titles, self._linked):
            document = shelf.discard((tenant, id))
            if document and document.answers_to:
                siblings = self._linked_to.get((tenant, document.answers_to), OrderedDict())
                siblings.pop(fingerprint(document.title), None)
        if self._titles.is_mostly_gone():
            kept = self._titles.keep()
            for index in (self._grams, self._title_stems, self._body_stems):
                index.keep(kept)
        if self._linked.is_mostly_gone():
            self._linked_stems.keep(self._linked.keep())

    def upkeep(self) -> None:
        """What additions leave to be done: without it the indexes fall apart into ever more pieces.

        May run in a thread beside questions and additions.
        """
        for index in (self._grams, self._title_stems, self._body_stems, self._linked_stems):
            index.upkeep()

    def _add_title(self, document: Document) -> None:
        compared = self._compared(document.title)
        row = self._titles.put(document, compared)
        self._grams.add(row, hashed_grams(compared.words))
        self._title_stems.add(row, hashed(compared.stems))
        self._body_stems.add(row, hashed([self._stem(word) for word in words(document.body[:LONGEST_TEXT])]))

    def _add_linked(self, document: Document) -> None:
        if document.answers_to is None:
            raise ValueError("a linked text must say what answers it")
        siblings = self._linked_to.setdefault((document.tenant, document.answers_to), OrderedDict())
        key = fingerprint(document.title)
        row = self._titles.rows.get((document.tenant, document.answers_to))
        is_open = row is not None and self._titles.document(row).kind is Kinds.CASE
        if key in siblings or len(siblings) >= (LINKED_PER_CASE if is_open else LINKED_PER_ANSWER):
            return
        compared = self._compared(document.title)
        if not compared.reading.has_claim():
            return
        siblings[key] = document.id
        self._linked_stems.add(self._linked.put(document, compared), hashed(compared.stems))

    def match(
        self,
        tenant: str,
        text: str,
        limit: int = 3,
        *,
        without: Collection[str] = (),
        caution: Caution = Caution.USUAL,
    ) -> MatchResult:
        """The likeliest answers and cases worth a look, `limit` of each; `without` some that are known to be wrong."""
        examined = self.examine(tenant, text, without)
        by_id = {(each.document.kind, each.document.id): each for each in examined}
        ranked = self.ordered(examined, caution)
        own = self.decided([candidate for candidate in ranked if candidate.kind is not Kinds.IMPORTED], limit)
        imported = self.decided([candidate for candidate in ranked if candidate.kind is Kinds.IMPORTED], limit)

        def explained(result: MatchResult) -> MatchResult:
            candidates = (replace(c, reasons=tuple(self._reasons(by_id[c.kind, c.id]))) for c in result.candidates)
            return replace(result, candidates=tuple(candidates))

        return replace(explained(own), imported=explained(imported) if imported.candidates else None)

    def by_claim(
        self,
        tenant: str,
        text: str,
        whole: MatchResult,
        *,
        without: Collection[str] = (),
        caution: Caution = Caution.USUAL,
    ) -> list[tuple[str, MatchResult]]:
        """Of a message that makes several claims, those that have something to be named, each with the best of it;
        empty where it makes one, or nothing of it surely has its answer.

        Each piece of a long message is a question of its own: up to four times as long as the message took.

        Args:
            whole: what was found for the message.
        """
        is_told = bool(whole.candidates) and said_before(whole.candidates[0])
        if is_told and whole.candidates[0].kind is Kinds.CLARIFICATION:
            return []
        found = [(piece, self.match(tenant, piece, 1, without=without, caution=caution)) for piece in pieces(text)]
        results = [*([] if is_told else [whole]), *(result for _, result in found)]
        answered = next((result.candidates[0].id for result in results if is_sure(result)), None)
        if answered is None:
            return []
        others = [all(c.id != answered for c in result.candidates) for _, result in found]
        has_another = any(other and is_sure(result) for other, (_, result) in zip(others, found, strict=True))
        if not has_another and not makes_several(text, others, [self._compared(piece).reading for piece, _ in found]):
            return []
        named = ((piece, result.from_(NAMED_FROM)) for piece, result in found)
        return [(piece, result) for piece, result in named if result.candidates or result.imported]

    def retells(self, tenant: str, case_id: str, text: str) -> bool:
        """Whether an open case is joined for what the text says, and not for a link or picture that came with it."""
        return any(c.id == case_id and c.kind is Kinds.CASE and c.score >= SURE for c in self.ranked(tenant, text))

    def decided(self, ranked: Sequence[Candidate], limit: int = 3) -> MatchResult:
        """A sure answer first, then the open case that the report surely belongs to, then the likeliest of all."""
        worth = [candidate for candidate in ranked if candidate.score >= LOOK]
        sure = [candidate for candidate in worth if candidate.score >= SURE]
        sure.sort(key=lambda candidate: candidate.kind is not Kinds.CLARIFICATION)
        if sure:
            worth = [sure[0], *(candidate for candidate in worth if candidate is not sure[0])]
        decision = Decision.MATCH if sure else Decision.SUGGEST if worth else Decision.NONE
        # Of each kind as many: a hundred near copies that lie open hide no answer.
        kept = [[candidate for candidate in worth if candidate.kind is kind][:limit] for kind in Kinds]
        return MatchResult(decision, tuple(candidate for candidate in worth if any(candidate in few for few in kept)))

    def ranked(
        self, tenant: str, text: str, without: Collection[str] = (), *, caution: Caution = Caution.USUAL
    ) -> list[Candidate]:
        """All candidates that were examined, best first, however unlikely."""
        return self.ordered(self.examine(tenant, text, without), caution)

    def ordered(self, examined: Iterable[Examined], caution: Caution) -> list[Candidate]:
        scored = [
            Candidate(each.document.id, each.document.kind, self.score(each, caution), self.is_campaign(each))
            for each in examined
        ]
        return sorted(scored, key=lambda candidate: -candidate.score)

    def score(self, examined: Examined, caution: Caution = Caution.USUAL) -> float:
        """How likely the candidate answers the report: from `SURE` a match, from `LOOK` worth a look."""
        by_title, by_text = self._by_title(examined), self._by_text(examined)
        if examined.document.kind is Kinds.CASE:
            # Nobody reads what joins a case before its answer goes out, and two cases made one are costly to part.
            caution = Caution.STRICTER
        score = max(_aligned(by_title, self._trained.sure_from(examined.among, caution)), by_text)
        if examined.passage is not None:
            # What an office wrote to explain may say the contrary of the claim: it proposes and never decides.
            score = max(score, min(self._trained.pairs.same(examined.passage), SURE - 0.02))
        if score >= LOOK and not has_claim(examined.query):
            return LOOK * score
        if examined.document.kind is Kinds.CASE and (examined.alike or is_verbatim(examined)):
            score = self._joining(examined, score)
            return max(score, LOOK) if self.is_campaign(examined) else score
        if is_verbatim(examined):
            return 1.0
        if score >= SURE and not self._may_match(examined, by_text):
            # Below those that may be a match, and in their own order.
            return SURE - 0.02 + score / 100
        return max(score, LOOK) if self.is_campaign(examined) else score

    def _joining(self, examined: Examined, score: float) -> float:
        """The same of an open case that is told in many ways: it is joined where one of its texts is surely retold.

        Nothing is answered by it, and what was joined wrongly is put right by an officer; but neither that text nor the
        case's own may name another target. Of two such cases the one that is told more often is joined, then the older
        one, or two that began together would both grow.
        """
        often = SURE + (1 - SURE) * (examined.told / LINKED_PER_CASE / 2 - examined.row * OLDER)
        if is_verbatim(examined):
            return often + (1 - SURE) / 4
        lexicon = self._trained.pairs.lexicon
        text, same = max(examined.alike, key=lambda alike: alike[1])
        if same < JOIN_FROM or is_of_other_post(examined.query, examined.title):
            return min(score, SURE - 0.02 + score / 100)
        if any(names_another(examined.query, each, lexicon) for each in (text, examined.title)):
            return min(score, SURE - 0.02 + score / 100)
        return often + (same - JOIN_FROM) / (1 - JOIN_FROM) * (1 - SURE) / 4

    def is_campaign(self, examined: Examined) -> bool:
        """Whether the report is of the template that made the candidate's text, with another target."""
        return (
            examined.linked is not None
            and not is_verbatim(examined)
            and self._trained.pairs.template(examined.linked) >= CAMPAIGN_FROM
        )

    def sureness(self, examined: Examined) -> float:
        """The threshold up to which the candidate would be a match, for fitting that threshold; 0 where a person must
        decide whatever it is."""
        by_text = self._by_text(examined)
        if not has_claim(examined.query):
            return 0.0
        if is_verbatim(examined):
            return 1.0
        sure = 1.0 if by_text >= SURE else self._by_title(examined)
        return sure if sure >= LEAST_SURE and self._may_match(examined, by_text) else 0.0

    def _reasons(self, examined: Examined) -> Iterator[Reason]:
        query, title, text = examined.query, examined.title, examined.text
        said = examined.features[_COVERAGE]
        if not has_claim(query):
            yield Reason("no_claim")
        if makes_the_claim(examined):
            yield Reason("word_for_word")
            return
        if retells_a_report(examined):
            yield Reason("told_before", share(1.0))
            return
        yield Reason("same_words" if said >= LEAST_COVERAGE else "little_said", share(said))
        if text is not None:
            yield Reason("told_before", share(examined.linked_cosine))
        if examined.passage is not None and (explained := self._trained.pairs.same(examined.passage)) >= LOOK:
            yield Reason("in_the_explanation", share(explained))
        if len(query.stems) < FEW_WORDS:
            yield Reason("few_words")
        if is_of_other_post(query, title):
            yield Reason("other_post")
        yield from differing(query, title)
        if text is not None:
            yield from (Reason(f"told_{reason.code}", reason.value) for reason in differing(query, text))

    def _by_title(self, examined: Examined) -> float:
        probability = self._trained.title.probabilities(examined.features)[1]
        # Not a word of it is said, not even misspelt: nothing to look at, however empty the archive.
        return probability if examined.features[_FUZZY_COVERAGE] else probability * LOOK

    def _by_text(self, examined: Examined) -> float:
        if examined.linked is None:
            return 0.0
        by_text = _aligned(self._trained.pairs.same(examined.linked), self._trained.pairs.match_from)
        may_decide = examined.linked_cosine >= LINKED_COSINE and examined.linked_words >= ENOUGH_WORDS
        if examined.text is None and examined.document.kind is not Kinds.CASE:
            # A long title is a text for whoever passes it on nearly as it is; it is ranked as a title among titles.
            return by_text if may_decide and by_text >= SURE else 0.0
        return by_text if may_decide else min(by_text, SURE - 0.01)

    def _may_match(self, examined: Examined, by_text: float) -> bool:
        """The same words with another town, bank, amount, day or name, or denied, are another claim, however alike."""
        has_enough = examined.features[_COVERAGE] >= LEAST_COVERAGE or by_text >= SURE
        return has_enough and not is_other_claim(examined) and not self.is_campaign(examined)

    def relation(self, one: str, other: str) -> tuple[Relation, float]:
        """How two texts belong together, and the probability that they make the same claim."""
        return self._trained.pairs.relation(self._compared(one), self._compared(other))

    def examine(self, tenant: str, text: str, without: Collection[str] = ()) -> list[Examined]:
        query = self._compared(text)
        if not query.stems or not len(self):
            return []
        own = self._titles.mask(tenant, without)
        stems = hashed(query.stems)
        cosines = self._grams.scores(hashed_grams(query.words)) * own
        bm25 = self._title_stems.scores(stems) * own
        bodies = self._body_stems.scores(stems) * own
        nearest = self._nearest_linked(tenant, query, without)
        found = _Found(query, cosines, bm25, bodies, nearest, self._titles.worded(query))
        is_case, is_imported = self._titles.is_case(), self._titles.is_imported()
        answers = self._examined(found, own & ~is_case & ~is_imported, EXAMINED, beside=())
        if (own & is_case).any():
            beside = [self._titles.rows[tenant, examined.document.id] for examined in answers]
            answers += self._examined(found, own & is_case, CASES_EXAMINED, beside=beside)
        if (own & is_imported).any():
            answers += self._examined(found, own & is_imported, EXAMINED, beside=())
        return answers

    def _examined(self, asked: "_Found", shelf: Flags, most: int, *, beside: Sequence[int]) -> list[Examined]:
        """The best rows of one shelf; those `beside` compete with them and are not looked at again."""
        nearest = [row for row in asked.nearest if shelf[row]]
        fused = _fused([*(best(scores * shelf) for scores in (asked.cosines, asked.bm25, asked.bodies)), nearest])
        rows = sorted(fused, key=lambda row: -fused[row])[:most]
        # A text linked to an answer may be the only trace of it, so its first few are always looked at; and what is
        # said word for word is found among any number of near copies.
        worded = [row for row in asked.worded if shelf[row]][-WORDED:]
        rows = list(dict.fromkeys((*rows, *nearest[:3], *worded)))
        fused = {row: fused.get(row, 0.0) for row in rows}
        query, cosines, bm25, among = asked.query, asked.cosines, asked.bm25, int(shelf.sum())
        titles = {row: self._titles.compared(row) for row in rows}
        texts = {row: self._linked.compared(asked.nearest[row][0]) for row in rows if row in asked.nearest}
        competing = titles | {row: self._titles.compared(row) for row in beside}
        rivals = list(competing)
        weight = self.weights([query, *competing.values(), *texts.values()])
        covered = {row: coverage(query, title, weight) for row, title in competing.items()}
        by_cosine = _Contest(dict(zip(rivals, cosines[rivals].tolist(), strict=True)))
        by_stems = _Contest(dict(zip(rivals, bm25[rivals].tolist(), strict=True)))
        by_rank, by_coverage = _Contest(fused), _Contest(covered)
        is_case = self._titles.is_case()
        measured = {}
        for row, title in titles.items():
            standing = Standing(
                cosine=by_cosine.scores[row],
                bm25=by_stems.scores[row],
                fusion=fused[row],
                coverage=covered[row],
                cosine_rival=by_cosine.rival(row),
                bm25_rival=by_stems.rival(row),
                fusion_rival=by_rank.rival(row),
                coverage_rival=by_coverage.rival(row),
            )
            measured[row] = title_features(query, title, standing, weight)
        told = [row for row in best(asked.bodies * shelf, BODIES) if row in titles]
        likely = sorted(rows, key=lambda row: -self._trained.title.probabilities(measured[row])[1])[:PAIRED]
        found = []
        for row, title in titles.items():
            is_text = row in likely and len(title.stems) >= CLAIM_WORDS
            similar = texts.get(row) or (title if is_text else None)
            document = self._titles.document(row)
            alike = self._alike(query, title, asked.nearest.get(row, ())) if is_case[row] else ()
            found.append(
                Examined(
                    document=document,
                    fusion=fused[row],
                    features=measured[row],
                    query=query,
                    title=title,
                    text=texts.get(row),
                    linked=pair_features(query, similar, self._trained.pairs.lexicon) if similar else None,
                    linked_cosine=cosine(query.stem_set, similar.stem_set, weight) if similar else 0.0,
                    linked_words=min(len(query.stems), len(similar.stems)) if similar else 0,
                    passage=self._passage(query, row) if row in told else None,
                    among=among,
                    alike=alike,
                    row=row,
                    told=len(self._linked_to.get((document.tenant, document.id), ())),
                )
            )
        return found

    def _passage(self, query: Compared, row: int) -> list[float]:
        found = self._compared(passage(query, self._titles.document(row).body, self._stem))
        return pair_features(query, found, self._trained.pairs.lexicon)

    def _alike(self, query: Compared, title: Compared, linked: Sequence[int]) -> tuple[tuple[Compared, float], ...]:
        texts = [title, *(self._linked.compared(row) for row in linked[:ALIKE])]
        pairs = self._trained.pairs
        long = [text for text in texts if min(len(query.stems), len(text.stems)) >= ENOUGH_WORDS]
        return tuple((text, pairs.same(pair_features(query, text, pairs.lexicon))) for text in long)

    def _nearest_linked(self, tenant: str, query: Compared, without: Collection[str]) -> dict[int, list[int]]:
        """Row of the answer → rows of its nearest linked texts, nearest first."""
        nearest: dict[int, list[int]] = {}
        if not self._linked_stems.size:
            return nearest
        for row in best(self._linked_stems.scores(hashed(query.stems)) * self._linked.mask(tenant, without)):
            answer = self._linked.document(row).answers_to
            target = self._titles.rows.get((tenant, answer or ""))
            if target is not None and answer not in without:
                nearest.setdefault(target, []).append(row)
        return nearest

    def _compared(self, text: str) -> Compared:
        return Compared.of(text, self._stem, is_root)

    def weights(self, compared: Iterable[Compared]) -> Weights:
        stems = list({stem for each in compared for stem in each.stem_set})
        idf = self._title_stems.idf(hashed(stems)) - 1
        return Weights(dict(zip(stems, idf.tolist(), strict=True)))


@dataclass(frozen=True, slots=True)
class _Found:
    """What the searches said of a question, for all rows.

    Attributes:
        nearest: row of an answer or case → rows of its nearest linked texts, nearest first.
        worded: rows that say the same word for word.
    """

    query: Compared
    cosines: Floats
    bm25: Floats
    bodies: Floats
    nearest: Mapping[int, Sequence[int]]
    worded: Sequence[int]


def _aligned(probability: float, sure_from: float) -> float:
    """With the threshold from which it is sure brought to `SURE`: each model and each office has its own."""
    if probability < LOOK:
        return probability
    if probability < sure_from:
        return LOOK + (probability - LOOK) * (SURE - LOOK) / (sure_from - LOOK)
    return SURE + (probability - sure_from) * (1 - SURE) / (1 - sure_from)


def has_claim(query: Compared) -> bool:
    """Whether anything is claimed: "apakah ini betul?" is not."""
    return len(query.word_set - EMPTY) >= PLAINLY or query.reading.has_claim()


def is_sure(result: MatchResult) -> bool:
    return result.decision is Decision.MATCH


def said_before(candidate: Candidate) -> bool:
    """Whether the whole message makes that claim word for word, or is a report that was made before."""
    return any(
        reason.code == "word_for_word" or (reason.code == "told_before" and reason.value == share(1.0))
        for reason in candidate.reasons
    )


def is_verbatim(examined: Examined) -> bool:
    """Whether the report makes word for word the claim that was answered, whatever greeting stands around it."""
    return makes_the_claim(examined) or retells_a_report(examined)


def makes_the_claim(examined: Examined) -> bool:
    query, title = examined.query, examined.title
    may_be = len(query.words) <= 2 * len(title.words) + AROUND and examined.features[_COVERAGE] >= HALF
    return may_be and query.reading.is_verbatim(title.reading) and not is_of_other_post(query, title)


def retells_a_report(examined: Examined) -> bool:
    query, text = examined.query, examined.text
    if text is None or not (query.words == text.words or query.reading.is_verbatim(text.reading)):
        return False
    return has_claim(query) and not is_of_other_post(query, text)


def is_other_claim(examined: Examined) -> bool:
    """Whether the report names another place, amount, day, institution or person than the answer or its linked text,
    or says the contrary."""
    query, title, text = examined.query, examined.title, examined.text
    if says_otherwise(query, title):
        return True
    return text is not None and (says_otherwise(query, text) or bool(replaced_names(text, query)))


def says_otherwise(query: Compared, other: Compared) -> bool:
    return is_of_other_post(query, other) or bool(
        conflicts(query.mentions, other.mentions) or replaced_names(query, other) or turns(query.reading, other.reading)
    )


def is_of_other_post(query: Compared, other: Compared) -> bool:
    """Whether two texts of few words were sent with different posts: those say what they are about."""
    if query.reading.content >= ENOUGH_CONTENT or not (query.posts and other.posts):
        return False
    return query.posts.isdisjoint(other.posts)


class _Shelf:
    """Documents by row, with the beginnings of their bodies; a row is empty once its document is gone, until `keep`.

    Args:
        compared: makes a text ready; what was made is kept for the rows asked about last.
    """

    def __init__(self, compared: Callable[[str], Compared]) -> None:
        self.rows: dict[tuple[str, str], int] = {}
        self._compared = compared
        self._made: OrderedDict[int, Compared] = OrderedDict()
        self._documents: list[Document | None] = []
        self._tenants: dict[str, int] = {}
        self._tenant_of: npt.NDArray[np.int32] = np.zeros(64, dtype=np.int32)
        self._is_case: Flags = np.zeros(64, dtype=np.bool_)
        self._words: npt.NDArray[np.int64] = np.zeros(64, dtype=np.int64)
        """Hash of each document's words."""
        self._is_imported: Flags = np.zeros(64, dtype=np.bool_)

    def put(self, document: Document, compared: Compared) -> int:
        row = len(self._documents)
        if row == len(self._tenant_of):
            self._tenant_of = np.resize(self._tenant_of, row * 2)
            self._is_case = np.resize(self._is_case, row * 2)
            self._words = np.resize(self._words, row * 2)
            self._is_imported = np.resize(self._is_imported, row * 2)
        self._tenant_of[row] = self._tenants.setdefault(document.tenant, len(self._tenants) + 1)
        self._is_case[row] = document.kind is Kinds.CASE
        self._is_imported[row] = document.kind is Kinds.IMPORTED
        self._words[row] = hash(compared.words)
        self.rows[document.tenant, document.id] = row
        self._documents.append(replace(document, body=document.body[:LONGEST_TEXT]))
        return row

    def discard(self, key: tuple[str, str]) -> Document | None:
        row = self.rows.pop(key, None)
        if row is None:
            return None
        document, self._documents[row] = self._documents[row], None
        self._tenant_of[row] = 0
        self._made.pop(row, None)
        return document

    def document(self, row: int) -> Document:
        document = self._documents[row]
        if document is None:
            raise LookupError(row)
        return document

    def compared(self, row: int) -> Compared:
        made = self._made.pop(row, None) or self._compared(self.document(row).title)
        self._made[row] = made
        if len(self._made) > MADE:
            self._made.popitem(last=False)
        return made

    def worded(self, query: Compared) -> list[int]:
        """Rows of all tenants that say the same word for word, oldest first; one that is gone may be among them."""
        said = hash(query.words)
        return [int(row) for row in np.flatnonzero(self._words[: len(self._documents)] == said)]

    def is_mostly_gone(self) -> bool:
        return len(self._documents) > 1_000 and len(self.rows) * 2 < len(self._documents)

    def keep(self) -> Flags:
        """Forgets the empty rows and numbers the others anew; which ones those were."""
        kept: Flags = self._tenant_of[: len(self._documents)] > 0
        count = len(kept)
        for array in (self._tenant_of, self._is_case, self._is_imported, self._words):
            array[: int(kept.sum())] = array[:count][kept]
        self._documents = [document for document in self._documents if document]
        self.rows = {(d.tenant, d.id): row for row, d in enumerate(self._documents) if d}
        self._made.clear()
        return kept

    def is_case(self) -> Flags:
        return self._is_case[: len(self._documents)]

    def is_imported(self) -> Flags:
        return self._is_imported[: len(self._documents)]

    def mask(self, tenant: str, without: Collection[str]) -> Flags:
        """What a question of this tenant sees: its own, and what all share."""
        tenants = self._tenant_of[: len(self._documents)]
        own: Flags = tenants == self._tenants.get(tenant, -1)
        if SHARED in self._tenants:
            own |= tenants == self._tenants[SHARED]
        for id in without:
            for whose in (tenant, SHARED):
                row = self.rows.get((whose, id))
                if row is not None:
                    own[row] = False
        return own


def best(scores: Floats, most: int = DEPTH) -> list[int]:
    """Rows of the highest scores above zero, highest first; ties go to the newer document."""
    whole = len(scores) - len(scores) % BLOCK
    least = np.float32(0)
    if whole >= BLOCK * most:
        # So many blocks hold one as high: no lower one is among the best, and few are left to be ordered.
        highest = scores[:whole].reshape(-1, BLOCK).max(axis=1)
        least = np.partition(highest, -most)[-most]
    rows = np.flatnonzero(scores >= least) if least > 0 else np.flatnonzero(scores)
    return [int(row) for row in rows[np.lexsort((-rows, -scores[rows]))[:most]]]


def _fused(lists: Iterable[Sequence[int]]) -> dict[int, float]:
    fused: dict[int, float] = {}
    for ranked in lists:
        for rank, row in enumerate(ranked, 1):
            fused[row] = fused.get(row, 0.0) + 1 / (FUSION + rank)
    return fused


class _Contest:
    """Scores by row; for each row, the best of the others."""

    def __init__(self, scores: Mapping[int, float]) -> None:
        self.scores = scores
        self._best, self._second = nlargest(2, (*scores.values(), 0.0, 0.0))

    def rival(self, row: int) -> float:
        return self._second if self.scores[row] == self._best else self._best
