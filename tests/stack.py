"""Real servers for tests: one Kafka and one mongod per process of tests, on ports of their own, gone when it ends."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.local.children import Children
from deploy.local.layout import LOCAL, Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import Stack

HOMES = LOCAL / "test"
RUN = "SIMPUL_TEST_RUN"
"""The process that started several parts side by side; what a part leaves behind is kept as long as that one lives."""


@contextmanager
def running_stack() -> Iterator[Stack]:
    """Servers with users, rights and topics, mail and chat; no service runs until `start_service`."""
    clear_up()
    # Tests wait for every service alike.
    stack = Stack(Layout(home=home_of_this_run()), Ports(free_base()), patient=())
    try:
        stack.install()
        stack.start_servers()
        yield stack
    finally:
        stack.stop()
        stack.discard_data()


def home_of_this_run(part: str = "servers") -> Path:
    """Named after the run, so that a later one sees whether it still lives."""
    return HOMES / f"{os.environ.get(RUN, os.getpid())}-{os.getpid()}-{part}"


def clear_up(homes: Path = HOMES) -> None:
    """Ends what a run left behind that was killed and could not end it itself."""
    for home in homes.glob("*"):
        run = home.name.partition("-")[0]
        if not Path(f"/proc/{run}").exists():
            children = Children(Layout(home=home))
            children.stop(children.names(), grace=0)
            shutil.rmtree(home, ignore_errors=True)
