"""What can go wrong with the local stack: one line that says what, one that says what to do."""

from pathlib import Path


class StackError(Exception):
    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}\n  → {remedy}")
        self.what = what
        self.remedy = remedy


class PortInUse(StackError):
    def __init__(self, port: int, purpose: str) -> None:
        super().__init__(
            f"Port {port} ({purpose}) is in use by another program.",
            "Choose another base, for example: make run SIMPUL_PORT=9400",
        )


class DiskFull(StackError):
    def __init__(self, path: Path, free_mb: int, needed_mb: int) -> None:
        super().__init__(
            f"Only {free_mb} MB are free under {path}; the stack needs {needed_mb} MB.",
            "Free some space (make reset removes the data of this checkout), then run again.",
        )


class ChildDied(StackError):
    def __init__(self, name: str, log: Path, last_words: str) -> None:
        super().__init__(f"{name} ended while starting: {last_words}", f"Read {log}, then run again.")


class NotReady(StackError):
    def __init__(self, name: str, seconds: float, log: Path) -> None:
        super().__init__(f"{name} was not ready after {seconds:.0f} s.", f"Read {log}, then run again.")


class ProgramMissing(StackError):
    def __init__(self, program: str, remedy: str) -> None:
        super().__init__(f"{program} is missing.", remedy)


class StartAbandoned(StackError):
    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was not started: another part of the start failed.", "See above, then run again.")
