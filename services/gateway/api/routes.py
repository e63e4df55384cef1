"""The public API as a whole."""

from fastapi import FastAPI

from services.gateway.api import console, partner, public, session

PREFIX = "/api/v1"


def add_api(app: FastAPI) -> None:
    """In the order of matching: the busiest first. No slug may be one of the fixed words."""
    app.include_router(public.router, prefix=PREFIX, tags=["Public"])
    app.include_router(session.router, prefix=PREFIX, tags=["Log-in"])
    app.include_router(console.router, prefix=PREFIX, tags=["Officers"])
    app.include_router(partner.router, prefix=PREFIX, tags=["Partners"])
