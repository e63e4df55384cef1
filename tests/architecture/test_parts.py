"""`make test` leaves nothing out, says what failed and ends when it is told to."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.local.layout import CHECKOUT
from tests.__main__ import run
from tests.architecture.source import committed
from tests.parts import PARTS, Part

RUNS_ONE = """
import signal
import sys
from pathlib import Path
import tests.__main__ as runner
from tests.parts import Part
runner.PARTS = (Part("waits", ("sh", "-c", sys.argv[1])),)
runner.LOGS = Path(sys.argv[2])
sys.argv[1:] = []
signal.signal(signal.SIGINT, signal.default_int_handler)  # Some who start this leave it ignored.
sys.exit(runner.main())
"""


def test_every_test_is_in_one_part() -> None:
    files = [file.relative_to(CHECKOUT / "tests") for file in committed() if file.name.startswith("test_")]
    folders = [folder for part in PARTS for folder in part.folders]

    assert files
    assert [str(file) for file in files if [file.is_relative_to(f) for f in folders].count(True) != 1] == []


def test_a_part_that_fails_fails_the_whole_and_shows_its_log(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = Part("good", ("sh", "-c", "echo first; echo 5 passed"))
    bad = Part("bad", ("sh", "-c", "echo assert 1 == 2; echo 1 failed >&2; exit 1"))

    with asyncio.Runner() as runner:
        code = runner.run(run([bad, good], tmp_path))
        fine = runner.run(run([good], tmp_path))

    assert (code, fine) == (1, 0)
    said = capsys.readouterr().out
    assert "✗ bad" in said
    assert "✓ good" in said
    assert "━━ bad ━━\nassert 1 == 2\n1 failed\n\nFailed: bad." in said
    assert "first" not in said


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_the_run_ends_its_parts_and_waits_for_what_they_stop(tmp_path: Path, told: signal.Signals) -> None:
    ended = tmp_path / "ended"
    waits = f"trap 'sleep 0.2; echo once >> {ended}; exit' TERM; echo begun; while :; do sleep 0.05; done"
    command = [sys.executable, "-c", RUNS_ONE, waits, str(tmp_path)]
    with subprocess.Popen(command, cwd=CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline()
        while not (tmp_path / "waits.log").exists() or not (tmp_path / "waits.log").read_text():
            assert run.poll() is None
            time.sleep(0.01)
        os.kill(run.pid, told)
        run.communicate(timeout=20)

    assert run.returncode == 130
    assert ended.read_text() == "once\n"
