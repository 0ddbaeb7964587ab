"""Designs find a known optimum in few runs, take the same way twice, and say what cannot be."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from designed import (
    AIM,
    NOISE,
    SETTINGS,
    Kinked,
    Likeness,
    Rosy,
    Slow,
    cheapest,
    chip,
    kinked,
    noisy,
    slow,
)
from searched import grid

from crossbar.errors import ConfigError
from crossbar.runs.design import Design, descent, design
from crossbar.runs.search import AtLeast, AtMost, Goal, Maximise, Minimise
from crossbar.runs.store import Store
from crossbar.runs.sweep import LocalWorkers, Range, sweep

CHEAP = Goal(Minimise("energy"), (AtLeast("accuracy", AIM),))
AXES = {"v": Range(0.1, 10, log=True), "t": Range(0.1, 30, log=True), "bits": range(2, 11)}


@pytest.fixture(scope="module")
def workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(1) as opened:
        yield opened


@pytest.fixture
def again(tmp_path: Path, workers: LocalWorkers) -> dict[str, Any]:
    """Return where a design keeps its runs, who does them, and what stands for them."""
    return {"store": tmp_path, "executor": workers, "jobs": 1, "model": Likeness()}


def runs(store: Path) -> pd.DataFrame:
    with Store(store) as opened:
        return opened.frame()


def energy_of(made: Design) -> float:
    assert made.search.best is not None
    return made.search.best.mean("energy").mean


@pytest.mark.parametrize("seed", range(4))
def test_the_cheapest_chip_is_reached_in_few_runs(again: dict[str, Any], seed: int) -> None:
    made = design(chip, AXES, CHEAP, points=8, sampler_seed=seed, **again)
    # Of 8 random points that keep the bound, one in four searches has one within a half of it.
    assert cheapest()[0] <= energy_of(made) < 1.05 * cheapest()[0]
    assert len(runs(again["store"])) <= 8


def test_the_constraint_is_active_and_whole_numbers_are_whole(again: dict[str, Any]) -> None:
    made = design(chip, AXES, CHEAP, points=8, **again)
    best, (least, point) = made.search.ranked[0], cheapest()
    assert best.parameters["bits"] == point["bits"]
    # A bound is kept with 5e-4 to spare, which costs 5e-4 d ln energy / d ln accuracy, some 0.6 %.
    assert energy_of(made) == pytest.approx(least, rel=0.01)
    assert best.mean("accuracy").mean == pytest.approx(AIM * (1 + 5e-4), abs=2e-4)
    assert best.parameters["v"] == pytest.approx(point["v"], rel=0.05)


def test_models_that_are_off_predict_runs_where_they_were_corrected(again: dict[str, Any]) -> None:
    made = design(chip, AXES, CHEAP, points=8, **again)
    last = made.search.ranked[0]
    predicted = made.predictions[last.runs[0]]
    assert predicted["energy"] == pytest.approx(last.mean("energy").mean, rel=1e-6)
    assert predicted["accuracy"] == pytest.approx(last.mean("accuracy").mean, rel=1e-6)
    assert set(made.predictions) == set(runs(again["store"]).run[3:])


@pytest.mark.parametrize("seed", range(4))
def test_models_that_mislead_are_corrected_by_the_runs_they_lead_to(
    again: dict[str, Any], seed: int
) -> None:
    asked = {"points": 12, "sampler_seed": seed}
    made = design(chip, AXES, CHEAP, **asked, **again | {"model": Rosy()})
    assert cheapest()[0] <= energy_of(made) < 1.06 * cheapest()[0]
    missed = [one for one in made.search.ranked if one.runs[0] > 3 and not one.met(CHEAP)]
    assert all(one.parameters["bits"] <= 3 for one in missed)


def test_points_are_left_to_chance_where_models_show_nothing_better(
    again: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = design(noisy, AXES, CHEAP, points=14, **again)
    monkeypatch.setattr(descent, "CHANCES", descent.CHANCES[:1])
    cut = design(noisy, AXES, CHEAP, points=14, **again | {"store": again["store"] / "cut"})
    tried = [{str(run.parameters) for run in one.search.ranked} for one in (whole, cut)]
    assert tried[1] < tried[0]  # the same way, and more
    assert energy_of(whole) <= energy_of(cut)


@pytest.mark.parametrize("seed", [0, 2, 5, 6])
def test_bits_that_are_enough_of_a_sudden_are_tried_with_less_noise(
    again: dict[str, Any], seed: int
) -> None:
    axes = {"v": AXES["v"], "t": AXES["t"], "adc": range(3, 11), "dac": range(2, 10)}
    made = design(kinked, axes, CHEAP, points=8, sampler_seed=seed, **again | {"model": Kinked()})
    assert made.search.best is not None
    assert (made.search.best.parameters["adc"], made.search.best.parameters["dac"]) == (4, 4)


def test_settings_that_no_chip_can_have_are_passed_by_and_said(again: dict[str, Any]) -> None:
    made = design(slow, AXES, CHEAP, points=12, **again | {"model": Slow()})
    assert energy_of(made) < 1.02 * cheapest()[0]
    assert made.search.best is not None
    assert made.search.best.parameters["t"] <= 1.5 * made.search.best.parameters["v"]
    assert made.refused
    assert all(one.startswith("slow.t: expected 1.5 v or less, got") for one in made.refused)


def test_a_run_whose_own_models_fail_is_passed_by(again: dict[str, Any]) -> None:
    asked = {"points": 12, "front": [0.5, 0.95]}  # at 0.5 runs without models are most promising
    made = design(chip, AXES, CHEAP, **asked, **again | {"model": Slow()})
    assert [one.bound for one in made.front] == [0.5, 0.95]
    assert any(one.parameters["t"] > 1.5 * one.parameters["v"] for one in made.search.ranked)
    assert energy_of(made) < 1.02 * cheapest()[0]


def test_an_objective_may_be_a_parameter_and_bounds_upper_ones(again: dict[str, Any]) -> None:
    goal = Goal(Maximise("accuracy"), (AtMost("energy", 2.0),))
    made = design(chip, AXES, goal, points=8, **again)
    assert made.search.best is not None
    assert made.search.best.mean("energy").mean <= 2.0
    assert made.search.best.mean("accuracy").mean > 0.955  # at 1.56 it is 0.94
    slow = Goal(Minimise("t"), (AtLeast("accuracy", AIM),))
    fast = design(chip, AXES, slow, points=20, **again)
    assert fast.search.best is not None
    assert fast.search.best.parameters["t"] == pytest.approx(0.1, rel=0.01)  # its lower end


def test_a_design_that_was_cut_off_goes_the_same_way(tmp_path: Path, workers: LocalWorkers) -> None:
    ways = []
    for name, parts in {"whole": [7], "parts": [2, 4, 7]}.items():
        for points in parts:  # each with models that know nothing of the part before
            design(chip, AXES, CHEAP, points=points, store=tmp_path / name, executor=workers,
                   jobs=1, model=Likeness())  # fmt: skip
        ways.append(runs(tmp_path / name)[[*SETTINGS, "energy"]])
    pd.testing.assert_frame_equal(*ways)


def test_points_of_a_sweep_are_known_and_nothing_is_run_without_points(
    again: dict[str, Any],
) -> None:
    kept = {name: one for name, one in again.items() if name != "model"}
    sweep(chip, {"v": [0.9, 1.5], "t": [1.2, 2.0], "bits": [3]}, **kept)
    made = design(chip, AXES, CHEAP, points=0, **again)
    assert len(runs(again["store"])) == 4
    assert made.search.best is not None
    assert (made.search.best.parameters["v"], again["model"].looks) == (0.9, 1)
    design(chip, AXES, CHEAP, points=5, **again)
    assert len(runs(again["store"])) == 5


def test_sensitivities_of_a_power_law_are_its_exponents(again: dict[str, Any]) -> None:
    made = design(chip, AXES, CHEAP, points=4, **again)
    (v, t), best = (made.search.ranked[0].parameters[n] for n in ("v", "t")), made.search.ranked[0]
    loss = NOISE / (v**2 * t)
    by = {(one.metric, one.parameter): one for one in made.effects}
    accuracy = 0.8 * best.mean("accuracy").mean  # of the model
    assert by["accuracy", "v"].relative == pytest.approx(2 * 0.8 * loss / accuracy, rel=1e-9)
    assert by["accuracy", "t"].relative == pytest.approx(0.8 * loss / accuracy, rel=1e-9)
    assert by["accuracy", "v"].change.mean == pytest.approx(0.1 * 2 * 0.8 * loss, rel=1e-9)
    bits = by["energy", "bits"]
    assert (bits.step, bits.whole, bits.kind) == (1.0, True, "difference")
    rise = 1.2 * 0.02 * math.log(2) * 2 ** best.parameters["bits"]
    assert bits.change.mean == pytest.approx(rise, rel=1e-9)


def test_the_front_is_that_of_other_bounds(again: dict[str, Any]) -> None:
    bounds = [0.9, 0.92, 0.95, 0.96]
    made = design(chip, AXES, CHEAP, points=8, front=bounds, **again)
    assert [one.bound for one in made.front] == bounds
    for one in made.front:
        assert one.predicted["energy"] == pytest.approx(cheapest(one.bound)[0], rel=0.05)
        true = chip(one.parameters, 0)  # the models are right but for what runs correct
        assert true["energy"] == pytest.approx(one.predicted["energy"], rel=1e-6)
    with Store(again["store"]) as kept:
        noted = kept.about["design"]
    assert [one["bound"] for one in noted["front"]] == bounds
    assert len(noted["effects"]) == 2 * len(SETTINGS)
    some = design(chip, AXES, CHEAP, points=8, front=3, **again).front
    assert 1 <= len(some) <= 3


@pytest.mark.parametrize(
    ("axes", "goal", "options", "told"),
    [
        ({}, CHEAP, {}, "expected settings to search"),
        (AXES | {"bits": ["a", "b"]}, CHEAP, {}, "bits: expected numbers, which have derivatives"),
        (AXES, Goal(Minimise("energy"), (AtLeast("margin", 1.0),)), {},
         "margin>=1: expected a metric with derivatives: energy, accuracy"),
        (AXES, Goal(Minimise("energy")), {"front": 3}, "design, front: expected a constraint"),
        (AXES, CHEAP, {"points": 0}, "expected a point that is known, got none"),
        (AXES, CHEAP, {"points": -1}, "points: expected"),
        (AXES, CHEAP, {"model": None}, "expected trained chips, which have derivatives"),
    ],
)  # fmt: skip
def test_mistakes_are_told_in_one_line(
    again: dict[str, Any], axes: Any, goal: Goal, options: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigError, match=told):
        design(chip, axes, goal, **again | {"points": 1} | options)


def test_functions_have_no_derivatives_of_their_own(again: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="crossbar search takes functions"):
        design(grid, {"a": [1, 2], "b": [1]}, CHEAP, **again | {"model": None})
    assert not (again["store"] / "runs.db").exists()
