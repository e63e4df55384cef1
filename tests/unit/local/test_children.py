import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.children import Children
from deploy.local.errors import ChildDied, NotReady, StartAbandoned
from deploy.local.layout import Layout


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    started = Children(Layout(home=tmp_path))
    yield started
    started.stop(started.names(), grace=0)


def launch(children: Children, program: str, name: str = "child") -> int:
    return children.launch(name, [sys.executable, "-c", program], environment=os.environ).pid


def until_logged(tmp_path: Path, word: str, name: str = "child") -> str:
    log = tmp_path / "logs" / f"{name}.log"
    deadline = time.monotonic() + 10
    while word not in log.read_text():
        assert time.monotonic() < deadline, f"{word!r} not in {log.read_text()!r}"
        time.sleep(0.01)
    return log.read_text()


def test_a_process_is_found_by_another_that_did_not_start_it(children: Children, tmp_path: Path) -> None:
    pid = launch(children, "import time; time.sleep(60)")

    found = Children(Layout(home=tmp_path)).find("child")

    assert found
    assert found.pid == pid


def test_a_dead_process_whose_id_was_given_to_another_is_not_taken_for_it(children: Children, tmp_path: Path) -> None:
    launch(children, "pass")
    (tmp_path / "processes" / "child.json").write_text(json.dumps({"pid": os.getpid(), "started": 1}))

    assert children.find("child") is None
    assert children.names() == ["child"]
    assert children.stop(["child"]) == []
    assert children.names() == []


def test_who_ignores_sigterm_is_killed_with_its_own_children(children: Children, tmp_path: Path) -> None:
    launch(
        children,
        "import signal, subprocess, time; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('grandchild', subprocess.Popen(['sleep', '60']).pid, 'ready', flush=True); time.sleep(60)",
    )
    grandchild = int(until_logged(tmp_path, "ready").split()[1])

    killed = children.stop(["child"], grace=0.2)

    assert killed == ["child"]
    assert children.find("child") is None
    assert _gone(grandchild)


def test_a_paused_process_is_stopped_in_good_order(children: Children, tmp_path: Path) -> None:
    launch(
        children,
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: (print('farewell', flush=True), sys.exit()))\n"
        "print('ready', flush=True); time.sleep(60)",
    )
    until_logged(tmp_path, "ready")
    children.send("child", signal.SIGSTOP)

    assert children.stop(["child"], grace=30) == []
    until_logged(tmp_path, "farewell")


def test_a_child_that_dies_while_starting_is_reported_with_its_last_words(children: Children) -> None:
    launch(children, "import sys; print('loading'); sys.exit('no such table')")

    with pytest.raises(ChildDied, match="no such table") as death:
        children.wait_until("child", lambda: False, seconds=10)
    assert "child.log" in death.value.remedy


def test_a_child_that_never_becomes_ready_is_reported_with_its_log(children: Children) -> None:
    launch(children, "import time; time.sleep(60)")

    with pytest.raises(NotReady, match="child was not ready") as late:
        children.wait_until("child", lambda: False, seconds=0.1)
    assert "child.log" in late.value.remedy


def test_a_long_log_is_set_aside_when_its_process_starts_again(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.local.children.LOG_KEPT_BYTES", 3)
    launch(children, "print('first')")
    until_logged(tmp_path, "first")

    launch(children, "print('second')")

    assert until_logged(tmp_path, "second") == "second\n"
    assert (tmp_path / "logs" / "child.log.1").read_text() == "first\n"


def test_nothing_starts_any_more_once_a_start_was_given_up(children: Children) -> None:
    children.close()

    with pytest.raises(StartAbandoned):
        launch(children, "pass")
    assert children.names() == []


def _gone(pid: int) -> bool:
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


def test_who_gives_way_has_a_lower_priority(children: Children) -> None:
    command = [sys.executable, "-c", "import time; time.sleep(60)"]

    first = children.launch("first", command, environment=os.environ).pid
    patient = children.launch("patient", command, environment=os.environ, gives_way=True).pid

    assert os.getpriority(os.PRIO_PROCESS, patient) > os.getpriority(os.PRIO_PROCESS, first)


def test_a_paused_process_does_nothing_once_pause_returns(children: Children, tmp_path: Path) -> None:
    counted = tmp_path / "counted"
    write = f"open({str(counted)!r}, 'w').write(str(n))"
    count = f"def count():\n n = 0\n while True:\n  n += 1\n  {write}\n"
    launch(children, f"import threading\n{count}threading.Thread(target=count).start()")
    while not counted.exists() or not counted.read_text():
        time.sleep(0.01)

    children.pause("child")
    before = counted.read_text()
    time.sleep(0.1)

    assert counted.read_text() == before
