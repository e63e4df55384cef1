"""What must follow an event of a partner.

VerifyAccount → AccountVerificationStarted → AskHold → HoldGranted | HoldRefused → SettleAccount → AccountVerified |
AccountDisputed: the partner and the hold are two aggregates, so the fact travels as commands. How two partners become
one stands in `libs/contracts/registry/merging.py`.
"""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.registry.merging import (
    AbsorbPartner,
    AbsorptionDeclined,
    EndMerge,
    EndUnmerge,
    MoveHold,
    PartnerAbsorbed,
    PartnerMergeBegun,
    PartnerReleased,
    PartnerUnmergeBegun,
    ReleaseDeclined,
    ReleasePartner,
)
from libs.contracts.registry.partner import AccountVerificationStarted, AskHold
from libs.runtime.aggregates import FollowUp


def after_partner(event: Event) -> Iterable[FollowUp]:
    match event:
        case AccountVerificationStarted(partner_id=partner, identity_key=account):
            yield FollowUp("ask-hold", AskHold(identity_key=account, partner_id=partner))
        case PartnerMergeBegun(partner_id=partner, into=into, merge=merge):
            yield FollowUp("absorb", AbsorbPartner(partner_id=into, absorbed=partner, merge=merge))
        case PartnerAbsorbed(partner_id=partner, absorbed=absorbed, merge=merge):
            yield FollowUp("end-merge", EndMerge(partner_id=absorbed, merge=merge, done=True))
            for one in event.accounts:
                if one.held:
                    yield _moved(one.after.identity_key, absorbed, to=partner)
        case AbsorptionDeclined(absorbed=absorbed, merge=merge):
            yield FollowUp("end-merge", EndMerge(partner_id=absorbed, merge=merge, done=False))
        case PartnerUnmergeBegun(partner_id=partner, into=into, merge=merge):
            yield FollowUp("release", ReleasePartner(partner_id=into, absorbed=partner, merge=merge))
        case PartnerReleased(partner_id=partner, absorbed=absorbed, merge=merge):
            yield FollowUp("end-unmerge", EndUnmerge(partner_id=absorbed, merge=merge, done=True))
            for one in event.accounts:
                # One that the survivor proved since goes with the account, whose it was.
                if one.held or one.before is None:
                    yield _moved(one.after.identity_key, partner, to=absorbed)
        case ReleaseDeclined(absorbed=absorbed, merge=merge):
            yield FollowUp("end-unmerge", EndUnmerge(partner_id=absorbed, merge=merge, done=False))


def _moved(account: str, held_by: str, *, to: str) -> FollowUp:
    return FollowUp(f"move-hold {account}", MoveHold(identity_key=account, held_by=held_by, partner_id=to))
