"""Intervals of the report against SciPy and the evaluation of networks; settings as TOML."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from crossbar.experiment import experiment
from crossbar.nn.evaluation import mean_interval
from crossbar.nn.evaluation import wilson as evaluated
from crossbar.report.description import toml
from crossbar.report.intervals import accuracy, student, wilson
from crossbar.report.records import Run, Seed
from crossbar.report.stressed import points


@pytest.mark.parametrize("values", [[0.7, 0.9], [0.741, 0.658, 0.908], [0.5, 0.5, 0.6, 0.9]])
def test_student_is_that_of_scipy(values: list[float]) -> None:
    found = student(values)
    oracle = stats.ttest_1samp(values, 0.0).confidence_interval(0.95)
    # Two ways to sum a handful of doubles.
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), rel=1e-10)
    assert (found.low, found.high) == pytest.approx(mean_interval(values), rel=1e-10)


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (13, 20), (20, 20), (540, 600)])
def test_wilson_is_that_of_scipy_and_of_the_evaluation(hits: int, n: int) -> None:
    found = wilson(hits / n, n)
    oracle = stats.binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == pytest.approx((oracle.low, oracle.high), abs=1e-12)
    assert (found.low, found.high) == pytest.approx(evaluated(hits / n, n), abs=1e-12)


def test_one_value_has_no_student_interval_and_an_accuracy_stays_in_its_range() -> None:
    assert not student([0.8]).known
    assert math.isnan(student([0.8]).high)
    assert accuracy([0.4, 1.0], 20).high == 1.0
    assert accuracy([0.9], 20).low == pytest.approx(wilson(0.9, 20).low)


def test_change_under_stress_is_taken_seed_by_seed() -> None:
    # Two chips that differ much and lose the same: the loss is known exactly.
    table = pd.DataFrame(
        {
            "stress": "stuck",
            "value": [0.0, 0.0, 0.1, 0.1],
            "seed": [0, 1, 0, 1],
            "accuracy": [0.6, 0.9, 0.5, 0.8],
        }
    )
    seed = Seed(0, {"test_images": 20}, pd.DataFrame(), None)
    run = Run("run", {}, {}, (seed,), {}, {"images": np.zeros(0)}, table)
    reference, stressed = points(run, "stuck")
    assert reference.change.mean == 0.0
    assert stressed.change.mean == pytest.approx(-0.1)
    assert stressed.change.high - stressed.change.low < 1e-12
    assert stressed.accuracy.high - stressed.accuracy.low > 0.5


def test_settings_survive_toml() -> None:
    settings = {
        "seed": [0, 1],
        "data": {"path": 'a "quoted" \\ folder', "clips": 12},
        "tile": {"refresh": 2, "mapping": {"kind": "pair", "headroom": 5.5}},
    }
    again = tomllib.loads(toml(settings))
    assert again == settings
    assert experiment(again).common.seed == (0, 1)
