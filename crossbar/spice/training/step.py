"""One training step of a small network as one transient: eq 8 to 16 in circuit."""

from __future__ import annotations

import numpy as np

from crossbar.errors import ShapeError, fail, message
from crossbar.nn import Chip, CrossEntropy
from crossbar.nn.graph import INPUT
from crossbar.nn.layers.activations import ActivationState
from crossbar.nn.layers.base import LayerState
from crossbar.nn.layers.biased import Biased
from crossbar.nn.layers.convolution import ConvolutionState
from crossbar.nn.layers.dense import DenseState
from crossbar.nn.layers.dropout import DropoutState
from crossbar.nn.layers.relu import Relu, step
from crossbar.spice import blocks
from crossbar.spice.blocks import FULL, LOGIT
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import number, pwl
from crossbar.spice.engine.provenance import begin, told
from crossbar.spice.engine.signals import node_name
from crossbar.spice.training.buses import Bus, Scaled, held, normalised
from crossbar.spice.training.changes import (
    backward,
)
from crossbar.spice.training.crossings import Crossing
from crossbar.spice.training.phases import Phases
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.stages import StepDeck, Weighted, windows_of
from crossbar.types import Floats


def step_deck(
    chip: Chip,
    image: Floats,
    label: int,
    rate: float,
    *,
    ranges: Ranges,
    masks: np.random.Generator,
    phases: Phases | None = None,
) -> StepDeck:
    """Return the netlist of ``chip`` learning one image.

    The crossbars are of calibrated synapses with code nodes; line amplifiers, normalisers,
    rectifiers and difference are the blocks of spice_models/, the softmax is at transistor level,
    the multipliers are calibrated on the transistor-level one. What gives a signal its size back
    behind a read (the gain of the normaliser undone) is an ideal source.

    Parameters
    ----------
    chip
        A chip of CMOS synapses: one convolution at the most, as its first layer; then dense
        layers, rectifiers and dropout.
    image : (height, width)
        Image, as the chip sees it.
    label
        Its class.
    rate
        Learning rate.
    ranges
        Volts per number; see :meth:`Ranges.of`.
    masks
        Draws the dropout, as in :meth:`crossbar.nn.Chip.learn`.
    phases
        Times of the step.

    Raises
    ------
    ConfigError
        If a layer, its device or its tile has no circuit of a step.
    """
    _check(chip, image, label)
    plan = StepDeck(_begin(chip, label, rate))
    deck, stack = plan.deck, list[Weighted]()
    times = phases or Phases()
    signal = _pixels(deck, image, ranges.x[_first(chip)], times.edge)
    gates = [""] * len(signal.nodes)
    layers = [*chip.layers.values()]
    for k, layer in enumerate(layers):
        if isinstance(layer, (ConvolutionState, DenseState)):
            after = _next(layers[k + 1 :])
            volts = LOGIT if after is None else ranges.x[after]
            signal, gates = _forward(plan, stack, layer, signal, gates, volts)
        else:
            signal, gates = _neurons(deck, layer, signal, gates, masks)
    d = _error(plan, signal, label)
    backward(plan, stack, d, rate, ranges)
    times.place(deck)
    deck.save(*(f"v({n})" for group in plan.codes.values() for nodes in group for n in nodes))
    deck.save(*(f"v({node})" for node in plan.probabilities))
    return plan


def _check(chip: Chip, image: Floats, label: int) -> None:
    """Raise unless the network is a chain of classes, and ``image`` and ``label`` fit it."""
    before = INPUT
    for name, node in chip.network.nodes.items():
        if node.inputs != (before,):
            remedy = "Only a chain of layers has a circuit of a step."
            fail(f"train-step '{name}'", f"the input '{before}'", str(node.inputs), remedy)
        before = name
        if isinstance(node.layer, Biased) and node.layer.bias:
            remedy = "Leave it away: a bias line has no circuit of a step."
            fail(f"train-step '{name}'", "a layer without a bias line", "bias = true", remedy)
    if chip.loss != CrossEntropy():
        fail("train-step", "CrossEntropy()", repr(chip.loss), "Leave train.loss away.")
    classes = chip.network.outputs
    if image.shape != chip.network.input_shape or not 0 <= label < classes:
        expected = f"an image {chip.network.input_shape} of class 0 to {classes - 1}"
        got = f"{image.shape} of class {label}"
        raise ShapeError(message("step_deck", expected, got, "Give one sample."))


def _begin(chip: Chip, label: int, rate: float) -> Deck:
    """Return the netlist with its provenance, options and supplies."""
    tiles = [held.spec for held in chip.held.values() if hasattr(held, "spec")]
    deck = begin(
        f"one training step of a network of {len(chip.layers)} layers",
        f"class {label}, rate {rate:g}; 1 V a code step; signals up to {FULL} V",
        *(f"device: {told(tile.device)}" for tile in tiles[:1]),
        *(f"mapping: {told(tile.mapping)}" for tile in tiles[:1]),
        "phases: forward read, hold, transposed read and multiplication, write",
    )
    deck.option("reltol=1e-3", "abstol=1e-9", "vntol=1e-7", "method=gear")
    blocks.supplies(deck)
    return deck


def _first(chip: Chip) -> str:
    """Return the name of the first layer with weights, which must stand first."""
    layer = next(iter(chip.layers.values()))
    if not isinstance(layer, (ConvolutionState, DenseState)):
        fail("train-step", "weights in the first layer", type(layer).__name__, "Start with them.")
    return layer.name


def _pixels(deck: Deck, image: Floats, volts: float, rise: float) -> Bus:
    """Add the sources of an image, which rise from zero: every circuit starts there."""
    bus = Bus([f"px{k}" for k in range(image.size)], volts)
    for node, value in zip(bus.nodes, image.ravel(), strict=True):
        deck.add(f"V{node} {node} 0 {pwl([(0, 0), (rise, float(value) * volts)])}")
    return bus


def _next(layers: list[LayerState]) -> str | None:
    """Return the name of the first of ``layers`` with weights; None if there is none."""
    for layer in layers:
        if isinstance(layer, ConvolutionState):
            fail(
                f"train-step '{layer.name}'",
                "a convolution only as first layer",
                "more",
                "Use one.",
            )
        if isinstance(layer, DenseState):
            return layer.name
    return None


def _forward(
    plan: StepDeck,
    stack: list[Weighted],
    layer: ConvolutionState | DenseState,
    signal: Bus,
    gates: list[str],
    volts: float,
) -> tuple[Bus, list[str]]:
    """Add the forward read of a layer with weights; return its outputs and no gates."""
    deck, crossing = plan.deck, Crossing(layer.held["weights"], layer.name)
    deck.comment(f"{layer.name}: forward read")
    x = normalised(deck, f"{crossing.tag}_x", signal)
    crossing.place_codes(deck)
    nodes = [codes.nodes() for codes in crossing.groups]
    plan.codes[layer.name] = nodes
    if isinstance(layer, ConvolutionState):
        out = _slide(deck, crossing, layer, x, volts)
        stack.append(Weighted(layer, crossing, x, [], gates))
        return out, [""] * len(out.nodes)
    rows = crossing.place_rows(deck, x)
    lines = crossing.sensed(crossing.tag)
    crossing.place_cells(deck, crossing.tag, rows, lines)
    drives = None if not stack else [f"{crossing.tag}_d{k}" for k in range(len(lines))]
    if crossing.reference is not None and drives is not None:
        drives = drives[:-1]
    crossing.place_senses(deck, lines, drives)
    raw = crossing.restored(deck, f"{crossing.tag}_y", lines, x, volts)
    out = Bus(held(deck, f"{crossing.tag}_", raw.nodes), volts)
    stack.append(Weighted(layer, crossing, x, rows, gates))
    return out, [""] * len(out.nodes)


def _slide(deck: Deck, crossing: Crossing, layer: ConvolutionState, x: Scaled, volts: float) -> Bus:
    """Add the array of every window, all with the same codes; inputs drive it for good."""
    out = Bus([], volts)
    for p, window in enumerate(windows_of(layer)):
        tag = f"{crossing.tag}_p{p}"
        lines = crossing.sensed(tag)
        crossing.place_cells(deck, tag, [x.nodes[k] for k in window], lines)
        crossing.place_senses(deck, lines, None)
        out.nodes.extend(crossing.restored(deck, f"{tag}_y", lines, x, volts).nodes)
    return out


def _neurons(
    deck: Deck, layer: LayerState, signal: Bus, gates: list[str], masks: np.random.Generator
) -> tuple[Bus, list[str]]:
    """Add rectifiers or the switches of dropout; return signals and what gates their gradient."""
    tag = node_name(layer.name)
    nodes = [f"{tag}_{k}" for k in range(len(signal.nodes))]
    if isinstance(layer, ActivationState) and layer.spec == Relu(derivative=step):
        for node, x, k in zip(nodes, signal.nodes, range(len(nodes)), strict=True):
            deck.instance(f"x{node}", "relu", x, node, f"{node}g")
            gates[k] += f"*v({node}g)"
        return Bus(nodes, signal.volts), gates
    if not isinstance(layer, DropoutState):
        remedy = "Use those of leti_cnn."
        fail(f"train-step '{layer.name}'", "a layer with a circuit", type(layer).__name__, remedy)
    factors = layer.spec.mask((1, len(nodes)), masks)[0]
    for node, x, k in zip(nodes, signal.nodes, range(len(nodes)), strict=True):
        factor = number(float(factors[k]))
        deck.add(f"E{node} {node} 0 {x} 0 {factor}")
        gates[k] += f"*{factor}"
    return Bus(nodes, signal.volts), gates


def _error(plan: StepDeck, logits: Bus, label: int) -> Bus:
    """Add softmax and difference; return G_S (eq 10)."""
    deck, count = plan.deck, len(logits.nodes)
    deck.comment("softmax at transistor level, its inputs without their mean; difference")
    mean = "+".join(f"v({node})" for node in logits.nodes)
    for k, node in enumerate(logits.nodes):
        deck.add(f"Bz{k} z{k} 0 V=v({node})-({mean})/{count}")
    plan.probabilities = [f"p{k}" for k in range(count)]
    blocks.softmax(deck, "soft", [f"z{k}" for k in range(count)], plan.probabilities)
    out = Bus([f"gs{k}" for k in range(count)], FULL)
    for k, node in enumerate(out.nodes):
        deck.add(f"Vf{k} f{k} 0 {number(FULL * (k == label))}")
        deck.instance(f"x{node}", "difference", f"p{k}", f"f{k}", node)
    return out
