"""What a chip gets right: decisions, and the usual figures with their intervals."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from scipy import special

from crossbar.nn.network import Chip, cross_entropy
from crossbar.types import Floats, Integers, Masks

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

    def record(self) -> dict[str, object]:
        """Return the figures; precision, recall and F1 are means over the classes (macro).

        A class that is never decided has precision 0. The interval is Wilson's for as many
        independent samples as the windows are worth, see :func:`effective_number`.
        """
        table = self.confusion.astype(np.float64)
        worth = effective_number(self.decisions == self.labels, self.groups)
        hits = np.diag(table)
        precision = hits / np.maximum(table.sum(axis=0), 1)
        recall = hits / np.maximum(table.sum(axis=1), 1)
        f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-300)
        return {
            "accuracy": self.accuracy,
            "accuracy_ci95": wilson(self.accuracy, worth),
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
    """
    start = time.perf_counter()
    parts = [chip.probabilities(x[k : k + BATCH], rng=rng) for k in range(0, len(x), BATCH)]
    return Evaluation(np.concatenate(parts), labels, time.perf_counter() - start, groups)


def effective_number(right: Masks, groups: Integers | None) -> float:
    """Return how many independent samples the decisions ``right`` (n,) are worth.

    Samples of one group are right or wrong together. With G groups of h_g hits in n_g samples and
    p = sum h_g / n, the variance of p is G/(G-1) sum (h_g - p n_g)^2 / n^2 (ratio estimator); the
    number is p (1-p) over that, at most n, and G where all decisions are right or all wrong.

    Source: Cochran, Sampling Techniques, 3rd ed., section 9A.
    """
    n = len(right)
    if groups is None:
        return float(n)
    _, index = np.unique(groups, return_inverse=True)
    size = np.bincount(index)
    hits = np.bincount(index, weights=right)
    p = hits.sum() / n
    if len(size) < 2 or p in (0.0, 1.0):
        return float(len(size))
    variance = len(size) / (len(size) - 1) * float(((hits - p * size) ** 2).sum()) / n**2
    return float(min(n, p * (1 - p) / variance)) if variance > 0 else float(n)


def wilson(p: float, n: float) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share ``p`` of ``n`` independent samples.

    Source: Wilson, J. Am. Stat. Assoc. 22:209, 1927.

    Examples
    --------
    >>> [round(x, 3) for x in wilson(0.95, 100)]
    [0.888, 0.978]
    """
    z = 1.959963984540054
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(centre - half, 0.0), min(centre + half, 1.0)


def mean_interval(values: list[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of >= 2 independent ``values`` (Student's t).

    Seeds that split the same recordings anew are not quite independent.
    """
    n = len(values)
    half = float(special.stdtrit(n - 1, 0.975)) * float(np.std(values, ddof=1)) / math.sqrt(n)
    mean = float(np.mean(values))
    return mean - half, mean + half
