"""Sweeps that are killed, shared or struck by errors end with every run, once."""

from __future__ import annotations

import functools
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path

import pandas as pd
import pytest
from measured import digest, fragile, mended
from waiting import HANG, until

from crossbar.errors import ConfigError, SimulationError
from crossbar.runs.store import Store
from crossbar.runs.sweep import LocalWorkers, LostWorkerError, sweep
from crossbar.runs.sweep.targets import target

HERE = Path(__file__).parent
RUNS = 200  # of run_sweep.py


def started(store: Path, seconds: float = 0.03, jobs: int = 2) -> subprocess.Popen[bytes]:
    """Start the sweep of run_sweep.py as a process, in a group of its own."""
    command = [sys.executable, str(HERE / "run_sweep.py"), str(store), str(seconds), str(jobs)]
    return subprocess.Popen(command, start_new_session=True)


def expected(seconds: float) -> dict[tuple[int, float, int], float]:
    """Return the results of run_sweep.py, computed here."""
    return {
        (a, b, seed): digest({"a": a, "b": b, "time": seconds}, seed)["value"]
        for a in range(8)
        for b in (0.1, 0.2, 0.3, 0.4, 0.5)
        for seed in range(5)
    }


def results(store: Path) -> dict[tuple[int, float, int], float]:
    """Return the results in ``store``; a run that stands twice raises."""
    with Store(store) as opened:
        frame = opened.frame()
    assert (frame.status == "done").all()
    found = frame.set_index(["a", "b", "seed"])["value"].to_dict()
    assert len(found) == len(frame)
    return found


def done(store: Path) -> int:
    """Return how many runs are done."""
    return count(store, "done")


def running(store: Path) -> int:
    """Return how many runs a process has claimed."""
    return count(store, "running")


def count(store: Path, status: str) -> int:
    """Return how many runs have a status, which needs a database that is whole."""
    if not (store / "runs.db").exists():
        return 0
    query = "SELECT count(*) FROM runs WHERE status = ?"
    raw = sqlite3.connect(store / "runs.db", timeout=HANG)
    try:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'runs'").fetchone()[0]:
            return 0
        return int(raw.execute(query, (status,)).fetchone()[0])
    finally:
        raw.close()


def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    moments = random.Random(20261121)
    counts = [0]
    for kill in range(6):
        process = started(tmp_path)
        goal = counts[-1] + moments.randrange(1, 18)
        if kill % 3:  # in the work, after some runs; else anywhere in the start
            until(lambda goal=goal: done(tmp_path) >= goal, process)
            time.sleep(moments.uniform(0, 0.06))
        else:
            moment = time.monotonic() + moments.uniform(0.2, 2.5)
            until(lambda t=moment, n=goal: time.monotonic() > t or done(tmp_path) >= n, process)
        process.kill()
        process.wait()
        counts.append(done(tmp_path))
    assert counts == sorted(counts)
    assert 20 < counts[-1] < RUNS
    assert started(tmp_path).wait() == 0
    assert results(tmp_path) == expected(0.03)


def test_two_processes_share_a_sweep(tmp_path: Path) -> None:
    processes = [started(tmp_path, 0.02, 1) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    assert results(tmp_path) == expected(0.02)
    with Store(tmp_path) as store:
        assert (store.frame().attempt == 1).all()


OPENING = """
import sys, time
from pathlib import Path
from crossbar.runs.store.schema import connect
time.sleep(max(0.0, float(sys.argv[1]) - time.time()))
for k in range(5):
    connect(Path(sys.argv[2]) / f"{k}.db", write=True).close()
"""


def test_processes_that_make_a_store_at_once_wait_for_each_other(tmp_path: Path) -> None:
    moment = str(time.time() + 3)  # when all have been imported
    command = [sys.executable, "-c", OPENING, moment, str(tmp_path)]
    processes = [subprocess.Popen(command) for _ in range(4)]
    assert [process.wait() for process in processes] == [0] * 4


def test_ctrl_c_ends_at_once_and_frees_what_was_claimed(tmp_path: Path) -> None:
    process = started(tmp_path, 2 * HANG)
    until(lambda: running(tmp_path) >= 2, process)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=HANG)
    with Store(tmp_path) as store:
        assert "running" not in store.counts()


@pytest.fixture
def workers():
    with LocalWorkers(1) as opened:
        yield opened


def test_ctrl_c_is_no_business_of_a_worker_from_its_start_on(workers: LocalWorkers) -> None:
    blocked = workers.submit(signal.pthread_sigmask, signal.SIG_BLOCK, []).result()
    assert signal.SIGINT in blocked


def test_failures_are_kept_and_stop_nothing(tmp_path: Path, workers: LocalWorkers) -> None:
    how = ["raises", "dies", "exits", "memory", "text", "list", "fine"]
    frame = sweep(fragile, {"how": how}, store=tmp_path, executor=workers, jobs=1)
    frame = frame.set_index("how")
    assert frame.status.to_dict() == {h: "done" if h == "fine" else "failed" for h in how}
    told = frame["failure"]
    assert told["raises"] == "ZeroDivisionError: an error of the user"
    assert "SIGKILL" in told["dies"]
    assert "memory" in told["dies"]
    assert "status 3" in told["exits"]
    assert told["memory"].startswith("MemoryError")
    assert "Lower --jobs" in told["memory"]
    assert told["text"] == (
        "fragile()['value']: expected a number, got 'much'. Return numbers only."
    )
    assert "expected a mapping of names to numbers, got list" in told["list"]
    with Store(tmp_path) as store:
        assert "an error of the user" in store.run(int(frame.run["raises"]))["traceback"]


def test_a_run_that_lost_its_worker_once_is_tried_again(
    tmp_path: Path, workers: LocalWorkers
) -> None:
    axes = {"how": ["dies once"], "mark": [str(tmp_path / "mark")]}
    frame = sweep(fragile, axes, store=tmp_path, executor=workers, jobs=1)
    assert frame.status.tolist() == ["done"]


def test_failed_runs_wait_for_retry_failed(tmp_path: Path, workers: LocalWorkers) -> None:
    axes = {"mark": [str(tmp_path / "mark")]}

    def status(*, retry: bool) -> str:
        frame = sweep(mended, axes, store=tmp_path / "s", executor=workers, jobs=1,
                      retry_failed=retry)  # fmt: skip
        return str(frame.status[0])

    assert status(retry=False) == "failed"
    (tmp_path / "mark").touch()
    assert status(retry=False) == "failed"
    assert status(retry=True) == "done"


def test_more_values_run_only_what_is_new(tmp_path: Path, workers: LocalWorkers) -> None:
    def run(values: list[int]) -> pd.DataFrame:
        return sweep(digest, {"a": values}, seeds=[0, 1], store=tmp_path, executor=workers, jobs=1)

    first = run([1, 2])
    second = run([2, 1, 3])
    assert len(second) == 6
    assert second.iloc[:4].began.tolist() == first.began.tolist()


def test_runs_that_wait_keep_their_arguments_when_the_sweep_grows(tmp_path, workers) -> None:
    with Store(tmp_path, write=True) as store:  # as a kill before the first run leaves it
        kind = target(digest)
        store.add([kind.point({"a": 1})], [0])
        store.note(base=kind.base, parameters=["a"], files={})
    frame = sweep(digest, {"a": [2], "b": [7]}, store=tmp_path, executor=workers, jobs=1)
    assert frame["value"].tolist() == [
        digest({"a": 1}, 0)["value"], digest({"a": 2, "b": 7}, 0)["value"],
    ]  # fmt: skip


def test_errors_that_no_file_can_hold_are_kept(tmp_path: Path, workers: LocalWorkers) -> None:
    frame = sweep(fragile, {"how": ["surrogate", "fine"]}, store=tmp_path, executor=workers, jobs=1)
    assert frame.failure[0] == r"ValueError: \udcff"
    assert frame.status[1] == "done"


def test_functions_that_are_more_than_their_name_are_refused(tmp_path: Path) -> None:
    for function in (functools.partial(digest, seed=1), len, Path("x").joinpath):
        with pytest.raises(ConfigError, match="a plain function"):
            sweep(function, {"a": [1]}, store=tmp_path / "s")
    with pytest.raises(ConfigError, match="another name of a parameter"):
        sweep(digest, {"function": [1]}, store=tmp_path / "s")


def test_a_cancelled_run_is_no_failed_run(tmp_path: Path) -> None:
    class Cancels(Executor):
        def submit(self, fn, /, *args, **kwargs):
            future: Future[object] = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    with pytest.raises(SimulationError, match="it has cancelled a run"):
        sweep(digest, {"a": [1]}, store=tmp_path, executor=Cancels(), jobs=1)
    with Store(tmp_path) as store:
        assert store.counts() == {"waiting": 1}


def test_an_executor_that_breaks_is_told_and_its_runs_are_free(tmp_path: Path) -> None:
    closed = LocalWorkers(1)
    closed.shutdown()
    with pytest.raises(SimulationError, match="an executor that takes tasks"):
        sweep(digest, {"a": [1, 2]}, store=tmp_path, executor=closed)
    with Store(tmp_path) as store:
        assert store.counts() == {"waiting": 2}


def test_the_death_of_a_worker_costs_its_own_call_alone() -> None:
    with LocalWorkers(2) as workers:
        dying = workers.submit(fragile, {"how": "dies"}, 0)
        others = [workers.submit(digest, {"time": 0.05}, seed) for seed in range(6)]
        assert isinstance(dying.exception(), LostWorkerError)
        assert [o.result() for o in others] == [digest({"time": 0.05}, s) for s in range(6)]


@pytest.mark.parametrize("given", ["file", "stdin"])
def test_scripts_that_workers_cannot_import_are_told(tmp_path: Path, given: str) -> None:
    program = (
        "from crossbar.runs.sweep import sweep\n"
        "def f(point, seed): return {'y': 1.0}\n"
        f"sweep(f, {{'a': [1, 2]}}, store={str(tmp_path / 's')!r}, jobs=2)\n"
    )
    (tmp_path / "script.py").write_text(program)
    command = [sys.executable, str(tmp_path / "script.py") if given == "file" else "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, timeout=HANG,
                          check=False)  # fmt: skip
    last = done.stderr.splitlines()[-1]
    if given == "file":
        assert 'call sweep below `if __name__ == "__main__":`' in last
        with Store(tmp_path / "s") as store:
            assert store.counts() == {"waiting": 2}
    else:
        assert "Save it in a module and import it from there" in last


def test_workers_end_with_the_process_that_made_them(tmp_path: Path) -> None:
    process = started(tmp_path, 2 * HANG, 2)
    session = process.pid
    # The sweep, two servers of multiprocessing, two workers with a run each.
    until(lambda: len(of_session(session)) == 5 and running(tmp_path) >= 2, process)
    process.kill()
    process.wait()
    until(lambda: of_session(session) == [])
    assert of_session(session) == []


def of_session(session: int) -> list[str]:
    """Return the living processes of ``session``."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, own = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(own) == session and state != "Z":
            found.append(path.parent.name)
    return found
