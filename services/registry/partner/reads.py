"""Reads of partners, for officers and for the partner themself."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, cast

from libs.contracts.reads import Page
from libs.contracts.registry.reads import (
    OFFICER,
    AccountView,
    PaperView,
    PartnerChange,
    PartnerFound,
    PartnerPeople,
    PartnerRow,
    PartnerView,
    ReviewView,
    TermRow,
    TermView,
    VerificationRow,
    VisitView,
)
from libs.contracts.registry.term import Term
from libs.contracts.registry.verification import papers_of
from libs.contracts.words import Channel, PartnerState
from libs.runtime.cursors import Cursors
from libs.runtime.engine import Engine
from libs.runtime.mongo import Document, identity_of, key
from libs.runtime.sealing import SubjectKeys
from services.registry.addresses import Blinder, normalised
from services.registry.partner.finding import PartnerFilter, Words
from services.registry.partner.merging import UNDONE_WITHIN
from services.registry.partner.state import ENDED, Partner, Review, Tick
from services.registry.partner.verification import APPEAL_DAYS
from services.registry.store import WITHOUT_HISTORY, Found, Store

MOST_AT_ONE_ADDRESS = 20


class PartnerReads:
    def __init__(
        self, engine: Engine, keys: SubjectKeys, *, contacts: Blinder, spoken: Words, cursors: Cursors
    ) -> None:
        self._store: Store[Partner] = Store(engine, "partner", keys)
        self._pages = engine.pages["partner"]
        self._contacts = contacts
        self._spoken = spoken
        self._cursors = cursors

    async def one(self, tenant: str, partner: str, *, own: bool = False) -> PartnerView | None:
        """
        Args:
            own: for the partner itself.
        """
        found = await self._store.opened(await self._store.by_id(tenant, [partner]))
        if not found:
            return None
        view = _partner_view(found[0])
        return view.model_copy(update={"review": _review_as_told(view.review)}) if own else view

    async def views(self, tenant: str, partners: Sequence[str]) -> dict[str, PartnerView]:
        found = await self._store.opened(await self._store.by_id(tenant, partners))
        return {one.id: _partner_view(one) for one in found}

    async def history(self, tenant: str, partner: str, *, own: bool = False) -> Page[PartnerChange]:
        """Oldest first; what is under seal is named, never said.

        Args:
            own: for the partner itself.
        """
        changes = map(_change, await self._pages.history(tenant, partner))
        return Page[PartnerChange](items=tuple(_as_told(one, partner) if own else one for one in changes))

    async def by_id(self, tenant: str, ids: Sequence[str]) -> Page[PartnerRow]:
        found = await self._store.opened(await self._store.by_id(tenant, ids))
        return Page[PartnerRow](items=tuple(map(_partner_row, found)))

    async def page(self, tenant: str, wanted: PartnerFilter, *, cursor: str | None, limit: int) -> Page[PartnerRow]:
        """The first page says how many there are."""
        scope = f"{tenant}|partners|{wanted.scope}"
        where = dict(wanted.where(self._spoken))
        count = None if cursor else await self._store.collection.count(tenant, where)
        if cursor:
            where |= wanted.after(tenant, self._cursors.decode(scope, cursor))
        documents = await self._store.collection.find(
            tenant, where, sort=wanted.order, limit=limit + 1, fields=WITHOUT_HISTORY
        )
        shown = documents[:limit]
        more = len(documents) > limit
        next_ = self._cursors.encode(scope, wanted.position(shown[-1])) if more else None
        found = await self._store.opened(shown)
        return Page[PartnerRow](items=tuple(map(_partner_row, found)), next=next_, count=count)

    async def verifications(
        self, tenant: str, facets: Sequence[str], *, cursor: str | None, limit: int
    ) -> Page[VerificationRow]:
        """Those that wait for the office, first what is due first; what nobody has taken since longest before it."""
        scope = "|".join((tenant, "verifications", *facets))
        where: dict[str, Any] = {"ix.queue": {"$exists": True}}
        where |= {"ix.facets": {"$all": list(facets)}} if facets else {}
        count = None if cursor else await self._store.collection.count(tenant, where)
        if cursor:
            moment, partner = cast(tuple[int, str], tuple(self._cursors.decode(scope, cursor)))
            at = datetime.fromtimestamp(moment / 1000, UTC)
            later = [{"ix.queue": {"$gt": at}}, {"ix.queue": at, "_id": {"$gt": key(tenant, partner)}}]
            where["$or"] = later
        documents = await self._store.collection.find(
            tenant, where, sort=[("ix.queue", 1), ("_id", 1)], limit=limit + 1, fields=WITHOUT_HISTORY
        )
        shown = documents[:limit]
        next_ = None
        if len(documents) > limit:
            last = shown[-1]
            position = [int(last["ix"]["queue"].timestamp() * 1000), identity_of(last["_id"])]
            next_ = self._cursors.encode(scope, position)
        found = await self._store.opened(shown)
        return Page[VerificationRow](items=tuple(map(_verification_row, found)), next=next_, count=count)

    async def ending(self, tenant: str, until: str, *, limit: int) -> Page[TermRow]:
        """Those whose term ends by this day or has ended, first what ends first."""
        where = {"ix.until": {"$lte": until}}
        documents = await self._store.collection.find(
            tenant, where, sort=[("ix.until", 1), ("_id", 1)], limit=limit, fields=WITHOUT_HISTORY
        )
        count = await self._store.collection.count(tenant, where)
        found = await self._store.opened(documents)
        return Page[TermRow](items=tuple(map(_term_row, found)), count=count)

    async def at(self, tenant: str, address: str) -> PartnerFound | None:
        """The partner with this e-mail address, or rejected; of several the one that registered first."""
        documents = await self._store.collection.find(
            tenant,
            {"ix.contacts": {"$in": self._contacts(address), "$exists": True}},
            limit=MOST_AT_ONE_ADDRESS,
            fields=WITHOUT_HISTORY,
        )
        found = await self._store.opened(documents, at_least=f"{tenant}/nobody")
        present = (one for one in found if one.state.state not in ENDED - {PartnerState.REJECTED})
        for one in sorted(present, key=lambda one: (one.state.registered_at, one.id)):
            for contact in one.state.contacts:
                if contact.channel == Channel.EMAIL and normalised(contact.address) == normalised(address):
                    return PartnerFound(partner_id=one.id, address=contact.address, language=one.state.language)
        return None


def _partner_row(found: Found[Partner]) -> PartnerRow:
    state = found.state
    return PartnerRow(
        id=found.id,
        name=state.name,
        kind=state.kind,
        state=state.state,
        area=state.area,
        run_by_office=state.run_by_office,
        accounts=tuple(
            AccountView(
                platform=account.platform,
                handle=account.handle,
                url=account.url,
                state=account.state,
                identity_key=account.identity_key,
            )
            for account in state.accounts
        ),
        channels=state.channels,
        language=state.language,
        registered_at=state.registered_at,
    )


def _partner_view(found: Found[Partner]) -> PartnerView:
    state = found.state
    people = state.papers.model_dump(include=set(PartnerPeople.model_fields)) if state.papers is not None else {}
    return PartnerView(
        **_partner_row(found).model_dump(),
        profile=state.profile,
        people=PartnerPeople(**people),
        agreed=state.consented_at is not None,
        review=_review_view(state),
        **_merges(state),
        terms=tuple(map(_term_view, state.terms)),
    )


def _review_view(state: Partner) -> ReviewView:
    review = state.review
    return ReviewView(
        since=review.since,
        due_at=review.due_at,
        taken_by=review.taken_by,
        papers=tuple(
            _paper_view(paper, review.ticks.get(paper), state.paper_notes.get(paper, ""))
            for paper in papers_of(state.kind)
        ),
        visits=tuple(
            VisitView(visited_on=date.fromisoformat(visit.visited_on), by=visit.by, **details.model_dump())
            for visit, details in zip(review.visits, state.visit_details, strict=False)
        ),
        proposed_by=review.proposed_by,
        rejected_by=review.rejected_by,
        appeal=state.appeal,
        appeal_until=_appeal_until(state.state, review),
    )


def _paper_view(paper: str, tick: Tick | None, note: str) -> PaperView:
    if tick is None:
        return PaperView(paper=paper)
    return PaperView(paper=paper, present=tick.present, note=note, by=tick.by, at=tick.at)


def _appeal_until(state: str, review: Review) -> datetime | None:
    if state != PartnerState.REJECTED or review.appealed or review.rejected_at is None:
        return None
    return review.rejected_at + APPEAL_DAYS


def _term_view(term: Term) -> TermView:
    return TermView(
        decree_number=term.decree_number,
        decree_signer=term.decree_signer,
        term_from=date.fromisoformat(term.term_from) if term.term_from else None,
        term_until=date.fromisoformat(term.term_until) if term.term_until else None,
    )


def _term_row(found: Found[Partner]) -> TermRow:
    state = found.state
    return TermRow(
        id=found.id,
        name=state.name,
        kind=state.kind,
        state=state.state,
        area=state.area,
        until=date.fromisoformat(state.profile.term_until),
    )


def _verification_row(found: Found[Partner]) -> VerificationRow:
    state = found.state
    return VerificationRow(
        id=found.id,
        name=state.name,
        kind=state.kind,
        state=state.state,
        area=state.area,
        since=state.review.since or state.registered_at,
        due_at=state.review.due_at,
        taken_by=state.review.taken_by,
    )


def _merges(state: Partner) -> dict[str, Any]:
    merging = state.merging
    if merging is not None and not merging.leaving and state.state != PartnerState.MERGED:
        merging = None
    return {
        "merged_into": merging.into if merging is not None else "",
        "merged_at": merging.at if merging is not None else None,
        "undo_until": merging.at + UNDONE_WITHIN if merging is not None and merging.at is not None else None,
        "absorbed": tuple(state.absorbed),
        "apart": state.apart,
    }


_SAID = (
    "state", "previous", "kind", "area", "identity_key", "paper", "visited_on", "into", "absorbed", "other",
)  # fmt: skip


def _change(entry: Document) -> PartnerChange:
    data = entry.get("data", {})
    actor = entry.get("actor")
    return PartnerChange(
        at=entry["at"],
        what=entry["type"].split(".")[1],
        by=actor["id"] if actor else None,
        reason=data.get("reason") or "",
        changed=tuple(data.get("changed") or ()),
        details={name: str(data[name]) for name in _SAID if data.get(name)},
    )


_TOLD = frozenset({"partner-described", "partner-state-changed"})
"""What the partner is told the reason of."""


def _review_as_told(review: ReviewView) -> ReviewView:
    """Without what officers wrote for each other, and who they are."""
    papers = tuple(one.model_copy(update={"by": "", "note": "" if one.present else one.note}) for one in review.papers)
    hidden = {"taken_by": "", "proposed_by": "", "rejected_by": "", "visits": ()}
    return review.model_copy(update={**hidden, "papers": papers})


def _as_told(change: PartnerChange, partner: str) -> PartnerChange:
    by = change.by if change.by in (None, partner) else OFFICER
    return change.model_copy(update={"by": by, "reason": change.reason if change.what in _TOLD else ""})
