"""A whole trained network as one netlist: images in, class scores out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.brief import brief
from crossbar.errors import fail
from crossbar.nn import Chip
from crossbar.nn.convolution import ConvolutionState
from crossbar.nn.dense import DenseState
from crossbar.nn.neurons import DropoutState, ReluState
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.provenance import begin
from crossbar.spice.engine.signals import drive, node_name
from crossbar.spice.tiles import ACCURATE, facts, place_normaliser, place_read
from crossbar.substrates.tile_state import TileState
from crossbar.substrates.windows import windows
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
    shape = x.shape[1:]
    nodes = [f"px{k}" for k in range(int(np.prod(shape)))]
    drive(deck, nodes, x.reshape(len(x), -1))
    for layer in chip.layers:
        nodes, shape = _place_layer(deck, layer, nodes, shape)
    _softmax(deck, nodes)
    deck.save(*(f"v(z{k})" for k in range(len(nodes))))
    return deck


def _place_layer(
    deck: Deck, layer: object, nodes: list[str], shape: tuple[int, ...]
) -> tuple[list[str], tuple[int, ...]]:
    """Add a layer that takes ``nodes`` of a sample of ``shape``; return its outputs alike."""
    if isinstance(layer, DropoutState):
        return nodes, shape
    if isinstance(layer, ReluState):
        tag = node_name(layer.name)
        rectified = [f"{tag}_{k}" for k in range(len(nodes))]
        deck.comment(f"{layer.name}: rectifiers")
        deck.add(*(f"B{r} {r} 0 V=max(v({n}),0)" for r, n in zip(rectified, nodes, strict=True)))
        return rectified, shape
    if not isinstance(layer, (ConvolutionState, DenseState)):
        fail(
            "network_deck", "layers with a circuit", type(layer).__name__, "Use those of leti_cnn."
        )
    held, tag = layer.held, node_name(layer.name)
    if not isinstance(held, TileState):
        remedy = "Program the network into a tile: device.kind other than float."
        fail(f"network_deck '{layer.name}'", "weights in a tile", type(held).__name__, remedy)
    for text in (f"{layer.name}: {type(layer).__name__.removesuffix('State')}", *facts(held)):
        deck.comment(text)
    scaled = place_normaliser(deck, f"{tag}_n", held.spec, nodes)
    if isinstance(layer, DenseState):
        found = place_read(deck, tag, held, scaled, [scaled.lines])
        return found, (len(found),)
    index = np.arange(len(nodes), dtype=np.float64).reshape(1, *shape)
    seen = windows(index, layer.kernel)[0].astype(int)
    vectors = [[scaled.lines[k] for k in row] for row in seen]
    return place_read(deck, tag, held, scaled, vectors), tuple(layer.out)


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
