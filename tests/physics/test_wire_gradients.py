"""Derivatives of the currents of wired arrays: central differences, closed forms and laws."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import brentq

from crossbar.devices import DiodeSelector, Ohmic, Sinh, TransistorSelector
from crossbar.errors import ConfigError, ShapeError
from crossbar.wires import Driven, Sensed, Wires

RESISTANCES = ("r_wl", "r_bl", "r_driver", "r_sense")
LOSSY = Wires(r_wl=3.0, r_bl=5.0, r_driver=20.0, r_sense=7.0)
LAWS = [None, Sinh(v0=0.15), DiodeSelector(i_sat=1e-7), TransistorSelector(r_on=2e3, i_sat=2e-4)]
every_law = pytest.mark.parametrize("law", LAWS, ids=lambda law: type(law).__name__)
SIDES = [(driven, sensed) for driven in Driven for sensed in Sensed]
every_side = pytest.mark.parametrize(
    ("driven", "sensed"), SIDES, ids=[f"{d.value}-{s.value}" for d, s in SIDES]
)


def cells(shape, seed=5):
    return 10.0 ** np.random.default_rng(seed).uniform(-6.0, -4.0, shape)


class Case:
    """A weighted sum of currents as a function of everything, and a direction of each."""

    def __init__(self, wires, g, law=None, n=2, floating=False, seed=1):
        rng, (rows, cols) = np.random.default_rng(seed), g.shape
        self.wires, self.g, self.law = wires, g, law
        self.off = {"floating_wl": np.zeros(rows, bool), "floating_bl": np.zeros(cols, bool)}
        if floating:
            self.off["floating_wl"][rows // 2], self.off["floating_bl"][cols // 3] = True, True
        on = ~self.off["floating_wl"], ~self.off["floating_bl"]
        self.v = rng.uniform(-0.3, 0.3, (n, rows)) * on[0]
        self.v_bl = rng.uniform(-0.1, 0.1, (n, cols)) * on[1]
        self.weights, self.weights_wl = rng.uniform(0.5, 1, (n, cols)), rng.normal(size=(n, rows))
        self.along = {
            "g": g * rng.uniform(-1, 1, g.shape),
            "v": rng.uniform(-0.3, 0.3, (n, rows)) * on[0],
            "v_bl": rng.uniform(-0.3, 0.3, (n, cols)) * on[1],
        }

    def currents(self, accuracy=1e-15, **moved):
        """Solutions with some of the arguments at other values."""
        wires = replace(self.wires, **{k: x for k, x in moved.items() if k in RESISTANCES})
        given = {"v_bl": self.v_bl, **self.off, "cell": self.law, "accuracy": accuracy}
        if "v_bl" in moved:
            given["v_bl"] = moved["v_bl"]
        return wires.solve(moved.get("g", self.g), moved.get("v", self.v), **given)

    def value(self, **moved):
        solution = self.currents(**moved)
        words = (solution.drawn * self.weights_wl).sum()
        return float((solution.currents * self.weights).sum() + words)

    def gradient(self):
        return self.wires.gradient(
            self.g, self.v, self.weights, weights_wl=self.weights_wl, v_bl=self.v_bl,
            **self.off, cell=self.law, accuracy=1e-14,
        )  # fmt: skip

    def linearised(self):
        return self.wires.linearise(
            self.g, self.v, v_bl=self.v_bl, **self.off, cell=self.law, accuracy=1e-14
        )

    def difference(self, name, h):
        """The derivative along the direction of ``name``, by five points: its error is h^4."""
        at = getattr(self.wires if name in RESISTANCES else self, name)
        step = at if name in RESISTANCES else self.along[name]
        near, far = (
            self.value(**{name: at + k * h * step}) - self.value(**{name: at - k * h * step})
            for k in (1, 2)
        )
        return (8.0 * near - far) / (12.0 * h)

    def derivative(self, gradient, name):
        if name in RESISTANCES:
            return getattr(gradient, name) * getattr(self.wires, name)
        return float((getattr(gradient, name) * self.along[name]).sum())


def assert_differences(case, rtol, h=1e-2):
    gradient = case.gradient()
    np.testing.assert_allclose(gradient.value, case.value(), rtol=1e-12)
    np.testing.assert_array_equal(gradient.v[:, case.off["floating_wl"]], 0.0)
    np.testing.assert_array_equal(gradient.v_bl[:, case.off["floating_bl"]], 0.0)
    for name in (*RESISTANCES, "g", "v", "v_bl"):
        got, expected = case.derivative(gradient, name), case.difference(name, h)
        # Of differences, 1e-15 of the sum is rounding.
        atol = 1e-14 / h * abs(gradient.value)
        np.testing.assert_allclose(got, expected, rtol=rtol, atol=atol, err_msg=name)


@every_side
@pytest.mark.parametrize("floating", [False, True], ids=["all connected", "some floating"])
def test_derivatives_are_central_differences_on_every_side(driven, sensed, floating):
    wires = replace(LOSSY, driven=driven, sensed=sensed)
    assert_differences(Case(wires, cells((11, 8)), floating=floating), rtol=1e-7)
    law = Sinh(v0=0.15)
    assert_differences(Case(wires, cells((8, 11)), law, floating=floating), rtol=1e-6, h=5e-3)


@every_law
@pytest.mark.parametrize("shape", [(16, 16), (40, 12), (12, 40), (64, 64)], ids=str)
def test_derivatives_are_central_differences_for_every_law(law, shape):
    case = Case(replace(LOSSY, r_wl=1.0, r_bl=1.0), cells(shape), law, n=1)
    assert_differences(case, rtol=1e-7 if law is None else 1e-6, h=1e-2 if law is None else 3e-3)


@every_law
def test_each_cell_has_its_own_derivative(law):
    case = Case(LOSSY, cells((6, 5)), law)
    got, h = case.gradient().g, 3e-3
    for i, j in np.ndindex(6, 5):
        case.along["g"] = np.zeros((6, 5))
        case.along["g"][i, j] = case.g[i, j]
        expected = case.difference("g", h)
        np.testing.assert_allclose(got[i, j] * case.g[i, j], expected, rtol=1e-6, atol=1e-17)


@pytest.mark.parametrize("law", [Ohmic(), Sinh(v0=0.1)], ids=lambda law: type(law).__name__)
def test_one_cell_in_series_with_its_resistors(law):
    """i = i(g, V - R i): di/dg = (di/dg) / (1 + s R), di/dR = -i s / (1 + s R)."""
    g, v, r = np.array([6e-5]), 0.5, 3.0 + 5.0 + 20.0 + 7.0

    def excess(i):
        return float(law.current(g, np.array([v - r * i]))[0][0]) - i

    i = brentq(excess, 0.0, 1e-2, xtol=1e-20, rtol=1e-15)
    across = np.array([v - r * i])
    s = float(law.current(g, across)[1][0])
    got = LOSSY.gradient([g], [[v]], [[1.0]], cell=law)
    np.testing.assert_allclose(got.value, i, rtol=1e-12)
    by_g = float(law.by_conductance(g, across)[0]) / (1.0 + s * r)
    np.testing.assert_allclose(got.g, by_g, rtol=1e-12)
    np.testing.assert_allclose(got.v, s / (1.0 + s * r), rtol=1e-12)
    np.testing.assert_allclose(got.v_bl, -s / (1.0 + s * r), rtol=1e-12)
    for name in RESISTANCES:
        np.testing.assert_allclose(getattr(got, name), -i * s / (1.0 + s * r), rtol=1e-12)


def test_without_resistance_the_first_drops_are_sums_of_ideal_currents():
    """A segment of r lowers the voltage of all cells behind it by r times their ideal currents."""
    g, rng = cells((7, 6)), np.random.default_rng(2)
    v, w = rng.uniform(0.1, 0.3, (1, 7)), rng.normal(size=(1, 6))
    got = Wires(r_wl=0.0, r_bl=0.0).gradient(g, v, w)
    np.testing.assert_allclose(got.g, v.T * w, rtol=1e-14)
    np.testing.assert_allclose(got.v, w @ g.T, rtol=1e-13)
    current = v.T * g
    by_r_wl = by_r_bl = by_driver = by_sense = 0.0
    for i, j in np.ndindex(7, 6):
        drop = sum((min(j, k) + 1) * current[i, k] for k in range(6))
        rise = sum((7 - max(i, k)) * current[k, j] for k in range(7))
        by_r_wl -= w[0, j] * g[i, j] * drop
        by_r_bl -= w[0, j] * g[i, j] * rise
        by_driver -= w[0, j] * g[i, j] * current[i].sum()
        by_sense -= w[0, j] * g[i, j] * current[:, j].sum()
    expected = [by_r_wl, by_r_bl, by_driver, by_sense]
    np.testing.assert_allclose([getattr(got, r) for r in RESISTANCES], expected, rtol=1e-12)


@every_side
@pytest.mark.parametrize("law", [None, Sinh(v0=0.15)], ids=["ohmic", "sinh"])
def test_conductances_and_resistances_scale_together(driven, sensed, law):
    """With g / a and a r every current is i / a: sum(g dL/dg) - sum(r dL/dr) = L."""
    wires = replace(LOSSY, driven=driven, sensed=sensed)
    case = Case(wires, cells((9, 12)), law, floating=True)
    got = case.gradient()
    scaled = (case.g * got.g).sum() - sum(case.derivative(got, name) for name in RESISTANCES)
    np.testing.assert_allclose(scaled, got.value, rtol=1e-11)


@every_side
def test_a_transposed_read_is_the_transpose(driven, sensed):
    """Reciprocity: inputs and weights change places, and so do their derivatives."""
    wires = replace(LOSSY, driven=driven, sensed=sensed)
    g, rng = cells((9, 12)), np.random.default_rng(3)
    x, y = rng.uniform(0, 0.3, (1, 9)), rng.uniform(0, 0.3, (1, 12))
    ahead = wires.gradient(g, x, y)
    back = wires.gradient(g, np.zeros((1, 9)), v_bl=y, weights_wl=-x)
    for name in ("value", "g", *RESISTANCES):
        expected = getattr(ahead, name)
        np.testing.assert_allclose(getattr(back, name), expected, rtol=1e-10, err_msg=name)
    np.testing.assert_allclose(back.v_bl, ahead.currents, rtol=1e-10)
    np.testing.assert_allclose(back.v, -ahead.drawn, rtol=1e-10)
    np.testing.assert_allclose(ahead.v, -back.drawn, rtol=1e-10)
    np.testing.assert_allclose(ahead.v_bl, back.currents, rtol=1e-10)


@every_law
def test_all_voltages_together_change_nothing(law):
    """The derivatives by all voltages of a read cancel, and so do the currents of all lines."""
    got = Case(LOSSY, cells((9, 12)), law, floating=True).gradient()
    for of_wl, of_bl in ((got.v, got.v_bl), (got.drawn, -got.currents)):
        each = of_wl.sum(axis=1) + of_bl.sum(axis=1)
        np.testing.assert_allclose(each, 0.0, atol=1e-12 * np.abs(of_wl).sum())


@every_side
@pytest.mark.parametrize("law", [None, Sinh(v0=0.15)], ids=["ohmic", "sinh"])
@pytest.mark.parametrize("weak", [False, True], ids=["all", "segments of 0 ohm"])
def test_what_is_pushed_on_and_what_is_pulled_back_agree(driven, sensed, law, weak):
    """<weights, J change> = <J^T weights, change> for a change of everything at once."""
    wires = replace(LOSSY, driven=driven, sensed=sensed)
    wires = replace(wires, r_wl=0.0, r_bl=0.0) if weak else wires
    case, by = Case(wires, cells((9, 12)), law, n=3, floating=True), np.array([0.3, -2.0, 5.0, 1.0])
    point = case.linearised()
    pushed = point.jvp(**case.along, **dict(zip(RESISTANCES, by, strict=True)))
    pulled = point.vjp(case.weights, case.weights_wl)
    ahead = (case.weights * pushed.currents).sum() + (case.weights_wl * pushed.drawn).sum()
    back = sum(case.derivative(pulled, name) for name in case.along)
    back += by @ [getattr(pulled, name) for name in RESISTANCES]
    np.testing.assert_allclose(ahead, back, rtol=1e-10)
    whole = case.gradient()
    for name in ("value", "g", "v", "v_bl", *RESISTANCES):
        np.testing.assert_array_equal(getattr(whole, name), getattr(pulled, name))
    solution = case.currents(accuracy=1e-14)
    np.testing.assert_array_equal(point.currents, solution.currents)
    np.testing.assert_array_equal(point.drawn, solution.drawn)


@pytest.mark.parametrize("side", ["driven", "sensed"])
@pytest.mark.parametrize("end", [0, 1, 2], ids=["one", "other", "both"])
def test_changes_of_resistances_are_differences(side, end):
    kind = (Driven, Sensed)[side == "sensed"]
    case = Case(replace(LOSSY, **{side: list(kind)[end]}), cells((6, 7)), floating=True)
    point, h = case.linearised(), 1e-3
    for name in RESISTANCES:
        pushed, at = point.jvp(**{name: 1.0}), getattr(case.wires, name)
        up, down = (case.currents(**{name: at + one}) for one in (h, -h))
        for got, high, low in ((pushed.currents, up.currents, down.currents),
                               (pushed.drawn, up.drawn, down.drawn)):  # fmt: skip
            bound = 1e-6 * np.abs(got).max()
            np.testing.assert_allclose(got, (high - low) / (2.0 * h), atol=bound)


def test_reads_add_up():
    case = Case(LOSSY, cells((9, 12)), Sinh(v0=0.15), n=3)
    whole, h = case.gradient(), {"cell": case.law, "accuracy": 1e-14}
    each = [
        LOSSY.gradient(
            case.g,
            case.v[k],
            case.weights[k],
            weights_wl=case.weights_wl[k],
            v_bl=case.v_bl[k],
            **h,
        )
        for k in (slice(0, 1), slice(1, 2), slice(2, 3))
    ]
    for name in ("value", "g", *RESISTANCES):
        total = sum(getattr(one, name) for one in each)
        np.testing.assert_allclose(getattr(whole, name), total, rtol=1e-13)
    for name in ("v", "v_bl", "currents", "drawn"):
        joint = np.concatenate([getattr(one, name) for one in each])
        np.testing.assert_array_equal(getattr(whole, name), joint)


@every_side
@pytest.mark.parametrize("shape", [(6, 4), (4, 6)], ids=str)
@pytest.mark.parametrize("given", ["forward", "transposed", "all"])
def test_many_reads_are_those_of_one_after_the_other(driven, sensed, shape, given):
    wires = replace(LOSSY, driven=driven, sensed=sensed)
    case = Case(wires, cells(shape), n=9)
    if given != "all":
        out = ("v_bl", "weights_wl") if given == "forward" else ("v", "weights")
        for name in out:
            getattr(case, name)[:] = 0.0
    few = [slice(k, k + 1) for k in range(9)]
    each = [
        wires.gradient(
            case.g, case.v[k], case.weights[k], weights_wl=case.weights_wl[k], v_bl=case.v_bl[k]
        )
        for k in few
    ]
    point = case.linearised()
    assert point.points is None
    for whole in (case.gradient(), point.vjp(case.weights, case.weights_wl)):
        for name in ("value", "g", *RESISTANCES):
            total = sum(getattr(one, name) for one in each)
            np.testing.assert_allclose(getattr(whole, name), total, rtol=1e-9)
        for name in ("v", "v_bl", "currents", "drawn"):
            joint = np.concatenate([getattr(one, name) for one in each])
            bound = 1e-11 * np.abs(joint).max()
            np.testing.assert_allclose(getattr(whole, name), joint, atol=bound)
    pushed = point.jvp(**case.along, r_wl=1.0)
    back = sum(case.derivative(whole, name) for name in case.along) + whole.r_wl
    ahead = (case.weights * pushed.currents).sum() + (case.weights_wl * pushed.drawn).sum()
    np.testing.assert_allclose(ahead, back, rtol=1e-9)


@pytest.mark.parametrize("shape", [(12, 9), (9, 12)], ids=str)
@pytest.mark.parametrize("law", [None, TransistorSelector(i_sat=2e-4)], ids=["ohmic", "transistor"])
def test_pairs_and_a_reference_column(shape, law):
    """Outputs of pairs of bit lines, and of bit lines less a share of the last one.

    The loss is a square of the outputs, so weights are its derivatives by the currents.
    """
    rows, cols = shape
    rng, g = np.random.default_rng(4), cells((rows, 2 * cols + 1))
    pairs = np.kron(np.eye(cols), [[1.0], [-1.0]])
    pairs = np.vstack([pairs, np.zeros(cols)])
    offset = np.vstack([np.eye(2 * cols), -np.ones(2 * cols)])
    for combined in (pairs, offset):
        case = Case(LOSSY, g, law, n=1)
        wanted = rng.normal(size=(1, combined.shape[1])) * 1e-6

        def loss(combined=combined, wanted=wanted, case=case, **moved):
            return 0.5 * (((case.currents(**moved).currents @ combined - wanted) * 1e5) ** 2).sum()

        currents = case.currents().currents
        case.weights = (currents @ combined - wanted) @ combined.T * 1e10
        case.weights_wl[:] = 0.0
        got = case.gradient()
        case.value = loss
        for name in (*RESISTANCES, "g", "v"):
            expected = case.difference(name, 1e-3)
            np.testing.assert_allclose(case.derivative(got, name), expected, rtol=1e-6)


def test_lines_without_any_path_follow_their_cells():
    """A first conductance takes a floating line to the voltage of its neighbour: no current."""
    g = cells((4, 3))
    g[1] = 0.0
    off = {"floating_wl": np.arange(4) == 1}
    v = np.array([[0.2, 0.0, 0.1, 0.3]])
    got = LOSSY.gradient(g, v, np.ones((1, 3)), weights_wl=np.ones((1, 4)), **off)
    np.testing.assert_array_equal(got.g[1], 0.0)
    assert (got.g[[0, 2, 3]] != 0.0).all()
    touched = g.copy()
    touched[1, 2] = 1e-9
    np.testing.assert_allclose(
        LOSSY.solve(touched, v, **off).currents, LOSSY.solve(g, v, **off).currents, rtol=1e-12
    )


def test_what_has_no_derivative_is_refused():
    both = Wires(r_wl=0.0, r_bl=1.0, driven=Driven.BOTH)
    one = np.ones((1, 1))
    with pytest.raises(ConfigError, match=r"Wires\.gradient: Wires\.driven: .* one side makes"):
        both.gradient(1e-5 * one, one, one)

    class Plain:
        def current(self, g, v):
            return g * v, g + 0.0 * v

    with pytest.raises(ConfigError, match=r"Wires\.linearise\.cell: .* DifferentiableLaw"):
        LOSSY.linearise(1e-5 * one, one, cell=Plain())
    with pytest.raises(ShapeError, match=r"Wires\.gradient\.weights: .* \(n, 1\)"):
        LOSSY.gradient(1e-5 * one, one, np.ones((1, 2)))
    with pytest.raises(ShapeError, match=r"Linearised\.vjp\.weights_wl: expected 1 reads"):
        LOSSY.linearise(1e-5 * one, one).vjp(weights_wl=np.ones((2, 1)))
    with pytest.raises(ShapeError, match=r"Linearised\.jvp\.g: expected shape \(1, 1\)"):
        LOSSY.linearise(1e-5 * one, one).jvp(g=np.ones((2, 2)))
    with pytest.raises(ConfigError, match=r"Linearised\.jvp\.g: expected finite"):
        LOSSY.linearise(1e-5 * one, one).jvp(g=one * np.inf)
