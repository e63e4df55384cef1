import time

import pytest

from libs.kit.claims import Aspect, read, turns
from libs.kit.stems import Stems

STEMS = Stems()


def aspects(reported, published):
    return [turn.aspect for turn in turns(read(reported, STEMS), read(published, STEMS))]


@pytest.mark.parametrize(
    "text",
    [
        "Assalamualaikum min, apakah kabar ini betul atau hoaks?",
        "Mohon di cek kebenarannya ya min",
        "Ini benar tidak ya?",
        "Selamat siang admin, mau tanya apakah berita di video ini valid?",
        "tolong dicek dulu pak, dapat dari grup wa keluarga",
        "hoax bukan min",
        "Benarkah ini? Takutnya bohong. Terima kasih",
        "https://contoh.id/berita/vaksin-habis",
        "is this true?",
        "jembatan?",
        "",
    ],
)
def test_a_greeting_or_question_alone_claims_nothing(text) -> None:
    assert not read(text, STEMS).has_claim()


@pytest.mark.parametrize(
    "text",
    [
        "vaksin habis",
        "Facebook berbayar mulai besok",
        "min, jembatan Ciwulan ditutup ya?",
        "Gempa 7,2",
        "Hoax! Bupati mundur",
    ],
)
def test_a_few_words_may_be_a_claim(text) -> None:
    assert read(text, STEMS).has_claim()


CLOSED = "Jembatan Ciwulan ditutup mulai Senin pagi untuk semua kendaraan"


@pytest.mark.parametrize(
    "around",
    [
        "Assalamualaikum, dapat dari grup sebelah: {}. Benar ga min?",
        "{}!!! 😱 sebarkan",
        "HOAX: {}",
        "selamat pagi min, {} benar tidak ya",
        "{} https://contoh.id/a",
    ],
)
def test_a_claim_is_verbatim_whatever_stands_around_it(around) -> None:
    assert read(around.format(CLOSED), STEMS).is_verbatim(read(CLOSED.upper(), STEMS))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("bantuan Rp1.500.000 bagi pemilik motor", "Bantuan 1,5 juta bagi pemilik motor"),
        ("SDN Mekarwangi III digusur", "SD Negeri Mekarwangi 3 digusur"),
        ("sebanyak 160 orang keracunan nasi kotak", "sebanyak 170 orang keracunan nasi kotak"),
        ("pasar tutup jam 9 malam", "pasar tutup pukul 21.00"),
    ],
)
def test_two_spellings_and_a_count_of_people_make_one_claim(one, other) -> None:
    assert read(one, STEMS).is_verbatim(read(other, STEMS))


@pytest.mark.parametrize(
    ("published", "reported"),
    [
        ("Kepala Desa Sindangsari ditangkap karena menjual beras", "Kepala Desa Sindangsari {} karena menjual beras"),
    ],
)
@pytest.mark.parametrize(
    "denied",
    [
        "tidak ditangkap", "tak ditangkap", "bukan ditangkap", "belum ditangkap", "batal ditangkap", "gagal ditangkap",
        "gak jadi ditangkap", "tdk pernah ditangkap", "blm ditangkap", "urung ditangkap", "tidak akan ditangkap",
        "dibebaskan",
    ],
)  # fmt: skip
def test_a_denied_claim_is_another(published, reported, denied) -> None:
    assert aspects(reported.format(denied), published) == [Aspect.POLARITY]
    assert aspects(published, reported.format(denied)) == [Aspect.POLARITY]


@pytest.mark.parametrize(
    "report",
    [
        "Polisi membantah Kepala Desa Sindangsari ditangkap",
        "Hoaks bahwa Kepala Desa Sindangsari ditangkap",
        "Tidak benar Kepala Desa Sindangsari ditangkap",
        "Kepala Desa Sindangsari ditangkap itu tidak benar",
        "Kabar Kepala Desa Sindangsari ditangkap dibantah polisi",
        "Kepala Desa Sindangsari ditangkap adalah hoaks",
        "Penangkapan Kepala Desa Sindangsari batal",
        "Kepala Desa Sindangsari ditangkap belum",
    ],
)
def test_a_denial_beside_the_claim_denies_it(report) -> None:
    assert aspects(report, "Kepala Desa Sindangsari ditangkap") == [Aspect.POLARITY]


@pytest.mark.parametrize(
    "report",
    [
        "Kepala Desa Sindangsari ditangkap, benar tidak?",
        "apakah hoaks kalau Kepala Desa Sindangsari ditangkap?",
        "ini bukan hoax, Kepala Desa Sindangsari ditangkap",
        "Kepala Desa Sindangsari ditangkap ga min",
        "Kepala Desa Sindangsari sudah ditangkap apa belum",
        "Kepala Desa Sindangsari sudah ditangkap. Kami tidak takut",
    ],
)
def test_a_question_about_it_does_not(report) -> None:
    assert aspects(report, "Kepala Desa Sindangsari ditangkap") == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harga gas melon naik menjadi 35 ribu", "Harga gas melon turun menjadi 35 ribu"),
        ("Harga beras meningkat di pasar", "Harga beras menurun di pasar"),
        ("Warga boleh mengurus KTP di balai desa", "Warga dilarang mengurus KTP di balai desa"),
        ("Pasar Cikijing dibuka malam hari", "Pasar Cikijing ditutup malam hari"),
        ("Vaksin campak sudah habis di puskesmas", "Vaksin campak belum habis di puskesmas"),
        ("Penyanyi itu masih hidup di rumah sakit", "Penyanyi itu meninggal di rumah sakit"),
        ("Anak hilang ditemukan dengan selamat", "Anak hilang ditemukan dengan tewas"),
        ("Timnas menang lawan Malaysia", "Timnas kalah lawan Malaysia"),
        ("Naik bus kota gratis bulan ini", "Naik bus kota berbayar bulan ini"),
        ("Imigran masuk lewat pelabuhan Cirebon", "Imigran keluar lewat pelabuhan Cirebon"),
        ("Warga wajib ikut ronda malam", "Warga tidak wajib ikut ronda malam"),
        ("Bupati menerima usul pabrik semen", "Bupati menolak usul pabrik semen"),
        ("Pernikahan itu sah menurut pengadilan", "Pernikahan itu tidak sah menurut pengadilan"),
        ("Air sumur itu aman diminum anak", "Air sumur itu berbahaya diminum anak"),
        ("Hasil tes bupati positif covid", "Hasil tes bupati negatif covid"),
        ("Kerja bakti dengan upah di balai desa", "Kerja bakti tanpa upah di balai desa"),
        ("Sebarkan nomor ini ke semua warga desa", "Jangan sebarkan nomor ini ke semua warga desa"),
        ("Motor merah menabrak pagar sekolah", "Motor biru menabrak pagar sekolah"),
    ],
)
def test_the_opposite_of_a_claim_is_another(one, other) -> None:
    assert aspects(one, other)
    assert aspects(other, one)


def test_an_opposite_denied_is_the_claim_itself() -> None:
    assert aspects("Warga tidak boleh mengurus KTP di balai desa", "Warga dilarang mengurus KTP di balai desa") == []


@pytest.mark.parametrize(
    ("aspect", "one", "other"),
    [
        (Aspect.IDENTIFIER, "SDN Mekarwangi III akan digusur", "SDN Mekarwangi II akan digusur"),
        (Aspect.IDENTIFIER, "SDN Mekarwangi III akan digusur", "SDN Mekarwangi I akan digusur"),
        (Aspect.IDENTIFIER, "sdn mekarwangi viii akan digusur", "sdn mekarwangi vii akan digusur"),
        (Aspect.IDENTIFIER, "SMPN 1 Palimanan libur dua minggu", "SMPN 3 Palimanan libur dua minggu"),
        (Aspect.IDENTIFIER, "SMPN 1 Palimanan libur karena flu", "SMAN 1 Palimanan libur karena flu"),
        (Aspect.IDENTIFIER, "Warga RT 03 Babakan wajib bayar iuran", "Warga RT 07 Babakan wajib bayar iuran"),
        (Aspect.IDENTIFIER, "Warga RT 03/RW 05 Babakan kena iuran", "Warga RT 03/RW 06 Babakan kena iuran"),
        (Aspect.IDENTIFIER, "Siswa kelas 3 pulang lebih awal", "Siswa kelas 5 pulang lebih awal"),
        (Aspect.IDENTIFIER, "Rumah nomor 12 dibongkar petugas", "Rumah nomor 21 dibongkar petugas"),
        (Aspect.IDENTIFIER, "Perampokan di Blok A pasar", "Perampokan di Blok C pasar"),
        (Aspect.IDENTIFIER, "Perampokan di Gang 5 Babakan", "Perampokan di Gg 9 Babakan"),
        (Aspect.IDENTIFIER, "Jalan ambles di KM 45 tol", "Jalan ambles di km 54 tol"),
        (Aspect.IDENTIFIER, "Gempa 7,2 guncang pesisir", "Gempa 5,2 guncang pesisir"),
        (Aspect.IDENTIFIER, "Gempa magnitudo 7.2 guncang pesisir", "Gempa magnitudo 6.2 guncang pesisir"),
        (Aspect.IDENTIFIER, "Pasal 27 ayat 3 dicabut pemerintah", "Pasal 28 ayat 3 dicabut pemerintah"),
        (Aspect.IDENTIFIER, "Demo Jilid II di alun-alun", "Demo Jilid III di alun-alun"),
        (Aspect.IDENTIFIER, "Motor B 1234 XYZ menculik anak", "Motor B 1243 XYZ menculik anak"),
        (Aspect.IDENTIFIER, "Motor B 1234 XYZ menculik anak", "Motor D 1234 XYZ menculik anak"),
        (Aspect.IDENTIFIER, "Aplikasi versi 2.0 mencuri data", "Aplikasi versi 3.0 mencuri data"),
        (Aspect.IDENTIFIER, "Jaringan 5G menyebabkan sakit kepala", "Jaringan 4G menyebabkan sakit kepala"),
        (Aspect.IDENTIFIER, "Pintu air selatan jebol", "Pintu air utara jebol"),
        (Aspect.TIME, "Listrik padam hari Selasa di Rajadesa", "Listrik padam hari Jumat di Rajadesa"),
        (Aspect.TIME, "Pasar tutup pukul 21.00 di balai kota", "Pasar tutup pukul 15.00 di balai kota"),
        (Aspect.TIME, "Pasar tutup jam 9 malam di balai kota", "Pasar tutup jam 8 malam di balai kota"),
        (Aspect.TIME, "Listrik padam Senin pagi di Rajadesa", "Listrik padam Senin malam di Rajadesa"),
        (Aspect.TIME, "Bantuan cair bulan Maret lewat desa", "Bantuan cair bulan April lewat desa"),
        (Aspect.WORD, "Acara itu tayang di RCTI malam nanti", "Acara itu tayang di SCTV malam nanti"),
        (Aspect.WORD, "Bank Arta Rahayu membagikan hadiah", "Bank Arta Sentosa membagikan hadiah"),
    ],
)
def test_another_number_day_or_name_is_another_claim(aspect, one, other) -> None:
    assert aspects(one, other) == [aspect]
    assert aspects(other, one) == [aspect]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SDN Mekarwangi III akan digusur untuk parkir", "SDN Mekarwangi akan digusur untuk parkir"),
        ("SMPN 1 Palimanan libur karena flu", "SMPN Palimanan libur karena flu"),
        ("Warga RT 03 Babakan wajib bayar iuran", "Warga Babakan wajib bayar iuran"),
    ],
)
def test_one_of_several_is_not_all_of_them(one, other) -> None:
    assert aspects(one, other) == [Aspect.IDENTIFIER]
    assert aspects(other, one) == [Aspect.IDENTIFIER]


def test_a_wish_is_no_opposite_of_dead() -> None:
    assert aspects("Selamat jalan, penyanyi itu meninggal dunia", "Penyanyi itu meninggal dunia") == []


def test_the_turn_is_shown_as_it_is_written() -> None:
    (denial,) = turns(read("Bupati TIDAK ditahan KPK", STEMS), read("Bupati ditahan KPK", STEMS))
    (ward,) = turns(read("iuran RT 07 Babakan naik", STEMS), read("Iuran RT 03 Babakan naik", STEMS))

    assert (denial.theirs, denial.ours) == ("TIDAK ditahan", "ditahan")
    assert (ward.theirs, ward.ours) == ("rt 07", "rt 03")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dahsyatnya siksa kubur bagi penjual bensin oplosan", "Dasyatnya siksa kubur bagi penjual bensin oplosan"),
        ("semakin byk artis yg smart", "Semakin Banyak Artis yang Smart"),
        ("Jembatan gantung Cikembulan dibongkar", "harga telur di pasar baru turun lagi, kata pedagang"),
        ("160 orang keracunan nasi kotak di Ciamis", "170 orang keracunan nasi kotak di Ciamis"),
    ],
)
def test_a_misspelling_or_another_story_is_no_turn(one, other) -> None:
    assert aspects(one, other) == []


@pytest.mark.parametrize(
    "hostile", ["tidak " * 400, "1.1.1." * 400, "jam 9 " * 400, "a-" * 1_000, "i" * 2_000, "x. " * 700]
)
def test_a_hostile_text_is_read_in_bounded_time(hostile) -> None:
    started = time.process_time()

    turns(read(hostile, STEMS), read(hostile, STEMS))

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    ("published", "reported"),
    [
        (
            "Binatang langka dan sangat berbahaya, membunuh setelah 4 jam",
            "Ini binatang yang langka dan sangat aman. Orang yang digigit binatang itu wafat setelah 4 jam. Sangat "
            "berbahaya sekali!",
        ),
        (
            "Aksi tandingan 212 pada 10 Desember",
            "Tanggal 10 Juni kubu itu mengadakan aksi tandingan 212. Yang mau ikut acara tanggal 10 Desember tolong "
            "diberi tahu.",
        ),
        (
            "Rakyat sudah mendatangi KPU Surabaya untuk mendaftar",
            "Foto ini diambil di KPU. Tampak rakyat belum mendatangi KPU Surabaya untuk mendaftar.",
        ),
        (
            "Penembak jitu terlihat di atas Gedung Indosat",
            "Tadi siang sniper tidak pernah diatas Gedung Indosat. Padahal polisi bilang lain",
        ),
    ],
)
def test_a_sentence_about_the_claim_that_parts_from_it_is_not_outweighed_by_the_rest(published, reported) -> None:
    assert aspects(reported, published)


def test_another_sentence_with_a_denial_of_its_own_is_no_turn() -> None:
    assert not aspects(
        "Jembatan Ciwulan ditutup mulai Senin. Saya tidak mengerti kenapa warga diam saja.",
        "Jembatan Ciwulan ditutup Senin",
    )


@pytest.mark.parametrize(
    ("published", "reported"),
    [
        ("Gunung Galunggung Tasikmalaya meletus", "Gunung Galunggung Tasikmalaya padam"),
        ("Gubernur Sumut membuka seluruh masjid", "Walikota Sumut membuka seluruh masjid"),
        ("Divonis hukuman pancung di Arab Saudi", "Kabarnya dia divonis pujian pancung di negara Arab Saudi kemarin"),
    ],
)
def test_another_word_at_an_end_or_between_two_that_both_have_is_another_claim(published, reported) -> None:
    assert Aspect.WORD in aspects(reported, published)


@pytest.mark.parametrize(
    ("published", "reported"),
    [
        ("Uya Kuya meninggal dunia", "Uya Kuya ogah meninggal dunia"),
        ("Penyerangan terhadap muazin di masjid Garut", "Muazin di masjid Garut belum diserang"),
        ("Bola matanya sudah tidak ada", "Bola matanya sudah ada"),
        ("Bantah hoaks, Kominfo sebut registrasi aman", "Kominfo sebut registrasi aman"),
        (
            "Kecam pernyataan Said Aqil, Neno Warisman: ibu tidak terima",
            "Kecam pernyataan Said Aqil, Neno Warisman: ibu terima",
        ),
        ("Kejadian jam 13.00 di Embong Malang", "Kejadian jam 73.00 di Embong Malang"),
        ("21% pasien mengalami efek samping", "41% pasien mengalami efek samping"),
    ],
)
def test_each_way_to_say_the_contrary_is_known(published, reported) -> None:
    assert aspects(reported, published)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "Kelompok Tani Makmur membantah telah memasang spanduk dukungan di balai desa",
            "Kelompok Tani Makmur tidak memasang spanduk dukungan di balai desa",
        ),
        (
            "Kejaksaan Tinggi menyangkal mengeluarkan rekomendasi pengawasan proyek masjid",
            "Kejaksaan Tinggi belum mengeluarkan rekomendasi pengawasan proyek masjid",
        ),
    ],
)
def test_who_denies_having_done_it_says_that_it_was_not_done(one, other) -> None:
    assert aspects(one, other) == aspects(other, one) == []
    done = other.replace("tidak ", "").replace("belum ", "telah ")
    assert Aspect.POLARITY in aspects(one, done)
    assert Aspect.POLARITY in aspects(done, one)


@pytest.mark.parametrize(
    ("reported", "published"),
    [
        ("Tidak lama lagi Jembatan Ciwulan ditutup untuk semua kendaraan", "Jembatan Ciwulan ditutup semua kendaraan"),
        ("Bukan hanya truk, Jembatan Ciwulan ditutup untuk semua mobil", "Jembatan Ciwulan ditutup untuk semua mobil"),
        (
            "Forum Anti Hoax menuduh Harun Saputra otak di belakang munculnya akun Afi",
            "Harun Saputra otak di belakang munculnya akun Afi",
        ),
        (
            "Penyebar hoaks bantuan gempa Lombok membuat kecewa relawan di posko",
            "Relawan di posko kecewa ada penyebar bantuan gempa Lombok",
        ),
    ],
)
def test_words_of_denial_that_deny_nothing_of_the_claim_are_no_turn(reported, published) -> None:
    assert Aspect.POLARITY not in aspects(reported, published)
    assert Aspect.POLARITY in aspects(f"{published} itu hoaks", published)
