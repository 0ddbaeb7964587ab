"""One owner a run folder: two trainings never mix their files, and a dead owner blocks none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from waiting import until

from crossbar.errors import DataError, OutputError
from crossbar.runs import evaluate_run, experiment, load_plan, train, trials
from crossbar.runs.folder import abandoned
from crossbar.runs.store import Store
from crossbar.runs.store.places import checkpoint_of, finished
from crossbar.runs.sweep import sweep

# Trains, and stops after the first epoch until a line comes.
SCRIPT = """
import json, sys
from pathlib import Path
from crossbar.runs import experiment, train
from crossbar.nn import checkpoint
kept = checkpoint.save
def save(*given):
    kept(*given)
    print("saved", flush=True)
    sys.stdin.readline()
checkpoint.save = save
train(experiment(json.loads(sys.argv[1])), Path(sys.argv[2]))
"""


def settings(**train: object) -> dict[str, object]:
    return {"data": {"clips": 6}, "train": {"epochs": 2} | train, "network": {"hidden": 8}}


@contextmanager
def training(out: Path, *seeds: int) -> Iterator[subprocess.Popen[str]]:
    """Let another process train in ``out``; it has saved its first epoch."""
    plan = settings() | ({"seed": seeds} if seeds else {})
    command = [sys.executable, "-c", SCRIPT, json.dumps(plan), str(out)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "saved\n"
            yield process
        finally:
            process.kill()


def test_a_second_training_shares_the_work_of_the_first(tmp_path: Path) -> None:
    """It waits for the seed that the first one trains; other settings are refused at once."""
    out, other = tmp_path / "run", experiment(settings(gamma=0.001))
    whole = train(experiment(settings()), tmp_path / "whole")
    said: list[str] = []
    with training(out) as first:
        with pytest.raises(OutputError, match=r"got train\.gamma = 0\.001, there its default"):
            train(other, out)
        plan, done = experiment(settings()), []
        second = threading.Thread(
            target=lambda: done.append(train(plan, out, progress=lambda *a: said.append(a[3])))
        )
        second.start()
        time.sleep(0.5)
        first.communicate("\n\n")
        assert first.returncode == 0
        second.join()
    assert done[0]["loss"] == whole["loss"]
    assert "another process does the rest" in said
    assert evaluate_run(load_plan(out, []), out)["loss"] == whole["loss"]


def test_a_second_training_takes_the_seed_that_is_not_begun(tmp_path: Path) -> None:
    out, plan = tmp_path / "run", experiment(settings() | {"seed": [0, 1]})
    with training(out, 0, 1) as first:
        second = threading.Thread(target=lambda: train(plan, out, progress=False))
        second.start()
        until(lambda: finished(out, 1), first)
        assert not finished(out, 0)
        first.communicate("\n\n")
        second.join()
    assert load_plan(out).common.seed == (0, 1)


def test_a_training_that_diverges_leaves_what_another_process_does(tmp_path: Path) -> None:
    out = tmp_path / "run"
    with training(out):
        checkpoint_of(out, 0).unlink()  # as before the end of its first epoch
        assert not abandoned(out)
        with Store(out) as kept:
            assert kept.counts() == {"running": 1}


def test_a_stopped_seed_that_is_no_longer_asked_for_is_not_trained(tmp_path: Path) -> None:
    """A seed that always diverges would keep those beside it from being a finished run."""
    out = tmp_path / "run"
    with training(out, 0, 1) as first:
        first.kill()
        first.wait()
    assert train(experiment(settings() | {"seed": [1]}), out)["seeds"] == [1]
    assert load_plan(out).common.seed == (1,)
    assert checkpoint_of(out, 0).exists()
    assert not finished(out, 0)


def test_a_training_and_a_sweep_keep_out_of_the_store_of_the_other(tmp_path: Path) -> None:
    """Settings alike would mix their runs, and a training that diverged would remove the sweep."""
    plan = settings(epochs=1) | {"device": {"kind": "float"}}
    for axes in ({"train.gamma": [0.01, 0.02]}, {}):
        swept = tmp_path / f"swept{len(axes)}"
        with ThreadPoolExecutor(1) as pool:
            frame = sweep(plan, axes, store=swept, executor=pool, jobs=1, progress=False)
        with pytest.raises(OutputError, match="got the store of a sweep, without its chips"):
            train(experiment(plan), swept)
        with Store(swept) as kept:
            pd.testing.assert_frame_equal(kept.frame(), frame)
    train(experiment(plan), tmp_path / "run")
    for store in (tmp_path / "run", tmp_path / "run" / "runs.db"):
        with pytest.raises(OutputError, match="expected a folder of its own, got that of a run"):
            sweep(plan, {"train.gamma": [0.01, 0.02]}, store=store)


def test_a_run_whose_chips_are_dropped_is_unfinished(tmp_path: Path) -> None:
    out = tmp_path / "run"
    train(experiment(settings(epochs=1)), out)
    with Store(out, write=True) as kept:
        kept.drop([1])
    with pytest.raises(DataError, match=r"got an unfinished one\. Finish it"):
        load_plan(out)


def test_an_error_in_code_of_the_user_is_raised_as_it_is(tmp_path: Path, monkeypatch) -> None:
    """Its kind says whose it is; a broken executor, of which there is none, is not blamed."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("not of this package")

    monkeypatch.setattr(trials, "fit", broken)
    with pytest.raises(RuntimeError, match=r"^not of this package$"):
        train(experiment(settings()), tmp_path / "run")


def test_a_killed_training_is_taken_over(tmp_path: Path) -> None:
    out = tmp_path / "run"
    whole = train(experiment(settings()), tmp_path / "whole")
    with training(out) as first:
        first.kill()
        first.wait()
    assert checkpoint_of(out, 0).exists()
    assert train(experiment(settings()), out)["loss"] == whole["loss"]


def test_more_seeds_train_what_is_new(tmp_path: Path) -> None:
    out = tmp_path / "run"
    first = train(experiment(settings(epochs=1)), out)
    stamp = checkpoint_of(out, 0).stat().st_mtime_ns
    both = train(experiment(settings(epochs=1) | {"seed": [0, 1]}), out)
    assert checkpoint_of(out, 0).stat().st_mtime_ns == stamp
    assert timeless(both["per_seed"][0]) == timeless(first["per_seed"][0])
    assert load_plan(out).common.seed == (0, 1)


def timeless(record: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in record.items() if not name.endswith("per_second")}
