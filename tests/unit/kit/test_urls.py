import csv
from pathlib import Path

import pytest

from libs.kit.urls import NotAnAddress, resolve

OBSERVED = Path(__file__).parents[4] / "shared" / "data" / "urls" / "social_urls.dev.csv"


def test_every_observed_address_is_read_as_it_should_be() -> None:
    if not OBSERVED.exists():
        pytest.skip(f"{OBSERVED} is not here")
    with OBSERVED.open(encoding="utf-8", newline="") as rows:
        observed = list(csv.DictReader(rows))

    wrong: list[tuple[str, object]] = []
    for row in observed:
        read = resolve(row["raw_url"])
        expected = (row["platform"], row["kind"], row["handle_or_id"], row["canonical_url"], row["identity_key"])
        if (read.platform, read.kind, read.id, read.url, read.identity) != expected:
            wrong.append((row["raw_url"], read))
        if read.resolved != (row["offline_resolvable"] == "yes"):
            wrong.append((row["raw_url"], read.resolved))

    assert len(observed) > 300
    assert wrong == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.facebook.com/warga.contoh?ref=x", "facebook.com/wargacontoh"),
        ("https://www.instagram.com/reel/AbCdEfGhIjK/?igsh=x", "https://instagram.com/p/AbCdEfGhIjK"),
        ("https://youtu.be/abcdefghijk?si=z", "https://www.youtube.com/shorts/abcdefghijk"),
        ("https://twitter.com/Contoh/status/123?s=20", "https://x.com/i/web/status/123"),
        (
            "https://www.tiktok.com/@a.b/video/7592476463669218567?_r=1",
            "https://www.tiktok.com/share/video/7592476463669218567",
        ),
        ("https://t.me/s/contoh_kanal/12", "https://t.me/contoh_kanal/12?single"),
        ("https://contoh.id/a/?utm_source=wa&x=1", "http://www.contoh.id/a?x=1"),
    ],
)
def test_two_links_to_one_thing_share_an_identity(one, other) -> None:
    assert resolve(one).identity == resolve(other).identity != ""


def test_an_opaque_share_link_stays_unresolved() -> None:
    read = resolve("https://www.facebook.com/share/p/1KJi9DzFVw/?mibextid=x")

    assert (read.kind, read.resolved) == ("shortlink", False)


def test_a_warning_page_is_seen_through() -> None:
    read = resolve("https://l.facebook.com/l.php?u=https%3A%2F%2Fyoutu.be%2Fabcdefghijk&h=AT0")

    assert read.identity == "youtube:video:abcdefghijk"


def test_a_look_alike_host_is_a_plain_page() -> None:
    assert resolve("https://facebook.com.masuk.xyz/reel/1470410141223003").platform == "web"


@pytest.mark.parametrize(
    "raw",
    [
        "", "javascript:alert(1)", "ftp://contoh.id/a", "https://", "http://user:rahasia@contoh.id/", "https://localhost/a",
        "https://contoh.id/" + "a" * 3_000, "https://con toh.id", "https://contoh.id\x00/", "mailto:a@contoh.id",
        "https://contoh.id:99999999/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(raw) -> None:
    with pytest.raises(NotAnAddress):
        resolve(raw)
