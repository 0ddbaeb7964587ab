"""A chip is a network written into hardware."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import entry, real, require_finite
from crossbar.checks import require_generator
from crossbar.circuit.blocks import Blocks
from crossbar.displayed import Displayed
from crossbar.errors import CrossbarError, ShapeError, message
from crossbar.nn import chip_cells
from crossbar.nn.layers.base import LayerState
from crossbar.nn.learners.sequential import Sequential
from crossbar.nn.losses import Head, Loss
from crossbar.substrates.arguments import as_age, as_rate
from crossbar.substrates.port import Weights
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.nn.graph import Network


class Step(NamedTuple):
    """A node of the graph, and the places of its inputs among the signals, the samples first.

    ``reads`` tells whether it has weights, ``onward`` whether what learns stands before it.
    """

    layer: LayerState
    sources: tuple[int, ...]
    reads: bool
    onward: bool


@dataclass
class Chip(Displayed):
    """A network in hardware. Its weights change only through learning and :meth:`restore`.

    ``layers`` has the state of each node, ``steps`` the order of signals through them. ``blocks``
    stand behind them, ``loss`` judges outputs.
    """

    network: Network
    layers: dict[str, LayerState]
    blocks: Blocks
    loss: Loss
    activity: Activity = field(repr=False)

    conductances = property(chip_cells.conductances)
    load = chip_cells.load

    def __post_init__(self) -> None:
        self._head = Head(self.blocks, self.activity)
        self.steps: list[Step] = []
        places, learns = {"input": 0}, [False]
        for k, (name, node) in enumerate(self.network.nodes.items(), start=1):
            sources = tuple(places[source] for source in node.inputs or ())
            onward = any(learns[source] for source in sources)
            layer = self.layers[name]
            self.steps.append(Step(layer, sources, bool(layer.held), onward))
            learns.append(onward or layer.learns)
            places[name] = k
        weights = [w for layer in self.layers.values() for w in layer.held.values()]
        self._dtype = weights[-1].dtype if weights else np.float64
        self._learning = [layer for layer in self.layers.values() if layer.learns]

    def __repr__(self) -> str:
        held = ", ".join(f"{name} {w.weights.shape}" for name, w in self.held.items())
        kind = type(next(iter(self.held.values()))).__name__ if self.held else "no weights"
        ends = f"{self.network.input_shape} to {self.network.outputs} outputs"
        return f"<Chip {ends}, {kind}: {held:.120}>"

    def _facts(self) -> dict[str, str]:
        return {
            "network": repr(self.network),
            **{f"weights {name}": repr(held) for name, held in self.held.items()},
            "loss": repr(self.loss),
            "samples presented": f"{self.activity.total('images'):g}",
        }

    @property
    def held(self) -> dict[str, Weights]:
        """Every weight matrix by its name in the network."""
        return {n: w for layer in self.layers.values() for n, w in layer.weights.items()}

    def scores(self, x: Floats, *, rng: Rng) -> Floats:
        """Return the outputs (n, outputs) of the last layer for samples (n, *input_shape)."""
        return self.signals(x, rng=rng)[-1]

    def signals(self, x: Floats, *, rng: Rng) -> list[Floats]:
        """Return the samples, then the output of every node, in their order."""
        signals = [self._samples("Chip.scores", x, rng)]
        for layer, sources, *_ in self.steps:
            signals.append(layer.infer(*[signals[k] for k in sources], rng=rng))
        self.activity.add("chip", "images", len(x))
        return signals

    def outputs(self, x: Floats, *, rng: Rng) -> Floats:
        """Return what the chip gives out (n, outputs): with cross-entropy class probabilities."""
        return self.loss.outputs(self.scores(x, rng=rng), self._head, rng=rng)

    def gradients(self, x: Floats, targets: Any, *, rng: Rng, masks: Rng | None = None) -> Floats:
        """Present samples in training and send the error back to the first layer (eq 8 to 15).

        Every layer keeps the gradient at its output for :meth:`change`. Returns the outputs
        (n, outputs).
        """
        x = self._samples("Chip.gradients", x, rng, masks)
        wanted = self.wanted("Chip.gradients", targets, len(x))
        return self.present(x, wanted, rng=rng, masks=masks or rng)

    def wanted(self, where: str, targets: Any, samples: int) -> Floats:
        """Return the outputs (n, outputs) that labels or values ask for, or raise."""
        return self.loss.wanted(where, targets, (samples, self.network.outputs), self._dtype)

    def present(self, x: Floats, wanted: Floats, *, rng: Rng, masks: Rng) -> Floats:
        """Do what :meth:`gradients` does, for samples and wanted outputs that fit."""
        signals = [x]
        for layer, sources, reads, _ in self.steps:
            draws = rng if reads else masks
            if len(sources) == 1:  # without a list of them, which takes longer
                signals.append(layer.forward(signals[sources[0]], rng=draws))
            else:
                signals.append(layer.forward(*[signals[k] for k in sources], rng=draws))
        outputs = self.loss.outputs(signals[-1], self._head, rng=rng)
        errors: list[Floats | None] = [None] * len(signals)
        errors[-1] = self.loss.error(outputs, wanted, self._head, rng=rng)
        self.activity.add("chip", "images", len(x))
        for layer, sources, _, onward in reversed(self.steps):
            d = errors.pop()
            if d is None:  # nothing that learns stands before what reads it
                continue
            layer.take(d, rng=rng)
            if onward:
                back = layer.backward(d, rng=rng)
                for k, source in enumerate(sources):
                    so_far = errors[source]
                    errors[source] = back[k] if so_far is None else so_far + back[k]
        return outputs

    def change(self, rate: float, *, rng: Rng) -> None:
        """Offer every layer the changes that the kept gradients ask for, in sequence (eq 16)."""
        require_generator("Chip.change", rng)
        self.update(as_rate("Chip.change", rate), rng=rng)

    def update(self, rate: float, *, rng: Rng) -> None:
        """Do what :meth:`change` does, for a rate that fits."""
        for layer in self._learning:
            layer.update(rate, rng=rng)

    def learn(
        self, x: Floats, targets: Any, rate: float, *, rng: Rng, masks: Rng | None = None,
        writes: Rng | None = None,
    ) -> Floats:  # fmt: skip
        """Present samples at one state of the weights, then update sample after sample.

        ``targets`` are labels (n,) or values (n, outputs), as the loss has them. ``masks`` draws
        the dropout and ``writes`` the updates, so that noise of reads shifts neither; ``rng``
        draws all that is not given. Other rules are each a :class:`~crossbar.nn.Learner`.

        Returns the outputs (n, outputs) before the update.

        Raises
        ------
        ConvergenceError
            If an output is not finite; no weight is changed then.
        DataError, ShapeError
            If samples or targets cannot be.
        """
        x = self._samples("Chip.learn", x, rng, masks, writes)
        rate = as_rate("Chip.learn", rate)
        wanted = self.wanted("Chip.learn", targets, len(x))
        masks, writes = masks or rng, writes or rng
        return PLAIN.step(self, x, wanted, rate, {}, rng=rng, masks=masks, writes=writes)

    def trained(self) -> dict[str, Floats]:
        """Return what :meth:`Network.build` makes another chip of: its weights, as now.

        Matrices by name, the mean over their copies, and what layers keep in digital memory as
        ``node.name``.
        """
        weights = {name: held.weights.mean(axis=0) for name, held in self.held.items()}
        for name, layer in self.layers.items():
            weights |= {f"{name}.{k}": array.copy() for k, array in layer.arrays().items()}
        return weights

    def copy(self) -> Chip:
        """Return an independent copy, with the activity counted so far."""
        return copy.deepcopy(self)

    def refresh(self) -> None:
        """Clear in every layer what rounding lets build up over many updates."""
        for held in self.held.values():
            held.refresh()

    def aged(self, seconds: float, temperature: float | None = None) -> Chip:
        """Return a copy that has drifted until ``seconds``; see :meth:`Weights.aged`."""
        as_age("Chip.aged", seconds, temperature)
        later = self.copy()
        for layer in later.layers.values():
            for part, held in layer.held.items():
                layer.held[part] = held.aged(seconds, temperature)
                layer.held[part].activity = later.activity
        return later

    def arrays(self) -> dict[str, Floats]:
        """Return the arrays of the state by name, for a checkpoint."""
        held = {f"{n}/{k}": a for n, w in self.held.items() for k, a in w.arrays().items()}
        layers = self.layers.items()
        return held | {f"{n}:{k}": a for n, layer in layers for k, a in layer.arrays().items()}

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
            held.restore({k: entry("Chip.restore", arrays, f"{name}/{k}") for k in held.arrays()})
        for name, layer in self.layers.items():
            own = layer.arrays()
            layer.restore({k: entry("Chip.restore", arrays, f"{name}:{k}") for k in own})

    def _samples(self, where: str, x: Floats, *rngs: Rng | None) -> Floats:
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


PLAIN = Sequential()
