"""What may be wanted done on a partner's way to be active, and when it must stop."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.registry import partner, term, verification
from libs.contracts.registry.verification import Outcome
from libs.contracts.words import PartnerState, Role
from services.gateway.console.partners.wishes import MAY
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish, declared

DECIDED = Notice("verification_decided", "Keputusan tersimpan.")
MOVED = Notice("partner_moved", "Keadaan mitra berubah.")
PAGE = "partners/{partner_id}/"


def _checked(posted: Posted) -> Mapping[str, Any]:
    return {"present": posted.text("present") == "yes"}


TAKE = Wish(
    verification.TakeVerification,
    "/partners/{partner_id}/verification",
    name="take_verification",
    summary="Begin to verify a partner",
    about="From then on the office's clock of working days runs.",
    may=MAY,
    buttons=(Button(f"{PAGE}take", done=Notice("verification_taken", "Anda memeriksa mitra ini.")),),
)
CHECK = Wish(
    verification.CheckPaper,
    "/partners/{partner_id}/papers",
    name="check_paper",
    shape="PaperCheck",
    shape_about="Papers of the partner's kind; one that is missing or wrong says what in `note`, kept under seal.",
    summary="Say whether a paper is right",
    about="Who found it and when is kept; what was right stays so when others are mended.",
    may=MAY,
    buttons=(
        Button(
            f"{PAGE}papers/{{paper}}",
            name="paper",
            each="paper",
            done=Notice("paper_checked", "Berkas tercatat."),
            needed=("present",),
            fills=_checked,
        ),
    ),
)
VISIT = Wish(
    verification.RecordVisit,
    "/partners/{partner_id}/visits",
    name="record_visit",
    shape="VisitRecord",
    summary="Record that a partner was seen or called",
    about="Needed before a community group or a media outlet is active.",
    may=MAY,
    buttons=(
        Button(
            f"{PAGE}visit",
            done=Notice("visit_recorded", "Kunjungan tercatat."),
            needed=("visited_on", "place"),
        ),
    ),
)
DECIDE = Wish(
    verification.DecideVerification,
    "/partners/{partner_id}/verification-decision",
    name="decide_verification",
    shape="VerificationDecision",
    shape_about="`reason` must be said for a rejection, and to go on though none of its accounts is verified.",
    summary="Let a partner pass, mend its papers, or reject it",
    about="In an office where two must find everything right, the first one proposes and another one decides.",
    may=MAY,
    buttons=(
        Button(f"{PAGE}pass", done=DECIDED, fixed={"outcome": Outcome.GO_ON}),
        Button(f"{PAGE}revise", done=DECIDED, fixed={"outcome": Outcome.REVISE}),
        Button(f"{PAGE}reject", done=DECIDED, needed=("reason",), fixed={"outcome": Outcome.REJECT}),
    ),
)
RESUBMIT = Wish(
    verification.ResubmitPartner,
    "/partners/{partner_id}/resubmission",
    name="resubmit_partner",
    summary="Say that what was missing is there",
    about="What was found right stays so.",
    may=MAY | {Role.PARTNER},
    buttons=(Button(f"{PAGE}resubmit", done=MOVED),),
)
APPEAL = Wish(
    verification.AppealRejection,
    "/partners/{partner_id}/appeal",
    name="appeal_rejection",
    shape="RejectionAppeal",
    summary="Enter a partner's appeal against its rejection",
    about="Within 14 days, once.",
    may=MAY | {Role.PARTNER},
    buttons=(Button(f"{PAGE}appeal", done=MOVED, needed=("text",)),),
)
SETTLE = Wish(
    verification.SettleAppeal,
    "/partners/{partner_id}/appeal-decision",
    name="settle_appeal",
    shape="AppealDecision",
    summary="Decide on an appeal",
    about="By somebody else than who rejected it. Granted: its papers are looked at again.",
    may=MAY,
    buttons=(
        Button(f"{PAGE}grant", done=DECIDED, needed=("reason",), fixed={"granted": True}),
        Button(f"{PAGE}deny", done=DECIDED, needed=("reason",), fixed={"granted": False}),
    ),
)
CONSENT = Wish(
    verification.RecordConsent,
    "/partners/{partner_id}/consent",
    name="record_consent",
    shape="PartnerConsent",
    summary="Record that a partner has agreed on paper",
    about="For one that an officer wrote down; from then on it is to be verified.",
    may=MAY,
    buttons=(Button(f"{PAGE}consent", done=MOVED, needed=("signed_on",)),),
)
STATE = Wish(
    partner.SetPartnerState,
    "/partners/{partner_id}/state",
    name="set_partner_state",
    shape="PartnerStateChange",
    summary="Suspend a partner, take it back, or let it go",
    about="Suspended, terminated and withdrawn partners get no requests at once. All but a return say why.",
    may=MAY,
    buttons=(
        Button(f"{PAGE}suspend", done=MOVED, needed=("reason",), fixed={"state": PartnerState.SUSPENDED}),
        Button(f"{PAGE}reinstate", done=MOVED, fixed={"state": PartnerState.ACTIVE}),
        Button(f"{PAGE}terminate", done=MOVED, needed=("reason",), fixed={"state": PartnerState.TERMINATED}),
        Button(f"{PAGE}withdraw", done=MOVED, needed=("reason",), fixed={"state": PartnerState.WITHDRAWN}),
    ),
)

RENEW = Wish(
    term.RenewTerm,
    "/partners/{partner_id}/term",
    name="renew_term",
    shape="TermRenewal",
    shape_about="Dates as ISO 8601 writes them, the last day included; it ends later than the term before.",
    summary="Begin a new term by a new decree",
    about="The people stay as they are, the history keeps the term before; an expired partner is active again.",
    may=MAY,
    buttons=(
        Button(
            f"{PAGE}term",
            done=Notice("term_renewed", "Masa berlaku baru tersimpan."),
            needed=("decree_number", "term_from", "term_until"),
        ),
    ),
)

WISHES = declared(globals())
