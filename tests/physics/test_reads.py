"""Reads of ideal arrays are matrix products, forward and transposed, however they are laid out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mappings import of_one_plane

from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser
from crossbar.circuit.faultmap import FaultMap
from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.reading import Reading
from crossbar.devices import PRESETS, IdealCell
from crossbar.errors import ShapeError
from crossbar.substrates.tile import Tile

QUIET = Reading(temperature=0.0)
MAPPINGS = [Offset(), DifferentialPair(), OneSidedPair()]
SIZES = [None, (4, 3), (5, 2), (100, 100)]
ROWS, COLS = 11, 7
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS, ids=lambda m: type(m).__name__)


def test_every_mapping_has_a_case():
    """Those of several planes: test_planes."""
    assert {type(m) for m in MAPPINGS} == of_one_plane()


def weights() -> np.ndarray:
    return np.random.default_rng(1).uniform(-2.0, 2.0, (ROWS, COLS))


def program(mapping, *, copies=1, size=None, device="ideal", dtype=np.float64, **parts):
    tile = Tile(
        device=PRESETS[device].device if isinstance(device, str) else device,
        mapping=mapping,
        reading=QUIET,
        size=size,
        dtype=dtype,
        **parts,
    )
    return tile.program(weights(), rng=np.random.default_rng(2), copies=copies)


def numbers(*shape: int) -> np.ndarray:
    return np.random.default_rng(3).standard_normal(shape)


def read(state, x):
    return state.matvec(x, rng=np.random.default_rng(4))


def read_back(state, d):
    return state.rmatvec(d, rng=np.random.default_rng(4))


def assert_product(got, want):
    # Sums of conductances of one sign and the other: relative to the largest result.
    np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12 * np.abs(want).max())


@every_mapping
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", [(1,), (4,), (3, 1), (3, 5)])
def test_an_ideal_read_is_the_matrix_product(mapping, size, shape):
    state, w = program(mapping, size=size), weights()
    x, d = numbers(*shape, ROWS), numbers(*shape, COLS)
    np.testing.assert_allclose(state.weights[0], w, rtol=1e-12, atol=1e-12)
    assert_product(read(state, x), x @ w)
    assert_product(read_back(state, d), d @ w.T)


@every_mapping
@pytest.mark.parametrize("copies", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("positions", [1, 5, 7])
def test_copies_deal_out_positions_and_give_the_same_product(mapping, copies, positions):
    state, w = program(mapping, copies=copies), weights()
    x, d = numbers(2, positions, ROWS), numbers(2, positions, COLS)
    assert_product(read(state, x), x @ w)
    assert_product(read_back(state, d), d @ w.T)
    assert state.activity.total("cycles") == 2 * 2 * -(-positions // copies)


@every_mapping
def test_position_p_is_read_on_copy_p_modulo_the_number_of_copies(mapping):
    state = program(mapping, copies=3, device="constant")
    low, _, high = PRESETS["constant"].device.window
    rng = np.random.default_rng(5)
    for cells in state.array.cells:
        cells.g[...] = rng.uniform(low, high, cells.g.shape)
    state.array.refresh()
    held = state.weights
    assert held.shape == (3, ROWS, COLS)
    assert np.abs(held[0] - held[1]).max() > 0.1
    x, d = numbers(2, 7, ROWS), numbers(2, 7, COLS)
    dealt = held[np.arange(7) % 3]
    assert_product(read(state, x), np.einsum("npi,pij->npj", x, dealt))
    assert_product(read_back(state, d), np.einsum("npj,pij->npi", d, dealt))


@every_mapping
@pytest.mark.parametrize("size", [None, (4, 3)])
def test_reads_of_any_cells_in_both_directions_are_transposes(mapping, size):
    quiet = replace(PRESETS["reram"].device, sigma_read=0.0)
    state = program(mapping, size=size, device=quiet, dtype=np.float64)
    forward, back = read(state, np.eye(ROWS)), read_back(state, np.eye(COLS))
    if mapping.reference:  # each direction subtracts reference cells of its own
        lines, unit = state.array.reference, state.array.scale
        height, width = size or (ROWS, COLS)
        column = lines.column.g[:, np.arange(COLS) // width] / unit
        row = lines.rows[0].g[np.arange(ROWS) // height] / unit
        assert np.abs(column - row).max() > 0.01
        back = back + (row - column).T
    np.testing.assert_allclose(forward, back.T, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(forward, state.weights[0], rtol=1e-10, atol=1e-10)
    assert np.abs(forward - weights()).max() > 0.01


@every_mapping
def test_single_precision_is_good_to_its_digits(mapping):
    state, x = program(mapping, dtype=np.float32), numbers(5, ROWS)
    y = read(state, x)
    assert y.dtype == np.float32
    # Conductances differ by a part of the range they lie in: some 1e-7 of 20 uS each.
    np.testing.assert_allclose(y, x @ weights(), atol=3e-6 * np.abs(x).sum(axis=1).max())


@every_mapping
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [1e-300, 1e-42, 1e-20, 1e20])
def test_inputs_of_any_size_are_read(mapping, dtype, size):
    """The normaliser takes any gain: gradients of a trained network may be next to nothing."""
    state, x = program(mapping, dtype=dtype), (numbers(3, ROWS) * size).astype(dtype)
    x[1] = 0.0
    want = x.astype(np.float64) @ weights()
    # Subnormal numbers have few digits: their absolute spacing counts.
    spacing = np.finfo(dtype).smallest_subnormal
    np.testing.assert_allclose(
        read(state, x), want, atol=1e-5 * np.abs(want).max() + 2 * spacing, rtol=0
    )


def test_inputs_of_another_shape_are_refused():
    state = program(Offset())
    for bad in ((ROWS,), (2, ROWS + 1), (2, 3, 4, ROWS), (2, COLS)):
        with pytest.raises(ShapeError, match=r"Tile 'tile': expected shape \(n, 11\) or .*batch"):
            read(state, np.zeros(bad))
    with pytest.raises(ShapeError, match=r"Tile 'tile': expected shape \(n, 7\) or "):
        read_back(state, np.zeros((2, ROWS)))


@every_mapping
@pytest.mark.parametrize("size", [None, (4, 3)])
def test_a_read_is_counted_once(mapping, size):
    state = program(mapping, size=size, copies=1)
    x = numbers(2, 3, ROWS)
    x[0, 0, 0] = 0.0
    read(state, x)
    total = state.activity.total
    assert total("mac_forward") == (2 * 3 * ROWS - 1) * COLS
    assert total("normaliser") == x.size
    assert total("sense") == 2 * 3 * COLS * (3 if size else 1)
    v = 0.2 * x / np.abs(x).max(axis=(1, 2), keepdims=True)
    g = sum(cells.g.sum(axis=1) for cells in state.array.cells)
    if mapping.reference:
        g = g + state.array.reference.column.g.sum(axis=1)
    np.testing.assert_allclose(total("read_energy"), 10e-9 * np.sum(v**2 @ g), rtol=1e-9)


def test_gain_error_of_the_normaliser_reaches_the_result():
    blocks = Blocks(normaliser=Normaliser(errors=Errors(gain_error=0.1)))
    state, x = program(Offset(), blocks=blocks), numbers(3, ROWS)
    assert_product(read(state, x), 1.1 * x @ weights())


@pytest.mark.parametrize("mapping", [Offset(w_max=1.0), DifferentialPair(w_max=1.0)])
def test_a_fault_map_names_single_cells_and_leaves_references_healthy(mapping):
    """One stuck cell at word line 1, bit line 2: only its weight is wrong, by what it conducts."""
    faults = np.zeros((3, 3 * len(mapping.signs)), np.int8)
    faults[1, 2] = 1
    healthy = IdealCell(g_min=0.0, g_max=20e-6)
    weights = np.array([[0.5, -0.5, 0.1], [0.2, 0.4, -0.3], [0.0, 0.3, -0.8]])
    tile = Tile(
        device=healthy,
        faults=FaultMap({"*": faults}),
        mapping=mapping,
        reading=Reading(temperature=0.0),
        dtype=np.float64,
    )
    state = tile.program(weights, rng=np.random.default_rng(0))
    expected = weights.copy()
    if len(mapping.signs) == 1:
        expected[1, 2] = 1.0  # G at the top stands for w_max
    else:
        # Bit line 2 is the plus cell of weight 1, at G_max in place of G_mid + k w / 2.
        expected[1, 1] = 0.5 * (1.0 + weights[1, 1])
    np.testing.assert_allclose(state.weights[0], expected, rtol=1e-12)
