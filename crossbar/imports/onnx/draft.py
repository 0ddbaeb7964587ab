"""The network as it is written, node by node of the file."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import NamedTuple

from crossbar.array_checks import Array
from crossbar.nn import Flatten, Layer, Node, Quantise, Reshape, Transpose
from crossbar.nn.graph import INPUT
from crossbar.nn.layers.place import Shape
from crossbar.types import Floats

WEIGHT = re.compile(r"[._/]+(weight|weights|kernel|w|W)(_\d+)?$")


class Signal(NamedTuple):
    """What a value of the file is in the network.

    Attributes
    ----------
    node
        The layer that gives it, or ``"input"``.
    shape
        Shape of one sample as the file has it.
    order
        Axis of ``shape`` that each axis of the layer's output is. Axes of 1 may be missing.
    codes
        How it was rounded, between QuantizeLinear and DequantizeLinear.
    """

    node: str
    shape: Shape
    order: tuple[int, ...]
    codes: Quantise | None = None

    @property
    def laid(self) -> Shape:
        """Shape of the layer's output."""
        return tuple(self.shape[axis] for axis in self.order)

    @property
    def straight(self) -> bool:
        """Whether the values lie in the order of the file."""
        long = [axis for axis in self.order if self.shape[axis] > 1]
        return long == sorted(long)


def channels_last(rank: int, channel: int = 0) -> tuple[int, ...]:
    """Return the order of axes of a sample that has its axis ``channel`` last."""
    return (*(axis for axis in range(rank) if axis != channel), channel)


@dataclass
class Draft:
    """Layers, weights and values so far.

    ``signals`` and ``constants`` have every value of the file by its name there; ``output`` is the
    value that the network gives.
    """

    batch: int
    output: str
    signals: dict[str, Signal]
    constants: dict[str, Array]
    layers: dict[str, Node] = field(default_factory=dict)
    weights: dict[str, Floats] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    notes: dict[str, int] = field(default_factory=dict)
    softmax: bool = False
    _arranged: dict[tuple[str, Shape, tuple[int, ...]], Signal] = field(default_factory=dict)

    def note(self, words: str) -> None:
        """Keep what was done to a node; equal notes are counted."""
        self.notes[words] = self.notes.get(words, 0) + 1

    def named(self, node: str, operator: str, weights: str = "") -> str:
        """Return a new name for the layer of ``node``: that of its weights where they say it."""
        if WEIGHT.search(weights):
            name = WEIGHT.sub("", weights)
        else:
            parts = [part for part in node.split("/") if part]
            if len(parts) > 1 and re.fullmatch(rf"{operator}(_\d+)?", parts[-1]):
                parts.pop()
            name = "_".join(parts)
        return self._free(re.sub(r"\W+", "_", name).strip("_") or operator.lower())

    def _free(self, name: str) -> str:
        """Return ``name``, with a number behind it if a layer has it."""
        taken, count = {INPUT, *self.layers}, 2
        free = name
        while free in taken:
            free, count = f"{name}_{count}", count + 1
        return free

    def add(
        self, name: str, layer: Layer, *sources: Signal, order: tuple[int, ...], rank: int
    ) -> Signal:
        """Add a layer; its output has ``rank`` axes in the file, laid out in ``order``."""
        output = layer.output_shape(*(source.laid for source in sources))
        shape = [1] * rank
        for axis, side in zip(order, output, strict=True):
            shape[axis] = side
        self.layers[name] = Node(layer, tuple(source.node for source in sources))
        return Signal(name, tuple(shape), order)

    def arranged(self, signal: Signal, order: tuple[int, ...]) -> Signal:
        """Return ``signal`` with its axes in ``order``, by a layer if they are not."""
        if signal.order == order:
            return signal
        key = signal.node, signal.shape, order
        if key not in self._arranged:
            self._arranged[key] = self._arrange(signal, order)
        return self._arranged[key]

    def _arrange(self, signal: Signal, order: tuple[int, ...]) -> Signal:
        shape, rank = signal.shape, len(signal.shape)
        wanted = [axis for axis in order if shape[axis] > 1]
        if [axis for axis in signal.order if shape[axis] > 1] == wanted:
            return self.reshaped(signal, shape, order)
        whole = (*signal.order, *(axis for axis in range(rank) if axis not in signal.order))
        full = self.reshaped(signal, shape, whole)
        axes = tuple(whole.index(axis) for axis in order)
        name = self._free(f"{signal.node}_order")
        return self.add(name, Transpose(axes=axes), full, order=order, rank=rank)

    def reshaped(self, signal: Signal, shape: Shape, order: tuple[int, ...]) -> Signal:
        """Return ``signal`` as ``shape`` in ``order``: the same values in the same sequence."""
        laid = tuple(shape[axis] for axis in order)
        if laid == signal.laid:
            return Signal(signal.node, shape, order)
        layer = Flatten() if len(laid) == 1 else Reshape(shape=laid)
        name = self._free(f"{signal.node}_{'flat' if len(laid) == 1 else 'shape'}")
        return self.add(name, layer, signal, order=order, rank=len(shape))

    def straightened(self, signal: Signal, shape: Shape) -> Signal:
        """Return ``signal`` in the order of the file, as ``shape``, which has as many values."""
        if not signal.straight:
            signal = self.arranged(signal, tuple(range(len(signal.shape))))
        return self.reshaped(signal, shape, tuple(range(len(shape))))

    def finish(self) -> None:
        """Let the network end with one row of numbers, and omit what it does not read."""
        signal = self.signals[self.output]
        last = self.straightened(signal, (math.prod(signal.shape),))
        live = {last.node}
        for name, node in reversed(self.layers.items()):
            if name in live:
                live |= {*(node.inputs or ())}
        for name in self.layers.keys() - live:
            del self.layers[name]
            self.origins.pop(name, None)
            for key in [key for key in self.weights if key.split(".")[0] == name]:
                del self.weights[key]
