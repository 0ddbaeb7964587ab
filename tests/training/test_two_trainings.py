"""One owner a run folder: two trainings never mix their files, and a dead owner blocks none."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crossbar.errors import OutputError
from crossbar.runs import evaluate_run, experiment, load_plan, train
from crossbar.runs.store.places import checkpoint_of

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
def training(out: Path) -> Iterator[subprocess.Popen[str]]:
    """Let another process train in ``out``; it has saved its first epoch."""
    command = [sys.executable, "-c", SCRIPT, json.dumps(settings()), str(out)]
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
