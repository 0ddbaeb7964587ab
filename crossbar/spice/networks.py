"""A whole trained network as one netlist: images in, class scores out."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.brief import brief
from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.nn.graph import INPUT
from crossbar.nn.layers.activations import ActivationState
from crossbar.nn.layers.base import LayerState
from crossbar.nn.layers.convolution import ConvolutionState
from crossbar.nn.layers.dense import DenseState
from crossbar.nn.layers.dropout import DropoutState
from crossbar.nn.layers.relu import Relu
from crossbar.nn.layers.windows import windows
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.provenance import begin
from crossbar.spice.engine.signals import drive, node_name
from crossbar.spice.tiles import ACCURATE, Normalised, facts, place_normaliser, place_read
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


@dataclass(frozen=True)
class Inference:
    """What ngspice found of some images.

    Attributes
    ----------
    scores : (n, classes)
        Class scores.
    seconds
        Time that ngspice took, the netlist with it.
    """

    scores: Floats
    seconds: float

    __repr__ = brief


def network_deck(chip: Chip, images: Floats) -> Deck:
    """Return the netlist of ``chip`` classifying ``images``: v(z0), v(z1) ... are the scores.

    Every layer is there in full: each window of a convolution has its array, each cell is a
    resistor, each line ends in a virtual ground. Normalisers, amplifiers and rectifiers are
    B-sources, the two former with the errors that the chip gives its blocks. Dropout does nothing
    in inference. Nodes p0, p1 ... are the probabilities of an ideal softmax.

    Parameters
    ----------
    chip
        A chip whose weights are in tiles.
    images : (n, height, width)
        Images, as the chip sees them; n > 1 is a sweep, a step an image.

    Raises
    ------
    ConfigError
        If a layer is of a kind that has no circuit, or its weights are digital.
    """
    x = np.asarray(images, float)
    deck = begin(f"network of {len(chip.layers)} layers, {len(x)} images")
    deck.comment("signals are voltages, 1 V for the number one; z0, z1 ... are the class scores")
    deck.comment("a convolution has an array for every window: its cycles, all at once")
    deck.option(*ACCURATE)
    pixels = [f"px{k}" for k in range(int(np.prod(x.shape[1:])))]
    drive(deck, pixels, x.reshape(len(x), -1))
    signals = {INPUT: pixels}
    for name, node in chip.network.nodes.items():
        inputs = [signals[source] for source in node.inputs or ()]
        signals[name] = place_layer(chip.layers[name], deck, *inputs)
    scores = signals[name]
    _softmax(deck, scores)
    deck.save(*(f"v(z{k})" for k in range(len(scores))))
    return deck


@functools.singledispatch
def place_layer(layer: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    """Add the circuit of ``layer``, which takes the nodes ``inputs``; return those of its outputs.

    Register one for the state of a layer: ``@place_layer.register``.

    Raises
    ------
    ConfigError
        If no circuit is registered for the layer.
    """
    kind = type(layer).__name__.removesuffix("State")
    known = [k.__name__.removesuffix("State") for k in place_layer.registry if k is not object]
    remedy = f"Known: {', '.join(k for k in known if k != 'Layer')}."
    fail(f"network_deck '{layer.name}'", "a layer with a circuit", kind, remedy)


@place_layer.register
def _(layer: DropoutState, deck: Deck, *inputs: list[str]) -> list[str]:
    return inputs[0]


@place_layer.register
def _(layer: ActivationState, deck: Deck, *inputs: list[str]) -> list[str]:
    if not isinstance(layer.spec, Relu):
        got = type(layer.spec).__name__
        fail(f"network_deck '{layer.name}'", "Relu", got, "Other neurons have no circuit.")
    tag = node_name(layer.name)
    rectified = [f"{tag}_{k}" for k in range(len(inputs[0]))]
    deck.comment(f"{layer.name}: rectifiers")
    deck.add(*(f"B{r} {r} 0 V=max(v({n}),0)" for r, n in zip(rectified, inputs[0], strict=True)))
    return rectified


@place_layer.register
def _(layer: DenseState, deck: Deck, *inputs: list[str]) -> list[str]:
    driven = inputs[0]
    if layer.spec.bias:
        driven = [*driven, f"{node_name(layer.name)}_one"]
        deck.add(f"V{driven[-1]} {driven[-1]} 0 1")
    held, scaled = _scaled(layer, deck, driven)
    return place_read(deck, node_name(layer.name), held, scaled, [scaled.lines])


@place_layer.register
def _(layer: ConvolutionState, deck: Deck, *inputs: list[str]) -> list[str]:
    held, scaled = _scaled(layer, deck, inputs[0])
    index = np.arange(len(inputs[0]), dtype=np.float64).reshape(1, *layer.inputs[0])
    seen = windows(index, layer.kernel)[0].astype(int)
    vectors = [[scaled.lines[k] for k in row] for row in seen]
    return place_read(deck, node_name(layer.name), held, scaled, vectors)


def _scaled(layer: LayerState, deck: Deck, nodes: list[str]) -> tuple[TileState, Normalised]:
    """Add the normaliser of ``layer``; return its tile and the scaled signals."""
    held, tag = layer.held["weights"], node_name(layer.name)
    if not isinstance(held, TileState):
        remedy = "Program the network into a tile: device.kind other than float."
        fail(f"network_deck '{layer.name}'", "weights in a tile", type(held).__name__, remedy)
    for text in (f"{layer.name}: {type(layer).__name__.removesuffix('State')}", *facts(held)):
        deck.comment(text)
    return held, place_normaliser(deck, f"{tag}_n", held.spec, nodes)


def _softmax(deck: Deck, nodes: list[str]) -> None:
    """Name the class scores z0 ... and add their probabilities p0 ... (eq 9)."""
    for k, node in enumerate(nodes):
        deck.add(f"Ez{k} z{k} 0 {node} 0 1")
    for k in range(len(nodes)):
        parts = (f"exp(min(max(v(z{j})-v(z{k}),-80),80))" for j in range(len(nodes)))
        deck.add(f"Bp{k} p{k} 0 V=1/({'+'.join(parts)})")


def classify(
    chip: Chip, images: Floats, *, limit: float = LIMIT, keep: Path | None = None
) -> Inference:
    """Return the class scores of ``images`` that ngspice finds; see :func:`network_deck`."""
    deck = network_deck(chip, images)
    start = time.perf_counter()
    waves = run(deck, limit=limit, keep=keep)
    seconds = time.perf_counter() - start
    return Inference(np.stack([waves[name] for name in deck.wanted], axis=1), seconds)
