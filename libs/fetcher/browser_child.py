"""Becomes the browser: limits first, then its program. Run by its path: `browser_child.py IN OUT PROGRAM ARGUMENTS`."""

import ctypes
import os
import resource
import signal
import sys

LARGEST_FILE = 64_000_000
FILES = 1_024
_SET_DEATH_SIGNAL = 1


def main(arguments: list[str]) -> None:
    commands, answers, *program = arguments
    # Whoever started it may be killed without a word: it goes along.
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, FILES))
    os.nice(10)
    # Where Chromium looks for its two ends of the pipe.
    os.dup2(int(commands), 3)
    os.dup2(int(answers), 4)
    os.execv(program[0], program)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
