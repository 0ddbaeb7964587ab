"""What spikes do on placed cores: packets, hops, load of links, energy and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse

from crossbar.array_checks import require_array
from crossbar.checks import require_part
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message, require_number
from crossbar.spiking.cores.mesh import CoreMesh
from crossbar.spiking.cores.placement import CorePlacement
from crossbar.types import Doubles, Integers


@dataclass(frozen=True, eq=False, repr=False)
class CoreTraffic(Displayed):
    """Spikes that go to cores: a packet for each spike and core that hears it.

    Parameters
    ----------
    placement
        Neurons on cores.
    spikes : (lines,)
        How many spikes every line has: counted in a run, or expected.
    seconds : [s]
        Time of these spikes.
    mesh
        What their ways take.

    Raises
    ------
    DataError, ShapeError
        If there is not a number of spikes, from 0, for each line.
    ConfigError
        If the time is not above 0.
    """

    placement: CorePlacement
    spikes: Any
    seconds: float
    mesh: CoreMesh = field(default_factory=CoreMesh)

    def __post_init__(self) -> None:
        require_part("CoreTraffic.placement", self.placement, CorePlacement)
        require_part("CoreTraffic.mesh", self.mesh, CoreMesh)
        require_number("CoreTraffic.seconds", self.seconds, above=0, high=1e15, unit="s")
        lines = self.placement.connectivity.lines
        spikes = require_array("CoreTraffic.spikes", self.spikes, (lines,)).astype(float)
        if spikes.min() < 0:
            raise DataError(message("CoreTraffic.spikes", "numbers from 0", f"{spikes.min():g}",
                                    "Count them."))  # fmt: skip
        object.__setattr__(self, "spikes", spikes)

    def __repr__(self) -> str:
        return (f"<CoreTraffic {self.packets:g} packets over {self.hops:g} hops, "
                f"{self.local:g} within cores>")  # fmt: skip

    @cached_property
    def _ways(self) -> tuple[Doubles, Integers, Integers]:
        """Spikes, and places of sender and receiver (routes, 2), of every route.

        Inputs come from the gate to the west of the corner.
        """
        lines, cores = self.placement.routes
        places, senders = self.placement.positions, self.placement.senders[lines]
        begin = np.where(senders[:, None] < 0, (-1, 0), places[senders])
        return self.spikes[lines], begin, places[cores]

    @cached_property
    def _steps(self) -> Integers:
        """Hops of a packet of every route along rows and columns, (routes, 2)."""
        _, begin, end = self._ways
        hops: Integers = np.abs(end - begin)
        return hops

    @cached_property
    def _lengths(self) -> Integers:
        """Hops of a packet of every route, (routes,)."""
        hops: Integers = self._steps.sum(axis=1)
        return hops

    @property
    def delivered(self) -> Doubles:
        """Spikes that every core gets, those of its own neurons among them, (cores,)."""
        cores = self.placement.routes[1]
        return np.bincount(cores, self._ways[0], self.placement.count).astype(np.float64)

    @property
    def packets(self) -> float:
        """Packets that leave the core of their neuron, or come from an input."""
        return float(self._ways[0][self._lengths > 0].sum())

    @property
    def local(self) -> float:
        """Spikes that stay on the core of their neuron, as their rows are there."""
        return float(self._ways[0].sum()) - self.packets

    @property
    def hops(self) -> float:
        """Hops of all packets."""
        return float(self._ways[0] @ self._lengths)

    @property
    def by_hops(self) -> tuple[Integers, Doubles]:
        """Numbers of hops from 0, and how many packets make so many; none are those within."""
        packets = np.bincount(self._lengths, self._ways[0], 2).astype(np.float64)
        return np.arange(packets.size), packets

    @property
    def between(self) -> Any:
        """Packets from core to core, sparse (cores, cores), without those of inputs."""
        lines, cores = self.placement.routes
        senders = self.placement.senders[lines]
        apart = (senders >= 0) & (senders != cores)
        at = (senders[apart], cores[apart])
        count = self.placement.count
        return sparse.csr_array((self.spikes[lines[apart]], at), shape=(count, count))

    @cached_property
    def links(self) -> dict[str, Doubles]:
        """Packets over every link: ``east``, ``west``, ``north``, ``south``, (rows, columns).

        The link at a place leads away from it. The first column of ``east`` is that of the gate.
        """
        spikes, begin, end = self._ways
        width, height = self.placement.positions.max(axis=0) + 1
        loads = {}
        for name, axis, sign in (("east", 0, 1), ("west", 0, -1), ("north", 1, 1),
                                 ("south", 1, -1)):  # fmt: skip
            own = sign * (end[:, axis] - begin[:, axis]) > 0
            low = np.minimum(begin, end)[own, axis] + (sign < 0)
            high = np.maximum(begin, end)[own, axis] + (sign < 0)
            along = (begin[own, 1], end[own, 0])[axis]  # the row of the sender, then a column
            change = np.zeros((height, width + 2) if axis == 0 else (width, height + 2))
            np.add.at(change, (along, low + 1), spikes[own])
            np.add.at(change, (along, high + 1), -spikes[own])
            load = np.cumsum(change, axis=1)
            loads[name] = load[:, : width + 1] if axis == 0 else load[:, 1 : height + 1].T
        return loads

    @property
    def busiest(self) -> float:
        """Share of the time in which the link with most packets carries one.

        A link is taken to carry one packet at a time, for the time of a hop: assumed. Where this is
        far below 1, packets do not wait for each other and latencies are those of hops alone.
        """
        t_x, t_y = self.mesh.t_x, self.mesh.t_y
        times = {"east": t_x, "west": t_x, "north": t_y, "south": t_y}
        used = [load.max(initial=0) * times[name] for name, load in self.links.items()]
        return float(max(used)) / self.seconds

    @cached_property
    def latency(self) -> tuple[float, float]:
        """Mean over packets, and longest, time from a core into another [s], nan without any."""
        spikes, apart = self._ways[0], self._lengths > 0
        own = (self._steps @ (self.mesh.t_x, self.mesh.t_y) + self.mesh.t_delivery)[apart]
        weights = spikes[apart]
        if not weights.sum():
            return float("nan"), float("nan")
        return float(own @ weights / weights.sum()), float(own[weights > 0].max())

    @property
    def events(self) -> float:
        """Synaptic events: spikes times the neurons that they reach."""
        return float(self.spikes @ self.placement.connectivity.fan_out)

    @property
    def energy(self) -> dict[str, float]:
        """What happened takes, by part [J]."""
        mesh, placed = self.mesh, self.placement
        along_rows, along_columns = self._ways[0] @ self._steps
        inputs, neurons = placed.connectivity.inputs, placed.connectivity.neurons
        return {
            "spikes of neurons": float(self.spikes[inputs:].sum()) * mesh.spike.value,
            "hops": float(along_rows * mesh.hop_x.value + along_columns * mesh.hop_y.value),
            "deliveries": float(self._ways[0].sum()) * mesh.delivery.value,
            "synaptic events": self.events * mesh.event.value,
            "neurons at rest": neurons * self.seconds * mesh.rest.value,
        }

    @property
    def power(self) -> float:
        """Power of what happened [W]; by the budget it is that of the placement."""
        return sum(self.energy.values()) / self.seconds
