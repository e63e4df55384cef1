import pytest

from libs.contracts.ids import PLATFORM
from libs.contracts.registry.tenant import AddAgency
from libs.runtime.errors import Refused
from services.registry.agency import Agency, decide, evolve
from tests.unit.registry.builders import ADMIN, OPERATOR, VERIFIER, context

DINSOS = AddAgency(agency_id="a-dinsos", name="Dinas Sosial Kota Cirebon")


def test_an_admin_adds_an_agency() -> None:
    (event,) = decide(None, DINSOS, context(ADMIN))

    assert evolve(None, event) == Agency(name="Dinas Sosial Kota Cirebon")


def test_an_agency_is_added_once() -> None:
    with pytest.raises(Refused, match="state_conflict"):
        decide(Agency(name="Dinas Sosial"), DINSOS, context(ADMIN))


def test_a_verifier_adds_none() -> None:
    with pytest.raises(Refused, match="role_missing"):
        decide(None, DINSOS, context(VERIFIER))


def test_the_platform_has_none() -> None:
    with pytest.raises(Refused, match="forbidden"):
        decide(None, DINSOS, context(OPERATOR, tenant=PLATFORM))


@pytest.mark.parametrize(
    ("agency_id", "name"), [("a/b", "Dinas"), ("a", ""), ("a", "Dinas\x00Sosial"), ("a", "D" * 161)]
)
def test_what_does_not_fit_is_refused(agency_id: str, name: str) -> None:
    with pytest.raises(Refused, match="validation"):
        decide(None, AddAgency(agency_id=agency_id, name=name), context(ADMIN))
