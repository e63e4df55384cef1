"""What an officer writes down for somebody who came, called or wrote; or of a post that they saw."""

from typing import Literal

from libs.contracts.words import Intake, ReportKind
from services.gateway.dispatch.accepting import field_error
from services.gateway.reporting.forms import ReportForm

FROM_PEOPLE = (Intake.WALK_IN, Intake.PHONE, Intake.LETTER)


class EntryForm(ReportForm):
    """A report that an officer enters. A contact only with its owner's consent, which the officer has asked for."""

    intake: Literal[Intake.WALK_IN, Intake.PHONE, Intake.LETTER, Intake.POST_SEEN]
    """`post_seen`: nobody reported it; its address is needed, and nobody is told of the answer."""


def check_entry(form: EntryForm) -> None:
    """
    Raises:
        RequestValidationError: a post without its address, or with a reporter.
    """
    if form.intake != Intake.POST_SEEN:
        return
    if not form.urls:
        raise field_error("urls", "required")
    if form.kind != ReportKind.HOAX:
        raise field_error("kind", "invalid")
    if form.contact is not None:
        raise field_error("contact", "extra_forbidden")
