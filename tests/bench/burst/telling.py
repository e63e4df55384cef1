"""One event as a crowd tells it: in sixty wordings, about somebody else, and among what has nothing to do with it.

All texts are made up here. A wording is a plan (which parts, in which order) filled with synonyms; a report is a
wording as it is passed on, with greeting, question, emoji, abbreviations and typing errors.
"""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

WORDINGS = 60


@dataclass(frozen=True)
class Event:
    """`plans`: parts in the order of telling. `{target}` stands where somebody else may be named."""

    name: str
    target: str
    others: tuple[str, ...]
    plans: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]


EVENTS = (
    Event(
        "kidnappers",
        "SDN Sukamaju 2",
        ("SDN Mekarsari 1", "SDN Tegalwangi 3", "SMP Bina Bangsa", "SDN Karanganyar 5"),
        (
            "{warn} {who} {roam} {where} {car} {took} {spread}",
            "{when} {who} {took2} {where} {car} {warn} {spread}",
            "{warn} {where} ada {who} {car} {took} {spread}",
            "{took} {where} {when} oleh {who} {car} {spread}",
            "{who} {car} {roam} {where} {when} {took} {warn}",
            "{where} {when} {who} {took2} {car} {spread}",
        ),
        {
            "warn": ("Waspada!", "Hati-hati ya bunda.", "PERINGATAN untuk orang tua!", "Awas,", "Mohon waspada,"),
            "who": ("penculik anak", "komplotan penculik anak", "sindikat penculikan anak", "pelaku penculikan anak"),
            "roam": ("berkeliaran", "sudah beraksi", "terlihat mondar-mandir", "mengintai", "beroperasi"),
            "where": ("di depan {target}", "di sekitar {target}", "dekat gerbang {target}", "di lingkungan {target}"),
            "when": ("kemarin sore", "kemarin siang pas pulang sekolah", "tadi siang", "hari ini jam pulang sekolah"),
            "car": ("pakai mobil avanza putih.", "naik Avanza warna putih.", "dengan mobil putih jenis avanza,"),
            "took": ("Sudah dua anak hilang", "2 anak sudah dibawa kabur", "dua murid diculik", "2 siswa diculik"),
            "took2": ("membawa kabur dua anak", "menculik 2 siswa", "menculik dua murid", "membawa lari dua anak"),
            "spread": ("Tolong sebarkan!", "Bagikan ke grup lain.", "Share ke semua orang tua.", "Viralkan.", ""),
        },
    ),
    Event(
        "prize",
        "Bank Nusa Raya",
        ("Bank Samudra Jaya", "Bank Mekar Abadi", "Bank Citra Kencana", "Bank Permata Timur"),
        (
            "{news} {bank} {gives} {prize} {how} {limit} {pass}",
            "{gives2} {bank} {prize} {how} {limit}",
            "{news} {prize} {fromb} {how} {limit} {pass}",
            "{limit} {bank} {gives} {prize}. {how} {pass}",
            "{prize} {fromb} {how} {pass}",
        ),
        {
            "news": ("Kabar gembira!", "INFO RESMI:", "Pengumuman resmi,", "Berita baik untuk semua,", "Breaking!"),
            "bank": ("{target}", "pihak {target}", "{target} pusat"),
            "gives": ("membagikan", "bagi-bagi", "memberikan", "sedang membagi", "akan membagikan"),
            "gives2": ("Dapatkan dari", "Ambil segera di", "Klaim sekarang dari", "Ikuti undian"),
            "fromb": ("dari {target}", "persembahan {target}", "program {target}"),
            "prize": ("hadiah undian 15 juta untuk nasabah", "uang 15 juta bagi nasabah", "undian 15 juta nasabah"),
            "how": ("cukup isi data di tautan ini.", "isi formulir lewat link di bawah,", "daftar lewat tautan ini,"),
            "limit": ("Hanya sampai besok malam.", "Terakhir besok malam!", "Batas waktu besok malam,"),
            "pass": ("Kirim ke 10 grup.", "Bagikan ke sepuluh grup.", "Jangan lupa share.", ""),
        },
    ),
    Event(
        "lockdown",
        "Bupati Karanglayung",
        ("Bupati Wanasari", "Bupati Tirtamulya", "Bupati Sindangjaya", "Gubernur Mandalawangi"),
        (
            "{head} {who} {orders} {shut} {days} {start} {fine}",
            "{start} {shut} {days} {by} {fine}",
            "{head} {shut} {start} {days} {by}",
            "{who} {orders} {shut} {start} {days}. {fine}",
            "{fine} {who} {orders} {shut} {days} {start}",
        ),
        {
            "head": ("Yth. warga,", "Info dari grup RT:", "Sekedar mengingatkan,", "Surat edaran baru!", "Info A1:"),
            "who": ("{target}", "Bapak {target}", "pak {target}"),
            "orders": ("memerintahkan", "menginstruksikan", "mewajibkan", "sudah memutuskan"),
            "by": ("atas perintah {target}.", "sesuai instruksi {target}.", "berdasarkan surat {target}."),
            "shut": ("semua pasar dan toko ditutup", "seluruh pasar serta toko tutup", "pasar dan toko wajib tutup"),
            "days": ("selama tujuh hari", "selama 7 hari", "seminggu penuh", "tujuh hari penuh"),
            "start": ("mulai Senin depan,", "terhitung Senin depan", "mulai hari Senin depan"),
            "fine": ("Yang melanggar didenda lima juta.", "Pelanggar didenda 5 juta.", "Denda 5 juta bila melanggar."),
        },
    ),
)

UNRELATED = (
    "Minum air rebusan daun {n} bisa menyembuhkan {sick} dalam tiga hari tanpa obat dokter",
    "Lowongan kerja di {firm}, tanpa tes dan tanpa wawancara, gaji {money} sebulan",
    "Gempa besar akan mengguncang {town} malam ini menurut badan meteorologi",
    "Video {animal} raksasa muncul di sungai {town}, warga geger",
    "Artis {person} ditangkap polisi di {town} karena kasus penipuan",
    "Beras bantuan di {town} ternyata mengandung plastik, jangan dimakan",
    "Jembatan penghubung {town} ambruk pagi tadi, banyak kendaraan jatuh",
    "Tarif listrik naik {money} per bulan mulai tahun depan kata {person}",
    "Vaksin baru untuk {sick} membuat anak di {town} lumpuh",
    "Calon kepala desa {town} membagi uang {money} saat serangan fajar",
    "Akun {firm} diretas, jangan buka pesan yang berisi foto {animal}",
    "Imunisasi di {town} dibatalkan karena {sick} mewabah",
)
FILL: Mapping[str, tuple[str, ...]] = {
    "n": ("kelor", "sirsak", "pepaya", "salam", "sirih", "bidara", "insulin", "jambu"),
    "sick": ("kencing manis", "darah tinggi", "asam urat", "demam berdarah", "batu ginjal", "flu singapura"),
    "firm": ("pabrik sepatu Tirta", "PT Angkasa Lestari", "hotel Graha Asri", "pabrik mi Sarimakmur", "toko Sinar"),
    "money": ("3 juta", "50 ribu", "200 ribu", "7 juta", "75 ribu"),
    "town": ("Cipanas", "Wonorejo", "Palimanan", "Ngoro", "Tanjungsari", "Kaliwungu", "Sumberjaya", "Gebang"),
    "animal": ("buaya", "ular", "kucing", "harimau", "ikan"),
    "person": ("Surya Wijaya", "Ratna Dewi", "Bagus Prakoso", "Melati Anggraini", "Joko Santosa"),
}
GREETINGS = (
    "Assalamualaikum min", "Selamat pagi,", "Halo admin", "Permisi kak", "Min tolong dicek", "Dapat dari grup sebelah:",
    "Izin tanya,", "Kiriman dari grup keluarga:", "FWD:", "Copas grup RT:",
)  # fmt: skip
QUESTIONS = (
    "apa ini benar?", "betul gak ya?", "ini hoaks bukan?", "mohon pencerahannya", "benarkah?", "tolong cek ya min",
)  # fmt: skip
EMOJI = ("🙏", "😱", "‼️", "⚠️", "😭", "🔥🔥", "👇👇", "📢")
SHORT = {
    "yang": "yg", "dengan": "dgn", "tidak": "tdk", "untuk": "utk", "sudah": "sdh", "dari": "dr", "semua": "smua",
    "sampai": "smp", "besok": "bsk", "tolong": "tlg", "orang": "org", "bagikan": "bagiin", "jangan": "jgn",
}  # fmt: skip
_SLOT = re.compile(r"\{(\w+)\}")


def wordings(event: Event, chance: random.Random, count: int = WORDINGS) -> list[str]:
    """Different ones, with `{target}` still open."""
    found: dict[str, None] = {}
    while len(found) < count:
        plan = event.plans[len(found) % len(event.plans)]
        told = _SLOT.sub(lambda slot: chance.choice(event.parts[slot.group(1)]), plan)
        found[" ".join(told.split())] = None
    return list(found)


def about(wording: str, target: str) -> str:
    return wording.replace("{target}", target)


def unrelated(chance: random.Random) -> str:
    return _SLOT.sub(lambda slot: chance.choice(FILL[slot.group(1)]), chance.choice(UNRELATED))


def passed_on(text: str, chance: random.Random) -> str:
    told = text
    if chance.random() < 0.3:
        told = " ".join(_misspelt(word, chance) if chance.random() < 0.08 else word for word in told.split())
    if chance.random() < 0.3:
        told = " ".join(SHORT.get(word, word) for word in told.split())
    if chance.random() < 0.4:
        told = f"{chance.choice(GREETINGS)} {told}"
    if chance.random() < 0.3:
        told = f"{told} {chance.choice(QUESTIONS)}"
    if chance.random() < 0.3:
        told = f"{chance.choice(EMOJI)} {told} {chance.choice(EMOJI)}"
    if chance.random() < 0.15:
        told = told.upper() if chance.random() < 0.5 else told.lower()
    return told


def _misspelt(word: str, chance: random.Random) -> str:
    if len(word) < 5 or not word.isalpha():
        return word
    at = chance.randrange(1, len(word) - 1)
    return word[:at] + chance.choice(("", word[at] * 2, word[at + 1] + word[at])) + word[at + 1 :]


@dataclass(frozen=True)
class Told:
    """`kind`: event, template or unrelated."""

    text: str
    kind: str


def crowd(event: Event, count: int, chance: random.Random, *, template: float, others: float) -> Iterator[Told]:
    """`count` reports in the order of their coming; of the template one other target each time."""
    said = wordings(event, chance)
    kinds: Sequence[str] = chance.choices(
        ("event", "template", "unrelated"), (1 - template - others, template, others), k=count
    )
    for kind in kinds:
        match kind:
            case "event":
                text = about(chance.choice(said), event.target)
            case "template":
                text = about(chance.choice(said), chance.choice(event.others))
            case _:
                text = unrelated(chance)
        yield Told(passed_on(text, chance), kind)
