from libs.contracts.messages import Event
from libs.contracts.registry.partner import (
    AccountVerificationStarted,
    AskHold,
    HoldGranted,
    HoldRefused,
    SettleAccount,
)
from services.registry.account_hold import Hold, decide, evolve
from services.registry.policies import follow_ups
from tests.unit.registry.builders import context

KEY = "instagram:profile:kim.contoh"


def asked(state: Hold | None, partner: str) -> tuple[Event, Hold]:
    (event,) = decide(state, AskHold(identity_key=KEY, partner_id=partner), context())
    return event, evolve(state, event)


def test_the_first_who_asks_holds_the_account() -> None:
    event, hold = asked(None, "p-1")

    assert isinstance(event, HoldGranted)
    assert hold.partner_id == "p-1"


def test_the_holder_who_asks_again_is_granted_again() -> None:
    _, hold = asked(None, "p-1")

    event, after = asked(hold, "p-1")

    assert isinstance(event, HoldGranted)
    assert after == hold


def test_another_is_refused_and_the_holder_stays() -> None:
    _, hold = asked(None, "p-1")

    event, after = asked(hold, "p-2")

    assert isinstance(event, HoldRefused)
    assert after == hold


def test_a_started_verification_asks_at_the_account() -> None:
    (asks,) = follow_ups(AccountVerificationStarted(partner_id="p-1", identity_key=KEY))

    assert asks.command == AskHold(identity_key=KEY, partner_id="p-1")


def test_the_answer_goes_back_to_the_partner_who_asked() -> None:
    (granted,) = follow_ups(HoldGranted(identity_key=KEY, partner_id="p-1"))
    (refused,) = follow_ups(HoldRefused(identity_key=KEY, partner_id="p-2"))

    assert granted.command == SettleAccount(partner_id="p-1", identity_key=KEY, granted=True)
    assert refused.command == SettleAccount(partner_id="p-2", identity_key=KEY, granted=False)
