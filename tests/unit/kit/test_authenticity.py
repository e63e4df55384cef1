import time

import pytest

from libs.kit.authenticity import is_proven

OURS, SENDER = "mx.kota.example", "budi@warga.example"


def proven(*headers: str, sender: str = SENDER) -> bool:
    return is_proven(headers, server=OURS, sender=sender)


@pytest.mark.parametrize(
    "found",
    [
        "dmarc=pass header.from=warga.example",
        "dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from=Warga.Example",
        "spf=fail smtp.mailfrom=x@lain.example; dkim=pass header.d=warga.example; dmarc=pass header.from=warga.example",
        "dkim=pass header.d=warga.example header.s=s1",
        "dkim=pass header.i=@warga.example header.s=s1 header.b=abc",
        "spf=pass (mx: domain of budi@warga.example is fine) smtp.mailfrom=budi@warga.example",
        "spf=pass smtp.mailfrom=warga.example; dmarc=none header.from=warga.example",
        "spf=softfail smtp.mailfrom=warga.example; dkim=pass header.d=warga.example",
        'dkim=pass reason="2048-bit key; unprotected" header.d=warga.example',
        "dkim = pass\r\n\theader.d = warga.example",
    ],
)
def test_what_the_offices_server_found_right_is_proven(found: str) -> None:
    assert proven(f"{OURS}; {found}")
    assert proven(f"{OURS} 1; {found}")
    assert proven(f"MX.Kota.Example (Postfix); {found}")


@pytest.mark.parametrize(
    "found",
    [
        "none",
        "dmarc=fail header.from=warga.example",
        "dmarc=fail (p=NONE) header.from=warga.example; spf=pass smtp.mailfrom=warga.example",
        "dmarc=pass header.from=lain.example",
        "dmarc=pass header.from=warga.example; dmarc=fail header.from=warga.example",
        "dmarc=temperror header.from=warga.example",
        "spf=fail smtp.mailfrom=budi@warga.example",
        "spf=softfail smtp.mailfrom=budi@warga.example",
        "spf=none; dkim=none; dmarc=none",
        "spf=pass smtp.mailfrom=x@lain.example; dkim=pass header.d=lain.example",
        "spf=pass smtp.helo=warga.example",
        "dkim=fail header.d=warga.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=bawah.warga.example",
        "dkim=pass header.d=jahatwarga.example",
        "iprev=pass policy.iprev=10.0.0.1; auth=pass smtp.auth=warga.example",
        'spf=fail reason="; dmarc=pass header.from=warga.example" smtp.mailfrom=warga.example',
        "spf=fail (; dmarc=pass header.from=warga.example;) smtp.mailfrom=warga.example",
        "spf=fail (a (; dmarc=pass header.from=warga.example;) b) smtp.mailfrom=warga.example",
        "spf=fail (a ( b) ; dmarc=pass header.from=warga.example",
        "spf=fail (a ) b) ; dmarc=pass header.from=warga.example",
        'spf=fail reason="a ; dmarc=pass header.from=warga.example',
        'spf=fail smtp.mailfrom="x; dmarc=pass header.from=warga.example; y"@warga.example',
    ],
)
def test_anything_else_is_not(found: str) -> None:
    assert not proven(f"{OURS}; {found}")


def test_a_domain_signs_for_those_below_it() -> None:
    assert proven(f"{OURS}; dkim=pass header.d=warga.example", sender="budi@surat.warga.example")


def test_the_topmost_header_of_the_offices_server_counts_alone() -> None:
    good, bad = f"{OURS}; dmarc=pass header.from=warga.example", f"{OURS}; dmarc=fail header.from=warga.example"

    assert not proven(bad, good)
    assert proven(good, bad)
    assert proven("mx.lain.example; dmarc=fail header.from=warga.example", good)


def test_what_other_servers_say_proves_nothing() -> None:
    assert not proven("mx.lain.example; dmarc=pass header.from=warga.example")
    assert not proven(f"{OURS}.jahat.example; dmarc=pass header.from=warga.example")
    assert not proven()


def test_a_hostile_header_is_read_in_its_stride() -> None:
    begun = time.process_time()
    for odd in ("(" * 10_000, '"' * 10_001, "\\" * 9_000, "a=b;" * 3_000, "dkim=pass header.d=" * 600):
        assert not proven(f"{OURS}; {odd}")
    assert time.process_time() - begun < 1
