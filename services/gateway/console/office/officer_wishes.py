"""What may be wanted done with the officers of an office."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.registry import officers
from libs.contracts.words import Role
from services.gateway.api.models import Totp
from services.gateway.console.review.wishes import as_digits, fresh_code
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish, declared

ADMINISTRATORS = frozenset({Role.TENANT_ADMIN, Role.OPERATOR})


def _roles(posted: Posted) -> Mapping[str, Any]:
    return {"roles": [role for role in posted.form.getlist("roles") if isinstance(role, str)]}


INVITE = Wish(
    officers.InviteOfficer,
    "",
    name="invite_officer",
    shape="InvitationWish",
    summary="Invite an officer",
    about="A link is mailed that is good once, for 72 hours: by it they set a password and a second factor.",
    may=ADMINISTRATORS,
    buttons=(
        Button(
            "office/officers",
            name="invite",
            done=Notice("invited", "Undangan tersimpan; suratnya segera terkirim."),
            fills=_roles,
        ),
    ),
)
RENEW = Wish(
    officers.RenewInvitation,
    "/officers/{officer_id}/invitation",
    name="renew_invitation",
    summary="Mail another invitation",
    about="The link before opens nothing any more.",
    may=ADMINISTRATORS,
    buttons=(
        Button("office/officers/{officer_id}/invitation", done=Notice("invited_again", "Undangan baru dikirim.")),
    ),
)
GRANT = Wish(
    officers.GrantRoles,
    "/officers/{officer_id}/roles",
    name="grant_roles",
    shape="RolesWish",
    summary="Say what an officer may do",
    about="These roles from now on. Nobody changes their own, and the last administrator stays one.",
    may=ADMINISTRATORS,
    buttons=(
        Button("office/officers/{officer_id}/roles", done=Notice("roles_saved", "Peran tersimpan."), fills=_roles),
    ),
)
RETIRE = Wish(
    officers.RetireOfficer,
    "/officers/{officer_id}/retirement",
    name="retire_officer",
    shape="RetirementWish",
    shape_about="`successor`: who takes over what they hold; none for somebody who was invited and has not come.",
    summary="Let an officer go",
    about="Their session ends within seconds, and their cases go to the successor.",
    may=ADMINISTRATORS,
    buttons=(
        Button(
            "office/officers/{officer_id}/retirement",
            done=Notice("retired", "Petugas dinonaktifkan; kasusnya sedang diserahkan ke rekannya."),
            needed=("reason",),
        ),
    ),
)
REINSTATE = Wish(
    officers.ReinstateOfficer,
    "/officers/{officer_id}/reinstatement",
    name="reinstate_officer",
    shape="ReinstatementWish",
    summary="Take an officer back",
    about="With the log-in and the roles that they had.",
    may=ADMINISTRATORS,
    buttons=(
        Button("office/officers/{officer_id}/reinstatement", done=Notice("reinstated", "Petugas aktif kembali.")),
    ),
)
ASK_RESET = Wish(
    officers.AskFactorReset,
    "/officers/{officer_id}/factor-reset",
    name="ask_factor_reset",
    shape="FactorResetWish",
    summary="Ask that a second factor be renewed",
    about="Nothing happens before another person, an administrator or approver, agrees within 24 hours.",
    may=ADMINISTRATORS,
    buttons=(
        Button(
            "office/officers/{officer_id}/factor-reset",
            name="ask",
            done=Notice("reset_asked", "Permintaan tercatat; menunggu persetujuan orang kedua."),
            needed=("reason",),
        ),
    ),
)
ALLOW_RESET = Wish(
    officers.AllowFactorReset,
    "/officers/{officer_id}/factor-approval",
    name="allow_factor_reset",
    shape="FactorApprovalWish",
    summary="Agree, with a fresh code, that a second factor be renewed",
    about="The lost one opens nothing from now on; a link is mailed by which another is set up.",
    may=frozenset({Role.TENANT_ADMIN, Role.APPROVER}),
    adds={"code": Totp},
    checks=(fresh_code,),
    buttons=(
        Button(
            "office/officers/{officer_id}/factor-approval",
            name="allow",
            done=Notice("reset_allowed", "Disetujui. Tautan pemasangan dikirim ke surel petugas itu."),
            fills=as_digits,
        ),
    ),
)

WISHES = declared(globals())
BY_LINK: Mapping[Wish[Any], str] = {INVITE: "invitation", RENEW: "invitation", ALLOW_RESET: "factor"}
"""Wishes after which a link is mailed -> what it is for."""
