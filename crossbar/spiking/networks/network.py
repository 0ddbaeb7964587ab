"""A spiking network: inputs, groups of neurons and the synapses between them, in any graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import require_array
from crossbar.checks import require_part, require_whole
from crossbar.displayed import Displayed
from crossbar.errors import ShapeError, fail, message, nearest, shown
from crossbar.random import Streams
from crossbar.spiking.networks.chip import SpikingChip
from crossbar.spiking.networks.group import Group, Synapses
from crossbar.spiking.networks.wired import Wired
from crossbar.substrates import Substrate
from crossbar.types import Doubles, Floats


@dataclass(frozen=True, kw_only=True)
class SpikingNetwork(Displayed):
    """Inputs and groups by name, and the synapses between them.

    Groups may feed each other and themselves, as long as a spike that comes back takes time: there
    is a delay in every loop.

    Parameters
    ----------
    inputs
        How many lines every input has.
    groups
        Neurons.
    synapses
        Matrices, from an input or a group to a group.

    Raises
    ------
    ConfigError
        If synapses name something that is not there, an input and a group have the same name, or a
        loop has no delay.

    Examples
    --------
    >>> network = SpikingNetwork(
    ...     inputs={"in": 2}, groups={"out": Group(count=1)},
    ...     synapses={"fc": Synapses(source="in", target="out")},
    ... )
    >>> network.shapes
    {'fc': (2, 1)}
    """

    inputs: Mapping[str, Any]
    groups: Mapping[str, Group]
    synapses: Mapping[str, Synapses] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, width in self.inputs.items():
            require_whole(f"SpikingNetwork.inputs['{name}']", width, low=1)
        for kind, parts in ((Group, self.groups), (Synapses, self.synapses)):
            where = f"SpikingNetwork.{'groups' if kind is Group else 'synapses'}"
            for name, part in parts.items():
                require_part(f"{where}['{name}']", part, kind)
        if both := self.inputs.keys() & self.groups.keys():
            remedy = "Give one of them another name."
            fail("SpikingNetwork.groups", "names that no input has", min(both), remedy)
        for name, one in self.synapses.items():
            where = f"SpikingNetwork.synapses['{name}']"
            for end, known in (("source", [*self.inputs, *self.groups]), ("target", self.groups)):
                if (given := getattr(one, end)) not in known:
                    fail(f"{where}.{end}", "an input or a group" if end == "source" else "a group",
                         repr(given), nearest(given, known))  # fmt: skip

    def width(self, name: str) -> int:
        """Return how many lines or neurons an input or a group has."""
        return int(self.inputs[name]) if name in self.inputs else self.groups[name].count

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Rows and columns of every matrix."""
        return {n: (self.width(s.source), self.width(s.target)) for n, s in self.synapses.items()}

    def build(
        self,
        substrate: Substrate,
        streams: Streams,
        *,
        weights: Mapping[str, Any],
        delays: Mapping[str, Any] | None = None,
    ) -> SpikingChip:
        """Program the weights, fabricate the neurons, and return the chip.

        Parameters
        ----------
        substrate
            What holds the weights: tiles with all their errors, digital memory and others.
        weights
            (rows, cols) of every matrix, by name.
        delays : [s]
            Of synapses that have several: (rows,), one for every line (axonal), or (rows, cols),
            one for every synapse.

        Raises
        ------
        ConfigError
            If a matrix is missing or a name is that of none.
        ShapeError, DataError
            If an array has another shape, is not finite, or a delay is negative.
        """
        require_part("SpikingNetwork.build.substrate", substrate, Substrate)
        require_part("SpikingNetwork.build.streams", streams, Streams)
        where, activity = "SpikingNetwork.build", Activity()
        substrate.require_parts(list(self.shapes))
        matrices = _named(f"{where}.weights", weights, self.shapes, complete=True)
        given = _named(f"{where}.delays", delays or {}, self.shapes, complete=False)
        wired = {}
        for name, one in self.synapses.items():
            shape = self.shapes[name]
            held = substrate.part(name).program(
                require_array(f"{where}.weights['{name}']", matrices[name], shape),
                rng=streams("program", layer=name), name=name, activity=activity,
            )  # fmt: skip
            own = _delays(f"{where}.delays['{name}']", given.get(name, one.delay), shape)
            wired[name] = Wired(one, held, own)
        states = {
            name: group.neuron.fabricate(group.count, rng=streams("fabricate", group=name))
            for name, group in self.groups.items()
        }
        return SpikingChip(self.inputs, self.groups, wired, states, activity)


def _named(where: str, given: Any, known: Mapping[str, Any], *, complete: bool) -> dict[str, Any]:
    """Return ``given`` by the names of matrices, or raise."""
    if not isinstance(given, Mapping):
        fail(where, "arrays by the names of synapses", shown(given), f"Names: {', '.join(known)}.")
    for name in given:
        if name not in known:
            fail(where, "the name of synapses", repr(name), nearest(str(name), known))
    if complete and (missing := [name for name in known if name not in given]):
        fail(where, f"a matrix for {', '.join(known)}", f"none for {missing[0]}", "Give all.")
    return dict(given)


def _delays(where: str, given: Any, shape: tuple[int, int]) -> Doubles:
    """Return delays [s] as (1,), (rows,) or (rows, cols), from 0."""
    array: Floats = np.atleast_1d(require_array(where, given))
    if array.shape not in ((1,), shape[:1], shape):
        expected = f"one delay, {shape[:1]} or {shape}"
        raise ShapeError(message(where, expected, array.shape, "Give one a line or a synapse."))
    if array.min() < 0:
        fail(where, "delays from 0", f"{array.min():g} s", "What is sent arrives later.")
    return array.astype(np.float64)
