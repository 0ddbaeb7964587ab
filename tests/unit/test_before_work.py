"""What can be checked before the work is checked before it, and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crossbar.errors import CrossbarError, DataError
from crossbar.report import write_report
from crossbar.runs import evaluate_run, experiment, load_plan, train
from crossbar.runs.search import AtLeast, Goal, Minimise, search
from crossbar.runs.sweep import sweep

SMALL: dict[str, Any] = {"data": {"clips": 6}, "train": {"epochs": 1}, "network": {"hidden": 8}}


def never(*given: object, **named: object) -> None:
    raise AssertionError("work was done before the mistake was told")


@pytest.fixture
def idle(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no chip learn."""
    monkeypatch.setattr("crossbar.runs.trials.fit", never)
    monkeypatch.setattr("crossbar.runs.sweep.drive.Drive.__call__", never)


COSTS = [("costs.json", "{", "costs.json"), ("missing.json", None, "missing.json")]


@pytest.mark.parametrize(("name", "content", "told"), COSTS)
def test_costs_that_cannot_be_read_are_told_before_training(
    name: str, content: str | None, told: str, tmp_path: Path, idle: None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    settings = SMALL | {"energy": {"costs": str(path)}}
    with pytest.raises(CrossbarError, match=told):
        train(experiment(settings), tmp_path / "run")
    with pytest.raises(CrossbarError, match=told):
        sweep(settings, {"device.bits": [4, 6]}, store=tmp_path / "swept", jobs=1)
    assert not (tmp_path / "run").exists()
    assert not (tmp_path / "swept").exists()


def test_recordings_that_cannot_be_read_are_told_before_a_store_is_made(
    tmp_path: Path, idle: None
) -> None:
    for kind in ("car", "plane"):
        (tmp_path / "data" / kind).mkdir(parents=True)
        (tmp_path / "data" / kind / "a.wav").write_bytes(b"no sound")
    for path in ("data", "nowhere"):
        settings = SMALL | {"data": {"path": str(tmp_path / path)}}
        with pytest.raises(DataError, match=r"a\.wav|nowhere"):
            sweep(settings, {"device.bits": [4, 6]}, store=tmp_path / "swept", jobs=1)
        goal = Goal(Minimise("device.bits"), (AtLeast("accuracy", 0.5),))
        with pytest.raises(DataError, match=r"a\.wav|nowhere"):
            search(settings, {"device.bits": [4, 6]}, goal, store=tmp_path / "swept", jobs=1)
        assert not (tmp_path / "swept").exists()


def test_no_epoch_is_trained_tested_and_reported(tmp_path: Path) -> None:
    """The weights are the initial ones, which the report says; figures of learning are left out."""
    settings = SMALL | {"train": {"epochs": 0}}
    untrained = train(experiment(settings), tmp_path / "untrained")
    assert untrained["per_seed"][0]["epochs"] == 0
    again = evaluate_run(load_plan(tmp_path / "untrained", []), tmp_path / "untrained")
    assert again["loss"] == untrained["loss"]
    page = write_report(tmp_path / "untrained").read_text()
    assert "Nothing was trained: the weights are the initial ones." in page
    train(experiment(SMALL), tmp_path / "trained")
    write_report(tmp_path)
    drawn = {path.stem for path in (tmp_path / "figures").iterdir()}
    assert {"learning-loss-validation", "trained-learning-loss"} <= drawn
    assert "untrained-learning-loss" not in drawn
