"""Weights cut where the data say, and cells of up to eight bits."""

from __future__ import annotations

import numpy as np
import pytest

from crossbar.circuit.mapping import DifferentialPair, Offset
from crossbar.circuit.reading import Reading
from crossbar.circuit.slices import BitSlices, OffsetSlices
from crossbar.converters import LeastError, Percentile
from crossbar.devices import IdealCell
from crossbar.errors import ConfigError
from crossbar.substrates.tile import Tile

WEIGHTS = np.random.default_rng(1).standard_normal((200, 100))


def held(mapping, weights=WEIGHTS):
    """Return the weights that cells hold, and how many were cut."""
    spec = Tile(device=IdealCell(), mapping=mapping, reading=Reading(temperature=0.0),
                dtype=np.float64)  # fmt: skip
    state = spec.program(weights, rng=np.random.default_rng(2))
    return state.weights[0], state.activity.total("program_clipped")


@pytest.mark.parametrize("kind", [DifferentialPair, Offset, OffsetSlices])
def test_the_share_that_is_asked_for_is_held_and_the_others_are_cut(kind) -> None:
    """The width of a bin of the histogram is 1.1 %: some 0.2 % of these weights."""
    mapping = kind(headroom=1.0, clipping=Percentile(below=0.95))
    got, clipped = held(mapping)
    limit = mapping.fitted(WEIGHTS).limit
    assert limit == pytest.approx(np.quantile(np.abs(WEIGHTS), 0.95), rel=0.012)
    assert clipped == (np.abs(WEIGHTS) > limit).sum()
    assert clipped / WEIGHTS.size == pytest.approx(0.05, abs=0.004)
    step = limit / 127 if kind is OffsetSlices else 1e-12
    np.testing.assert_allclose(got, np.clip(WEIGHTS, -limit, limit), atol=step)


@pytest.mark.parametrize("bits", [2, 3, 4, 6])
def test_the_least_error_is_that_of_no_other_largest_weight(bits: int) -> None:
    """Against a search over the weights themselves; bins and steps of the search are 2 % wide."""
    mapping = BitSlices(bits=bits, slices=1, headroom=1.0, clipping=LeastError())
    got, clipped = held(mapping)
    error = ((got - WEIGHTS) ** 2).mean()
    top, errors = 2**bits - 1, {}
    for limit in np.geomspace(0.3, np.abs(WEIGHTS).max(), 400):
        step = limit / top
        rounded = np.clip(np.rint(WEIGHTS / step), -top, top) * step
        errors[limit] = ((rounded - WEIGHTS) ** 2).mean()
    assert error == pytest.approx(min(errors.values()), rel=0.02)
    assert error < errors[max(errors)]
    assert clipped > 0


def test_the_least_error_of_cells_that_round_nothing_is_refused() -> None:
    mapping = DifferentialPair(clipping=LeastError())
    expected = r"^DifferentialPair\.clipping: expected a rule that asks for no rounding"
    with pytest.raises(ConfigError, match=expected):
        held(mapping)


@pytest.mark.parametrize("kind", [BitSlices, OffsetSlices])
@pytest.mark.parametrize("bits", [1, 2, 5, 8])
def test_cells_of_up_to_eight_bits_hold_whole_numbers_exactly(kind, bits: int) -> None:
    slices = max(1, 8 // bits)
    whole = 2 ** (bits * slices) - 1
    weights = np.linspace(-1, 1, whole + 1)[:, None] if kind is OffsetSlices else None
    weights = np.arange(-whole, whole + 1)[:, None] / whole if weights is None else weights
    got, _ = held(kind(bits=bits, slices=slices, w_max=1.0), weights)
    np.testing.assert_allclose(got, weights, rtol=1e-9, atol=1e-12)


def test_more_than_eight_bits_a_cell_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"^BitSlices\.bits: expected .*8"):
        BitSlices(bits=9, slices=1)
