"""What the pages are told that say what went wrong."""

from dataclasses import dataclass

from services.gateway.web.views import Form


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """The template is `errors/<status>.html`."""

    allowed: tuple[str, ...] = ()
    """403: the roles that may."""
    retry_seconds: int = 0
    """429, 503."""
    form: Form | None = None
    """429 and 503 after a POST: the whole form once more, so that one press sends it again."""
