"""The forward part of a training step, layer by layer: reads, rectifiers, dropout."""

from __future__ import annotations

import functools

from crossbar.errors import fail
from crossbar.nn import Convolution, Dense, Dropout, Layer, LayerState, Relu
from crossbar.nn.layers.activations import step
from crossbar.nn.layers.convolution import same_order
from crossbar.spice.engine.numbers import number
from crossbar.spice.engine.signals import node_name
from crossbar.spice.networks import windows_of
from crossbar.spice.training.buses import Bus, Scaled, held, normalised
from crossbar.spice.training.crossings import Crossing
from crossbar.spice.training.stages import Signal, StepDeck, Weighted


@functools.singledispatch
def place_forward(layer: Layer, state: LayerState, plan: StepDeck, signal: Signal) -> Signal:
    """Add the forward part of ``layer``, which takes ``signal``; return its outputs.

    Register one for a class of layers: ``@place_forward.register``.

    Raises
    ------
    ConfigError
        If no circuit of a step is registered for the layer, or it is set to what has none.
    """
    remedy = "Use those of leti_cnn."
    fail(f"train-step '{state.name}'", "a layer with a circuit", type(layer).__name__, remedy)


@place_forward.register
def _(layer: Relu, state: LayerState, plan: StepDeck, signal: Signal) -> Signal:
    if layer.derivative is not step:
        got = f"derivative = {layer.derivative.__name__}"
        fail(f"train-step '{state.name}'", "Relu()", got, "Leave derivative as it is.")
    out, gates = _named(state, signal), list(signal.gates)
    for k, (node, x) in enumerate(zip(out.nodes, signal.bus.nodes, strict=True)):
        plan.deck.instance(f"x{node}", "relu", x, node, f"{node}g")
        gates[k] += f"*v({node}g)"
    return Signal(out, gates)


@place_forward.register
def _(layer: Dropout, state: LayerState, plan: StepDeck, signal: Signal) -> Signal:
    out, gates = _named(state, signal), list(signal.gates)
    factors = layer.mask((1, len(out.nodes)), plan.masks)[0]
    for k, (node, x) in enumerate(zip(out.nodes, signal.bus.nodes, strict=True)):
        factor = number(float(factors[k]))
        plan.deck.add(f"E{node} {node} 0 {x} 0 {factor}")
        gates[k] += f"*{factor}"
    return Signal(out, gates)


def _named(state: LayerState, signal: Signal) -> Bus:
    """Return nodes for what the neurons of ``state`` make of ``signal``, one by one."""
    tag, bus = node_name(state.name), signal.bus
    return Bus([f"{tag}_{k}" for k in range(len(bus.nodes))], bus.volts)


@place_forward.register
def _(layer: Dense, state: LayerState, plan: StepDeck, signal: Signal) -> Signal:
    if layer.bias:
        remedy = "Omit it: a bias line has no circuit of a step."
        fail(f"train-step '{state.name}'", "a layer without a bias line", "bias = true", remedy)
    crossing, x = _crossed(state, plan, signal)
    rows, lines = crossing.place_rows(plan.deck, x), crossing.sensed(crossing.tag)
    crossing.place_cells(plan.deck, crossing.tag, rows, lines)
    driven = len(lines) - bool(crossing.reference) if plan.stack else 0
    drives = [f"{crossing.tag}_d{k}" for k in range(driven)]
    crossing.place_senses(plan.deck, lines, drives)
    volts = plan.volts[state.name]
    raw = crossing.restored(plan.deck, f"{crossing.tag}_y", lines, x, volts)
    out = Bus(held(plan.deck, f"{crossing.tag}_", raw.nodes), volts)
    every = {"": list(range(len(rows)))}
    plan.stack.append(Weighted(crossing, x, rows, every, signal.gates))
    return Signal(out, [""] * len(out.nodes))


@place_forward.register
def _(layer: Convolution, state: LayerState, plan: StepDeck, signal: Signal) -> Signal:
    """Add the array of every window, all with the same codes; inputs drive it for good."""
    where = f"train-step '{state.name}'"
    if plan.stack:
        fail(where, "a convolution only as first layer", "more", "Use one.")
    if layer.order is not same_order:
        remedy = "Omit network.paper_literal_kernel."
        fail("train-step", "the kernel order of the forward read", "the printed one", remedy)
    windows = {str(p): window for p, window in enumerate(windows_of(layer, state.inputs[0], where))}
    crossing, x = _crossed(state, plan, signal)
    out = Bus([], plan.volts[state.name])
    for p, window in windows.items():
        tag = f"{crossing.tag}_p{p}"
        lines = crossing.sensed(tag)
        crossing.place_cells(plan.deck, tag, [x.nodes[k] for k in window], lines)
        crossing.place_senses(plan.deck, lines, [])
        out.nodes.extend(crossing.restored(plan.deck, f"{tag}_y", lines, x, out.volts).nodes)
    plan.stack.append(Weighted(crossing, x, [], windows, signal.gates))
    return Signal(out, [""] * len(out.nodes))


def _crossed(state: LayerState, plan: StepDeck, signal: Signal) -> tuple[Crossing, Scaled]:
    """Add the normaliser of a layer and codes that stay; return its crossbar and its inputs."""
    crossing = Crossing(state.held["weights"], state.name)
    plan.deck.comment(f"{state.name}: forward read")
    x = normalised(plan.deck, f"{crossing.tag}_x", signal.bus)
    crossing.place_codes(plan.deck)
    return crossing, x
