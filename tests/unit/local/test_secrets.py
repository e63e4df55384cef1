import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from deploy.local.secrets import PAIRS, Secrets
from libs.contracts.topics import Service


@pytest.fixture
def secrets(tmp_path: Path) -> Secrets:
    made = Secrets(tmp_path)
    made.create()
    return made


def contents(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("service", Service)
def test_a_process_holds_only_keys_that_name_it(secrets: Secrets, service: Service) -> None:
    held = {file.name for file in secrets.of(service).iterdir()}

    assert all(service in name.split("-") for name in _stems(held, "pair-"))
    assert _stems(held, "seal-", ".key") <= {f"seal-{service}"}
    assert ({"tracking.key", "session.key", "blobs.key"} <= held) == (service is Service.GATEWAY)


def test_every_pair_is_held_by_both_of_its_sides(secrets: Secrets) -> None:
    for caller, called in PAIRS:
        for side in {caller, called}:
            assert (secrets.of(side) / f"pair-{caller}-{called}.json").exists()


def test_both_sides_of_a_pair_hold_the_same_key_of_32_bytes(secrets: Secrets) -> None:
    rings = [
        json.loads((secrets.of(service) / "pair-gateway-notify.json").read_text())
        for service in (Service.GATEWAY, Service.NOTIFY)
    ]

    assert rings[0] == rings[1]
    assert len(base64.b64decode(rings[0]["keys"][rings[0]["active"]])) == 32


def test_what_is_sealed_to_a_service_is_opened_by_its_key(secrets: Secrets) -> None:
    private = base64.b64decode((secrets.of(Service.NOTIFY) / "seal-notify.key").read_text())
    public = base64.b64decode((secrets.of(Service.GATEWAY) / "seal-notify.pub").read_text())

    assert X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() == public


def test_nothing_is_made_anew_on_a_later_start(tmp_path: Path, secrets: Secrets) -> None:
    secrets.login("kafka", "admin")
    before = contents(tmp_path)

    again = Secrets(tmp_path)
    again.create()
    again.login("kafka", "admin")

    assert contents(tmp_path) == before


def test_a_holder_that_lost_its_copy_gets_the_same_key_again(secrets: Secrets) -> None:
    file = secrets.of(Service.NOTIFY) / "pair-gateway-notify.json"
    before = file.read_text()
    file.unlink()

    secrets.create()

    assert file.read_text() == before


def test_only_the_owner_can_read_a_secret(tmp_path: Path, secrets: Secrets) -> None:
    secrets.login("kafka", "admin")
    secrets.key_file()
    secrets.add_channels(["kota-contoh"])

    assert {file.stat().st_mode & 0o777 for file in tmp_path.rglob("*") if file.is_file()} == {0o600}


def test_an_office_has_one_number_and_one_bot_which_the_services_and_the_provider_know(secrets: Secrets) -> None:
    secrets.add_channels(["kota-contoh"])
    secrets.add_channels(["kota-contoh", "kab-contoh"])

    held = [secrets.of(service) / "channels.json" for service in (Service.GATEWAY, Service.NOTIFY)]
    channels = json.loads(secrets.channels.read_text())
    assert [json.loads(file.read_text()) for file in held] == [channels, channels]
    assert [number["office"] for number in channels["whatsapp"]] == ["kota-contoh", "kab-contoh"]
    assert len({bot["token"] for bot in channels["telegram"]}) == 2


def test_a_number_that_an_office_has_stays_its_number(secrets: Secrets) -> None:
    secrets.add_channels(["kota-contoh"])
    before = json.loads(secrets.channels.read_text())["whatsapp"][0]
    (secrets.of(Service.NOTIFY) / "channels.json").unlink()

    secrets.add_channels(["kota-contoh"])

    assert json.loads((secrets.of(Service.NOTIFY) / "channels.json").read_text())["whatsapp"][0] == before


def _stems(names: set[str], start: str, end: str = "") -> set[str]:
    return {name.rsplit(".", 1)[0] for name in names if name.startswith(start) and name.endswith(end)}
