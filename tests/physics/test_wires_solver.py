"""Reads of arrays with line resistance against sparse LU of all their nodes.

The oracle lists every resistor between named nodes. Nodes joined by 0 ohm become one, terminals
without a source are left out of the known voltages, and nodes that no path joins to a known one
are left out altogether.
"""

import numpy as np
import pytest
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

from crossbar.errors import ConfigError, ConvergenceError, ShapeError
from crossbar.wires import Driven, Sensed, Wires

SHAPES = [(12, 10), (10, 12), (33, 18), (1, 8), (8, 1), (1, 1)]
SIDES = [(d, s) for d in Driven for s in Sensed]
RESISTANCES = {
    "all": (3.0, 5.0, 200.0, 70.0),
    "word line": (3.0, 0.0, 0.0, 0.0),
    "bit line": (0.0, 5.0, 0.0, 0.0),
    "driver": (0.0, 0.0, 200.0, 0.0),
    "sense": (0.0, 0.0, 0.0, 200.0),
    "no driver": (3.0, 5.0, 0.0, 70.0),
    "no sense": (3.0, 5.0, 200.0, 0.0),
    "none": (0.0, 0.0, 0.0, 0.0),
    "strong": (1e4, 3e4, 1e5, 2e5),
    "weak": (1e-3, 1e-3, 1e-2, 1e-2),
}
every_side = pytest.mark.parametrize(
    ("driven", "sensed"), SIDES, ids=[f"{d.value}-{s.value}" for d, s in SIDES]
)


def cells(shape, low=-6.0, high=-4.0, seed=5):
    return 10.0 ** np.random.default_rng(seed).uniform(low, high, shape)


def volts(n, lines, seed=6):
    return np.random.default_rng(seed).uniform(-0.2, 0.2, (n, lines))


def lu(wires, g, v, v_bl=None, floating_wl=None, floating_bl=None):
    """Currents into the bit-line terminals and out of the word-line terminals, by sparse LU."""
    rows, cols = g.shape
    v_bl = np.zeros((len(v), cols)) if v_bl is None else v_bl
    floating_wl = np.zeros(rows, bool) if floating_wl is None else floating_wl
    floating_bl = np.zeros(cols, bool) if floating_bl is None else floating_bl
    w = np.arange(g.size).reshape(rows, cols)
    b = w + g.size
    source = 2 * g.size + np.arange(rows)
    sense = 2 * g.size + rows + np.arange(cols)
    resistors = [(w[:, :-1], w[:, 1:], wires.r_wl), (b[:-1], b[1:], wires.r_bl)]
    to_source, to_sense = wires.r_wl + wires.r_driver, wires.r_bl + wires.r_sense
    on, read = ~floating_wl, ~floating_bl
    if wires.driven is not Driven.RIGHT:
        resistors.append((source[on], w[on, 0], to_source))
    if wires.driven is not Driven.LEFT:
        resistors.append((source[on], w[on, -1], to_source))
    if wires.sensed is not Sensed.TOP:
        resistors.append((b[-1, read], sense[read], to_sense))
    if wires.sensed is not Sensed.BOTTOM:
        resistors.append((b[0, read], sense[read], to_sense))
    joined = [(p.ravel(), q.ravel()) for p, q, r in resistors if r == 0.0]
    count = 2 * g.size + rows + cols
    p = np.concatenate([np.empty(0, int), *(x for x, _ in joined)])
    q = np.concatenate([np.empty(0, int), *(y for _, y in joined)])
    node = connected_components(coo_array((np.ones(len(p)), (p, q)), (count, count)), False)[1]
    parts = [(p, q, np.full(p.shape, 1 / r)) for p, q, r in resistors if r > 0.0]
    parts.append((w, b, g))
    p, q, s = (np.concatenate([x[k].ravel() for x in parts]) for k in range(3))
    p, q = node[p[s > 0]], node[q[s > 0]]
    s, size = s[s > 0], node.max() + 1
    at = (np.concatenate([p, q, p, q]), np.concatenate([p, q, q, p]))
    y = coo_array((np.concatenate([s, s, -s, -s]), at), (size, size)).tocsr()
    known = node[np.concatenate([source[on], sense[read]])]
    x = np.zeros((size, len(v)))
    x[known] = np.concatenate([v[:, on], v_bl[:, read]], axis=1).T
    part = connected_components(y, directed=False)[1]
    inner = np.setdiff1d(np.flatnonzero(np.isin(part, part[known])), known)
    if inner.size:
        x[inner] = splu(y[inner][:, inner].tocsc()).solve(-(y[inner][:, known] @ x[known]))
    cell = (x[node[w]] - x[node[b]]).transpose(2, 0, 1) * g
    return cell.sum(axis=1), cell.sum(axis=2), x[node[w]].transpose(2, 0, 1)


def within(expected, rtol=1e-10):
    """Relative to the largest current: the oracle rounds relative to its largest voltage."""
    return {"rtol": 0.0, "atol": rtol * np.abs(expected).max()}


@every_side
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("resistances", RESISTANCES.values(), ids=RESISTANCES.keys())
def test_sides_agree_with_sparse_lu(driven, sensed, shape, resistances):
    names = ("r_wl", "r_bl", "r_driver", "r_sense")
    wires = Wires(**dict(zip(names, resistances, strict=True)), driven=driven, sensed=sensed)
    g, v = cells(shape), volts(2, shape[0])
    into, out, v_wl = lu(wires, g, v)
    # Weak wires conduct 1e9 times what the cells do, and LU loses digits in proportion.
    solution = wires.solve(g, v)
    np.testing.assert_allclose(solution.currents, into, **within(into))
    np.testing.assert_allclose(solution.drawn, out, **within(out))
    np.testing.assert_allclose(solution.v_wl, v_wl, **within(v_wl))
    fed = (v * out).sum(axis=1)
    np.testing.assert_allclose(solution.power, fed, **within(fed))
    reduced = wires.reduce(g)
    np.testing.assert_allclose(v @ reduced.transfer, into, **within(into))
    np.testing.assert_allclose(v @ reduced.forward, out, **within(out))
    # What the two exact methods have in common is only the array.
    np.testing.assert_allclose(
        v @ wires.operator(g), solution.currents, **within(solution.currents, 1e-11)
    )
    bit = volts(2, shape[1], seed=9)
    held, drawn, _ = lu(wires, g, np.zeros_like(v), v_bl=bit)
    np.testing.assert_allclose(bit @ reduced.back, -held, **within(held))
    np.testing.assert_allclose(bit @ reduced.transfer.T, -drawn, **within(drawn))


@every_side
@pytest.mark.parametrize("field", ["r_wl", "r_bl", "r_driver", "r_sense"])
def test_every_resistance_acts_on_its_own_side(driven, sensed, field):
    """200 ohm in one place only, on an array that is not square (12 x 10)."""
    g, v = cells((12, 10)), volts(3, 12)
    wires = Wires(**({"r_wl": 0.0, "r_bl": 0.0} | {field: 200.0}), driven=driven, sensed=sensed)
    into = lu(wires, g, v)[0]
    np.testing.assert_allclose(v @ wires.operator(g), into, **within(into))
    np.testing.assert_allclose(wires.solve(g, v).currents, into, **within(into))


def test_the_other_sides_are_mirror_images():
    g = cells((9, 7))
    left = Wires(r_wl=3.0, r_bl=5.0, r_driver=20.0, r_sense=7.0)
    right = Wires(r_wl=3.0, r_bl=5.0, r_driver=20.0, r_sense=7.0, driven=Driven.RIGHT)
    top = Wires(r_wl=3.0, r_bl=5.0, r_driver=20.0, r_sense=7.0, sensed=Sensed.TOP)
    # The same sums in another order.
    expected = left.operator(g)
    np.testing.assert_allclose(right.operator(g[:, ::-1])[:, ::-1], expected, rtol=1e-13)
    np.testing.assert_allclose(top.operator(g[::-1])[::-1], expected, rtol=1e-13)


def test_driving_both_ends_halves_a_uniform_line_at_its_middle():
    """By symmetry no current crosses the middle of the line, so it may be cut there."""
    ends = {"r_wl": 40.0, "r_bl": 0.0, "r_driver": 100.0}
    both = Wires(**ends, driven=Driven.BOTH).operator(np.full((1, 20), 1e-4))
    half = Wires(**ends).operator(np.full((1, 10), 1e-4))
    np.testing.assert_allclose(both[0, :10], half[0], rtol=1e-13)
    np.testing.assert_allclose(both[0, 10:], half[0, ::-1], rtol=1e-13)


REGIMES = {
    "weak": (1e-2, -6.0, -4.0),
    "typical": (1.0, -6.0, -4.0),
    "thin": (20.0, -6.0, -4.0),
    "strong": (1e3, -6.0, -3.0),
    "wide range": (5.0, -9.0, -2.0),
}


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES.keys())
@pytest.mark.parametrize("accuracy", [1e-6, 1e-9, 1e-12])
def test_accuracy_is_kept_and_bounded(regime, accuracy):
    r, low, high = regime
    g, v = cells((40, 56), low, high), volts(2, 40)
    g[3] = 1e-2  # stuck on: nearly a short circuit
    g[:, 7] = 0.0
    g[20] = 0.0
    v[1] = 0.0
    v[1, 30] = 0.2  # one word line read alone
    wires = Wires(r_wl=r, r_bl=r, r_driver=10.0 * r)
    got = wires.solve(g, v, accuracy=accuracy)
    expected = v @ wires.operator(g)  # exact in all regimes, where sparse LU loses digits
    worst = np.abs(expected).max(axis=1)
    rounding = 1e-12 * worst  # 1e-14 of each of 56 currents, and the sums of the operator
    off = np.abs(got.currents - expected).sum(axis=1)
    assert (off <= accuracy * worst + rounding).all()
    assert (off <= got.error + rounding).all()
    assert (got.currents[:, 7] == 0.0).all()


def test_large_arrays_agree_with_sparse_lu():
    g = cells((64, 130))
    wires = Wires(r_wl=2.0, r_bl=3.0, r_driver=100.0, r_sense=50.0)
    expected = lu(wires, g, np.eye(64))[0]
    # Currents far from the source are 1e-3 of the largest: rounding of the node voltages.
    np.testing.assert_allclose(wires.operator(g), expected, rtol=1e-10)
    np.testing.assert_allclose(wires.solve(g, np.eye(64)).currents, expected, rtol=1e-10)


def test_no_convergence_names_the_residual(monkeypatch):
    monkeypatch.setattr("crossbar.wires.mesh.ITERATIONS", 3)
    wires = Wires(r_wl=100.0, r_bl=100.0)
    got = r"expected currents exact to .* A, got a residual of .* A after 3 iterations\. Lower"
    with pytest.raises(ConvergenceError, match=rf"Wires\.solve: {got}"):
        wires.solve(cells((40, 40)), volts(1, 40))


@every_side
@pytest.mark.parametrize("shape", [(12, 10), (9, 21)], ids=str)
@pytest.mark.parametrize("resistances", ["all", "word line", "driver", "none", "no sense"])
def test_floating_lines_agree_with_sparse_lu(driven, sensed, shape, resistances):
    names = ("r_wl", "r_bl", "r_driver", "r_sense")
    ohms = dict(zip(names, RESISTANCES[resistances], strict=True))
    wires = Wires(**ohms, driven=driven, sensed=sensed)
    rng = np.random.default_rng(8)
    g = cells(shape) * (rng.random(shape) < 0.8)
    floating_wl, floating_bl = rng.random(shape[0]) < 0.5, rng.random(shape[1]) < 0.5
    v = np.where(floating_wl, 0.0, volts(2, shape[0]))
    v_bl = np.where(floating_bl, 0.0, volts(2, shape[1], seed=7))
    floating = {"floating_wl": floating_wl, "floating_bl": floating_bl}
    into, out, v_wl = lu(wires, g, v, v_bl, **floating)
    solution = wires.solve(g, v, v_bl=v_bl, **floating)
    read, drawn = np.where(floating_bl, 0.0, into), np.where(floating_wl, 0.0, out)
    np.testing.assert_allclose(solution.currents, read, **within(read))
    np.testing.assert_allclose(solution.drawn, drawn, **within(drawn))
    np.testing.assert_allclose(solution.v_wl, v_wl, **within(v_wl))
    fed = (v * out).sum(axis=1) - (np.where(floating_bl, 0.0, v_bl) * into).sum(axis=1)
    np.testing.assert_allclose(solution.power, fed, **within(fed))


def test_sneak_path_of_two_by_two_cells():
    """Three cells in series stand beside the selected one."""
    g = np.array([[2e-6, 50e-6], [80e-6, 20e-6]])
    solution = Wires(r_wl=0.0, r_bl=0.0).solve(
        g, [[0.5, 0.0]], floating_wl=np.array([False, True]), floating_bl=np.array([False, True])
    )
    sneak = 1.0 / (1.0 / g[0, 1] + 1.0 / g[1, 1] + 1.0 / g[1, 0])
    np.testing.assert_allclose(solution.currents[0], [0.5 * (g[0, 0] + sneak), 0.0], rtol=1e-11)
    np.testing.assert_allclose(solution.power, 0.25 * (g[0, 0] + sneak), rtol=1e-11)


def test_half_voltage_scheme_with_ideal_wires():
    """The selected cell sees V, those on its lines V / 2, all others nothing."""
    g = cells((6, 5))
    v, v_bl = np.full((1, 6), 0.5), np.full((1, 5), 0.5)
    v[0, 2], v_bl[0, 3] = 1.0, 0.0
    solution = Wires(r_wl=0.0, r_bl=0.0).solve(g, v, v_bl=v_bl)
    seen = v.T - v_bl
    np.testing.assert_allclose(solution.currents[0], (g * seen).sum(axis=0), rtol=1e-14, atol=1e-21)
    np.testing.assert_allclose(solution.power, (g * seen**2).sum(), rtol=1e-12)


def test_lines_without_any_path_are_at_zero():
    g = cells((5, 6))
    g[1] = g[:, 2] = 0.0  # word line 1 and bit line 2 touch nothing
    g[3], g[:, 4] = 0.0, 0.0
    g[3, 4] = 1e-5  # an island of one word line and one bit line
    floating_wl, floating_bl = np.zeros(5, bool), np.zeros(6, bool)
    floating_wl[[1, 3]], floating_bl[[2, 4]] = True, True
    v = np.where(floating_wl, 0.0, 0.2)[None]
    wires = Wires(r_wl=1.0, r_bl=1.0)
    solution = wires.solve(g, v, floating_wl=floating_wl, floating_bl=floating_bl)
    assert np.isfinite(solution.v_wl).all()
    assert np.isfinite(solution.v_bl).all()
    assert (solution.v_wl[0, [1, 3]] == 0.0).all()
    assert (solution.v_bl[0, :, [2, 4]] == 0.0).all()
    np.testing.assert_allclose(solution.currents, wires.solve(g, v).currents, rtol=1e-13)


def test_an_array_without_any_source_carries_nothing():
    floating = {"floating_wl": np.ones(3, bool), "floating_bl": np.ones(4, bool)}
    solution = Wires(r_wl=1.0, r_bl=1.0).solve(cells((3, 4)), np.zeros((1, 3)), **floating)
    for name in ("currents", "drawn", "v_wl", "v_bl", "power"):
        assert (getattr(solution, name) == 0.0).all()


def test_arguments_are_checked():
    wires, g, v = Wires(r_wl=1.0, r_bl=1.0), cells((3, 2)), volts(2, 3)
    with pytest.raises(ShapeError, match=r"Wires\.solve\.v_bl: expected shape \(n, 2\)"):
        wires.solve(g, v, v_bl=np.zeros((2, 3)))
    with pytest.raises(ShapeError, match=r"Wires\.solve\.v_bl: expected 2 reads"):
        wires.solve(g, v, v_bl=np.zeros((1, 2)))
    with pytest.raises(ShapeError, match=r"floating_wl: expected booleans of shape \(3,\)"):
        wires.solve(g, v, floating_wl=[0, 1, 0])
    with pytest.raises(ConfigError, match=r"Wires\.solve\.v: expected 0 V on floating lines"):
        wires.solve(g, v, floating_wl=np.array([True, False, False]))
    with pytest.raises(ConfigError, match=r"Wires\.solve\.accuracy: expected a number in"):
        wires.solve(g, v, accuracy=0.0)
    for field in ("driven", "sensed"):
        with pytest.raises(ConfigError, match=rf"Wires\.{field}: expected a member of"):
            Wires(r_wl=1.0, r_bl=1.0, **{field: "both"})
