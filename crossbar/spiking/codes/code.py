"""The contract of codes: numbers in, spikes out."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np

from crossbar.array_checks import require_array
from crossbar.checks import require_generator
from crossbar.contracts import answer, named, require_instance
from crossbar.errors import DataError, message
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.spiking.spikes import Spikes
from crossbar.types import Doubles, Floats, Rng


class Code(Specification):
    """What a number from 0 to 1 becomes in time."""

    def lines(self, numbers: int) -> int:
        """Return how many lines ``numbers`` take: one each, by default."""
        return numbers

    @abstractmethod
    def spikes(self, x: Floats, *, rng: Rng) -> Spikes:
        """Return the spikes of ``x`` (numbers,), which :meth:`encode` has checked."""

    def encode(self, x: Any, *, rng: Rng) -> Spikes:
        """Return the spikes of the numbers ``x`` (numbers,), each from 0 to 1.

        Raises
        ------
        DataError, ShapeError
            If a number is NaN or out of this range, or they are no row.
        """
        where = named(self, "encode")
        require_generator(where, rng)
        return self.spikes(shares(f"{where}.x", x), rng=rng)

    def prove(self) -> None:
        """Raise unless it gives spikes on its lines."""
        super().prove()
        spikes = answer(self, "spikes", np.array([0.0, 0.5, 1.0]), rng=np.random.default_rng(0))
        require_instance(named(self, "spikes"), spikes, Spikes, "Return Spikes(times, lines, n).")


CODES = Registry(Code, "codes", "what numbers become in time", setting="run.code")


def shares(where: str, x: Any) -> Doubles:
    """Return ``x`` as numbers (n,), or raise unless they are from 0 to 1."""
    array: Doubles = require_array(where, x, ("n",)).astype(np.float64)
    if not 0 <= array.min() <= array.max() <= 1:
        got = f"{array.min():g} to {array.max():g}"
        raise DataError(message(where, "numbers from 0 to 1", got, "Scale them."))
    return array
