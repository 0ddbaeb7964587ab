"""One training step of a small network as one transient: eq 8 to 16 in circuit."""

from __future__ import annotations

import numpy as np

from crossbar.errors import ShapeError, fail, message
from crossbar.nn import Chip, CrossEntropy
from crossbar.nn.graph import INPUT
from crossbar.spice import blocks
from crossbar.spice.blocks import FULL, LOGIT
from crossbar.spice.engine.deck import Deck, begin, in_words
from crossbar.spice.engine.numbers import number, pwl
from crossbar.spice.training.buses import Bus
from crossbar.spice.training.changes import backward
from crossbar.spice.training.forward import place_forward
from crossbar.spice.training.phases import Phases
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.stages import Signal, StepDeck
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
        Image, as the chip sees it, of the class ``label``.
    masks
        Draws the dropout, as in :meth:`crossbar.nn.Chip.learn`.

    Raises
    ------
    ConfigError
        If a layer, its device or its tile has no circuit of a step.
    """
    _check(chip, image, label)
    weighted = [name for name, state in chip.layers.items() if state.held]
    inputs = [ranges.x[name] for name in weighted]
    volts = dict(zip(weighted, [*inputs[1:], LOGIT], strict=True))
    plan = StepDeck(_begin(chip, label, rate), volts, masks)
    times = phases or Phases()
    pixels = _pixels(plan.deck, image, inputs[0], times.edge)
    signal = Signal(pixels, [""] * len(pixels.nodes))
    for name, node in chip.network.nodes.items():
        signal = place_forward(node.layer, chip.layers[name], plan, signal)
    d = _error(plan, signal.bus, label)
    backward(plan, d, rate, ranges)
    times.place(plan.deck)
    codes = [codes for crossing in plan.crossings for codes in crossing.groups]
    plan.deck.save(*(f"v({node})" for one in codes for node in one.nodes()))
    plan.deck.save(*(f"v({node})" for node in plan.probabilities))
    return plan


def _check(chip: Chip, image: Floats, label: int) -> None:
    """Raise unless the network is a chain of classes, and ``image`` and ``label`` fit it."""
    before = INPUT
    for name, node in chip.network.nodes.items():
        if node.inputs != (before,):
            remedy = "Only a chain of layers has a circuit of a step."
            fail(f"train-step '{name}'", f"the input '{before}'", str(node.inputs), remedy)
        before = name
    if chip.loss != CrossEntropy():
        fail("train-step", "CrossEntropy()", repr(chip.loss), "Omit train.loss.")
    first = next(iter(chip.network.nodes.values())).layer
    if not next(iter(chip.layers.values())).held:
        fail("train-step", "weights in the first layer", type(first).__name__, "Start with them.")
    classes = chip.network.outputs
    if image.shape != chip.network.input_shape or not 0 <= label < classes:
        expected = f"an image {chip.network.input_shape} of class 0 to {classes - 1}"
        got = f"{image.shape} of class {label}"
        raise ShapeError(message("step_deck", expected, got, "Give one sample."))


def _begin(chip: Chip, label: int, rate: float) -> Deck:
    """Return the netlist with its provenance, options and supplies."""
    tiles = [held.tile.spec for held in chip.held.values() if held.tile is not None]
    deck = begin(
        f"one training step of a network of {len(chip.layers)} layers",
        f"class {label}, rate {rate:g}; 1 V a code step; signals up to {FULL} V",
        *(f"device: {in_words(tile.device)}" for tile in tiles[:1]),
        *(f"mapping: {in_words(tile.mapping)}" for tile in tiles[:1]),
        "phases: forward read, hold, transposed read and multiplication, write",
    )
    deck.option("reltol=1e-3", "abstol=1e-9", "vntol=1e-7", "method=gear")
    blocks.supplies(deck)
    return deck


def _pixels(deck: Deck, image: Floats, volts: float, rise: float) -> Bus:
    """Add the sources of an image, which rise from zero: every circuit starts there."""
    bus = Bus([f"px{k}" for k in range(image.size)], volts)
    for node, value in zip(bus.nodes, image.ravel(), strict=True):
        deck.add(f"V{node} {node} 0 {pwl([(0, 0), (rise, float(value) * volts)])}")
    return bus


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
