"""Weights whose outputs are multiplied by factors that compensate drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import entry, require_entry
from crossbar.contracts import forwarded
from crossbar.errors import DataError, message
from crossbar.substrates.port import Sliding, Weights
from crossbar.types import Floats, Rng


@dataclass
class Compensated(Weights):
    """Weights whose outputs are scaled by factors, behind amplifiers and converters.

    Attributes
    ----------
    held
        The weights as the arrays hold them.
    factor : (1,) or (cols,)
        Gain of all outputs, or of each. In transposed reads it is that of the inputs. Weight
        changes are divided by it, so that they are those of the weights that the outputs show.
    """

    held: Weights
    factor: Floats

    shape = forwarded("held", "shape", Weights)
    dtype = forwarded("held", "dtype", Weights)
    tile = forwarded("held", "tile", Weights)

    def __post_init__(self) -> None:
        self.name = self.held.name
        self.exact_products = self.held.exact_products
        self.factor = np.atleast_1d(self.factor).astype(np.float64)

    @property
    def activity(self) -> Activity:
        """What happened on the arrays."""
        return self.held.activity

    @activity.setter
    def activity(self, activity: Activity) -> None:
        self.held.activity = activity

    @property
    def gain(self) -> Floats:
        """The factors in the precision of signals."""
        return self.factor.astype(self.dtype)

    @property
    def weights(self) -> Floats:
        """Weights as the outputs show them, (copies, rows, cols)."""
        return self.gain * self.held.weights

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W, scaled."""
        return self.gain * self.held.read(x, rng=rng, values=values)

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T, of scaled gradients."""
        return self.held.read_back(self.gain * d, rng=rng)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows, scaled."""
        return self.gain * self.held.read_rows(driven, rng=rng)

    def change(self, x: Floats, d: Floats, rate: float, *, rng: Rng) -> None:
        """Change W by ``-rate x^T d``."""
        self.held.change(x, d / self.gain, rate, rng=rng)

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of ``d`` and ``x``."""
        return self.held.products(x, d, rng=rng)

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times each of ``products``."""
        self.held.offer(products / self.gain[:, None], rate, multiplied, rng=rng)

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the arrays, scaled."""
        slide = self.held.sliding
        if slide is None:
            return None
        return lambda x, kernel, *, rng: self.gain * slide(x, kernel, rng=rng)

    def aged(self, seconds: float, temperature: float | None = None) -> Compensated:
        """Return a copy that has drifted until ``seconds``, with the factors of now."""
        return Compensated(self.held.aged(seconds, temperature), self.factor.copy())

    @property
    def compensation(self) -> Floats:
        """The factors."""
        return self.factor

    def refresh(self) -> None:
        """Clear what many updates let build up in the arrays."""
        self.held.refresh()

    def arrays(self) -> dict[str, Floats]:
        """Return the state of the arrays, and the factors."""
        return self.held.arrays() | {"factor": self.factor}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where = f"Compensated '{self.name}'.factor"
        factor = require_entry(where, arrays, "factor", self.factor.shape)
        if not (factor > 0).all():
            remedy = "Check the file."
            raise DataError(message(where, "factors above 0", f"{factor.min():g}", remedy))
        self.held.restore({name: entry(where, arrays, name) for name in self.held.arrays()})
        self.factor[...] = factor
