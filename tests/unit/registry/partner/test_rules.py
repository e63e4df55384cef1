from datetime import timedelta

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.ids import PLATFORM
from libs.contracts.messages import Command
from libs.contracts.registry.partner import (
    ChangePartnerContacts,
    ContactPoint,
    PartnerIdentity,
    PartnerStateChanged,
    RegisterPartner,
    SetPartnerState,
    SettleAccount,
    VerifyAccount,
)
from libs.runtime.aggregates import Context
from libs.runtime.errors import Refused
from services.registry.partner.rules import MOST_ACCOUNTS, MOST_CONTACTS, decide, evolve
from services.registry.partner.state import Partner
from tests.unit.registry.builders import (
    EDITOR,
    NOW,
    VERIFIER,
    account,
    context,
    partner_identity,
    register_partner,
)

HERSELF = Actor("p-1", ("partner",))
ANOTHER = Actor("p-2", ("partner",))
KEY = "instagram:profile:kim.contoh"


def after(state: Partner | None, command: Command, given: Context) -> Partner:
    for event in decide(state, command, given):
        state = evolve(state, event)
    assert state is not None
    return state


def a_partner(**changes: object) -> Partner:
    return after(None, register_partner(active=True, **changes), context(VERIFIER, private=partner_identity()))


def moved(state: Partner, to: str, reason: str = "alasan") -> Partner:
    return after(state, SetPartnerState(partner_id="p-1", state=to, reason=reason), context(VERIFIER))


def account_state(state: Partner) -> str:
    return state.accounts[0].state


def test_who_registers_themself_waits_for_an_officer() -> None:
    consented = NOW - timedelta(hours=3)

    partner = after(None, register_partner(consented_at=consented), context(private=partner_identity()))

    assert partner.state == "submitted"
    assert (partner.registered_at, partner.consented_at) == (NOW, consented)


def test_a_registration_of_before_the_time_was_kept_counts_from_its_consent() -> None:
    (registered,) = decide(None, register_partner(), context(private=partner_identity()))

    assert evolve(None, registered.model_copy(update={"registered_at": None})).registered_at == NOW


def test_name_and_contacts_are_kept() -> None:
    phone = ContactPoint(channel="whatsapp_manual", address="+6281234567890")

    partner = after(None, register_partner(), context(private=partner_identity(" KIM Contoh ", phone)))

    assert (partner.name, partner.contacts, partner.channels) == ("KIM Contoh", (phone,), ("whatsapp_manual",))


def test_an_officer_with_the_papers_registers_an_active_partner() -> None:
    assert a_partner().state == "active"


@pytest.mark.parametrize("actor", [None, EDITOR, HERSELF])
def test_nobody_else_registers_an_active_one(actor: Actor | None) -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(None, register_partner(active=True), context(actor, private=partner_identity()))


def test_an_officer_without_the_role_submits_nobody() -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(None, register_partner(), context(EDITOR, private=partner_identity()))


def test_a_partner_is_registered_once() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        after(a_partner(), register_partner(), context(private=partner_identity()))


def test_the_platform_has_no_partners() -> None:
    with pytest.raises(Refused, match="forbidden"):
        after(None, register_partner(), context(tenant=PLATFORM, private=partner_identity()))


def test_a_registration_that_nobody_placed_in_a_region_is_refused() -> None:
    plain = RegisterPartner(**register_partner().model_dump(exclude={"region"}))

    with pytest.raises(Refused, match="not_found"):
        after(None, plain, context(private=partner_identity()))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("partner_id", "p/1"),
        ("kind", "buzzer"),
        ("area", "32.74.99"),
        ("area", "35.17"),
        ("language", "jv"),
        ("accounts", (account("javascript:alert(1)"),)),
        ("accounts", (account("https://www.instagram.com/p/Cabcdefghij/"),)),
        ("accounts", tuple(account(f"https://x.com/contoh{n}") for n in range(21))),
        ("consented_at", NOW.replace(tzinfo=None)),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        after(None, register_partner(**{field: value}), context(private=partner_identity()))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


@pytest.mark.parametrize(
    "contact",
    [
        ContactPoint(channel="email", address="kim@contoh"),
        ContactPoint(channel="whatsapp_manual", address="0812-0000-1234"),
        ContactPoint(channel="pos", address="Jalan Contoh 1"),
    ],
)
def test_an_address_that_cannot_be_reached_is_refused(contact: ContactPoint) -> None:
    with pytest.raises(Refused, match="contacts"):
        after(None, register_partner(), context(private=partner_identity("KIM", contact)))


@pytest.mark.parametrize("identity", [None, partner_identity(" "), partner_identity("K" * 161)])
def test_a_partner_without_a_name_that_fits_is_refused(identity: PartnerIdentity | None) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, register_partner(), context(private=identity))

    assert (refused.value.code, refused.value.fields) == ("validation", ("name",))


@pytest.mark.parametrize("count", [1, MOST_CONTACTS])
def test_the_longest_name_and_the_most_contacts_and_accounts_are_taken(count: int) -> None:
    contacts = tuple(ContactPoint(channel="email", address=f"{n}@contoh.example") for n in range(count))
    accounts = tuple(account(f"https://www.instagram.com/kim.{n}/", handle=f"kim.{n}") for n in range(MOST_ACCOUNTS))

    partner = after(None, register_partner(accounts=accounts), context(private=partner_identity("K" * 160, *contacts)))

    assert (len(partner.name), len(partner.contacts), len(partner.accounts)) == (160, count, MOST_ACCOUNTS)


def test_one_contact_or_account_more_is_refused() -> None:
    contacts = tuple(ContactPoint(channel="email", address=f"{n}@contoh.example") for n in range(MOST_CONTACTS + 1))
    accounts = tuple(account(f"https://www.instagram.com/kim.{n}/") for n in range(MOST_ACCOUNTS + 1))

    with pytest.raises(Refused) as too_many_contacts:
        decide(None, register_partner(), context(private=partner_identity("KIM", *contacts)))
    with pytest.raises(Refused) as too_many_accounts:
        decide(None, register_partner(accounts=accounts), context(private=partner_identity()))

    assert too_many_contacts.value.fields == ("contacts",)
    assert too_many_accounts.value.fields == ("accounts",)


def test_what_the_sender_says_of_an_account_is_not_believed() -> None:
    sent = account("https://m.instagram.com/KIM.contoh/?igsh=abc", identity_key="x:profile:contoh", state="verified")

    (held,) = a_partner(accounts=(sent,)).accounts

    assert (held.identity_key, held.state, held.url) == (KEY, "claimed", "https://www.instagram.com/kim.contoh")


def test_an_account_named_twice_is_held_once() -> None:
    partner = a_partner(accounts=(account(), account("https://instagram.com/KIM.contoh")))

    assert [one.identity_key for one in partner.accounts] == [KEY]


@pytest.mark.parametrize(
    ("path", "ends"),
    [(["suspended", "active"], "active"), (["suspended", "withdrawn"], "withdrawn"), (["withdrawn"], "withdrawn")],
)
def test_a_partner_is_suspended_taken_back_and_let_go(path: list[str], ends: str) -> None:
    partner = a_partner()

    for state in path:
        partner = moved(partner, state)

    assert partner.state == ends


@pytest.mark.parametrize(
    ("first", "then"), [("withdrawn", "active"), ("active", "rejected"), ("suspended", "suspended")]
)
def test_a_way_that_does_not_exist_is_refused(first: str, then: str) -> None:
    partner = a_partner() if first == "active" else moved(a_partner(), first)

    with pytest.raises(Refused, match="state_conflict"):
        moved(partner, then)


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("state", {"state": "walikota"}),
        ("reason", {"state": "suspended", "reason": ""}),
        ("reason", {"state": "suspended", "reason": "x" * 301}),
    ],
)
def test_a_change_that_does_not_fit_is_refused_by_the_name_of_its_field(field: str, given: dict[str, str]) -> None:
    with pytest.raises(Refused) as refused:
        decide(a_partner(), SetPartnerState(partner_id="p-1", **given), context(VERIFIER))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


def test_the_reason_is_told() -> None:
    command = SetPartnerState(partner_id="p-1", state="suspended", reason=" " + "x" * 299)

    (event,) = decide(a_partner(), command, context(VERIFIER))

    assert event == PartnerStateChanged(
        partner_id="p-1", state="suspended", previous="active", reason="x" * 299, by=VERIFIER.id, at=NOW
    )


def test_a_suspension_says_why() -> None:
    with pytest.raises(Refused, match="reason"):
        moved(a_partner(), "suspended", reason=" ")


def test_partners_withdraw_themselves_and_nobody_else() -> None:
    leave = SetPartnerState(partner_id="p-1", state="withdrawn")

    assert after(a_partner(), leave, context(HERSELF)).state == "withdrawn"
    with pytest.raises(Refused, match="role_missing"):
        after(a_partner(), leave, context(ANOTHER))


def test_partners_do_not_activate_themselves() -> None:
    submitted = after(None, register_partner(), context(private=partner_identity()))

    with pytest.raises(Refused, match="role_missing"):
        after(submitted, SetPartnerState(partner_id="p-1", state="active"), context(HERSELF))


def test_a_partner_changes_how_to_be_reached() -> None:
    new = partner_identity("KIM Baru", ContactPoint(channel="whatsapp_manual", address="+628120000123"))

    partner = after(a_partner(), ChangePartnerContacts(partner_id="p-1"), context(HERSELF, private=new))

    assert (partner.name, partner.channels) == ("KIM Baru", ("whatsapp_manual",))


def test_nobody_changes_the_contacts_of_another() -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(a_partner(), ChangePartnerContacts(partner_id="p-1"), context(ANOTHER, private=partner_identity()))


def test_the_contacts_of_who_has_left_stay_as_they_are() -> None:
    left = moved(a_partner(), "withdrawn")

    with pytest.raises(Refused, match="state_conflict"):
        after(left, ChangePartnerContacts(partner_id="p-1"), context(VERIFIER, private=partner_identity()))


def test_an_id_alone_makes_nobody_a_partner() -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(a_partner(), SetPartnerState(partner_id="p-1", state="withdrawn"), context(Actor("p-1")))


def test_an_account_is_verified_when_its_hold_is_granted() -> None:
    started = after(a_partner(), VerifyAccount(partner_id="p-1", identity_key=KEY), context(VERIFIER))

    settled = after(started, SettleAccount(partner_id="p-1", identity_key=KEY, granted=True), context())

    assert (account_state(started), account_state(settled)) == ("verifying", "verified")


def test_an_account_held_elsewhere_is_disputed_and_can_be_asked_for_again() -> None:
    started = after(a_partner(), VerifyAccount(partner_id="p-1", identity_key=KEY), context(VERIFIER))
    disputed = after(started, SettleAccount(partner_id="p-1", identity_key=KEY, granted=False), context())

    again = after(disputed, VerifyAccount(partner_id="p-1", identity_key=KEY), context(VERIFIER))

    assert (account_state(disputed), account_state(again)) == ("disputed", "verifying")


def test_one_account_is_verified_and_the_others_stay_as_they_are() -> None:
    partner = a_partner(accounts=(account(), account("https://www.instagram.com/kim.lain/", handle="kim.lain")))

    verified = after(partner, SettleAccount(partner_id="p-1", identity_key=KEY, granted=True), context())

    assert [a.state for a in verified.accounts] == ["verified", partner.accounts[1].state]


def test_a_verified_account_is_not_verified_again() -> None:
    verified = after(a_partner(), SettleAccount(partner_id="p-1", identity_key=KEY, granted=True), context())

    with pytest.raises(Refused, match="state_conflict"):
        after(verified, VerifyAccount(partner_id="p-1", identity_key=KEY), context(VERIFIER))


def test_an_account_that_the_partner_never_named_cannot_be_verified() -> None:
    with pytest.raises(Refused, match="not_found"):
        after(a_partner(), VerifyAccount(partner_id="p-1", identity_key="x:profile:lain"), context(VERIFIER))


def test_only_those_who_register_partners_verify_accounts() -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(a_partner(), VerifyAccount(partner_id="p-1", identity_key=KEY), context(HERSELF))
