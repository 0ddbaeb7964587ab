"""What lies between two neurons: a matrix, and the delays of its lines or synapses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.imports.nir.graph import LINEAR, OUTPUT, PASSES, Flat, kind_of, refuse
from crossbar.types import Doubles

SHAPE = "Check the shapes of the graph: nir.NIRGraph(...).check_types()."


@dataclass(frozen=True)
class Way:
    """What spikes of ``source`` become on their way to a neuron.

    Attributes
    ----------
    source
        Name of the node that sends.
    names
        Nodes with weights on the way.
    matrix : (rows,) or (rows, cols)
        Factors of lines as long as there is no matrix, then weights.
    delays : (), (rows,) or (rows, cols) [s]
        Of all, of each line, or of each synapse.
    """

    source: str
    names: tuple[str, ...]
    matrix: Doubles
    delays: Doubles

    @property
    def cols(self) -> int:
        """How many lines there are at its end."""
        return int(self.matrix.shape[-1])

    @property
    def weights(self) -> Doubles:
        """The weights (rows, cols)."""
        return np.diag(self.matrix) if self.matrix.ndim == 1 else self.matrix

    def through(self, name: str, node: Any) -> Way:
        """Return the way with one more ``node``."""
        kind = kind_of(node)
        if kind in LINEAR:
            return self._weighted(name, node)
        if kind == "Scale":
            return replace(self, matrix=self.matrix * sized(name, node, "scale", self.cols))
        if kind == "Delay":
            delay = sized(name, node, "delay", self.cols)
            if delay.min() < 0:
                refuse(name, node, "delays from 0", f"{delay.min():g} s", "Time goes forwards.")
            return replace(self, delays=self._later(delay))
        return self

    def _weighted(self, name: str, node: Any) -> Way:
        """Return the way behind a matrix."""
        weight = matrix_of(name, node, self.cols)
        if self.delays.ndim == 2:
            remedy = "Put the Delay before the first matrix, or behind the last one."
            refuse(name, node, "no matrix behind delays that differ", "one", remedy)
        first = self.matrix.ndim == 1
        product = self.matrix[:, None] * weight.T if first else self.matrix @ weight.T
        return replace(self, names=(*self.names, name), matrix=product)

    def _later(self, delay: Doubles) -> Doubles:
        """Return the delays with ``delay`` (cols,) more at the end."""
        later: Doubles
        if np.ptp(delay) == 0 or self.matrix.ndim == 1:
            later = self.delays + (delay[0] if np.ptp(delay) == 0 else delay)
            return later
        rows = np.broadcast_to(self.delays, self.matrix.shape[:1])[:, None]
        later = (self.delays if self.delays.ndim == 2 else rows) + delay
        return later


def sized(name: str, node: Any, field: str, count: int) -> Doubles:
    """Return a field of a node as (count,), or raise unless it has one number or as many."""
    where = f"NIR node '{name}' ({kind_of(node)}).{field}"
    numbers = require_array(where, np.asarray(getattr(node, field))).astype(np.float64).ravel()
    if numbers.size not in (1, count):
        refuse(name, node, f"{count} numbers of {field}", f"{numbers.size}", SHAPE)
    return np.broadcast_to(numbers, count)


def matrix_of(name: str, node: Any, count: int) -> Doubles:
    """Return the weights (outputs, count) of a matrix."""
    where = f"NIR node '{name}' ({kind_of(node)}).weight"
    weight: Doubles = require_array(where, np.asarray(node.weight)).astype(np.float64)
    if weight.ndim != 2 or weight.shape[1] != count:
        expected = f"weights (outputs, {count})"
        refuse(name, node, expected, f"{weight.shape}", SHAPE)
    return weight


def ways(graph: Flat, source: str, width: int) -> Iterator[tuple[str, Way]]:
    """Yield what spikes of ``source`` reach: names of neurons or outputs, and the ways there."""
    start = Way(source, (), np.ones(width), np.zeros(()))
    passed: tuple[str, ...] = (source,)
    waiting = [(name, start, passed) for name in graph.after(source)]
    while waiting:
        name, way, passed = waiting.pop(0)
        node = graph.nodes[name]
        if kind_of(node) not in PASSES and not _inner(graph, name):
            yield name, way
            continue
        if name in passed:
            refuse(name, node, "a neuron in every loop", "a loop without one", "Add a neuron.")
        further = way.through(name, node)
        waiting += [(one, further, (*passed, name)) for one in graph.after(name)]


def _inner(graph: Flat, name: str) -> bool:
    """Return whether ``name`` is an end of an inner graph, which passes on what it is given."""
    kind = kind_of(graph.nodes[name])
    return kind == "Input" or (kind == OUTPUT and bool(graph.after(name)))


def constants(graph: Flat, name: str) -> Iterator[tuple[str, Doubles]]:
    """Yield the neurons that the bias of a node reaches, with the constants (cols,) there."""
    node = graph.nodes[name]
    bias = np.asarray(getattr(node, "bias", 0.0), np.float64).ravel()
    if not bias.any():
        return
    waiting = [(one, bias) for one in graph.after(name)]
    while waiting:
        end, constant = waiting.pop(0)
        after = graph.nodes[end]
        kind = kind_of(after)
        if kind not in PASSES and not _inner(graph, end):
            yield end, constant
            continue
        if kind == "Delay":
            refuse(end, after, "no bias before a delay", f"that of '{name}'", "Put it behind.")
        if kind in LINEAR:
            constant = matrix_of(end, after, constant.size) @ constant
        elif kind == "Scale":
            constant = constant * sized(end, after, "scale", constant.size)
        waiting += [(one, constant) for one in graph.after(end)]
