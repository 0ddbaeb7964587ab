"""Layers whose outputs are lines of matrices, with a bias line or without."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from crossbar.nn.layers.base import Layer
from crossbar.nn.layers.place import Matrix
from crossbar.types import Floats, Rng

GAIN = "2 is usual; it is the variance of the weights times the number of inputs."


@dataclass(frozen=True, kw_only=True)
class Biased(Layer):
    """A layer that reads its outputs from matrices, which may have a bias line.

    The bias line is the last word line of every matrix. It is driven with the number 1 in every
    read, learns like any row and is counted like one. The normaliser scales it with the other
    inputs, so that it sets their largest where they are all below 1.

    Parameters
    ----------
    bias
        Whether there is a bias line. Its weights begin at zero.
    """

    bias: bool = False

    def initial(self, matrix: Matrix, rng: Rng) -> Floats:
        """Return initial weights (rows, cols), those of the bias line zero."""
        if not self.bias:
            return super().initial(matrix, rng)
        weights = super().initial(matrix._replace(rows=matrix.rows - 1), rng)
        return np.vstack([weights, np.zeros((1, matrix.cols))])

    def driven(self, x: Floats) -> Floats:
        """Return what the word lines are driven with: ``x`` (..., inputs) and the bias line."""
        if not self.bias:
            return x
        return np.concatenate([x, np.ones((*x.shape[:-1], 1), x.dtype)], axis=-1)

    def returned(self, d: Floats) -> Floats:
        """Return gradients ``d`` (..., rows) without that of the bias line."""
        return d[..., :-1] if self.bias else d

    def absorbing(
        self, weights: dict[str, Floats], factor: Floats, constant: Floats
    ) -> tuple[Self, dict[str, Floats]]:
        """Return the layer, with a bias line, and its matrices; see :meth:`Layer.absorbing`."""
        first, scaled = 0, {}
        for part, matrix in weights.items():
            own = slice(first, first := first + matrix.shape[1])
            rows = matrix if self.bias else np.vstack([matrix, np.zeros((1, matrix.shape[1]))])
            scaled[part] = rows * factor[own]
            scaled[part][-1] += constant[own]
        return replace(self, bias=True), scaled
