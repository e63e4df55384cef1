from pathlib import Path

import pytest

from libs.runtime.keyring import Keyring, derive
from tests.unit.runtime.secrets import a_pair, encoded, two_processes


def test_both_sides_derive_the_same_keys_and_no_key_serves_two_purposes(tmp_path: Path) -> None:
    gateway, reports = two_processes(tmp_path)

    signing, tokens, links = (getattr(gateway, n)("gateway", "reports") for n in ("signing", "tokens", "links"))

    assert signing.current == reports.signing("gateway", "reports").current
    assert len({signing.current, tokens.current, links.current, b"p" * 32}) == 4


def test_a_replaced_key_still_opens_what_it_made(tmp_path: Path) -> None:
    old, new = b"o" * 32, b"n" * 32
    _, before = two_processes(tmp_path / "before", keys={"k1": old})
    _, during = two_processes(tmp_path / "during", keys={"k1": old, "k2": new}, active="k2")

    was = before.signing("gateway", "reports")
    now = during.signing("gateway", "reports")

    assert now.current != was.current
    assert now.keys["k1"] == was.current


def test_callers_are_those_whose_pair_lies_in_the_directory(tmp_path: Path) -> None:
    for caller, callee in (("gateway", "reports"), ("reports", "reports"), ("reports", "matcher")):
        a_pair(tmp_path, caller, callee, {"k1": b"p" * 32}, active="k1")

    assert Keyring(tmp_path, "reports").callers == ("gateway", "reports")


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"pair-gateway-notify\.json"):
        Keyring(tmp_path, "gateway").signing("gateway", "notify")


def test_single_keys_are_read_as_they_were_mounted(tmp_path: Path) -> None:
    (tmp_path / "tracking.key").write_text(encoded(b"t" * 32))

    assert Keyring(tmp_path, "gateway").single("tracking.key") == b"t" * 32


def test_a_key_for_one_purpose_says_nothing_of_another() -> None:
    assert len({derive(b"k" * 32, purpose) for purpose in ("commands", "tokens", "links")}) == 3
    assert derive(b"k" * 32, "tokens") != derive(b"j" * 32, "tokens")
