"""What a partner may want done."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import FormData

from libs.contracts.notify import delivery
from libs.contracts.registry import partner, verification
from libs.contracts.registry.profile import KEPT_BY_OFFICE
from libs.contracts.words import Role
from services.gateway.console.partners.wishes import PHONES, phone
from services.gateway.console.shift import wrong
from services.gateway.dispatch.wishes import Wish
from services.gateway.web.pages import number_in, text_of

ANSWER = Wish(
    delivery.AnswerAssignment,
    "/assignments/{assignment_id}/answer",
    name="answer",
    shape="Assignment",
    summary="Ready, or not",
    about="Until the deadline. The same answer again changes nothing; another one is a conflict.",
    may=frozenset({Role.PARTNER}),
)

DESCRIBE = Wish(
    partner.DescribePartner,
    "",
    name="describe_myself",
    shape="OwnDescription",
    shape_about="As it shall stand from now on; e-mail and phone that are left out stay as they are.",
    summary="Change what is known of me",
    about="Kind, decree, term, press verification and what the office itself keeps stay as they are, whatever is sent.",
    may=frozenset({Role.PARTNER}),
)
RESUBMIT = Wish(
    verification.ResubmitPartner,
    "",
    name="resubmit_myself",
    summary="Say that what was missing is there",
    about="What was found right stays so.",
    may=frozenset({Role.PARTNER}),
)
APPEAL = Wish(
    verification.AppealRejection,
    "",
    name="appeal_my_rejection",
    shape="OwnAppeal",
    summary="Appeal against my rejection",
    about="Within 14 days, once. Somebody else than who rejected it decides.",
    may=frozenset({Role.PARTNER}),
)
OF_MYSELF = ((DESCRIBE, "/profile"), (RESUBMIT, "/resubmission"), (APPEAL, "/appeal"))
"""With their paths in the API: whose they are, the session says."""
NEEDED = ("name", "area")


def described(form: FormData) -> Mapping[str, Any]:
    """
    Raises:
        RequestValidationError: a field that must say something is empty, or a phone number is none.
    """
    asked = [name for name in DESCRIBE.body.model_fields if name not in KEPT_BY_OFFICE and name in form]
    typed: dict[str, Any] = {name: text_of(form, name) for name in asked}
    for name in NEEDED:
        if not typed.get(name, "").strip():
            raise wrong(name, "required")
    numbers = {name: phone(typed[name], name) for name in PHONES if name in typed}
    members = number_in(typed.get("members", "") or "0")
    if members is None:
        raise wrong("members", "invalid")
    return {**typed, **numbers, "members": members, "commercial": typed.get("commercial") == "1"}


WISHES: tuple[Wish[Any], ...] = (ANSWER,)
