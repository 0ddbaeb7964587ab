"""Weights whose outputs are multiplied by factors, in digital."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from crossbar.array_checks import entry, require_entry
from crossbar.circuit.trains import Trains
from crossbar.errors import DataError, message
from crossbar.substrates.around import Around
from crossbar.substrates.windows import Sliding
from crossbar.types import Floats, Rng


@dataclass
class Scaled(Around):
    """Weights whose outputs are scaled by factors, behind amplifiers and converters.

    Attributes
    ----------
    factor : (1,) or (cols,)
        Gain of all outputs, or of each. In transposed reads it is that of the inputs. Weight
        changes are divided by it, so that they are those of the weights that the outputs show.
    """

    factor: Floats

    def __post_init__(self) -> None:
        super().__post_init__()
        self.factor = np.atleast_1d(self.factor).astype(np.float64)

    @property
    def gain(self) -> Floats:
        """The factors in the precision of signals."""
        return self.factor.astype(self.dtype)

    @property
    def weights(self) -> Floats:
        """Weights as the outputs show them, (copies, rows, cols)."""
        return self.gain * self.held.weights

    def _scaled(self, values: Floats) -> Floats:
        """Return ``values`` (..., cols) times the factors, one multiplication each."""
        self.activity.add(self.name, "scaling", values.size)
        return self.gain * values

    def stored(self, weights: Floats) -> Floats:
        """Return what the cells hold of ``weights``."""
        return weights / self.factor

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W, scaled."""
        return self._scaled(self.held.read(x, rng=rng, values=values))

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T, of scaled gradients."""
        return self.held.read_back(self._scaled(d), rng=rng)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows, scaled."""
        return self._scaled(self.held.read_rows(driven, rng=rng))

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change W by ``-rate x^T d``."""
        self.activity.add(self.name, "scaling", d.size)
        self.held.change(x, d / self.gain, rate, rng=rng, trains=trains)

    @property
    def step(self) -> Floats:
        """Change of a weight by one pulse of its cells, as the outputs show it."""
        return self.factor * self.held.step

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of ``d`` and ``x``."""
        return self.held.products(x, d, rng=rng)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times each of ``products``."""
        self.activity.add(self.name, "scaling", products.size)
        self.held.offer(products / self.gain[:, None], rate, multiplied, rng=rng)

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the arrays, scaled."""
        slide = self.held.sliding
        if slide is None:
            return None
        return lambda x, kernel, *, rng: self._scaled(slide(x, kernel, rng=rng))

    def aged(self, seconds: float, temperature: float | None = None) -> Self:
        """Return a copy that has drifted until ``seconds``, with the factors of now."""
        return type(self)(self.held.aged(seconds, temperature), self.factor.copy())

    def arrays(self) -> dict[str, Floats]:
        """Return the state of the arrays, and the factors."""
        return self.held.arrays() | {"factor": self.factor}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"{type(self).__name__} '{self.name}'.factor"
        factor = require_entry(where, arrays, "factor", self.factor.shape)
        if not (factor > 0).all():
            remedy = "Check the file."
            raise DataError(message(where, "factors above 0", f"{factor.min():g}", remedy))
        self.held.restore({name: entry(where, arrays, name) for name in self.held.arrays()})
        self.factor[...] = factor
