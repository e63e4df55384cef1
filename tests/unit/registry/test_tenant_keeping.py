"""An office's administrators change what it says of itself and how it works, each concern apart from the others."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from libs.contracts.messages import Command
from libs.contracts.registry.office import (
    LARGEST_LOGO,
    ChangeClocks,
    ChangeLogo,
    ChangeLook,
    ChangePractice,
    Clocks,
    Look,
    Practice,
)
from libs.contracts.registry.tenant import AllowEmbedding, ChangeTenant, TenantSettings
from libs.runtime.errors import Refused
from services.registry.tenant import Tenant, decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, OPERATOR, VERIFIER, branding, context, create_tenant

JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 gambar").decode()


def a_tenant() -> Tenant:
    (created,) = decide(None, create_tenant(), context(OPERATOR))
    return evolve(None, created)


def look(expects: int = 0, reason: str = "", **changes: str) -> ChangeLook:
    values = {"name": "Cirebon Menjawab", "office": "DKIS Kota Cirebon", "government": "Pemerintah Kota Cirebon"}
    return ChangeLook(tenant_id=CIREBON, look=Look(**values | changes), reason=reason, expects=expects)


def clocks(expects: int = 0, **changes: int) -> ChangeClocks:
    values = {"interim_minutes": 30, "answer_hours": 12, "limit_hours": 48, "partner_answer_hours": 6}
    return ChangeClocks(tenant_id=CIREBON, clocks=Clocks(**values | changes), expects=expects)


def practice(expects: int = 0, **changes: Any) -> ChangePractice:
    values = {
        "timezone": "Asia/Makassar", "contact_kept_days": 60, "match_caution": "stricter", "archive_links": False
    }  # fmt: skip
    return ChangePractice(tenant_id=CIREBON, practice=Practice(**values | changes), expects=expects)


def logo(expects: int = 0, picture: str = JPEG) -> ChangeLogo:
    return ChangeLogo(tenant_id=CIREBON, picture=picture, expects=expects)


def after(state: Tenant, *commands: Command) -> Tenant:
    for command in commands:
        for event in decide(state, command, context(ADMIN)):
            state = evolve(state, event)
    return state


def test_two_who_change_two_concerns_at_once_both_get_what_they_wanted() -> None:
    state = after(a_tenant(), look(theme="kopi", channel="Lapor Kabar"), clocks(), practice(), logo())

    assert (state.branding.name, state.branding.theme, state.branding.channel) == (
        "Cirebon Menjawab",
        "kopi",
        "Lapor Kabar",
    )
    settings = state.settings
    assert (settings.interim_minutes, settings.answer_hours, settings.limit_hours) == (30, 12, 48)
    assert (settings.timezone, settings.match_caution, settings.archive_links) == ("Asia/Makassar", "stricter", False)
    assert len(state.logo) == 32
    assert state.revisions == {"look": 1, "clocks": 1, "practice": 1, "logo": 1}


@pytest.mark.parametrize("change", [look, clocks, practice, logo])
def test_two_who_change_one_concern_at_once_meet(change: Callable[..., Command]) -> None:
    state = after(a_tenant(), change())

    with pytest.raises(Refused) as refused:
        decide(state, change(), context(ADMIN))
    assert refused.value.code == "version_conflict"
    assert after(state, change(1)).revisions == dict.fromkeys(state.revisions, 2)


def test_what_an_operator_changes_is_seen_by_an_administrator_who_had_the_form_open() -> None:
    changed = ChangeTenant(tenant_id=CIREBON, branding=branding(theme="batu"), settings=TenantSettings(answer_hours=20))
    (event,) = decide(a_tenant(), changed, context(OPERATOR))
    state = evolve(a_tenant(), event)

    for command in (look(), clocks(), practice()):
        with pytest.raises(Refused, match="version_conflict"):
            decide(state, command, context(ADMIN))


def test_questions_sites_and_the_logo_stay_when_the_rest_changes() -> None:
    state = after(a_tenant(), AllowEmbedding(tenant_id=CIREBON, hosts="kota.go.id"), logo())
    state = after(state, look(), clocks(), practice())

    assert state.settings.embed_hosts == ("kota.go.id",)
    assert state.logo


@pytest.mark.parametrize(
    ("field", "command"),
    [
        ("name", look(name=" ")),
        ("name", look(name="x" * 81)),
        ("name", look(name="a\u202eb")),
        ("office", look(office="")),
        ("government", look(government="x" * 121)),
        ("short_office", look(short_office="x" * 61)),
        ("monogram", look(monogram="ABCDE")),
        ("channel", look(channel="x" * 61)),
        ("theme", look(theme="merah")),
        ("intro", look(intro="x" * 601)),
        ("intro_en", look(intro_en="x" * 601)),
        ("address", look(address="x" * 301)),
        ("hours_en", look(hours_en="x" * 301)),
        ("email", look(email="kantor di kota")),
        ("reason", look(reason="x" * 301)),
        ("interim_minutes", clocks(interim_minutes=0)),
        ("interim_minutes", clocks(interim_minutes=61, answer_hours=1)),
        ("answer_hours", clocks(answer_hours=49)),
        ("limit_hours", clocks(limit_hours=721)),
        ("partner_answer_hours", clocks(partner_answer_hours=0)),
        ("timezone", practice(timezone="Europe/Paris")),
        ("contact_kept_days", practice(contact_kept_days=366)),
        ("match_caution", practice(match_caution="none")),
        ("picture", logo(picture="bukan base64!")),
        ("picture", logo(picture=base64.b64encode(b"GIF89a").decode())),
        ("picture", logo(picture=base64.b64encode(b"\xff\xd8\xff" + bytes(LARGEST_LOGO)).decode())),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(field: str, command: Command) -> None:
    with pytest.raises(Refused) as refused:
        decide(a_tenant(), command, context(ADMIN))
    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


def test_a_logo_may_be_taken_away() -> None:
    state = after(a_tenant(), logo(), logo(1, picture=""))
    assert (state.logo, state.logo_picture) == ("", "")


@pytest.mark.parametrize("actor", [VERIFIER, OPERATOR, None])
@pytest.mark.parametrize("command", [look(), clocks(), practice(), logo()])
def test_only_an_administrator_of_the_office_may(actor: Any, command: Command) -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(a_tenant(), command, context(actor))


@pytest.mark.parametrize("command", [look(), clocks(), practice(), logo()])
def test_an_office_that_is_not_there_changes_nothing(command: Command) -> None:
    with pytest.raises(Refused, match="not_found"):
        decide(None, command, context(ADMIN))
