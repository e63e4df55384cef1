"""What the columns of a file of partners stand for: by their headings, in Indonesian or English, as people write them.

A person may say otherwise; what is proposed here is a beginning.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from libs.kit.sheets import Cell, Row

IGNORED = ""
ATTRIBUTE = "attribute"
"""Kept under its own heading, as what the office itself notes of its partners."""

HEADINGS: Mapping[str, str] = {
    "name": "nama|nama mitra|mitra|nama kim|nama komunitas|nama media|nama kelompok|nama lengkap|nama akun"
    "|nama instansi|nama organisasi|nama influencer|nama pegiat|nama kreator|pemilik|owner|name|partner|partner name"
    "|full name|organisation|organization",
    "kind": "jenis|jenis mitra|kategori|tipe|tipe mitra|kelompok mitra|kind|type|partner type|category",
    "area": "wilayah|kode wilayah|kode area|kode kemendagri|kode desa|kode kelurahan|kode kecamatan|daerah|lokasi"
    "|area|area code|region|region code|village code|district code|kab kota|kabupaten kota|kabupaten|kota|region name"
    "|nama wilayah|wilayah kerja",
    "village": "kelurahan|desa|kelurahan desa|desa kelurahan|kel desa|nama kelurahan|nama desa|village",
    "district": "kecamatan|kec|nama kecamatan|district|subdistrict",
    "phone": "whatsapp|wa|no wa|nomor wa|no whatsapp|nomor whatsapp|hp|no hp|nomor hp|handphone|telepon|telp|no telp"
    "|no telepon|nomor telepon|ponsel|kontak|no kontak|nomor kontak|phone|phone number|mobile|mobile number"
    "|whatsapp number",
    "email": "surel|email|e mail|alamat surel|alamat email|mail|email address|pos el",
    "account": "akun|akun media sosial|media sosial|medsos|sosmed|akun medsos|akun sosmed|tautan|tautan akun|link akun"
    "|link|url|url akun|account|accounts|social account|social media|canonical url|raw url|alamat akun|link medsos",
    "account:instagram": "instagram|ig|akun instagram|akun ig|link instagram",
    "account:tiktok": "tiktok|tik tok|akun tiktok|link tiktok",
    "account:facebook": "facebook|fb|akun facebook|akun fb|fanpage|halaman facebook|link facebook",
    "account:x": "twitter|x|x twitter|twitter x|akun twitter|akun x",
    "account:youtube": "youtube|yt|kanal youtube|channel youtube|akun youtube|youtube channel",
    "account:threads": "threads|akun threads",
    "account:telegram": "telegram|kanal telegram|akun telegram|channel telegram",
    "account:web": "situs|situs web|website|web|laman|alamat situs|blog",
    "platform": "platform|kanal|nama platform|jenis akun|jenis medsos",
    "handle": "handle|username|nama pengguna|user name|handle or id|id akun|akun handle",
    "address": "alamat|alamat lengkap|alamat sekretariat|alamat rumah|alamat kantor|address|street address|sekretariat",
    "language": "bahasa|language",
    "run_by_office": "dikelola instansi|akun resmi|milik instansi|dikelola pemerintah|run by office|official",
    "commercial": "berbayar|komersial|commercial|paid",
    "decree_number": "nomor sk|no sk|sk|sk nomor|surat keputusan|nomor surat keputusan|decree|decree number|sk number",
    "decree_signer": "penanda tangan sk|penandatangan sk|ditandatangani oleh|pejabat penanda tangan|decree signer"
    "|signed by|signer|penandatangan|penanda tangan",
    "decree_on": "tanggal sk|tgl sk|tanggal surat keputusan|decree date|signed on|sk date",
    "term_from": "mulai berlaku|berlaku mulai|berlaku dari|awal masa berlaku|masa bakti mulai|tanggal mulai|term from"
    "|starts on|valid from|start date|term start",
    "term_until": "berakhir|berlaku sampai|berlaku hingga|masa berlaku|akhir masa berlaku|masa bakti sampai"
    "|sampai dengan|tanggal berakhir|term until|ends on|valid until|end date|expires|term end|term",
    "level": "tingkat|tingkatan|level",
    "members": "jumlah anggota|anggota|banyak anggota|members|member count|number of members",
    "chair": "ketua|nama ketua|ketua kim|chair|chairperson|chairman",
    "chair_phone": "hp ketua|no hp ketua|nomor hp ketua|wa ketua|telepon ketua|kontak ketua|no wa ketua|nomor wa ketua"
    "|chair phone",
    "secretary": "sekretaris|nama sekretaris|secretary",
    "treasurer": "bendahara|nama bendahara|treasurer",
    "sections": "seksi|bidang|sections",
    "editor": "pemimpin redaksi|pemred|penanggung jawab|redaktur|editor|editor in chief",
    "account_admin": "admin akun|nama admin|admin|pengelola akun|account admin",
    "legal_entity": "badan hukum|nama badan hukum|pt|perusahaan|nama perusahaan|legal entity|company",
    "press_status": "status dewan pers|verifikasi dewan pers|dewan pers|press council status|press status",
    "press_number": "nomor dewan pers|no dewan pers|nomor verifikasi dewan pers|press council number|press number",
    "press_seen_on": "tanggal cek dewan pers|dilihat pada|dewan pers dilihat|press seen on",
    "certificate": "ukw|nomor ukw|sertifikat ukw|sertifikat wartawan|certificate|editor certificate",
    "topics": "topik|tema|minat|isu|topics|topic|themes",
    "audience_ages": "usia audiens|umur audiens|kelompok umur|audience age|audience ages",
    "audience_interests": "minat audiens|audience interests",
    "audience_languages": "bahasa audiens|audience languages",
    "areas": "wilayah lain|wilayah tambahan|further areas|other areas",
    ATTRIBUTE: "catatan|keterangan|notes|note|remarks|pengikut|jumlah pengikut|followers|follower",
    IGNORED: "no|nomor|nomor urut|no urut|number|id|source|sumber|verified live|status|timestamp|cap waktu",
}
FIELDS = tuple(HEADINGS)
REPEATED = frozenset({"account", ATTRIBUTE, IGNORED, "area", "phone", "topics", *(f for f in FIELDS if ":" in f)})
"""May stand over several columns."""
HEADER_WITHIN = 20
"""Rows in which the headings are looked for; titles stand above them."""
MOST_SAMPLES = 5
LONGEST_HEADING = 80

_PARTS = re.compile(r"[^\w]+|_+")
_LAST_NUMBER = re.compile(r" \d{1,2}$")


def plain(heading: str) -> str:
    """Equal for headings that differ in case, signs or a number at the end ("Akun 2")."""
    text = unicodedata.normalize("NFKC", heading).casefold()
    words = " ".join(_PARTS.sub(" ", re.sub(r"\(.*?\)|\[.*?\]", " ", text)).split())
    return _LAST_NUMBER.sub("", words)


@cache
def _named() -> dict[str, str]:
    return {name: field for field, names in HEADINGS.items() for name in names.split("|")}


def field_of(heading: str) -> str | None:
    """The field that a heading names; None where it names none that we know."""
    words = plain(heading)
    if not words:
        return None
    found = _named().get(words)
    if found is not None:
        return found
    parts = words.split()
    # The longest of our names that stands in it: "Nomor WhatsApp aktif".
    for length in range(len(parts) - 1, 0, -1):
        for start in range(len(parts) - length + 1):
            inner = " ".join(parts[start : start + length])
            if len(inner) > 2 and _named().get(inner, IGNORED) != IGNORED:
                return _named()[inner]
    return None


def heading_of(cell: Cell) -> str:
    return " ".join(cell.split())[:LONGEST_HEADING] if isinstance(cell, str) else ""


def header_among(rows: Sequence[Row]) -> int:
    """Index of the row of headings: the one that names most fields, of the first ones; else the first."""
    best, most = 0, 1
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        known = {field for cell in row.cells if (field := field_of(heading_of(cell)))}
        if len(known) > most:
            best, most = index, len(known)
    return best


def proposed(headings: Sequence[str]) -> tuple[str, ...]:
    """The field of each column; one that stands once belongs to the first column that names it, and what nobody knows
    is kept under its own heading."""
    found: list[str] = []
    for heading in headings:
        field = field_of(heading)
        if field is None:
            field = ATTRIBUTE if heading else IGNORED
        elif field in found and field not in REPEATED:
            field = IGNORED
        found.append(field)
    return tuple(found)


def problems_of(fields: Sequence[str], *, kind: str) -> tuple[str, ...]:
    """Codes of what is wrong with a mapping as a whole.

    Args:
        kind: of rows that do not say one.
    """
    found = []
    if "name" not in fields:
        found.append("name_missing")
    if "kind" not in fields and not kind:
        found.append("kind_missing")
    if any(field not in REPEATED and fields.count(field) > 1 for field in fields):
        found.append("column_twice")
    if any(field not in HEADINGS for field in fields):
        found.append("field_unknown")
    return tuple(found)
