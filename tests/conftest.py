import signal
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from tests.stack import running_stack


def pytest_configure() -> None:
    """SIGTERM ends a run as Ctrl-C does: with its servers stopped."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Started when the first test asks for it."""
    with running_stack() as running:
        yield running
