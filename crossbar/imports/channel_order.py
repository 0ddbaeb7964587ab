"""Where maps with channels last are read as rows: other tools have channels first there."""

from __future__ import annotations

from crossbar.nn import Flatten, Network, Reshape, Transpose
from crossbar.nn.graph import INPUT
from crossbar.nn.layers.place import Shape
from crossbar.nn.layers.windowed import Windowed


def maps_into(network: Network, name: str) -> Shape | None:
    """Return the shape (..., channels) of the maps that the node ``name`` reads as a row.

    None where it reads a row that is none of maps, maps in an order that the network gave them
    (``Transpose``, ``Reshape``), or an image without channels.
    """
    source, shape = _source(network, name), network.shapes_into(name)[0]
    while len(shape) < 2:
        if source == INPUT:
            return None
        before, flat = network.shapes_into(source)[0], network.nodes[source].layer
        if before != shape and not isinstance(flat, Flatten):
            return None
        source, shape = _source(network, source), before
    return shape if _channels_last(network, source) else None


def _source(network: Network, name: str) -> str:
    """Return the first node that ``name`` reads from."""
    return (network.nodes[name].inputs or (INPUT,))[0]


def _channels_last(network: Network, name: str) -> bool:
    """Return whether the last axis of what ``name`` gives are channels that a layer made so."""
    while name != INPUT:
        layer = network.nodes[name].layer
        if isinstance(layer, Windowed):
            return True
        if isinstance(layer, (Reshape, Transpose)):
            return False
        name = _source(network, name)
    return len(network.input_shape) == 3
