"""The contract of a layer: a specification, and the state that a chip holds of it."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

import numpy as np

from crossbar.array_checks import require_entry
from crossbar.contracts import Contract, outside
from crossbar.errors import fail
from crossbar.nn.layers.place import Matrix, Place, Shape
from crossbar.nn.layers.trace import Trace
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.substrates.port import Weights
from crossbar.types import Floats, Rng

Back = Callable[[Floats], tuple[Floats, ...]]
"""From the gradient at the output of a layer to those at its inputs."""


class Layer(Specification):
    """Immutable specification of one layer.

    A layer says its shapes and its matrices, and gives a state that computes; the network programs
    the matrices, with initial or given weights.
    """

    takes: ClassVar[int | None] = 1
    """Number of inputs; None for any."""
    learns: ClassVar[bool] = False
    """Whether its state has ``parameters``, which learn in digital memory."""
    settling: ClassVar[tuple[str, ...]] = ()
    """Analog blocks that a signal settles in one after the other, besides those of its matrices."""

    @property
    def estimated(self) -> bool:
        """Whether its gradient is an estimate: straight-through, or that of a surrogate."""
        return False

    @property
    def clock(self) -> float | None:
        """Length of the time steps [s] that it lives in; None for none."""
        return None

    @abstractmethod
    def output_shape(self, *inputs: Shape) -> Shape:
        """Return the shape of one output sample for input samples of ``inputs``, or raise."""

    def matrices(self, *inputs: Shape) -> tuple[Matrix, ...]:
        """Return the weight matrices, none by default."""
        return ()

    def lasts(self, *inputs: Shape) -> float:
        """Return the time [s] that a sample takes by the neurons' own clock; 0 where none runs."""
        return 0.0

    def initial(self, matrix: Matrix, rng: Rng) -> Floats:
        """Return initial weights (rows, cols): uniform, of variance ``gain / rows``."""
        bound = math.sqrt(3.0 * matrix.gain / matrix.rows)
        return rng.uniform(-bound, bound, (matrix.rows, matrix.cols))

    @abstractmethod
    def state(self, place: Place) -> LayerState:
        """Return the layer in hardware."""

    def absorbing(
        self, weights: dict[str, Floats], factor: Floats, constant: Floats
    ) -> tuple[Layer, dict[str, Floats]] | None:
        """Return the layer and its matrices for outputs ``factor y + constant``; None for never.

        ``weights`` are its matrices in their order, as without; ``factor`` and ``constant`` have
        one number a channel of the output, its last axis.
        """
        return None


LAYERS = Registry(Layer, "layers", "layers of a network", setting="network.layers")


class LayerState(Contract):
    """A layer on the chip. Samples come first: x is (n, *input_shape).

    Attributes
    ----------
    inputs, output
        Shapes of one sample at its ends.
    held
        Weights by :attr:`Matrix.part`; read them there at every use, as a compensation of drift
        replaces them.
    parameters
        Numbers in digital memory that learn, by name (the scale of a normalisation). They change
        in place.
    running
        Numbers in digital memory that training leaves behind and does not learn (a running mean).
        They change in place.
    d : (n, *output_shape)
        Gradient of the loss at the output, summed over the readers of the layer. The chip gives it
        to :meth:`take` before :meth:`backward`, and also where it needs no :meth:`backward`.
    """

    def __init__(self, place: Place) -> None:
        self.name = place.name
        self.inputs, self.output = place.inputs, place.output
        self.activity = place.activity
        self.held = place.held
        self.parameters: dict[str, Floats] = {}
        self.running: dict[str, Floats] = {}
        self.d: Floats = np.empty(0)

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the output in inference; that of training by default."""
        return self.forward(*inputs, rng=rng)

    @abstractmethod
    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the output in training, and keep what :meth:`backward` needs."""

    def passed(self, *inputs: Floats, rng: Rng) -> tuple[Floats, Back]:
        """Return the output in inference, and the way from a gradient there to those at the inputs.

        By default the way is that of training. A layer that does otherwise in inference, and more
        than :attr:`affine` says, has to say its own.

        Raises
        ------
        ConfigError
            If a layer from outside has an :meth:`infer` of its own and no way back through it.
        """
        if self.affine is not None:
            factor, constant = self.affine
            return inputs[0] * factor + constant, lambda d: (d * factor,)
        kind = type(self)
        if outside(kind) and kind.infer is not LayerState.infer:
            remedy = f"Write {kind.__name__}.passed: the output, and a function of the gradient."
            fail(f"derivatives of layer '{self.name}'", "a way back through infer", "none", remedy)
        y = self.forward(*inputs, rng=rng)

        def back(d: Floats) -> tuple[Floats, ...]:
            self.take(d, rng=rng)
            return self.backward(d, rng=rng)

        return y, back

    def take(self, d: Floats, *, rng: Rng) -> None:
        """Keep the gradient of the loss at the output; :meth:`backward` and changes follow."""
        self.d = d

    @abstractmethod
    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats, ...]:
        """Return the gradient of the loss at every input for the gradient ``d`` at the output.

        It is called only if something that learns stands before the layer.
        """

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return of every matrix what drove it and the gradient at its outputs, in training.

        They are (n, rows) and (n, cols), or (n, positions, rows) and (n, positions, cols); their
        products, summed, are the gradient of the matrix.
        """
        return {}

    def slopes(self) -> dict[str, Floats]:
        """Return the gradient of every one of ``parameters``, summed over the samples."""
        return {}

    def update(self, rate: float, *, rng: Rng) -> None:
        """Change weights and parameters against their gradients, sample after sample."""
        for part, (x, d) in self.pairs().items():
            self.held[part].change(x, d, rate, rng=rng)
        if self.parameters:
            for name, slope in self.slopes().items():
                self.parameters[name] -= rate * slope

    def gradients(self, *, rng: Rng) -> dict[str, Floats]:
        """Return the gradients of all matrices (rows, cols) and parameters, summed over samples.

        Those of matrices are products of the multipliers, with their errors, and are counted; so
        are the additions that sum them in digital memory.
        """
        held, pairs = self.held, self.pairs().items()
        return {part: held[part].gradient(*pair, rng=rng) for part, pair in pairs} | self.slopes()

    def add(self, changes: dict[str, Floats], *, rng: Rng) -> None:
        """Add ``changes`` to the matrices and parameters that they name: one update of each."""
        for name, change in changes.items():
            if name in self.held:
                products = np.ascontiguousarray(change.T[None])
                self.held[name].offer(products, -1.0, rng=rng)
            else:
                self.parameters[name] += change

    def trace(self) -> Trace | None:
        """Return the spikes of the samples that were presented last; None of no spiking neurons."""
        return None

    def recalibrate(self, *inputs: Floats) -> bool:
        """Take the statistics of ``inputs`` in place of those of training, if the layer keeps any.

        Returns whether it does; False by default.
        """
        return False

    @property
    def affine(self) -> tuple[Floats, Floats] | None:
        """Factor and constant of every channel (last axis) in inference, if it does no more."""
        return None

    @property
    def learns(self) -> bool:
        """Whether the layer holds anything that a gradient changes."""
        return bool(self.held or self.parameters)

    @property
    def weights(self) -> dict[str, Weights]:
        """The weights by their name outside the layer."""
        if len(self.held) == 1:
            return {self.name: next(iter(self.held.values()))}
        return {f"{self.name}.{part}": held for part, held in self.held.items()}

    def arrays(self) -> dict[str, Floats]:
        """Return what the layer keeps in digital memory, by name, for a checkpoint."""
        return self.parameters | self.running

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the digital memory from what :meth:`arrays` returned."""
        for name, kept in self.arrays().items():
            kept[...] = require_entry(f"Layer '{self.name}'", arrays, name, kept.shape)
