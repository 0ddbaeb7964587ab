"""A whole trained network as one netlist: images in, class scores out."""

from __future__ import annotations

import functools
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.brief import brief
from crossbar.errors import fail
from crossbar.nn import Chip, Convolution, Dense, Dropout, Layer, LayerState, Relu
from crossbar.nn.graph import INPUT
from crossbar.nn.layers.place import Shape
from crossbar.nn.layers.windows import windows
from crossbar.spice.engine.deck import Deck, begin
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.signals import drive, node_name
from crossbar.spice.tiles import ACCURATE, Normalised, facts, place_normaliser, place_read, tile_of
from crossbar.substrates.tile_state import TileState
from crossbar.types import Floats


@dataclass(frozen=True)
class Inference:
    """Class scores (n, classes) of images in ngspice, its time [s] and the lines of the netlist."""

    scores: Floats
    seconds: float
    lines: int

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
        signals[name] = place_layer(node.layer, chip.layers[name], deck, *inputs)
    scores = signals[name]
    _softmax(deck, scores)
    deck.save(*(f"v(z{k})" for k in range(len(scores))))
    return deck


@functools.singledispatch
def place_layer(layer: Layer, state: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    """Add the circuit of ``layer``, which takes the nodes ``inputs``; return those of its outputs.

    Register one for a class of layers: ``@place_layer.register``.

    Raises
    ------
    ConfigError
        If no circuit is registered for the layer, or it is set to what has none.
    """
    known = [kind.__name__ for kind in place_layer.registry if kind not in (object, Layer)]
    where, kind = f"network_deck '{state.name}'", type(layer).__name__
    fail(where, "a layer with a circuit", kind, f"Known: {', '.join(known)}.")


@place_layer.register
def _(layer: Dropout, state: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    return inputs[0]


@place_layer.register
def _(layer: Relu, state: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    tag = node_name(state.name)
    rectified = [f"{tag}_{k}" for k in range(len(inputs[0]))]
    deck.comment(f"{state.name}: rectifiers")
    deck.add(*(f"B{r} {r} 0 V=max(v({n}),0)" for r, n in zip(rectified, inputs[0], strict=True)))
    return rectified


@place_layer.register
def _(layer: Dense, state: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    driven = inputs[0]
    if layer.bias:
        driven = [*driven, f"{node_name(state.name)}_one"]
        deck.add(f"V{driven[-1]} {driven[-1]} 0 1")
    tile, scaled = _scaled(layer, state, deck, driven)
    return place_read(deck, node_name(state.name), tile, scaled, [scaled.lines])


@place_layer.register
def _(layer: Convolution, state: LayerState, deck: Deck, *inputs: list[str]) -> list[str]:
    places = windows_of(layer, state.inputs[0], f"network_deck '{state.name}'")
    tile, scaled = _scaled(layer, state, deck, inputs[0])
    vectors = [[scaled.lines[k] for k in window] for window in places]
    return place_read(deck, node_name(state.name), tile, scaled, vectors)


def windows_of(layer: Convolution, shape: Shape, where: str) -> list[list[int]]:
    """Return the places, among the values of a sample of ``shape``, of those in each window.

    Raises
    ------
    ConfigError
        If the windows do not lie densely, or a bias line is driven beside them.
    """
    if not layer.dense(shape):
        expected = "square windows at stride 1 without padding, dilation, groups and bias"
        fail(where, expected, str(layer), "Other windows have no circuit.")
    index = np.arange(math.prod(shape), dtype=np.float64).reshape(1, *shape)
    places: list[list[int]] = windows(index, layer.grid(shape).kernel[0])[0].astype(int).tolist()
    return places


def _scaled(
    layer: Layer, state: LayerState, deck: Deck, nodes: list[str]
) -> tuple[TileState, Normalised]:
    """Add the normaliser of ``layer``; return its tile and the scaled signals."""
    tag = node_name(state.name)
    tile = tile_of(state.held["weights"], f"network_deck '{state.name}'")
    for text in (f"{state.name}: {type(layer).__name__}", *facts(tile)):
        deck.comment(text)
    return tile, place_normaliser(deck, f"{tag}_n", tile.spec, nodes)


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
    scores = np.stack([waves[name] for name in deck.wanted], axis=1)
    return Inference(scores, seconds, len(deck.lines))
