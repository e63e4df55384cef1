import base64

import pytest

from libs.contracts.envelope import Actor
from libs.contracts.ids import PLATFORM
from libs.contracts.registry.tenant import ChangeOfficer
from libs.runtime.errors import Refused
from services.registry.officer.rules import Officer, decide, evolve
from tests.unit.registry.builders import (
    ADMIN,
    EDITOR,
    HASH,
    OPERATOR,
    SECRET,
    add_officer,
    context,
    officer_identity,
)


def secret_of(size: int) -> str:
    """Of so many bytes."""
    return base64.b32encode(b"x" * size).decode()


def an_officer(**changes: object) -> Officer:
    (event,) = decide(None, add_officer(**changes), context(ADMIN, private=officer_identity()))
    return evolve(None, event)


def changed(state: Officer, **changes: object) -> Officer:
    (event,) = decide(state, ChangeOfficer(officer_id="o-1", **changes), context(ADMIN))
    return evolve(state, event)


def test_an_admin_adds_an_officer() -> None:
    officer = an_officer(roles=("verifier", "editor"))

    assert officer.active
    assert (officer.roles, officer.name) == (("editor", "verifier"), "Nurul Hidayah")


def test_what_was_given_is_kept() -> None:
    officer = an_officer(roles=("liaison",), agency_id="a-1", superior="o-2")

    assert (officer.agency, officer.superior) == ("a-1", "o-2")
    assert (officer.email, officer.password_hash, officer.totp_secret) == ("nurul@contoh.example", HASH, SECRET)


def test_an_officer_is_added_once() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        decide(an_officer(), add_officer(), context(ADMIN, private=officer_identity()))


@pytest.mark.parametrize("actor", [None, EDITOR])
def test_nobody_but_an_administrator_adds_one(actor: Actor | None) -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(None, add_officer(), context(actor, private=officer_identity()))


def test_an_admin_of_an_office_makes_no_operator() -> None:
    with pytest.raises(Refused, match="validation"):
        an_officer(roles=("operator",))


def test_operators_are_added_by_operators_in_the_platforms_own_tenant() -> None:
    command = add_officer(roles=("operator",))

    (event,) = decide(None, command, context(OPERATOR, tenant=PLATFORM, private=officer_identity()))
    with pytest.raises(Refused, match="role_missing"):
        decide(None, command, context(ADMIN, tenant=PLATFORM, private=officer_identity()))

    assert evolve(None, event).roles == ("operator",)


def test_the_platforms_officers_have_no_role_of_an_office() -> None:
    with pytest.raises(Refused, match="validation"):
        decide(None, add_officer(), context(OPERATOR, tenant=PLATFORM, private=officer_identity()))


@pytest.mark.parametrize("roles", [(), ("partner",), ("walikota",)])
def test_roles_that_no_officer_can_have_are_refused(roles: tuple[str, ...]) -> None:
    with pytest.raises(Refused, match="validation"):
        an_officer(roles=roles)


def test_a_liaison_answers_for_an_agency() -> None:
    with pytest.raises(Refused, match="agency_id"):
        an_officer(roles=("liaison",))

    assert an_officer(roles=("liaison",), agency_id="a-1").agency == "a-1"


def test_who_stops_being_a_liaison_belongs_to_the_office() -> None:
    liaison = an_officer(roles=("liaison",), agency_id="a-1")

    assert changed(liaison, roles=("verifier",)).agency is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "Nurul\nHidayah"),
        ("name", "N" * 121),
        ("email", "nurul"),
        ("email", "nurul@contoh.example\r\nBcc: x@contoh.example"),
        ("email", "a..b@contoh.example"),
        ("password_hash", "rahasia"),
        ("totp_secret", "JBSWY3DP"),
        ("totp_secret", "bukan base32!"),
        ("totp_secret", secret_of(15)),
        ("totp_secret", secret_of(65)),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(field: str, value: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, add_officer(), context(ADMIN, private=officer_identity(**{field: value})))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


@pytest.mark.parametrize(
    ("field", "value"), [("name", "N" * 120), ("totp_secret", secret_of(16)), ("totp_secret", secret_of(64))]
)
def test_what_just_fits_is_taken(field: str, value: str) -> None:
    (event,) = decide(None, add_officer(), context(ADMIN, private=officer_identity(**{field: value})))

    assert getattr(evolve(None, event), field) == value


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("officer_id", {"officer_id": "o/1"}),
        ("superior", {"superior": "o/2"}),
        ("roles", {"roles": ()}),
        ("agency_id", {"roles": ("liaison",), "agency_id": "a/1"}),
    ],
)
def test_an_id_of_another_shape_is_refused_by_the_name_of_its_field(field: str, given: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        an_officer(**given)

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


def test_an_officer_without_an_identity_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        decide(None, add_officer(), context(ADMIN))

    assert (refused.value.code, refused.value.fields) == ("validation", ("name", "email"))


def test_a_liaison_keeps_the_agency_that_is_not_named_anew_and_takes_the_one_that_is() -> None:
    liaison = an_officer(roles=("liaison",), agency_id="a-1")

    assert changed(liaison, roles=("liaison", "verifier")).agency == "a-1"
    assert changed(liaison, agency_id="a-2").agency == "a-2"


def test_the_platforms_officers_stay_operators() -> None:
    (added,) = decide(
        None, add_officer(roles=("operator",)), context(OPERATOR, tenant=PLATFORM, private=officer_identity())
    )
    operator = evolve(None, added)

    kept = ChangeOfficer(officer_id="o-1", roles=("operator",))
    (event,) = decide(operator, kept, context(OPERATOR, tenant=PLATFORM))
    with pytest.raises(Refused, match="roles"):
        decide(operator, ChangeOfficer(officer_id="o-1", roles=("editor",)), context(OPERATOR, tenant=PLATFORM))

    assert evolve(operator, event).roles == ("operator",)


def test_new_roles_take_effect() -> None:
    assert changed(an_officer(roles=("verifier",)), roles=("editor",)).roles == ("editor",)


def test_an_officer_is_disabled_and_enabled_again() -> None:
    disabled = changed(an_officer(), active=False)

    assert not disabled.active
    assert changed(disabled, active=True).active


def test_nobody_changes_their_own_roles() -> None:
    with pytest.raises(Refused, match="forbidden"):
        decide(an_officer(), ChangeOfficer(officer_id=ADMIN.id, roles=("approver",)), context(ADMIN))


def test_an_officer_who_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(Refused, match="not_found"):
        decide(None, ChangeOfficer(officer_id="o-9", active=False), context(ADMIN))
