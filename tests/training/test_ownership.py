"""One owner a run folder: two trainings never mix their files, and a dead owner blocks none."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crossbar import seals
from crossbar.errors import OutputError
from crossbar.runs import evaluate_run, experiment, load_plan, ownership, train
from crossbar.runs.folder import checkpoint

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


def test_a_second_training_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    out, other = tmp_path / "run", experiment(settings(gamma=0.001))
    whole = train(experiment(settings()), tmp_path / "whole")
    with training(out) as first:
        with pytest.raises(OutputError, match=f"no other process.*process {first.pid} on"):
            train(experiment(settings()), out)
        with pytest.raises(OutputError, match="a run with other settings"):
            train(other, out)
        first.communicate("\n\n")
        assert first.returncode == 0
    assert train(experiment(settings()), out)["loss"] == whole["loss"]
    assert not (out / ownership.NAME).exists()
    assert evaluate_run(load_plan(out, []), out)["loss"] == whole["loss"]


def test_two_that_prepare_at_once_do_not_mix(tmp_path: Path, monkeypatch) -> None:
    """The second finds an empty folder, prepares, and finds the first one's run when it begins."""
    out, mine = tmp_path / "run", experiment(settings(gamma=0.001))
    prepared = ownership.owned

    def late(folder: Path, **given: bool) -> object:
        monkeypatch.undo()
        train(experiment(settings()), out)  # all of the first, in between
        return prepared(folder, **given)

    monkeypatch.setattr("crossbar.runs.training.owned", late)
    with pytest.raises(OutputError, match="a run with other settings"):
        train(mine, out)
    assert seals.read_json(out / "run.json")["settings"] == settings()
    assert (out / "result.json").exists()


def test_a_killed_owner_is_followed_with_a_word(tmp_path: Path, caplog) -> None:
    out = tmp_path / "run"
    whole = train(experiment(settings()), tmp_path / "whole")
    with training(out) as first:
        first.kill()
        first.wait()
    assert checkpoint(out, 0).exists()
    with caplog.at_level(logging.WARNING):
        assert train(experiment(settings()), out)["loss"] == whole["loss"]
    assert f"taken over from process {first.pid} on" in caplog.text


def test_a_worker_of_a_sweep_waits_for_the_owner(tmp_path: Path) -> None:
    out, found = tmp_path / "run", []
    with training(out) as first:
        plan = experiment(settings())
        worker = threading.Thread(target=lambda: found.append(train(plan, out, patient=True)))
        worker.start()
        first.communicate("\n\n")
        worker.join()
    assert found == [seals.read_json(out / "result.json")]


@pytest.mark.parametrize("alive", [True, False])
def test_an_owner_on_another_machine_lives_while_it_gives_signs(
    alive: bool, tmp_path: Path, caplog
) -> None:
    sign = tmp_path / ownership.NAME
    sign.write_text(json.dumps({"host": "elsewhere", "pid": 7, "since": "noon"}))
    if alive:
        with (
            pytest.raises(OutputError, match="got process 7 on elsewhere, since noon"),
            ownership.owned(tmp_path),
        ):
            pass
        assert sign.exists()
        return
    past = time.time() - 2 * ownership.LEASE
    os.utime(sign, (past, past))
    with caplog.at_level(logging.WARNING), ownership.owned(tmp_path):
        pass
    assert "taken over from process 7 on elsewhere" in caplog.text
    assert not sign.exists()


def test_a_folder_of_a_process_that_died_at_once_is_free(tmp_path: Path) -> None:
    out = tmp_path / "run"
    out.mkdir()
    (out / ownership.NAME).touch()
    assert train(experiment(settings(epochs=1)), out)["seeds"] == [0]
