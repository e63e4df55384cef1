"""What must follow an event of a hold: the partner hears whether the account is theirs."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.registry.partner import HoldGranted, HoldRefused, SettleAccount
from libs.runtime.aggregates import FollowUp


def after_hold(event: Event) -> Iterable[FollowUp]:
    match event:
        case HoldGranted(partner_id=partner, identity_key=account):
            yield FollowUp("settle", SettleAccount(partner_id=partner, identity_key=account, granted=True))
        case HoldRefused(partner_id=partner, identity_key=account):
            yield FollowUp("settle", SettleAccount(partner_id=partner, identity_key=account, granted=False))
