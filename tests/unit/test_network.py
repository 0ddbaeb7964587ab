"""A network that is built with weights of its own: names, shapes, numbers and range."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from crossbar import DifferentialPair, Memristor, Streams, Tile
from crossbar.errors import CrossbarError
from crossbar.nn import Dense, Network, Relu
from crossbar.substrates.digital import Digital

NETWORK = Network(
    input_shape=(95,), layers={"hidden": Dense(units=6), "relu": Relu(), "out": Dense(units=2)}
)
RNG = np.random.default_rng(0)
HIDDEN, OUT = RNG.normal(size=(95, 6)), RNG.normal(size=(6, 2))


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"hiden": HIDDEN, "out": OUT}, "'hiden'. Did you mean 'hidden'?"),
        ({"hidden": HIDDEN}, "got none of out. Give the weights of every layer"),
        ({}, "got none of hidden, out."),
        ({"hidden": HIDDEN, "relu": OUT, "out": OUT}, "got 'relu'."),
        ({"hidden": HIDDEN.T, "out": OUT}, r"expected shape (95, 6), got (6, 95). Rows are inputs"),
        ({"hidden": HIDDEN, "out": OUT[:, :1]}, "['out']: expected shape (6, 2), got (6, 1)."),
        ({"hidden": HIDDEN, "out": np.where(OUT > 1, np.nan, OUT)}, "['out']: expected finite"),
        ({"hidden": HIDDEN, "out": OUT.astype(str)}, "['out']: expected an array of real numbers"),
        ({"hidden": HIDDEN, "out": OUT + 1j}, "['out']: expected an array of real numbers"),
        ([HIDDEN, OUT], "expected a dictionary: hidden (95, 6), out (6, 2)"),
    ],
)
@pytest.mark.parametrize("held", [Tile(device=Memristor(), mapping=DifferentialPair()), Digital()])
def test_weights_that_do_not_fit_are_named(held: Any, weights: Any, expected: str) -> None:
    with pytest.raises(CrossbarError) as error:
        NETWORK.build(held, Streams(0), weights=weights)
    assert str(error.value).startswith("Network.build.weights")
    assert expected in str(error.value)


@pytest.mark.parametrize("part", ["blocks", "loss"])
def test_parts_are_not_left_out_by_zero(part: str) -> None:
    with pytest.raises(CrossbarError, match=rf"Network\.build\.{part}: expected .*, got 0\."):
        NETWORK.build(Digital(), Streams(0), **{part: 0})  # type: ignore[arg-type]


def test_weights_may_be_lists() -> None:
    chip = NETWORK.build(Digital(), Streams(0), weights={"hidden": HIDDEN.tolist(), "out": OUT})
    assert np.allclose(chip.held["hidden"].weights[0], HIDDEN)


@pytest.mark.parametrize(("headroom", "learning", "given"), [(None, 3.0, 1.0), (2.0, 2.0, 2.0)])
def test_given_weights_use_the_whole_range_unless_headroom_is_asked_for(
    headroom: float | None, learning: float, given: float
) -> None:
    tile = Tile(device=Memristor(), mapping=DifferentialPair(headroom=headroom))
    chip = NETWORK.build(tile, Streams(0), weights={"hidden": HIDDEN, "out": OUT})
    for name, weights in (("hidden", HIDDEN), ("out", OUT)):
        assert chip.held[name].array.mapping.limit == pytest.approx(given * np.abs(weights).max())
    initial = NETWORK.build(tile, Streams(0)).held["hidden"].array
    bound = np.sqrt(3.0 * 2.0 / 95)  # of initial weights, uniform with variance 2/95
    assert initial.mapping.limit == pytest.approx(learning * bound, rel=0.02)
