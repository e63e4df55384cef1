"""Made-up rows of partners of which some are one, and others only look so; the same for the same seed.

A true pair has one to three faults: a slip, another spelling, another order, a title, a word left out, a new number,
mailbox or account, the street written otherwise, fields left empty. What only looks so: one family and village, father
and son with one telephone, KIM of one name in neighbouring villages, one decree for several, two papers of one editor,
two accounts of one office, one name in two places.
"""

import csv
import random
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from libs.kit import areas


def _listed(text: str) -> list[str]:
    return text.split(", ") if "," in text else text.split()


GIVEN = _listed(
    "Adi Agung Agus Ahmad Aisyah Amelia Andi Andika Anisa Arif Asep Astuti Ayu Bambang Bayu Budi Cahya Candra "
    "Cecep Citra Dadang Damar Dani Darmawan Dedi Deni Desi Dewi Dian Didik Dimas Djoko Dwi Edi Eka Eko Elok "
    "Endang Endro Enjang Erni Euis Fajar Farida Fatimah Fauzan Febri Fikri Firman Fitri Galih Gilang Gunawan Hadi "
    "Hafiz Haris Hartono Hasan Hendra Heri Hidayat Ida Iis Ika Ikhsan Ilham Iman Indah Indra Intan Irfan Irma "
    "Iwan Jaja Jajang Joko Juliana Kartika Khoirul Kusuma Laila Lestari Lia Lukman Mahmud Maman Maya Mega Mila "
    "Muhammad Mulyadi Mulyono Nanang Nani Neneng Nia Nina Novi Nur Nurul Oktavia Pandu Popi Prasetyo Pujo Puspita "
    "Putri Rahma Rahmat Raka Ratna Rendra Reni Rian Rika Rina Rini Rizky Rohman Rudi Rukmini Saeful Salma Sandi "
    "Santi Sari Satria Sekar Septian Sigit Siti Slamet Soleh Sri Sucipto Sudarmo Sugeng Suharti Sukma Sulastri "
    "Suparman Supriyadi Suryadi Susanto Susilo Tarmidi Taufik Tedi Teguh Tini Titin Toni Tri Ujang Umar Utami "
    "Vina Wahyu Wati Wawan Widodo Wulan Yanti Yayat Yoga Yudi Yuli Yuni Yusuf Zaenal Zahra Zainab Zulfikar"
)
FAMILY = _listed(
    "Abdullah Adriansyah Anggraini Ardiansyah Ariyanto Fauzi Firdaus Firmansyah Gunadi Gunawan Habibi Hakim Halim "
    "Handoko Hardiansyah Hariyanto Hasanah Haryono Hermawan Hidayat Hidayatullah Irawan Iskandar Ismail Jaelani "
    "Januar Kurniawan Kusnadi Kusumah Laksana Mahendra Manullang Mardiana Maulana Melani Mulyana Munandar Mustofa "
    "Nababan Nainggolan Natsir Nasution Ningsih Novianti Nugraha Nugroho Nurhayati Permana Pertiwi Pradana "
    "Prakoso Pranata Prasetya Pratama Prayoga Purnama Purwanto Puspitasari Rachman Rahayu Rahmawati Ramadhan "
    "Riyadi Rosadi Rusmana Sanjaya Santosa Santoso Saputra Saragih Setiawan Setyawati Siregar Sitompul Soesilo "
    "Subagja Sudrajat Sukmana Sulaeman Sumantri Suryana Suryani Susanti Sutisna Suwarno Syahputra Tampubolon "
    "Tarihoran Triyono Usman Utomo Wahyudi Wardhana Wibisono Wibowo Wicaksono Widianto Wijaya Winarno Wiryawan "
    "Yulianti Yuniarti Zakaria Zulkarnain"
)
GROUPS = _listed(
    "Mekar Sari, Maju Jaya, Sinar Harapan, Harapan Jaya, Karya Muda, Tunas Harapan, Bina Warga, Cahaya Desa, "
    "Suara Warga, Sumber Rejeki, Sekar Arum, Wijaya Kusuma, Melati, Anggrek, Cempaka, Giri Mukti, Tirta Kencana, "
    "Bumi Lestari, Rukun Warga, Guyub Rukun, Sabilulungan, Mitra Warga, Pelita Desa, Gema Desa, Warta Desa, Jaya "
    "Abadi, Mandala Giri, Saluyu, Binangkit, Mekar Jaya"
)
TITLES = (
    "H. {}",
    "Hj. {}",
    "Dr. {}",
    "Drs. {}",
    "{}, S.Kom",
    "{}, S.Pd.",
    "{}, S.Sos., M.Si",
    "{} S.E.",
    "Ir. {}",
    "Ust. {}",
)
STREETS = _listed(
    "Merdeka Sudirman Diponegoro Kartini Pemuda Veteran Cokroaminoto Siliwangi Pahlawan Kenanga Melati Ampera"
)
PLATFORMS = ("instagram", "facebook", "tiktok", "x", "youtube")
COLUMNS = (
    "name",
    "kind",
    "email",
    "phone",
    "address",
    "village_code",
    "platform",
    "handle",
    "decree_number",
    "followers",
)


@dataclass(frozen=True)
class Row:
    name: str
    kind: str
    email: str
    phone: str
    address: str
    village: str
    platform: str
    handle: str
    decree: str = ""

    def cells(self, followers: int) -> tuple[str, ...]:
        return (
            self.name, self.kind, self.email, self.phone, self.address, self.village, self.platform, self.handle,
            self.decree, str(followers),
        )  # fmt: skip


@dataclass(frozen=True)
class Made:
    """
    Attributes:
        doubles: pairs of row numbers as a sheet has them, the smaller one first.
        faults: of each double, what was done.
    """

    rows: tuple[Row, ...]
    doubles: frozenset[tuple[int, int]]
    faults: dict[tuple[int, int], tuple[str, ...]]


class Maker:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        everywhere = [a.code for a in areas.everywhere() if a.level is areas.Level.VILLAGE]
        self.villages = everywhere
        self._offices: set[tuple[str, str]] = set()
        self._numbers = self.random.sample(range(10_000_000, 99_999_999), 200_000)

    def phone(self) -> str:
        return f"+62812{self._numbers.pop()}"

    def handle(self, name: str) -> str:
        bare = re.sub(r"[^a-z]", "", name.casefold())[: self.random.randint(6, 14)]
        return f"{bare}{self.random.randint(1, 9_999)}"

    def address(self) -> str:
        kind = self.random.choice(("Jl.", "Gang", "Jalan"))
        return f"{kind} {self.random.choice(STREETS)} No. {self.random.randint(1, 400)}"

    def person(self, *, family: str | None = None, village: str | None = None) -> Row:
        given = self.random.choice(GIVEN)
        middle = f" {self.random.choice(GIVEN)}" if self.random.random() < 0.3 else ""
        return self._row(
            f"{given}{middle} {family or self.random.choice(FAMILY)}",
            self.random.choice(("activist", "influencer", "creator")),
            village,
        )

    def group(self, *, title: str | None = None, village: str | None = None) -> Row:
        row = self._row(f"KIM {title or self.random.choice(GROUPS)}", "community_group", village)
        number = f"400.14/{self.random.randint(1, 999)}/{self.random.randint(2019, 2025)}"
        return replace(row, decree=number)

    def outlet(self) -> Row:
        first = self.random.choice(
            ("Kabar", "Radar", "Suara", "Warta", "Portal", "Lensa", "Fokus", "Gerbang", "Jejak", "Nusa")
        )
        second = self.random.choice(FAMILY + GIVEN)
        return self._row(
            f"{first} {second} {self.random.choice(('News', 'Online', 'Post', 'Media', ''))}".strip(), "media_outlet"
        )

    def office(self) -> Row:
        village = self.random.choice(self.villages)
        what = self.random.choice(
            ("Kelurahan {}", "Pemerintah Desa {}", "SDN 1 {}", "SDN 2 {}", "Puskesmas {}", "SMPN 1 {}")
        )
        name = what.format(areas.find(village).name)
        if (name, village) in self._offices:
            # There is one of each in a village.
            return self.office()
        self._offices.add((name, village))
        return self._row(name, "government_account", village)

    def any(self) -> Row:
        return self.random.choices((self.person, self.group, self.outlet, self.office), (80, 12, 4, 4))[0]()

    def _row(self, name: str, kind: str, village: str | None = None) -> Row:
        handle = self.handle(name)
        return Row(
            name,
            kind,
            f"{self.handle(name)}@surel.example",
            self.phone(),
            self.address(),
            village or self.random.choice(self.villages),
            self.random.choice(PLATFORMS),
            handle,
        )

    def neighbour(self, village: str) -> str:
        near = [area.code for area in areas.children(areas.parents(village)[0].code) if area.code != village]
        return self.random.choice(near) if near else self.random.choice(self.villages)

    # What goes wrong when somebody is written down once more.

    def typo(self, row: Row) -> Row:
        words = row.name.split()
        longest = [n for n, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
        if not longest:
            return replace(row, name=f"{row.name}n")
        n = self.random.choice(longest)
        word, at = words[n], self.random.randint(1, len(words[n]) - 2)
        words[n] = self.random.choice((
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + self.random.choice("aeiounrst") + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        ))  # fmt: skip
        return replace(row, name=" ".join(words))

    def respelled(self, row: Row) -> Row:
        ways = [
            ("Muhammad", self.random.choice(("Moh.", "M.", "Mohd", "Mochamad"))), ("Ahmad", "Achmad"),
            ("Yusuf", "Jusuf"), ("Joko", "Djoko"), ("Djoko", "Joko"), ("Saeful", "Syaiful"), ("Soesilo", "Susilo"),
            ("Rizky", "Riski"),
            ("Fauzi", "Pauji"), ("Rachman", "Rahman"), ("KIM", "Kelompok Informasi Masyarakat"),
            ("Mekar Sari", "Mekarsari"), ("Harapan Jaya", "Harapanjaya"), ("SDN", "SD Negeri"), ("Kelurahan", "Kel."),
            ("Pemerintah Desa", "Pemdes"),
            ("Puskesmas", "PKM"), ("SMPN", "SMP Negeri"), ("u", "oe"), ("j", "dj"), ("f", "v"), ("y", "i"), ("i", "y"),
            ("d", "dh"),
        ]  # fmt: skip
        for written, other in ways:
            if written in row.name:
                return replace(row, name=row.name.replace(written, other, 1))
        return self.titled(row)

    def reordered(self, row: Row) -> Row:
        words = row.name.split()
        return replace(row, name=" ".join((*words[1:], words[0])))

    def titled(self, row: Row) -> Row:
        if row.kind == "community_group":
            return replace(row, name=f"{row.name} {areas.find(row.village).title}")
        return replace(row, name=self.random.choice(TITLES).format(row.name))

    def shortened(self, row: Row) -> Row:
        words = row.name.split()
        return replace(row, name=" ".join(words[:-1])) if len(words) > 2 else self.titled(row)

    def with_new_phone(self, row: Row) -> Row:
        return replace(row, phone=self.phone())

    def with_new_email(self, row: Row) -> Row:
        return replace(row, email=f"{self.handle(row.name)}@kotak.example")

    def with_new_account(self, row: Row) -> Row:
        return replace(row, platform=self.random.choice(PLATFORMS), handle=self.handle(row.name))

    def with_address_otherwise(self, row: Row) -> Row:
        return replace(row, address=row.address.replace("Jl.", "Jln").replace("Gang", "Gg.").replace("No. ", ""))

    def with_gaps(self, row: Row) -> Row:
        gone = self.random.sample(("email", "phone", "address", "handle"), 2)
        return replace(row, **dict.fromkeys(gone, ""))

    def moved(self, row: Row) -> Row:
        return replace(row, village=self.neighbour(row.village), address=self.address())

    def phone_as_typed(self, row: Row) -> Row:
        return replace(row, phone=row.phone.replace("+62", "0"))

    @property
    def faults(self) -> dict[str, Callable[[Row], Row]]:
        return {
            "typo": self.typo, "respelled": self.respelled, "reordered": self.reordered, "titled": self.titled,
            "shortened": self.shortened, "new_phone": self.with_new_phone, "new_email": self.with_new_email,
            "new_account": self.with_new_account, "address": self.with_address_otherwise, "gaps": self.with_gaps,
            "moved": self.moved, "phone_as_typed": self.phone_as_typed,
        }  # fmt: skip

    def wrong(self, row: Row, how_many: int) -> tuple[Row, tuple[str, ...]]:
        ways = dict(self.faults)
        if row.kind in ("community_group", "government_account"):
            # A KIM of another village is another KIM, and a second account of an office is another account.
            del ways["moved"]
        if row.kind == "government_account":
            del ways["new_account"]
        if row.kind != "community_group" and len(row.name.split()) < 3:
            del ways["shortened"]
        if row.kind == "community_group":
            del ways["shortened"]
        chosen = self.random.sample(sorted(ways), how_many)
        for fault in chosen:
            row = ways[fault](row)
        return row, tuple(chosen)

    # What looks like one and is two.

    def family(self) -> tuple[Row, Row]:
        one = self.person()
        return one, self._other_given(one, village=one.village)

    def father_and_son(self) -> tuple[Row, Row]:
        one = self.person()
        son = self._other_given(one, village=one.village)
        return one, replace(son, phone=one.phone, address=one.address)

    def neighbouring_groups(self) -> tuple[Row, Row]:
        one = self.group(title=self.random.choice(GROUPS))
        other = self.group(title=one.name.removeprefix("KIM "), village=self.neighbour(one.village))
        return one, replace(other, decree=one.decree) if self.random.random() < 0.5 else other

    def groups_of_one_decree(self) -> tuple[Row, Row]:
        one, title = self.group(), ""
        while not title or title in one.name:
            title = self.random.choice(GROUPS)
        other = self.group(title=title, village=self.neighbour(one.village))
        return one, replace(other, decree=one.decree, phone=one.phone)

    def papers_of_one_editor(self) -> tuple[Row, Row]:
        one, other = self.outlet(), self.outlet()
        while set(one.name.split()) & set(other.name.split()[1:2]):
            other = self.outlet()
        return one, replace(other, email=one.email, phone=one.phone, village=one.village, address=one.address)

    def accounts_of_one_office(self) -> tuple[Row, Row]:
        one = self.office()
        return one, replace(
            one, handle=self.handle(one.name), name=f"{one.name}{self.random.choice(('', ' PPID', ' Humas'))}"
        )

    def namesakes(self) -> tuple[Row, Row]:
        one = self.person()
        return one, replace(self.person(), name=one.name)

    def schools(self) -> tuple[Row, Row]:
        one = replace(self.office(), kind="government_account")
        place = areas.find(one.village).name
        return (
            replace(one, name=f"SDN 1 {place}"),
            replace(one, name=f"SDN 2 {place}", handle=self.handle(place), phone=self.phone()),
        )

    def _other_given(self, one: Row, *, village: str) -> Row:
        given = one.name.split()[0]
        while True:
            other = self.person(family=one.name.split()[-1], village=village)
            if other.name.split()[0][:2] != given[:2]:
                return other


def made(seed: int, *, rows: int = 20_000, doubles: int = 400, lookalikes: int = 400) -> Made:
    maker = Maker(seed)
    laid: list[tuple[Row, int | None, tuple[str, ...]]] = []
    for number in range(doubles):
        one = maker.any()
        other, faults = maker.wrong(one, maker.random.choices((1, 2, 3), (30, 50, 20))[0])
        laid += [(one, number, ()), (other, number, faults)]
    ways = (
        maker.family, maker.father_and_son, maker.neighbouring_groups, maker.groups_of_one_decree,
        maker.papers_of_one_editor, maker.accounts_of_one_office, maker.namesakes, maker.schools,
    )  # fmt: skip
    for number in range(lookalikes):
        laid += [(row, None, ()) for row in ways[number % len(ways)]()]
    laid += [(maker.any(), None, ()) for _ in range(rows - len(laid))]
    maker.random.shuffle(laid)
    at: dict[int, int] = {}
    pairs: dict[tuple[int, int], tuple[str, ...]] = {}
    for number, (_, pair, faults) in enumerate(laid, 2):
        if pair is None:
            continue
        if pair in at:
            first = at[pair]
            pairs[first, number] = faults or laid[first - 2][2]
        else:
            at[pair] = number
    return Made(tuple(row for row, _, _ in laid), frozenset(pairs), pairs)


def write(made: Made, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows(row.cells(number % 5_000) for number, row in enumerate(made.rows))
