"""Sliding over images equals laying out their windows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from crossbar.activity import EVENT
from crossbar.circuit.block_errors import Errors
from crossbar.circuit.blocks import Blocks, Normaliser, SynapticElement
from crossbar.circuit.mapping import DifferentialPair, Mapping, Offset
from crossbar.circuit.planes import Plane
from crossbar.circuit.reading import Reading
from crossbar.converters import SarAdc, SerialDac
from crossbar.devices import PRESETS
from crossbar.nn import Convolution, Dense, Network
from crossbar.nn.layers.base import LayerState
from crossbar.nn.layers.convolution import paper_literal, same_order
from crossbar.nn.layers.windows import correlated, overlapped, windows
from crossbar.random import Streams
from crossbar.substrates.tile import Tile
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Alike(Mapping):
    """Cells with the signs given, all at (G - G_ref) / k; reference lines are subtracted."""

    cells: tuple[int, ...] = quantity((1,), low=-1, high=1)

    @property
    def planes(self) -> tuple[Plane, ...]:
        return (Plane(signs=self.cells, reference=True),)

    def scale(self, window):
        return abs(sum(self.cells)) * (window[1] - window[0]) / self.limit

    def targets(self, weights, window):
        return [window[1] + self.scale(window) / sum(self.cells) * weights] * len(self.cells)


MAPPINGS = {
    "offset": Offset(),
    "pair": DifferentialPair(),
    "two of a sign": Alike(cells=(1, 1)),
    "inverted": Alike(cells=(-1,)),
}
every_mapping = pytest.mark.parametrize("mapping", MAPPINGS.values(), ids=MAPPINGS)
SHAPES = [((2, 7, 9), 4), ((3, 6, 5, 2), 3), ((1, 5, 5), 1), ((2, 4, 4, 3), 4)]
every_shape = pytest.mark.parametrize(("shape", "kernel"), SHAPES, ids=lambda s: str(s))
QUIET = Reading(temperature=0.0)


def numbers(*shape: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape)


def by_definition(x: np.ndarray, kernel: int) -> np.ndarray:
    """Windows (n, positions, entries) of images, entry by entry."""
    x = x if x.ndim == 4 else x[..., None]
    n, height, width, _ = x.shape
    corners = [(i, j) for i in range(height - kernel + 1) for j in range(width - kernel + 1)]
    cut = [x[:, i : i + kernel, j : j + kernel].reshape(n, -1) for i, j in corners]
    return np.stack(cut, axis=1)


@every_shape
def test_windows_run_along_rows_then_columns_then_channels(shape, kernel):
    x = numbers(*shape)
    np.testing.assert_array_equal(windows(x, kernel), by_definition(x, kernel))


@every_shape
def test_overlapping_windows_add_up_as_the_transpose(shape, kernel):
    x = numbers(*shape)
    parts = numbers(*windows(x, kernel).shape, seed=2)
    back = overlapped(parts, kernel, shape[1:])
    assert back.shape == x.shape
    np.testing.assert_allclose(np.vdot(back, x), np.vdot(parts, windows(x, kernel)), rtol=1e-12)


@every_shape
def test_correlation_is_the_product_of_windows_and_gradients(shape, kernel):
    x = numbers(*shape)
    cut = by_definition(x, kernel)
    d = numbers(*cut.shape[:2], 3, seed=3)
    expected = np.einsum("npk,npf->nfk", cut, d)
    np.testing.assert_allclose(correlated(x, d, kernel), expected, rtol=1e-12, atol=1e-12)


def state(mapping, kernel, shape, **parts):
    size = kernel * kernel * int(np.prod(shape[3:]))
    tile = Tile(device=PRESETS["ideal"].device, mapping=mapping, dtype=np.float64, **parts)
    return tile.program(numbers(size, 3, seed=4), rng=np.random.default_rng(5))


STAGES = {
    "plain": {},
    "converters": {"dac": SerialDac(bits=5), "adc": SarAdc(bits=6)},
    "errors": {
        "blocks": Blocks(
            element=SynapticElement(errors=Errors(gain_error=0.1, offset=0.01, saturation=0.5)),
            normaliser=Normaliser(errors=Errors(gain_error=-0.05, offset=0.02)),
        )
    },
}


@every_shape
@every_mapping
@pytest.mark.parametrize("stage", STAGES)
def test_a_sliding_read_equals_the_read_of_windows_and_counts_alike(shape, kernel, mapping, stage):
    x = numbers(*shape)
    x[0, 0, 0] = 0.0
    slid, laid = (state(mapping, kernel, shape, reading=QUIET, **STAGES[stage]) for _ in range(2))
    assert slid.sliding is not None
    got = slid.sliding(x, kernel, rng=np.random.default_rng(6))
    want = laid.read(windows(x, kernel), rng=np.random.default_rng(6), values=x.size)
    if stage == "errors":  # the offset of the normaliser falls on pixels or on windows alike
        np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-9)
    else:
        np.testing.assert_allclose(got, want, rtol=1e-11, atol=1e-11 * np.abs(want).max())
    for event in ("mac_forward", "read_energy", "cycles", "sense", "normaliser", "dac", "adc"):
        k = EVENT[event]
        ours, theirs = (s.activity.of("tile")[k] for s in (slid, laid))
        assert ours == pytest.approx(theirs, rel=1e-12), event


@every_mapping
def test_the_noise_of_a_sliding_read_has_the_same_moments(mapping):
    """4000 reads; a variance is known to 2.2 %, so 6 of its errors are one alarm in 5e8."""
    tile = Tile(device=PRESETS["reram"].device, mapping=mapping, dtype=np.float64)
    held = tile.program(numbers(16, 3, seed=4), rng=np.random.default_rng(5))
    x = np.repeat(numbers(1, 6, 6), 4000, axis=0)
    assert held.sliding is not None
    slid = held.sliding(x, 4, rng=np.random.default_rng(6)).reshape(4000, -1)
    laid = held.read(windows(x, 4), rng=np.random.default_rng(7)).reshape(4000, -1)
    np.testing.assert_allclose(slid.var(axis=0), laid.var(axis=0), rtol=6 * np.sqrt(2) * 0.022)
    spread = np.sqrt(slid.var(axis=0) / 2000)
    assert np.all(np.abs(slid.mean(axis=0) - laid.mean(axis=0)) < 6 * spread)
    np.testing.assert_allclose(np.corrcoef(slid.T), np.corrcoef(laid.T), atol=6 * np.sqrt(2 / 4000))


@pytest.mark.parametrize("order", [same_order, paper_literal])
def test_a_sliding_update_equals_that_of_windows(order):
    layers = {"conv": Convolution(kernel=3, order=order), "out": Dense(units=2)}
    tile = Tile(device=PRESETS["ideal"].device, mapping=DifferentialPair(), reading=QUIET,
                dtype=np.float64)  # fmt: skip
    network = Network(input_shape=(7, 6, 2), layers=layers)
    slid, laid = (network.build(tile, Streams(5)) for _ in range(2))
    for chip, update in ((slid, None), (laid, LayerState.update)):
        conv = chip.layers["conv"]
        conv.forward(numbers(3, 7, 6, 2), rng=np.random.default_rng(7))
        conv.d = numbers(3, 5, 4, 3, seed=2)
        if update is None:
            conv.update(0.01, rng=np.random.default_rng(8))
        else:
            update(conv, 0.01, rng=np.random.default_rng(8))
    got, want = slid.held["conv"].weights, laid.held["conv"].weights
    np.testing.assert_allclose(got, want, rtol=0, atol=1e-12)
    assert slid.activity.counts == pytest.approx(laid.activity.counts)
