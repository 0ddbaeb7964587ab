"""A network is a list of layers; a chip is a network written into hardware."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import (
    check_fields,
    entry,
    real,
    require_array,
    require_finite,
    require_generator,
    require_labels,
    require_part,
)
from crossbar.circuit.blocks import Blocks
from crossbar.circuit.layout import LARGEST
from crossbar.errors import (
    ConvergenceError,
    CrossbarError,
    ShapeError,
    fail,
    message,
    nearest,
    shown,
)
from crossbar.nn.base import Layer, LayerState, Shape, WeightedState
from crossbar.random import Streams
from crossbar.substrates.port import Substrate, Weights, as_age, as_rate
from crossbar.types import Floats, Integers
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers between an image and class scores.

    Parameters
    ----------
    input_shape
        Shape of one sample, (height, width) or (height, width, channels).
    layers
        Name and specification of every layer, in order; the last gives one score a class.

    Examples
    --------
    >>> from crossbar.nn import Convolution, Dense, Relu
    >>> small = Network(
    ...     input_shape=(8, 8),
    ...     layers={"conv": Convolution(), "relu": Relu(), "out": Dense(units=3)},
    ... )
    >>> small.shapes
    {'conv': (5, 5, 3), 'relu': (5, 5, 3), 'out': (3,)}
    """

    input_shape: tuple[int, ...] = quantity(low=1, high=LARGEST)
    layers: dict[str, Layer]

    def __post_init__(self) -> None:
        check_fields(self)
        for name, layer in self.layers.items():
            require_part(f"Network.layers['{name}']", layer, Layer)
        if not self.layers:
            fail("Network.layers", "at least one layer", "none", "Add a Dense layer.")
        last = list(self.shapes.values())[-1]
        if len(last) != 1 or last[0] < 2:
            fail("Network.layers", "a last layer of >= 2 scores", str(last), "End with Dense.")

    @cached_property
    def shapes(self) -> dict[str, Shape]:
        """Output shape of every layer."""
        shapes, shape = {}, self.input_shape
        for name, layer in self.layers.items():
            shape = shapes[name] = layer.output_shape(shape)
        return shapes

    @property
    def matrices(self) -> tuple[tuple[str, int, int, int], ...]:
        """Name, rows and cols of every weight matrix, and vectors a sample sends through it."""
        found, shape = [], self.input_shape
        for name, layer in self.layers.items():
            matrix = layer.matrix(shape)
            if matrix is not None:
                found.append((name, *matrix))
            shape = layer.output_shape(shape)
        return tuple(found)

    @cached_property
    def classes(self) -> int:
        """Number of classes."""
        return list(self.shapes.values())[-1][0]

    def build(
        self,
        substrate: Substrate,
        streams: Streams,
        *,
        blocks: Blocks | None = None,
        weights: dict[str, Floats] | None = None,
    ) -> Chip:
        """Return a chip; ``blocks`` stand behind the last layer.

        Parameters
        ----------
        weights
            (rows, cols) of every layer that has some, by name, as in :attr:`matrices`: a network
            that was trained elsewhere, programmed. They use the whole range of the cells unless
            the mapping sets a headroom. None for initial weights, which have room to grow.

        Raises
        ------
        ConfigError
            If ``weights`` lacks a layer, or names one that the network has not.
        ShapeError, DataError
            If weights have another shape, or are not finite numbers.
        """
        require_part("Network.build.substrate", substrate, Substrate)
        require_part("Network.build.streams", streams, Streams)
        blocks = (
            Blocks() if blocks is None else require_part("Network.build.blocks", blocks, Blocks)
        )
        given: dict[str, Floats] = {}
        if weights is not None:
            given, substrate = self._given(weights), substrate.filled()
        substrate.require_parts([name for name, *_ in self.matrices])
        activity = Activity()
        states, shape = [], self.input_shape
        for name, layer in self.layers.items():
            part, own = substrate.part(name), given.get(name)
            states.append(layer.build(name, shape, part, streams, activity, own))
            shape = layer.output_shape(shape)
        return Chip(self, states, blocks, activity)

    def _given(self, weights: dict[str, Floats]) -> dict[str, Floats]:
        """Return ``weights`` by layer, checked against the network."""
        where, shapes = "Network.build.weights", {n: (r, c) for n, r, c, _ in self.matrices}
        wanted = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        if not isinstance(weights, dict):
            fail(where, f"a dictionary: {wanted}", shown(weights), "Give arrays by layer.")
        for name in weights:
            if name not in shapes:
                fail(where, f"weights of {wanted}", repr(name), nearest(str(name), shapes))
        missing = [name for name in shapes if name not in weights]
        if missing:
            remedy = "Give the weights of every layer, or none for initial ones."
            fail(where, f"weights of {wanted}", f"none of {', '.join(missing)}", remedy)
        for name, shape in shapes.items():
            got = real(f"{where}[{name!r}]", weights[name]).shape
            if got != shape:
                remedy = "Rows are inputs, columns outputs."
                if got == shape[::-1]:
                    remedy += " Transpose it."
                raise ShapeError(message(f"{where}[{name!r}]", f"shape {shape}", got, remedy))
        return {name: require_array(f"{where}[{name!r}]", weights[name]) for name in shapes}


@dataclass
class Chip:
    """A network in hardware. Its weights change only through :meth:`learn` and :meth:`restore`."""

    network: Network
    layers: list[LayerState]
    blocks: Blocks
    activity: Activity = field(repr=False)

    def __post_init__(self) -> None:
        # Each layer, the same if it has weights, and whether a layer before it needs its gradient.
        self._targets: Floats = np.eye(
            self.network.classes, dtype=np.float32
        )  # exact in either precision
        self._stack: list[tuple[LayerState, WeightedState | None, bool]] = []
        below = False
        for layer in self.layers:
            weighted = layer if isinstance(layer, WeightedState) else None
            self._stack.append((layer, weighted, below))
            below = below or weighted is not None

    def __repr__(self) -> str:
        held = ", ".join(f"{name} {w.weights.shape}" for name, w in self.held.items())
        kind = type(next(iter(self.held.values()))).__name__ if self.held else "no weights"
        shape, classes = self.network.input_shape, self.network.classes
        return f"<Chip {shape} to {classes} classes, {kind}: {held:.120}>"

    @property
    def held(self) -> dict[str, Weights]:
        """Weights of every layer that has some."""
        return {layer.name: layer.held for layer in self.layers if isinstance(layer, WeightedState)}

    def scores(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the class scores (n, classes) of samples ``x`` (n, *input_shape)."""
        x = self._samples("Chip.scores", x, rng)
        for layer in self.layers:
            x = layer.infer(x, rng=rng)
        self.activity.add("chip", "images", len(x))
        return x

    def probabilities(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the class probabilities (n, classes) through the softmax block (eq 9)."""
        return self._softmax(self.scores(x, rng=rng), rng)

    def gradients(
        self,
        x: Floats,
        labels: Integers,
        *,
        rng: np.random.Generator,
        masks: np.random.Generator | None = None,
    ) -> Floats:
        """Present samples in training and send the error back to the first layer (eq 8 to 15).

        Every layer keeps the gradient at its output for :meth:`change`. Returns the class
        probabilities (n, classes).
        """
        x = self._samples("Chip.gradients", x, rng, masks)
        return self._present(x, self._one_hot(labels, len(x)), rng, rng if masks is None else masks)

    def _present(
        self,
        x: Floats,
        targets: Floats,
        rng: np.random.Generator,
        masks: np.random.Generator,
    ) -> Floats:
        """Return the class probabilities of ``x``, with the gradient for ``targets`` kept."""
        signal = x
        for layer, weighted, _ in self._stack:
            signal = layer.forward(signal, rng=rng if weighted else masks)
        p = self._softmax(signal, rng)
        d = self.blocks.difference(p, targets, rng=rng)
        self.activity.add("difference", "difference", d.size)
        self.activity.add("chip", "images", len(x))
        for layer, weighted, onward in reversed(self._stack):
            if weighted is not None:
                weighted.receive(d)
            if not onward:
                break
            d = layer.backward(d, rng=rng)
        return p

    def change(self, rate: float, *, rng: np.random.Generator) -> None:
        """Offer every layer the weight changes that the kept gradients ask for (eq 16)."""
        require_generator("Chip.change", rng)
        self._change(as_rate("Chip.change", rate), rng)

    def _change(self, rate: float, rng: np.random.Generator) -> None:
        for _, weighted, _ in self._stack:
            if weighted is not None:
                weighted.update(rate, rng=rng)

    def learn(
        self,
        x: Floats,
        labels: Integers,
        rate: float,
        *,
        rng: np.random.Generator,
        masks: np.random.Generator | None = None,
        writes: np.random.Generator | None = None,
    ) -> Floats:
        """Present samples at one state of the weights, then update sample after sample.

        ``masks`` draws the dropout and ``writes`` the updates, so that noise of reads shifts
        neither; ``rng`` draws all that is not given.

        Returns the class probabilities (n, classes) before the update.

        Raises
        ------
        ConvergenceError
            If a probability is not finite; no weight is changed then.
        DataError, ShapeError
            If samples or labels cannot be.
        """
        x = self._samples("Chip.learn", x, rng, masks, writes)
        rate = as_rate("Chip.learn", rate)
        masks, writes = (rng if one is None else one for one in (masks, writes))
        return self.step(x, labels, rate, rng=rng, masks=masks, writes=writes)

    def step(
        self,
        x: Floats,
        labels: Integers,
        rate: float,
        *,
        rng: np.random.Generator,
        masks: np.random.Generator,
        writes: np.random.Generator,
    ) -> Floats:
        """Do what :meth:`learn` does, for samples that fit."""
        p = self._present(x, self._one_hot(labels, len(x)), rng, masks)
        if not math.isfinite(np.vdot(p, p)):
            got = f"NaN or infinity at gamma {rate:g}"
            text = message("Chip.learn", "finite probabilities", got, "Lower train.gamma.")
            raise ConvergenceError(text)
        self._change(rate, writes)
        return p

    def copy(self) -> Chip:
        """Return an independent copy, with the activity counted so far."""
        return copy.deepcopy(self)

    def refresh(self) -> None:
        """Clear in every layer what rounding lets build up over many updates."""
        for held in self.held.values():
            held.refresh()

    def aged(self, seconds: float) -> Chip:
        """Return a copy of the chip that has drifted until ``seconds`` after programming."""
        as_age("Chip.aged", seconds)
        later = self.copy()
        for layer in later.layers:
            if isinstance(layer, WeightedState):
                layer.held = layer.held.aged(seconds)
                layer.held.activity = later.activity
        return later

    def arrays(self) -> dict[str, Floats]:
        """Return the arrays of the state by name, for a checkpoint."""
        return {f"{n}/{k}": a for n, w in self.held.items() for k, a in w.arrays().items()}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned, or raise and keep what there is."""
        before = {name: array.copy() for name, array in self.arrays().items()}
        try:
            self._restore(arrays)
        except CrossbarError:
            self._restore(before)
            raise

    def _restore(self, arrays: dict[str, Floats]) -> None:
        for name, held in self.held.items():
            names = held.arrays()
            held.restore({k: entry("Chip.restore", arrays, f"{name}/{k}") for k in names})

    def _one_hot(self, labels: Integers, samples: int) -> Floats:
        """Return the wanted probabilities (n, classes), or raise unless labels fit ``samples``."""
        labels = np.asarray(labels)
        one = samples == 1 and labels.dtype.kind in "iu" and labels.shape == (1,)
        if not one or not 0 <= labels.item() < len(self._targets):  # one is checked faster alone
            require_labels("Chip.labels", labels, len(self._targets), samples)
        wanted: Floats = self._targets[labels]
        return wanted

    def _softmax(self, z: Floats, rng: np.random.Generator) -> Floats:
        self.activity.add("softmax", "softmax", z.size)
        return self.blocks.softmax(z, rng=rng)

    def _samples(self, where: str, x: Floats, *rngs: np.random.Generator | None) -> Floats:
        """Return ``x`` (n, *input_shape) as finite numbers, or raise; check the generators too."""
        for k, rng in enumerate(rngs):
            if rng is not None or not k:
                require_generator(where, rng)
        x = real(where, x)
        if x.shape[1:] != self.network.input_shape or not len(x):
            expected = f"samples of shape (n, {str(self.network.input_shape)[1:]}"
            raise ShapeError(message(where, expected, x.shape, "The batch axis is first."))
        require_finite(where, x)
        return x


def cross_entropy(p: Floats, labels: Integers) -> Floats:
    """Return -ln p of the right class, (n,); NaN where ``p`` is, 69 where it underflows or below 0.

    Errors of the softmax block take its outputs out of [0, 1]. What lies above counts as 1 and
    what lies below 1e-30 as that, so that the loss that is reported is within [0, 69]; neither
    enters a gradient (eq 10).
    """
    right = p[np.arange(len(p)), labels].astype(np.float64)
    loss: Floats = -np.log(np.clip(right, 1e-30, 1.0))
    return loss
