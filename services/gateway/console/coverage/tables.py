"""Coverage as tables that leave the product. Headings are Indonesian whoever asks: files of two months are compared."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from libs.contracts.registry.coverage import CoverageView, Kept, Standing
from libs.contracts.words import PartnerKind
from libs.kit import areas
from libs.kit.exports import Cell

Table = tuple[Sequence[str], list[list[Cell]]]

STANDINGS: Mapping[str, str] = {
    Standing.LIVE: "aktif", Standing.EXPIRING: "segera habis", Standing.NONE: "belum ada"
}  # fmt: skip
KINDS: Mapping[str, str] = {
    PartnerKind.COMMUNITY_GROUP: "KIM",
    PartnerKind.ACTIVIST: "Pegiat medsos",
    PartnerKind.INFLUENCER: "Pemengaruh",
    PartnerKind.CREATOR: "Kreator konten",
    PartnerKind.GOVERNMENT_ACCOUNT: "Akun resmi",
    PartnerKind.MEDIA_OUTLET: "Media massa",
}


def of_villages(view: CoverageView, silent: Mapping[str, int] | None) -> Table:
    headings = ("Kode", "Kelurahan/desa", "Kecamatan", "KIM", "Berlaku sampai", "Jumlah KIM aktif")
    rows: list[list[Cell]] = [
        [one.code, areas.title_of(one.code), areas.find(district.code).name, *_kept(one)]
        for district in view.districts
        for one in district.villages
    ]
    return headings, rows


def of_districts(view: CoverageView, silent: Mapping[str, int] | None) -> Table:
    """
    Args:
        silent: district -> partners; None: not known now, their cells are empty.
    """
    headings = (
        "Kode", "Kecamatan", "KIM kecamatan", "Berlaku sampai", "Jumlah KIM kecamatan aktif", "Kelurahan/desa",
        "Dengan KIM aktif", "Di antaranya segera habis", "Belum ada KIM", "Mitra aktif",
        *(f"Mitra: {word}" for word in KINDS.values()), "Mitra diam",
    )  # fmt: skip
    rows: list[list[Cell]] = []
    for one in view.districts:
        found = [village.standing for village in one.villages]
        none, soon = found.count(Standing.NONE), found.count(Standing.EXPIRING)
        partners = [one.partners.get(kind, 0) for kind in KINDS]
        quiet = silent.get(one.code, 0) if silent is not None else None
        rows.append(
            [
                one.code, areas.find(one.code).name, *_kept(one), len(found),
                len(found) - none, soon, none, sum(one.partners.values()), *partners, quiet,
            ]
        )  # fmt: skip
    return headings, rows


def _kept(one: Kept) -> Iterable[Cell]:
    return STANDINGS[one.standing], date.fromisoformat(one.until) if one.until else None, one.groups


TABLES: Mapping[str, Callable[[CoverageView, Mapping[str, int] | None], Table]] = {
    "villages": of_villages,
    "districts": of_districts,
}
SHEETS: Mapping[str, str] = {"villages": "Cakupan kelurahan dan desa", "districts": "Cakupan kecamatan"}
