"""Whether a layer from outside the package keeps the contract, tried before it is used.

Layers of the package are tried by its tests.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from crossbar.checks import require_whole
from crossbar.contracts import (
    answer,
    named,
    outside,
    require_begun,
    require_instance,
    require_numbers,
)
from crossbar.errors import fail, require_number, shown
from crossbar.nn.layers.base import Layer, LayerState
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.types import Floats, Rng

SAMPLES = 2
CLOSE = 1e-4  # single precision, through a sum or two
FIRST = "Samples come first."


def shape_of(name: str, layer: Layer, inputs: tuple[Shape, ...]) -> Shape:
    """Return the shape that ``layer`` gives for its output, or raise unless it is one."""
    shape = answer(layer, "output_shape", *inputs, of=f"layer '{name}'")
    if not isinstance(shape, tuple) or not all(type(n) is int and n > 0 for n in shape):
        where = named(layer, "output_shape", f"layer '{name}'")
        fail(where, "a tuple of whole numbers above 0", shown(shape), "One sample has it.")
    return shape


def matrices_of(name: str, layer: Layer, inputs: tuple[Shape, ...]) -> tuple[Matrix, ...]:
    """Return the matrices of ``layer``, or raise unless they are a tuple of those."""
    of = f"layer '{name}'"
    where, matrices = named(layer, "matrices", of), answer(layer, "matrices", *inputs, of=of)
    if not isinstance(matrices, tuple) or not all(type(m) is Matrix for m in matrices):
        fail(where, "a tuple of Matrix", shown(matrices), "For one write (Matrix(...),).")
    parts = [matrix.part for matrix in matrices]
    if len(set(parts)) < len(parts) or not all(str(part).isidentifier() for part in parts):
        fail(where, "names of letters, digits and _, one a matrix", shown(parts), "Rename them.")
    for matrix in matrices:
        for size in ("rows", "cols", "vectors", "copies"):
            require_whole(f"{where}, '{matrix.part}', {size}", getattr(matrix, size), low=1)
        require_number(f"{where}, '{matrix.part}', gain", matrix.gain, above=0)
    return matrices


def require_one_clock(layers: dict[str, Layer]) -> None:
    """Raise unless all of ``layers`` that live in time steps have steps of one length."""
    clocks = {n: t for n, layer in layers.items() if (t := layer.clock) is not None}
    if len(set(clocks.values())) > 1:
        got = ", ".join(f"{t:g} s of '{name}'" for name, t in clocks.items())
        fail("Network.layers", "time steps of one length", got, "Give all the same dt.")


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
    require_begun(state, "parameters", "place")
    for memory in ("parameters", "running"):
        for name, kept in getattr(state, memory).items():
            where = f"{named(state, memory, of)}, '{name}'"
            require_numbers(where, kept, np.shape(kept), remedy="Keep numbers in arrays.")
    own, rng = copy.deepcopy(state), np.random.default_rng(0)
    dtype = next((held.dtype for held in place.held.values()), np.dtype(np.float32))
    inputs = [_samples(rng, shape, dtype) for shape in place.inputs]
    again = _output(copy.deepcopy(state), "forward", inputs, place)
    if not np.array_equal(_output(own, "forward", inputs, place), again):
        remedy = "Draw from rng alone, so that a seed reproduces a run."
        fail(named(state, "forward", of), "the same output for the same rng", "another", remedy)
    own.take(_samples(rng, place.output, dtype), rng=rng)
    where, back = named(own, "backward", of), answer(own, "backward", own.d, rng=rng, of=of)
    if not isinstance(back, tuple) or len(back) != len(inputs):
        expected = "a tuple with one gradient an input"
        fail(where, expected, shown(back), "For one input write (d,).")
    for gradient, x in zip(back, inputs, strict=True):
        require_numbers(where, gradient, x.shape, remedy=FIRST)
    _prove_learning(own, of)
    inferred, affine = _output(own, "infer", inputs, place), answer(own, "affine", of=of)
    if affine is not None:
        where = named(own, "affine", of)
        if not isinstance(affine, tuple) or len(affine) != 2:
            fail(where, "factors and constants", shown(affine), "Return both, one a channel.")
        if not np.allclose(inputs[0] * affine[0] + affine[1], inferred, rtol=CLOSE, atol=CLOSE):
            remedy = "Omit affine where the layer does more."
            fail(where, "x factor + constant, the output in inference", "another", remedy)
    return state


def _samples(rng: Rng, shape: Shape, dtype: Any) -> Floats:
    """Return random samples of ``shape``, from 0.1 to 1, where roots and logarithms are defined."""
    return rng.uniform(0.1, 1.0, (SAMPLES, *shape)).astype(dtype)


def _output(state: LayerState, name: str, inputs: list[Floats], place: Place) -> Floats:
    """Return what the method ``name`` of ``state`` gives, or raise unless those are signals."""
    of = f"layer '{place.name}'"
    where, shape = named(state, name, of), (SAMPLES, *place.output)
    given = answer(state, name, *inputs, rng=np.random.default_rng(0), of=of)
    output: Floats = require_numbers(where, given, shape, remedy=FIRST)
    if output.dtype.kind != "f":
        got, remedy = f"numbers of type {output.dtype}", "Return y.astype(x.dtype)."
        fail(where, "floating-point numbers", got, remedy)
    return output


def _prove_learning(state: LayerState, of: str) -> None:
    """Raise unless what ``state`` says of its matrices and parameters has their shapes."""
    if type(state).update is not LayerState.update:
        return  # it learns in a way of its own, or not at all
    pairs = answer(state, "pairs", of=of)
    if not isinstance(pairs, dict) or pairs.keys() != state.held.keys():
        expected = f"what drove {', '.join(state.held) or 'nothing'}"
        got = ", ".join(pairs) or "none" if isinstance(pairs, dict) else shown(pairs)
        remedy = "Return one pair a matrix, or none learns."
        fail(named(state, "pairs", of), expected, got, remedy)
    for part, pair in pairs.items():
        where = f"{named(state, 'pairs', of)}, '{part}'"
        if not isinstance(pair, tuple) or len(pair) != 2:
            remedy = "Return what drove it, and the gradient at its outputs."
            fail(where, "a pair of signals", shown(pair), remedy)
        for side, width in zip(pair, state.held[part].shape, strict=True):
            require_numbers(where, side, (*np.shape(side)[:-1], width), remedy=FIRST)
    slopes = answer(state, "slopes", of=of)
    if not isinstance(slopes, dict) or slopes.keys() != state.parameters.keys():
        expected = f"the slope of {', '.join(state.parameters) or 'nothing'}"
        remedy = "Parameters are those that learn; others are running."
        fail(named(state, "slopes", of), expected, ", ".join(slopes or {}) or "none", remedy)
    for part, slope in slopes.items():
        where = f"{named(state, 'slopes', of)}, '{part}'"
        require_numbers(where, slope, state.parameters[part].shape, remedy="Sum over the samples.")
