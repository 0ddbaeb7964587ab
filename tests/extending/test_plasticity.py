"""A rule of plasticity from outside: tried as those of the package are, and found by its name."""

from __future__ import annotations

import numpy as np

from crossbar.random import Streams
from crossbar.runs.column_settings import columns_plan
from crossbar.runs.columns import run_columns
from crossbar.toml import read


def test_from_python_it_proves_itself_and_moves_cells():
    from plasticity import Rectangular

    rule = Rectangular(step=0.1)
    rule.prove()
    change = rule.change(np.array([[-1e-4], [1e-4], [2e-3]]), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_array_equal(change, [[0, -0.1, -0.1], [0.1, 0.1, 0], [0, 0, 0]])


def test_from_toml_columns_learn_by_it(tmp_path):
    """Lines before the winner rise by the step, those after it fall by it."""
    rule = 'columns = { count = 3, rule = { kind = "plasticity:Rectangular", step = 0.02 } }'
    (tmp_path / "own.toml").write_text(f'data = {{ kind = "yin-yang", samples = 60 }}\n{rule}\n')
    plan = columns_plan(read(tmp_path / "own.toml"), ["run.passes=1", "device.kind=ideal"])
    assert plan.columns.rule.step == 0.02
    (state,), _ = run_columns(plan, progress=False)
    drawn = plan.columns.build(state.lines, rng=Streams(0)("fabricate"))
    moved = (state.g - drawn.g) / 40e-6  # the range of an ideal cell
    free = (state.g > 0) & (state.g < 40e-6)
    assert np.abs(moved[free]).max() > 0.01
    np.testing.assert_allclose(moved[free] / 0.02, np.round(moved[free] / 0.02), atol=1e-6)
