from libs.contracts.registry.partner import HoldGranted, HoldRefused, SettleAccount
from services.registry.account_hold.follow_ups import after_hold

KEY = "instagram:profile:kim.contoh"


def test_the_answer_goes_back_to_the_partner_who_asked() -> None:
    (granted,) = after_hold(HoldGranted(identity_key=KEY, partner_id="p-1"))
    (refused,) = after_hold(HoldRefused(identity_key=KEY, partner_id="p-2"))

    assert granted.command == SettleAccount(partner_id="p-1", identity_key=KEY, granted=True)
    assert refused.command == SettleAccount(partner_id="p-2", identity_key=KEY, granted=False)
