import pytest

from libs.contracts.ids import PLATFORM
from libs.contracts.registry.tenant import ChangeTenant, TenantSettings
from libs.runtime.errors import Refused
from services.registry.tenant import Tenant, decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, OPERATOR, branding, context, create_tenant


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
        ("region_code", "32.74.05"),
        ("region_code", "99.99"),
        ("prefix", "CR1"),
        ("branding.theme", branding(theme="merah")),
        ("branding.name", branding(name="  ")),
        ("branding.name", branding(name="Saber\u202eHoaks")),
        ("branding.email", branding(email="bukan surel")),
        ("settings.timezone", TenantSettings(timezone="Europe/Paris")),
        ("settings.contact_kept_days", TenantSettings(contact_kept_days=0)),
        ("settings.answer_hours", TenantSettings(answer_hours=100, limit_hours=72)),
    ],
)
def test_what_does_not_fit_is_refused_by_the_name_of_its_field(field: str, value: object) -> None:
    with pytest.raises(Refused) as refused:
        decide(None, create_tenant(**{field.split(".")[0]: value}), context(OPERATOR))

    assert (refused.value.code, refused.value.fields) == ("validation", (field,))


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
