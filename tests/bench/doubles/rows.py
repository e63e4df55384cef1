"""Rows of a list of partners as entries: columns by their headers, in Indonesian or English, in any order."""

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from services.registry.doubles.entries import account_key, entry
from services.registry.doubles.scoring import Entry

_HEADERS = {
    "id": "id row row_id baris",
    "name": "name nama nama_mitra nama_lengkap",
    "kind": "kind jenis jenis_mitra",
    "phone": "phone telepon nomor_telepon no_hp hp nomor_hp whatsapp nomor_whatsapp wa telp",
    "email": "email e_mail surel alamat_surel",
    "address": "address alamat",
    "area": "area village_code area_code kode_wilayah wilayah kode_desa kode_kelurahan",
    "platform": "platform kanal media_sosial",
    "handle": "handle akun nama_akun account",
    "url": "url tautan tautan_akun account_url alamat_akun",
    "decree": "decree decree_number nomor_sk sk no_sk",
    "person": "chair ketua editor penanggung_jawab nama_ketua pengurus",
}
_COLUMNS = {header: column for column, headers in _HEADERS.items() for header in headers.split()}
KINDS = {
    "kim": "community_group",
    "kelompok_informasi_masyarakat": "community_group",
    "media": "media_outlet",
    "media_massa": "media_outlet",
    "akun_pemerintah": "government_account",
    "akun_resmi_pemerintah": "government_account",
    "pegiat": "activist",
    "pegiat_media_sosial": "activist",
    "pemengaruh": "influencer",
    "kreator": "creator",
    "kreator_konten": "creator",
}
FIRST_ROW = 2
"""As sheets number them: the headers are row 1."""


def read(path: Path) -> list[Entry]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        sample = file.readline()
        file.seek(0)
        rows = csv.DictReader(file, delimiter=";" if sample.count(";") > sample.count(",") else ",")
        return [_entry(str(number), row) for number, row in enumerate(rows, FIRST_ROW)]


def _word(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.casefold()).strip("_")


def _entry(number: str, row: Mapping[str, str | None]) -> Entry:
    told: dict[str, list[str]] = {}
    for header, value in row.items():
        # account_2, telepon_2: a column may be there more than once.
        column = _COLUMNS.get(re.sub(r"_\d$", "", _word(header or "")))
        if column and isinstance(value, str) and value.strip():
            told.setdefault(column, []).append(value.strip())
    one = {column: values[0] for column, values in told.items()}
    kind = _word(one.get("kind", ""))
    platforms, handles = told.get("platform", []), told.get("handle", [])
    keys: Iterable[str] = (
        *(account_key(p, h) for p, h in zip(platforms, handles, strict=False)),
        *(account_key("", url) for url in told.get("url", []) if "/" in url),
    )
    return entry(
        one.get("id", number),
        one.get("name", ""),
        kind=KINDS.get(kind, kind) or None,
        area=one.get("area", ""),
        phones=told.get("phone", ()),
        emails=told.get("email", ()),
        accounts=filter(None, keys),
        decree=one.get("decree", ""),
        address=one.get("address", ""),
        people=told.get("person", ()),
    )
