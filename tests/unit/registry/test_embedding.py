"""Which sites may show an office's form: its administrators say so, all of them at once."""

import pytest

from libs.contracts.registry.tenant import AllowEmbedding, ChangeTenant, TenantSettings
from libs.runtime.errors import Refused
from services.registry.tenant import Tenant, decide, evolve
from tests.unit.registry.builders import ADMIN, CIREBON, OPERATOR, context, create_tenant


def a_tenant() -> Tenant:
    (created,) = decide(None, create_tenant(), context(OPERATOR))
    return evolve(None, created)


def allowed(*hosts: str) -> Tenant:
    state = a_tenant()
    (event,) = decide(state, AllowEmbedding(tenant_id=CIREBON, hosts="\n".join(hosts)), context(ADMIN))
    return evolve(state, event)


def test_hosts_are_kept_once_and_in_lower_case() -> None:
    assert allowed("Kota.go.id", "kota.go.id", "a.go.id:8443").settings.embed_hosts == ("kota.go.id", "a.go.id:8443")


def test_other_settings_leave_them_as_they_are() -> None:
    state = allowed("kota.go.id")
    command = ChangeTenant(tenant_id=CIREBON, settings=TenantSettings(answer_hours=12, embed_hosts=("b.go.id",)))
    (event,) = decide(state, command, context(ADMIN))

    settings = evolve(state, event).settings
    assert (settings.answer_hours, settings.embed_hosts) == (12, ("kota.go.id",))


@pytest.mark.parametrize("hosts", [("*.go.id",), ("kota.go.id", "localhost"), tuple(f"a{n}.go.id" for n in range(21))])
def test_what_is_no_public_host_and_more_than_twenty_are_refused(hosts: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as error:
        allowed(*hosts)
    assert error.value.fields == ("hosts",)


def test_only_an_administrator_of_the_office_may() -> None:
    with pytest.raises(Refused):
        decide(a_tenant(), AllowEmbedding(tenant_id=CIREBON, hosts=""), context(OPERATOR))
