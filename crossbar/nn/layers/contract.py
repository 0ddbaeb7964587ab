"""Whether a layer from outside the package keeps the contract, tried before it is used.

Layers of the package are tried by its tests.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from crossbar.errors import fail, shown
from crossbar.nn.layers.base import Layer, LayerState, Matrix, Place, Shape
from crossbar.types import Floats

SAMPLES = 2


def require_shape(name: str, layer: Layer, shape: Any) -> Shape:
    """Return ``shape`` as ``layer`` gave it for its output, or raise unless it is one."""
    if not isinstance(shape, tuple) or not all(type(n) is int and n > 0 for n in shape):
        where = f"{type(layer).__name__}.output_shape of layer '{name}'"
        fail(where, "a tuple of whole numbers above 0", shown(shape), "One sample has it.")
    return shape


def require_matrices(name: str, layer: Layer, matrices: Any) -> tuple[Matrix, ...]:
    """Return ``matrices`` as ``layer`` gave them, or raise unless they are some."""
    if not isinstance(matrices, tuple) or not all(type(m) is Matrix for m in matrices):
        where = f"{type(layer).__name__}.matrices of layer '{name}'"
        fail(where, "a tuple of Matrix", shown(matrices), "For one write (Matrix(...),).")
    return matrices


def prove(layer: Layer, state: Any, place: Place) -> None:
    """Raise unless ``state``, which ``layer`` made, answers samples as the contract says.

    Zeros go through a copy of it, there and back. Layers of the package are not tried.
    """
    if type(layer).__module__.startswith("crossbar."):
        return
    if not isinstance(state, LayerState):
        where = f"{type(layer).__name__}.state of layer '{place.name}'"
        fail(where, "a LayerState", shown(state), "Return the layer in hardware.")
    own, rng = copy.deepcopy(state), np.random.default_rng(0)
    dtype = next((held.dtype for held in place.held.values()), np.float32)
    inputs = [np.zeros((SAMPLES, *shape), dtype) for shape in place.inputs]
    for method in (own.forward, own.infer):
        output = _answer(place, method, *inputs, rng=rng)
        _require(place, method, [output], [place.output])
    own.d = np.zeros_like(output)
    back = _answer(place, own.backward, own.d, rng=rng)
    if not isinstance(back, tuple):
        where, remedy = _where(place, own.backward), "For one input write (d,)."
        fail(where, "a tuple with one gradient an input", shown(back), remedy)
    _require(place, own.backward, back, place.inputs)


def _answer(place: Place, method: Callable[..., Any], *signals: Floats, rng: Any) -> Any:
    """Return what ``method`` gives for ``signals``, or raise unless it takes them."""
    try:
        inspect.signature(method).bind(*signals, rng=rng)
    except TypeError as error:
        taken = f"{len(signals)} signals and the keyword rng"
        fail(_where(place, method), f"a method of {taken}", str(error), "See LayerState.")
    return method(*signals, rng=rng)


def _require(
    place: Place, method: Callable[..., Any], signals: Sequence[Any], shapes: Sequence[Shape]
) -> None:
    """Raise unless ``signals`` are samples of ``shapes``."""
    wanted = [(SAMPLES, *shape) for shape in shapes]
    got = [signal.shape if isinstance(signal, np.ndarray) else shown(signal) for signal in signals]
    if got != wanted:
        said = [", ".join(map(str, shapes)) for shapes in (wanted, got)]
        fail(_where(place, method), f"shape {said[0]}", said[1], "Samples come first.")


def _where(place: Place, method: Any) -> str:
    """Return the name of ``method`` in an error."""
    return f"{method.__self__.__class__.__name__}.{method.__name__} of layer '{place.name}'"
