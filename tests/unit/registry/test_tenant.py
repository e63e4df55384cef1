import pytest

from libs.contracts.ids import PLATFORM
from libs.contracts.registry.tenant import ChangeTenant, TenantSettings
from libs.runtime.errors import Refused
from services.registry.tenant import Tenant, decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, OPERATOR, branding, context, create_tenant

LONGEST = {
    "name": 80, "office": 160, "government": 120, "short_office": 60, "monogram": 4, "intro": 600, "address": 300,
    "hours": 300,
}  # fmt: skip
BOUNDS = {"contact_kept_days": (1, 365), "interim_minutes": (1, 1440), "partner_answer_hours": (1, 720)}


def a_tenant() -> Tenant:
    (created,) = decide(None, create_tenant(), context(OPERATOR))
    return evolve(None, created)


def changed(state: Tenant, **changes: object) -> Tenant:
    (event,) = decide(state, ChangeTenant(tenant_id=CIREBON, **changes), context(OPERATOR))
    return evolve(state, event)


def test_an_operator_creates_an_office() -> None:
    tenant = a_tenant()

    assert (tenant.slug, tenant.region_code, tenant.old_slugs) == ("kota-cirebon", "32.74", ())


@pytest.mark.parametrize("actor", [None, ADMIN])
def test_nobody_else_creates_one(actor: object) -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(None, create_tenant(), context(actor))  # type: ignore[arg-type]


def test_an_office_is_created_once() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        decide(a_tenant(), create_tenant(), context(OPERATOR))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "api"),
        ("slug", "Kota-Cirebon"),
        ("slug", "kota--cirebon"),
        ("slug", "x" * 41),
        ("slug", "x"),
        ("region_code", "32.74.05"),
        ("region_code", "99.99"),
        ("prefix", "CR1"),
        ("branding.theme", branding(theme="merah")),
        ("branding.name", branding(name="  ")),
        ("branding.name", branding(name="Saber\u202eHoaks")),
        ("branding.email", branding(email="bukan surel")),
        *((f"branding.{name}", branding(**{name: "x" * (most + 1)})) for name, most in LONGEST.items()),
        ("branding.office", branding(office=" ")),
        ("branding.government", branding(government="")),
        ("settings.timezone", TenantSettings(timezone="Europe/Paris")),
        *(
            (f"settings.{name}", TenantSettings(**{name: beyond}))
            for name, (least, most) in BOUNDS.items()
            for beyond in (least - 1, most + 1)
        ),
        ("settings.match_caution", TenantSettings(match_caution="none")),
        ("settings.match_caution", TenantSettings(match_caution="")),
        ("settings.answer_hours", TenantSettings(answer_hours=0)),
        ("settings.answer_hours", TenantSettings(answer_hours=73, limit_hours=72)),
        ("settings.limit_hours", TenantSettings(limit_hours=30 * 24 + 1)),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, create_tenant(**{field.split(".")[0]: value}), context(OPERATOR))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "x" * 40),
        ("slug", "xy"),
        *(("branding", branding(**{name: "x" * most})) for name, most in LONGEST.items()),
        ("branding", branding(short_office="", monogram="")),
        ("branding", branding(email="saber@contoh.example")),
        *(("settings", TenantSettings(**{name: bound})) for name, bounds in BOUNDS.items() for bound in bounds),
        *(("settings", TenantSettings(match_caution=word)) for word in ("looser", "usual", "stricter")),
        ("settings", TenantSettings(answer_hours=1, limit_hours=1)),
        ("settings", TenantSettings(answer_hours=30 * 24, limit_hours=30 * 24)),
    ],
)
def test_what_just_fits_is_taken_at_creation_and_at_a_change(field: str, value: object) -> None:
    (created,) = decide(None, create_tenant(**{field: value}), context(OPERATOR))

    assert getattr(evolve(None, created), field) == value
    assert getattr(changed(a_tenant(), **{field: value}), field) == value


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("slug", {"slug": "api"}),
        ("region_code", {"region_code": "99.99"}),
        ("branding.theme", {"branding": branding(theme="merah")}),
        ("settings.timezone", {"settings": TenantSettings(timezone="Europe/Paris")}),
    ],
)
def test_a_change_is_checked_like_a_creation(field: str, given: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        changed(a_tenant(), **given)

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


def test_what_a_change_does_not_name_stays() -> None:
    tenant = a_tenant()

    assert changed(tenant) == tenant
    assert changed(tenant, region_code="32.09").region_code == "32.09"
    assert changed(tenant, region_code="32.09").prefix == tenant.prefix


def test_the_platforms_own_tenant_is_not_an_office() -> None:
    with pytest.raises(Refused, match="validation"):
        decide(None, create_tenant(tenant_id=PLATFORM), context(OPERATOR, tenant=PLATFORM))


def test_one_tenant_cannot_be_created_in_the_name_of_another() -> None:
    with pytest.raises(Refused, match="validation"):
        decide(None, create_tenant(), context(OPERATOR, tenant="t-jombang"))


def test_an_old_address_is_kept_for_redirects() -> None:
    tenant = changed(changed(a_tenant(), slug="cirebon"), slug="dkis-cirebon")

    assert (tenant.slug, tenant.old_slugs) == ("dkis-cirebon", ("kota-cirebon", "cirebon"))


def test_an_address_taken_back_is_no_longer_old() -> None:
    tenant = changed(changed(a_tenant(), slug="cirebon"), slug="kota-cirebon")

    assert (tenant.slug, tenant.old_slugs) == ("kota-cirebon", ("cirebon",))


def test_an_office_changes_its_looks_but_not_its_address() -> None:
    tenant = a_tenant()

    (event,) = decide(tenant, ChangeTenant(tenant_id=CIREBON, branding=branding(theme="kopi")), context(ADMIN))
    with pytest.raises(Refused, match="role_missing"):
        decide(tenant, ChangeTenant(tenant_id=CIREBON, slug="cirebon"), context(ADMIN))

    assert evolve(tenant, event).branding.theme == "kopi"


def test_an_address_may_have_several_lines() -> None:
    address = "Kompleks Balai Kota\r\nKota Cirebon\nJawa Barat"

    (created,) = decide(None, create_tenant(branding=branding(address=address)), context(OPERATOR))

    assert evolve(None, created).branding.address == address


def test_an_office_that_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(Refused, match="not_found"):
        decide(None, ChangeTenant(tenant_id=CIREBON, slug="cirebon"), context(OPERATOR))
