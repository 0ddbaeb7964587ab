"""Counts of features of texts as numbers from 0 to 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.data.normalise import NORMALISATIONS, Normalisation, Scaling
from crossbar.errors import DataError, message
from crossbar.types import Doubles, Floats


@NORMALISATIONS.register("tf-idf")
@dataclass(frozen=True)
class TfIdf(Normalisation):
    """x = w / |w| with w = (1 + ln n) (1 + ln((1 + N) / (1 + N_n))), and 0 where n is 0.

    n are counts of a line, N the samples of the training part and N_n those in which the line has
    any. |w| is the root of the sum of squares, so that long texts weigh as much as short ones.

    Source: Salton and Buckley, Inf. Process. Manage. 24:513, 1988, with a sublinear count and one
    sample more that has every feature.
    """

    words: ClassVar[str] = "by how rare a line is in the training part, to unit length (tf-idf)"

    def fit(self, x: Floats) -> Scaling:
        """Return the scaling with the rarity of every line in the training samples ``x``."""
        within = (x > 0).sum(axis=0)
        return Weighted(1 + np.log((1 + len(x)) / (1 + within)))


@dataclass(frozen=True)
class Weighted:
    """Counts, by logarithm and by the ``rarity`` of each line, to unit length."""

    rarity: Doubles

    def __call__(self, x: Floats) -> Floats:
        """Return the scaled samples; those without counts stay zero."""
        if (x < 0).any():
            got, remedy = f"{x.min():g}", "Weigh counts of texts: data.kind = texts."
            raise DataError(message("TfIdf.x", "counts, 0 or more", got, remedy))
        weighed = np.zeros(x.shape, np.float32)
        some = x > 0
        np.log(x, out=weighed, where=some)
        weighed = (weighed + some) * self.rarity.astype(np.float32)
        length = np.sqrt(np.square(weighed).sum(axis=1, keepdims=True))
        np.divide(weighed, length, out=weighed, where=length > 0)
        return weighed
