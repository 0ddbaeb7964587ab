"""The yin-yang data set: points of a disc in three classes, which no linear network tells apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from crossbar.data.data import DATA, Data, Progress
from crossbar.data.dataset import Dataset
from crossbar.data.normalise import Normalisation, Unscaled
from crossbar.data.split import BySample, Split
from crossbar.types import Doubles, Integers
from crossbar.units import quantity

DISC, EYE = 0.5, 0.1  # radii
CLASSES: Final = ("yin", "yang", "dot")
PARTS: Final = BySample(fractions=(5 / 7, 1 / 7, 1 / 7))  # 5 000, 1 000 and 1 000


@DATA.register("yin-yang")
@dataclass(frozen=True, kw_only=True)
class YinYang(Data):
    """Points (x, y, 1 - x, 1 - y) of the yin-yang figure: its two halves and its eyes.

    The figure is a disc of radius 0.5 about (0.5, 0.5), with eyes of radius 0.1 at (0.25, 0.5) and
    (0.75, 0.5). The class of a sample is drawn first, all three alike, then a point of it. A
    network without hidden neurons gets about 64 % right, one of 30 hidden rectifiers 97.6 %.

    Parameters
    ----------
    samples
        Samples of all three parts.
    seed
        Another seed draws other points.

    Source: Kriener, Goeltz and Petrovici, NICE 2022 (arXiv:2102.08211): 5 000 samples to learn
    from, 1 000 to validate and 1 000 to test.
    """

    split: Split = PARTS
    normalise: Normalisation = field(default_factory=Unscaled)
    samples: int = quantity(7000, low=30, high=10_000_000, remedy="7000 are usual.")
    seed: int = quantity(0, low=0, high=1 << 62)

    def dataset(self, progress: Progress | None = None) -> Dataset:
        """Return the samples."""
        rng = np.random.default_rng(self.seed)
        y = rng.integers(len(CLASSES), size=self.samples)
        points = np.empty((self.samples, 2))
        left = np.arange(self.samples)
        while left.size:
            drawn = rng.random((left.size, 2))
            fits = classes(drawn) == y[left]
            points[left[fits]] = drawn[fits]
            left = left[~fits]
        x = np.concatenate([points, 1.0 - points], axis=1)
        return Dataset(x=x, y=y, classes=CLASSES, source="yin-yang figure")


def classes(points: Doubles) -> Integers:
    """Return the class of every one of ``points`` (n, 2): 0 yin, 1 yang, 2 dot; -1 outside.

    Examples
    --------
    >>> classes(np.array([[0.5, 0.2], [0.5, 0.8], [0.25, 0.5], [0.0, 0.0]]))
    array([ 0,  1,  2, -1])
    """
    x, y = points.T - 0.5
    left, right = np.hypot(x + DISC / 2, y), np.hypot(x - DISC / 2, y)
    halves = ((left <= DISC / 2) | ((y > 0) & (right > DISC / 2))).astype(np.int64)
    eyes = np.where((left <= EYE) | (right <= EYE), 2, halves)
    inside: Integers = np.where(np.hypot(x, y) <= DISC, eyes, -1)
    return inside
