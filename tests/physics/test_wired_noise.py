"""Noise of arrays with line resistance against every cell of their nodal analysis.

A cell adds its conductance error times the voltage across it, times its transfer to the sense
node: two solutions of the network, exact. Arrays of 64 x 16 cells at 16 ohm a segment lose as much
as 256 x 64 at 1 ohm. Standard deviations are estimated to 0.5 % (N reads).
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from many_planes import K_B, NOISES, Q_E, QUIET
from mappings import of_one_plane

from crossbar.circuit.array import Array
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, SynapticElement
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import Memristor
from crossbar.substrates.tile import Tile
from crossbar.wires import Driven, Sensed, Wires

N = 20_000
LOSSY = Wires(r_wl=16.0, r_bl=16.0)
MAPPINGS = [Offset(w_max=1.0), DifferentialPair(w_max=1.0), OneSidedPair(w_max=1.0)]
KINDS = NOISES | {"shot": ({}, Reading(temperature=300.0, fano=1.0))}
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def test_every_mapping_has_a_case():
    """Those of several planes: test_planes."""
    assert {type(m) for m in MAPPINGS} == of_one_plane()


def build(mapping, kind="absolute", wires=LOSSY, rows=64, cols=16, **layout) -> Array:
    noise, reading = KINDS[kind]
    device, shape = replace(Memristor(), **noise), Layout(rows=rows, cols=cols, **layout)
    rng = np.random.default_rng(1)
    parts = device, mapping, shape, reading, wires
    array = Array.fabricate(*parts, rng=rng, dtype=np.float64)
    array.program(np.random.default_rng(2).uniform(-1, 1, (rows, cols)), rng=rng)
    return array


def inputs(n: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {
        "uniform": np.full(n, 0.2),
        "random": rng.uniform(-0.2, 0.2, n),
        "sparse": np.where(np.arange(n) % 10 == 3, rng.uniform(-0.2, 0.2, n), 0.0),
        "half": np.where(np.arange(n) < n // 2, 0.0, 0.2),
    }


def flicker(array: Array, rows: slice, cols: slice) -> np.ndarray:
    """Variances [S^2] that the cells of a physical array have of their own."""
    found = np.stack([c.flicker()[rows, cols] for c in array.cells], axis=2)
    found = found.reshape(rows.stop - rows.start, -1)
    if array.reference is None:
        return found
    r = array.layout.row_slices().index(rows)
    k = array.layout.col_slices().index(cols)
    found = np.pad(found, ((0, 1), (0, 1)))
    found[:-1, -1] = array.reference.column.flicker()[rows, k]
    found[-1, :-1] = array.reference.rows[0].flicker()[r, cols]
    return found


def currents_squared(array: Array, g: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Variance of the current of every cell ``g`` of voltage ``v``, but thermal and flicker."""
    device, reading = array.device, array.reading
    sigma = np.hypot(device.sigma_read * (device.g_max - device.g_min), device.sigma_read_value * g)
    found = (v * np.where(g > 0, sigma, 0)) ** 2
    if reading.fano:
        x = Q_E * np.abs(v) / (2 * K_B * reading.temperature) + 1e-9
        excess = np.abs(v) * (1 / np.tanh(x) - 1 / x)
        found += 2 * Q_E * reading.fano * g * excess / (2 * reading.t_read)
    return found


def spreads(array: Array, v: np.ndarray, *, back: bool) -> np.ndarray:
    """Standard deviations (copies, outputs) [A] of reads ``v`` (copies, inputs), cell by cell."""
    layout, signs = array.layout, np.array(array.mapping.signs)
    out = np.zeros((layout.copies, layout.rows if back else layout.cols))
    for rows, cols, copy, g in array.physical():
        height, width, reference = rows.stop - rows.start, cols.stop - cols.start, array.reference
        at = slice(rows.start - copy * layout.rows, rows.stop - copy * layout.rows)
        fold = np.kron(np.eye(width), signs)
        down = np.eye(height)
        if reference is not None:
            fold = np.block([[fold, -np.ones((width, 1))]])
            down = np.block([[down, -np.ones((height, 1))]])
        of_words = array.wires.solve(g, np.eye(len(g)))
        of_bits = array.wires.solve(g, np.zeros((g.shape[1], len(g))), v_bl=np.eye(g.shape[1]))
        words, bits = of_words.v_wl - of_words.v_bl, of_bits.v_bl - of_bits.v_wl
        if back:
            drive = np.where(np.arange(g.shape[1]) < len(signs) * width, v[copy, cols] @ fold, 0)
            across, transfer, sensed, rest = drive, words, down, array.wires.reduce(g).forward
            lost = np.tensordot(across, bits, 1)
        else:
            drive = np.append(v[copy, at], np.zeros(len(g) - height))
            transfer, sensed, rest = bits, fold, array.wires.reduce(g).back
            lost = np.tensordot(drive, words, 1)
        cells = currents_squared(array, g, lost)
        if array.flickers:
            cells += lost**2 * flicker(array, rows, cols)
        common = np.einsum("aij,bij,ij->ab", transfer, transfer, cells)
        common += 4 * K_B * array.reading.temperature * rest / (2 * array.reading.t_read)
        out[copy, at if back else cols] += np.diag(sensed @ common @ sensed.T)
    return np.sqrt(out)


def assert_spreads(array: Array, v: np.ndarray, *, back: bool, within: float = 0.05) -> None:
    """Of every column within 5 %, forward or back."""
    read = partial(array.currents, forward=not back)
    drawn = read(np.repeat(v[None], N, axis=0), rng=np.random.default_rng(4))
    np.testing.assert_allclose(drawn.std(axis=0), spreads(array, v, back=back), rtol=within)


@every_mapping
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_noise_of_every_column_is_that_of_every_cell(mapping, kind, back):
    array = build(mapping, kind)
    for v in inputs(16 if back else 64).values():
        assert_spreads(array, v[None], back=back)


@pytest.mark.parametrize(
    "wires",
    [
        Wires(r_wl=16.0, r_bl=16.0, r_driver=150.0, r_sense=250.0),
        Wires(r_wl=0.0, r_bl=16.0),
        Wires(r_wl=16.0, r_bl=0.0),
        Wires(r_wl=16.0, r_bl=16.0, driven=Driven.RIGHT, sensed=Sensed.TOP),
        Wires(r_wl=30.0, r_bl=30.0, driven=Driven.BOTH, sensed=Sensed.BOTH),
    ],
    ids=["terminals", "bit lines", "word lines", "other ends", "both ends"],
)
@pytest.mark.parametrize("back", [False, True], ids=["forward", "back"])
def test_noise_holds_for_every_end_and_terminal(wires, back):
    array = build(Offset(w_max=1.0), wires=wires, rows=32)
    for v in inputs(16 if back else 32).values():
        assert_spreads(array, v[None], back=back)


@every_mapping
@pytest.mark.parametrize("layout", [{"copies": 3}, {"size": (24, 10)}], ids=["copies", "arrays"])
@pytest.mark.parametrize("kind", ["absolute", "shot"])
def test_noise_of_copies_and_of_split_matrices_is_that_of_their_arrays(mapping, layout, kind):
    array = build(mapping, kind, rows=40, cols=14, **layout)
    rng = np.random.default_rng(5)
    for back, n in ((False, 40), (True, 14)):
        v = rng.uniform(0.0, 0.2, (array.layout.copies, n))
        assert_spreads(array, v, back=back)


def test_arrays_that_are_sensed_apart_are_as_noisy_as_together():
    """Amplifiers that never saturate: the arrays are read one by one and added."""
    x, found = np.repeat(np.linspace(-1, 1, 40)[None], N, axis=0), []
    for errors in (Errors(), Errors(saturation=1e9)):
        parts = {"wires": LOSSY, "size": (24, 10), "reading": QUIET, "dtype": np.float64}
        blocks = Blocks(element=SynapticElement(errors=errors))
        tile = Tile(
            device=Memristor(sigma_read=0.02), mapping=Offset(w_max=1.0), blocks=blocks, **parts
        )
        state = tile.program(np.full((40, 14), 0.3), rng=np.random.default_rng(1))
        found.append(state.matvec(x, rng=np.random.default_rng(2)).std(axis=0))
    np.testing.assert_allclose(*found, rtol=0.05)


def test_noise_nears_that_of_ideal_lines():
    """1 milliohm a segment: the same draws, to 2e-4 of their spread."""
    thin = Wires(r_wl=1e-3, r_bl=1e-3)
    real, ideal = (build(DifferentialPair(w_max=1.0), "shot", wires=w) for w in (thin, None))
    v = np.random.default_rng(3).uniform(-0.2, 0.2, (50, 1, 64))
    got, want = (x.currents(v, rng=np.random.default_rng(4)) - v @ x.signed for x in (real, ideal))
    np.testing.assert_allclose(got, want, rtol=0, atol=2e-4 * want.std())
