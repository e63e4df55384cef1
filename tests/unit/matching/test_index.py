import math
import threading

import numpy as np
import pytest

from services.reports.matching import index as module
from services.reports.matching.index import K1, B, Background, Bm25Index, CosineIndex, hashed

NOTHING = Background.of(0, {})
DOCUMENTS = [f"kata{n % 7} kata{n % 11} nama{n}" for n in range(200)]
ASKED = ["kata3", "kata5", "nama42"]


def filled(documents, index=None):
    index = index or CosineIndex(NOTHING)
    for row, terms in enumerate(documents):
        index.add(row, hashed(terms.split()))
    return index


def bm25(usual=3.0):
    return Bm25Index(NOTHING, usual)


@pytest.fixture(params=["small", "as it is"])
def sizes(request, monkeypatch):
    """Limits so low that every part of an index is joined, full and refreshed."""
    if request.param == "small":
        monkeypatch.setattr(module, "MOST_POSTINGS", 150)
        monkeypatch.setattr(module, "TAIL", 40)
        monkeypatch.setattr(module, "SMALL", 10)


def test_cosines_are_those_of_scikit_learn(sizes) -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    documents = ["a b b c", "b c d", "x y", "a a a a d", "c"]
    tfidf = text.TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+").fit(documents)
    expected = (tfidf.transform(documents) @ tfidf.transform(["b b d"]).T).toarray().ravel()

    assert np.allclose(filled(documents).scores(hashed(["b", "b", "d"])), expected, atol=1e-5)


def test_bm25_follows_its_formula() -> None:
    index = filled(["a b", "a a c d", "e"], bm25(usual=2.5))
    idf = math.log(4 / 3)

    def gain(count, length):
        return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length / 2.5))

    assert np.allclose(index.scores(hashed(["a", "a"])), [gain(1, 2), gain(2, 4), 0], atol=1e-5)


def test_documents_added_one_by_one_are_found_like_those_added_at_once(sizes) -> None:
    gradual, ranked = CosineIndex(NOTHING), bm25()
    for row, terms in enumerate(DOCUMENTS):
        for index in (gradual, ranked):
            index.add(row, hashed(terms.split()))
            index.scores(hashed(["kata1"]))

    asked = hashed(ASKED)

    assert np.allclose(ranked.scores(asked), filled(DOCUMENTS, bm25()).scores(asked), atol=1e-5)
    assert np.allclose(gradual.scores(asked), filled(DOCUMENTS).scores(asked), rtol=0.05)
    gradual.upkeep()
    assert np.allclose(gradual.scores(asked), filled(DOCUMENTS).scores(asked), rtol=0.02)
    assert int(gradual.scores(asked).argmax()) == 42


def test_upkeep_leaves_few_parts_and_none_beyond_the_limit(monkeypatch) -> None:
    monkeypatch.setattr(module, "SMALL", 3)
    monkeypatch.setattr(module, "MOST_POSTINGS", 200)
    index = CosineIndex(NOTHING)
    for row, terms in enumerate(DOCUMENTS):
        index.add(row, hashed(terms.split()))
        index.idf(hashed(["kata1"]))
    before = len(index._segments)

    index.upkeep()

    sizes = [len(segment.rows) for segment in index._segments]
    assert before > 100
    assert len(sizes) < 12
    assert max(sizes) <= 200


def test_what_was_added_during_upkeep_stays(monkeypatch) -> None:
    """Upkeep runs in a thread; what it joined is gone when a question has joined it before."""
    monkeypatch.setattr(module, "SMALL", 0)
    index = filled(DOCUMENTS[:50])
    index.idf(hashed(["kata1"]))
    index.add(50, hashed(DOCUMENTS[50].split()))
    index.idf(hashed(["kata1"]))
    first, second = index._segments
    index.keep(np.arange(51) != 3)

    index._exchange((first, second), first.joined(second))

    assert len(index.scores(hashed(["nama50"]))) == 50
    assert int(index.scores(hashed(["nama50"])).argmax()) == 49


def test_upkeep_in_a_thread_disturbs_neither_additions_nor_questions(monkeypatch) -> None:
    monkeypatch.setattr(module, "SMALL", 0)
    index, ended = CosineIndex(NOTHING), threading.Event()

    def tend() -> None:
        while not ended.is_set():
            index.upkeep()

    tending = threading.Thread(target=tend)
    tending.start()
    try:
        for row in range(600):
            index.add(row, hashed([f"nama{row}", "kata"]))
            assert int(index.scores(hashed([f"nama{row // 2}"])).argmax()) == row // 2
    finally:
        ended.set()
        tending.join()
    index.upkeep()

    assert len(index._segments) < 12
    assert len(index.scores(hashed(["kata"]))) == 600


def test_rows_that_are_not_kept_are_forgotten_and_the_others_move_together(sizes) -> None:
    kept = np.arange(200) % 3 == 0
    index, ranked = filled(DOCUMENTS), filled(DOCUMENTS, bm25())
    for each in (index, ranked):
        each.keep(kept)
        each.add(each.size, hashed(["nama42", "baru"]))
    rest = [terms for terms, stays in zip(DOCUMENTS, kept, strict=True) if stays] + ["nama42 baru"]

    asked = hashed(ASKED)

    assert np.allclose(ranked.scores(asked), filled(rest, bm25()).scores(asked), atol=1e-5)
    assert np.allclose(index.scores(asked), filled(rest).scores(asked), rtol=0.1, atol=1e-3)


def test_a_new_archive_knows_from_the_background_which_words_are_common() -> None:
    background = Background.of(1_000, {"bantuan": 500, "kesambi": 1})
    index = filled(["bantuan kesambi"], CosineIndex(background))

    common, rare, unseen = index.idf(hashed(["bantuan", "kesambi", "drajat"]))

    assert common < 2 < rare < unseen


def test_an_empty_question_or_document_scores_nothing(sizes) -> None:
    assert list(CosineIndex(NOTHING).scores(hashed(["a"]))) == []
    assert list(filled(["", "a"], bm25()).scores(hashed([]))) == [0, 0]
    assert list(filled(["", "a"]).scores(hashed(["b"]))) == [0, 0]
    assert list(filled(["", "a"]).scores(hashed(["a"])) > 0) == [False, True]
