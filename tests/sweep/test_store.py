"""The store: each run once, whoever works on it, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from crossbar.errors import ConfigError, DataError, OutputError
from crossbar.runs.comparison import selected
from crossbar.runs.store import Claimed, Finished, Point, Store
from crossbar.runs.store.schema import FORMAT
from crossbar.runs.store.table import export

POINTS = [Point({"bits": b}, {"device": {"bits": b}}, {"device": {"bits": b}}) for b in (4, 6, 8)]


def ended(claimed: Claimed, **metrics: float) -> Finished:
    return Finished(claimed.run, 1e9, 0.5, "here", {"python": "3"}, metrics=metrics)


def broken(claimed: Claimed) -> Finished:
    return Finished(claimed.run, 1e9, 0.5, "here", {}, error="bad", traceback="Traceback ...")


@pytest.fixture
def store(tmp_path: Path):
    with Store(tmp_path, write=True) as opened:
        yield opened


def test_a_run_goes_from_waiting_to_done(store: Store) -> None:
    assert store.add(POINTS, [0, 1]) == 6
    assert store.add(POINTS, [0, 1, 2]) == 3
    session = store.enter()
    (first,) = store.step(session, [], 1)
    assert store.counts() == {"running": 1, "waiting": 8}
    rest = store.step(session, [ended(first, accuracy=0.9)], 99)
    assert store.counts() == {"running": 8, "done": 1}
    assert {(c.parameters["bits"], c.seed) for c in [first, *rest]} == {
        (b, s) for b in (4, 6, 8) for s in range(3)
    }
    assert store.run(first.run)["metrics"] == {"accuracy": 0.9}
    assert store.resolved(first.run) == {"device": {"bits": 4}}


def test_two_connections_never_claim_one_run(store: Store) -> None:
    store.add([Point({"x": k}, {"x": k}) for k in range(300)], [0])
    claimed: list[list[int]] = [[], []]
    start = threading.Barrier(2)

    def work(k: int) -> None:
        with Store(store.path, write=True) as own:
            session = own.enter()
            start.wait()
            claimed[k] += [c.run for c in own.step(session, [], 3)]
            start.wait()  # until the other has some as well
            while found := own.step(session, [], 3):
                claimed[k] += [c.run for c in found]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed[0] + claimed[1]) == list(range(1, 301))
    assert min(map(len, claimed)) > 0


def test_runs_of_a_dead_process_are_free_again_and_its_late_result_is_dropped(store: Store) -> None:
    store.add(POINTS, [0])
    code = (
        "import sys; from crossbar.runs.store import Store; s = Store(sys.argv[1], write=True); "
        "me = s.enter(); print(me, [c.run for c in s.step(me, [], 2)])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store.path)], capture_output=True,
                          text=True, check=True)  # fmt: skip
    session = int(done.stdout.split()[0])
    assert store.counts() == {"running": 2, "waiting": 1}
    mine = store.enter()
    assert store.counts() == {"waiting": 3}
    claimed = store.step(mine, [], 3)
    store.step(session, [ended(claimed[0], accuracy=0.1)], 0)  # comes back from the dead
    assert store.counts() == {"running": 3}
    store.step(mine, [ended(c, accuracy=0.8) for c in claimed], 0)
    assert store.frame().accuracy.tolist() == [0.8] * 3


def test_a_session_elsewhere_keeps_its_runs_until_its_lease_ends(store: Store) -> None:
    store.add(POINTS, [0])
    away = store.enter()
    store.step(away, [], 2)
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE sessions SET host = 'elsewhere', pid = 1 WHERE id = ?", (away,))
    raw.close()
    assert store.recover() == 0
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE sessions SET beat = ? WHERE id = ?", (time.time() - 1000, away))
    raw.close()
    assert store.recover() == 2


def test_file_systems_of_several_machines_have_a_rollback_journal(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("crossbar.runs.store.schema.filesystem", lambda path: "nfs4")
    with Store(tmp_path, write=True) as store:
        store.add(POINTS, [0])
        with Store(tmp_path, write=True) as other:
            session = other.enter()
            assert len(store.step(store.enter(), [], 2)) == 2
            assert len(other.step(session, [], 2)) == 1
        (mode,) = sqlite3.connect(store.path).execute("PRAGMA journal_mode").fetchone()
        assert mode == "delete"
        assert not list(tmp_path.glob("*-wal"))


def test_a_restart_of_the_machine_frees_what_ran_after_the_lease(store: Store) -> None:
    store.add(POINTS, [0])
    before = store.enter()
    store.step(before, [], 1)
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE sessions SET boot = 'earlier' WHERE id = ?", (before,))
    raw.close()
    assert store.recover() == 0  # it may be another machine of the same name
    with sqlite3.connect(store.path) as raw:
        raw.execute("UPDATE sessions SET beat = beat - 1000 WHERE id = ?", (before,))
    raw.close()
    assert store.recover() == 1


def test_runs_wait_for_the_training_that_they_share(store: Store) -> None:
    first = Point({}, {"kind": "cmos"})
    points = [Point({"test.x": k}, {"kind": "cmos", "test": {"x": k}}, {}, first) for k in range(3)]
    store.add(points, [0])
    session = store.enter()
    (training,) = store.step(session, [], 9)
    assert training.role == "training"
    assert store.open_trainings() == 1
    assert store.step(session, [], 9) == []
    runs = store.step(session, [ended(training, accuracy=0.9)], 9)
    assert [store.run(c.run)["needs"] for c in runs] == [training.run] * 3
    assert len(store.frame()) == 3  # a training is no run


def test_runs_fail_with_their_training_and_can_be_tried_again(store: Store) -> None:
    first = Point({}, {"kind": "cmos"})
    store.add([Point({"test.x": 1}, {"test": {"x": 1}}, {}, first)], [0])
    session = store.enter()
    (training,) = store.step(session, [], 9)
    store.step(session, [broken(training)], 9)
    assert store.frame().failure.tolist() == ["the training that it needs failed: bad"]
    assert store.retry() == 2
    assert [c.role for c in store.step(session, [], 9)] == ["training"]


def test_new_runs_of_a_failed_training_fail_too(store: Store) -> None:
    first = Point({}, {"kind": "cmos"})

    def point(k: int) -> Point:
        return Point({"test.x": k}, {"test": {"x": k}}, {}, first)

    store.add([point(1)], [0])
    session = store.enter()
    (training,) = store.step(session, [], 9)
    store.step(session, [broken(training)], 9)
    store.add([point(1), point(2)], [0])
    assert store.counts() == {"failed": 2}
    store.drop(store.frame().run.tolist())
    store.add([point(2)], [0])
    assert store.counts() == {"failed": 1}


def test_an_interrupt_while_another_writes_leaves_no_transaction(store, monkeypatch) -> None:
    from crossbar.runs.store.schema import transaction

    class Interrupted:
        in_transaction = True

        def __init__(self) -> None:
            self.told: list[str] = []

        def execute(self, statement: str) -> None:
            self.told.append(statement)
            if statement.startswith("BEGIN"):
                raise KeyboardInterrupt

    connection = Interrupted()
    with pytest.raises(KeyboardInterrupt), transaction(connection):
        pass
    assert connection.told == ["BEGIN IMMEDIATE", "ROLLBACK"]


def test_frame_has_a_column_a_parameter_and_a_metric(store: Store) -> None:
    store.add(POINTS, [0, 1])
    session = store.enter()
    claimed = store.step(session, [], 5)
    results = [ended(c, accuracy=0.5 + c.seed / 10, loss=1.0) for c in claimed[:4]]
    store.step(session, [*results, broken(claimed[4])], 0)
    frame = store.frame()
    assert frame.columns.tolist() == [
        "run", "status", "bits", "seed", "accuracy", "loss", "began", "duration", "memory",
        "host", "attempt", "failure",
    ]  # fmt: skip
    assert frame.bits.tolist() == [4, 4, 6, 6, 8, 8]
    assert frame.bits.dtype == np.int64
    assert frame.status.tolist() == ["done"] * 4 + ["failed", "waiting"]
    assert frame.accuracy[:4].tolist() == [0.5, 0.6, 0.5, 0.6]
    assert frame.accuracy[4:].isna().all()
    assert store.parameters == ("bits",)
    grid = store.dataset()
    assert dict(grid.sizes) == {"bits": 2, "seed": 2}
    assert grid.accuracy.sel(bits=6, seed=1) == 0.6


def test_scattered_points_make_no_grid(store: Store) -> None:
    store.add([Point({"a": k, "b": k * k}, {"a": k}) for k in range(40)], [0])
    with pytest.raises(DataError, match="a run that is done"):
        store.dataset()
    session = store.enter()
    claimed = store.step(session, [], 99)
    store.step(session, [ended(c, y=1.0) for c in claimed], 0)
    with pytest.raises(DataError, match=r"Use Store\.frame"):
        store.dataset()


def test_export_keeps_every_digit(store: Store, tmp_path: Path) -> None:
    store.add([*POINTS, Point({"bits": "none"}, {})], [0])
    session = store.enter()
    claimed = store.step(session, [], 3)
    store.step(session, [ended(c, accuracy=1 / 3, joules=2.9566428130720373e-09)
                         for c in claimed], 0)  # fmt: skip
    frame = store.frame()
    for ending, read in ((".csv", pd.read_csv), (".json", pd.read_json),
                         (".parquet", pd.read_parquet)):  # fmt: skip
        path = tmp_path / f"all{ending}"
        export(frame, path)
        back = read(path)
        assert len(back) == 4
        assert back.accuracy[0] == pytest.approx(1 / 3, rel=1e-15)
        assert back.joules[0] == pytest.approx(2.9566428130720373e-09, rel=1e-15)
        assert str(back.bits[3]) == "none"
    with pytest.raises(ConfigError, match=r"\.csv, \.json, \.parquet"):
        export(frame, tmp_path / "all.xlsx")
    with pytest.raises(OutputError, match="Choose another place"):
        export(frame, tmp_path / "none" / "all.CSV")


def test_every_point_has_a_value_of_every_parameter(store: Store) -> None:
    """A sweep that was extended by another parameter stays a grid, in which nothing is invented."""

    def whole(a: int, b: int) -> dict[str, object]:
        return {"a": a, "b": b, "kind": "x"}

    store.note(parameters=["a"])
    store.add([Point({"a": a}, {"a": a}, whole(a, 7)) for a in (1, 2)], [0])
    store.note(parameters=["a", "b", "kind", "none"])
    store.add([Point({"b": 9}, {"a": 3, "b": 9}, whole(3, 9))], [0])
    frame = store.frame()
    assert frame.a.tolist() == [1, 2, 3]
    assert frame.b.tolist() == [7, 7, 9]
    assert frame.kind.tolist() == ["x"] * 3
    assert frame.none.isna().all()
    session = store.enter()
    for claimed in store.step(session, [], 9):
        a, b = (store.frame().set_index("run").loc[claimed.run, n] for n in ("a", "b"))
        store.step(session, [ended(claimed, y=100.0 * a + b)], 0)
    grid = store.dataset().y.sel(kind="x", none="none", seed=0)
    assert grid.to_series().dropna().to_dict() == {(1, 7): 107.0, (2, 7): 207.0, (3, 9): 309.0}


def test_runs_can_be_dropped_and_come_back(store: Store) -> None:
    store.add(POINTS, [0])
    session = store.enter()
    first, second = store.step(session, [], 2)
    store.step(session, [ended(first, accuracy=0.5)], 0)
    assert store.drop([first.run, second.run, 3]) == 2  # the second is running
    assert store.counts() == {"running": 1}
    assert len(store.numbers(POINTS, [0])) == 1
    assert store.add(POINTS, [0]) == 2


UNITS = {"bits": "", "e": "J", "share": "%"}


def test_conditions_select_rows() -> None:
    frame = pd.DataFrame({"bits": [4, 6, None], "kind": ["a", "b", "c"]})
    frame = frame.assign(e=[1e-9, 3e-9, 5e-9], share=[0.85, 0.9, 0.95], own=[1.0, 2.0, 3.0])
    for condition, kinds in (("bits>=6", "b"), ("e<2nJ", "a"), ("e<2e-9", "a"), ("bits=4", "a"),
                             ("kind!=a", "bc"), ("share>90%", "c"), ("share >= 90 %", "bc"),
                             ("share>0.9", "c"), ("share=90%", "b"), ("e=3nJ", "b"),
                             ("share!=0.9", "ac"), ("own>1", "bc"),
                             ("share==90%", "b"), ("share ≥ 90 %", "bc"),
                             ("e≤3nJ", "ab")):  # fmt: skip
        assert "".join(selected(frame, [condition], UNITS.get).kind) == kinds, condition
    for wrong, told in (("bits", "NAME=VALUE"), ("bitz=4", "Did you mean 'bits'"),
                        ("kind>=b", "a number"), ("kind>=1", "a column of numbers"),
                        ("share=>0.5", "NAME>=VALUE"),
                        ("share>=1 kg", "no unit or percent"), ("e<2 nV", "the unit J"),
                        ("share>90", "Write 90%"),
                        ("e<5%", "the unit J"), ("bits>4 S", "the unit none"),
                        ("own>1 s", "no unit"), ("bits>=nan", "a number"),
                        ("bits>=", "NAME>=VALUE"), ("e=3 kg", "the unit J")):  # fmt: skip
        with pytest.raises(ConfigError, match=told):
            selected(frame, [wrong], UNITS.get)


def test_what_is_no_store_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("no database at all, but long enough to look like one " * 30)
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE t (x)")
    raw.close()
    for write in (False, True):
        for path in (text, other):
            before = path.read_bytes()
            with pytest.raises(DataError, match="expected the store of a sweep"):
                Store(path, write=write)
            assert path.read_bytes() == before
    with pytest.raises(DataError, match="no such file"):
        Store(tmp_path / "missing.db")
    assert not (tmp_path / "missing.db").exists()


def test_a_newer_format_says_what_to_install(store: Store) -> None:
    with sqlite3.connect(store.path) as raw:
        raw.execute(f"PRAGMA user_version={FORMAT + 1}")
    raw.close()
    for write in (False, True):
        with pytest.raises(DataError, match="Install the crossbar that wrote it"):
            Store(store.path, write=write)


def earlier(path: Path) -> None:
    """Turn the store at ``path`` into what format 1 was."""
    raw = sqlite3.connect(path)
    raw.execute("ALTER TABLE runs DROP COLUMN memory")
    for table in ("about", "points", "runs", "details"):
        raw.execute(f"ALTER TABLE {table} DROP COLUMN hash")
    raw.execute("PRAGMA user_version=1")
    raw.commit()
    raw.close()


def test_an_older_store_says_how_to_migrate_and_loses_nothing(tmp_path: Path) -> None:
    with Store(tmp_path, write=True) as store:
        store.add(POINTS, [0])
        session = store.enter()
        (first,) = store.step(session, [], 1)
        store.step(session, [ended(first, accuracy=0.9)], 0)
        path = store.path
    earlier(path)
    with pytest.raises(DataError, match=r"crossbar runs migrate"):
        Store(tmp_path)
    with Store(tmp_path, write=True) as store:
        assert store.counts() == {"done": 1, "waiting": 2}
    with Store(tmp_path) as store:
        assert store.frame().accuracy[0] == 0.9
        assert store.frame().memory.isna().all()


def test_an_unknown_run_is_refused(store: Store) -> None:
    store.add(POINTS, [0])
    with pytest.raises(ConfigError, match="a number up to 3"):
        store.run(99)


def test_this_process_lives_and_a_missing_one_does_not() -> None:
    from crossbar.runs.store.sessions import started

    assert started(os.getpid())
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert not started(child.pid)
