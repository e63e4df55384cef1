"""One event in sixty wordings is one case, and its template about somebody else is not."""

import random
import re

import pytest

from libs.kit.stems import Stems
from services.reports.matching.engine import Matcher, Trained
from tests.bench.burst.pure import placed
from tests.bench.burst.telling import EVENTS, WORDINGS, crowd, wordings

STEMS = Stems()
TRAINED = Trained.load()


@pytest.mark.parametrize("event", EVENTS, ids=[event.name for event in EVENTS])
def test_a_crowd_that_tells_one_event_is_one_case(event) -> None:
    told = list(crowd(event, 250, random.Random(7), template=0.1, others=0.2))

    share, purity, _ = placed(told, Matcher(TRAINED, STEMS)).figures()

    assert purity >= 0.98
    assert share >= 0.8, "of the first 250; the wordings that came before they were known to be one weigh most here"


@pytest.mark.parametrize("event", EVENTS, ids=[event.name for event in EVENTS])
def test_an_event_is_told_in_sixty_wordings(event) -> None:
    told = wordings(event, random.Random(3))

    assert len(set(told)) == WORDINGS
    assert all("{target}" in each for each in told) or event.name == "prize"
    assert not any(re.search(r"\{(?!target)", each) for each in told)
