"""What a second person may want done with a draft."""

from collections.abc import Mapping
from typing import Any

from libs.contracts.reports import case
from libs.contracts.words import Role
from services.gateway.api.models import Totp
from services.gateway.console.shift import wrong
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Asked, Button, Posted, Wish, declared


async def fresh_code(asked: Asked[Any]) -> None:
    await asked.parts.step_up.confirm(asked.who, asked.added["code"], asked.command_id)


def as_digits(posted: Posted) -> Mapping[str, Any]:
    code = posted.text("code").replace(" ", "")
    if not (code.isascii() and code.isdecimal() and len(code) == 6):
        raise wrong("code", "code_wrong" if code else "required")
    return {"code": code}


PUBLISHED = Notice("published", "Klarifikasi terbit.")

RETURN = Wish(
    case.ReturnDraft,
    "/cases/{case_id}/return",
    name="return_draft",
    shape="ReturnWish",
    summary="Back to the author",
    about="What is to be changed stands with the draft.",
    may=frozenset({Role.APPROVER}),
    buttons=(Button("reviews/{case_id}/return", done=Notice("returned", "Dikembalikan ke penulis.")),),
)
APPROVE = Wish(
    case.ApproveVerdict,
    "/cases/{case_id}/approval",
    name="approve",
    shape="ApprovalWish",
    summary="Approve, with a fresh code",
    about="The code is a fresh one of the officer's second factor. "
    "The author cannot approve; some cases need two who do.",
    may=frozenset({Role.APPROVER}),
    adds={"code": Totp},
    checks=(fresh_code,),
    buttons=(
        Button("reviews/{case_id}/approve", done=Notice("approved", "Persetujuan Anda tercatat."), fills=as_digits),
    ),
)
PUBLISH = Wish(
    case.PublishCase,
    "/cases/{case_id}/publication",
    name="publish",
    shape="PublicationWish",
    shape_about="Nothing more to say.",
    summary="Publish the answer",
    about="After all approvals. Makes the answer public and sends it to those who follow it.",
    may=frozenset({Role.VERIFIER, Role.EDITOR, Role.APPROVER}),
    buttons=(
        Button("cases/{case_id}/publish", done=PUBLISHED),
        Button("reviews/{case_id}/publish", done=PUBLISHED),
    ),
)

WISHES = declared(globals())
