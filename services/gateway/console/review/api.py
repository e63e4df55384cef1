"""The second look at an answer, for programs. What is reviewed is read as its case."""

from fastapi import APIRouter

from services.gateway.api.serving import add_wishes
from services.gateway.console.review.wishes import WISHES

router = APIRouter(prefix="/console")

add_wishes(router, WISHES)
