"""Where a stack keeps its things on disk."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local.errors import DiskFull

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = CHECKOUT / ".local"

SPACE_NEEDED_MB = 1500
"""Jars, archive and mongod take 300 MB, an empty Kafka and mongod 350 MB; the rest is room for the demo."""


@dataclass(frozen=True)
class Layout:
    """
    Attributes:
        home: data, secrets, logs and process files of one stack.
        tools: programs, shared by every stack of the checkout.
    """

    home: Path = LOCAL / "run"
    tools: Path = LOCAL / "tools"

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def mail(self) -> Path:
        return LOCAL / "mail" if self.home == LOCAL / "run" else self.home / "mail"

    @property
    def chat(self) -> Path:
        return LOCAL / "chat" if self.home == LOCAL / "run" else self.home / "chat"

    @property
    def web(self) -> Path:
        return self.home / "web"

    @property
    def processes(self) -> Path:
        return self.home / "processes"

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def require_space(self, needed_mb: int = SPACE_NEEDED_MB) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        free_mb = shutil.disk_usage(self.home).free // 1_000_000
        if free_mb < needed_mb:
            raise DiskFull(self.home, free_mb, needed_mb)

    @contextmanager
    def tools_to_itself(self) -> Iterator[None]:
        """Two stacks of a checkout that start together install one after the other."""
        self.tools.mkdir(parents=True, exist_ok=True)
        with (self.tools / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
