"""How a partner is verified: its papers, then a visit where its kind needs one, within the office's clock."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from libs.contracts.fields import NO_NUL, Flag, Limit
from libs.contracts.messages import Command, Event, Sealable
from libs.contracts.registry.partner import Why
from libs.contracts.registry.profile import Day, Short
from libs.contracts.words import PartnerKind


class Paper(StrEnum):
    """What a verifier looks at."""

    IDENTITY = "identity"
    CONTACT = "contact"
    ACCOUNTS = "accounts"
    DECREE = "decree"
    BOARD = "board"
    MEMBERS = "members"
    LEGAL_ENTITY = "legal_entity"
    PRESS_STATUS = "press_status"
    EDITOR = "editor"
    AGENCY = "agency"


class Outcome(StrEnum):
    GO_ON = "pass"
    REVISE = "revise"
    REJECT = "reject"


_ALL = (Paper.IDENTITY, Paper.CONTACT, Paper.ACCOUNTS)
PAPERS: Mapping[str, tuple[Paper, ...]] = {
    PartnerKind.COMMUNITY_GROUP: (*_ALL, Paper.DECREE, Paper.BOARD, Paper.MEMBERS),
    PartnerKind.MEDIA_OUTLET: (*_ALL, Paper.LEGAL_ENTITY, Paper.PRESS_STATUS, Paper.EDITOR),
    PartnerKind.GOVERNMENT_ACCOUNT: (*_ALL, Paper.DECREE, Paper.AGENCY),
}
VISITED = frozenset({PartnerKind.COMMUNITY_GROUP, PartnerKind.MEDIA_OUTLET})
"""Kinds that somebody goes to see, or calls, before they are active."""


def papers_of(kind: str) -> tuple[Paper, ...]:
    return PAPERS.get(kind, _ALL)


class RecordConsent(Command, name="registry.record-consent.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """A partner whom an officer wrote down has agreed on paper: from now on it is to be verified."""

    partner_id: str
    signed_on: Day


class PartnerConsented(Event, name="registry.partner-consented.v1", of="partner"):
    partner_id: str
    signed_on: str
    at: datetime


class TakeVerification(
    Command, name="registry.take-verification.v1", of="partner", to="partner_id", keyed_by_tenant=True
):
    """An officer begins; the clock of the office runs."""

    partner_id: str


class PaperNote(Sealable):
    note: Annotated[str, Limit(longest=300, pattern=NO_NUL)] = ""


class CheckPaper(
    Command,
    name="registry.check-paper.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=PaperNote,
):
    partner_id: str
    paper: Annotated[str, Limit(words=Paper)]
    present: Flag
    """False: missing or wrong; the note says what."""


class PaperChecked(Event, name="registry.paper-checked.v1", of="partner", private={"note"}):
    partner_id: str
    paper: str
    present: bool
    by: str
    at: datetime
    note: str = ""


class VisitDetails(Sealable):
    place: Short
    person: Short = ""
    """Who was met or called."""
    note: Annotated[str, Limit(longest=1_000, pattern=NO_NUL)] = ""


class RecordVisit(
    Command,
    name="registry.record-visit.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=VisitDetails,
):
    partner_id: str
    visited_on: Day


class PartnerVisited(Event, name="registry.partner-visited.v1", of="partner", private={"details"}):
    partner_id: str
    visited_on: str
    by: str
    at: datetime
    details: VisitDetails | None = None


class DecideVerification(
    Command, name="registry.decide-verification.v1", of="partner", to="partner_id", keyed_by_tenant=True
):
    partner_id: str
    outcome: Annotated[str, Limit(words=Outcome)]
    reason: Why = ""
    """Must be said where it is rejected, and where none of its accounts is verified."""


class ActivationProposed(Event, name="registry.activation-proposed.v1", of="partner"):
    """One officer has found everything right, in an office where two must."""

    partner_id: str
    by: str
    at: datetime
    reason: str = ""


class ResubmitPartner(
    Command, name="registry.resubmit-partner.v1", of="partner", to="partner_id", keyed_by_tenant=True
):
    """What was missing is there now; what was found right stays so."""

    partner_id: str


class AppealText(Sealable):
    text: Annotated[str, Limit(shortest=1, longest=1_000, pattern=NO_NUL, visible=True)]


class AppealRejection(
    Command,
    name="registry.appeal-rejection.v1",
    of="partner",
    to="partner_id",
    keyed_by_tenant=True,
    private=AppealText,
):
    partner_id: str


class RejectionAppealed(Event, name="registry.rejection-appealed.v1", of="partner", private={"text"}):
    partner_id: str
    at: datetime
    text: str = ""


class SettleAppeal(Command, name="registry.settle-appeal.v1", of="partner", to="partner_id", keyed_by_tenant=True):
    """By somebody else than who rejected it."""

    partner_id: str
    granted: Flag
    reason: Why
