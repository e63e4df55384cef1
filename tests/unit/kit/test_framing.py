"""Hosts that an office may name: public ones, as a policy of browsers can list them."""

import pytest

from libs.kit.framing import is_host, origin


@pytest.mark.parametrize("host", ["portal.kota.go.id", "a-b.go.id:8443", "xn--bcher-kva.example", "127.0.0.1:8080"])
def test_a_public_host_and_a_port_of_this_machine_may_be_named(host: str) -> None:
    assert is_host(host)


@pytest.mark.parametrize(
    "host",
    ["", "*", "*.kota.go.id", "https://kota.go.id", "kota.go.id/", "Kota.go.id", "kota.go.id:0", "kota.go.id:65536",
     "kota.go.id;", "kota.go.id 'self'", "a@kota.go.id", "bücher.example", "localhost", "kota.local", "127.0.0.1",
     "127.0.0.2:80", "10.0.0.1", "[::1]:80", "kota.go.id\n", "a" * 64 + ".go.id"],
)  # fmt: skip
def test_nothing_else_may(host: str) -> None:
    assert not is_host(host)


def test_only_this_machine_goes_without_https() -> None:
    assert [origin(h) for h in ("a.go.id:8443", "127.0.0.1:80")] == ["https://a.go.id:8443", "http://127.0.0.1:80"]
