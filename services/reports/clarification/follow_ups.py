"""What must follow an event of a published answer."""

from collections.abc import Iterable

from libs.contracts.messages import Event
from libs.contracts.reports.case import ReopenCase
from libs.contracts.reports.clarification import ClarificationRetracted
from libs.runtime.aggregates import FollowUp


def after_clarification(event: Event) -> Iterable[FollowUp]:
    match event:
        case ClarificationRetracted():
            # Whoever was answered by it is without an answer again.
            yield FollowUp("reopen", ReopenCase(case_id=event.case_id, reason="retracted", version=event.version))
