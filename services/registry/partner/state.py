"""What a partner is to the registry, and what every part of its rules asks of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from libs.contracts.registry.merging import MergeStage, Taken, TakenAccount
from libs.contracts.registry.partner import ContactPoint, SocialAccount
from libs.contracts.registry.profile import PartnerPapers, Profile
from libs.contracts.registry.term import Term
from libs.contracts.registry.verification import VisitDetails
from libs.contracts.reports.parts import Part
from libs.contracts.words import AccountState, PartnerState, Role
from libs.runtime.aggregates import Context, State
from libs.runtime.errors import NotFound
from services.registry.permissions import has_role

ENDED = frozenset({PartnerState.REJECTED, PartnerState.WITHDRAWN, PartnerState.TERMINATED, PartnerState.MERGED})
LANGUAGES = frozenset({"id", "en"})


class Tick(Part):
    """One paper, as an officer found it."""

    present: bool
    by: str
    at: datetime


class Visit(Part):
    visited_on: str
    by: str
    at: datetime


class Review(Part):
    """Where its verification stands.

    Attributes:
        since: when it came to the state that it has.
        due_at: until when the office has to decide; None while nobody has taken it.
        proposed_by: the first of two officers who must find everything right.
        appealed: there is one appeal.
    """

    since: datetime | None = None
    due_at: datetime | None = None
    taken_by: str = ""
    ticks: Mapping[str, Tick] = {}
    visits: tuple[Visit, ...] = ()
    proposed_by: str = ""
    rejected_by: str = ""
    rejected_at: datetime | None = None
    appealed: bool = False

    @property
    def right(self) -> frozenset[str]:
        return frozenset(paper for paper, tick in self.ticks.items() if tick.present)

    @property
    def wrong(self) -> frozenset[str]:
        return frozenset(self.ticks) - self.right


class Partner(State):
    """
    Attributes:
        consented_at: None: written down by an officer, it has not agreed yet.
        papers: as last described; None for one that registered before there were any.
        paper_notes: paper -> what an officer noted of it.
        visit_details: of the visits of its review, in their order.
        appeal: what it says against its rejection.
        merging: its own merge, under way, done or undone.
        absorbed: id of one that was merged into this -> which of its merges it was; `taken` and `taken_accounts` are
            what came with it.
        apart: ids of those that look like this one and are none.
        terms: those that are over or were renewed, oldest first.
        told_until, told_days: of which term it was told, and how many days before its end, that it ends.
    """

    private: ClassVar[frozenset[str]] = frozenset(
        {"name", "contacts", "papers", "paper_notes", "visit_details", "appeal", "taken"}
    )

    kind: str
    state: str
    area: str
    run_by_office: bool
    language: str
    accounts: tuple[SocialAccount, ...]
    consented_at: datetime | None
    registered_at: datetime
    profile: Profile = Profile()
    name: str = ""
    contacts: tuple[ContactPoint, ...] = ()
    papers: PartnerPapers | None = None
    review: Review = Review()
    paper_notes: Mapping[str, str] = {}
    visit_details: tuple[VisitDetails, ...] = ()
    appeal: str = ""
    merging: MergeStage | None = None
    absorbed: Mapping[str, int] = {}
    taken_accounts: Mapping[str, tuple[TakenAccount, ...]] = {}
    taken: Mapping[str, Taken] = {}
    apart: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    told_until: str = ""
    told_days: int = 0

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(contact.channel for contact in self.contacts))

    @property
    def areas(self) -> tuple[str, ...]:
        """Its own first."""
        return (self.area, *self.profile.further_areas)

    def account(self, identity_key: str) -> SocialAccount:
        """Raises:
        NotFound: the partner has named no such account.
        """
        for account in self.accounts:
            if account.identity_key == identity_key:
                return account
        raise NotFound("identity_key")


def is_themself(partner_id: str, context: Context) -> bool:
    return context.actor is not None and has_role(context, Role.PARTNER) and context.actor.id == partner_id


def with_account(state: Partner, identity_key: str, now: AccountState) -> Partner:
    accounts = tuple(
        account.model_copy(update={"state": now}) if account.identity_key == identity_key else account
        for account in state.accounts
    )
    return state.model_copy(update={"accounts": accounts})
