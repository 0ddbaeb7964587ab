"""Line resistance against closed forms and conservation laws."""

import numpy as np
import pytest

from crossbar.errors import ConfigError, ConvergenceError, ShapeError
from crossbar.wires import Wires

IDEAL = Wires(r_wl=0.0, r_bl=0.0)
LOSSY = Wires(r_wl=3.0, r_bl=5.0, r_driver=200.0, r_sense=70.0)
SHAPES = [(12, 10), (10, 12), (1, 9), (9, 1), (1, 1), (24, 24)]


def cells(shape: tuple[int, int]) -> np.ndarray:
    """Log-uniform conductances from 1 to 100 uS, one of them open."""
    rng = np.random.default_rng(12)
    g = 10.0 ** rng.uniform(-6.0, -4.0, shape)
    g[0, -1] = 0.0 if g.size > 1 else g[0, -1]
    return g


def voltages(n: int, rows: int) -> np.ndarray:
    return np.random.default_rng(34).uniform(-0.2, 0.2, (n, rows))


def ladder(g: float, r: float, n: int) -> np.ndarray:
    """Voltages along a uniform ladder fed with 1 V: cosh, with 2 (cosh t - 1) = r g."""
    t = np.arccosh(1.0 + r * g / 2.0)
    k = np.arange(1, n + 1)
    return np.cosh((n + 0.5 - k) * t) / np.cosh((n + 0.5) * t)


@pytest.mark.parametrize("shape", SHAPES)
def test_ideal_wires_give_the_matrix_product(shape):
    g, v = cells(shape), voltages(3, shape[0])
    solution = IDEAL.solve(g, v)
    np.testing.assert_allclose(v @ IDEAL.operator(g), v @ g, rtol=1e-12)
    np.testing.assert_allclose(solution.currents, v @ g, rtol=1e-12)
    np.testing.assert_array_equal(solution.v_wl, np.repeat(v[:, :, None], shape[1], axis=2))
    np.testing.assert_array_equal(solution.v_bl, 0.0)
    np.testing.assert_allclose(IDEAL.input_admittance(g), np.diag(g.sum(axis=1)), rtol=1e-12)
    np.testing.assert_allclose(IDEAL.output_admittance(g), np.diag(g.sum(axis=0)), rtol=1e-12)


def test_one_cell_is_in_series_with_all_four_resistances():
    g, total = np.array([[1e-4]]), 1e4 + 3.0 + 5.0 + 200.0 + 70.0
    solution = LOSSY.solve(g, [[0.3]])
    # Rounding alone: a handful of operations.
    np.testing.assert_allclose(LOSSY.operator(g), 1.0 / total, rtol=1e-14)
    np.testing.assert_allclose(LOSSY.input_admittance(g), 1.0 / total, rtol=1e-14)
    np.testing.assert_allclose(LOSSY.output_admittance(g), 1.0 / total, rtol=1e-14)
    np.testing.assert_allclose(solution.power, 0.09 / total, rtol=1e-12)
    np.testing.assert_allclose(solution.v_wl, 0.3 * (1.0 - 203.0 / total), rtol=1e-12)
    np.testing.assert_allclose(solution.v_bl, 0.3 * 75.0 / total, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_driver_alone_divides_the_voltage_of_each_word_line(shape):
    g = cells(shape)
    wires = Wires(r_wl=0.0, r_bl=0.0, r_driver=200.0)
    expected = g / (1.0 + 200.0 * g.sum(axis=1, keepdims=True))
    np.testing.assert_allclose(wires.operator(g), expected, rtol=1e-12)
    np.testing.assert_allclose(wires.solve(g, np.eye(shape[0])).currents, expected, rtol=1e-12)


@pytest.mark.parametrize("shape", SHAPES)
def test_sense_node_alone_loads_each_bit_line(shape):
    g = cells(shape)
    wires = Wires(r_wl=0.0, r_bl=0.0, r_sense=200.0)
    expected = g / (1.0 + 200.0 * g.sum(axis=0, keepdims=True))
    solved = wires.solve(g, np.eye(shape[0])).currents
    np.testing.assert_allclose(wires.operator(g), expected, rtol=1e-12)
    # atol: a cell current is a difference of node voltages near 1 V.
    np.testing.assert_allclose(solved, expected, rtol=1e-12, atol=1e-16)


def test_uniform_word_line_is_a_ladder_open_at_its_far_end():
    wires = Wires(r_wl=40.0, r_bl=0.0)
    expected = 1e-4 * ladder(1e-4, 40.0, 30)
    # arccosh(1 + x) loses a factor 1 / x = 500 of its digits, times 30 cells.
    np.testing.assert_allclose(wires.operator(np.full((1, 30), 1e-4))[0], expected, rtol=1e-11)


def test_uniform_bit_line_is_the_same_ladder_seen_from_its_sense_node():
    wires = Wires(r_wl=0.0, r_bl=40.0)
    expected = 1e-4 * ladder(1e-4, 40.0, 30)[::-1]
    np.testing.assert_allclose(wires.operator(np.full((30, 1), 1e-4))[:, 0], expected, rtol=1e-11)


def test_loss_is_first_order_in_the_resistance():
    g = cells((12, 10))
    g[0, -1] = 1e-6
    along = np.arange(1, 11) * g.sum(axis=1, keepdims=True)  # bounds the loss from above
    r = 1e-4 / (along.max() * 2.0)

    def loss(scale: float) -> np.ndarray:
        return g - Wires(r_wl=scale * r, r_bl=scale * r).operator(g)

    # The loss is below 1e-4, so the second-order part of the ratio is too; 1e-10 is rounding.
    np.testing.assert_allclose(loss(1.0) / loss(0.5), 2.0, rtol=2e-4)


def test_weak_wires_cost_no_digits():
    """Crosstalk between word lines, to first order, is the resistance that their paths share."""
    g, r_bl, r_sense = cells((12, 10)), 1e-9, 2e-9
    wires = Wires(r_wl=1e-9, r_bl=r_bl, r_driver=1e-9, r_sense=r_sense)
    last = np.maximum.outer(np.arange(12), np.arange(12))
    expected = -(g @ g.T) * (r_bl * (12 - last) + r_sense)
    crosstalk = wires.input_admittance(g)
    off = ~np.eye(12, dtype=bool)
    # Second order is r g n^2 = 1e-11; a subtraction of conductances would leave no digit at all.
    np.testing.assert_allclose(crosstalk[off], expected[off], rtol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_currents_balance(shape):
    g, v = cells(shape), voltages(4, shape[0])
    solution = LOSSY.solve(g, v)
    drawn = (v - solution.v_wl[:, :, 0]) / 203.0
    sensed = solution.v_bl[:, -1] / 75.0
    # Voltage drops are at least 1e-5 of the voltages: 1e-10 leaves room for their rounding.
    np.testing.assert_allclose(drawn.sum(axis=1), sensed.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(sensed, solution.currents, rtol=1e-10)
    np.testing.assert_allclose(v @ LOSSY.operator(g), solution.currents, rtol=1e-10)
    # atol: the line of the open cell draws nothing but rounding.
    np.testing.assert_allclose(v @ LOSSY.input_admittance(g), drawn, rtol=1e-10, atol=1e-16)


@pytest.mark.parametrize("shape", SHAPES)
def test_power_of_all_elements_is_drawn_from_the_sources(shape):
    g, v = cells(shape), voltages(4, shape[0])
    solution = LOSSY.solve(g, v)
    wl, bl = solution.v_wl, solution.v_bl
    dissipated = (
        ((v - wl[:, :, 0]) ** 2).sum(axis=1) / 203.0
        + (np.diff(wl, axis=2) ** 2).sum(axis=(1, 2)) / 3.0
        + (g * (wl - bl) ** 2).sum(axis=(1, 2))
        + (np.diff(bl, axis=1) ** 2).sum(axis=(1, 2)) / 5.0
        + (bl[:, -1] ** 2).sum(axis=1) / 75.0
    )
    quadratic = np.einsum("ni,ik,nk->n", v, LOSSY.input_admittance(g), v)
    np.testing.assert_allclose(solution.power, dissipated, rtol=1e-10)
    np.testing.assert_allclose(solution.power, quadratic, rtol=1e-10)


@pytest.mark.parametrize("shape", SHAPES)
def test_admittances_are_symmetric_and_lose_no_current(shape):
    g = cells(shape)
    transfer = LOSSY.operator(g)
    y_in, y_out = LOSSY.input_admittance(g), LOSSY.output_admittance(g)
    np.testing.assert_array_equal(y_in, y_in.T)
    np.testing.assert_array_equal(y_out, y_out.T)
    # All that the sources deliver arrives in the virtual grounds, in reads of both directions.
    np.testing.assert_allclose(y_in.sum(axis=1), transfer.sum(axis=1), rtol=1e-10)
    np.testing.assert_allclose(y_out.sum(axis=1), transfer.sum(axis=0), rtol=1e-10)


def test_solutions_superpose():
    g, v = cells((12, 10)), voltages(2, 12)
    one, two, both = (LOSSY.solve(g, x) for x in (v[:1], v[1:], 2.0 * v[:1] - 3.0 * v[1:]))
    for name in ("currents", "v_wl", "v_bl"):
        expected = 2.0 * getattr(one, name) - 3.0 * getattr(two, name)
        np.testing.assert_allclose(
            getattr(both, name), expected, rtol=1e-10, atol=1e-12 * abs(expected).max()
        )


@pytest.mark.parametrize("field", ["r_wl", "r_bl", "r_driver", "r_sense"])
@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf, True])
def test_resistances_are_finite_and_not_negative(field, value):
    with pytest.raises(
        ConfigError, match=rf"Wires\.{field}: expected a number in \[0, 1e\+21\] ohm"
    ):
        Wires(**({"r_wl": 1.0, "r_bl": 1.0} | {field: value}))


@pytest.mark.parametrize("call", ["operator", "input_admittance", "output_admittance"])
def test_conductances_are_checked(call):
    for bad in (-1e-6, np.nan, np.inf):
        with pytest.raises(ConfigError, match=r"Wires\.g: expected finite conductances >= 0 S"):
            getattr(LOSSY, call)([[1e-6, bad]])
    for bad in (np.ones(3), np.ones((2, 3, 4)), np.ones((0, 4))):
        with pytest.raises(ShapeError, match=r"Wires\.g: expected a matrix"):
            getattr(LOSSY, call)(bad)


def test_voltages_are_checked():
    for bad in (np.ones(3), np.ones((1, 2))):
        with pytest.raises(ShapeError, match=r"Wires\.solve\.v: expected shape \(n, 3\)"):
            LOSSY.solve(np.ones((3, 2)), bad)
    with pytest.raises(ConfigError, match=r"Wires\.solve\.v: expected finite voltages"):
        LOSSY.solve(np.ones((3, 2)), [[0.1, np.nan, 0.1]])


def test_lines_that_leave_no_digit_are_refused():
    with pytest.raises(
        ConvergenceError, match=r"Wires: expected r g far below 1e16, got r = 1e\+20"
    ):
        Wires(r_wl=1e20, r_bl=0.0, r_sense=1e20).operator([[1e-3, 1e-3], [2e-3, 3e-3]])
