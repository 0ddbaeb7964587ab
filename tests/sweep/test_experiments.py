"""Sweeps of experiments: shared training, stable names, common random numbers, same results."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from crossbar import seals
from crossbar.errors import ConfigError, OutputError
from crossbar.runs import experiment, train
from crossbar.runs.store import Store
from crossbar.runs.sweep import LocalWorkers, sweep
from crossbar.runs.sweep.sweep import planned
from crossbar.runs.sweep.targets import target

BASE: dict[str, Any] = {
    "data": {"preset": "clear", "clips": 10},
    "train": {"epochs": 1},
    "network": {"hidden": 8},
}
METRICS = ["accuracy", "loss", "energy_inference", "energy_training"]


@pytest.fixture(scope="module")
def workers():
    with LocalWorkers(1) as opened:
        yield opened


def run(axes: dict[str, Any], store: Path, workers: LocalWorkers, **more: Any) -> pd.DataFrame:
    options = {"seeds": [0], "executor": workers, "jobs": 1} | more
    return sweep(options.pop("base", BASE), axes, store=store, **options)


def test_trials_and_shared_trainings_agree_with_the_train_command(tmp_path, workers) -> None:
    """A point that is trained and tested, one that is trained first, and `train` are one thing."""
    plan = experiment(BASE | {"device": {"kind": "cmos", "bits": 6}})
    result = train(plan, tmp_path / "run")
    alone = run({"device.bits": [6]}, tmp_path / "alone", workers)
    axes = {"device.bits": [6], "test.device.sigma_read": [0.005, 0.05]}  # the first: the preset's
    shared = run(axes, tmp_path / "shared", workers)
    folder = run({"device.sigma_read": [0.005, 0.05]}, tmp_path / "folder", workers,
                 base=tmp_path / "run")  # fmt: skip
    assert alone.loss[0] == shared.loss[0] == folder.loss[0] == result["loss"]
    assert shared.loss[1] == folder.loss[1] != result["loss"]
    assert shared["test.device.sigma_read"].tolist() == [0.005, 0.05]
    assert folder["test.device.sigma_read"].tolist() == [0.005, 0.05]


def test_a_shared_network_is_trained_once(tmp_path, workers) -> None:
    axes = {"test.device.sigma_read": np.linspace(0, 0.1, 6), "test.chip": range(2)}
    run(axes, tmp_path, workers)
    assert len(list((tmp_path / "runs-chips").iterdir())) == 1
    with Store(tmp_path) as store:
        rows = [store.run(k) for k in range(1, 14)]
    assert [r["role"] for r in rows].count("training") == 1
    assert rows[0]["attempt"] == 1


def test_a_wrapped_device_keeps_its_name(tmp_path, workers) -> None:
    axes = {"device.sigma_read": [0.0, 0.02], "faults.p_off": [0.0, 0.05]}
    frame = run(axes, tmp_path, workers).set_index(["device.sigma_read", "faults.p_off"])
    assert frame.loss.nunique() == 4
    with Store(tmp_path) as store:
        for number, noise in zip(frame.run, frame.index.get_level_values(0), strict=True):
            assert store.resolved(int(number))["device"]["sigma_read"] == noise


def test_the_same_seed_means_the_same_chip_and_data_at_every_point(tmp_path, workers) -> None:
    """Points that differ in nothing that matters give the same numbers, seed by seed."""
    axes = {"energy.rate": [1000.0, 3000.0], "test.faults.p_off": [0.0, 0.02]}
    frame = run(axes, tmp_path, workers, seeds=[0, 1])
    grid = frame.pivot_table(index=["test.faults.p_off", "seed"], columns="energy.rate",
                             values="loss")  # fmt: skip
    assert (grid[1000.0] == grid[3000.0]).all()
    assert grid[1000.0].nunique() == 4


def test_texts_with_units_become_numbers(tmp_path, workers) -> None:
    axes = {"device.g_max": ["30 uS", "60 uS"]}
    points = planned(target(BASE | {"device": {"kind": "reram"}}), axes, None)
    assert [p.parameters["device.g_max"] for p in points] == [30e-6, 60e-6]


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ({"device.sigma_reed": [0.1]}, "Did you mean 'sigma_read'"),
        ({"devise.bits": [4]}, "Did you mean 'device'"),
        ({"device.bits": [4.5]}, "device.bits: expected a whole number, got 4.5"),
        ({"device.sigma_read": ["5 V"]}, "device.sigma_read: expected the unit none"),
        ({"device.sigma_read": [-0.1]}, "device.sigma_read"),
        ({"device.bits": []}, "device.bits: expected at least one value"),
        ({"test.ages": [1.0]}, "Did you mean 'age'"),
        ({"test.sigma_read": [0.1]}, "Did you mean 'test.device.sigma_read'"),
        ({"test.age": [-1.0]}, "a number in [0, 1e+12] s"),
        ({"test.chip": [0.5]}, "a whole number"),
        ({"test.compensate": [True]}, "an age with it"),
        ({"test.train.epochs": [2]}, "a setting that may change after training"),
        ({"test.device.sigma_reed": [0.1]}, "test.device.sigma_reed: expected a setting"),
        ({"seed": [0, 1]}, "Give seeds apart"),
        ({"status": [0, 1]}, "Call the parameter otherwise"),
        ({"test.seed": [0, 1]}, "number fabricated chips with test.chip"),
        ({"test.age": ["10 V"]}, "test.age: expected a time, got '10 V'"),
        ({"test.age": [1.0], "test.compensate": ["maybe"]}, "test.compensate: expected true or"),
        ({"network.copies": [0, 1]}, "copies"),
        ({"faults.p_on": [0, 2]}, "Faults.p_on"),
        ({"test.faults.p_off": [0, 2]}, "Faults.p_off"),
        ({"device.bits": 5}, "device.bits: expected a list of values, got 5"),
        ({"device.kind": "cmos"}, "device.kind: expected a list of values"),
        (
            {"device.bits": range(200), "device.sigma_read": np.linspace(0, 1, 2000)},
            "200000 points",
        ),
        (["device.bits"], "expected values by name"),
        ({("device.bits", "device.sigma_read"): [(4, 0.1), (5,)]}, "2 values together"),
    ],
)
def test_mistakes_are_told_before_anything_is_made(tmp_path, axes, told) -> None:
    with pytest.raises(ConfigError) as caught:
        sweep(BASE, axes, store=tmp_path / "s")
    assert told in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_seeds_that_cannot_be_are_told_first(tmp_path, workers) -> None:
    for seeds, told in (((-1, 0), "-1, 0"), ((0.5,), "0.5"), ((), "at least one value"),
                        (3, "a list of values")):  # fmt: skip
        with pytest.raises(ConfigError, match=told):
            sweep(BASE, {"device.bits": [6]}, seeds=seeds, store=tmp_path / "s")
    train(experiment(BASE | {"seed": [0, 1]}), tmp_path / "run")
    with pytest.raises(ConfigError, match=r"got 3, 5\. It has 0, 1; test\.chip"):
        sweep(tmp_path / "run", {}, seeds=[0, 3, 5], store=tmp_path / "s")
    assert not (tmp_path / "s").exists()
    with pytest.raises(OutputError, match="a folder of its own"):
        sweep(tmp_path / "run", {}, store=tmp_path / "run")
    assert run({}, tmp_path / "s", workers, base=tmp_path / "run", seeds=None).seed.tolist() == [
        0,
        1,
    ]


def test_a_chip_that_cannot_learn_keeps_its_accuracy(tmp_path, workers, monkeypatch) -> None:
    from crossbar.errors import ConvergenceError
    from crossbar.runs import trials

    plan = experiment(BASE)
    windows = plan.common.data.dataset()
    whole, _ = trials.trial(plan, 0, windows)

    def fails(*_: object) -> None:
        raise ConvergenceError("runs away")

    monkeypatch.setattr(trials, "learnt", fails)
    metrics, detail = trials.trial(plan, 0, windows)
    assert metrics["accuracy"] == whole["accuracy"]
    assert metrics["energy_inference"] == pytest.approx(whole["energy_inference"], rel=1e-12)
    assert np.isnan(metrics["energy_training"])
    assert detail["energy_missing"] == "the chip cannot learn: runs away"


def test_training_and_test_have_values_of_their_own() -> None:
    axes = {"device.sigma_read": [0.01, 0.05], "test.device.sigma_read": [0.2],
            "test.device.kind": ["pcm"]}  # fmt: skip
    found = [p.parameters for p in planned(target(BASE), axes, None)]
    assert found == [
        {"device.sigma_read": s, "test.device.sigma_read": 0.2, "test.device.kind": "pcm"}
        for s in (0.01, 0.05)
    ]


def test_one_value_is_one_point_however_it_is_written(tmp_path, workers) -> None:
    run({"device.sigma_read": [0, 0.01]}, tmp_path, workers)
    frame = run({"device.sigma_read": [0.0, "10 m"]}, tmp_path, workers)
    assert frame["device.sigma_read"].tolist() == [0, 0.01]
    assert (frame.attempt == 1).all()


def test_texts_with_units_find_the_chip_that_was_trained_with_them(tmp_path, workers) -> None:
    axes = {"device.sigma_read": ["10 m", 0.02], "test.device.sigma_read": [0.03]}
    frame = run(axes, tmp_path, workers)
    assert frame.status.tolist() == ["done"] * 2, frame.failure.tolist()
    assert frame["device.sigma_read"].tolist() == [0.01, 0.02]


def test_other_constants_of_the_test_are_another_sweep(tmp_path, workers) -> None:
    axes = {"device.sigma_read": [0.01]}
    run(axes, tmp_path, workers, base=BASE | {"test": {"device": {"sigma_read": 0.3}}})
    with pytest.raises(OutputError, match=r"test\.device\.sigma_read = 0\.9, there 0\.3"):
        run(axes, tmp_path, workers, base=BASE | {"test": {"device": {"sigma_read": 0.9}}})


@pytest.mark.parametrize(
    ("axes", "told"),
    [
        ({"tile.mapping.headroom": [2, 3], "tile.mapping": ["pair"]}, "contain each other"),
        ({"device.sigma_read": [0.01, "0.01"]}, "points that differ"),
    ],
)
def test_points_that_would_vanish_are_told(axes, told) -> None:
    with pytest.raises(ConfigError, match=told):
        planned(target(BASE), axes, None)


def test_files_that_have_changed_are_told(tmp_path, workers) -> None:
    (tmp_path / "faults").mkdir()
    faults = tmp_path / "faults" / "out.csv"
    faults.write_text("0,0\n" * 7 + "0,1\n")
    base = BASE | {"faults": {"map": str(tmp_path / "faults")}}
    run({"device.bits": [6]}, tmp_path / "s", workers, base=base)
    run({"device.bits": [6, 7]}, tmp_path / "s", workers, base=base)
    faults.write_text("0,0\n" * 7 + "0,-1\n")
    with pytest.raises(OutputError, match="the file of the other runs"):
        run({"device.bits": [8]}, tmp_path / "s", workers, base=base)


def test_a_run_that_was_trained_again_is_another_one(tmp_path, workers) -> None:
    train(experiment(BASE), tmp_path / "run")
    run({"device.sigma_read": [0.1]}, tmp_path / "s", workers, base=tmp_path / "run")
    path = tmp_path / "run" / "seed-0" / "checkpoint.npz"
    arrays = seals.read_arrays(path)
    seals.write_arrays(path, arrays | {"more": np.ones(1)})
    with pytest.raises(OutputError, match=r"run\.result"):
        run({"device.sigma_read": [0.2]}, tmp_path / "s", workers, base=tmp_path / "run")
    with pytest.raises(ConfigError, match=r"test\.chip too"):
        run({"chip": [0], "test.chip": [5]}, tmp_path / "t", workers, base=tmp_path / "run")


def test_shared_chips_that_are_gone_are_trained_again(tmp_path, workers) -> None:
    first = run({"test.device.sigma_read": [0.02]}, tmp_path, workers)
    shutil.rmtree(tmp_path / "runs-chips")
    both = run({"test.device.sigma_read": [0.02, 0.04]}, tmp_path, workers)
    assert both.status.tolist() == ["done", "done"]
    assert both.began[0] == first.began[0]


def test_what_was_swept_together_is_noted(tmp_path, workers) -> None:
    pairs = {("device.bits", "device.sigma_read"): [(6, 0.0), (7, 0.01)]}
    run(pairs, tmp_path, workers)
    run(pairs | {"faults.p_off": [0.0]}, tmp_path, workers)
    with Store(tmp_path) as store:
        assert store.about["together"] == [["device.bits", "device.sigma_read"]]


def test_a_base_with_tuples_goes_on(tmp_path, workers) -> None:
    base = BASE | {"tile": {"size": (128, 64)}}
    run({"device.bits": [6]}, tmp_path, workers, base=base)
    assert len(run({"device.bits": [6, 7]}, tmp_path, workers, base=base)) == 2


def test_a_store_of_another_sweep_is_left_alone(tmp_path, workers) -> None:
    run({"device.bits": [6]}, tmp_path, workers)
    other = BASE | {"train": {"epochs": 2}}
    with pytest.raises(OutputError, match=r"train\.epochs = 2, there 1"):
        run({"device.bits": [6]}, tmp_path, workers, base=other)
    # Swept, it is another parameter of the same sweep, and what is there counts.
    frame = run({"device.bits": [6], "train.epochs": [1, 2]}, tmp_path, workers)
    assert frame["train.epochs"].tolist() == [1, 2]
    assert len(frame) == 2


PROGRAM = """
import sys
from crossbar.runs.sweep import sweep
base = {"data": {"preset": "clear", "clips": 30}, "train": {"epochs": 6}, "network": {"hidden": 8}}
axes = {"device.bits": [5, 7], "test.device.sigma_read": [0.0, 0.02], "test.faults.p_off": [0, .1]}
if __name__ == "__main__":
    sweep(base, axes, seeds=[0, 1], store=sys.argv[1], jobs=2)
"""
FINISHED = "SELECT count(*) FROM runs WHERE status = 'done'"


def test_kills_in_training_and_in_tests_change_no_digit(tmp_path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)

    def start(name: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, str(program), str(tmp_path / name)])

    def finished(name: str) -> int:
        """Count trainings and tests that are done; opening a store takes longer than SQL."""
        if not (tmp_path / name / "runs.db").exists():
            return 0
        with contextlib.closing(sqlite3.connect(tmp_path / name / "runs.db")) as raw:
            return int(raw.execute(FINISHED).fetchone()[0])

    assert start("whole").wait() == 0
    assert finished("whole") == 4 + 16
    for goal in (1, 3, 9):  # one training done, then some tests too
        process = start("killed")
        while process.poll() is None:
            try:
                if finished("killed") >= goal:
                    break
            except sqlite3.OperationalError:
                pass  # tables are being made
            time.sleep(0.01)
        process.kill()
        process.wait()
    assert start("killed").wait() == 0
    tables = []
    for name in ("whole", "killed"):
        with Store(tmp_path / name) as store:
            frame = store.frame()
        assert (frame.status == "done").all()
        index = ["device.bits", "test.device.sigma_read", "test.faults.p_off", "seed"]
        tables.append(frame.set_index(index)[METRICS].sort_index())
    pd.testing.assert_frame_equal(*tables, check_exact=True)
