"""`python -m tests.chaos [--seed N] [--faults 65] [--accepted 20000] [--minutes 45]`: exit code 1 on any violation."""

import argparse
import asyncio
import random
import shutil
import signal
import sys

from deploy.local.layout import LOCAL, Layout
from deploy.local.ports import Ports, free_base
from deploy.local.stack import Stack
from tests.chaos.nemesis import Kind
from tests.chaos.run import Report, Wanted, run

TIMES = 5
"""Each kind of fault in a full run."""
SHOWN = 50


def main() -> int:
    # SIGTERM ends a run as Ctrl-C does: with everything stopped.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    wanted = _wanted()
    stack = Stack(Layout(home=LOCAL / "chaos"), Ports(free_base()))
    # What a run left behind that was killed itself.
    stack.children.stop(stack.children.names(), grace=0)
    shutil.rmtree(stack.layout.home, ignore_errors=True)
    try:
        stack.install(_say)
        stack.start_servers()
        report = asyncio.run(run(stack, wanted, _say))
    finally:
        stack.stop()
    _tell(report)
    if report.is_good:
        stack.discard_data()
    return 0 if report.is_good else 1


def _wanted() -> Wanted:
    parser = argparse.ArgumentParser(prog="tests.chaos")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--faults", type=int, default=TIMES * len(Kind))
    parser.add_argument("--accepted", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=45, help="the load ends after that at the latest")
    parser.add_argument("--rate", type=float, default=30, help="submissions a second")
    given = parser.parse_args()
    return Wanted(given.seed, given.faults, given.accepted, given.minutes, rate=given.rate)


def _tell(report: Report) -> None:
    violations = report.verdict.violations
    for violation in violations[:SHOWN]:
        _say(str(violation))
    if len(violations) > SHOWN:
        _say(f"and {len(violations) - SHOWN} more")
    for fault in report.missed:
        _say(f"missed: {fault}")
    for name in report.fallen:
        _say(f"{name} ended by itself, or would not end")
    _say(f"seed {report.wanted.seed}")
    _say(report.line)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
