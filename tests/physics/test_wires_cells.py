"""Cells that are not ohmic: their laws, alone and on lines with resistance."""

import numpy as np
import pytest
from scipy.constants import elementary_charge, k
from scipy.optimize import brentq, root

from crossbar.devices import DiodeSelector, Ohmic, Sinh, TransistorSelector
from crossbar.errors import ConfigError, SolverError
from crossbar.wires import Driven, Sensed, Wires, newton

DIODE = DiodeSelector(i_sat=1e-9, ideality=1.2)
TRANSISTOR = TransistorSelector(r_on=2e3, i_sat=2e-5)
LAWS = [Ohmic(), Sinh(v0=0.08), DIODE, TRANSISTOR]
every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
V_T = 1.2 * k * 300.0 / elementary_charge

LOSSY = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=170.0)


def cells(shape, seed=5):
    return 10.0 ** np.random.default_rng(seed).uniform(-6.0, -4.0, shape)


def volts(n, lines, high=0.6):
    return np.random.default_rng(6).uniform(-high, high, (n, lines))


@every_law
def test_slope_is_the_derivative(law):
    g = np.full(81, 5e-5)
    v = np.linspace(-0.7, 0.7, 81) + 1e-3
    step = 1e-6
    slope = (law.current(g, v + step)[0] - law.current(g, v - step)[0]) / (2.0 * step)
    # Central differences: step^2 / V_T^2 = 2e-9 of the slope, and 1e-16 / step of the current.
    i, got = law.current(g, v)
    np.testing.assert_allclose(got, slope, rtol=1e-7, atol=1e-9 * np.abs(i).max())


@every_law
def test_cells_without_conductance_carry_nothing(law):
    i, slope = law.current(np.zeros(3), np.array([-0.5, 0.0, 0.5]))
    assert (i == 0.0).all()
    assert (slope == 0.0).all()


@pytest.mark.parametrize("g", [1e-9, 1e-6, 1e-4, 1e-2])
def test_diode_and_cell_share_the_voltage(g):
    """In both directions: forward, the voltage; in reverse, the current of the diode."""
    v = np.concatenate([-np.logspace(-12, 0.5, 60), np.logspace(-12, 0.5, 60)])
    i, _ = DIODE.current(np.full_like(v, g), v)
    forward = v > 0.0
    both = i[forward] / g + V_T * np.log1p(i[forward] / 1e-9)
    np.testing.assert_allclose(both, v[forward], rtol=1e-13)
    through = 1e-9 * np.expm1((v - i / g) / V_T)
    # The exponent has up to 100 units of its rounding.
    np.testing.assert_allclose(i[~forward], through[~forward], rtol=1e-13)


def test_transistor_and_cell_share_the_voltage():
    g, v = 3e-4, np.linspace(-1.0, 1.0, 201)
    i, _ = TRANSISTOR.current(np.full_like(v, g), v)
    x = (v - i / g) / (2.0 * 2e3 * 2e-5)
    expected = 2e-5 * np.where(np.abs(x) < 1.0, 2.0 * x - np.copysign(x**2, x), np.sign(x))
    np.testing.assert_allclose(i, expected, atol=1e-13 * 2e-5)


@every_law
def test_small_voltages_are_ohmic(law):
    """Of a selector, the resistance at small voltage is in series with the cell."""
    series = {Ohmic: 0.0, Sinh: 0.0, DiodeSelector: V_T / 1e-9, TransistorSelector: 2e3}[type(law)]
    g, v = cells((9, 7)), volts(2, 9, high=1e-8)
    small = LOSSY.solve(g, v, cell=law).currents
    expected = LOSSY.solve(1.0 / (1.0 / g + series), v).currents
    # Of second order: v / (2 V_T) = 3e-7 for the diode, v / (4 r_on i_sat) = 1e-7.
    np.testing.assert_allclose(small, expected, atol=1e-6 * np.abs(expected).max())


@every_law
def test_one_cell_with_its_resistors(law):
    g, v = 6e-5, 0.5
    r = 30.0 + 50.0 + 400.0 + 170.0

    def excess(i: float) -> float:
        return float(law.current(np.array([g]), np.array([v - r * i]))[0][0]) - i

    exact = brentq(excess, 0.0, v / r, xtol=1e-18, rtol=1e-14)
    got = LOSSY.solve([[g]], [[v]], cell=law).currents
    np.testing.assert_allclose(got, exact, rtol=1e-11)


@every_law
@pytest.mark.parametrize("floating", [False, True], ids=["all connected", "some floating"])
def test_small_arrays_agree_with_a_dense_root(law, floating):
    """All node voltages at once by Powell's hybrid method, with Kirchhoff's laws written out."""
    g, v, v_bl = cells((4, 3)), volts(1, 4), volts(1, 3, high=0.2)
    wl, bl = np.zeros(4, bool), np.zeros(3, bool)
    if floating:
        wl[1], bl[2] = True, True
    v, v_bl = np.where(wl, 0.0, v), np.where(bl, 0.0, v_bl)
    got = LOSSY.solve(g, v, v_bl=v_bl, floating_wl=wl, floating_bl=bl, cell=law)

    def unbalanced(x: np.ndarray) -> np.ndarray:
        w, b = x.reshape(2, 4, 3)
        i = law.current(g, w - b)[0]
        along, down = np.diff(w, axis=1) / 30.0, np.diff(b, axis=0) / 50.0
        into_w = -i
        into_w[:, :-1] += along
        into_w[:, 1:] -= along
        into_w[:, 0] += np.where(wl, 0.0, (v[0] - w[:, 0]) / 430.0)
        into_b = i.copy()
        into_b[:-1] += down
        into_b[1:] -= down
        into_b[-1] += np.where(bl, 0.0, (v_bl[0] - b[-1]) / 220.0)
        return np.concatenate([into_w.ravel(), into_b.ravel()])

    start = np.concatenate([got.v_wl.ravel(), got.v_bl.ravel()])
    far = start + 0.01 * np.random.default_rng(3).standard_normal(start.size)
    found = root(lambda x: 1e6 * unbalanced(x), far, tol=1e-13)
    w, b = found.x.reshape(2, 4, 3)
    scale = np.abs(law.current(g, w - b)[0]).max()
    assert np.abs(unbalanced(found.x)).max() < 1e-9 * scale
    np.testing.assert_allclose(
        got.currents[0], law.current(g, w - b)[0].sum(axis=0) * ~bl, atol=1e-8 * scale
    )


@every_law
@pytest.mark.parametrize("driven", Driven)
@pytest.mark.parametrize("sensed", Sensed)
def test_currents_balance_at_every_node(law, driven, sensed):
    wires = Wires(r_wl=3.0, r_bl=5.0, r_driver=40.0, r_sense=7.0, driven=driven, sensed=sensed)
    g, v = cells((30, 20)), volts(1, 30, high=0.9)
    solution = wires.solve(g, v, cell=law)
    w, b = solution.v_wl[0], solution.v_bl[0]
    i = law.current(g, w - b)[0]
    left = driven is not Driven.RIGHT
    right = driven is not Driven.LEFT
    bottom = sensed is not Sensed.TOP
    top = sensed is not Sensed.BOTTOM
    along = np.diff(w, axis=1, prepend=v.T, append=v.T) / 3.0
    along[:, 0] *= 3.0 / 43.0 if left else 0.0
    along[:, -1] *= 3.0 / 43.0 if right else 0.0
    down = np.diff(b, axis=0, prepend=0.0, append=0.0) / 5.0
    down[0] *= 5.0 / 12.0 if top else 0.0
    down[-1] *= 5.0 / 12.0 if bottom else 0.0
    scale = np.abs(solution.currents).max()
    # Node voltages near 1 V, in steps of 1e-16, over 3 ohm.
    assert np.abs(np.diff(along, axis=1) - i).max() < 1e-10 * scale + 1e-15
    assert np.abs(np.diff(down, axis=0) + i).max() < 1e-10 * scale + 1e-15
    np.testing.assert_allclose(solution.drawn.sum(), solution.currents.sum(), atol=1e-10 * scale)


def test_selectors_cut_the_sneak_paths():
    """Floating lines, ideal wires: of the three cells in the sneak path one diode is in reverse."""
    g = np.full((2, 2), 1e-5)
    floating = {"floating_wl": np.array([False, True]), "floating_bl": np.array([False, True])}
    wires = Wires(r_wl=0.0, r_bl=0.0)
    plain = wires.solve(g, [[0.6, 0.0]], **floating).currents[0, 0]
    with_diodes = wires.solve(g, [[0.6, 0.0]], cell=DIODE, **floating).currents[0, 0]
    alone = DIODE.current(np.array([1e-5]), np.array([0.6]))[0][0]
    np.testing.assert_allclose(plain, 0.6e-5 * 4.0 / 3.0, rtol=1e-11)
    assert alone < with_diodes < alone + 1e-9


def test_overflow_is_refused():
    with pytest.raises(SolverError, match=r"got currents that overflow, in 3 x 3 cells at up to"):
        LOSSY.solve(cells((3, 3)), np.full((1, 3), 100.0), cell=Sinh(v0=0.01))


def test_steps_are_counted():
    """One for ohmic cells; Newton's method takes more, and few as its error falls by squares."""
    g, v = cells((6, 5)), volts(4, 6)
    assert (LOSSY.solve(g, v).steps == 1).all()
    steps = LOSSY.solve(g, v, cell=Sinh(v0=0.08)).steps
    assert ((steps > 1) & (steps < 10)).all()


def test_steps_that_do_not_suffice_are_an_error_with_size_and_voltage(monkeypatch):
    monkeypatch.setattr(newton, "STEPS", 2)
    expected = (
        r"^Wires\.solve: expected Newton's method to converge, got a residual of .* A where .* A "
        r"is allowed after 2 steps, in 6 x 5 cells at up to 0\.5\d* V\. Lower the voltages, "
    )
    with pytest.raises(SolverError, match=expected):
        LOSSY.solve(cells((6, 5)), volts(1, 6), cell=Sinh(v0=0.02))


@pytest.mark.parametrize(
    "make",
    [
        lambda x: Sinh(v0=x),
        lambda x: DiodeSelector(i_sat=x),
        lambda x: DiodeSelector(ideality=x),
        lambda x: DiodeSelector(temperature=x),
        lambda x: TransistorSelector(r_on=x),
        lambda x: TransistorSelector(i_sat=x),
    ],
)
@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf])
def test_parameters_are_positive(make, value):
    with pytest.raises(ConfigError, match="expected a number in"):
        make(value)
