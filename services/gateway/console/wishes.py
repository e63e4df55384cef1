"""Everything an officer may want done: who may is the table of permissions."""

from typing import Any

from services.gateway.console.case import wishes as case
from services.gateway.console.deliveries import wishes as deliveries
from services.gateway.console.requests import wishes as requests
from services.gateway.console.review import wishes as review
from services.gateway.dispatch.wishes import Wish

WISHES: tuple[Wish[Any], ...] = (*case.WISHES, *review.WISHES, *requests.WISHES, *deliveries.WISHES)
