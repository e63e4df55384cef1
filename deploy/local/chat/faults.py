"""What can be made to go wrong, until it is switched off again."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

AFTER_ACCEPT = ("malformed", "timeout")
"""The message has gone out, but the sender is not told so."""

ANSWERS = {
    "whatsapp": (
        "expired_token",
        "rate_limit",
        "pair_rate_limit",
        "spam_rate_limit",
        "unavailable",
        "unknown",
        "bad_gateway",
        "held",
        *AFTER_ACCEPT,
    ),
    "telegram": ("rate_limit", "unknown", "bad_gateway", *AFTER_ACCEPT),
}
"""What can take the place of the answer to a message. `held`: the template is held for quality assessment."""


class NoSuchFault(ValueError):
    """Says which there are."""


@dataclass(frozen=True)
class Faults:
    """
    Attributes:
        whatsapp, telegram: how a message is answered: one of ANSWERS, or "" as it should be.
        times: as many such answers, then all is well again; 0 until it is switched off.
        retry_after: seconds that a 429 asks to wait.
        slow_ms: before each answer.
        at_once: a closed window and a number without WhatsApp are told in the answer instead of by webhook.
        pair_limit: at most so many messages a minute from one number to one person; 0 for any.
        twice: every webhook is delivered two times.
        shuffle: webhooks wait until there are so many, or for half a second, and leave in any order.
        batch: so many messages and statuses in one envelope (WhatsApp).
        wrong_signature: webhooks are signed with another secret.
    """

    whatsapp: str = ""
    telegram: str = ""
    times: int = 0
    retry_after: int = 35
    slow_ms: int = 0
    at_once: bool = False
    pair_limit: int = 0
    twice: bool = False
    shuffle: int = 0
    batch: int = 1
    wrong_signature: bool = False

    def changed(self, wanted: Mapping[str, Any]) -> "Faults":
        """
        Raises:
            NoSuchFault: an unknown name, or a value that it cannot have.
        """
        types = {f.name: type(f.default) for f in fields(self)}
        for name, value in wanted.items():
            if types.get(name) is not type(value):
                raise NoSuchFault(f"{name}={value!r}; there are {asdict(self)}")
            if name in ANSWERS and value not in ("", *ANSWERS[name]):
                raise NoSuchFault(f"{name}={value!r}; there are {', '.join(ANSWERS[name])}")
        return replace(self, **wanted)

    def after_one(self, channel: str) -> "Faults":
        """What is left once an answer of this channel has gone wrong."""
        if self.times == 1:
            return self.changed({channel: "", "times": 0})
        return replace(self, times=max(0, self.times - 1))
