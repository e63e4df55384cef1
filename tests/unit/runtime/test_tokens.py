"""Tokens between our own processes. Whatever is wrong with one, the answer is the same."""

import json
import time
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey

from libs.contracts.envelope import Actor
from libs.runtime.errors import Refused
from libs.runtime.tokens import LARGEST, LEEWAY, LIFETIME, Caller, Tokens
from tests.unit.runtime.secrets import a_pair, two_processes

HEADER = {"alg": "HS256", "kid": "k1", "typ": "simpul+jwt"}


class FromNow(int):
    """Seconds from the moment at which the token is made."""


def claims(**more: Any) -> dict[str, Any]:
    now = int(time.time())
    found = {"iss": "gateway", "aud": "reports", "iat": FromNow(0), "exp": FromNow(LIFETIME), "tenant": "t1"}
    whole = {name: value for name, value in {**found, "actor": None, **more}.items() if value != "absent"}
    return {name: now + value if isinstance(value, FromNow) else value for name, value in whole.items()}


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Tokens, Tokens]:
    gateway, reports = two_processes(tmp_path_factory.mktemp("secrets"))
    return Tokens(gateway), Tokens(reports)


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def signed(tokens: Tokens, *, header: dict[str, Any] | None = None, body: dict[str, Any] | None = None) -> str:
    key = OctKey.import_key(tokens._keyring.tokens("gateway", "reports").current)
    return jwt.encode(header or HEADER, body or claims(), key, algorithms=["HS256"])


def refused(tokens: Tokens, token: str) -> None:
    with pytest.raises(Refused) as raised:
        tokens.check(token)
    assert raised.value.args == ("unauthenticated",)


def test_the_called_process_learns_who_calls_for_whom(processes: tuple[Tokens, Tokens]) -> None:
    gateway, reports = processes
    actor = Actor("o1", ("verifier",), "a1")

    assert reports.check(gateway.make(to="reports", tenant="t1", actor=actor)) == Caller("gateway", "t1", actor)
    assert reports.check(gateway.make(to="reports", tenant=None)) == Caller("gateway", None, None)


def test_a_genuine_hand_made_token_passes(processes: tuple[Tokens, Tokens]) -> None:
    """What the refusals below are measured against."""
    assert processes[1].check(signed(processes[0])) == Caller("gateway", "t1", None)


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"}, {"alg": "None"}, {"alg": "nOnE"}, {"alg": ""}, {"alg": None}, {"alg": "HS512"},
        {"alg": "RS256"}, {"alg": ["HS256"]},
        {"kid": "k2"}, {"kid": "../../etc/passwd"}, {"kid": "' OR 1=1 --"}, {"kid": "https://evil.example/jwks"},
        {"kid": ""}, {"kid": None}, {"kid": ["k1"]}, {"kid": {"k1": 1}},
        {"typ": "JWT"}, {"typ": "at+jwt"}, {"typ": None},
        {"crit": ["exp2"], "exp2": 1}, {"crit": []},
    ],
    ids=lambda h: json.dumps(h),
)  # fmt: skip
def test_another_header_is_refused(processes: tuple[Tokens, Tokens], header: dict[str, Any]) -> None:
    _, body, signature = signed(processes[0]).split(".")

    refused(processes[1], f"{encoded({**HEADER, **header})}.{body}.{signature}")
    refused(processes[1], f"{encoded({**HEADER, **header})}.{body}.")


@pytest.mark.parametrize("extra", ["jwk", "jku", "x5u", "x5c"])
def test_a_key_that_comes_along_is_not_used(processes: tuple[Tokens, Tokens], extra: str) -> None:
    theirs = OctKey.import_key(b"e" * 32)
    value: Any = {"kty": "oct", "k": encoded(b"e" * 32)} if extra == "jwk" else "https://evil.example/key"
    head = encoded({**HEADER, extra: value})
    body = encoded(claims())
    token = jwt.encode(HEADER, claims(), theirs, algorithms=["HS256"])

    refused(processes[1], f"{head}.{body}.{token.split('.')[2]}")


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "notify"}, {"iss": "absent"}, {"iss": ["gateway"]}, {"iss": "../gateway"},
        {"aud": "notify"}, {"aud": "absent"}, {"aud": []},
        {"exp": FromNow(-LEEWAY - 1), "iat": FromNow(-65)}, {"exp": "absent"}, {"exp": FromNow(10 * 365 * 86400)},
        {"exp": "soon"}, {"exp": None}, {"iat": "absent"},
        {"nbf": FromNow(3600)},
        {"tenant": ["t1"]}, {"tenant": {"$ne": None}}, {"tenant": 1}, {"tenant": True},
        {"actor": "o1"}, {"actor": []}, {"actor": {"id": "o1"}}, {"actor": {"roles": ["operator"]}},
    ],
    ids=lambda c: json.dumps(c)[:60],
)  # fmt: skip
def test_other_claims_are_refused_though_genuinely_signed(
    processes: tuple[Tokens, Tokens], change: dict[str, Any]
) -> None:
    refused(processes[1], signed(processes[0], body=claims(**change)))


def test_a_token_lives_a_minute_and_some_seconds_of_skew(processes: tuple[Tokens, Tokens]) -> None:
    with freeze_time("2026-03-02T08:00:00Z"):
        token = processes[0].make(to="reports", tenant="t1")

    with freeze_time("2026-03-02T08:01:09Z"):
        assert processes[1].check(token).tenant == "t1"
    with freeze_time("2026-03-02T08:01:11Z"):
        refused(processes[1], token)


def test_a_changed_claim_is_refused(processes: tuple[Tokens, Tokens]) -> None:
    head, _, signature = signed(processes[0]).split(".")

    refused(processes[1], f"{head}.{encoded(claims(tenant='t2'))}.{signature}")


def test_a_token_for_another_process_is_refused_there(tmp_path: Path) -> None:
    gateway, _ = two_processes(tmp_path)
    a_pair(tmp_path / "gateway", "gateway", "notify", {"k1": b"q" * 32}, active="k1")
    a_pair(tmp_path / "notify", "gateway", "notify", {"k1": b"q" * 32}, active="k1")
    from libs.runtime.keyring import Keyring

    notify = Tokens(Keyring(tmp_path / "notify", "notify"))

    refused(notify, Tokens(gateway).make(to="reports", tenant="t1"))
    assert notify.check(Tokens(gateway).make(to="notify", tenant="t1")).service == "gateway"


@pytest.mark.parametrize(
    "token",
    [
        "", "abc", ".", "..", "a.b", "a.b.c.d", "é.é.é", "\x00", "eyJ.eyJ.eyJ",
        f"{encoded([])}.{encoded(claims())}.x", f"{encoded(b'null')}.{encoded(claims())}.x",
        f"{encoded(HEADER)}.{encoded([])}.x", f"{encoded(HEADER)}.{encoded({'iss': [[1]]})}.x",
        f"{encoded(HEADER)}.{encoded({})}.x", f"{encoded(b'1')}.{encoded(b'1')}.x",
        encoded(HEADER) + "." + encoded(b'{"iss":' + b"[" * 1000 + b"]" * 1000 + b"}") + ".x",
        "a" * (LARGEST + 1), "a." * 1_000_000,
    ],
    ids=lambda t: f"{len(t)}-{t[:12]!r}",
)  # fmt: skip
def test_rubbish_is_refused_like_everything_else(processes: tuple[Tokens, Tokens], token: str) -> None:
    refused(processes[1], token)


@given(st.lists(st.one_of(st.text(max_size=20), st.binary(max_size=30).map(encoded)), max_size=4).map(".".join))
def test_no_text_at_all_raises_anything_else(token: str) -> None:
    from libs.runtime.keyring import Keyring

    refused(Tokens(Keyring(Path("nowhere"), "reports")), token)


def test_a_replaced_key_is_good_as_long_as_it_is_in_the_pair(tmp_path: Path) -> None:
    gateway, _ = two_processes(tmp_path / "1", keys={"k1": b"o" * 32})
    _, during = two_processes(tmp_path / "2", keys={"k1": b"o" * 32, "k2": b"n" * 32}, active="k2")
    _, later = two_processes(tmp_path / "3", keys={"k2": b"n" * 32}, active="k2")
    token = Tokens(gateway).make(to="reports", tenant="t1")

    assert Tokens(during).check(token).tenant == "t1"
    refused(Tokens(later), token)
