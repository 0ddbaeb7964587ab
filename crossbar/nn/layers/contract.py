"""Whether a layer from outside the package keeps the contract, tried before it is used.

Layers of the package are tried by its tests.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from crossbar.contracts import answer, named, outside, require_instance, require_numbers
from crossbar.errors import fail, shown
from crossbar.nn.layers.base import Layer, LayerState, Matrix, Place, Shape
from crossbar.types import Floats

SAMPLES = 2


def shape_of(name: str, layer: Layer, inputs: tuple[Shape, ...]) -> Shape:
    """Return the shape that ``layer`` gives for its output, or raise unless it is one."""
    shape = answer(layer, "output_shape", *inputs, of=f"layer '{name}'")
    if not isinstance(shape, tuple) or not all(type(n) is int and n > 0 for n in shape):
        where = named(layer, "output_shape", f"layer '{name}'")
        fail(where, "a tuple of whole numbers above 0", shown(shape), "One sample has it.")
    return shape


def matrices_of(name: str, layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Matrix, ...]:
    """Return the matrices of ``layer``, or raise unless they are some."""
    matrices = answer(layer, "matrices", *inputs, of=f"layer '{name}'")
    if not isinstance(matrices, tuple) or not all(type(m) is Matrix for m in matrices):
        where = named(layer, "matrices", f"layer '{name}'")
        fail(where, "a tuple of Matrix", shown(matrices), "For one write (Matrix(...),).")
    return matrices


def state_of(layer: Layer, place: Place) -> LayerState:
    """Return the state that ``layer`` makes, or raise unless it answers as the contract says.

    Random samples go through a copy of it, there and back. Layers of the package are not tried.
    """
    if not outside(type(layer)):
        return layer.state(place)
    of = f"layer '{place.name}'"
    made = answer(layer, "state", place, of=of)
    state = require_instance(
        named(layer, "state", of), made, LayerState, "Return the layer in hardware."
    )
    own, rng = copy.deepcopy(state), np.random.default_rng(0)
    dtype = next((held.dtype for held in place.held.values()), np.dtype(np.float32))
    inputs = [_samples(rng, shape, dtype) for shape in place.inputs]
    _prove_output(own, "forward", inputs, place, rng)
    own.d = _samples(rng, place.output, dtype)
    where, back = named(own, "backward", of), answer(own, "backward", own.d, rng=rng, of=of)
    if not isinstance(back, tuple) or len(back) != len(inputs):
        expected = "a tuple with one gradient an input"
        fail(where, expected, shown(back), "For one input write (d,).")
    for gradient, x in zip(back, inputs, strict=True):
        require_numbers(where, gradient, x.shape, remedy=FIRST)
    _prove_learning(own, of)
    _prove_output(own, "infer", inputs, place, rng)
    return state


FIRST = "Samples come first."


def _samples(rng: np.random.Generator, shape: Shape, dtype: Any) -> Floats:
    """Return random samples of ``shape``."""
    return rng.standard_normal((SAMPLES, *shape)).astype(dtype)


def _prove_output(
    state: LayerState, name: str, inputs: list[Floats], place: Place, rng: np.random.Generator
) -> None:
    """Raise unless the method ``name`` of ``state`` gives an output for each sample."""
    of = f"layer '{place.name}'"
    output = answer(state, name, *inputs, rng=rng, of=of)
    require_numbers(named(state, name, of), output, (SAMPLES, *place.output), remedy=FIRST)


def _prove_learning(state: LayerState, of: str) -> None:
    """Raise unless what ``state`` says of its matrices and parameters has their shapes."""
    for part, pair in answer(state, "pairs", of=of).items():
        where = f"{named(state, 'pairs', of)}, '{part}'"
        if part not in state.held or not isinstance(pair, tuple) or len(pair) != 2:
            expected = f"a pair of signals for {' and '.join(state.held) or 'no matrix'}"
            fail(where, expected, shown(pair), "Return what drove it, and its gradient.")
        for side, width in zip(pair, state.held[part].shape, strict=True):
            require_numbers(where, side, (*np.shape(side)[:-1], width), remedy=FIRST)
    slopes = answer(state, "slopes", of=of)
    if slopes.keys() != state.parameters.keys():
        expected = f"the slope of {', '.join(state.parameters) or 'nothing'}"
        remedy = "Parameters are those that learn; others are running."
        fail(named(state, "slopes", of), expected, ", ".join(slopes) or "none", remedy)
    for part, slope in slopes.items():
        where = f"{named(state, 'slopes', of)}, '{part}'"
        require_numbers(where, slope, state.parameters[part].shape, remedy="Sum over the samples.")
