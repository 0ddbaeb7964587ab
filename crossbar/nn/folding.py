"""Folding: normalisations put into the weights before them, for chips that are programmed."""

from __future__ import annotations

from dataclasses import replace

from crossbar.checks import require_part
from crossbar.nn.chip import Chip
from crossbar.nn.graph import Network, Node
from crossbar.types import Floats


def folded(chip: Chip) -> tuple[Network, dict[str, Floats]]:
    """Return the network and the weights of ``chip`` with normalisations folded into them.

    In inference a normalisation is y -> f y + c for every channel, see
    :attr:`~crossbar.nn.LayerState.affine`. Behind a layer with weights W and bias b that is the
    layer with W f and b f + c, so that it takes no time and no energy of its own. A layer without
    a bias line gets one. Copies of an array are averaged.

    A normalisation stays if what it reads from cannot take it up
    (:meth:`~crossbar.nn.Layer.absorbing`) or has other readers; its numbers are then among the
    weights.

    Returns
    -------
    Network, dict
        For ``network.build(substrate, streams, weights=weights)``.
    """
    require_part("folded.chip", chip, Chip)
    nodes = dict(chip.network.nodes)
    weights = chip.trained()
    for name, state in chip.layers.items():
        source = (nodes[name].inputs or ("",))[0]
        readers = [reader for reader, node in nodes.items() if source in (node.inputs or ())]
        if state.affine is None or source not in nodes or readers != [name]:
            continue
        own = {matrix: weights[matrix] for matrix in chip.layers[source].weights}
        scaled = nodes[source].layer.absorbing(own, *state.affine)
        if scaled is None:
            continue
        layer, changed = scaled
        weights |= changed
        weights = {k: values for k, values in weights.items() if not k.startswith(f"{name}.")}
        nodes[source] = replace(nodes[source], layer=layer)
        nodes = _without(nodes, name, source)
    return Network(input_shape=chip.network.input_shape, layers=dict(nodes)), weights


def _without(nodes: dict[str, Node], name: str, source: str) -> dict[str, Node]:
    """Return ``nodes`` without ``name``, whose readers read from ``source``."""
    kept = {other: node for other, node in nodes.items() if other != name}
    for other, node in kept.items():
        if name in (node.inputs or ()):
            inputs = tuple(source if one == name else one for one in node.inputs or ())
            kept[other] = replace(node, inputs=inputs)
    return kept
