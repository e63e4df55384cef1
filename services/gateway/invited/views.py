"""What whoever opens a mailed link is told."""

from dataclasses import dataclass

from services.gateway.web.views import Form, FormPage


@dataclass(frozen=True, kw_only=True)
class InvitedPage(FormPage):
    """
    Attributes:
        purpose: invitation or factor; empty: the link opens nothing any more.
        opened: its button was pressed; the form is there.
        qr: the same as `secret`, as a path in a square of `qr_size`.
    """

    form: Form
    purpose: str = ""
    opened: bool = False
    name: str = ""
    email: str = ""
    roles: tuple[str, ...] = ()
    secret: str = ""
    qr: str = ""
    qr_size: int = 0

    @property
    def spoken(self) -> str:
        """In groups of four, as people type it."""
        return " ".join(self.secret[n : n + 4] for n in range(0, len(self.secret), 4))
