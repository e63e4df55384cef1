"""The API for officers. The office is that of the session; another office's ids are unknown here."""

from fastapi import APIRouter

from services.gateway.api.serving import add_wishes
from services.gateway.console.case import api as case
from services.gateway.console.deliveries import api as deliveries
from services.gateway.console.partners import api as partners
from services.gateway.console.queue import api as queue
from services.gateway.console.requests import api as requests
from services.gateway.console.wishes import WISHES

wishes = APIRouter(prefix="/console")
add_wishes(wishes, WISHES)

ROUTERS = (queue.router, case.router, requests.router, deliveries.router, partners.router, wishes)
