"""A spiking network with the numbers that it runs with: weights, delays and currents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from crossbar.checks import require_part
from crossbar.displayed import Displayed
from crossbar.errors import fail, nearest
from crossbar.random import Streams
from crossbar.spiking.networks.chip import SpikingChip
from crossbar.spiking.networks.network import SpikingNetwork
from crossbar.substrates import Substrate
from crossbar.types import Floats


@dataclass(frozen=True, kw_only=True, eq=False)
class SpikingModel(Displayed):
    """A network with its weights, as files hold it.

    Attributes
    ----------
    network
        Inputs, groups and synapses.
    weights
        (rows, cols) of every matrix, by the name of the synapses.
    delays : [s]
        Of synapses that have several, as :meth:`SpikingNetwork.build` takes them.
    currents : [A]
        Constant currents, one or (count,), by the name of the group.
    charges : [C]
        Charges that arrive at time 0, one or (count,), by the name of the group.
    """

    network: SpikingNetwork
    weights: Mapping[str, Floats]
    delays: Mapping[str, Floats] = field(default_factory=dict)
    currents: Mapping[str, Floats] = field(default_factory=dict)
    charges: Mapping[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_part("SpikingModel.network", self.network, SpikingNetwork)
        for field_name in ("currents", "charges"):
            for name in getattr(self, field_name):
                if name not in self.network.groups:
                    where, known = f"SpikingModel.{field_name}", self.network.groups
                    fail(where, "names of groups", repr(name), nearest(name, known))

    def __repr__(self) -> str:
        network = self.network
        sizes = [f"{name} {network.width(name)}" for name in (*network.inputs, *network.groups)]
        return f"<SpikingModel {', '.join(sizes)}, {len(network.synapses)} matrices>"

    def build(self, substrate: Substrate, streams: Streams) -> SpikingChip:
        """Program the weights and return the chip; see :meth:`SpikingNetwork.build`.

        Currents are given to its runs: ``chip.run(spikes, until, currents=model.currents, ...)``.
        """
        chip = self.network.build(substrate, streams, weights=self.weights, delays=self.delays)
        for name, charges in self.charges.items():
            group = self.network.groups[name]
            every = np.broadcast_to(charges, group.count)
            group.neuron.receive(np.arange(group.count), every, chip.states[name])
        return chip
