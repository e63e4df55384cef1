from libs.contracts.registry.partner import AccountVerificationStarted, AskHold
from services.registry.partner.follow_ups import after_partner

KEY = "instagram:profile:kim.contoh"


def test_a_started_verification_asks_at_the_account() -> None:
    (asks,) = after_partner(AccountVerificationStarted(partner_id="p-1", identity_key=KEY))

    assert asks.command == AskHold(identity_key=KEY, partner_id="p-1")
