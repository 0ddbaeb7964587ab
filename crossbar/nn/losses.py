"""Losses: what the outputs of a network mean, and the error that training sends back."""

from __future__ import annotations

import functools
import math
from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import require_array, require_labels
from crossbar.circuit.blocks import Blocks
from crossbar.contracts import answer, named, outside, require_numbers
from crossbar.errors import fail, shown
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats, FloatType, Rng

TRIED = 3  # samples that a loss from outside is tried on


@dataclass
class Head:
    """The blocks behind the last layer, which count what they do."""

    blocks: Blocks
    activity: Activity

    def softmax(self, scores: Floats, *, rng: Rng) -> Floats:
        """Return class probabilities (n, classes) of ``scores`` (n, classes) (eq 9)."""
        self.activity.add("softmax", "softmax", scores.size)
        return self.blocks.softmax(scores, rng=rng)

    def difference(self, a: Floats, b: Floats, *, rng: Rng) -> Floats:
        """Return ``a - b`` (eq 10)."""
        d = self.blocks.difference(a, b, rng=rng)
        self.activity.add("difference", "difference", d.size)
        return d


class Loss(Specification):
    """What outputs mean, and the gradient of the loss at the scores of the last layer.

    Scores, outputs, wanted outputs and errors are (n, outputs); samples come first.
    """

    classes: ClassVar[bool] = True
    """Whether a target is a class, told by the largest output; else it is a value an output."""

    def outputs(self, scores: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return what the chip gives out; the scores by default."""
        return scores

    @abstractmethod
    def error(self, outputs: Floats, wanted: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return the gradient of the loss at the scores."""

    @abstractmethod
    def values(self, outputs: Floats, wanted: Floats) -> Floats:
        """Return the loss of every sample, (n,)."""

    def wanted(
        self, where: str, targets: Any, shape: tuple[int, int], dtype: FloatType = np.float64
    ) -> Floats:
        """Return the outputs of ``shape`` that ``targets`` ask for, or raise unless they fit.

        Classes are labels (n,) and ask for 1 at theirs and 0 elsewhere; values are (n, outputs),
        or (n,) for one output.
        """
        samples, outputs = shape
        if not self.classes:
            values = np.asarray(targets)
            wide = values[:, None] if values.ndim == 1 and outputs == 1 else values
            return require_array(f"{where}, targets", wide, shape).astype(dtype, copy=False)
        labels = np.asarray(targets)
        one = samples == 1 and labels.dtype.kind in "iu" and labels.shape == (1,)
        if not one or not 0 <= labels.item() < outputs:  # one is checked faster alone
            require_labels(f"{where}, targets", labels, outputs, samples)
        rows: Floats = _identity(outputs, np.dtype(dtype))[labels]
        return rows

    @property
    def merit(self) -> str:
        """Name of the figure that :meth:`score` gives: ``accuracy`` or ``r2``."""
        return "accuracy" if self.classes else "r2"

    def score(self, outputs: Floats, wanted: Floats) -> float:
        """Return the share of right decisions, or R^2 where targets are values."""
        if self.classes:
            return float((outputs.argmax(axis=1) == wanted.argmax(axis=1)).mean())
        return explained(outputs, wanted)

    def outside(self, outputs: Floats) -> int:
        """Return how many outputs errors of the blocks take out of their range; 0 by default."""
        return 0

    def guessing(self, wanted: Floats) -> float:
        """Return the mean loss of outputs of zero."""
        return float(self.values(np.zeros_like(wanted), wanted).mean())

    def require_outputs(self, outputs: int) -> None:
        """Raise unless a network of so many outputs can have this loss.

        A loss from outside is tried on as many.
        """
        if self.classes and outputs < 2:
            got = f"({outputs},)"
            fail("Network.layers", "a last layer of >= 2 scores", got, "End with Dense.")
        if outside(type(self)):
            self._try(outputs)

    def _try(self, outputs: int) -> None:
        """Raise unless outputs, error and value of some scores are numbers of their shapes."""
        rng, head = np.random.default_rng(0), Head(Blocks(), Activity())
        scores = rng.uniform(0.1, 1.0, (TRIED, outputs)).astype(np.float32)
        targets = np.arange(TRIED) % outputs if self.classes else scores[::-1]
        wanted = self.wanted(type(self).__name__, targets, scores.shape, np.float32)
        given = answer(self, "outputs", scores, head, rng=rng)
        require_numbers(named(self, "outputs"), given, scores.shape)
        error = answer(self, "error", given, wanted, head, rng=rng)
        require_numbers(named(self, "error"), error, scores.shape)
        values = answer(self, "values", given, wanted)
        require_numbers(named(self, "values"), values, (TRIED,), remedy="Return one a sample.")
        guessing = answer(self, "guessing", wanted)
        if not guessing > 0:
            remedy = "Training has diverged at ten times it: write guessing(wanted)."
            expected = "a loss above 0 of a chip that knows nothing"
            fail(named(self, "guessing"), expected, shown(guessing), remedy)


LOSSES = Registry(
    Loss,
    "losses",
    "what outputs mean, and their error",
    default="cross-entropy",
    setting="train.loss",
)


def explained(outputs: Floats, wanted: Floats) -> float:
    """Return R^2 = 1 - sum (y - t)^2 / sum (t - mean t)^2, over all outputs together.

    The mean is that of each output. NaN where no target varies: nothing can be explained then.
    """
    rest = np.square(outputs.astype(np.float64) - wanted).sum()
    spread = np.square(wanted - wanted.mean(axis=0, dtype=np.float64)).sum()
    return float(1.0 - rest / spread) if spread > 0 else math.nan


@functools.lru_cache(maxsize=64)
def _identity(outputs: int, dtype: np.dtype[Any]) -> Floats:
    """Return the wanted outputs of every class."""
    return np.eye(outputs, dtype=dtype)


@LOSSES.register("cross-entropy")
@dataclass(frozen=True, kw_only=True)
class CrossEntropy(Loss):
    """L = -ln P of the right class, P the softmax of the scores (eq 9); error P - F (eq 10).

    Source: LETI 2026.
    """

    def outputs(self, scores: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return the class probabilities."""
        return head.softmax(scores, rng=rng)

    def error(self, outputs: Floats, wanted: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return P - F, by the vector-difference block."""
        return head.difference(outputs, wanted, rng=rng)

    def values(self, outputs: Floats, wanted: Floats) -> Floats:
        """Return -ln P; NaN where P is, 69 where it underflows or is below 0.

        Errors of the softmax block take its outputs out of [0, 1]. What lies above counts as 1
        and what lies below 1e-30 as that, so that the loss that is reported is within [0, 69];
        neither enters a gradient (eq 10).
        """
        right = outputs[np.arange(len(outputs)), wanted.argmax(axis=1)].astype(np.float64)
        loss: Floats = -np.log(np.clip(right, 1e-30, 1.0))
        return loss

    def outside(self, outputs: Floats) -> int:
        """Return how many probabilities are below 0 or above 1."""
        beyond = 1.0 + 8 * np.finfo(outputs.dtype).eps  # rounding alone is no error
        return int(np.count_nonzero(~((outputs >= 0.0) & (outputs <= beyond))))

    def guessing(self, wanted: Floats) -> float:
        """Return ln(classes), of equal probabilities."""
        return math.log(wanted.shape[1])


@LOSSES.register("squared-error")
@dataclass(frozen=True, kw_only=True)
class SquaredError(Loss):
    """L = sum (y - t)^2 / 2 of values; error y - t, by the vector-difference block."""

    classes = False

    def error(self, outputs: Floats, wanted: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return y - t."""
        return head.difference(outputs, wanted, rng=rng)

    def values(self, outputs: Floats, wanted: Floats) -> Floats:
        """Return the loss of every sample."""
        loss: Floats = 0.5 * np.square(outputs.astype(np.float64) - wanted).sum(axis=1)
        return loss


@LOSSES.register("hinge")
@dataclass(frozen=True, kw_only=True)
class Hinge(Loss):
    """L = sum over the outputs of max(0, 1 - t y), t = 1 for the right class and -1 for others.

    The error is -t where t y < 1. The vector-difference block gives y - t, and comparators (ideal,
    assumed) tell where t (y - t) < 0, which is the same.
    """

    def error(self, outputs: Floats, wanted: Floats, head: Head, *, rng: Rng) -> Floats:
        """Return -t within the margin, and 0 beyond it."""
        t = (2.0 * wanted - 1.0).astype(outputs.dtype)
        gap = head.difference(outputs, t, rng=rng)
        return np.where(t * gap < 0, -t, np.zeros_like(t))

    def values(self, outputs: Floats, wanted: Floats) -> Floats:
        """Return the loss of every sample."""
        t = 2.0 * wanted.astype(np.float64) - 1.0
        loss: Floats = np.maximum(0.0, 1.0 - t * outputs).sum(axis=1)
        return loss
