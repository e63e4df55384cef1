"""Small worlds that went wrong once: what is published, what lay open, and what may be decided about a report."""

import json
from pathlib import Path

import pytest

from libs.kit.stems import Stems
from services.reports.matching.engine import Document, Kinds, Matcher, Trained

OFFICE = "office"
STEMS = Stems()
TRAINED = Trained.load()
CASES = [json.loads(line) for line in Path(__file__).with_name("claims.jsonl").read_text(encoding="utf-8").splitlines()]
WORLDS = [case for case in CASES if "report" in case]
PAIRS = [case for case in CASES if "relation" in case]


def world(case):
    matcher = Matcher(TRAINED, STEMS)
    for answer in case["published"]:
        matcher.add(Document(answer["id"], OFFICE, Kinds.CLARIFICATION, answer["claim"], answer["fact"]))
    for number, text in enumerate(case.get("open", ())):
        matcher.add(Document(f"open-{number}", OFFICE, Kinds.CASE, text))
    for number, before in enumerate(case.get("before", ())):
        told = "\n".join((before["text"], *before["urls"]))
        matcher.add(Document(f"before-{number}", OFFICE, Kinds.LINKED, told, answers_to=before["linked_to"]))
    return matcher


@pytest.mark.parametrize("case", WORLDS, ids=[f"{case['id']} {case['kind']}" for case in WORLDS])
def test_what_may_be_decided_is_decided(case) -> None:
    report = "\n".join((case["report"], *case.get("urls", ())))

    result = world(case).match(OFFICE, report)

    assert result.answer in case["allowed"]
    if result.answer == "match":
        assert result.candidates[0].id == case["answer"]


@pytest.mark.parametrize("case", PAIRS, ids=[f"{case['id']} {case['kind']}" for case in PAIRS])
def test_two_texts_stand_to_each_other_as_they_should(case) -> None:
    assert Matcher(TRAINED, STEMS).relation(case["a"], case["b"])[0] == case["relation"]
