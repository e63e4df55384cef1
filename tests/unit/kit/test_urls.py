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


SAME = [
    ("https://www.facebook.com/reel/1234567890123456", "https://www.facebook.com/watch/?v=1234567890123456"),
    ("https://www.facebook.com/reel/1234567890123456", "https://web.facebook.com/kabar.warga/videos/1234567890123456/"),
    ("https://fb.com/watch/?v=1234567890123456&ref=x", "https://m.facebook.com/kabar/reels/1234567890123456"),
    (
        "https://www.facebook.com/permalink.php?story_fbid=1122334455&id=998877",
        "https://www.facebook.com/permalink.php?story_fbid=1122334455&amp;amp;id=998877",
    ),
    (
        "https://www.facebook.com/permalink.php?story_fbid=1326171236202875&id=61580670083527",
        "https://www.facebook.com/kabar.warga/posts/judul-panjang/1326171236202875",
    ),
    (
        "https://m.facebook.com/groups/445566778899/?view=permalink&id=1029384756",
        "https://www.facebook.com/groups/445566778899/posts/1029384756/",
    ),
    ("https://www.tiktok.com/@a.b/photo/7592476463669218567", "https://m.tiktok.com/v/7592476463669218567.html"),
    ("https://www.youtube.com/watch?feature=share&amp;v=a1B2c3D4e5F", "https://youtu.be/a1B2c3D4e5F"),
    ("https://www.youtube.com/live/a1B2c3D4e5F?t=3", "https://www.youtube-nocookie.com/embed/a1B2c3D4e5F"),
    ("https://music.youtube.com/watch?v=a1B2c3D4e5F&list=x", "vnd.youtube:a1B2c3D4e5F"),
    ("https://nitter.net/kabarwarga/status/1700000000000000001", "https://x.com/kabarwarga/status/1700000000000000001"),
    ("https://nitter.contoh.example/a/status/17#m", "https://vxtwitter.com/a/status/17"),
    ("https://d.fxtwitter.com/a/status/17/en", "https://mobile.twitter.com/a/status/17?s=20"),
    ("https://telegram.dog/kabarwarga/12", "https://t.me/s/kabarwarga/12"),
    ("https://kabarwarga.t.me/12", "tg://resolve?domain=kabarwarga&post=12"),
    ("https://web.telegram.org/k/#@kabarwarga", "https://t.me/kabarwarga"),
    ("https://api.whatsapp.com/send?phone=6281234567890&text=hai", "https://wa.me/+62812-3456-7890"),
    ("whatsapp://send?phone=081234567890", "https://wa.me/6281234567890"),
    ("https://ddinstagram.com/reel/AbCdEfGhIjK", "https://www.instagram.com/p/AbCdEfGhIjK/?img_index=2"),
    ("https://m.kabarjombang.example/berita/1", "https://kabarjombang.example/berita/1"),
    ("https://mobile.kabarjombang.example/berita/1", "http://www.kabarjombang.example/berita/1/"),
    ("https://kabarjombang.example/berita/1?page=all", "https://kabarjombang.example/berita/1"),
    ("https://kabarjombang.example/berita/1?b=2&a=1", "https://kabarjombang.example/berita/1?a=1&b=2"),
    ("https://kabarjombang.example/berita/1/amp", "https://kabarjombang.example/berita/1"),
    ("https://kabarjombang.example/amp/berita/1", "https://amp.kabarjombang.example/berita/1?amp=1"),
    ("https://kabarjombang.example/berita/1.amp.html", "https://kabarjombang.example/berita/1.html"),
    ("https://www.google.com/amp/s/www.kabarjombang.example/berita/1/amp", "https://kabarjombang.example/berita/1"),
    (
        "https://www-kabarjombang-example.cdn.ampproject.org/c/s/www.kabarjombang.example/berita/1",
        "https://kabarjombang.example/berita/1",
    ),
    (
        "https://kabar--jombang-example.translate.goog/berita/1?id=2&_x_tr_sl=id&_x_tr_tl=en",
        "https://kabar-jombang.example/berita/1?id=2",
    ),
    ("https://www.google.com/url?sa=t&amp;url=https%3A%2F%2Fkabar.example%2F1&usg=x", "https://kabar.example/1"),
    ("https://kabarjombang.example/berita/1?gad_source=1&ttclid=abc", "https://kabarjombang.example/berita/1"),
    ("https://kabarjombang.example/berita/1?utm_campaign=a&fbclid=b", "https://kabarjombang.example/berita/1#komentar"),
    ("https://kabarjombang.example/berita/1#:~:text=hoaks", "https://kabarjombang.example/berita/1"),
    ("https://kabar.blogspot.co.id/2020/1.html?m=1", "https://kabar.blogspot.com/2020/1.html"),
    (
        "https://docs.google.com/forms/d/e/1FAIpQLSabc/viewform?usp=sf_link",
        "https://docs.google.com/forms/d/e/1FAIpQLSabc/viewform",
    ),
    ("https://docs.google.com/document/d/1abc/edit?usp=sharing", "https://docs.google.com/document/u/0/d/1abc/preview"),
    ("https://drive.google.com/open?id=1abc", "https://drive.google.com/file/d/1abc/view"),
    ("https://kabar.example/a/?", "https://KABAR.example:443/a/index.html"),
]
DIFFERENT = [
    ("https://www.youtube.com/post/UgkxAAAA1111", "https://www.youtube.com/post/UgkxBBBB2222"),
    ("https://portal.example/app/#/berita/1", "https://portal.example/app/#/berita/2"),
    ("https://portal.example/app/#!/berita/1", "https://portal.example/app/#!/berita/2"),
    ("https://portal.example/#berita/1", "https://portal.example/#berita/2"),
    (
        "https://docs.google.com/spreadsheets/d/1abc/edit#gid=0",
        "https://docs.google.com/spreadsheets/d/1abc/edit#gid=777",
    ),
    (
        "https://docs.google.com/forms/d/e/1FAIpQLSabc/viewform",
        "https://docs.google.com/forms/d/e/1FAIpQLSabd/viewform",
    ),
    (
        "https://m.facebook.com/groups/445566778899/?view=permalink&id=1029384756",
        "https://facebook.com/groups/445566778899",
    ),
    ("https://www.facebook.com/a/posts/1029384756", "https://www.facebook.com/b/posts/1029384756"),
    ("https://kabar.example/berita?id=1", "https://kabar.example/berita?id=2"),
    ("https://kabar.example/berita/1?page=2", "https://kabar.example/berita/1?page=3"),
    ("https://kabar.example/?p=12", "https://kabar.example/?p=13"),
    ("https://m.id/a", "https://amp.id/a"),
    ("https://kabar.example/amplop", "https://kabar.example/lop"),
    ("https://bit.ly/abc", "https://bit.ly/abd"),
    ("https://x.com/a/status/17", "https://x.com/a/status/18"),
    ("https://kabar.example/A", "https://kabar.example/a"),
    ("https://www.facebook.com/sharer/sharer.php?u=https://a.example", "https://a.example"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_post_or_page_under_two_addresses_has_one_mark(one, other) -> None:
    assert resolve(one).mark == resolve(other).mark != ""


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_posts_or_pages_have_two_marks(one, other) -> None:
    assert resolve(one).mark != resolve(other).mark


@pytest.mark.parametrize(
    "raw",
    [
        "https://www.facebook.com/sharer/sharer.php?u=https%3A%2F%2Fkabar.example",
        "https://x.com/intent/tweet?url=a",
        "https://m.facebook.com/login/?next=https%3A%2F%2Fm.facebook.com%2Fkabar",
        "https://t.me/share/url?url=kabar.example",
        "https://www.instagram.com/accounts/login/?next=/p/AbCdEfGhIjK/", "whatsapp://send?text=kabar",
        "tg://msg_url?url=a",
        "https://www.facebook.com/dialog/share?href=a", "https://www.google.com/search?q=kabar",
        "https://wa.me/?text=kabar",
        "https://api.whatsapp.com/send?text=kabar",
    ],
)  # fmt: skip
def test_a_share_button_a_search_and_a_log_in_wall_are_no_content(raw) -> None:
    assert resolve(raw).kind == "not_content"


def test_the_front_page_of_a_platform_is_neither_account_nor_post() -> None:
    assert [resolve(raw).kind for raw in ("https://m.facebook.com/", "x.com", "https://t.me")] == ["site_root"] * 3


def test_a_page_is_shown_over_https_without_tracking() -> None:
    read = resolve("http://kabarjombang.example/berita/1?utm_source=wa&amp;b=2&a=1&fbclid=x#komentar")

    assert read.url == "https://kabarjombang.example/berita/1?b=2&a=1"


def test_an_application_keeps_the_part_that_is_its_page() -> None:
    assert resolve("https://portal.example/app/#/berita/1").url == "https://portal.example/app#/berita/1"


def test_keys_under_which_accounts_are_held_stay_as_they_were() -> None:
    """Written down: holds are stored under them."""
    assert {raw: resolve(raw).identity for raw in HELD} == HELD


HELD = {
    "https://www.facebook.com/warga.contoh": "facebook:profile:wargacontoh",
    "https://www.facebook.com/profile.php?id=61582741323511": "facebook:profile_id:61582741323511",
    "https://www.facebook.com/groups/445566778899": "facebook:group:445566778899",
    "https://www.facebook.com/reel/1470410141223003": "facebook:reel:1470410141223003",
    "https://www.instagram.com/bankmandiri/": "instagram:profile:bankmandiri",
    "https://www.tiktok.com/@welovehonda?_r=1": "tiktok:profile:welovehonda",
    "https://x.com/adhikaryaID": "x:profile:adhikaryaid",
    "https://www.youtube.com/channel/UC7V9cxzD7Gk-K_jxGMbblgA": "youtube:channel_id:UC7V9cxzD7Gk-K_jxGMbblgA",
    "https://www.youtube.com/c/BantulTV": "youtube:custom_name:bantultv",
    "https://t.me/kabarwarga": "telegram:profile:kabarwarga",
    "https://whatsapp.com/channel/0029Va": "whatsapp:channel:0029Va",
    "https://m.kabar.example/redaksi/?b=2&a=1": "web:page:m.kabar.example/redaksi?b=2&a=1",
    "https://www.kabar.example": "web:page:kabar.example",
}


@pytest.mark.parametrize("raw", ["https://kabar.example/?" + "a=1&" * 300, "tg://[", "fb://[/"])
def test_an_address_that_cannot_be_read_is_refused_and_breaks_nothing(raw) -> None:
    with pytest.raises(NotAnAddress):
        resolve(raw)


def test_what_stands_before_the_host_is_named_as_the_reason() -> None:
    with pytest.raises(NotAnAddress) as refused:
        resolve("https://www.facebook.com@masuk.example/reel/1")

    assert refused.value.code == "url_userinfo"


def test_a_look_alike_host_is_a_plain_page() -> None:
    assert resolve("https://facebook.com.masuk.xyz/reel/1470410141223003").platform == "web"


@pytest.mark.parametrize(
    "raw",
    [
        "", "javascript:alert(1)", "ftp://contoh.id/a", "https://", "http://user:rahasia@contoh.id/",
        "https://localhost/a",
        "https://contoh.id/" + "a" * 3_000, "https://con toh.id", "https://contoh.id\x00/", "mailto:a@contoh.id",
        "https://contoh.id:99999999/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(raw) -> None:
    with pytest.raises(NotAnAddress):
        resolve(raw)
