"""The verification of a partner, on its page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from libs.contracts.registry.reads import PartnerView
from libs.contracts.registry.verification import VISITED
from libs.contracts.words import PartnerState
from services.gateway.console.partners.drawn import Drawn
from services.gateway.console.shift import Attempt
from services.gateway.console.verifying.views import VerificationPart
from services.gateway.console.verifying.wishes import CHECK, PAGE, WISHES
from services.gateway.console.views import Action, clock_state

OPEN: dict[str, tuple[str, ...]] = {
    PartnerState.DRAFT: ("consent", "withdraw"),
    PartnerState.SUBMITTED: ("take", "withdraw"),
    PartnerState.ADMINISTRATIVE_REVIEW: ("pass", "revise", "reject", "withdraw"),
    PartnerState.NEEDS_REVISION: ("resubmit", "withdraw"),
    PartnerState.FACTUAL_REVIEW: ("visit", "pass", "revise", "reject", "withdraw"),
    PartnerState.ACTIVE: ("term", "suspend", "withdraw"),
    PartnerState.EXPIRED: ("term", "withdraw"),
    PartnerState.SUSPENDED: ("reinstate", "terminate", "withdraw"),
    PartnerState.REJECTED: ("appeal",),
    PartnerState.APPEALED: ("grant", "deny", "withdraw"),
}
"""State -> the forms that are there, by the last word of their path."""
FORMS = frozenset(word for words in OPEN.values() for word in words) | {"paper"}
CHECKED = frozenset({PartnerState.ADMINISTRATIVE_REVIEW, PartnerState.FACTUAL_REVIEW})


async def verification(drawn: Drawn) -> VerificationPart | None:
    shift, partner, attempt = drawn.shift, drawn.partner, drawn.attempt
    review, me = partner.review, shift.officer.id
    wishes = [wish for wish in WISHES if wish is not CHECK]
    made = shift.buttons(wishes, PAGE, attempt=attempt, partner_id=partner.id)
    buttons = {word: made[word] for word in _open(partner)}
    button = CHECK.buttons[0]
    papers = {
        one.paper: shift.action(
            *button.at({"partner_id": partner.id, "paper": one.paper}).split("/"),
            attempt=attempt if attempt is not None and attempt.what == f"paper {one.paper}" else None,
        )
        for one in review.papers
        if partner.state in CHECKED
    }
    if not buttons and not papers and partner.state not in CHECKED:
        return None
    return VerificationPart(
        review=review,
        taken_by=drawn.frame.name(review.taken_by) if review.taken_by else "",
        proposed_by=drawn.frame.name(review.proposed_by) if review.proposed_by else "",
        clock=clock_state(review.due_at, now=drawn.frame.now) if review.due_at else None,
        buttons=_held(buttons, review.rejected_by == me, review.proposed_by == me),
        papers=papers,
        names=drawn.frame.names,
        errors=attempt.said.errors if attempt is not None else {},
        wrong=attempt.what if attempt is not None else "",
        can_pass=_can_pass(partner),
        missing=any(one.present is False for one in review.papers),
    )


def _open(partner: PartnerView) -> tuple[str, ...]:
    if partner.state == PartnerState.REJECTED:
        until = partner.review.appeal_until
        return ("appeal",) if until is not None and datetime.now(until.tzinfo) <= until else ()
    return OPEN.get(partner.state, ())


def _can_pass(partner: PartnerView) -> bool:
    right = partner.agreed and all(one.present for one in partner.review.papers)
    seen = bool(partner.review.visits) or partner.kind not in VISITED
    return right and (seen or partner.state == PartnerState.ADMINISTRATIVE_REVIEW)


def _held(buttons: Mapping[str, Action], rejected_it: bool, proposed_it: bool) -> Mapping[str, Action]:
    """Who rejected a partner does not decide on its appeal, and who proposed it is not the second one."""
    held = {**dict.fromkeys(("grant", "deny"), rejected_it), "pass": proposed_it}
    return {
        word: replace(action, why_not=action.why_not or "other_officer") if held.get(word) else action
        for word, action in buttons.items()
    }


def field_ids(attempt: Attempt) -> Mapping[str, str]:
    """Where the fields are that an attempt of one of its forms names: each form begins its ids with its own name."""
    form, _, of = attempt.what.partition(" ")
    if form not in FORMS:
        return {}
    begin = f"{form}-{of}" if of else form
    # What is wrong with all of it, not with a field, leads to the part.
    return {name: f"{begin}-{name}" if name in attempt.form else "verifikasi" for name in attempt.said.errors}
