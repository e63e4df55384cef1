import time

import pytest

from libs.kit.addresses import addresses, without_addresses


def test_addresses_are_found_as_people_write_them() -> None:
    text = "cek www.contoh.com/x). dan bit.ly/abcD, (https://contoh.org/wiki/Foo_(bar)) lalu hxxp://bahaya[.]xyz/a"

    assert addresses(text) == [
        "www.contoh.com/x",
        "bit.ly/abcD",
        "https://contoh.org/wiki/Foo_(bar)",
        "http://bahaya.xyz/a",
    ]


def test_a_missing_space_and_a_mail_address_are_no_web_addresses() -> None:
    assert addresses("sudah selesai.terima kasih, tulis ke warga@contoh.id") == []


FOUND = [
    ("Daftar di https://s.id/bantuanX🔥 sebelum habis", ["https://s.id/bantuanX"]),
    ("👉https://bit.ly/abc123👈 klik", ["https://bit.ly/abc123"]),
    ("👉bit.ly/abc123❤️ klik", ["bit.ly/abc123"]),
    ("https://bit.ly/abc\u200b123 cepat", ["https://bit.ly/abc123"]),
    ("ht\u00adtps://bit.ly/abc\u00ad123", ["https://bit.ly/abc123"]),
    ("\u2060https://bit.ly/abc123", ["https://bit.ly/abc123"]),
    ("buka bantuan.kemensos.go.id.daftar-cepat.xyz/klaim sekarang", ["bantuan.kemensos.go.id.daftar-cepat.xyz/klaim"]),
    ("buka bantuan.kemensos.go.id.daftar-cepat.xyz", ["bantuan.kemensos.go.id.daftar-cepat.xyz"]),
    ("klaim di hadiah-bank.cfd/ambil ya", ["hadiah-bank.cfd/ambil"]),
    ("klaim di hadiahbank.cfd ya, atau danabansos.sbs!", ["hadiahbank.cfd", "danabansos.sbs"]),
    ("https://a.example/1|https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
    ("https://a.example/1,https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
    ("https://a.example/1https://b.example/2", ["https://a.example/1", "https://b.example/2"]),
    ("bit.ly/a|s.id/b", ["bit.ly/a", "s.id/b"]),
    ("https://web.archive.org/web/2020/https://kabar.id/1", ["https://web.archive.org/web/2020/https://kabar.id/1"]),
    ("https://l.facebook.com/l.php?u=https://kabar.id/1", ["https://l.facebook.com/l.php?u=https://kabar.id/1"]),
    ("baca di Kompas.com, DETIK.COM dan detik.com.Terima kasih", ["Kompas.com", "DETIK.COM", "detik.com"]),
    ("situs bbc.co.uk dan cirebonkota.go.id, juga москва.рф", ["bbc.co.uk", "cirebonkota.go.id"]),
    ("unduh di kabar.id:8080/a dan x.com/kabar", ["kabar.id:8080/a", "x.com/kabar"]),
    ("【https://kabar.id/a】「s.id/b」→s.id/c…", ["https://kabar.id/a", "s.id/b", "s.id/c"]),
    ("*https://kabar.id/a* _s.id/b_ ~s.id/c~", ["https://kabar.id/a", "s.id/b", "s.id/c"]),
    (
        "https://id.wikipedia.org/wiki/Jalan_Tol_Cikopo–Palimanan ya",
        ["https://id.wikipedia.org/wiki/Jalan_Tol_Cikopo–Palimanan"],
    ),
    (
        "masuk ke bahaya[.]xyz/a atau bahaya(.)top/b atau bahaya[dot]icu/c",
        ["bahaya.xyz/a", "bahaya.top/b", "bahaya.icu/c"],
    ),
    ("https://kabar.id/a?x=1&amp;y=2", ["https://kabar.id/a?x=1&amp;y=2"]),
    ("ambil.ru/x", ["ambil.ru/x"]),
    ("kunjungi m.detik.com/berita.", ["m.detik.com/berita"]),
]


@pytest.mark.parametrize(("text", "links"), FOUND)
def test_an_address_is_found_whatever_stands_around_it(text, links) -> None:
    assert addresses(text) == links


@pytest.mark.parametrize(
    "text",
    [
        "Beli beras.Murah sekali,pak.Hadi yang jual", "sudah selesai.terima kasih", "kami pergi.ke pasar.dan pulang",
        "Drs. Budi, S.Pd., M.Si, S.Ag dan M.Ag", "beli gula 5.kg dan beras 10.kg", "pukul 07.30.sampai 09.00",
        "Rp1.500.000",
        "tulis ke warga.desa@kabar.example.id", "a.b.c", "surat.pdf dan arsip.zip", "Jl.Raya No.5",
        "harga naik.Info lengkap menyusul",
        "versi 2.0.1", "kata.si Budi", "dibuka.jam 8", "uangnya di.bank", "...", "dr.Tirta", "gratis.total",
    ],
)  # fmt: skip
def test_a_missing_space_is_no_address(text) -> None:
    assert addresses(text) == []


def test_a_text_is_left_without_its_addresses() -> None:
    assert without_addresses("lihat bit.ly/abc🔥 dan beras.Murah") == "lihat  🔥 dan beras.Murah"
    assert without_addresses("baca detik.com.Terima kasih") == "baca  .Terima kasih"


@pytest.mark.parametrize(
    "hostile",
    [
        "a." * 50_000,
        "a-" * 50_000,
        "www." * 25_000,
        "a.com" * 20_000,
        "https://" * 12_000,
        "a.b@" * 25_000,
        "x.com/" + "(" * 99_999,
    ],
)
def test_hostile_texts_take_time_in_proportion_to_their_length(hostile) -> None:
    started = time.process_time()

    addresses(hostile)
    without_addresses(hostile)

    assert time.process_time() - started < 1
