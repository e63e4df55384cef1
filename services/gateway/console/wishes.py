"""Everything an officer may want done: who may is the table of permissions."""

from collections.abc import Mapping
from typing import Any

from services.gateway.console.archive import wishes as archive
from services.gateway.console.case import wishes as case
from services.gateway.console.deliveries import wishes as deliveries
from services.gateway.console.doubles import wishes as doubles
from services.gateway.console.embedding import wishes as embedding
from services.gateway.console.imports import wishes as imports
from services.gateway.console.office import officer_wishes as officers
from services.gateway.console.office import wishes as office
from services.gateway.console.questions import wishes as questions
from services.gateway.console.requests import wishes as requests
from services.gateway.console.review import wishes as review
from services.gateway.console.segments import wishes as segments
from services.gateway.console.verifying import wishes as verifying
from services.gateway.dispatch.wishes import Wish

ROOMS: Mapping[str, tuple[Wish[Any], ...]] = {
    "case": case.WISHES,
    "review": review.WISHES,
    "requests": requests.WISHES,
    "deliveries": deliveries.WISHES,
    "archive": archive.WISHES,
    "imports": imports.WISHES,
    "doubles": doubles.WISHES,
    "questions": questions.WISHES,
    "embedding": embedding.WISHES,
    "office": (*office.WISHES, *officers.WISHES),
    "segments": segments.WISHES,
    "verifying": verifying.WISHES,
}
WISHES: tuple[Wish[Any], ...] = tuple(wish for wishes in ROOMS.values() for wish in wishes)
