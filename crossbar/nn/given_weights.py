"""Weights that a network is built with: by the name of a matrix, or ``node.name`` in digital."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crossbar.array_checks import real, require_array
from crossbar.errors import ShapeError, fail, message, nearest, shown
from crossbar.nn.layers.base import LayerState
from crossbar.nn.layers.biased import Biased
from crossbar.types import Floats

if TYPE_CHECKING:
    from crossbar.nn.graph import Network

WHERE = "Network.build.weights"
LISTED = 8  # matrices that an error names with their shapes
BIAS = "The last row is the bias: np.vstack([W, b])."


def matrices(network: Network, weights: Any) -> dict[str, Floats]:
    """Return the matrices among ``weights``, checked against ``network``.

    Raises
    ------
    ConfigError
        If one is missing, or a name is that of no node.
    ShapeError, DataError
        If one has another shape, or no finite numbers.
    """
    shapes = {name: (rows, cols) for name, rows, cols, _ in network.matrices}
    listed = [f"{name} {shape}" for name, shape in shapes.items()]
    more = [f"and {len(listed) - LISTED} others"] if len(listed) > LISTED else []
    wanted = ", ".join(listed[:LISTED] + more)
    if not isinstance(weights, dict):
        fail(WHERE, f"a dictionary: {wanted}", shown(weights), "Give arrays by layer.")
    for name in weights:
        node, dot, _ = str(name).partition(".")
        if name not in shapes and not (dot and node in network.nodes):
            fail(WHERE, f"weights of {wanted}", repr(name), nearest(str(name), shapes))
    missing = [name for name in shapes if name not in weights]
    if missing:
        remedy = "Give the weights of every layer, or none for initial ones."
        fail(WHERE, f"weights of {wanted}", f"none of {', '.join(missing[:LISTED])}", remedy)
    parts = network.parts.items()
    biased = {name for node, own in parts if _biased(network, node) for name in own}
    return {
        name: _shaped(name, weights[name], shape, bias=name in biased)
        for name, shape in shapes.items()
    }


def _biased(network: Network, name: str) -> bool:
    """Return whether matrices of the node ``name`` have a bias line."""
    layer = network.nodes[name].layer
    return isinstance(layer, Biased) and layer.bias


def _shaped(name: str, given: Any, shape: tuple[int, ...], *, bias: bool = False) -> Floats:
    """Return what was ``given`` as an array of ``shape``, or raise."""
    where = f"{WHERE}[{name!r}]"
    got = real(where, given).shape
    if got != shape:
        remedy = "Rows are inputs, columns outputs." if len(shape) == 2 else "Give one a channel."
        if len(shape) == 2 and got == shape[::-1]:
            remedy += " Transpose it."
        elif bias:
            remedy += f" {BIAS}"
        raise ShapeError(message(where, f"shape {shape}", got, remedy))
    array: Floats = require_array(where, given)
    return array


def recall(states: Mapping[str, LayerState], weights: dict[str, Floats]) -> None:
    """Give the digital memories of ``states`` what ``weights`` has for them by ``node.name``.

    Raises
    ------
    ConfigError
        If one is missing, as a trained network is another without it, or a name is of none.
    ShapeError, DataError
        As in :func:`matrices`.
    """
    kept = {f"{n}.{k}": a for n, state in states.items() for k, a in state.arrays().items()}
    held = {name for state in states.values() for name in state.weights}
    expected = f"numbers of {', '.join(kept) or 'no layer'} beside the matrices"
    for name in weights:
        if name not in kept and name not in held:
            own = name.endswith((".bias", ".intercept"))
            fail(WHERE, expected, repr(name), BIAS if own else nearest(name, [*kept, *held]))
    missing = [name for name in kept if name not in weights]
    if missing:
        remedy = "Give all that a trained network keeps: Chip.trained() has it."
        fail(WHERE, expected, f"none of {', '.join(missing)}", remedy)
    for name, array in kept.items():
        array[...] = _shaped(name, weights[name], array.shape)
