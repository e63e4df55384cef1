"""What an officer may want done with what is known of a partner."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.registry import partner
from libs.contracts.registry.profile import lines_of
from libs.contracts.words import Role
from libs.kit.phones import NotAPhoneNumber, e164
from services.gateway.console.shift import wrong
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Posted, Wish

MAY = frozenset({Role.VERIFIER, Role.TENANT_ADMIN})
TICKED = ("run_by_office", "commercial", "agreed")
PHONES = ("phone", "chair_phone")


def _as_meant(posted: Posted) -> Mapping[str, Any]:
    """A box that is not ticked sends nothing; a phone number is written as people do."""
    return {
        **{name: posted.text(name) == "1" for name in TICKED if name != "agreed" or "agreed" in posted.form},
        **{name: phone(posted.text(name), name) for name in PHONES},
        "accounts": "\n".join(lines_of(posted.text("accounts"))),
    }


def _described(posted: Posted) -> Mapping[str, Any]:
    said = dict(_as_meant(posted))
    del said["accounts"]
    return said


def phone(typed: str, name: str) -> str:
    if not typed.strip():
        return ""
    try:
        return e164(typed)
    except NotAPhoneNumber:
        raise wrong(name, "phone_invalid") from None


ENTER = Wish(
    partner.EnterPartner,
    "",
    name="enter_partner",
    shape="PartnerEntry",
    summary="Write down a partner",
    about="A draft, until the partner itself agrees or has agreed on paper.",
    may=MAY,
    buttons=(
        Button(
            "partners/new",
            done=Notice("partner_entered", "Mitra tercatat."),
            needed=("name", "kind", "area"),
            fills=_as_meant,
        ),
    ),
)
DESCRIBE = Wish(
    partner.DescribePartner,
    "/partners/{partner_id}/description",
    name="describe_partner",
    shape="PartnerDescription",
    shape_about="As it shall stand from now on; e-mail and phone that are left out stay as they are.",
    summary="Change what is known of a partner",
    about="The history names what changed, by whom and why.",
    may=MAY,
    buttons=(
        Button(
            "partners/{partner_id}/description",
            done=Notice("partner_described", "Perubahan tersimpan."),
            needed=("name", "kind", "area"),
            fills=_described,
        ),
    ),
)
WISHES = (DESCRIBE,)
"""Those that a route follows from: who enters one names no id."""
