"""Mappings use the whole range and cut no weight; layouts cover a matrix exactly once."""

from __future__ import annotations

import numpy as np
import pytest
from mappings import of_one_plane

from crossbar.circuit.array import Array
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.one_sided import OneSidedPair
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.devices import PRESETS, CmosSynapse, IdealCell
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

KINDS = [Offset, DifferentialPair, OneSidedPair]
WINDOWS = {name: preset.device.window for name, preset in PRESETS.items()}
WINDOWS |= {f"{bits} bits": CmosSynapse(bits=bits).window for bits in (2, 3, 14)}


def test_every_mapping_has_a_case():
    """Those of several planes: test_planes."""
    assert set(KINDS) == of_one_plane()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("window", WINDOWS.values(), ids=WINDOWS)
def test_largest_weights_reach_an_end_of_the_range_and_none_leaves_it(kind, window):
    mapping = kind(w_max=0.7)
    low, middle, high = window
    weights = np.array([[-0.7, -0.1, 0.0, 0.35, 0.7]])
    targets = mapping.targets(weights, window)
    assert len(targets) == len(mapping.signs)
    g = np.stack(targets)
    edge = 1e-12 * high
    assert g.min() >= low - edge
    assert g.max() <= high + edge
    assert min(abs(g.min() - low), abs(g.max() - high)) < edge
    held = sum(sign * t for sign, t in zip(mapping.signs, targets, strict=True))
    held = held - middle * mapping.reference
    np.testing.assert_allclose(held, mapping.scale(window) * weights, rtol=1e-9, atol=edge)
    rest = low if kind is OneSidedPair else middle
    np.testing.assert_allclose(g[:, 0, 2], rest, rtol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("bits", [2, 3, 4, 8])
def test_whole_codes_hold_both_largest_weights_exactly(kind, bits):
    device, quiet = CmosSynapse(bits=bits, sigma_unit=0.0), Reading(temperature=0.0)
    tile = Tile(device=device, mapping=kind(w_max=1.0), reading=quiet, dtype=np.float64)
    weights = np.array([[1.0, 0.0, -1.0]])
    state = tile.program(weights, rng=np.random.default_rng(0))
    np.testing.assert_allclose(state.weights[0], weights, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_the_largest_weight_settles_the_range_with_room_to_grow(kind):
    weights = np.array([[0.1, -0.4]])
    assert kind().fitted(weights).limit == pytest.approx(1.2)
    assert kind(headroom=1.5).fitted(weights).limit == pytest.approx(0.6)
    assert kind(w_max=2.0).fitted(weights).limit == 2.0
    assert kind().fitted(np.zeros((2, 2))).limit == 1.0
    with pytest.raises(ConfigError, match=rf"{kind.__name__}\.w_max: expected a number, got None"):
        kind().scale(IdealCell().window)


@pytest.mark.parametrize("kind", [BitSlices, OffsetSlices])
def test_a_weight_has_no_more_bits_than_a_significance_can_count(kind):
    assert kind(bits=4, slices=10).planes[-1].significance == 2.0**36
    with pytest.raises(ConfigError, match=rf"{kind.__name__}\.slices: expected at most 40 bits"):
        kind(bits=4, slices=16)


def mapped(held: tuple[Plane, ...]) -> Mapping:
    """A mapping of the planes ``held``, each cell at the middle of the range."""

    class Cells(DifferentialPair):
        planes = held

        def targets(self, weights, window):
            return [np.full(weights.shape, window[1]) for _ in self.signs]

    return Cells(w_max=1.0)


@pytest.mark.parametrize("signs", [(), (2,), (0,), (1, 3)])
def test_a_cell_has_a_sign(signs):
    with pytest.raises(ConfigError, match=r"^Plane\.signs"):
        Plane(signs=signs)


@pytest.mark.parametrize("amplifiers", [(), (1,), (0, 2), (0, 1, 0)])
def test_amplifiers_are_numbered_in_the_order_of_the_planes(amplifiers):
    mapping = mapped(tuple(Plane(amplifier=k) for k in amplifiers))
    expected = r"expected one plane or more, on the amplifiers 0, 1, \.\.\., got "
    with pytest.raises(ConfigError, match=rf"^Cells\.planes: {expected}"):
        Tile(device=IdealCell(), mapping=mapping)
    layout, rng = Layout(rows=3, cols=2), np.random.default_rng(0)
    with pytest.raises(ConfigError, match=rf"^Array\.mapping: {expected}"):
        Array.fabricate(IdealCell(), mapping, layout, Reading(), None, rng=rng, dtype=np.float64)


@pytest.mark.parametrize("signs", [(1,), (1, 1), (1, -1), (-1, 1), (-1, -1), (1, 1, -1)])
def test_cells_of_either_sign_are_read_with_the_noise_of_each(signs):
    """The standard deviation of 40 000 currents, within 5 sigma."""
    layout, quiet = Layout(rows=100, cols=400), Reading(temperature=0.0)
    array = Array.fabricate(
        IdealCell(sigma_read=0.01), mapped((Plane(signs=signs),)), layout, quiet, None,
        rng=np.random.default_rng(0), dtype=np.float64,
    )  # fmt: skip
    v = np.full((100, 1, 100), 0.1)
    i = array.currents(v, rng=np.random.default_rng(1)) / (0.1 * 40e-6)
    assert abs(i.mean() - 50 * sum(signs)) < 5 * 0.01 * np.sqrt(100 * len(signs) / i.size)
    assert i.std() == pytest.approx(0.1 * np.sqrt(len(signs)), rel=5 / np.sqrt(2 * i.size))


@pytest.mark.parametrize(
    ("layout", "arrays"),
    [
        (Layout(rows=10, cols=7), 1),
        (Layout(rows=10, cols=7, size=(4, 3)), 9),
        (Layout(rows=10, cols=7, size=(5, 7)), 2),
        (Layout(rows=10, cols=7, copies=3), 3),
        (Layout(rows=10, cols=7, copies=3, size=(128, 64)), 3),
        (Layout(rows=1875, cols=64, size=(128, 64)), 15),
    ],
)
def test_arrays_cover_every_weight_of_every_copy_once(layout, arrays):
    covered = np.zeros((layout.rows * layout.copies, layout.cols), int)
    for rows in layout.row_slices():
        for cols in layout.col_slices():
            covered[rows, cols] += 1
            if layout.size is not None:
                assert rows.stop - rows.start <= layout.size[0]
                assert cols.stop - cols.start <= layout.size[1]
    np.testing.assert_array_equal(covered, 1)
    assert layout.arrays == arrays


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"rows": 0, "cols": 3}, "rows"),
        ({"rows": 3, "cols": -1}, "cols"),
        ({"rows": 3, "cols": 3, "copies": 0}, "copies"),
        ({"rows": 3, "cols": 3, "size": (0, 4)}, "size"),
        ({"rows": 30, "cols": 3, "copies": 2, "size": (16, 16)}, "copies"),
    ],
)
def test_layouts_out_of_range_are_named(fields, name):
    with pytest.raises(ConfigError, match=rf"^Layout\.{name}: expected .+, got .+\. .+\.$"):
        Layout(**fields)
