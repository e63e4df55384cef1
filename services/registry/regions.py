"""Which areas an office and its partners may name."""

from libs.kit import areas

REGIONS = frozenset({areas.Level.PROVINCE, areas.Level.REGENCY})


def is_region(code: str) -> bool:
    """A province, regency or city: what has an office of its own."""
    return areas.exists(code) and areas.find(code).level in REGIONS


def lies_in(code: str, region: str) -> bool:
    return areas.exists(code) and areas.is_within(code, region)


def around(code: str) -> tuple[str, ...]:
    """The area and those that contain it."""
    return areas.facets(code)
