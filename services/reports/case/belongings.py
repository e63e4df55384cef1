"""What a merged case means to others: where a message for it goes on to, and what the case it joined takes over."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from libs.contracts.reports.parts import Asked, Belongings, Draft, KnownFound, SpareDraft, Way
from libs.contracts.words import CaseState
from services.reports.case.state import Case

SAMPLE = 20
MOST_KNOWN = 3
"""Answers of other publishers kept with a case: as many as a reader is shown."""


def onward(case_id: str, into: str, way: Way) -> Way | None:
    """The way of a message that a merged case passes on; None where this case has to live again.

    Merges that cross can close a ring in which every case is merged into the next one. A message that comes round finds
    it; the smallest id of the ring lives on, whichever message came first.
    """
    via = way.via if case_id in way.via else (*way.via, case_id)
    if way.lives == case_id:
        # Unless it was merged into yet another case since: then it is no ring any more.
        return None if into in via else Way(via=via)
    lives = way.lives
    if lives is None and into in via:
        lives = min(via[via.index(into) :])
        if lives == case_id:
            return None
    return Way(via=via, lives=lives)


def belongings_of(case: Case) -> Belongings:
    asked = () if case.party is None or case.asked_at is None or case.asked_until is None else (_asked(case),)
    return Belongings(
        number=case.number,
        draft=case.draft,
        author=case.author,
        spare_drafts=case.spare_drafts,
        references=case.references,
        asked=(*asked, *case.also_asked),
        severity=case.severity,
        topic=case.topic,
        area=case.area,
        owner=case.owner,
        suggestions=case.suggestions,
        known=case.known,
        judged=case.judged,
        sample=case.sample,
        marks=case.marks,
        settled=case.settled,
        carried=case.carried,
        last_at=case.last_at,
        by_partner=case.by_partner,
    )


def _asked(case: Case) -> Asked:
    assert case.party is not None
    assert case.asked_at is not None
    assert case.asked_until is not None
    return Asked(party=case.party, asked_at=case.asked_at, due_at=case.asked_until)


def taken_over(case: Case, brought: Belongings, *, of: str) -> Mapping[str, Any]:
    """What of a case changes with what another one brings. Its own word stands wherever it has one."""
    known = {r.url for r in case.references}
    judged = (*case.judged, *(other for other in brought.judged if other not in case.judged))
    gone = {case.case_id, of, *brought.carried, *judged}
    candidates = {c.case_id: c for c in (*brought.suggestions, *case.suggestions) if c.case_id not in gone}
    settled = _latest(case.settled, brought.settled)
    marks = {(m.report_id, m.n): m for m in (*case.marks, *brought.marks)}
    carried = dict.fromkeys((*case.carried, of, *brought.carried))
    return {
        "references": (*case.references, *(r for r in brought.references if r.url not in known)),
        "topic": case.topic or brought.topic,
        "area": case.area or brought.area,
        "owner": case.owner or brought.owner,
        "severity": max(case.severity, brought.severity),
        "suggestions": tuple(candidates.values()),
        "known": known_together(case.known, brought.known, without=judged),
        "judged": judged,
        "sample": tuple(dict.fromkeys((*case.sample, *brought.sample)))[:SAMPLE],
        "settled": settled,
        "marks": tuple(m for m in marks.values() if m.n > settled.get(m.report_id, 0)),
        "carried": tuple(c for c in carried if c != case.case_id),
        "by_partner": case.by_partner or brought.by_partner,
        "last_at": max(case.last_at, brought.last_at or case.last_at),
        **_draft(case, brought, of=of),
        **_question(case, brought),
    }


def known_together(
    ours: Iterable[KnownFound], theirs: Iterable[KnownFound], *, without: Collection[str]
) -> tuple[KnownFound, ...]:
    """Each once, the surest first."""
    best: dict[str, KnownFound] = {}
    for found in sorted((*ours, *theirs), key=lambda k: (not k.is_sure, -k.score)):
        if found.id not in without:
            best.setdefault(found.id, found)
    return tuple(best.values())[:MOST_KNOWN]


def _latest(ours: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, int]:
    return {report: max(ours.get(report, 0), theirs.get(report, 0)) for report in (*ours, *theirs)}


def _draft(case: Case, brought: Belongings, *, of: str) -> Mapping[str, Any]:
    """A text is never lost: it becomes the draft where there is none, and lies beside it where there is one."""
    spare = (*case.spare_drafts, *brought.spare_drafts)
    if brought.author is None or brought.draft == Draft():
        return {"spare_drafts": spare}
    if case.draft == Draft() and case.state in UNWRITTEN:
        waits = case.state == CaseState.AWAITING_CONFIRMATION
        return {
            "spare_drafts": spare,
            "draft": brought.draft,
            "draft_number": case.draft_number + 1,
            "author": brought.author,
            "approvals": (),
            "state": case.state if waits else CaseState.DRAFTING,
        }
    if brought.draft in (case.draft, *(s.draft for s in spare)):
        return {"spare_drafts": spare}
    added = SpareDraft(case_id=of, number=brought.number, author=brought.author, draft=brought.draft)
    return {"spare_drafts": (*spare, added)}


def _question(case: Case, brought: Belongings) -> Mapping[str, Any]:
    """Whoever was asked is still awaited, one after the other, until the text is handed in."""
    asked = (*case.also_asked, *(a for a in brought.asked if a.party != case.party and a not in case.also_asked))
    if case.state not in UNWRITTEN or not asked:
        return {}
    if case.party is not None:
        return {"also_asked": asked}
    return {"also_asked": asked[1:], **awaited(asked[0])}


def awaited(asked: Asked) -> Mapping[str, Any]:
    return {
        "state": CaseState.AWAITING_CONFIRMATION,
        "party": asked.party,
        "asked_at": asked.asked_at,
        "asked_until": asked.due_at,
    }


UNWRITTEN = frozenset(
    {
        CaseState.OPEN,
        CaseState.TRIAGED,
        CaseState.INVESTIGATING,
        CaseState.AWAITING_CONFIRMATION,
        CaseState.DRAFTING,
    }
)
"""Still being worked on: a draft may be written and a party awaited."""
