"""A graph in NIR without graphs in it: nodes by name, and what follows each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from crossbar.errors import DataError, message

GRAPH, INPUT, OUTPUT = "NIRGraph", "Input", "Output"
LINEAR = ("Linear", "Affine")
PASSES = (*LINEAR, "Scale", "Delay", "Flatten")
SPIKES = ("LIF", "CubaLIF", "IF")
VOLTAGES = ("LI", "CubaLI", "I")
KNOWN = (INPUT, OUTPUT, *PASSES, *SPIKES, *VOLTAGES)
REMEDIES = {
    "Conv1d": "Write it as a Linear node: the matrix of all its windows.",
    "Conv2d": "Write it as a Linear node: the matrix of all its windows.",
    "SumPool2d": "Write it as a Linear node of ones.",
    "AvgPool2d": "Write it as a Linear node of equal weights.",
    "Threshold": "Take a neuron in its place: IF, LIF or CubaLIF.",
}


def kind_of(node: Any) -> str:
    """Return the name of the kind of a node."""
    return type(node).__name__


def refuse(name: str, node: Any, expected: str, got: str, remedy: str) -> NoReturn:
    """Raise about the node ``name``."""
    raise DataError(message(f"NIR node '{name}' ({kind_of(node)})", expected, got, remedy))


@dataclass(frozen=True)
class Flat:
    """Nodes by name, those of inner graphs as ``GRAPH.NODE``, and the edges between them.

    ``own`` are the names of the nodes that are in no inner graph.
    """

    nodes: dict[str, Any]
    edges: tuple[tuple[str, str], ...]
    own: frozenset[str]

    def after(self, name: str) -> list[str]:
        """Return the nodes that hear ``name``."""
        return [end for begin, end in self.edges if begin == name]

    def of(self, *kinds: str) -> dict[str, Any]:
        """Return the nodes of some kinds."""
        return {name: node for name, node in self.nodes.items() if kind_of(node) in kinds}

    def outer(self, kind: str) -> dict[str, Any]:
        """Return the nodes of one kind that are in no inner graph."""
        return {name: node for name, node in self.of(kind).items() if name in self.own}


def flat(graph: Any, prefix: str = "") -> Flat:
    """Return ``graph`` with its inner graphs put in its place.

    Raises
    ------
    DataError
        If a node is of a kind that cannot be read, two have one name, or an inner graph has
        several ends.
    """
    nodes: dict[str, Any] = {}
    plain: dict[str, Any] = {}
    edges: list[tuple[str, str]] = []
    enter: dict[str, str] = {}
    leave: dict[str, str] = {}
    for name, node in graph.nodes.items():
        own = f"{prefix}{name}"
        if kind_of(node) == GRAPH:
            inner = flat(node, f"{own}.")
            enter[name] = _end(inner, own, node, INPUT)
            leave[name] = _end(inner, own, node, OUTPUT)
            _require_new(inner.nodes, nodes)
            nodes |= inner.nodes
            edges += inner.edges
        elif kind_of(node) not in KNOWN:
            remedy = REMEDIES.get(kind_of(node), f"Kinds that are read: {', '.join(KNOWN)}.")
            refuse(own, node, "a kind that can be read", kind_of(node), remedy)
        else:
            plain[own] = node
    _require_new(plain, nodes)
    nodes |= plain
    for begin, end in graph.edges:
        for one in (begin, end):
            if one not in graph.nodes:
                where = f"NIR edge ('{begin}', '{end}')"
                raise DataError(message(where, "nodes of the graph", f"'{one}'", "Add the node."))
        ends = leave.get(begin, prefix + begin), enter.get(end, prefix + end)
        if ends not in edges:
            edges.append(ends)
    return Flat(nodes, tuple(edges), frozenset(plain))


def _require_new(more: dict[str, Any], nodes: dict[str, Any]) -> None:
    """Raise if a node has the name that one of ``nodes`` has."""
    for name in more.keys() & nodes.keys():
        refuse(name, more[name], "names of their own", "two such nodes", "Rename one.")


def _end(inner: Flat, name: str, node: Any, kind: str) -> str:
    """Return the only input or output of an inner graph, which passes on what it is given."""
    ends = [*inner.outer(kind)]
    if len(ends) != 1:
        remedy = "Put the nodes of the inner graph into the outer one."
        refuse(name, node, f"one {kind} in an inner graph", f"{len(ends)}", remedy)
    return ends[0]
