"""Where a report belongs: asks the matcher, and remembers what it placed in the last minutes, because the matcher lags.

One tenant's reports are placed one at a time (the command's key is the tenant), so two copies of one text that arrive
together find each other.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from libs.contracts.reports.case import UnlinkReport
from libs.contracts.reports.parts import Candidate, ClaimFound, KnownFound
from libs.contracts.reports.report import Placement, PlaceReport
from libs.contracts.words import CaseState, MatchOutcome
from libs.kit.addresses import addresses, without_addresses
from libs.kit.claims import ENOUGH_CONTENT, read
from libs.kit.stems import Stems
from libs.kit.text import fingerprint_of, normalise
from libs.runtime.aggregates import ERASED, Incoming
from libs.runtime.http import ServiceClient
from libs.runtime.mongo import key
from services.reports.asking import Asking
from services.reports.case.state import ENDED
from services.reports.matching.questions import Answer, Care, Found, Imported, Question, measured
from services.reports.pictures import Pictures
from services.reports.posts import posts_of
from services.reports.report.pages import leads_to, says_little, words_of
from services.reports.report.rules import Report, is_to_be_placed
from services.reports.store import Store

CAMPAIGN = "campaign"
REMEMBERED = timedelta(minutes=5)
"""How far back the memory goes; the matcher lags by seconds."""
ALONE = 10.0
"""Seconds without a question after which another member may have placed this tenant's reports: read it anew."""
MOST = 2_000
MOST_PICTURED = 100
"""Reports with pictures: those before them are stored by then, and found there."""
_STEMS = Stems()
LEAST = 12
"""Characters. Below it a text says too little to be the same as another."""


class _Place(NamedTuple):
    case_id: str
    clarification_id: str | None = None
    claims: tuple[ClaimFound, ...] = ()


@dataclass
class _Recent:
    """Fingerprints of the texts and pages that one tenant's last reports were about, and their cases."""

    cases: "OrderedDict[str, _Place]" = field(default_factory=OrderedDict)
    unsure: set[str] = field(default_factory=set)
    """Cases that were opened because the matcher did not answer."""
    left: dict[str, str] = field(default_factory=dict)
    """Such a case whose report has found its place since, and the case where that is."""
    asked: float = field(default_factory=time.monotonic)
    pictured: "OrderedDict[str, Report]" = field(default_factory=OrderedDict)
    """Reports with pictures, with the place that may not be stored yet."""

    def note_pictures(self, report: Report, case_id: str, outcome: str) -> None:
        if report.pictures:
            self.pictured[report.report_id] = report.model_copy(update={"case_id": case_id, "outcome": outcome})
            while len(self.pictured) > MOST_PICTURED:
                self.pictured.popitem(last=False)

    def note(self, mark: str, place: _Place) -> None:
        self.cases[mark] = place
        self.cases.move_to_end(mark)
        while len(self.cases) > MOST:
            self.cases.popitem(last=False)

    def followed(self, placement: Placement, report: Report) -> Placement:
        """Into the case where the one that was found has gone: two copies that are asked about together would change
        places, each into the case that the other leaves."""
        into = placement.case_id
        while into is not None and into in self.left:
            into = self.left[into]
        if into is None:
            return placement
        if into in (report.case_id, *report.refused):
            return Placement(outcome=MatchOutcome.NONE)
        if report.case_id is not None:
            self.left[report.case_id] = into
            while len(self.left) > MOST:
                del self.left[next(iter(self.left))]
        return placement if into == placement.case_id else placement.model_copy(update={"case_id": into})


@dataclass(frozen=True, slots=True)
class _Marked:
    """A report with what makes it a copy of another: marks take a third of a millisecond, so they are made once."""

    report: Report
    texts: list[str]
    links: list[str]

    @classmethod
    def of(cls, report: Report) -> "_Marked":
        return cls(report, marks_of(report), links_of(report))


class Placing:
    """Adds to every PlaceReport where the report belongs, before it is decided."""

    def __init__(
        self,
        store: Store,
        matcher: ServiceClient,
        pictures: Pictures | None = None,
        *,
        within: float,
        caution: Callable[[str], Care] = lambda _: "usual",
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._caution = caution
        self.asking = Asking(matcher, within=within)
        self._recent: dict[str, _Recent] = {}
        self._placed: OrderedDict[UUID, Placement] = OrderedDict()
        """Of the last commands: what comes again, because it could not be saved, is no question twice."""

    async def prepare(self, incoming: Sequence[Incoming]) -> Sequence[Incoming]:
        for i in incoming:
            if isinstance(i.command, UnlinkReport) and i.command.parted is not None:
                # Where its text led is what an officer has just denied: read anew what is stored.
                self._recent.pop(i.context.tenant, None)
        asked = [(i, i.command) for i in incoming if isinstance(i.command, PlaceReport)]
        if not asked:
            return incoming
        reports = await self._store.reports({key(i.context.tenant, command.target) for i, command in asked})
        found = {
            document_id: (i.context, _Marked.of(report))
            for i, command in asked
            if (report := reports.get(document_id := key(i.context.tenant, command.target))) is not None
            and is_to_be_placed(report, command)
        }
        into = {key(i.context.tenant, command.target): command.into for i, command in asked}
        placements = {i: self._placed[c.id] for i, (c, _) in found.items() if c.id in self._placed}
        open_ = [(i, c, marked) for i, (c, marked) in found.items() if i not in placements]
        memories = {tenant: await self._memory(tenant) for tenant in {c.tenant for _, c, _ in open_}}
        # Of a text that is passed on word for word the first copies alone are a question.
        unknown = [
            (c.tenant, marked.report)
            for _, c, marked in open_
            if _known(memories[c.tenant], marked) is None and told(marked.report)
        ]
        questions = [_question(tenant, report, self._caution(tenant)) for tenant, report in unknown]
        answers = await self.asking.answers(questions)
        taken_up = await self._taken_up([(c.tenant, marked.report) for _, c, marked in open_])
        now = datetime.now(UTC)
        for document_id, context, marked in open_:
            recent, answer = memories[context.tenant], answers.get(marked.report.report_id)
            target, stays = into[document_id], document_id in taken_up
            if target is not None:
                placement = _gathered(recent, marked, answer, target, stays=stays)
            else:
                placement = await self._place(context.tenant, recent, marked, answer, stays=stays)
            placements[document_id] = placement.model_copy(update={"asked_at": now})
            self._keep(context.id, placements[document_id])
        for memory in memories.values():
            memory.asked = time.monotonic()
        # Of two looks at one report, one to gather it and one because it waits, neither takes the other's answer.
        answered = {i.context.id: placements.get(_document_id(i)) for i, c in asked if c.into == into[_document_id(i)]}
        return [
            i._replace(command=i.command.model_copy(update={"placement": answered.get(i.context.id)}))
            if isinstance(i.command, PlaceReport)
            else i
            for i in incoming
        ]

    def _keep(self, command: UUID, placement: Placement) -> None:
        if placement.outcome != MatchOutcome.UNMATCHED:
            self._placed[command] = placement
            while len(self._placed) > MOST:
                self._placed.popitem(last=False)

    async def _taken_up(self, reports: Sequence[tuple[str, Report]]) -> set[str]:
        """Reports that are asked about again and whose own case an officer has begun to work on: it keeps them."""
        own = {key(t, r.report_id): key(t, r.case_id) for t, r in reports if r.case_id is not None}
        cases = await self._store.cases(set(own.values())) if own else {}
        begun = {document_id for document_id, case in cases.items() if not case.is_untouched}
        return {report for report, case in own.items() if case in begun}

    async def _place(
        self, tenant: str, recent: _Recent, marked: _Marked, answer: Answer | None, *, stays: bool
    ) -> Placement:
        report, marks, links = marked.report, marked.texts, marked.links
        known = _known(recent, marked) if not stays else None
        if known is not None:
            # A copy of a report that the matcher did not answer for waits like that one.
            outcome = MatchOutcome.UNMATCHED if known.case_id in recent.unsure else MatchOutcome.MATCH
            # What is still passed on stays in memory, however much else is told meanwhile.
            for mark in marks or links:
                if mark in recent.cases:
                    recent.cases.move_to_end(mark)
            return Placement(outcome=outcome, links=tuple(links), **known._asdict())
        placement = _placement(answer, report)
        if links and not marks and placement.case_id is None:
            placement = await self._by_link(tenant, report, links) or placement
        placement = await self._by_picture(tenant, recent, report, placement)
        # Whatever answers one claim of several, be it a picture that came with it, does not answer the report.
        stays = stays or bool(placement.claims and placement.clarification_id)
        placement = _staying(placement) if stays else recent.followed(placement, report)
        case_id = placement.case_id or report.case_id or report.own_case()
        for mark in (*marks, *links):
            recent.note(mark, _Place(case_id, placement.clarification_id, placement.claims))
        recent.note_pictures(report, case_id, placement.outcome)
        recent.unsure.discard(case_id)
        if placement.outcome == MatchOutcome.UNMATCHED:
            recent.unsure.add(case_id)
        return placement.model_copy(update={"links": tuple(links)})

    async def _by_picture(self, tenant: str, recent: _Recent, report: Report, placement: Placement) -> Placement:
        """What the words say, unless its picture says more: the same picture is surer than words that were read in it,
        and where it does not decide it is proposed first."""
        if self._pictures is None or not report.pictures:
            return placement
        same = await self._pictures.same(tenant, report, recent.pictured.values())
        if same is None:
            return placement
        by_picture = same.placement(report).model_copy(update={"claims": placement.claims})
        if by_picture.outcome == MatchOutcome.MATCH:
            return by_picture
        # What the matcher was not asked is asked later.
        if placement.case_id is not None or placement.outcome == MatchOutcome.UNMATCHED:
            return placement
        others = (c for c in placement.candidates if c.case_id != same.case_id)
        worded = (c.reasons for c in placement.candidates if c.case_id == same.case_id)
        first = by_picture.candidates[0]
        first = first.model_copy(update={"reasons": (*first.reasons, *next(worded, ()))})
        return by_picture.model_copy(update={"candidates": (first, *others)})

    async def _by_link(self, tenant: str, report: Report, links: Sequence[str]) -> Placement | None:
        """The newest case that another report brought the same post to, unless it was closed without an answer."""
        known = await self._store.cases_of_links(tenant, links)
        cases = await self._store.cases_of(tenant, known)
        for case_id in known:
            case = cases.get(case_id)
            if case is None or case_id in (*report.refused, report.case_id):
                continue
            # A case that rests after its answer still answers.
            if case.state not in ENDED or (case.state == CaseState.CLOSED and case.clarification_id):
                return Placement(outcome=MatchOutcome.MATCH, case_id=case_id, clarification_id=case.clarification_id)
        return None

    async def _memory(self, tenant: str) -> _Recent:
        recent = self._recent.get(tenant)
        if recent is None or time.monotonic() - recent.asked > ALONE:
            recent = _Recent()
            since = datetime.now(UTC) - REMEMBERED
            for report in await self._store.placed_since(tenant, since, most=MOST):
                if report.case_id is not None:
                    for mark in (*marks_of(report), *links_of(report)):
                        recent.note(mark, _Place(report.case_id, claims=report.claims))
                    if report.ask_again_at is not None:
                        recent.unsure.add(report.case_id)
            self._recent[tenant] = recent
        return recent


def _document_id(incoming: Incoming) -> str:
    return key(incoming.context.tenant, incoming.command.target)


def _question(tenant: str, report: Report, caution: Care) -> Question:
    # Its own case is what it has opened while the matcher was away; nothing says more the same than its own words.
    without = report.refused if report.case_id is None else (*report.refused, report.case_id)
    text = told(report)
    return Question(
        id=report.report_id,
        tenant=tenant,
        text=text,
        without=without,
        caution=caution,
        by_claim=True,
        typed=report.text if text != told_by_sender(report) else None,
    )


def _gathered(recent: _Recent, marked: _Marked, answer: Answer | None, into: str, *, stays: bool) -> Placement:
    """Into the case in which an event is told by many, if that is where it would be put now; else it stays."""
    report = marked.report
    known = _known(recent, marked)
    if known is not None:
        found = Placement(outcome=MatchOutcome.MATCH, **known._asdict())
    else:
        found = _placement(answer, report)
    if stays or found.outcome != MatchOutcome.MATCH or found.case_id != into or found.clarification_id is not None:
        return Placement(outcome=MatchOutcome.NONE)
    found = recent.followed(found, report)
    if found.case_id is not None:
        for mark in (*marked.texts, *marked.links):
            recent.note(mark, _Place(found.case_id, None, found.claims))
    return found.model_copy(update={"links": tuple(marked.links)})


def _staying(placement: Placement) -> Placement:
    """Where it is; what would have taken it elsewhere is shown to the officer."""
    if placement.outcome != MatchOutcome.MATCH:
        return placement
    outcome = MatchOutcome.SUGGEST if placement.candidates else MatchOutcome.NONE
    return placement.model_copy(update={"outcome": outcome, "case_id": None, "clarification_id": None})


def _known(recent: _Recent, marked: _Marked) -> _Place | None:
    """Case and clarification of a copy that was placed in the last minutes."""
    # A link alone says which post is meant; beside a text it may be the proof that the text is wrong.
    for mark in marked.texts or marked.links:
        known = recent.cases.get(mark)
        if known is not None and known.case_id not in (*marked.report.refused, marked.report.case_id):
            return known
    return None


def told(report: Report) -> str:
    """Everything that says what a report is about: its text, its links, the words in its pictures, and where those say
    little what its pages say of themselves."""
    if report.text == ERASED:
        return ""
    own = (told_by_sender(report), report.told_by_evidence)
    pages = _of_pages(report)
    # Of nothing but a link the page is the text.
    bare = not without_addresses(f"{report.text}\n{report.told_by_evidence}").strip()
    return "\n".join(part for part in ((pages, *own) if bare else (*own, pages)) if part)


def told_by_sender(report: Report) -> str:
    return "\n".join((report.text, *(url for url in report.urls if url not in report.text.split()))).lstrip("\n")


def _of_pages(report: Report) -> str:
    if not report.snapshots or not isinstance(report.snapshots, tuple):
        return ""
    return words_of(report.snapshots) if says_little(f"{report.text}\n{report.told_by_evidence}") else ""


def marks_of(report: Report) -> list[str]:
    """What two copies of one message have in common.

    A text that claims nothing ("apakah ini betul?") has no mark: it is asked about everything. Where it claims little,
    the post that it was sent with says what it is about, and is part of the mark.
    """
    if report.text == ERASED:
        return []
    text = "\n".join(part for part in (report.text, report.told_by_evidence) if part)
    normalised = normalise(text)
    reading = read(text, _STEMS)
    if len(normalised) < LEAST or not reading.has_claim():
        return []
    mark, links = fingerprint_of(normalised), links_of(report)
    return [f"{mark} {link}" for link in links] if links and reading.content < ENOUGH_CONTENT else [mark]


def links_of(report: Report) -> list[str]:
    """Marks of the posts and pages that it points to; a whole account or site is no claim."""
    led = leads_to(report.snapshots) if isinstance(report.snapshots, tuple) else []
    return posts_of((*report.urls, *addresses(report.text), *led))


def _placement(answer: Answer | None, report: Report) -> Placement:
    placement = _own(answer, report)
    if answer is None:
        return placement
    # What the office has answered itself needs no other's answer.
    known = _found_elsewhere(answer.imported) if placement.clarification_id is None else ()
    claims = tuple(
        ClaimFound(
            text=claim.text,
            is_sure=claim.decision == MatchOutcome.MATCH,
            candidates=tuple(c for c in _candidates(claim.candidates, report) if c.case_id != placement.case_id),
            known=_found_elsewhere(claim.imported),
        )
        for claim in answer.claims
    )
    return placement.model_copy(update={"known": known, "claims": claims})


def _own(answer: Answer | None, report: Report) -> Placement:
    if answer is None:
        unreadable = not told(report)
        return Placement(outcome=MatchOutcome.NONE if unreadable else MatchOutcome.UNMATCHED)
    candidates = _candidates(answer.candidates, report)
    if answer.decision == MatchOutcome.MATCH and candidates:
        best = answer.candidates[0]
        return Placement(
            outcome=MatchOutcome.MATCH,
            case_id=best.case_id,
            clarification_id=best.clarification_id,
            candidates=candidates,
        )
    return Placement(outcome=MatchOutcome.SUGGEST if candidates else MatchOutcome.NONE, candidates=candidates)


def _candidates(found: Iterable[Found], report: Report) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            id=c.clarification_id or c.case_id,
            kind=c.kind,
            case_id=c.case_id,
            score=round(c.score, 4),
            relation=CAMPAIGN if c.is_campaign else None,
            reasons=measured(c),
        )
        for c in found
        if c.case_id != report.case_id
    )


def _found_elsewhere(found: Iterable[Imported]) -> tuple[KnownFound, ...]:
    return tuple(
        KnownFound(id=i.known_id, scope=i.scope, score=round(i.score, 4), is_sure=i.is_sure, reasons=measured(i))
        for i in found
    )
