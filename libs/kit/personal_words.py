"""Words and signs by which personal data is told from other figures. `personal.py` says how they are used."""

import re


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# E-mail

ENDINGS = _words("""
    com net org id co go ac sch or web my desa mil info biz me io app dev edu gov sg au uk jp nl de us tv xyz site
    online store cloud email live
""")
"""Of domains, where the dot is written as a word."""
PROVIDERS = _words("gmail yahoo ymail hotmail outlook icloud proton protonmail rocketmail")
OFFICE_MAIL = re.compile(
    r"(?:info|humas|pengaduan|ppid|diskominfo\w*|kominfo|layanan|pelayanan|cs|admin|halo|kontak|contact|sekretariat"
    r"|redaksi|aduan|lapor|callcenter|support|help|helpdesk|dinas\w*|bpbd\w*|disdukcapil\w*|dinkes\w*|persuratan|set"
    r"|dpmptsp)"
)
OFFICE_DOMAIN = re.compile(r"(?:[a-z0-9-]+\.){0,3}(?:go|mil|desa|sch|ac)\.id")

# Numbers

SPELT = {
    "nol": "0", "kosong": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5", "enam": "6",
    "tujuh": "7", "delapan": "8", "sembilan": "9",
}  # fmt: skip
BANKS = (
    r"bca|bri|brimo|bni|mandiri|bsi|btn|cimb(?: niaga)?|danamon|permata|bjb|bpd|bank jago|jago|seabank|ocbc|panin|mega"
    r"|maybank|muamalat|btpn|jenius|sinarmas|bukopin|bank dki|bank jateng|bank jatim|blu|neo|allo|livin"
)
SAID = {
    "nik": (r"\b(?:nik|ktp|nomor induk kependudukan|induk kependudukan|e-?ktp)\b", 24),
    "family": (r"\b(?:kk|kartu keluarga)\b", 24),
    "tax": (r"\bnpwp\b", 24),
    "insured": (r"\b(?:bpjs|jkn|kis|kartu indonesia sehat|peserta)\b", 28),
    "account": (
        r"\b(?:rek(?:ening)?|norek|virtual account|va|account|acc|transfer|tf|trf|setor|kirim(?:kan)?)\b"
        rf"|\b(?:{BANKS})\b",
        30,
    ),
    "called": (
        r"\b(?:wa|whats ?app|hp|telp?|tlp|telepon|ponsel|handphone|call|hubungi|kontak|sms|contact|phone|nohp|chat"
        r"|gopay|ovo|dana|shopeepay)\b|wa\.me/|phone=|tel:",
        24,
    ),
    "document": (
        r"\b(?:no(?:mor|mer|\.)?|id|kode) ?(?:resi|invoice|faktur|surat|tiket|perkara|putusan|seri|pesanan|order"
        r"|transaksi|registrasi|voucher|batch|lot|berkas|dokumen|agenda|nota|kuitansi|referensi|ref|booking|sertifikat"
        r"|register|disposisi|antrean|meter|pelanggan|rangka|mesin)\b|\bsurat no(?:mor|\.)?"
        r"|\b(?:resi|invoice|isbn|issn|barcode|sku|izin edar|bpom|p-?irt|nib|npsn|nisn)\b",
        12,
    ),
    "money": (r"(?:\b(?:rp|idr|usd|sebesar|senilai|total|nominal|saldo)|\$)", 3),
}
"""What the words before a number say that it is, and how many characters may stand between."""
HOTLINE = re.compile(
    r"hot ?line|call ?cent(?:er|re)|contact ?cent(?:er|re)|posko|pusat panggilan|pusat layanan|bebas pulsa"
    r"|nomor darurat|layanan (?:darurat|pengaduan|warga|masyarakat|konsumen|informasi|bebas pulsa)|pengaduan"
)
OFFICE = re.compile(
    r"\b(?:kantor|dinas|rsud|rsup|rs|rumah sakit|polres(?:ta)?|polsek|polda|bpbd|bnpb|basarnas|damkar|pmi|puskesmas"
    r"|kecamatan|kelurahan|pemkot|pemkab|pemprov|pemda|kemen\w+|bpom|pln|pdam|disdukcapil|dinkes|dinsos|disdik"
    r"|diskominfo|dishub|satpol|bappeda|bkpsdm|samsat|ojk|kpu|bawaslu|bmkg|bandara|stasiun|terminal|sekretariat"
    r"|balai \w+|bank \w+|universitas|ambulans|pemadam|setda|kominfo|imigrasi|kejaksaan|pengadilan)\b"
)
PRIVATE = re.compile(
    r"\b(?:saya|aku|pribadi|milik|rumah(?! sakit)|pak|bpk|bapak|bu|ibu|sdr|adik|kakak|anak|istri|suami|tetangga|korban"
    r"|pelaku|oknum|nomornya|a\.?n)\b"
)
PROVINCES = _words("""
    11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 51 52 53 61 62 63 64 65 71 72 73 74 75 76 81 82 91 92 93 94 95 96 97
""")
"""First two digits of a NIK: the province where it was given."""
COUNTED = re.compile(r"\s?(?:rupiah|ribu|rb|juta|jt|miliar|orang|suara|kali|unit|%|persen|nasabah)\b")

# Vehicle plates

PREFIXES = _words("""
    A B D E F G H K L M N P R S T W Z AA AB AD AE AG BA BB BD BE BG BH BK BL BM BN BP DA DB DC DD DE DG DH DK DL DM DN
    DP DR DS DT DW EA EB ED KB KH KT KU PA PB PG PS PY
""")
"""By region. Source: Peraturan Kepolisian 7/2021."""
VEHICLE = re.compile(
    r"\b(?:plat(?: ?nomor| ?nomer)?|pelat(?: nomor)?|bernopol|ber-?pe?lat|nopol|no\.? ?pol(?:isi)?|nomor polisi|tnkb"
    r"|mobil|motor|truk|truck|bus|angkot|kendaraan|pick ?up|minibus|sedan|ojol|taksi|taxi|travel|ambulans|honda|yamaha"
    r"|suzuki|toyota|daihatsu|avanza|xenia|innova|brio|agya|ayla|sigra|calya|jazz|pajero|fortuner|ertiga|beat|vario|scoopy"
    r"|nmax|mio|supra|vixion|aerox)\b"
)
NO_SUFFIX = _words("""
    AN DAN DI KE ADA IN YG AM PM WIB WIT KM KG CM MM ML GB MB TB RT RW NO TH THN JT RB CC CV PT KWH KW MW GW WP VA HP TV
    HZ MHZ GHZ PKI TNI NEO MAX PCS BOX SMA SMP SD SMK UGM UI ITB PER
""")
"""Words and units that stand behind a number and end no plate."""
NO_PLATE = re.compile(
    r"\b(?:vitamin|kelas|blok|gang|gg|jalan|jl|rute|gedung|kamar|ruang|pasal|golongan|tipe|type|grup|lantai|gate|kursi"
    r"|peron|seri|kode|airbus|boeing|pesawat|jet|kertas|ukuran|kavling|kav|resep|rumus|kaos|baterai|vaksin|virus)\.? ?$"
)

# Names

TITLES = _words("sdr sdri bpk bapak ibu bu pak hj h drs dra dr ir tn ny nn saudara saudari")
NOT_NAMED = _words("""
    rakyat tuhan allah agama negara bangsa pemerintah pemkot pemkab pemda pemprov dinas kepala kepada bupati wali
    walikota gubernur presiden menteri kementerian camat lurah sekretaris sekda kapolri kapolres kapolda kapolsek polri
    polisi polres tni pt cv ud yayasan perusahaan bank koperasi masyarakat warga kemanusiaan seluruh semua demokrasi
    hukum keadilan partai organisasi panitia komunitas keluarga rumah rsud puskesmas masjid gereja pondok sekolah
    universitas perum pdam pln bpjs bpbd baznas lembaga badan direktur ketua pribadi orang siapa saya kami kita anda
    pemilik rekening cinta revolusi perjuangan umat islam kantor instansi kelurahan kecamatan desa kota kabupaten
    provinsi indonesia undang pelapor korban pelaku penerima pengirim sendiri yang perseorangan perubahan toleransi
    kebebasan ham pembangunan solidaritas dewan majelis fraksi tim satgas posko donatur mahasiswa buruh petani nelayan
    pedagang guru admin menko rektor cina china akun grup komisi kpu kpk
""")
"""For whom or what something is done "atas nama", and no person."""
STOPS = _words("""
    dan yang di ke dari untuk pada dengan atau lalu agar supaya sudah telah akan segera sebesar senilai bank bca bri bni
    mandiri bsi rek rekening no nomor nik hp wa telp transfer tf minta tolong jangan ini itu karena saat sejak juga
    bukan adalah alamat warga lahir kemudian kirim katanya dulu ya kak mohon sampai tapi tetapi padahal namun setelah
    sebelum jika kalau apakah benarkah penipu penipuan tanggal sejumlah rp terbukti seperti
""")
"""Where a name ends that is written small."""
