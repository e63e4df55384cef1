import socket

import pytest

from deploy.local.errors import PortInUse
from deploy.local.external import External
from deploy.local.mongo import with_login
from deploy.local.ports import HOST, Ports, require_free
from deploy.local.secrets import Login
from deploy.local.services import MODULES
from libs.contracts.topics import Service


def test_a_port_in_use_is_named_with_its_purpose_and_the_remedy() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(PortInUse, match=rf"Port {port} \(mongod\)") as refusal:
            require_free({port: "mongod"})

    assert "SIMPUL_PORT=" in refusal.value.remedy


def test_two_checkouts_a_hundred_ports_apart_share_none() -> None:
    assert not Ports(8400).purposes().keys() & Ports(8500).purposes().keys()
    assert len(Ports().purposes()) == 19


def test_every_service_has_a_module_to_start() -> None:
    assert MODULES.keys() == set(Service)


@pytest.mark.parametrize(
    "url",
    ["mongodb://127.0.0.1:1,127.0.0.1:2/?replicaSet=r", "mongodb://root:x%40y@127.0.0.1:1,127.0.0.1:2/?replicaSet=r"],
)
def test_a_log_in_takes_the_place_of_the_one_in_the_address(url: str) -> None:
    address = with_login(url, Login("reports", "a/b"))

    assert address == "mongodb://reports:a%2Fb@127.0.0.1:1,127.0.0.1:2/?replicaSet=r"


def test_servers_that_exist_come_from_the_environment() -> None:
    external = External.from_environment(
        {"KAFKA_BOOTSTRAP": "k:9092", "KAFKA_ADMIN_USERNAME": "root", "KAFKA_ADMIN_PASSWORD": "p", "MONGO_URL": "m"}
    )

    assert external == External(kafka_bootstrap="k:9092", kafka_admin=Login("root", "p"), mongo_url="m")
