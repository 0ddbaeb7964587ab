"""The chip that learns: fabrication and noise of its own; samples and weights of the seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from refusals import refused

from crossbar.nn import Chip
from crossbar.runs import build, evaluate_run, experiment, load_plan, train
from crossbar.runs.sweep import sweep

SMALL: dict[str, Any] = {"data": {"clips": 4}, "train": {"epochs": 1}, "network": {"hidden": 8}}


def built(chip: int | None, *, seed: int = 0, draw_of: float = 0.3) -> Chip:
    device = {"kind": "crossbar.devices:Memristor", "sigma_d2d": draw_of, "sigma_program": [0.01]}
    settings = {"device": device} | ({} if chip is None else {"chip": chip})
    plan = experiment(settings)
    ends = plan.common.data.foreseen()
    assert ends is not None
    return build.chip(plan, ends, plan.streams(seed))


def steps(chip: Chip) -> np.ndarray[Any, Any]:
    tile = next(iter(chip.held.values())).tile
    assert tile is not None
    return np.concatenate([a.ravel() for a in tile.array.cells[0].arrays().values()])


def test_chips_of_a_seed_differ_in_fabrication_alone() -> None:
    chips = {k: built(k) for k in (None, 0, 1)}
    for one, other in ((None, 0), (0, 1)):
        assert not np.array_equal(steps(chips[one]), steps(chips[other]))
    exact = {"device": {"kind": "ideal"}}
    weights = []
    for k in (None, 0, 1):
        plan = experiment(exact | ({} if k is None else {"chip": k}))
        ends = plan.common.data.foreseen()
        held = build.chip(plan, ends, plan.streams(0)).held  # type: ignore[arg-type]
        weights.append(np.concatenate([w.weights.ravel() for w in held.values()]))
    assert np.array_equal(weights[0], weights[1])
    assert np.array_equal(weights[0], weights[2])


def test_chips_are_the_same_again_and_others_for_another_seed() -> None:
    assert np.array_equal(steps(built(3)), steps(built(3)))
    assert not np.array_equal(steps(built(3)), steps(built(3, seed=1)))


def test_a_chip_that_learned_is_tested_as_it_is(tmp_path: Path) -> None:
    device = {"kind": "reram", "sigma_read": 0.02}
    plan = experiment(SMALL | {"device": device, "chip": 2})
    trained = train(plan, tmp_path / "run", progress=False)
    again = evaluate_run(load_plan(tmp_path / "run"), tmp_path / "run", progress=False)
    assert again["loss"] == trained["loss"]
    line = refused(load_plan, tmp_path / "run", ["chip=1"])
    assert line.startswith("chip: expected a setting that may change after training")


def test_chips_are_swept(tmp_path: Path) -> None:
    settings = SMALL | {"device": "reram"}
    runs = sweep(settings, {"chip": [0, 1]}, store=tmp_path / "s", jobs=1, progress=False)
    assert runs["loss"].nunique() == 2


@pytest.mark.parametrize("chip", [-1, 0.5, "one"])
def test_a_chip_is_a_whole_number(chip: Any) -> None:
    assert refused(experiment, {"chip": chip}).startswith("chip: ")
