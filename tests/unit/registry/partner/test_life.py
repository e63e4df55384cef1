"""The whole life of a partner: whatever officers, the partner and time do, in whatever order."""

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.partner import PartnerStateChanged, SetPartnerState
from libs.contracts.registry.profile import Profile
from libs.contracts.registry.term import AdvanceTerm, RenewTerm
from libs.contracts.registry.verification import (
    VISITED,
    AppealText,
    CheckPaper,
    Outcome,
    Paper,
    PaperNote,
    ResubmitPartner,
    VisitDetails,
    papers_of,
)
from libs.contracts.words import PartnerKind, PartnerState
from libs.runtime.errors import Refused
from services.registry.partner.profile import PlacedEntry
from services.registry.partner.rules import decide, evolve
from services.registry.partner.state import ENDED, Partner
from services.registry.partner.verification import (
    OfficeRules,
    RuledAppeal,
    RuledConsent,
    RuledDecision,
    RuledSettlement,
    RuledTake,
    RuledVisit,
)
from tests.unit.registry.builders import NOW, context
from tests.unit.registry.partner.test_profile import PAPERS

OFFICERS = (Actor("o-1", ("verifier",)), Actor("o-2", ("tenant_admin",)))
HERSELF = Actor("p-1", ("partner",))
BY = st.sampled_from((*OFFICERS, HERSELF, Actor("o-3", ("editor",)), None))
S = PartnerState
WAYS = {
    S.DRAFT: {S.SUBMITTED, S.WITHDRAWN},
    S.SUBMITTED: {S.ADMINISTRATIVE_REVIEW, S.REJECTED, S.WITHDRAWN},
    S.ADMINISTRATIVE_REVIEW: {S.NEEDS_REVISION, S.FACTUAL_REVIEW, S.ACTIVE, S.REJECTED, S.WITHDRAWN},
    S.NEEDS_REVISION: {S.SUBMITTED, S.WITHDRAWN},
    S.FACTUAL_REVIEW: {S.NEEDS_REVISION, S.ACTIVE, S.REJECTED, S.WITHDRAWN},
    S.ACTIVE: {S.EXPIRED, S.SUSPENDED, S.WITHDRAWN},
    S.EXPIRED: {S.ACTIVE, S.WITHDRAWN},
    S.SUSPENDED: {S.ACTIVE, S.TERMINATED, S.WITHDRAWN},
    S.REJECTED: {S.APPEALED},
    S.APPEALED: {S.ADMINISTRATIVE_REVIEW, S.REJECTED, S.WITHDRAWN},
}
"""Every way there is, written down apart from the rules."""


class Life(RuleBasedStateMachine):
    state: Partner

    @initialize(kind=st.sampled_from(PartnerKind), agreed=st.booleans(), two=st.booleans())
    def written_down(self, kind: str, agreed: bool, two: bool) -> None:
        self.now = NOW
        self.office = OfficeRules(timezone="Asia/Jakarta", review_days=5, two_persons=two, holidays=())
        until = (NOW + timedelta(days=90)).date().isoformat()
        command = PlacedEntry(
            partner_id="p-1", kind=kind, area="32.74", region="32.74", agreed=agreed, profile=Profile(term_until=until)
        )
        self.ended: str | None = None
        self.appeals = 0
        first: Partner | None = None
        for event in decide(None, command, context(OFFICERS[0], private=PAPERS)):
            first = evolve(first, event)
        assert first is not None
        self.state = first

    def want(self, command: Command, by: Actor | None, private: Sealable | None = None) -> None:
        before = self.state
        try:
            events = list(decide(before, command, context(by, private=private)._replace(at=self.now)))
        except Refused:
            return
        for event in events:
            if isinstance(event, PartnerStateChanged):
                assert event.previous == self.state.state
                assert event.state in WAYS[S(event.previous)], f"{event.previous} → {event.state}"
                if event.state == S.ACTIVE:
                    self._may_be_active(before, by)
                if event.previous == S.APPEALED and event.state != S.WITHDRAWN:
                    assert by is not None
                    assert by.id != before.review.rejected_by
                self.appeals += event.state == S.APPEALED
                self.ended = event.state if event.state in ENDED - {S.REJECTED} else None
            self.state = evolve(self.state, event)

    def _may_be_active(self, before: Partner, by: Actor | None) -> None:
        assert by in OFFICERS
        assert before.consented_at is not None
        assert before.review.right >= set(papers_of(before.kind))
        if before.kind in VISITED:
            assert before.review.visits
        if self.office.two_persons and before.state in (S.ADMINISTRATIVE_REVIEW, S.FACTUAL_REVIEW):
            assert before.review.proposed_by not in ("", by.id if by else "")

    @rule(by=BY)
    def consent(self, by: Actor | None) -> None:
        day = self.now.date().isoformat()
        self.want(RuledConsent(partner_id="p-1", signed_on=day, rules=self.office), by)

    @rule(by=BY)
    def take(self, by: Actor | None) -> None:
        self.want(RuledTake(partner_id="p-1", rules=self.office), by)

    @rule(by=BY, paper=st.sampled_from(Paper), present=st.booleans())
    def check(self, by: Actor | None, paper: str, present: bool) -> None:
        self.want(CheckPaper(partner_id="p-1", paper=paper, present=present), by, PaperNote(note="Kurang."))

    @rule(by=st.sampled_from(OFFICERS))
    def check_all(self, by: Actor) -> None:
        for paper in papers_of(self.state.kind):
            self.want(CheckPaper(partner_id="p-1", paper=paper, present=True), by)

    @rule(by=BY)
    def visit(self, by: Actor | None) -> None:
        day = self.now.date().isoformat()
        self.want(RuledVisit(partner_id="p-1", visited_on=day, rules=self.office), by, VisitDetails(place="Balai"))

    @rule(by=BY, outcome=st.sampled_from(Outcome), reason=st.sampled_from(("", "Sebab.")))
    def decision(self, by: Actor | None, outcome: str, reason: str) -> None:
        self.want(RuledDecision(partner_id="p-1", outcome=outcome, reason=reason, rules=self.office), by)

    @rule(by=BY)
    def resubmit(self, by: Actor | None) -> None:
        self.want(ResubmitPartner(partner_id="p-1"), by)

    @rule(by=BY)
    def appeal(self, by: Actor | None) -> None:
        self.want(RuledAppeal(partner_id="p-1", rules=self.office), by, AppealText(text="Keliru."))

    @rule(by=BY, granted=st.booleans())
    def settle(self, by: Actor | None, granted: bool) -> None:
        self.want(RuledSettlement(partner_id="p-1", granted=granted, reason="Sebab.", rules=self.office), by)

    @rule(by=BY, to=st.sampled_from(PartnerState))
    def set_state(self, by: Actor | None, to: str) -> None:
        self.want(SetPartnerState(partner_id="p-1", state=to, reason="Sebab."), by)

    @rule(by=BY, days=st.integers(-10, 200))
    def renew(self, by: Actor | None, days: int) -> None:
        today = self.now.date()
        until = (today + timedelta(days=days)).isoformat()
        command = RenewTerm(partner_id="p-1", decree_number="1", term_from=today.isoformat(), term_until=until)
        self.want(command, by)

    @rule(days=st.integers(1, 45))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)
        for _ in range(4):
            self.want(AdvanceTerm(partner_id="p-1"), None)

    @invariant()
    def what_has_ended_stays_so(self) -> None:
        if self.ended is not None:
            assert self.state.state == self.ended

    @invariant()
    def one_appeal_at_most(self) -> None:
        assert self.appeals <= 1

    @precondition(lambda self: self.state.state == PartnerState.ACTIVE)
    @rule()
    def nobody_is_active_after_the_last_day(self) -> None:
        self.want(AdvanceTerm(partner_id="p-1"), None)
        if self.state.state == S.ACTIVE:
            assert date.fromisoformat(self.state.profile.term_until) >= self.now.date()


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestLife = Life.TestCase
