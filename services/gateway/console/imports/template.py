"""The table of partners that an office fills in: its headings, lists to choose from, and a sheet that explains them."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import xlsxwriter

from libs.kit import areas, exports

MOST_ROWS = 2_000
"""That lists to choose from are offered for; rows below are read all the same."""


@dataclass(frozen=True, slots=True)
class Column:
    """
    Attributes:
        field: as the registry calls it; `id`, `en`: its heading.
        choices: a list to choose from, by name.
        text: written as a text, so that no spreadsheet makes a number of it.
        told: what the explanations say of it, in Indonesian and English.
    """

    field: str
    id: str
    en: str
    told: tuple[str, str]
    choices: str = ""
    text: bool = False


COLUMNS = (
    Column("name", "Nama", "Name", ("Wajib. Nama mitra.", "Required. The partner's name.")),
    Column("kind", "Jenis", "Kind", ("Pilih dari daftar.", "Choose from the list."), choices="kinds"),
    Column(
        "district",
        "Kecamatan",
        "Kecamatan",
        ("Kosong: seluruh daerah.", "Empty: the whole region."),
        choices="districts",
    ),
    Column(
        "village",
        "Kelurahan/Desa",
        "Kelurahan/Desa",
        ("Nama saja, dengan kecamatannya.", "The name, beside its kecamatan."),
    ),
    Column(
        "area",
        "Kode wilayah",
        "Area code",
        ("Pengganti nama: 32.74.05.1003.", "In place of names: 32.74.05.1003."),
        text=True,
    ),
    Column(
        "phone", "WhatsApp", "WhatsApp", ("Sebagai teks, dengan 0 di depan.", "As text, with its leading 0."), text=True
    ),
    Column("email", "Surel", "E-mail", ("Boleh kosong.", "May be empty.")),
    Column(
        "account",
        "Akun 1",
        "Account 1",
        ("Alamat lengkap, atau IG: @nama.", "The whole address, or IG: @name."),
        text=True,
    ),
    Column("account", "Akun 2", "Account 2", ("", ""), text=True),
    Column("account", "Akun 3", "Account 3", ("", ""), text=True),
    Column("address", "Alamat", "Address", ("", "")),
    Column("run_by_office", "Dikelola instansi", "Run by office", ("ya atau tidak.", "yes or no."), choices="flags"),
    Column("commercial", "Berbayar", "Commercial", ("ya atau tidak.", "yes or no."), choices="flags"),
    Column("topics", "Topik", "Topics", ("Dipisah titik koma.", "With semicolons between.")),
    Column("level", "Tingkat", "Level", ("KIM.", "Community groups."), choices="levels"),
    Column("members", "Jumlah anggota", "Members", ("KIM.", "Community groups.")),
    Column("chair", "Ketua", "Chair", ("KIM.", "Community groups.")),
    Column("chair_phone", "HP ketua", "Chair phone", ("Sebagai teks.", "As text."), text=True),
    Column("secretary", "Sekretaris", "Secretary", ("KIM.", "Community groups.")),
    Column("treasurer", "Bendahara", "Treasurer", ("KIM.", "Community groups.")),
    Column("decree_number", "Nomor SK", "Decree number", ("Sebagai teks.", "As text."), text=True),
    Column("decree_signer", "Penanda tangan SK", "Signed by", ("", "")),
    Column("decree_on", "Tanggal SK", "Decree date", ("1/8/2026 atau 1 Agustus 2026.", "1/8/2026: the day first.")),
    Column("term_from", "Mulai berlaku", "Valid from", ("", "")),
    Column("term_until", "Berakhir", "Valid until", ("Hari terakhir.", "The last day.")),
    Column("legal_entity", "Badan hukum", "Legal entity", ("Media.", "Media outlets.")),
    Column("press_status", "Status Dewan Pers", "Press council status", ("Media.", "Media outlets."), choices="press"),
    Column("press_number", "Nomor Dewan Pers", "Press council number", ("Media.", "Media outlets."), text=True),
    Column("certificate", "Nomor UKW", "Editor certificate", ("Media: pemimpin redaksi.", "Media outlets."), text=True),
    Column("editor", "Pemimpin redaksi", "Editor in chief", ("Media.", "Media outlets.")),
    Column("account_admin", "Admin akun", "Account admin", ("Akun pemerintah.", "Government accounts.")),
)

CHOICES: Mapping[str, Mapping[str, Sequence[str]]] = {
    "id": {
        "kinds": ("KIM", "Pegiat medsos", "Influencer", "Kreator konten", "Media", "Akun pemerintah"),
        "flags": ("ya", "tidak"),
        "levels": ("kota", "kabupaten", "kecamatan", "kelurahan", "desa"),
        "press": ("administratif", "faktual"),
    },
    "en": {
        "kinds": ("Community group", "Activist", "Influencer", "Creator", "Media outlet", "Government account"),
        "flags": ("yes", "no"),
        "levels": ("regency", "district", "village"),
        "press": ("administrative", "factual"),
    },
}
SHEETS = {"id": ("Mitra", "Petunjuk", "Daftar"), "en": ("Partners", "Instructions", "Lists")}
HEADS = {"id": ("Kolom", "Isi"), "en": ("Column", "What goes in")}
ADVICE = {
    "id": (
        "Satu baris untuk satu mitra. Mitra dengan banyak akun boleh ditulis di beberapa baris bernama sama.",
        "Kolom lain yang Anda tambahkan tersimpan sebagai catatan kantor.",
        "Berkas yang sama boleh diunggah lagi: yang sudah ada tidak digandakan.",
    ),
    "en": (
        "One row for a partner. One with many accounts may have several rows of the same name.",
        "Columns of your own are kept as the office's notes.",
        "The same file may be brought again: what is there already is not doubled.",
    ),
}


def template(form: str, lang: str, *, region: str) -> bytes:
    """
    Args:
        form: xlsx or csv.
        region: the office's own; its kecamatan can be chosen from a list.
    """
    headings = [column.en if lang == "en" else column.id for column in COLUMNS]
    if form == "csv":
        return exports.csv_of(headings, [])
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    bold, text = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"num_format": "@"})
    rows, told, lists = (book.add_worksheet(name) for name in SHEETS[lang])
    rows.freeze_panes(1, 1)
    for number, (column, heading) in enumerate(zip(COLUMNS, headings, strict=True)):
        rows.write_string(0, number, heading, bold)
        rows.set_column(number, number, max(14, len(heading) + 2), text if column.text else None)
        told.write_string(number + 1, 0, heading)
        told.write_string(number + 1, 1, column.told[lang == "en"])
    for number, head in enumerate(HEADS[lang]):
        told.write_string(0, number, head, bold)
        told.set_column(number, number, 24 + 40 * number)
    for number, line in enumerate(ADVICE[lang], len(COLUMNS) + 2):
        told.write_string(number, 0, line)
    choices = {**CHOICES[lang], "districts": [area.name for area in _districts(region)]}
    for place, (name, words) in enumerate(choices.items()):
        lists.write_column(0, place, words)
        for number, column in enumerate(COLUMNS):
            if column.choices == name and words:
                letter = chr(65 + place)
                source = f"={SHEETS[lang][2]}!${letter}$1:${letter}${len(words)}"
                offered = {"validate": "list", "source": source, "error_type": "information"}
                rows.data_validation(1, number, MOST_ROWS, number, offered)
    lists.hide()
    book.close()
    return out.getvalue()


def _districts(region: str) -> Sequence[areas.Area]:
    """Of a province they are too many to choose from."""
    return areas.children(region) if len(region) == 5 else ()
