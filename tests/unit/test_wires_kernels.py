"""The compiled loops of the wires against plain NumPy twins."""

import numpy as np
import pytest

from crossbar.kernels.ladders import Ladder, Solution, solve_lines
from crossbar.kernels.lines import reaches, segment_products, shares
from crossbar.kernels.meshes import BitLines, Eliminated, eliminate, invert


def laplacian(count, segment, near, far):
    """Conductances between the nodes of a line, its near end first."""
    y = np.diag(np.r_[near, np.zeros(count - 1)]) + np.diag(np.r_[np.zeros(count - 1), far])
    for k in range(count - 1):
        y[k : k + 2, k : k + 2] += np.array([[1.0, -1.0], [-1.0, 1.0]]) / segment
    return y


def dense_drops(g, h, word, word_near, word_far, bit, bit_near, bit_far):
    """Twin of solve_lines: both equations as one dense system."""
    rows, cols = g.shape
    a = np.zeros((2, rows, cols, 2, rows, cols))
    for i in range(rows):
        a[0, i, :, 0, i, :] += laplacian(cols, word, word_near[i], word_far[i])
    for j in range(cols):
        a[1, ::-1, j, 1, ::-1, j] += laplacian(rows, bit, bit_near[j], bit_far[j])
    for i in range(rows):
        for j in range(cols):
            a[:, i, j, :, i, j] += g[i, j]
    size = 2 * rows * cols
    both = np.r_[h.ravel(), h.ravel()]
    return np.linalg.solve(a.reshape(size, size), both).reshape(2, rows, cols)


@pytest.mark.parametrize("shape", [(5, 4), (17, 3), (3, 35), (1, 6), (6, 1)], ids=str)
def test_drops_of_an_array_equal_those_of_the_dense_system(shape):
    rng = np.random.default_rng(1)
    g, h = rng.uniform(1e-4, 1e-2, shape), rng.uniform(-1e-3, 1e-3, shape)
    ends = [rng.uniform(0.0, 1.0, n) for n in (shape[0], shape[0], shape[1], shape[1])]
    ends[0][0] = 0.0  # driven from the far end
    lines = (3.0, *ends[:2], 7.0, *ends[2:])
    d, e = np.empty(shape), rng.uniform(-1.0, 1.0, shape)  # any start will do
    sensed, drawn = np.empty(shape[1]), np.empty(shape[0])
    word, bit = Ladder(*lines[:3]), Ladder(*lines[3:])
    written = Solution(d, e, sensed, drawn)
    count, error, allowed = solve_lines(g, h, word, bit, 1e-13, 500, written)
    expected = dense_drops(g, h, *lines)
    assert count > 1
    assert error <= allowed
    np.testing.assert_allclose(np.array([d, e]), expected, atol=1e-11 * np.abs(expected).max())
    current = h - g * expected.sum(axis=0)
    np.testing.assert_allclose(sensed, current.sum(axis=0), atol=1e-12 * np.abs(sensed).max())
    np.testing.assert_allclose(drawn, current.sum(axis=1), atol=1e-12 * np.abs(sensed).max())


@pytest.mark.parametrize("shape", [(5, 4), (1, 6), (6, 1)], ids=str)
def test_products_of_currents_in_all_segments(shape):
    rng = np.random.default_rng(3)
    cells, adjoint = rng.normal(size=(2, *shape))
    word, bit = rng.normal(size=(2, shape[0])), rng.normal(size=(2, shape[1]))
    both = (cells, adjoint)
    words = [word[k][:, None] - np.cumsum(both[k], axis=1)[:, :-1] for k in (0, 1)]
    bits = [bit[k] - np.cumsum(both[k][:0:-1], axis=0) for k in (0, 1)]
    got = segment_products(cells, adjoint, tuple(word), tuple(bit))
    expected = [(one * other).sum() for one, other in (words, bits)]
    np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 63, 80, 81, 127, 200, 245])
def test_inverse_of_an_m_matrix(size):
    rng = np.random.default_rng(2)
    a = -rng.uniform(0.0, 1e-3, (size, size))
    a = a + a.T
    np.fill_diagonal(a, 0.0)
    np.fill_diagonal(a, 1.0 - 1.5 * a.sum(axis=1))
    inverse, pivot = invert(np.tril(a))
    np.testing.assert_allclose(inverse, np.linalg.inv(a), rtol=1e-12, atol=1e-15)
    assert 1.0 <= pivot <= a.diagonal().max()
    assert (inverse >= 0.0).all()


@pytest.mark.parametrize("far", [0.0, 0.2])
def test_elimination_equals_the_dense_schur_complement(far):
    """The bit lines are given as meshes, so the twin joins word-line nodes by the same meshes."""
    rng = np.random.default_rng(3)
    cols, rows, segment, ends = 4, 6, 3.0, 8.0
    g, weight, fall, passed = (rng.uniform(0.1, 0.9, (cols, rows)) for _ in range(4))
    extra = rows if far > 0.0 else 0
    outputs = extra + cols
    transfer, mesh = np.zeros((outputs, rows)), np.zeros((rows, rows))
    joined = np.zeros((outputs, outputs))
    written = Eliminated(transfer, mesh, joined)
    eliminate(BitLines(g, weight, fall, passed), segment, ends, far, True, written)

    count = rows + outputs + rows * cols  # sources, outputs, nodes by bit line
    y = np.zeros((count, count))

    def resistor(a: int, b: int, siemens: float) -> None:
        y[[a, b], [a, b]] += siemens
        y[[a, b], [b, a]] -= siemens

    node = rows + outputs + np.arange(rows * cols).reshape(cols, rows)
    for i in range(rows):
        resistor(i, node[0, i], 1.0 / ends)
        for j in range(1, cols):
            resistor(node[j - 1, i], node[j, i], 1.0 / segment)
        if extra:
            resistor(node[-1, i], rows + i, far)
    for j in range(cols):
        for k in range(rows):
            resistor(node[j, k], rows + outputs - 1 - j, passed[j, k])
            for i in range(k):
                joint = weight[j, k] * np.prod(fall[j, i:k]) * g[j, i]
                resistor(node[j, i], node[j, k], joint)
    outer, inner = slice(rows + outputs), slice(rows + outputs, None)
    schur = y[outer, outer] - y[outer, inner] @ np.linalg.solve(y[inner, inner], y[inner, outer])
    np.testing.assert_allclose(transfer.T, -schur[:rows, rows:], rtol=1e-11)
    lower = np.tril_indices(rows, -1)
    np.testing.assert_allclose(mesh[lower], -schur[:rows, :rows][lower], rtol=1e-11)
    lower = np.tril_indices(outputs, -1)
    between = -schur[rows:, rows:][lower]
    np.testing.assert_allclose(joined[lower], between, rtol=1e-11, atol=1e-15)


@pytest.mark.parametrize("near", [0.0, 0.4, np.inf])
def test_lines_that_stand_alone_equal_dense_solutions(near):
    rng = np.random.default_rng(4)
    g, r, far = rng.uniform(0.0, 0.3, (7, 3)), 3.0, 0.2
    g[2, 1] = 0.0
    share, reach = shares(g, r, near, far), reaches(g, r, near, far)
    if near == np.inf:  # an ideal line
        assert (share == 0.0).all()
        assert (reach == 1.0).all()
        return
    ends = np.r_[near, np.zeros(5), far]
    for j in range(3):
        inverse = np.linalg.inv(laplacian(7, r, near, far) + np.diag(g[:, j]))
        np.testing.assert_allclose(share[:, j], g[:, j] * np.diag(inverse), rtol=1e-12)
        np.testing.assert_allclose(reach[:, j], inverse @ ends, rtol=1e-12)
