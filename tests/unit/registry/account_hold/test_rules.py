from libs.contracts.messages import Event
from libs.contracts.registry.partner import AskHold, HoldGranted, HoldRefused
from services.registry.account_hold.rules import Hold, decide, evolve
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
