"""Line resistance against an independent tableau of the circuit, element by element.

The tableau keeps driver, segments and sense node apart, and has the current of each of them as an
unknown (``v_a - v_b - r i = 0``), so that a resistance of zero is no special case.
"""

import numpy as np
import pytest

from crossbar.wires import Wires

GROUND = ("ground",)
SHAPES = [(12, 10), (10, 12), (1, 8), (8, 1), (1, 1)]
RESISTANCES = {
    "all": (3.0, 5.0, 200.0, 70.0),
    "word line": (3.0, 0.0, 0.0, 0.0),
    "bit line": (0.0, 5.0, 0.0, 0.0),
    "driver": (0.0, 0.0, 200.0, 0.0),
    "sense": (0.0, 0.0, 0.0, 200.0),
    "lines": (3.0, 5.0, 0.0, 0.0),
    "ends": (0.0, 0.0, 200.0, 70.0),
    "word line and sense": (3.0, 0.0, 0.0, 70.0),
    "bit line and driver": (0.0, 5.0, 200.0, 0.0),
    "strong": (1e4, 3e4, 1e5, 2e5),
    "weak": (1e-3, 1e-3, 1e-2, 1e-2),
}


def elements(g, r_wl, r_bl, r_driver, r_sense):
    """List (node, node, resistance) of every line element, the terminals at (name, index)."""
    rows, cols = g.shape
    for i in range(rows):
        yield ("left", i), ("driven", i), r_driver
        yield ("driven", i), ("w", i, 0), r_wl
        for j in range(1, cols):
            yield ("w", i, j - 1), ("w", i, j), r_wl
    for j in range(cols):
        for i in range(1, rows):
            yield ("b", i - 1, j), ("b", i, j), r_bl
        yield ("b", rows - 1, j), ("sensed", j), r_bl
        yield ("sensed", j), ("bottom", j), r_sense


def tableau(g, resistances):
    """Return the admittances of all terminals, those of the word lines first: currents drawn."""
    rows, cols = g.shape
    lines = list(elements(g, *resistances))
    terminals = [("left", i) for i in range(rows)] + [("bottom", j) for j in range(cols)]
    names = {n for a, b, _ in lines for n in (a, b)} - set(terminals)
    at = {n: k for k, n in enumerate(sorted(names, key=str))}
    size = len(at) + len(lines)
    matrix, right = np.zeros((size, size)), np.zeros((size, len(terminals)))
    for k, (a, b, r) in enumerate(lines, start=len(at)):
        matrix[k, k] = -r
        for node, sign in ((a, 1.0), (b, -1.0)):
            if node in at:
                matrix[k, at[node]] = sign
                matrix[at[node], k] = sign
            else:
                right[k, terminals.index(node)] = -sign
    for i in range(rows):
        for j in range(cols):
            w, b = at["w", i, j], at["b", i, j]
            for node, other in ((w, b), (b, w)):
                matrix[node, node] += g[i, j]
                matrix[node, other] -= g[i, j]
    x = np.linalg.solve(matrix, right)
    current = {
        a if a in terminals else b: (k, a in terminals)
        for k, (a, b, _) in enumerate(lines, start=len(at))
        if a in terminals or b in terminals
    }
    return np.array([x[k] if out else -x[k] for k, out in (current[t] for t in terminals)])


@pytest.fixture(params=SHAPES, ids=str)
def g(request):
    rng = np.random.default_rng(56)
    return 10.0 ** rng.uniform(-6.0, -4.0, request.param)


@pytest.fixture(params=RESISTANCES.values(), ids=RESISTANCES.keys())
def resistances(request):
    return request.param


def test_terminals_agree_with_the_tableau(g, resistances):
    rows = len(g)
    r_wl, r_bl, r_driver, r_sense = resistances
    wires = Wires(r_wl=r_wl, r_bl=r_bl, r_driver=r_driver, r_sense=r_sense)
    y = tableau(g, resistances)
    # rtol for the elimination; atol for the rounding of the tableau, relative to its largest entry.
    bound = {"rtol": 1e-10, "atol": 1e-12 * abs(y).max()}
    solution = wires.solve(g, np.eye(rows))
    np.testing.assert_allclose(wires.operator(g), -y[:rows, rows:], **bound)
    np.testing.assert_allclose(solution.currents, -y[:rows, rows:], **bound)
    np.testing.assert_allclose(wires.input_admittance(g), y[:rows, :rows], **bound)
    np.testing.assert_allclose(solution.power, np.diag(y)[:rows], **bound)


def test_transposed_read_is_the_transpose(g, resistances):
    """Drive the bit lines from their ends, sense at the word lines: reciprocity."""
    rows = len(g)
    r_wl, r_bl, r_driver, r_sense = resistances
    wires = Wires(r_wl=r_wl, r_bl=r_bl, r_driver=r_driver, r_sense=r_sense)
    y = tableau(g, resistances)
    bound = {"rtol": 1e-10, "atol": 1e-12 * abs(y).max()}
    np.testing.assert_allclose(wires.operator(g).T, -y[rows:, :rows], **bound)
    np.testing.assert_allclose(wires.output_admittance(g), y[rows:, rows:], **bound)


@pytest.mark.parametrize("shape", [(64, 64), (90, 30), (30, 90)], ids=str)
def test_elimination_agrees_with_conjugate_gradients(shape):
    g = 10.0 ** np.random.default_rng(78).uniform(-6.0, -4.0, shape)
    wires = Wires(r_wl=2.0, r_bl=3.0, r_driver=100.0, r_sense=50.0)
    solution = wires.solve(g, np.eye(shape[0]))
    # Currents far from the source are 1e-3 of the largest, of which the solver is asked 1e-12.
    np.testing.assert_allclose(wires.operator(g), solution.currents, rtol=1e-10)
    np.testing.assert_allclose(np.diag(wires.input_admittance(g)), solution.power, rtol=1e-10)
