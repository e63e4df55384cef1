"""How an officer comes, changes, loses a second factor and leaves."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.messages import Command, Sealable
from libs.contracts.registry.officers import (
    LINK_KEPT,
    RESET_KEPT,
    AllowFactorReset,
    AskFactorReset,
    GrantRoles,
    Invitation,
    InviteOfficer,
    Joining,
    JoinOffice,
    NewFactor,
    ReinstateOfficer,
    RenewFactor,
    RenewInvitation,
    RetireOfficer,
)
from libs.contracts.registry.tenant import ChangeOfficer
from libs.runtime.aggregates import Incoming
from libs.runtime.errors import NotFound, Refused
from services.registry.officer.remaining import told
from services.registry.officer.rules import Officer, decide, evolve
from services.registry.totp import code_at, step_at
from tests.unit.registry.builders import (
    ADMIN,
    CIREBON,
    EDITOR,
    HASH,
    NOW,
    SECRET,
    VERIFIER,
    add_officer,
    context,
    officer_identity,
)

LINK, OTHER_LINK = "rahasia-satu", "rahasia-dua"
APPROVER = Actor("o-approver", ("approver",))
SECOND_ADMIN = Actor("o-admin-2", ("tenant_admin",))
NEW_SECRET = "KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU"


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(**changes: Any) -> InviteOfficer:
    return InviteOfficer(**{"officer_id": "o-1", "roles": ("verifier",), "link_hash": hashed(LINK)} | changes)


def after(state: Officer | None, command: Command, by: Any = ADMIN, *, private: Sealable | None = None) -> Officer:
    for event in decide(state, command, context(by, private=private)):
        state = evolve(state, event)
    assert state is not None
    return state


def invited() -> Officer:
    return after(None, invite(), private=Invitation(name="Sari", email="sari@contoh.example"))


def added(*roles: str) -> Officer:
    return after(None, add_officer(roles=roles or ("verifier",)), private=officer_identity())


def joining(secret: str = LINK, **changes: str) -> Joining:
    values = {"password_hash": HASH, "totp_secret": NEW_SECRET, "code": code_at(NEW_SECRET, step_at(NOW))}
    return Joining(secret=secret, **values | changes)


def factor(secret: str = LINK, code: str = "") -> NewFactor:
    return NewFactor(secret=secret, totp_secret=NEW_SECRET, code=code or code_at(NEW_SECRET, step_at(NOW)))


JOIN = JoinOffice(officer_id="o-1")


def test_whoever_was_invited_may_do_nothing_before_they_join() -> None:
    state = invited()
    assert (state.active, state.invited, state.link_until) == (False, True, NOW + LINK_KEPT)

    state = after(state, JOIN, None, private=joining())
    assert (state.active, state.invited, state.link_hash) == (True, False, "")
    assert (state.password_hash, state.totp_secret) == (HASH, NEW_SECRET)


def test_a_link_is_good_once() -> None:
    with pytest.raises(NotFound):
        after(after(invited(), JOIN, None, private=joining()), JOIN, None, private=joining())


@pytest.mark.parametrize("late", [LINK_KEPT, LINK_KEPT + timedelta(days=1)])
def test_a_link_is_good_until_its_time(late: timedelta) -> None:
    with pytest.raises(NotFound):
        decide(invited(), JOIN, context(private=joining())._replace(at=NOW + late))


def test_another_link_ends_the_one_before() -> None:
    state = after(invited(), RenewInvitation(officer_id="o-1", link_hash=hashed(OTHER_LINK)))

    with pytest.raises(NotFound):
        after(state, JOIN, None, private=joining())
    assert after(state, JOIN, None, private=joining(OTHER_LINK)).active


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"secret": "lain"}, ("not_found", ("link",))),
        ({"code": "000000"}, ("code_wrong", ())),
        ({"password_hash": "polos"}, ("validation", ("password",))),
        ({"totp_secret": "AAAA"}, ("validation", ("totp_secret",))),
    ],
)
def test_who_joins_shows_the_link_a_password_and_a_code(changes: Any, said: tuple[str, tuple[str, ...]]) -> None:
    with pytest.raises(Refused) as refused:
        after(invited(), JOIN, None, private=joining(**changes))
    assert (refused.value.code, refused.value.fields) == said


def test_a_link_for_one_thing_opens_no_other() -> None:
    with pytest.raises(NotFound):
        after(invited(), RenewFactor(officer_id="o-1"), None, private=factor())


def asked(by: Any = ADMIN) -> Officer:
    return after(added(), AskFactorReset(officer_id="o-1", reason="Ponsel hilang"), by)


def test_a_second_factor_is_renewed_by_two_persons_and_a_link() -> None:
    assert asked().totp_secret == SECRET, "nothing happens before the second one agrees"

    state = after(asked(), AllowFactorReset(officer_id="o-1", link_hash=hashed(LINK)), APPROVER)
    assert state.totp_secret == "", "the lost one opens nothing"

    state = after(state, RenewFactor(officer_id="o-1"), None, private=factor())
    assert (state.totp_secret, state.link_hash, state.password_hash) == (NEW_SECRET, "", HASH)


@pytest.mark.parametrize(
    ("by", "code"),
    [
        (ADMIN, "self_approval"),
        (Actor("o-1", ("approver",)), "self_approval"),
        (EDITOR, "role_missing"),
        (None, "role_missing"),
    ],
)
def test_who_asked_and_whose_it_is_are_no_second_person(by: Any, code: str) -> None:
    with pytest.raises(Refused, match=code):
        after(asked(), AllowFactorReset(officer_id="o-1", link_hash=hashed(LINK)), by)


def test_what_was_asked_waits_for_a_day() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        decide(
            asked(),
            AllowFactorReset(officer_id="o-1", link_hash=hashed(LINK)),
            context(APPROVER)._replace(at=NOW + RESET_KEPT),
        )


def test_nobody_asks_for_themself() -> None:
    with pytest.raises(Refused, match="self_approval"):
        after(added("tenant_admin"), AskFactorReset(officer_id="o-1", reason="x"), Actor("o-1", ("tenant_admin",)))


def retire(**changes: Any) -> RetireOfficer:
    values = {"officer_id": "o-1", "successor": "o-2", "reason": "Pindah", "successor_works": True}
    return RetireOfficer(**values | changes)


def test_who_leaves_names_who_takes_over() -> None:
    state = after(added(), retire())
    assert (state.active, state.successor) == (False, "o-2")
    back = after(state, ReinstateOfficer(officer_id="o-1"))
    assert (back.active, back.successor, back.password_hash) == (True, None, HASH)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"successor": None}, "successor"),
        ({"successor": "o-1"}, "successor"),
        ({"successor_works": False}, "successor"),
        ({"reason": " "}, "reason"),
    ],
)
def test_nobody_leaves_without_a_successor_and_a_reason(changes: Any, field: str) -> None:
    with pytest.raises(Refused) as refused:
        after(added(), retire(**changes))
    assert refused.value.fields == (field,)


def test_an_invitation_is_withdrawn_without_a_successor() -> None:
    state = after(invited(), retire(successor=None))

    with pytest.raises(NotFound):
        after(state, JOIN, None, private=joining())
    with pytest.raises(Refused, match="state_conflict"):
        after(state, ReinstateOfficer(officer_id="o-1"))


LOSSES: tuple[Command, ...] = (
    retire(),
    GrantRoles(officer_id="o-1", roles=("verifier",)),
    ChangeOfficer(officer_id="o-1", active=False),
    ChangeOfficer(officer_id="o-1", roles=("editor",)),
)


@pytest.mark.parametrize("command", LOSSES)
def test_the_last_administrator_stays_one(command: Command) -> None:
    with pytest.raises(Refused, match="last_admin"):
        after(added("tenant_admin"), command)
    others = command.model_copy(update={"others_administer": True})
    assert after(added("tenant_admin"), others) is not None
    assert after(added("verifier"), command) is not None, "who is no administrator may always go"


def incoming(command: Command, by: Actor) -> Incoming:
    return Incoming(command, context(by))


def test_of_two_administrators_who_remove_each_other_in_one_batch_one_stays() -> None:
    active = {CIREBON: {"a": frozenset({"tenant_admin"}), "b": frozenset({"tenant_admin", "verifier"})}}
    first = RetireOfficer(officer_id="a", successor="b", reason="x")
    second = GrantRoles(officer_id="b", roles=("verifier",), others_administer=True)

    one, two = (i.command for i in told([incoming(first, ADMIN), incoming(second, SECOND_ADMIN)], active))

    assert isinstance(one, RetireOfficer)
    assert (one.others_administer, one.successor_works) == (True, True)
    assert isinstance(two, GrantRoles)
    assert not two.others_administer, "what a sender wrote there is written over"


@pytest.mark.parametrize("successor", ["a", "gone", "leader", None])
def test_a_successor_is_somebody_else_who_is_there_and_works_on_cases(successor: str | None) -> None:
    active = {CIREBON: {"a": frozenset({"verifier"}), "leader": frozenset({"leader"})}}
    command = RetireOfficer(officer_id="a", successor=successor, reason="x", successor_works=True)

    (item,) = told([incoming(command, ADMIN)], active)

    assert isinstance(item.command, RetireOfficer)
    assert not item.command.successor_works


@pytest.mark.parametrize(
    "command",
    [
        RenewInvitation(officer_id="o-1", link_hash=hashed(LINK)),
        GrantRoles(officer_id="o-1", roles=("verifier",)),
        retire(),
        ReinstateOfficer(officer_id="o-1"),
        AskFactorReset(officer_id="o-1", reason="x"),
    ],
)
def test_only_administrators_may(command: Command) -> None:
    with pytest.raises(Refused, match="role_missing"):
        after(added(), command, VERIFIER)
    with pytest.raises(NotFound):
        after(None, command)
