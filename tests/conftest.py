import signal
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.stack import running_stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Started when the first test asks for it. SIGTERM ends the run as Ctrl-C does: with the servers stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with running_stack() as running:
        yield running
