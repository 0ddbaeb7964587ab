"""The estimate of the operator: where it is exact, and what it is worth elsewhere."""

import numpy as np
import pytest

from crossbar.wires import Driven, Sensed, Wires

SIDES = [(d, s) for d in Driven for s in Sensed]
every_side = pytest.mark.parametrize(("driven", "sensed"), SIDES, ids=str)


def derivative(wires: Wires, g: np.ndarray) -> np.ndarray:
    """Voltage across each cell with its word line at 1 V, times that with its bit line at 1 V."""
    rows, cols = g.shape
    forward = wires.solve(g, np.eye(rows))
    back = wires.solve(g, np.zeros((cols, rows)), v_bl=np.eye(cols))
    i, j = np.ogrid[:rows, :cols]
    return (forward.v_wl - forward.v_bl)[i, i, j] * (back.v_bl - back.v_wl)[j, i, j]


def test_derivative_is_that_of_the_operator():
    g, wires, step = np.random.default_rng(1).uniform(1e-6, 4e-5, (6, 5)), lossy(), 1e-9
    exact = derivative(wires, g)
    for i, j in [(0, 0), (5, 4), (2, 3)]:
        change = np.zeros_like(g)
        change[i, j] = step
        slope = (wires.operator(g + change) - wires.operator(g - change))[i, j] / (2.0 * step)
        np.testing.assert_allclose(slope, exact[i, j], rtol=1e-8)  # 1e-14 / (step / g)


def lossy(**sides: object) -> Wires:
    return Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=170.0, **sides)


@every_side
@pytest.mark.parametrize("shape", [(1, 9), (9, 1), (1, 1)], ids=str)
def test_estimate_of_one_line_is_exact_where_nothing_else_has_resistance(driven, sensed, shape):
    g = np.random.default_rng(2).uniform(1e-6, 4e-5, shape)
    one_wl = {"r_wl": 30.0, "r_bl": 0.0, "r_driver": 400.0}
    one_bl = {"r_wl": 0.0, "r_bl": 50.0, "r_sense": 170.0}
    for ohms in (one_wl, one_bl):
        wires = Wires(**ohms, driven=driven, sensed=sensed)
        found = wires.estimate(g)
        np.testing.assert_allclose(found.transfer, wires.operator(g), rtol=1e-12)
        np.testing.assert_allclose(found.attenuation, derivative(wires, g), rtol=1e-11)


def test_estimate_of_one_cell_is_exact():
    found = lossy().estimate([[1e-3]])
    np.testing.assert_allclose(found.transfer, 1.0 / 1650.0, rtol=1e-14)
    np.testing.assert_allclose(found.attenuation, (1000.0 / 1650.0) ** 2, rtol=1e-14)


def test_estimate_with_ideal_wires_is_the_array():
    g = np.random.default_rng(2).uniform(0.0, 4e-5, (4, 6))
    g[1, 2] = 0.0
    found = Wires(r_wl=0.0, r_bl=0.0).estimate(g)
    np.testing.assert_array_equal(found.transfer, g)
    np.testing.assert_array_equal(found.attenuation, np.ones_like(g))


# Largest error of the attenuation, then of the change of the operator, relative to the change:
# by the difference of estimates, by the attenuation, and without either. About 1.5 times measured.
WORTH = [(1.0, 3e-5, 1e-3, 0.02, 0.1), (5.0, 1.5e-3, 0.01, 0.06, 0.5)]


@pytest.mark.parametrize(("r", "derivatives", "difference", "attenuated", "plain"), WORTH)
def test_what_the_estimate_is_worth(r, derivatives, difference, attenuated, plain):
    rng = np.random.default_rng(3)
    g = rng.uniform(1e-6, 4e-5, (128, 64))
    wires = Wires(r_wl=r, r_bl=r)
    found, exact = wires.estimate(g), wires.operator(g)
    np.testing.assert_allclose(found.attenuation, derivative(wires, g), rtol=derivatives)
    change = np.maximum(0.01 * 39e-6 * rng.standard_normal(g.shape), -g)
    moved = wires.operator(g + change) - exact

    def error(predicted: np.ndarray) -> float:
        return float(np.linalg.norm(predicted - moved) / np.linalg.norm(moved))

    assert error(wires.estimate(g + change).transfer - found.transfer) < difference
    assert error(found.attenuation * change) < attenuated
    assert error(change) > plain
