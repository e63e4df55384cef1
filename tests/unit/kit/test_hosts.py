import pytest

from libs.kit.hosts import endings, imitated, refused_because


@pytest.mark.parametrize(
    "url",
    [
        "https://kabarjombang.example/berita/1", "kabarjombang.example/berita/1", "http://www.facebook.com/a",
        "https://m.facebook.com/a", "https://id-id.facebook.com/a", "https://cirebonkota.go.id/",
        "https://www.bps.go.id:8443/a", "http://8.8.8.8/a", "https://x.com/a", "https://medium.com/@a/b",
        "https://kompas.com", "https://kompas.tv/a", "https://kompass.com/a", "https://москва.рф/a",
        "https://例え.jp/a", "https://xn--e1afmkfd.xn--p1ai/", "https://facebookblog.example/",
        "https://web.archive.org/web/2020/http://a.id/", "https://kabar.example/?u=https://a:b@c.id/",
        "https://kominfo.go.id.", "https://tiketok.com", "https://news.google.com/a", "https://t.co/a",
        "https://thread.com/a", "https://[2606:4700:4700::1111]/", "https://siswa.sch.id",
        "https://facebook.github.io/react",
    ],
)  # fmt: skip
def test_an_ordinary_address_is_kept(url) -> None:
    assert refused_because(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/a", "http://localhost:8400", "http://LOCALHOST./", "http://a.localhost/",
        "http://127.0.0.1/a", "http://127.1", "http://0/", "http://0.0.0.0", "http://2130706433/",
        "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://017700000001", "http://10.1.2.3",
        "http://192.168.0.1:9092/", "http://172.20.0.1", "http://169.254.169.254/latest", "http://100.64.1.1",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1]/", "http://[fd00::1]/",
        "http://[64:ff9b::7f00:1]/", "http://[::]/", "http://[2002:7f00:1::]/",
        "http://mongo.simpul.svc.cluster.local/", "http://metadata.google.internal/", "http://router.lan",
        "http://１２７.0.0.1/", "http://127。0。0。1/", "http://127.0.0.1.nip.io/", "http://localtest.me",
        "http://255.255.255.255", "http://224.0.0.1",
    ],
)  # fmt: skip
def test_this_machine_and_its_network_are_no_source(url) -> None:
    assert refused_because(url) == "url_inner"


@pytest.mark.parametrize(
    "url",
    ["https://bank.example@evil.example/", "https://a:b@kabar.example", "https://@kabar.example/", "a@kabar.example/b"],
)
def test_a_name_before_the_host_is_refused(url) -> None:
    assert refused_because(url) == "url_userinfo"


@pytest.mark.parametrize(
    "url",
    [
        "https://fаcebook.com/a", "https://www.xn--fcebook-2fg.com/a", "https://facebook.com.masuk.xyz/reel/1",
        "https://faceb00k.com", "https://facebok.com", "https://facebook-login.example", "https://instagram.click/a",
        "https://www.facebook.com-masuk.example", "https://аррӏе.kabarеxample.com",
        "https://kemensos.go.id.daftar-cepat.xyz/klaim", "https://bantuan.kemensos.go.id-klaim.example",
        "https://vvhatsapp.com/", "https://b1i.co.id.klik.example", "https://youtube.com.co.example/a",
        "https://klikbca.com.masuk.example", "https://tvvitter.com/a/status/1", "https://lnstagram.com/a",
        "https://wahtsapp.com",
    ],
)  # fmt: skip
def test_a_host_that_poses_as_another_is_refused(url) -> None:
    assert refused_because(url) == "url_look_alike"


@pytest.mark.parametrize(
    "url",
    [
        "", " ", "javascript:alert(1)", "ftp://kabar.example/a", "https://", "mailto:a@kabar.example",
        "https://kabar", "https://kabar.example\\@evil.example", "https://kabar example/",
        "https://kabar.example\x00/", "https://kabar.example:99999999/", "https://a..example/",
        "https://kabar%2eexample/", "https://kabar.example/" + "a" * 3_000, "https://[::1",
        "https://999.999.999.9999", "data:text/html,a", "//", "https://-/",
    ],
)  # fmt: skip
def test_what_is_no_web_address_is_refused(url) -> None:
    assert refused_because(url) == "url_invalid"


def test_the_host_that_is_imitated_is_named() -> None:
    assert imitated("faceb00k.com") == "facebook.com"
    assert imitated("kemensos.go.id.daftar-cepat.xyz") == "go.id"
    assert imitated("m.facebook.com") is None


def test_the_endings_are_those_of_today() -> None:
    assert {"id", "com", "cfd", "xyz", "рф"} <= endings()
    assert not {"murah", "hadi", "kom", "example"} & endings()
