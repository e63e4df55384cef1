"""What must follow an event of a partner.

VerifyAccount → AccountVerificationStarted → AskHold → HoldGranted | HoldRefused → SettleAccount → AccountVerified |
AccountDisputed: the partner and the hold are two aggregates, so the fact travels as commands.
"""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.registry.partner import AccountVerificationStarted, AskHold
from libs.runtime.aggregates import FollowUp


def after_partner(event: Event) -> Iterable[FollowUp]:
    match event:
        case AccountVerificationStarted(partner_id=partner, identity_key=account):
            yield FollowUp("ask-hold", AskHold(identity_key=account, partner_id=partner))
