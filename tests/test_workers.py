"""Worker processes: what they return, how they fail, and that none is left."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coursekit import workers


def alive(pid):
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def sleeps(rank, count, meeting, folder):
    (Path(folder) / f"{rank}.part").write_text(f"{os.getpid()} {meeting}")
    (Path(folder) / f"{rank}.part").rename(Path(folder) / str(rank))
    time.sleep(300)


def left(folder):
    """Whether a worker that noted itself here still runs, or its temporary folder is still there."""
    for path in folder.glob("[0-9]*"):
        pid, _, meeting = path.read_text().partition(" ")
        if alive(int(pid)) or Path(meeting).parent.exists():
            return True
    return False


def test_importing_it_loads_nothing_heavy():
    code = "import sys; import coursekit.workers; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(run.stdout.split()) & {"torch", "numpy", "joblib"}


def test_each_worker_gets_its_rank_the_arguments_and_what_the_function_uses():
    offset = 10

    def helper(x):
        return x + offset

    def function(rank, count, meeting, factor, name):
        assert not Path(meeting).exists()
        return helper(rank * factor), count, name, meeting, os.getpid()

    ends = workers.run(function, 3, 2, "a")
    assert [end.rank for end in ends] == [0, 1, 2]
    assert [end.value[:3] for end in ends] == [(10, 3, "a"), (12, 3, "a"), (14, 3, "a")]
    assert {(end.exit_code, end.error) for end in ends} == {(0, "")}
    meetings, processes = {end.value[3] for end in ends}, {end.value[4] for end in ends}
    assert len(meetings) == 1
    assert len(processes | {os.getpid()}) == 4
    assert not Path(meetings.pop()).parent.exists()


def test_what_a_worker_prints_does_not_disturb_what_it_returns(capfd):
    def function(rank, count, meeting):
        print("x" * 100_000)
        os.write(2, b"y" * 100_000)
        return rank

    assert [end.value for end in workers.run(function, 2)] == [0, 1]
    assert capfd.readouterr() == ("", "")


def fails(rank, count, meeting):
    if rank == 1:
        raise ValueError("the disk is full")
    return "fine"


def test_a_failing_worker_is_named_with_its_own_words():
    with pytest.raises(RuntimeError, match=r"(?s)worker 1 failed.*in fails.*the disk is full"):
        workers.run(fails, 2)


def test_a_worker_that_may_fail_is_reported():
    zero, one = workers.run(fails, 2, may_fail=True)
    assert (zero.exit_code, zero.value, zero.error) == (0, "fine", "")
    assert (one.exit_code, one.value, one.error) == (1, None, "ValueError: the disk is full")


def test_a_worker_that_gives_up_or_returns_what_cannot_be_sent_says_so():
    def function(rank, count, meeting):
        return sys.exit(0) if rank == 0 else (n for n in range(3))

    zero, one = workers.run(function, 2, may_fail=True)
    assert (zero.exit_code, zero.error) == (1, "SystemExit: 0")
    assert one.exit_code == 1
    assert "cannot pickle 'generator' object" in one.error


def test_what_a_worker_has_started_ends_with_it(tmp_path):
    def function(rank, count, meeting):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        (tmp_path / "child").write_text(str(child.pid))
        time.sleep(600)

    with pytest.raises(TimeoutError):
        workers.run(function, 1, timeout=5)
    child = int((tmp_path / "child").read_text())
    wait_until(lambda: not alive(child))


def test_a_killed_worker_is_reported_and_the_others_may_go_on():
    def function(rank, count, meeting):
        if rank == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        time.sleep(0.5)
        return "went on"

    zero, one = workers.run(function, 2, may_fail=True)
    assert zero == workers.Ended(0, -signal.SIGKILL)
    assert one.value == "went on"
    with pytest.raises(RuntimeError, match=r"worker 0 failed \(exit code -9\)"):
        workers.run(function, 2)


def test_who_waits_in_vain_for_a_failed_worker_is_stopped(monkeypatch, tmp_path):
    def function(rank, count, meeting):
        if rank == 1:
            raise ValueError("gone")
        sleeps(rank, count, meeting, tmp_path)

    monkeypatch.setattr(workers, "GRACE", 3.0)
    zero, one = workers.run(function, 2, may_fail=True)
    assert one.error == "ValueError: gone"
    assert zero.exit_code == -signal.SIGKILL
    assert not left(tmp_path)


def test_the_time_limit_ends_all(tmp_path):
    with pytest.raises(TimeoutError, match=r"workers \[0, 1\] had not ended after 5 s"):
        workers.run(sleeps, 2, tmp_path, timeout=5)
    assert not left(tmp_path)


def test_an_interrupt_ends_all(tmp_path):
    def interrupt(number, frame):
        if len(list(tmp_path.glob("[01]"))) == 2:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    try:
        with pytest.raises(KeyboardInterrupt):
            workers.run(sleeps, 2, tmp_path)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert not left(tmp_path)


def test_workers_end_when_their_notebook_is_killed(tmp_path):
    code = (
        "from coursekit import workers; from tests.test_workers import sleeps; "
        f"workers.run(sleeps, 2, {str(tmp_path)!r})"
    )
    notebook = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[1])
    try:
        wait_until(lambda: len(list(tmp_path.glob("[01]"))) == 2)
    finally:
        notebook.kill()
        notebook.wait()
    wait_until(lambda: not left(tmp_path))


@pytest.mark.parametrize(("count", "timeout"), [(0, 1), (2, 0)])
def test_numbers_that_make_no_sense_are_refused(count, timeout):
    with pytest.raises(ValueError, match="must be positive"):
        workers.run(fails, count, timeout=timeout)
