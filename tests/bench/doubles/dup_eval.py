"""Which rows of a list of partners are likely one: `make dup-eval IN=partners.csv OUT=pairs.csv`.

IN has the columns of the import's template, or name, email, phone, address, village_code, platform, handle. OUT has
row_a,row_b,score,reasons, the likeliest first: rows as a sheet numbers them (the first below the headers is 2), or what
stands in a column "id" or "row"; score from 0 to 1; reasons in words.
"""

import csv
import sys
import time
from pathlib import Path

from services.registry.doubles.finding import doubles_among
from services.registry.doubles.scoring import Reason
from tests.bench.doubles import rows

WORDS = {
    Reason.SAME_ACCOUNT: "akun yang sama",
    Reason.SAME_PHONE: "nomor telepon sama",
    Reason.SAME_EMAIL: "surel sama",
    Reason.SAME_DECREE: "nomor SK sama",
    Reason.SAME_NAME: "nama sama",
    Reason.NAME_OTHERWISE_SPELLED: "nama sama dengan ejaan lain",
    Reason.NAME_SIMILAR: "nama mirip",
    Reason.NAME_IN_OTHER_ORDER: "nama sama dengan urutan lain",
    Reason.SAME_PERSON: "pengurus sama",
    Reason.SAME_HANDLE: "nama akun sama di platform lain",
    Reason.HANDLE_SIMILAR: "nama akun mirip",
    Reason.PHONE_SIMILAR: "nomor telepon beda satu angka",
    Reason.EMAIL_SIMILAR: "surel beda satu huruf",
    Reason.SAME_ADDRESS: "alamat sama",
    Reason.SAME_AREA: "wilayah sama",
}


def main(source: Path, target: Path) -> None:
    begun = time.perf_counter()
    entries = rows.read(source)
    found = doubles_among(entries)
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("row_a", "row_b", "score", "reasons"))
        for a, b, likeness in found:
            reasons = "; ".join(WORDS[reason] for reason in likeness.reasons)
            out.writerow((a.id, b.id, f"{likeness.score:.4f}", reasons))
    print(f"{len(entries):,} rows, {len(found):,} likely doubles, {time.perf_counter() - begun:.1f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
