"""Reports that came with one picture: found by near hashes, believed by the pixels.

A hash lies sealed in its report, and of the pixels a fingerprint in the evidence store, under the report's key. What
can be asked for in the database are marks: parts of the hash under a key of ours, which say nothing by themselves.
Without the report's key there is nothing left to compare with.
"""

import asyncio
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from libs.contracts.reports.parts import Candidate, Why
from libs.contracts.reports.report import Placement
from libs.contracts.words import CaseState, MatchOutcome
from libs.kit.claims import read
from libs.kit.pictures import NEAR, Fingerprint, bands, distance, is_same
from libs.kit.stems import Stems
from libs.runtime.aggregates import ERASED
from libs.runtime.blobs import Blobs
from libs.runtime.errors import NotFound
from libs.runtime.mongo import key
from services.reports.case.state import ENDED, Case
from services.reports.matching.teaching import teaches
from services.reports.report.rules import Picture, Report
from services.reports.store import Store, picture_name

MARK = 10
"""Hex digits of a mark: what falls together by chance is told apart by the hashes."""
MOST_FOUND = 50
"""Reports with marks in common, those first that have most: chats of one app have some, copies have half or more."""
MOST_COMPARED = 5
_STEMS = Stems()


def marks(secret: bytes, tenant: str, hash: str) -> tuple[str, ...]:
    """Of two near hashes of one office, at least one is equal."""
    return tuple(hmac.digest(secret, f"{tenant}|{band}".encode(), "sha256").hex()[:MARK] for band in bands(hash))


def fingerprint_name(picture_name: str) -> str:
    return f"{picture_name}.pixels"


@dataclass(frozen=True, slots=True)
class SamePicture:
    """A case to which another report brought the same picture.

    Attributes:
        is_all: every picture of the report is one of the other's.
        is_alone: nothing but pictures said what the other was about.
    """

    case_id: str
    clarification_id: str | None
    is_all: bool
    is_alone: bool

    def placement(self, report: Report) -> Placement:
        """Into the case if nothing but the pictures says what the two are about; else it is proposed. A picture can
        be the proof that a claim is wrong, or stand beside one that it does not make."""
        if self.is_all and self.is_alone and not says_something(report.text):
            return Placement(outcome=MatchOutcome.MATCH, case_id=self.case_id, clarification_id=self.clarification_id)
        kind = "clarification" if self.clarification_id else "case"
        candidate = Candidate(
            id=self.clarification_id or self.case_id,
            kind=kind,
            case_id=self.case_id,
            score=1.0,
            reasons=(Why(code="same_picture"),),
        )
        return Placement(outcome=MatchOutcome.SUGGEST, candidates=(candidate,))


def says_something(text: str) -> bool:
    """Whether what somebody typed beside a picture claims anything: "apakah ini betul?" does not."""
    return bool(text) and text != ERASED and read(text, _STEMS).has_claim()


class Pictures:
    """
    Args:
        keys: for marks; the first makes new ones, the others find what was marked before it was turned.
    """

    def __init__(self, store: Store, blobs: Blobs, keys: Sequence[bytes]) -> None:
        self._store = store
        self._blobs = blobs
        self._keys = keys

    def marks(self, tenant: str, hash: str) -> tuple[str, ...]:
        return marks(self._keys[0], tenant, hash)

    async def same(self, tenant: str, report: Report, just_placed: Iterable[Report] = ()) -> SamePicture | None:
        """The case that the newest other report with one of its pictures was brought to.

        Args:
            just_placed: reports whose place may not be stored yet.
        """
        if not report.pictures:
            return None
        hashes = [picture.hash for picture in report.pictures]
        wanted = {mark for hash in hashes for secret in self._keys for mark in marks(secret, tenant, hash)}
        stored = await self._store.reports_with_pictures(tenant, sorted(wanted), most=MOST_FOUND)
        known = {other.report_id: other for other in stored}
        fresh = [other for other in just_placed if other.report_id not in known and _are_near(report, other)]
        known |= await self._as_they_are(tenant, fresh)
        known.pop(report.report_id, None)
        near = [other for other in known.values() if _are_near(report, other) and teaches(other, is_published=True)]
        cases = await self._store.cases_of(tenant, {other.case_id for other in near if other.case_id is not None})
        compared = 0
        for other in sorted(near, key=lambda other: other.received_at, reverse=True):
            case = cases.get(other.case_id or "")
            if other.case_id is None or not _may_lead(report, other.case_id, case):
                continue
            compared += 1
            if compared > MOST_COMPARED:
                break
            same = [await self._has(tenant, other, report, picture) for picture in report.pictures]
            if any(same):
                clarification = case.clarification_id if case is not None else None
                alone = not says_something(other.text)
                return SamePicture(other.case_id, clarification, is_all=all(same), is_alone=alone)
        return None

    async def _as_they_are(self, tenant: str, placed: Sequence[Report]) -> dict[str, Report]:
        """Reports that were placed a moment ago as they are stored, with that place where none is stored yet."""
        if not placed:
            return {}
        stored = await self._store.reports([key(tenant, report.report_id) for report in placed])
        found = {}
        for report in placed:
            now = stored.get(key(tenant, report.report_id))
            if now is not None:
                place = {"case_id": report.case_id, "outcome": report.outcome}
                found[report.report_id] = now if now.case_id is not None else now.model_copy(update=place)
        return found

    async def _has(self, tenant: str, other: Report, report: Report, picture: Picture) -> bool:
        for theirs in other.pictures:
            if distance(picture.hash, theirs.hash) > NEAR:
                continue
            one = await self._fingerprint(tenant, report, picture)
            two = await self._fingerprint(tenant, other, theirs)
            if one is not None and two is not None and await asyncio.to_thread(is_same, one, two):
                return True
        return False

    async def _fingerprint(self, tenant: str, report: Report, picture: Picture) -> Fingerprint | None:
        cipher = await self._store.cipher(tenant, report.report_id)
        if cipher is None:
            return None
        name = fingerprint_name(picture_name(tenant, report.report_id, picture.blob_id))
        try:
            return Fingerprint.unpacked(await self._blobs.get(name, cipher=cipher))
        except NotFound:
            return None


def _are_near(one: Report, other: Report) -> bool:
    return any(distance(a.hash, b.hash) <= NEAR for a in one.pictures for b in other.pictures)


def _may_lead(report: Report, case_id: str, case: Case | None) -> bool:
    """Not where the reporter said no, nor to a case closed without an answer; one that rests after its answer still
    answers. A case that is being opened is not stored yet."""
    if case_id in (*report.refused, report.case_id):
        return False
    return (
        case is None
        or case.state not in ENDED
        or (case.state == CaseState.CLOSED and case.clarification_id is not None)
    )
