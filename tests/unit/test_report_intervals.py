"""Changes under stress, and settings as TOML."""

from __future__ import annotations

import tomllib

import numpy as np
import pandas as pd
import pytest

from crossbar.report.description import toml
from crossbar.report.records import Run, Seed
from crossbar.report.robustness import Stress, points
from crossbar.runs import experiment


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
    seed = Seed(0, {"independent_images": 20, "resampling": 0.125}, pd.DataFrame(), None)
    result = {"data": {"regression": False}, "merit": "accuracy",
              "metrics": {"accuracy": {"words": "accuracy", "unit": "%"}}}  # fmt: skip
    run = Run("run", result, {}, (seed,), {}, {"images": np.zeros(0)}, table)
    reference, stressed = points(run, Stress("stuck", "stuck cells", "%"))
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
