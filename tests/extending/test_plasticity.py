"""A rule of plasticity from outside: tried as those of the package are, and found by its name."""

from __future__ import annotations

import numpy as np

from crossbar.spiking import PLASTICITY


def test_from_python_it_proves_itself_and_moves_cells():
    from plasticity import Rectangular

    rule = Rectangular(step=0.1)
    rule.prove()
    change = rule.change(np.array([[-1e-4], [1e-4], [2e-3]]), np.array([0.0, 0.5, 1.0]))
    np.testing.assert_array_equal(change, [[0, -0.1, -0.1], [0.1, 0.1, 0], [0, 0, 0]])


def test_by_its_name():
    from plasticity import Rectangular

    assert PLASTICITY.resolve("plasticity:Rectangular", "network.plasticity") is Rectangular
