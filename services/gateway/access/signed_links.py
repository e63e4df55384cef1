"""Links in messages that open something without a log-in; notify makes them, we check them.

A link is only ever shown with a button: chat previews open it too, and a GET changes nothing.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

from libs.contracts.ids import NAMESPACE
from libs.runtime import links
from libs.runtime.keyring import VersionedKey


@dataclass(frozen=True, slots=True)
class AssignmentLink:
    assignment_id: str
    partner_id: str


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    recipient: str
    recipient_kind: str
    channel: str


class SignedLinks:
    def __init__(self, keys: VersionedKey) -> None:
        self._keys = keys

    def assignment(self, tenant: str, token: str) -> AssignmentLink | None:
        """None for whatever is not genuine, or of another office."""
        parts = links.check(self._keys, links.ASSIGNMENT, tenant, token)
        return AssignmentLink(*parts) if parts is not None and len(parts) == 2 else None

    def unsubscribe(self, tenant: str, token: str) -> UnsubscribeLink | None:
        parts = links.check(self._keys, links.UNSUBSCRIBE, tenant, token)
        return UnsubscribeLink(*parts) if parts is not None and len(parts) == 3 else None


def one_click_key(token: str) -> UUID:
    """The key of an unsubscription that a mail program sends by itself: the same link is the same wish."""
    return uuid5(NAMESPACE, f"one-click|{token}")
