"""What messaging providers tell the office's own numbers and bots: taken in whole, or not at all."""

from services.gateway.hooks.api import router

__all__ = ["router"]
