"""Arrays with line resistance against nodal analysis of their physical layout.

Columns of a pair lie side by side, plus before minus; the reference column is the last one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from crossbar.array import Array
from crossbar.devices import PRESETS
from crossbar.layout import Layout
from crossbar.mapping import DifferentialPair, Mapping, Offset
from crossbar.noise import Reading
from crossbar.wires import Wires

QUIET = Reading(temperature=0.0)
LOSSY = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=170.0)
ROWS, COLS = 6, 5
LAYOUTS = [(1, None), (3, None), (1, (4, 2))]
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0)]


def test_every_mapping_has_a_case():
    assert {type(m) for m in MAPPINGS} == set(Mapping.__subclasses__())


def build(
    mapping: Mapping, copies: int, size: tuple[int, int] | None, wires: Wires | None
) -> Array:
    layout = Layout(rows=ROWS, cols=COLS, copies=copies, size=size)
    array = Array.fabricate(
        replace(PRESETS["reram"].device, sigma_read=0.0),
        mapping,
        layout,
        QUIET,
        wires,
        rng=np.random.default_rng(1),
        dtype=np.float64,
    )
    weights = np.random.default_rng(2).uniform(-1.0, 1.0, (ROWS, COLS))
    array.program(weights, rng=np.random.default_rng(3))
    return array


def physical(array: Array) -> list[tuple[slice, slice, np.ndarray, np.ndarray]]:
    """Word lines, columns, cells and the sign of every bit line for each column, by array."""
    layout, found = array.layout, []
    height, width = layout.size or (layout.rows, layout.cols)
    for top in range(0, layout.copies * layout.rows, height):
        for k, left in enumerate(range(0, layout.cols, width)):
            rows, cols = slice(top, top + height), slice(left, min(left + width, layout.cols))
            lines, owners = [], []
            for j in range(cols.start, cols.stop):
                for sign, cells in zip(array.mapping.signs, array.cells, strict=True):
                    lines.append(cells.g[rows, j])
                    owners.append((j - left, sign))
            fold = np.zeros((cols.stop - left, len(lines) + len(array.reference)))
            for b, (j, sign) in enumerate(owners):
                fold[j, b] = sign
            for cells in array.reference:
                lines.append(cells.g[rows, k])
                fold[:, len(lines) - 1] = -1.0
            found.append((rows, cols, np.stack(lines, axis=1), fold))
    return found


def terminals(wires: Wires, g: np.ndarray, v_wl: np.ndarray, v_bl: np.ndarray):
    """Currents into an array from its word- and its bit-line terminals, by dense nodal analysis."""
    rows, cols = g.shape
    count = 2 * g.size + rows + cols
    y = np.zeros((count, count))

    def resistor(a: int, b: int, siemens: float) -> None:
        y[[a, b], [a, b]] += siemens
        y[[a, b], [b, a]] -= siemens

    wl = np.arange(g.size).reshape(rows, cols)
    bl = wl + g.size
    for i in range(rows):
        resistor(2 * g.size + i, wl[i, 0], 1.0 / (wires.r_driver + wires.r_wl))
        for j in range(cols):
            resistor(wl[i, j], bl[i, j], g[i, j])
            if j:
                resistor(wl[i, j - 1], wl[i, j], 1.0 / wires.r_wl)
            if i:
                resistor(bl[i - 1, j], bl[i, j], 1.0 / wires.r_bl)
    for j in range(cols):
        resistor(bl[-1, j], 2 * g.size + rows + j, 1.0 / (wires.r_bl + wires.r_sense))
    inner, volts = slice(2 * g.size), np.concatenate([v_wl, v_bl])
    outer = slice(2 * g.size, None)
    inside = np.linalg.solve(y[inner, inner], -y[inner, outer] @ volts)
    currents = y[outer, inner] @ inside + y[outer, outer] @ volts
    return currents[:rows], currents[rows:]


def voltages(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).uniform(-0.2, 0.2, shape)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_forward_read_equals_nodal_analysis(mapping, copies, size):
    array = build(mapping, copies, size, LOSSY)
    v = voltages(2, copies, ROWS)
    lines = v.reshape(2, -1)
    expected, power = np.zeros((2, copies, COLS)), 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        for n in range(2):
            into, out = terminals(LOSSY, g, lines[n, rows], np.zeros(g.shape[1]))
            expected[n, copy, cols] += fold @ -out
            power += lines[n, rows] @ into
            solved = LOSSY.solve(g, lines[n : n + 1, rows])
            np.testing.assert_allclose(solved.power, lines[n, rows] @ into, rtol=1e-9)
    got = array.currents(v, rng=np.random.default_rng(0))
    # Differences of line currents: relative to the largest of them.
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(array.power(v), power, rtol=1e-9)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_transposed_read_equals_nodal_analysis(mapping, copies, size):
    """Minus cells are driven with -v, a reference column with minus the sum of its columns."""
    array = build(mapping, copies, size, LOSSY)
    v = voltages(2, copies, COLS)
    expected, power = np.zeros((2, copies * ROWS)), 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        for n in range(2):
            drive = v[n, copy, cols] @ fold
            into_wl, into_bl = terminals(LOSSY, g, np.zeros(g.shape[0]), drive)
            expected[n, rows] += -into_wl
            power += drive @ into_bl
    got = array.currents_back(v, rng=np.random.default_rng(0)).reshape(2, -1)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(array.power_back(v), power, rtol=1e-9)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_power_without_wires_is_that_of_every_physical_cell(mapping, copies, size):
    array = build(mapping, copies, size, None)
    v, back = voltages(3, copies, ROWS), voltages(3, copies, COLS)
    power = power_back = 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        drive = back[:, copy, cols] @ fold
        power += np.sum(v.reshape(3, -1)[:, rows] ** 2 @ g)
        power_back += np.sum(drive**2 @ g.T)
    # Rounding of the sums alone.
    np.testing.assert_allclose(array.power(v), power, rtol=1e-12)
    np.testing.assert_allclose(array.power_back(back), power_back, rtol=1e-12)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
def test_reads_of_both_directions_are_transposes(mapping):
    array = build(mapping, 1, None, LOSSY)
    forward = array.currents(np.eye(ROWS)[:, None], rng=np.random.default_rng(0))[:, 0]
    back = array.currents_back(np.eye(COLS)[:, None], rng=np.random.default_rng(0))[:, 0]
    np.testing.assert_allclose(forward, back.T, rtol=1e-10)


@pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)
def test_vanishing_resistance_gives_the_ideal_array(mapping):
    v = voltages(2, 1, ROWS)
    wired = build(mapping, 1, None, Wires(r_wl=1e-9, r_bl=1e-9))
    ideal = build(mapping, 1, None, None)
    a, b = (array.currents(v, rng=np.random.default_rng(0)) for array in (wired, ideal))
    # The loss is of the order r g n^2 = 1e-12.
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11 * np.abs(b).max())
    np.testing.assert_allclose(wired.power(v), ideal.power(v), rtol=1e-9)
