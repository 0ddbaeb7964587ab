"""Values to predict: R² and RMS error take the place of accuracy, from training to the report."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from crossbar.errors import ConfigError
from crossbar.report import write_report
from crossbar.runs import experiment, train

LINE = """
[device]
kind = "float"

[train]
epochs = 20
gamma = 0.02

[energy]
images = 2

[network]
layers = [
  { name = "fc", kind = "dense", units = 8, bias = true },
  { name = "relu", kind = "relu" },
  { name = "out", kind = "dense", units = "classes", bias = true },
]
"""


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, object]:
    """A weighted sum of three numbers, with noise of a tenth of its spread."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((150, 3))
    y = x @ np.array([0.6, -0.3, 0.1]) + 0.2 + 0.07 * rng.standard_normal(150)
    np.savez(tmp_path / "line.npz", x=x, y=y)
    data = {"kind": "arrays", "path": str(tmp_path / "line.npz")}
    return tomllib.loads(LINE) | {"data": data}


def test_a_small_network_explains_a_line(settings: dict[str, object], tmp_path: Path) -> None:
    result = train(experiment(settings), tmp_path / "run")
    # Noise leaves 1 % of the variance; 15 test samples and 20 epochs leave some more.
    assert result["r2"] > 0.9
    assert result["rmse"] < 0.2
    assert "accuracy" not in result
    assert result["r2_ci95"] == [None, None]
    assert result["interval"] == "none of one seed"
    page = write_report(tmp_path / "run").read_text(encoding="utf-8")
    assert "predict values from 3 numbers" in page
    assert "test R²" in page


def test_a_loss_of_classes_is_refused_for_values(settings: dict[str, object]) -> None:
    from crossbar.data import Ends
    from crossbar.runs.build import loss

    plan = experiment(settings | {"train": {"loss": "hinge"}})
    with pytest.raises(ConfigError, match=r"train\.loss: expected a loss of values"):
        loss(plan, Ends((3,), 1, values=True))
