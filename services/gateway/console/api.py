"""The API for officers. The office is that of the session; another office's ids are unknown here."""

from services.gateway.console.archive import api as archive
from services.gateway.console.case import api as case
from services.gateway.console.coverage import api as coverage
from services.gateway.console.deliveries import api as deliveries
from services.gateway.console.doubles import api as doubles
from services.gateway.console.embedding import api as embedding
from services.gateway.console.entry import api as entry
from services.gateway.console.imports import api as imports
from services.gateway.console.office import api as office
from services.gateway.console.partners import api as partners
from services.gateway.console.questions import api as questions
from services.gateway.console.queue import api as queue
from services.gateway.console.requests import api as requests
from services.gateway.console.review import api as review
from services.gateway.console.segments import api as segments
from services.gateway.console.verifying import api as verifying

ROOMS = (
    queue, case, review, requests, entry, deliveries, partners, imports, verifying, doubles, segments, coverage,
    archive, questions, embedding, office,
)  # fmt: skip
ROUTERS = tuple(room.router for room in ROOMS)
