"""What the log-in pages are told."""

from dataclasses import dataclass
from datetime import datetime

from libs.contracts.notify.reads import AssignmentView
from services.gateway.web.views import Form, FormPage


@dataclass(frozen=True, kw_only=True)
class LoginPage(FormPage):
    """Officers: password, then a code, in one form."""

    form: Form
    email: str = ""
    locked_until: datetime | None = None
    signed_out: bool = False
    joined: bool = False
    """Has just set up how to log in."""
    kept: bool = False
    """A form was sent after its session had ended; it is shown again to whoever wrote it."""


@dataclass(frozen=True, kw_only=True)
class LoginLinkPage(FormPage):
    """Partners: a one-time link by e-mail. The answer is the same whether the address is known or not."""

    form: Form
    email: str = ""
    sent: bool = False
    expired: bool = False
    late: AssignmentView | None = None
    """Whose link led here after the time for its answer."""
    kept: bool = False
    """As at the officers' door."""
    left: bool = False
    """They have just ceased to be a partner."""
    minutes: int = 15


@dataclass(frozen=True, kw_only=True)
class ConfirmPage:
    """A link was opened; chat previews open links too, so a button does the thing."""

    form: Form
    purpose: str
    """login, assignment or ticket."""
