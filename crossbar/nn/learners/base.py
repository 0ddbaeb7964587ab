"""The contract of a learning rule: one step of a chip on some samples."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from crossbar.contracts import named, outside
from crossbar.errors import ConvergenceError, fail, message
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.substrates.port import Substrate
from crossbar.types import Floats, Rng

if TYPE_CHECKING:
    from crossbar.nn.chip import Chip


class Learner(Specification):
    """Immutable specification of a learning rule."""

    def memory(self, chip: Chip) -> dict[str, Floats]:
        """Return the arrays that the rule keeps beside ``chip``, as they begin; none by default.

        A checkpoint keeps them. :meth:`step` changes them in place.
        """
        return {}

    def holding(self, held: Substrate) -> Substrate:
        """Return what weights learn in where ``held`` is to hold them; ``held`` by default."""
        return held

    def over(self, steps: int) -> Learner:
        """Return the rule for a training of so many ``steps``; the rule itself by default."""
        return self

    @abstractmethod
    def step(
        self,
        chip: Chip,
        x: Floats,
        wanted: Floats,
        rate: float,
        memory: dict[str, Floats],
        *,
        rng: Rng,
        masks: Rng,
        writes: Rng,
    ) -> Floats:
        """Let ``chip`` learn samples, and return its outputs (n, outputs) before that.

        Parameters
        ----------
        x, wanted
            Samples (n, *input_shape), and the outputs (n, outputs) that they ask for.
        rate
            Learning rate.
        memory
            What :meth:`memory` gave, as the steps before left it.
        rng, masks, writes
            Draw the noise of reads, the dropout and the updates.

        Raises
        ------
        ConvergenceError
            If an output is not finite; no weight is changed then.
        """


def _blame(chip: Chip, x: Floats, *, rng: Rng) -> None:
    """Raise if a layer or loss from outside makes numbers that are not finite of finite ones."""
    signals = {"input": x}
    for name, node in chip.network.nodes.items():
        layer, inputs = chip.layers[name], [signals[source] for source in node.inputs or ()]
        signals[name] = layer.forward(*inputs, rng=rng)
        if not np.isfinite(signals[name]).all():
            sound = all(np.isfinite(held.weights).all() for held in layer.held.values())
            if outside(type(layer)) and sound:
                _undefined(named(layer, "forward", f"layer '{name}'"), *inputs)
            return
    if outside(type(chip.loss)):
        _undefined(named(chip.loss, "outputs"), signals[name])


def _undefined(where: str, *inputs: Floats) -> NoReturn:
    """Raise the error that says that a method makes no finite numbers of ``inputs``."""
    got = f"others for inputs up to {max(float(np.abs(x).max()) for x in inputs):.3g}"
    fail(where, "finite numbers", got, "Correct it, or lower train.gamma where these are large.")


LEARNERS = Registry(Learner, "learners", "learning rules", setting="learner")


class Backpropagation(Learner):
    """Rules that change a chip by the gradients that its arrays send back."""

    def step(
        self,
        chip: Chip,
        x: Floats,
        wanted: Floats,
        rate: float,
        memory: dict[str, Floats],
        *,
        rng: Rng,
        masks: Rng,
        writes: Rng,
    ) -> Floats:
        """Present the samples at one state of the weights, then change these."""
        outputs = chip.present(x, wanted, rng=rng, masks=masks)
        if not math.isfinite(np.vdot(outputs, outputs)):
            _blame(chip, x, rng=rng)
            got = f"NaN or infinity at gamma {rate:g}"
            text = message("Chip.learn", "finite outputs", got, "Lower train.gamma.")
            raise ConvergenceError(text)
        self.change(chip, rate, memory, rng=writes)
        return outputs

    @staticmethod
    def zeros(chip: Chip) -> dict[str, Floats]:
        """Return zeros for all that learns in ``chip``, by ``node.part``: a beginning of memory."""
        zeros: dict[str, Floats] = {}
        for name, layer in chip.layers.items():
            for part, held in layer.held.items():
                zeros[f"{name}.{part}"] = np.zeros(held.shape, held.dtype)
            for part, array in layer.parameters.items():
                zeros[f"{name}.{part}"] = np.zeros_like(array)
        return zeros

    @abstractmethod
    def change(self, chip: Chip, rate: float, memory: dict[str, Floats], *, rng: Rng) -> None:
        """Change ``chip`` by the gradients of the samples that it was presented."""
