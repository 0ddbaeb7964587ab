"""Weights whose outputs get a factor and a constant each, in digital."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from crossbar.array_checks import require_entry
from crossbar.substrates.scaled import Scaled
from crossbar.substrates.windows import Sliding
from crossbar.types import Floats, Rng


@dataclass
class Corrected(Scaled):
    """Weights whose outputs y_j become ``factor_j y_j + offset_j``, behind converters.

    Attributes
    ----------
    offset : (cols,)
        What is added to the outputs of reads. Sums of rows that events drive get none: how many
        rows are driven changes from step to step.
    """

    offset: Floats

    def _shifted(self, values: Floats) -> Floats:
        """Return ``values`` (..., cols) with the offsets, one addition each."""
        self.activity.add(self.name, "addition", values.size)
        shifted: Floats = values + self.offset.astype(self.dtype)
        return shifted

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W, corrected."""
        return self._shifted(super().read(x, rng=rng, values=values))

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the arrays, corrected."""
        slide = super().sliding
        if slide is None:
            return None
        return lambda x, kernel, *, rng: self._shifted(slide(x, kernel, rng=rng))

    def aged(self, seconds: float, temperature: float | None = None) -> Self:
        """Return a copy that has drifted until ``seconds``, with the correction of now."""
        own = self.factor.copy(), self.offset.copy()
        return type(self)(self.held.aged(seconds, temperature), *own)

    def arrays(self) -> dict[str, Floats]:
        """Return the state of the arrays, the factors and the offsets."""
        return super().arrays() | {"offset": self.offset}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        super().restore(arrays)
        where = f"{type(self).__name__} '{self.name}'.offset"
        self.offset[...] = require_entry(where, arrays, "offset", self.offset.shape)
