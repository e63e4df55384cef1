from collections import Counter
from pathlib import Path

import pytest

from services.registry.doubles.blocking import MOST_TOGETHER, pairs
from services.registry.doubles.entries import entry
from services.registry.doubles.finding import doubles_among
from tests.bench.doubles import rows, seeded


@pytest.mark.parametrize("seed", [14])
def test_doubles_are_found_in_twenty_thousand_rows_and_little_else(seed: int, tmp_path: Path) -> None:
    made = seeded.made(seed)
    seeded.write(made, tmp_path / "partners.csv")

    found = doubles_among(rows.read(tmp_path / "partners.csv"))

    got = {(int(a.id), int(b.id)) for a, b, _ in found}
    right = len(got & made.doubles)
    how_many = Counter(min(len(faults), 2) for faults in made.faults.values())
    assert len(made.rows) == 20_000
    assert len(made.doubles) >= 200
    assert how_many[2] >= 0.3 * len(made.doubles)
    assert right / len(made.doubles) >= 0.9
    assert right / len(got) >= 0.9


def test_the_same_seed_makes_the_same_rows() -> None:
    assert seeded.made(3, rows=400, doubles=20, lookalikes=20) == seeded.made(3, rows=400, doubles=20, lookalikes=20)


def test_headers_are_read_in_both_languages(tmp_path: Path) -> None:
    english = "name,phone,village_code\nBudi Santoso,081234567890,32.74.05.1003\n"
    indonesian = "Kode Wilayah;Nomor Telepon;Nama\n32.74.05.1003;0812-3456-7890;Budi Santoso\n"
    for file, text in (("en.csv", english), ("id.csv", indonesian)):
        (tmp_path / file).write_text(text)

    assert rows.read(tmp_path / "en.csv") == rows.read(tmp_path / "id.csv")


def test_what_thousands_share_is_no_reason_to_compare_all_of_them() -> None:
    entries = [
        entry(str(n), f"Warga {chr(97 + n % 26)}{chr(97 + n // 26 % 26)}", phones=["081234567890"])
        for n in range(2_000)
    ]

    assert len(list(pairs(entries))) < len(entries) * MOST_TOGETHER * 2


def test_each_pair_once_and_nobody_with_themself() -> None:
    entries = [entry(str(n), "Harsanto Rajata", phones=["081234567890"], emails=["a@surel.example"]) for n in range(3)]

    assert list(pairs(entries)) == [(0, 1), (0, 2), (1, 2)]
