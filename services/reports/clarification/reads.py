"""Published answers: the archive, one of them, and those that fit a text."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libs.contracts.reads import Page
from libs.contracts.reports.reads import (
    OFFERED,
    AnswerAddress,
    ClarificationCard,
    ClarificationView,
    Difference,
    MatchAnswer,
    MatchView,
    VersionView,
)
from libs.contracts.words import ClarificationState, MatchOutcome
from libs.kit.differences import differences
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.errors import NotFound
from services.reports.clarification.rules import Clarification
from services.reports.matching.questions import Answer, ClaimFound, measured
from services.reports.search import all_of, asked, number_asked
from services.reports.store import MOST, PAGE, Store

SITEMAP = 50_000
"""Addresses in one file, by sitemaps.org; with each office's fixed pages a few may be cut."""


class ClarificationReads:
    def __init__(self, engine: Engine, store: Store, cursors: Cursors) -> None:
        self._engine = engine
        self._store = store
        self._cursors = cursors

    async def page(
        self,
        tenant: str,
        *,
        query: str = "",
        verdict: str = "",
        cursor: str | None = None,
        limit: int = PAGE,
        corrected: bool = False,
    ) -> Page[ClarificationCard]:
        limit = min(limit, MOST)
        where: dict[str, Any] = {"ix.state": {"$ne": ClarificationState.RETRACTED}}
        if corrected:
            where = {"ix.corrected": True}
        if verdict:
            where["ix.verdict"] = verdict
        number, words = number_asked(query), asked(query)
        if query.strip() and not words:
            return Page(items=(), count=0)
        answers = self._engine.collection("clarification")
        if number is not None and await answers.count(tenant, {**where, **number}, limit=1):
            where |= number
        elif words:
            where |= all_of(words)
        count = await answers.count(tenant, where)
        scope = f"clarifications|{tenant}"
        if cursor:
            at, last = self._cursors.decode(scope, cursor)
            moment = datetime.fromisoformat(at)
            where = {"$and": [where, {"$or": [{"ix.at": {"$lt": moment}}, {"ix.at": moment, "_id": {"$lt": last}}]}]}
        found = await self._store.find_clarifications(tenant, where, sort=(("ix.at", -1), ("_id", -1)), limit=limit + 1)
        more = found[limit - 1] if len(found) > limit else None
        next_ = None
        if more is not None:
            next_ = self._cursors.encode(scope, [more.latest.at.isoformat(), f"{tenant}/{more.clarification_id}"])
        return Page(items=tuple(card(c) for c in found[:limit]), next=next_, count=count)

    async def addresses(self, tenant: str) -> tuple[AnswerAddress, ...]:
        """As many as one sitemap may name, newest first."""
        found = await self._engine.collection("clarification").find(
            tenant,
            {"ix.state": {"$ne": ClarificationState.RETRACTED}},
            sort=(("ix.at", -1),),
            limit=SITEMAP,
            fields={"ix.number": 1, "ix.at": 1},
        )
        return tuple(AnswerAddress(number=d["ix"]["number"], at=d["ix"]["at"]) for d in found)

    async def one(self, tenant: str, ref: str) -> ClarificationView:
        """By number or id."""
        number = number_asked(ref) or {"ix.number": ref.upper()}
        found = await self._store.find_clarifications(tenant, number, limit=1)
        if not found:
            found = await self._store.find_clarifications(tenant, {"_id": f"{tenant}/{ref}"}, limit=1)
        if not found:
            raise NotFound("clarification")
        one, latest = found[0], found[0].latest
        return ClarificationView(
            id=one.clarification_id,
            case_id=one.case_id,
            number=one.number,
            version=latest.version,
            state=one.state,
            claim=latest.claim,
            verdict=latest.verdict,
            fact=latest.fact,
            explanation=latest.explanation,
            references=latest.references,
            versions=tuple(
                VersionView(version=v.version, verdict=v.verdict, fact=v.fact, at=v.at, change_note=v.change_note)
                for v in one.versions
            ),
            author=latest.author,
            approvers=latest.approvers,
            demand=one.demand,
            area=one.area,
            topic=one.topic,
            published_at=one.published_at,
            retraction=one.retraction,
        )

    async def match(self, tenant: str, text: str, answer: Answer | ClaimFound, *, most: int = OFFERED) -> MatchView:
        """Published answers among what the matcher found, with what differs from the text."""
        cases = [c for c in answer.candidates if c.clarification_id is not None]
        found = await self._store.find_clarifications(
            tenant, {"ix.case": {"$in": [c.case_id for c in cases]}, "ix.state": "published"}, limit=10
        )
        return match_view(text, answer, {c.case_id: c for c in found}, most=most)


def card(clarification: Clarification) -> ClarificationCard:
    latest = clarification.latest
    return ClarificationCard(
        id=clarification.clarification_id,
        case_id=clarification.case_id,
        number=clarification.number,
        version=latest.version,
        claim=latest.claim,
        verdict=latest.verdict,
        fact=latest.fact,
        published_at=clarification.published_at,
        corrected_at=latest.at if latest.version > 1 else None,
        demand=clarification.demand,
        area=clarification.area,
        topic=clarification.topic,
        state=clarification.state,
        change_note=clarification.retraction or latest.change_note,
    )


def match_view(
    text: str, answer: Answer | ClaimFound, published: Mapping[str, Clarification], *, most: int = OFFERED
) -> MatchView:
    """What the matcher found, as far as it is published; the outcome is about the first answer shown."""
    answers = tuple(
        MatchAnswer(
            card=card(published[c.case_id]),
            score=c.score,
            differences=difference_rows(text, published[c.case_id].latest.claim),
            reasons=measured(c),
        )
        for c in answer.candidates
        if c.clarification_id is not None and c.case_id in published
    )[:most]
    if not answers:
        return MatchView(outcome=MatchOutcome.NONE)
    # The matcher's decision is about its first candidate, which may be an open case.
    is_first = answers[0].card.case_id == answer.candidates[0].case_id
    return MatchView(outcome=answer.decision if is_first else MatchOutcome.SUGGEST, answers=answers)


def difference_rows(theirs: str, ours: str) -> tuple[Difference, ...]:
    return tuple(
        Difference(what=d.what, theirs=d.theirs or "", ours=d.ours or "", same=d.same)
        for d in differences(theirs, ours)
    )
