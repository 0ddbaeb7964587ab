"""The state of a module of PyTorch as weights of a network of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from crossbar.checks import require_part
from crossbar.errors import ShapeError, fail, message, nearest, shown
from crossbar.imports.channel_order import maps_into
from crossbar.imports.filters import matrices
from crossbar.imports.tensors import floats
from crossbar.nn import Biased, Dense, Network, Normalisation
from crossbar.nn.layers.windowed import Windowed
from crossbar.types import Floats

WHERE = "torch_weights"
COUNT = "num_batches_tracked"
NORMS = {"weight": "scale", "bias": "shift", "running_mean": "mean", "running_var": "variance"}
UNTRACKED = 1000.0  # presentations, so that training would go on by the momentum


def torch_weights(
    network: Network, state: Mapping[str, Any], names: Mapping[str, str] | None = None
) -> dict[str, Floats]:
    """Return the weights of ``network`` from ``module.state_dict()`` of PyTorch.

    A ``Linear`` (outputs, inputs) is transposed, filters (filters, channels, *kernel) become the
    matrices of windows whose channels are last, and a bias becomes the last row. Where a ``Dense``
    layer reads maps, its rows take the order of ours, channels last. Batch normalisation gives
    scale, shift, mean and variance; its ``eps`` is no part of a state.

    Parameters
    ----------
    network
        The graph.
    state
        Tensors or arrays by name, on any device, of 16 bits or more.
    names
        Name of the module by the node of ``network`` that it is, where they differ. Without, a
        node ``features_0`` is the module of that name, or ``features.0``.

    Returns
    -------
    dict
        For ``network.build(substrate, streams, weights=...)``.

    Raises
    ------
    ConfigError
        If a node has no module, a module no node, or one has a bias and the other none.
    ShapeError, DataError
        If a tensor has another shape, or no finite floating-point numbers.
    """
    require_part(f"{WHERE}.network", network, Network)
    if not isinstance(state, Mapping) or not all(isinstance(name, str) for name in state):
        fail(f"{WHERE}.state", "tensors by name", shown(state), "Give module.state_dict().")
    modules = list(dict.fromkeys(name.rpartition(".")[0] for name in state))
    weights: dict[str, Floats] = {}
    for node, module in _matched(network, modules, dict(names or {})).items():
        prefix = f"{module}." if module else ""
        own = {key[len(prefix) :]: state[key] for key in state if key.rpartition(".")[0] == module}
        weights |= _read(network, node, prefix, own)
    return weights


def _matched(network: Network, modules: list[str], names: dict[str, str]) -> dict[str, str]:
    """Return the module of every node that holds numbers, or raise unless each has its own."""
    nodes = [name for name, node in network.nodes.items()
             if name in network.parts or isinstance(node.layer, Normalisation)]  # fmt: skip
    wanted = f"a layer with numbers: {', '.join(nodes)}"
    for name in names:
        if name not in nodes:
            fail(f"{WHERE}.names", wanted, repr(name), nearest(str(name), nodes))
    flat = {module.replace(".", "_"): module for module in modules}
    pairs = {}
    for node in nodes:
        module = names.get(node, node if node in modules else flat.get(node))
        if module not in modules:
            got = f"modules {', '.join(map(repr, modules))}"
            remedy = f'Say which it is: names={{"{node}": "..."}}.'
            fail(WHERE, f"a module '{module or node}' for the layer '{node}'", got, remedy)
        pairs[node] = module
    left = [module for module in modules if module not in pairs.values()]
    if left:
        fail(WHERE, f"modules of the layers {', '.join(nodes)}", f"also {', '.join(left)}",
             "Add their layers to the network, or leave them out of the state.")  # fmt: skip
    return pairs


def _read(network: Network, node: str, prefix: str, own: dict[str, Any]) -> dict[str, Floats]:
    """Return the weights of one node from the tensors of its module."""
    layer = network.nodes[node].layer
    known = [*NORMS, COUNT] if isinstance(layer, Normalisation) else ["weight", "bias"]
    for name in own:
        if name not in known:
            remedy = "Give its weights by Network.build(weights=...)."
            fail(WHERE, f"{', '.join(known)} of '{node}'", f"'{prefix}{name}'", remedy)
    if isinstance(layer, Normalisation):
        return _normalisation(network, node, prefix, own)
    if not isinstance(layer, (Dense, Windowed)):
        remedy = "Give its weights by Network.build(weights=...)."
        expected = "Dense, Convolution or normalisation layers"
        fail(WHERE, expected, f"{type(layer).__name__} '{node}'", remedy)
    outputs = layer.units if isinstance(layer, Dense) else layer.filters
    bias = _bias(node, layer, outputs, prefix, own)
    (shape,) = network.shapes_into(node)
    if isinstance(layer, Dense):
        weights = _array(prefix, "weight", own, (layer.units, int(np.prod(shape))))
        if (maps := maps_into(network, node)) is not None:
            channels_first = weights.reshape(layer.units, maps[-1], *maps[:-1])
            weights = np.moveaxis(channels_first, 1, -1).reshape(layer.units, -1)
        rows = weights.T if bias is None else np.vstack([weights.T, bias])
        return {node: np.ascontiguousarray(rows)}
    kernel, sides = layer.grid(shape).kernel, layer.dimensions
    channels = int(np.prod(shape[sides:])) // layer.groups
    weights = _array(prefix, "weight", own, (layer.filters, channels, *kernel))
    parts = matrices(weights, bias, layer.groups)
    return {f"{node}.{part}" if part else node: matrix for part, matrix in parts.items()}


def _bias(
    node: str, layer: Biased, outputs: int, prefix: str, own: dict[str, Any]
) -> Floats | None:
    """Return the bias of a module, or raise if it has one and the layer none, or otherwise."""
    if ("bias" in own) != layer.bias:
        got = f"'{prefix}bias'" if "bias" in own else "none"
        expected = f"{'a' if layer.bias else 'no'} bias of '{node}', as the layer has"
        fail(WHERE, expected, got, f"Give the layer bias={not layer.bias}.")
    return _array(prefix, "bias", own, (outputs,)) if layer.bias else None


def _normalisation(
    network: Network, node: str, prefix: str, own: dict[str, Any]
) -> dict[str, Floats]:
    """Return scale, shift and statistics of a batch normalisation."""
    channels = network.shapes_into(node)[0][-1]
    plain = {"weight": np.ones(channels), "bias": np.zeros(channels)}
    both = plain | own if not plain.keys() & own.keys() else own  # affine=False has neither
    numbers = {f"{node}.{ours}": _array(prefix, name, both, (channels,))
               for name, ours in NORMS.items()}  # fmt: skip
    if (numbers[f"{node}.variance"] < 0).any():
        fail(f"{WHERE}['{prefix}running_var']", "variances", "one below 0", "Save it again.")
    presented = float(own[COUNT]) if COUNT in own else UNTRACKED
    return numbers | {f"{node}.presented": np.full(1, presented)}


def _array(prefix: str, name: str, own: dict[str, Any], shape: tuple[int, ...]) -> Floats:
    """Return a tensor of a module as an array of ``shape``, or raise."""
    where = f"{WHERE}['{prefix}{name}']"
    if name not in own:
        got = f"{', '.join(own) or 'none'} of '{prefix.rstrip('.')}'"
        fail(where, f"numbers of shape {shape}", got, "Give the whole state of the module.")
    array = floats(where, own[name])
    if array.shape != shape:
        remedy = "Let the layer have the sides, channels and groups of the module."
        raise ShapeError(message(where, f"shape {shape}", array.shape, remedy))
    return array
