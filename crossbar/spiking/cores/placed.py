"""A spiking network cut into the tiles of its cores, to be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from crossbar.array_checks import Array
from crossbar.checks import require_part
from crossbar.errors import fail
from crossbar.spiking.cores.connectivity import Connectivity
from crossbar.spiking.cores.placement import CorePlacement
from crossbar.spiking.networks import SpikingModel, SpikingNetwork
from crossbar.types import Integers


class Piece(NamedTuple):
    """Neurons of a group that are on one core, by their numbers in the group."""

    name: str
    neurons: Integers


def placed_model(model: SpikingModel, placement: CorePlacement) -> SpikingModel:
    """Return ``model`` with a group ``GROUP.CORE`` for the neurons of a group on a core.

    A matrix between two of them is named after both, ``SYNAPSES.SENDER.RECEIVER``, and left out
    where all its weights are 0. With ideal weights the spikes are those of ``model``; on tiles
    every piece has errors of its own.

    Raises
    ------
    ConfigError
        If the placement is that of another network.
    """
    require_part("placed_model.model", model, SpikingModel)
    require_part("placed_model.placement", placement, CorePlacement)
    of, network = Connectivity.of(model), model.network
    if of.lines != placement.connectivity.lines or of.parts != placement.connectivity.parts:
        remedy = "Place Connectivity.of(model)."
        fail("placed_model.placement", f"a placement of {of!r}", repr(placement), remedy)
    pieces = {name: list(_pieces(name, of, network.groups[name].count, placement))
              for name in network.groups}  # fmt: skip
    whole = {name: [Piece(name, np.arange(width))] for name, width in network.inputs.items()}
    groups = {one.name: replace(network.groups[name], count=one.neurons.size)
              for name, each in pieces.items() for one in each}  # fmt: skip
    synapses, weights, delays = {}, {}, {}
    for name, own in network.synapses.items():
        for sender in (whole | pieces)[own.source]:
            for receiver in pieces[own.target]:
                part = model.weights[name][np.ix_(sender.neurons, receiver.neurons)]
                if part.any():
                    label = f"{name}.{sender.name}.{receiver.name}"
                    synapses[label] = replace(own, source=sender.name, target=receiver.name)
                    weights[label] = part
                    if name in model.delays:
                        delays[label] = _delays(model.delays[name], sender, receiver)
    cut = SpikingNetwork(inputs=network.inputs, groups=groups, synapses=synapses)
    return SpikingModel(network=cut, weights=weights, delays=delays,
                        currents=_shared(model.currents, pieces),
                        charges=_shared(model.charges, pieces))  # fmt: skip


def _pieces(name: str, of: Connectivity, count: int, placement: CorePlacement) -> Iterator[Piece]:
    """Yield the neurons of a group on every core that has some."""
    begin = of.parts[name] - of.inputs
    cores = placement.cores[begin : begin + count]
    for core in np.unique(cores).tolist():
        yield Piece(f"{name}.{core}", np.flatnonzero(cores == core))


def _delays(given: Array, sender: Piece, receiver: Piece) -> Array:
    """Return the delays between two pieces, of every line or of every synapse."""
    own = given[sender.neurons]
    return own if own.ndim == 1 else own[:, receiver.neurons]


def _shared(given: Mapping[str, Array], pieces: Mapping[str, list[Piece]]) -> dict[str, Array]:
    """Return constants of groups, one or (count,), by piece."""
    return {one.name: np.broadcast_to(values, ()) if np.ndim(values) == 0
            else np.asarray(values)[one.neurons]
            for name, values in given.items() for one in pieces[name]}  # fmt: skip
