"""Processes that outlive the command that started them, found again by a file with their id and start time."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from deploy.local.errors import ChildDied, NotReady, StartAbandoned
from deploy.local.layout import Layout

LOG_KEPT_BYTES = 20_000_000
"""A log above this is set aside (one generation) when its process starts again."""


@dataclass(frozen=True)
class Process:
    pid: int
    started: int
    """Start time in clock ticks since boot: with the id it names one process, even after ids are used again."""


class Children:
    """The processes of one stack, by name."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._closed = False
        self._launching = Lock()

    def launch(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        cwd: Path | None = None,
        gives_way: bool = False,
    ) -> Process:
        """
        Args:
            gives_way: the processor goes to the others first.

        Raises:
            StartAbandoned: after `close`.
        """
        self._layout.processes.mkdir(parents=True, exist_ok=True)
        with self._launching, _open_log(self._layout.log(name)) as log:
            if self._closed:
                raise StartAbandoned(name)
            child = subprocess.Popen(
                [str(part) for part in command],
                env=dict(environment),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            if gives_way:
                _give_way(child.pid)
            process = Process(child.pid, _start_ticks(child.pid) or 0)
            _write_atomically(self._file(name), json.dumps(asdict(process)))
        return process

    def close(self) -> None:
        """From here on nothing is launched: what is stopped afterwards stays stopped."""
        with self._launching:
            self._closed = True

    def find(self, name: str) -> Process | None:
        """The running process of that name; a file left behind by one that is gone counts for nothing."""
        noted = self._noted(name)
        return noted if noted and _lives(noted) else None

    def names(self) -> list[str]:
        """Every process that was started and not stopped, dead ones included."""
        return sorted(file.stem for file in self._layout.processes.glob("*.json"))

    def running(self) -> list[str]:
        return [name for name in self.names() if self.find(name)]

    def send(self, name: str, number: signal.Signals) -> bool:
        """Whether there was a process to send it to."""
        process = self.find(name)
        if process is None:
            return False
        os.kill(process.pid, number)
        return True

    def pause(self, name: str, *, within: float = 5) -> None:
        """SIGSTOP; returns when every thread of it stands still, which on a busy machine takes a moment."""
        process = self.find(name)
        if process is None:
            return
        os.kill(process.pid, signal.SIGSTOP)
        deadline = time.monotonic() + within
        while not _stands_still(process.pid) and time.monotonic() < deadline:
            time.sleep(0.005)

    def kill(self, name: str) -> None:
        """SIGKILL, at once and without a farewell; returns when the process is gone."""
        self.stop([name], grace=0)

    def stop(self, names: Iterable[str], *, grace: float = 25) -> list[str]:
        """SIGTERM to all at once, SIGKILL to what is left after `grace` seconds, their own children included.

        Returns:
            The names that had to be killed.
        """
        names = list(names)
        found = {name: process for name in names if (process := self.find(name))}
        if grace:
            for process in found.values():
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGTERM)
                    # A paused process would keep the signal and never act on it.
                    os.kill(process.pid, signal.SIGCONT)
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline and any(map(_lives, found.values())):
            time.sleep(0.02)
        killed = [name for name, process in found.items() if _lives(process)]
        for name in names:
            if noted := self._noted(name):
                _kill_group(noted)
            self._file(name).unlink(missing_ok=True)
        return killed

    def wait_until(self, name: str, is_ready: Callable[[], bool], *, seconds: float) -> None:
        """
        Raises:
            ChildDied: with the last line that it wrote.
            NotReady: it lives, but the time is over.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            log = self._layout.log(name)
            if self.find(name) is None:
                raise ChildDied(name, log, last_line(log))
            if time.monotonic() > deadline:
                raise NotReady(name, seconds, log)
            time.sleep(0.1)

    def _noted(self, name: str) -> Process | None:
        try:
            return Process(**json.loads(self._file(name).read_text()))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def _file(self, name: str) -> Path:
        return self._layout.processes / f"{name}.json"


def last_line(log: Path) -> str:
    with suppress(FileNotFoundError), log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 4096))
        lines = [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
        return lines[-1].strip()[:300] if lines else "(nothing was written)"
    return "(no log)"


def resident_mb(process: Process) -> float:
    """Proportional set size: a page shared by several processes counts once over all of them."""
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _kill_group(process: Process) -> None:
    """The process, if it still lives, and whatever it started; not another that was given its id since."""
    if _start_ticks(process.pid) not in (None, process.started):
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    while _lives(process):
        time.sleep(0.01)


def _lives(process: Process) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    return _start_ticks(process.pid) == process.started


def _start_ticks(pid: int) -> int | None:
    """None for a process that is gone, or dead and only waiting for its parent to notice."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The second field, the name, may hold spaces and brackets: count from behind it.
    fields = stat[stat.rindex(")") + 2 :].split()
    # With threads left, the dead one among them is only the first: the process still holds its ports and files.
    is_dead = fields[0] in "ZX" and int(fields[17]) <= 1
    return None if is_dead else int(fields[19])


def _stands_still(pid: int) -> bool:
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if task.read_text().rsplit(")", 1)[1].split()[0] not in "TtZX":
                return False
    return True


def _open_log(log: Path) -> BinaryIO:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_KEPT_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log.open("ab")


def _write_atomically(file: Path, text: str) -> None:
    fresh = file.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(file)


def _give_way(pid: int) -> None:
    """Each child has a session of its own, and Linux shares the processor among sessions first, where it does so."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, os.getpriority(os.PRIO_PROCESS, pid) + 10)
        Path(f"/proc/{pid}/autogroup").write_text("10")
