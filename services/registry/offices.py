"""Which tenants there are, as far as the registry can say without asking the database."""

import time
from collections import OrderedDict
from collections.abc import Callable

from libs.contracts.ids import PLATFORM
from libs.runtime.errors import Unavailable

GRACE = 3.0
"""Seconds that a command waits for its tenant, from when this process first sees it: the command that creates it may
stand in the same batch, or another process may have carried it out and the directory be on its way. A guess."""
REMEMBERED = 1_000


class Offices:
    """Tenants of the directory, and those that this process has created and the directory does not show yet."""

    def __init__(self, in_directory: Callable[[str], bool], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._in_directory = in_directory
        self._clock = clock
        self._created: set[str] = set()
        self._missed: OrderedDict[str, float] = OrderedDict()

    def created(self, tenant: str) -> None:
        self._created.add(tenant)

    def knows(self, tenant: str) -> bool:
        """
        Raises:
            Unavailable: not yet, and it is too early to say never.
        """
        if tenant == PLATFORM or tenant in self._created or self._in_directory(tenant):
            return True
        now = self._clock()
        first = self._missed.setdefault(tenant, now)
        if len(self._missed) > REMEMBERED:
            self._missed.popitem(last=False)
        if now - first < GRACE:
            raise Unavailable("directory")
        return False
