"""A spiking network as a graph in NIR."""

from __future__ import annotations

import io
import itertools
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from crossbar import files
from crossbar.checks import require_part, require_path
from crossbar.errors import fail, require_number, shown
from crossbar.imports.nir.files import require_nir
from crossbar.imports.nir.neurons import NEVER, SLOWEST
from crossbar.spiking import LIF, Group, LossyRing, SpikingModel, SpikingNetwork
from crossbar.types import Doubles

WHERE = "nir_graph"
LEAK = f"Raise g_leak until C / g_leak is below {SLOWEST / 2:g} s: it is then a node with a leak."


def nir_graph(model: SpikingModel, *, dt: float | None = None) -> Any:
    """Return a spiking network as a ``nir.NIRGraph``, the inverse of :func:`read_nir`.

    Resistances are such that the weights stay as they are: R = charge / (g_leak dt), with 1 s
    without ``dt``. Synapses of a group that have other charges than its first ones have them in
    their weights. Capacitances are not in NIR, only time constants.

    Parameters
    ----------
    model
        Network, weights, delays and currents.
    dt : [s]
        Time step that a spike lasts in the tool that reads it; None: a Dirac pulse of area 1 s.

    Raises
    ------
    OutputError
        If the package ``nir`` is not installed.
    ConfigError
        If NIR has no node for a part of the network; it is named.
    """
    nir = require_nir(WHERE)
    require_part(f"{WHERE}.model", model, SpikingModel)
    area = 1.0 if dt is None else require_number(f"{WHERE}.dt", dt, above=0, unit="s")
    network = model.network
    _require_plain(network)
    nodes: dict[str, Any] = {
        name: nir.Input(input_type=np.array([width])) for name, width in network.inputs.items()
    }
    edges: list[tuple[str, str]] = []
    for name, group in network.groups.items():
        into = [n for n, one in network.synapses.items() if one.target == name]
        gain = network.synapses[into[0]].charge / area if into else 1.0
        nodes[name] = _neurons(nir, name, group, gain)
        bias = _bias(model, name, gain)
        if bias is not None and isinstance(nodes[name], (nir.IF, nir.I)):
            expected = f"none into neurons without a leak, {type(nodes[name]).__name__} nodes"
            fail(f"{WHERE}.model.currents['{name}']", expected, "some", LEAK)
        if bias is not None and not into:
            remedy = "Give the group synapses, whose Affine node then has it."
            fail(f"{WHERE}.model.currents", "currents of groups with synapses", name, remedy)
        for label in into:
            chain = _chain(nir, model, label, gain * area, bias if label == into[0] else None)
            _require_new(chain, [*nodes, *network.groups])
            names = [network.synapses[label].source, *chain, name]
            nodes |= chain
            edges += itertools.pairwise(names)
    sends = {one.source for one in network.synapses.values() if one.source != one.target}
    ends = [name for name in network.groups if name not in sends] or [*network.groups]
    for name in ends:
        end = "output" if len(ends) == 1 and "output" not in nodes else f"{name} output"
        _require_new([end], nodes)
        nodes[end] = nir.Output(output_type=np.array([network.width(name)]))
        edges.append((name, end))
    return nir.NIRGraph(nodes=nodes, edges=edges)


def write_nir(model: SpikingModel, path: Path | str, *, dt: float | None = None) -> None:
    """Write a spiking network as a file in NIR; see :func:`nir_graph`."""
    graph, content = nir_graph(model, dt=dt), io.BytesIO()
    require_nir(WHERE).write(content, graph)
    files.write(require_path("write_nir.path", path), content.getvalue())


def _require_plain(network: SpikingNetwork) -> None:
    """Raise if a network has no inputs, names that files cannot have, or queues that drop."""
    where = f"{WHERE}.model"
    if not network.inputs:
        fail(f"{where}.inputs", "an input", "none", "Add one, such as inputs={'in': 1}.")
    for field in ("inputs", "groups", "synapses"):
        for name in getattr(network, field):
            if "/" in name:
                expected = "a name without '/', where files in NIR divide names"
                fail(f"{where}.{field}['{name}']", expected, repr(name), "Rename it.")
    for name, one in network.synapses.items():
        if isinstance(one.queue, LossyRing):
            expected = "a queue that drops nothing, as NIR has no queues"
            got, remedy = type(one.queue).__name__, "Take BinaryHeap(capacity=65_536)."
            fail(f"{where}.synapses['{name}'].queue", expected, got, remedy)


def _require_new(more: Iterable[str], names: Collection[str]) -> None:
    """Raise if a node would have the name of another one."""
    for name in more:
        if name in names:
            remedy = "Rename what has it."
            fail(
                f"{WHERE}.model.network", "names that no other node has", f"'{name}' twice", remedy
            )


def _chain(
    nir: Any, model: SpikingModel, label: str, charge: float, bias: Doubles | None
) -> dict[str, Any]:
    """Return the nodes between two neurons by name, in their order."""
    one, ends = model.network.synapses[label], {*model.network.inputs, *model.network.groups}
    weight = np.asarray(model.weights[label], np.float64).T
    if one.charge != charge:
        weight = weight * (one.charge / charge)
    name = f"{one.source}-{one.target} {label}" if label in ends else label
    matrix = nir.Linear(weight=weight) if bias is None else nir.Affine(weight=weight, bias=bias)
    delays = np.atleast_1d(np.asarray(model.delays.get(label, one.delay), np.float64))
    if not delays.any():
        return {name: matrix}
    if delays.ndim == 1 or not np.ptp(delays, axis=1).any():
        own = delays if delays.ndim == 1 else delays[:, 0]
        lines = np.broadcast_to(own, weight.shape[1]).copy()
        return {f"{name} delay": nir.Delay(delay=lines), name: matrix}
    if np.ptp(delays, axis=0).any():
        expected = "one delay a line of the source, or one a neuron of the target"
        remedy = "NIR has no delay a synapse."
        fail(f"{WHERE}.model.delays['{label}']", expected, "one a synapse", remedy)
    return {name: matrix, f"{name} delay": nir.Delay(delay=delays[0].copy())}


def _neurons(nir: Any, name: str, group: Group, gain: float) -> Any:
    """Return the node of a group whose synapses bring ``gain`` [A] for a constant 1."""
    neuron, where = group.neuron, f"{WHERE}.model.groups['{name}'].neuron"
    if not isinstance(neuron, LIF):
        kind = type(neuron).__name__
        fail(where, "LIF neurons, which NIR has", kind, "Run it here, or take LIF.")
    for field in ("refractory", "tau_r", "reset_by", "mismatch"):
        usual = getattr(LIF(), field)
        if getattr(neuron, field) != usual:
            got = shown(getattr(neuron, field))
            fail(f"{where}.{field}", f"{usual!r}, as NIR has no other", got, "Leave it out.")
    each = neuron.constants(group.count)
    silent = bool((each.threshold >= NEVER).all())
    fires = {} if silent else {
        "v_threshold": np.nextafter(each.threshold, -np.inf),
        "v_reset": np.full(group.count, neuron.reset),
    }  # fmt: skip
    tau = each.capacitance / each.g_leak
    if neuron.tau_s == 0 and (tau >= SLOWEST / 2).all():
        if each.rest.any():
            got = f"{each.rest.min():g} to {each.rest.max():g} V"
            fail(f"{where}.rest", "0 V, as IF and I nodes have no other", got, LEAK)
        return (nir.I if silent else nir.IF)(r=gain / each.capacitance, **fires)
    leaky = {"r": gain / each.g_leak, "v_leak": each.rest.copy(), **fires}
    if neuron.tau_s == 0:
        return (nir.LI if silent else nir.LIF)(tau=tau, **leaky)
    slow = {"tau_mem": tau, "tau_syn": np.full(group.count, neuron.tau_s)}
    return (nir.CubaLI if silent else nir.CubaLIF)(**slow, **leaky)


def _bias(model: SpikingModel, name: str, gain: float) -> Doubles | None:
    """Return the bias (count,) that the current of a group is, or None; see :func:`read_nir`."""
    group = model.network.groups[name]
    tau_s = getattr(group.neuron, "tau_s", 0.0)
    current, charge = (
        np.broadcast_to(np.asarray(kept.get(name, 0.0), np.float64), group.count)
        for kept in (model.currents, model.charges)
    )
    if not np.array_equal(charge, -tau_s * current):
        expected = "-tau_s times its current, as synaptic currents of NIR begin at 0"
        remedy = "Give model.charges so."
        fail(f"{WHERE}.model.charges['{name}']", expected, shown(charge), remedy)
    return current / gain if current.any() else None
