import math

import numpy as np
import pytest

from services.reports.matching.index import K1, B, Background, InvertedIndex, hashed

NOTHING = Background.of(0, {})


def filled(documents, background=NOTHING):
    index = InvertedIndex(background)
    for row, terms in enumerate(documents):
        index.add(row, terms.split())
    return index


def test_cosines_are_those_of_scikit_learn() -> None:
    text = pytest.importorskip("sklearn.feature_extraction.text")
    documents = ["a b b c", "b c d", "x y", "a a a a d", "c"]
    tfidf = text.TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+").fit(documents)
    expected = (tfidf.transform(documents) @ tfidf.transform(["b b d"]).T).toarray().ravel()

    assert np.allclose(filled(documents).cosines(["b", "b", "d"]), expected, atol=1e-5)


def test_bm25_follows_its_formula() -> None:
    index = filled(["a b", "a a c d", "e"])
    idf = math.log(4 / 3)
    average = 7 / 3

    def gain(count, length):
        return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length / average))

    assert np.allclose(index.bm25(["a"]), [gain(1, 2), gain(2, 4), 0], atol=1e-5)


def test_documents_added_one_by_one_are_found_like_those_added_at_once() -> None:
    documents = [f"kata{n % 7} kata{n % 11} nama{n}" for n in range(200)]
    at_once = filled(documents)
    gradual = InvertedIndex(NOTHING)
    for row, terms in enumerate(documents):
        gradual.add(row, terms.split())
        gradual.bm25(["kata1"])

    asked = ["kata3", "kata5", "nama42"]

    assert np.allclose(gradual.bm25(asked), at_once.bm25(asked), atol=1e-5)
    assert np.allclose(gradual.cosines(asked), at_once.cosines(asked), rtol=0.05)
    assert int(gradual.cosines(asked).argmax()) == 42


def test_a_new_archive_knows_from_the_background_which_words_are_common() -> None:
    background = Background.of(1_000, {"bantuan": 500, "kesambi": 1})

    common, rare, unseen = filled(["bantuan kesambi"], background).idf(hashed(["bantuan", "kesambi", "drajat"]))

    assert common < 2 < rare < unseen


def test_an_empty_question_or_document_scores_nothing() -> None:
    index = filled(["", "a"])

    assert list(index.bm25([])) == [0, 0]
    assert list(index.cosines(["b"])) == [0, 0]
    assert list(index.cosines(["a"]) > 0) == [False, True]
