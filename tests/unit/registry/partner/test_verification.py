"""A partner on its way to be active."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command
from libs.contracts.registry.partner import PartnerStateChanged, SetPartnerState, SettleAccount
from libs.contracts.registry.verification import (
    AppealText,
    CheckPaper,
    PaperChecked,
    PaperNote,
    PartnerVisited,
    RejectionAppealed,
    ResubmitPartner,
    VisitDetails,
    papers_of,
)
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry.partner.profile import PlacedEntry
from services.registry.partner.rules import decide, evolve
from services.registry.partner.state import Partner
from services.registry.partner.verification import (
    OfficeRules,
    RuledAppeal,
    RuledConsent,
    RuledDecision,
    RuledSettlement,
    RuledTake,
    RuledVisit,
)
from tests.unit.registry.builders import NOW, VERIFIER, context, partner_identity, register_partner
from tests.unit.registry.partner.test_profile import PAPERS

SECOND = Actor("o-second", ("verifier",))
EDITOR = Actor("o-editor", ("editor",))
HERSELF = Actor("p-1", ("partner",))
RULES = OfficeRules(timezone="Asia/Jakarta", review_days=5, two_persons=False, holidays=())
TWO = RULES.model_copy(update={"two_persons": True})
DETAILS = VisitDetails(place="Balai RW 04 Kecapi", person="Siti Aminah", note="Papan nama terpasang.")


def after(state: Partner | None, command: Command, given: Context) -> Partner:
    for event in decide(state, command, given):
        state = evolve(state, event)
    assert state is not None
    return state


def at(moment: datetime, by: Actor = VERIFIER, **more: Any) -> Context:
    return context(by, **more)._replace(at=moment)


def submitted(kind: str = "community_group") -> Partner:
    return after(None, register_partner(kind=kind), context(private=partner_identity()))


def taken(kind: str = "community_group", rules: OfficeRules = RULES) -> Partner:
    return after(submitted(kind), RuledTake(partner_id="p-1", rules=rules), context(VERIFIER))


def ticked(state: Partner, *missing: str, by: Actor = VERIFIER) -> Partner:
    for paper in papers_of(state.kind):
        lacks = paper in missing
        command = CheckPaper(partner_id="p-1", paper=paper, present=not lacks)
        state = after(state, command, context(by, private=PaperNote(note="Belum bertanda tangan.") if lacks else None))
    return state


def decided(
    state: Partner, outcome: str, reason: str = "", by: Actor = VERIFIER, rules: OfficeRules = RULES
) -> Partner:
    command = RuledDecision(partner_id="p-1", outcome=outcome, reason=reason, rules=rules)
    return after(state, command, context(by))


def visited(state: Partner) -> Partner:
    command = RuledVisit(partner_id="p-1", visited_on="2026-03-01", rules=RULES)
    return after(state, command, context(VERIFIER, private=DETAILS))


def rejected() -> Partner:
    return decided(taken(), "reject", "SK bukan milik kelompok ini.")


def appealed(days: int = 3) -> Partner:
    command = RuledAppeal(partner_id="p-1", rules=RULES)
    return after(rejected(), command, at(NOW + timedelta(days=days), private=AppealText(text="SK yang benar ada.")))


def test_who_takes_it_starts_the_clock_of_working_days() -> None:
    partner = taken()

    assert (partner.state, partner.review.taken_by) == ("administrative_review", VERIFIER.id)
    # Monday 2 March, five working days: until the end of Monday the 9th in Cirebon.
    assert partner.review.due_at == datetime(2026, 3, 9, 17, 0, tzinfo=UTC)


def test_a_holiday_of_the_office_does_not_count() -> None:
    partner = taken(rules=RULES.model_copy(update={"holidays": ("2026-03-04",)}))

    assert partner.review.due_at == datetime(2026, 3, 10, 17, 0, tzinfo=UTC)


def test_one_is_taken_once() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        after(taken(), RuledTake(partner_id="p-1", rules=RULES), context(SECOND))


def test_a_group_is_visited_before_it_is_active() -> None:
    partner = decided(ticked(taken()), "pass")
    assert partner.state == "factual_review"

    with pytest.raises(Refused, match="visited_on"):
        decided(partner, "pass", "Akun dilihat di ponsel ketua.")
    partner = visited(partner)
    with pytest.raises(Refused, match="reason"):
        decided(partner, "pass")

    assert decided(partner, "pass", "Akun dilihat di ponsel ketua.").state == "active"


def test_with_a_verified_account_nothing_has_to_be_said() -> None:
    partner = visited(decided(ticked(taken()), "pass"))
    key = partner.accounts[0].identity_key
    partner = after(partner, SettleAccount(partner_id="p-1", identity_key=key, granted=True), context())

    assert decided(partner, "pass").state == "active"


@pytest.mark.parametrize("kind", ["activist", "influencer", "creator", "government_account"])
def test_other_kinds_are_active_when_their_papers_are_right(kind: str) -> None:
    assert decided(ticked(taken(kind)), "pass").state == "active"


def test_one_paper_that_nobody_has_seen_holds_it_up() -> None:
    partner = after(taken(), CheckPaper(partner_id="p-1", paper="identity", present=True), context(VERIFIER))

    with pytest.raises(Refused, match="paper"):
        decided(partner, "pass")


def test_what_is_to_be_mended_is_named_and_what_was_right_stays() -> None:
    partner = ticked(taken(), "decree")
    (event,) = decide(partner, RuledDecision(partner_id="p-1", outcome="revise", rules=RULES), context(VERIFIER))
    assert isinstance(event, PartnerStateChanged)
    assert (event.state, event.papers) == ("needs_revision", ("decree",))

    again = after(evolve(partner, event), ResubmitPartner(partner_id="p-1"), context(HERSELF))

    assert again.state == "submitted"
    assert again.review.right == set(papers_of("community_group")) - {"decree"}
    assert again.paper_notes["decree"] == "Belum bertanda tangan."


def test_nothing_is_sent_back_without_a_paper_that_is_missing() -> None:
    with pytest.raises(Refused, match="paper"):
        decided(ticked(taken()), "revise")


def test_what_is_missing_is_said() -> None:
    with pytest.raises(Refused, match="note"):
        after(taken(), CheckPaper(partner_id="p-1", paper="decree", present=False), context(VERIFIER))


def test_a_paper_of_another_kind_is_not_asked() -> None:
    with pytest.raises(Refused, match="paper"):
        after(taken("activist"), CheckPaper(partner_id="p-1", paper="decree", present=True), context(VERIFIER))


def test_a_visit_is_not_yet_to_come() -> None:
    partner = decided(ticked(taken()), "pass")

    with pytest.raises(Refused, match="visited_on"):
        after(
            partner,
            RuledVisit(partner_id="p-1", visited_on="2026-03-03", rules=RULES),
            context(VERIFIER, private=DETAILS),
        )


def test_where_the_office_says_so_two_officers_find_everything_right() -> None:
    partner = decided(ticked(taken("activist")), "pass", rules=TWO)
    assert (partner.state, partner.review.proposed_by) == ("administrative_review", VERIFIER.id)

    with pytest.raises(Refused, match="self_approval"):
        decided(partner, "pass", rules=TWO)

    assert decided(partner, "pass", by=SECOND, rules=TWO).state == "active"


def test_a_rejection_says_why() -> None:
    with pytest.raises(Refused, match="reason"):
        decided(taken(), "reject", " ")


def test_somebody_else_settles_an_appeal() -> None:
    settle = RuledSettlement(partner_id="p-1", granted=True, reason="SK asli ditunjukkan.", rules=RULES)

    with pytest.raises(Refused, match="self_approval"):
        after(appealed(), settle, context(VERIFIER))

    partner = after(appealed(), settle, context(SECOND))
    assert (partner.state, partner.review.taken_by) == ("administrative_review", SECOND.id)


def test_an_appeal_is_lost_once_and_for_all() -> None:
    lost = after(
        appealed(), RuledSettlement(partner_id="p-1", granted=False, reason="Tetap.", rules=RULES), context(SECOND)
    )
    assert lost.state == "rejected"

    with pytest.raises(Refused, match="state_conflict"):
        after(lost, RuledAppeal(partner_id="p-1", rules=RULES), context(HERSELF, private=AppealText(text="Lagi.")))


def test_after_a_fortnight_a_rejection_stands() -> None:
    assert appealed(14).state == "appealed"
    with pytest.raises(Refused, match="state_conflict"):
        appealed(15)


def test_a_draft_goes_on_when_its_consent_lies_on_paper() -> None:
    draft = after(
        None,
        PlacedEntry(partner_id="p-1", kind="activist", area="32.74", region="32.74"),
        context(VERIFIER, private=PAPERS),
    )

    partner = after(draft, RuledConsent(partner_id="p-1", signed_on="2026-03-02", rules=RULES), context(VERIFIER))

    assert (partner.state, partner.consented_at) == ("submitted", NOW)


@pytest.mark.parametrize(
    "command",
    [
        RuledTake(partner_id="p-1", rules=RULES),
        CheckPaper(partner_id="p-1", paper="identity", present=True),
        RuledDecision(partner_id="p-1", outcome="pass", rules=RULES),
        RuledSettlement(partner_id="p-1", granted=True, reason="x", rules=RULES),
    ],
)
@pytest.mark.parametrize("who", [EDITOR, HERSELF])
def test_verifying_is_for_verifiers(command: Command, who: Actor) -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(taken(), command, context(who))


def test_a_suspended_partner_is_let_go_with_a_reason() -> None:
    active = after(None, register_partner(active=True), context(VERIFIER, private=partner_identity()))
    for to in ("suspended", "terminated"):
        active = after(active, SetPartnerState(partner_id="p-1", state=to, reason="Melanggar."), context(VERIFIER))

    assert active.state == "terminated"


def test_notes_visits_and_appeals_are_under_seal() -> None:
    assert {"paper_notes", "visit_details", "appeal"} <= Partner.private
    assert PaperChecked.private == {"note"}
    assert PartnerVisited.private == {"details"}
    assert RejectionAppealed.private == {"text"}
