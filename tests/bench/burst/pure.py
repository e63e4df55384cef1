"""A burst without servers: the matcher is asked as placing asks it, and each case is known to it at once."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from libs.kit.stems import Stems
from libs.kit.text import fingerprint
from services.reports.matching.engine import Decision, Document, Kinds, Matcher, Trained
from tests.bench.burst.telling import EVENTS, Told, crowd

OFFICE = "office"


@dataclass
class Placed:
    """Case of each report, and what it is about."""

    cases: list[tuple[str, Told]] = field(default_factory=list)

    def figures(self) -> tuple[float, float, int]:
        """Share of the event in its largest case, purity of that case, and cases that the event lies in."""
        event = Counter(case for case, told in self.cases if told.kind == "event")
        largest, held = event.most_common(1)[0]
        whole = sum(case == largest for case, _ in self.cases)
        return held / event.total(), held / whole, len(event)


def placed(told: Iterable[Told], matcher: Matcher) -> Placed:
    found, recent = Placed(), dict[str, str]()
    for number, each in enumerate(told):
        mark = fingerprint(each.text)
        case = recent.get(mark)
        if case is None:
            result = matcher.match(OFFICE, each.text)
            if result.decision is Decision.MATCH:
                case = result.candidates[0].id
                matcher.add(Document(f"r{number}", OFFICE, Kinds.LINKED, each.text, answers_to=case))
            else:
                case = f"case-{number}"
                matcher.add(Document(case, OFFICE, Kinds.CASE, each.text))
            recent[mark] = case
        found.cases.append((case, each))
    return found


def report(count: int, seed: int) -> None:
    stems, trained = Stems(), Trained.load()
    for event in EVENTS:
        told = crowd(event, count, random.Random(seed), template=0.1, others=0.2)
        share, purity, cases = placed(told, Matcher(trained, stems)).figures()
        print(f"{event.name}: share {share:.3f}, purity {purity:.3f}, event in {cases} cases", flush=True)
