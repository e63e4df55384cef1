"""What an officer may want done with answers of other publishers."""

from libs.contracts.reports import known
from libs.contracts.words import Role
from services.gateway.dispatch.notices import Notice
from services.gateway.dispatch.wishes import Button, Wish, declared

IMPORTERS = frozenset({Role.TENANT_ADMIN, Role.EDITOR})

WITHDRAW_KNOWN = Wish(
    known.WithdrawKnown,
    "/known/{known_id}/withdrawal",
    name="withdraw_known",
    summary="Offer another publisher's answer no longer",
    about="Of the office's own archive; what all offices share is the operators'. A newer version brings it back.",
    may=IMPORTERS,
    buttons=(
        Button(
            "archive/{known_id}/withdraw",
            each="known_id",
            done=Notice("known_withdrawn", "Jawaban itu tidak ditawarkan lagi."),
        ),
    ),
)

WISHES = declared(globals())
