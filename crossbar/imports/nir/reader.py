"""A graph in NIR as a spiking network with weights, delays and currents."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from crossbar.errors import DataError, fail, message, require_number
from crossbar.imports.nir.files import loaded
from crossbar.imports.nir.graph import INPUT, OUTPUT, SPIKES, VOLTAGES, Flat, flat, kind_of, refuse
from crossbar.imports.nir.neurons import Cell, cell_of
from crossbar.imports.nir.paths import Way, constants, ways
from crossbar.spiking import Group, SpikingModel, SpikingNetwork, Synapses
from crossbar.types import Doubles

WHERE = "read_nir"


def read_nir(source: Any, *, dt: float | None = None, g_leak: float = 1.0) -> SpikingModel:
    """Return the spiking network of a graph in NIR, with weights, delays and currents.

    Neurons obey the equations of NIR in continuous time: tau dv/dt = v_leak - v + R I becomes C
    dV/dt = -g_leak (V - rest) + I with C = g_leak tau, numbers of NIR for volts, and a charge of
    g_leak R w for a spike through a weight w. A threshold is the next number above that of NIR,
    which is to be exceeded.

    Parameters
    ----------
    source
        ``nir.NIRGraph``, or the path of a file.
    dt : [s]
        Time step of the tool that made the graph: a spike is then 1 for one step, and spikes in a
        loop without a delay take one step. Without it a spike is a Dirac pulse of area 1 s.
    g_leak : [S]
        Leak of a neuron, which NIR does not say.

    Raises
    ------
    OutputError
        If the package ``nir`` is not installed.
    DataError
        If the file is no graph, the graph has no input, or a node cannot be read; it is named
        with its kind.
    ConfigError
        If a loop has no delay and there is no ``dt``, or an argument is out of range.
    """
    area = 1.0 if dt is None else require_number(f"{WHERE}.dt", dt, above=0, unit="s")
    scale = require_number(f"{WHERE}.g_leak", g_leak, above=0, high=1e15, unit="S")
    graph = flat(loaded(source, f"{WHERE}.source"))
    widths, reached = _reached(graph)
    cells = {name: cell_of(name, graph.nodes[name], width, scale)
             for name, width in widths.items() if kind_of(graph.nodes[name]) != INPUT}  # fmt: skip
    currents = _currents(graph, cells)
    synapses: dict[str, Synapses] = {}
    weights: dict[str, Doubles] = {}
    delays: dict[str, Doubles] = {}
    for target, way in reached:
        name = _name(target, way, synapses)
        weights[name] = way.weights
        single = way.delays.ndim == 0
        synapses[name] = Synapses(
            source=way.source, target=target, charge=area * cells[target].gain,
            delay=float(way.delays) if single else 0.0,
        )  # fmt: skip
        if not single:
            delays[name] = way.delays
    network = SpikingNetwork(
        inputs={n: w for n, w in widths.items() if n not in cells},
        groups={n: Group(count=widths[n], neuron=cell.neuron) for n, cell in cells.items()},
        synapses=_looped(synapses, delays, dt),
    )
    charges = {name: -cells[name].neuron.tau_s * current for name, current in currents.items()
               if cells[name].neuron.tau_s}  # fmt: skip
    return SpikingModel(
        network=network, weights=weights, delays=delays, currents=currents, charges=charges
    )


def _reached(graph: Flat) -> tuple[dict[str, int], list[tuple[str, Way]]]:
    """Return the widths of inputs and neurons, and the ways between them."""
    widths: dict[str, int] = {}
    for name, node in graph.outer(INPUT).items():
        shape = (node.input_type or {}).get("input")
        if shape is None:
            refuse(name, node, "a shape", "none", "Give nir.Input(input_type=shape).")
        widths[name] = int(np.prod(shape))
    if not widths:
        remedy = "Add nir.Input(input_type=shape) and its edge."
        raise DataError(message(f"{WHERE}.source", "an Input node", "none", remedy))
    neurons, reached, done = graph.of(*SPIKES, *VOLTAGES), [], set()
    while todo := [name for name in (*widths, *neurons) if name not in done]:
        source = todo[0]
        done.add(source)
        if source not in widths:  # nothing comes in, but perhaps a constant
            widths[source] = int(np.size(neurons[source].r))
        for target, way in ways(graph, source, widths[source]):
            if kind_of(graph.nodes[target]) == OUTPUT:
                _require_plain(graph, target, way)
                continue
            if kind_of(graph.nodes[source]) in VOLTAGES:
                remedy = "Only an Output may follow, or take a neuron that spikes."
                refuse(source, graph.nodes[source], "spikes to send", "voltages", remedy)
            widths.setdefault(target, way.cols)
            if widths[target] != way.cols:
                expected, got = f"{widths[target]} lines", f"{way.cols} from '{source}'"
                refuse(target, graph.nodes[target], expected, got, "Check the shapes.")
            reached.append((target, way))
    return widths, reached


def _require_plain(graph: Flat, target: str, way: Way) -> None:
    """Raise unless an output has what neurons or inputs send as it is."""
    if way.names:
        got = f"what '{way.names[-1]}' makes of spikes"
        remedy = "Add an LI node, whose voltage it then is."
        refuse(target, graph.nodes[target], "spikes or voltages of neurons", got, remedy)


def _currents(graph: Flat, cells: dict[str, Cell]) -> dict[str, Doubles]:
    """Return the constant currents [A] that biases are, by the name of the neurons."""
    currents: dict[str, Doubles] = {}
    for name in graph.of("Affine"):
        for end, constant in constants(graph, name):
            after = graph.nodes[end]
            if end not in cells:
                continue  # refused as what an output has
            if kind_of(after) in ("IF", "I"):
                remedy = "Take LIF or LI with a long time constant."
                refuse(end, after, "no bias without a leak", f"that of '{name}'", remedy)
            currents[end] = currents.get(end, np.zeros(constant.size)) + cells[end].gain * constant
    return currents


def _name(target: str, way: Way, taken: dict[str, Synapses]) -> str:
    """Return a name for synapses: that of their matrix, if it is one, and one way leads on."""
    pair = f"{way.source}-{target}"
    able = [*(way.names if len(way.names) == 1 else ()), pair]
    able += [f"{pair} {k}" for k in range(2, len(taken) + 3)]
    name: str = next(name for name in able if name not in taken)
    return name


def _looped(
    synapses: dict[str, Synapses], delays: dict[str, Doubles], dt: float | None
) -> dict[str, Synapses]:
    """Return the synapses with a delay of one step where a loop has none."""
    while True:
        at_once = [one for name, one in synapses.items() if not one.delay
                   and (name not in delays or not delays[name].min())]  # fmt: skip
        before: dict[str, set[str]] = {}
        for one in at_once:
            before.setdefault(one.target, set()).add(one.source)
        try:
            list(TopologicalSorter(before).static_order())
            return synapses
        except CycleError as error:
            loop: list[str] = error.args[1]
        if dt is None:
            remedy = "Give dt, the time step of its tool: a loop then takes one."
            fail(f"{WHERE}.dt", "a time step for loops", f"none for {' to '.join(loop)}", remedy)
        for name, one in synapses.items():
            if one in at_once and {one.source, one.target} <= {*loop}:
                synapses = synapses | {name: replace(one, delay=dt)}
                if name in delays:
                    delays[name] = np.where(delays[name] == 0, dt, delays[name])
