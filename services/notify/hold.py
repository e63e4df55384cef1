"""Whether the answers of one clarification may go out: not while it is paused, and never again once retracted."""

from collections.abc import Iterable

from libs.contracts.messages import Command, Event
from libs.contracts.notify.delivery import AnswersHeld, HoldAnswers
from libs.runtime.aggregates import Context, State


class Hold(State):
    clarification_id: str
    paused: bool = False
    retracted: bool = False

    @property
    def holds(self) -> bool:
        return self.paused or self.retracted


def decide(state: Hold | None, command: Command, context: Context) -> Iterable[Event]:
    if not isinstance(command, HoldAnswers):
        raise TypeError(command.type_name)
    if state is not None and state.retracted:
        return []
    return [AnswersHeld(clarification_id=command.clarification_id, paused=command.paused, retracted=command.retracted)]


def evolve(state: Hold | None, event: Event) -> Hold:
    if not isinstance(event, AnswersHeld):
        raise TypeError(event.type_name)
    return Hold(clarification_id=event.clarification_id, paused=event.paused, retracted=event.retracted)
