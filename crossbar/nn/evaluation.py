"""What a chip gets right: decisions, and the usual figures with their intervals."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from crossbar.brief import brief
from crossbar.checks import require_array, require_generator, require_labels, require_part
from crossbar.intervals import independent, wilson
from crossbar.nn.network import Chip, cross_entropy
from crossbar.types import Floats, Integers

BATCH = 64


@dataclass(frozen=True)
class Evaluation:
    """Decisions of a chip on labelled samples.

    Attributes
    ----------
    probabilities : (n, classes)
    labels : (n,)
    seconds
        Time that the simulation took.
    groups : (n,)
        Recording that each sample was cut from; None if all samples are independent.
    """

    probabilities: Floats
    labels: Integers
    seconds: float
    groups: Integers | None = None

    __repr__ = brief

    @property
    def decisions(self) -> Integers:
        """Most probable class of each sample, (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1))

    @property
    def confusion(self) -> Integers:
        """Counts (classes, classes), true class by decided class."""
        classes = self.probabilities.shape[1]
        table = np.zeros((classes, classes), np.int64)
        np.add.at(table, (self.labels, self.decisions), 1)
        return table

    @property
    def accuracy(self) -> float:
        """Share of right decisions."""
        return float((self.decisions == self.labels).mean())

    @property
    def loss(self) -> float:
        """Mean cross-entropy."""
        return float(cross_entropy(self.probabilities, self.labels).mean())

    @property
    def outside(self) -> int:
        """Number of probabilities below 0 or above 1, where errors of the softmax block lead."""
        p = self.probabilities
        beyond = 1.0 + 8 * np.finfo(p.dtype).eps  # rounding alone is no error
        return int(np.count_nonzero(~((p >= 0.0) & (p <= beyond))))

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


def evaluate(
    chip: Chip,
    x: Floats,
    labels: Integers,
    *,
    rng: np.random.Generator,
    groups: Integers | None = None,
) -> Evaluation:
    """Present samples ``x`` (n, *input_shape) in inference and return the decisions.

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
    labels = require_labels("evaluate.labels", labels, chip.network.classes, len(x))
    if groups is not None:
        groups = require_array("evaluate.groups", groups, (len(x),))
    start = time.perf_counter()
    parts = [chip.probabilities(x[k : k + BATCH], rng=rng) for k in range(0, len(x), BATCH)]
    return Evaluation(np.concatenate(parts), labels, time.perf_counter() - start, groups)
