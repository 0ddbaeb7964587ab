"""Arrays with line resistance against nodal analysis of their physical layout.

Columns of a pair lie side by side, plus before minus. A reference bit line is the last column, a
reference word line the last row, and their corner is empty; the one not in use stays at 0 V.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mappings import of_one_plane

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS
from crossbar.wires import Wires

QUIET = Reading(temperature=0.0)
LOSSY = Wires(r_wl=30.0, r_bl=50.0, r_driver=400.0, r_sense=170.0)
ROWS, COLS = 6, 5
LAYOUTS = [(1, None), (3, None), (1, (4, 2))]
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def test_every_mapping_has_a_case():
    """Those of several planes: test_planes."""
    assert {type(m) for m in MAPPINGS} == of_one_plane()


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
    """Word lines, columns, cells of every physical array, and the signs of bit lines by column."""
    layout, found = array.layout, []
    height, width = layout.size or (layout.rows, layout.cols)
    for r, top in enumerate(range(0, layout.copies * layout.rows, height)):
        bottom = min(top + height, layout.copies * layout.rows)
        for k, left in enumerate(range(0, layout.cols, width)):
            rows, cols = slice(top, bottom), slice(left, min(left + width, layout.cols))
            lines, owners = [], []
            for j in range(cols.start, cols.stop):
                for sign, cells in zip(array.mapping.signs, array.cells, strict=True):
                    lines.append(cells.g[rows, j])
                    owners.append((j - left, sign))
            fold = np.zeros((cols.stop - left, len(lines)))
            for b, (j, sign) in enumerate(owners):
                fold[j, b] = sign
            g = np.stack(lines, axis=1)
            if array.mapping.reference:
                g = np.pad(g, ((0, 1), (0, 1)))
                g[:-1, -1] = array.reference.column.g[rows, k]
                g[-1, :-1] = array.reference.rows[0].g[r, cols]
            found.append((rows, cols, g, fold))
    return found


def driven(v: np.ndarray, lines: int) -> np.ndarray:
    """Voltages of all lines: ``v`` on the first, 0 V on a reference line."""
    return np.pad(v, (0, lines - len(v)))


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


@every_mapping
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_forward_read_equals_nodal_analysis(mapping, copies, size):
    array = build(mapping, copies, size, LOSSY)
    v = voltages(2, copies, ROWS)
    lines = v.reshape(2, -1)
    expected, power = np.zeros((2, copies, COLS)), 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        for n in range(2):
            drive = driven(lines[n, rows], g.shape[0])
            into, out = terminals(LOSSY, g, drive, np.zeros(g.shape[1]))
            expected[n, copy, cols] += fold @ -out[: fold.shape[1]]
            if mapping.reference:
                expected[n, copy, cols] += out[-1]
            power += drive @ into
            solved = LOSSY.solve(g, drive[None])
            np.testing.assert_allclose(solved.power, drive @ into, rtol=1e-9)
    got = array.currents(v, rng=np.random.default_rng(0))
    # Differences of line currents: relative to the largest of them.
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(array.power(v), power, rtol=1e-9)


@every_mapping
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_transposed_read_equals_nodal_analysis(mapping, copies, size):
    """Minus cells are driven with -v; the current of the reference word line is subtracted."""
    array = build(mapping, copies, size, LOSSY)
    v = voltages(2, copies, COLS)
    expected, power = np.zeros((2, copies * ROWS)), 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        for n in range(2):
            drive = driven(v[n, copy, cols] @ fold, g.shape[1])
            out, into = terminals(LOSSY, g, np.zeros(g.shape[0]), drive)
            expected[n, rows] += -out[: rows.stop - rows.start]
            if mapping.reference:
                expected[n, rows] += out[-1]
            power += drive @ into
    got = array.currents(v, forward=False, rng=np.random.default_rng(0)).reshape(2, -1)
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-10 * np.abs(expected).max())
    np.testing.assert_allclose(array.power(v, forward=False), power, rtol=1e-9)


@every_mapping
@pytest.mark.parametrize(("copies", "size"), LAYOUTS)
def test_power_without_wires_is_that_of_every_physical_cell(mapping, copies, size):
    array = build(mapping, copies, size, None)
    v, back = voltages(3, copies, ROWS), voltages(3, copies, COLS)
    power = power_back = 0.0
    for rows, cols, g, fold in physical(array):
        copy = rows.start // ROWS if copies > 1 else 0
        for n in range(3):
            drive = driven(v.reshape(3, -1)[n, rows], g.shape[0])
            power += np.sum(drive**2 @ g)
            drive = driven(back[n, copy, cols] @ fold, g.shape[1])
            power_back += np.sum(g @ drive**2)
    # Rounding of the sums alone.
    np.testing.assert_allclose(array.power(v), power, rtol=1e-12)
    np.testing.assert_allclose(array.power(back, forward=False), power_back, rtol=1e-12)


def test_reads_of_both_directions_of_a_pair_are_transposes():
    array = build(DifferentialPair(w_max=1.0), 1, None, LOSSY)
    forward = array.currents(np.eye(ROWS)[:, None], rng=np.random.default_rng(0))[:, 0]
    back = array.currents(np.eye(COLS)[:, None], forward=False, rng=np.random.default_rng(0))[:, 0]
    np.testing.assert_allclose(forward, back.T, rtol=1e-10)


@every_mapping
def test_vanishing_resistance_gives_the_ideal_array(mapping):
    v = voltages(2, 1, ROWS)
    wired = build(mapping, 1, None, Wires(r_wl=1e-9, r_bl=1e-9))
    ideal = build(mapping, 1, None, None)
    a, b = (array.currents(v, rng=np.random.default_rng(0)) for array in (wired, ideal))
    # The loss is of the order r g n^2 = 1e-12.
    np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-11 * np.abs(b).max())
    np.testing.assert_allclose(wired.power(v), ideal.power(v), rtol=1e-9)
