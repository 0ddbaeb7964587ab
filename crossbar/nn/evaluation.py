"""What a chip gets right: decisions or values, and the usual figures with their intervals."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.brief import brief
from crossbar.checks import require_generator, require_part
from crossbar.intervals import independent, wilson
from crossbar.nn.chip import Chip
from crossbar.nn.losses import CrossEntropy, Loss, explained
from crossbar.types import Floats, Integers, Rng

BATCH = 64


class Evaluation(ABC):
    """What a chip made of samples whose targets are known.

    ``outputs`` (n, outputs) are what it gave out, ``score`` is the better the higher, at most 1.
    ``labels`` (n,) are None where values are predicted.
    """

    outputs: Floats
    labels: Integers | None
    criterion: Loss

    @property
    @abstractmethod
    def loss(self) -> float:
        """Mean loss."""

    @property
    @abstractmethod
    def score(self) -> float:
        """Figure of merit that is called :attr:`crossbar.nn.losses.Loss.merit`."""

    @property
    def outside(self) -> int:
        """Number of outputs that errors of the blocks take out of their range."""
        return self.criterion.outside(self.outputs)

    @abstractmethod
    def record(self) -> dict[str, object]:
        """Return the figures as plain values."""

    @abstractmethod
    def table(self) -> dict[str, Floats | Integers]:
        """Return columns (n,) with target, decision and outputs of every sample, by name."""


@dataclass(frozen=True)
class Decisions(Evaluation):
    """Decisions of a chip on labelled samples.

    Attributes
    ----------
    outputs : (n, classes)
        What the chip gave out: with cross-entropy class probabilities.
    labels : (n,)
    seconds
        Time that the simulation took.
    groups : (n,)
        Recording that each sample was cut from; None if all samples are independent.
    criterion
        The loss of the chip.
    """

    outputs: Floats
    labels: Integers
    seconds: float
    groups: Integers | None = None
    criterion: Loss = field(default_factory=CrossEntropy)

    __repr__ = brief

    @property
    def decisions(self) -> Integers:
        """Class with the largest output of each sample, (n,)."""
        return np.asarray(self.outputs.argmax(axis=1))

    @property
    def confusion(self) -> Integers:
        """Counts (classes, classes), true class by decided class."""
        classes = self.outputs.shape[1]
        table = np.zeros((classes, classes), np.int64)
        np.add.at(table, (self.labels, self.decisions), 1)
        return table

    @property
    def accuracy(self) -> float:
        """Share of right decisions."""
        return float((self.decisions == self.labels).mean())

    @property
    def score(self) -> float:
        """The accuracy."""
        return self.accuracy

    @property
    def loss(self) -> float:
        """Mean loss."""
        shape = self.outputs.shape[0], self.outputs.shape[1]
        wanted = self.criterion.wanted("Decisions.labels", self.labels, shape)
        return float(self.criterion.values(self.outputs, wanted).mean())

    def record(self) -> dict[str, object]:
        """Return the figures; precision, recall and F1 are means over the classes (macro).

        A class that is never decided has precision 0. The interval is Wilson's for as many
        independent samples as the windows are worth, see :func:`crossbar.intervals.independent`.
        """
        table = self.confusion.astype(np.float64)
        worth = independent(self.decisions == self.labels, self.groups)
        interval = wilson(self.accuracy, worth)
        hits = np.diag(table)
        precision = hits / np.maximum(table.sum(axis=0), 1)
        recall = hits / np.maximum(table.sum(axis=1), 1)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
        return {
            "accuracy": self.accuracy,
            "accuracy_ci95": (interval.low, interval.high),
            "loss": self.loss,
            "precision": float(precision.mean()),
            "recall": float(recall.mean()),
            "f1": float(f1.mean()),
            "confusion": self.confusion.tolist(),
            "test_images": len(self.labels),
            "independent_images": worth,
            "images_per_second": len(self.labels) / self.seconds,
        }

    def table(self) -> dict[str, Floats | Integers]:
        """Return label, decision and the outputs p0, p1 ... of every sample."""
        outputs = {f"p{k}": column for k, column in enumerate(self.outputs.T)}
        return {"label": self.labels, "decision": self.decisions, **outputs}


@dataclass(frozen=True)
class Predictions(Evaluation):
    """Values that a chip tells of samples, against those that are right.

    Attributes
    ----------
    outputs, values : (n, outputs)
        What the chip gave out, and what is right.
    seconds, groups, criterion
        As of :class:`Decisions`.
    """

    outputs: Floats
    values: Floats
    seconds: float
    criterion: Loss
    groups: Integers | None = None
    labels: None = field(default=None, init=False)

    __repr__ = brief

    @property
    def rmse(self) -> float:
        """Root of the mean square error of all values."""
        return float(np.sqrt(np.mean((self.outputs - self.values) ** 2)))

    @property
    def score(self) -> float:
        """The coefficient of determination R^2; see :func:`crossbar.nn.losses.explained`."""
        return explained(self.outputs, self.values)

    @property
    def loss(self) -> float:
        """Mean loss."""
        return float(self.criterion.values(self.outputs, self.values).mean())

    def record(self) -> dict[str, object]:
        """Return the figures."""
        return {
            "r2": self.score,
            "rmse": self.rmse,
            "loss": self.loss,
            "test_images": len(self.values),
            "images_per_second": len(self.values) / self.seconds,
        }

    def table(self) -> dict[str, Floats | Integers]:
        """Return the right value and the output of every sample: value0, output0, value1 ..."""
        pairs = zip(self.values.T, self.outputs.T, strict=True)
        return {
            name: column
            for k, (value, output) in enumerate(pairs)
            for name, column in ((f"value{k}", value), (f"output{k}", output))
        }


def evaluate(
    chip: Chip, x: Floats, targets: Any, *, rng: Rng, groups: Integers | None = None
) -> Evaluation:
    """Present samples ``x`` (n, *input_shape) in inference and return what the chip makes of them.

    ``targets`` are labels (n,), or values (n, outputs) where the loss of the chip is one of values.
    ``groups`` (n,) is the recording of each sample, for an honest interval.

    Raises
    ------
    DataError, ShapeError
        If samples are not finite numbers of that shape, or labels no whole numbers from 0 to
        classes - 1, one a sample.
    """
    require_part("evaluate.chip", chip, Chip)
    require_generator("evaluate", rng)
    x = require_array("evaluate.x", x, ("n", *chip.network.input_shape))
    wanted = chip.loss.wanted("evaluate", targets, (len(x), chip.network.outputs))
    if groups is not None:
        groups = require_array("evaluate.groups", groups, (len(x),))
    start = time.perf_counter()
    parts = [chip.outputs(x[k : k + BATCH], rng=rng) for k in range(0, len(x), BATCH)]
    outputs, seconds = np.concatenate(parts), time.perf_counter() - start
    if chip.loss.classes:
        return Decisions(outputs, np.asarray(targets), seconds, groups, chip.loss)
    return Predictions(outputs, wanted, seconds, chip.loss, groups)
