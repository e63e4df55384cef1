"""The pages about partners, side by side."""

from services.gateway.console.partners.views import Place
from services.gateway.console.shift import Shift

PLACES = (
    ("list", "partners"),
    ("verification", "verifications"),
    ("imports", "imports"),
    ("doubles", "doubles"),
    ("segments", "segments"),
    ("coverage", "coverage"),
)
"""Word -> path below the officers' pages; the words stand in `partners/subnav.html`."""


def subnav(shift: Shift, here: str) -> tuple[Place, ...]:
    return tuple(Place(word, shift.url(path), word == here) for word, path in PLACES)
