"""Everything that `make test` proves: `python -m tests`, or some parts of it: `python -m tests unit contract`.

What a part says is in its log, and is shown at the end where it failed. Ctrl-C and SIGTERM end every part, its servers
included.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from deploy.local.children import last_line
from deploy.local.layout import CHECKOUT, LOCAL
from tests.parts import AT_ONCE, PARTS, Part
from tests.stack import RUN

LOGS = LOCAL / "test-logs"


def main() -> int:
    known = {part.name: part for part in PARTS}
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(known))
    wanted = parser.parse_args().parts or list(known)
    if unknown := set(wanted) - known.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))} (there are {', '.join(known)})")
    try:
        return asyncio.run(_run_until_told(part for name, part in known.items() if name in wanted))
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("\nInterrupted; nothing of it is left running.", file=sys.stderr)
        return 130


async def _run_until_told(parts: Iterable[Part]) -> int:
    running = asyncio.create_task(run(parts, LOGS))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    return await running


async def run(parts: Iterable[Part], logs: Path) -> int:
    """As many at once as `AT_ONCE` says; one that fails does not end the others."""
    logs.mkdir(parents=True, exist_ok=True)
    slots = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        running = [(log_of(part, logs), group.create_task(_passes(part, log_of(part, logs), slots))) for part in parts]
    failed = [log for log, passes in running if not passes.result()]
    for log in failed:
        print(f"\n━━ {log.stem} ━━\n{log.read_text(errors='replace').rstrip()}")
    print(f"\nFailed: {', '.join(log.stem for log in failed)}." if failed else "\nEverything passed.")
    return 1 if failed else 0


def log_of(part: Part, logs: Path) -> Path:
    return logs / f"{part.name}.log"


async def _passes(part: Part, log: Path, slots: asyncio.Semaphore) -> bool:
    async with slots:
        print(f"▸ {part.name} …", flush=True)
        started = time.monotonic()
        with log.open("wb") as out:
            process = subprocess.Popen(
                part.command,
                cwd=CHECKOUT,
                env={**os.environ, RUN: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                # Ctrl-C comes to it from here alone: a second one would break off what the first began to stop.
                start_new_session=True,
            )
        try:
            code = await asyncio.to_thread(process.wait)
        except asyncio.CancelledError:
            process.terminate()
            await asyncio.to_thread(process.wait)
            raise
    took = time.monotonic() - started
    print(f"{'✗' if code else '✓'} {part.name:<12} {took:4.0f} s   {last_line(log)}", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main())
