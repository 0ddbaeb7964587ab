"""The converters at the lines of a tile: how many there are, and the table of each line."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from crossbar.circuit.layout import Layout
from crossbar.converters import Adc, Converter, Dac
from crossbar.kernels import conversion
from crossbar.types import Floats, FloatType, Integers, Rng


class Transfers(NamedTuple):
    """Tables of the converters that a tile was made with, as in :class:`Edge`.

    The lines of a table are those of each array that is sensed apart, or of each copy; in forward
    reads amplifier after amplifier of the planes.
    """

    dac: Floats
    adc: Floats
    dac_back: Floats
    adc_back: Floats

    @classmethod
    def fabricate(
        cls, dac: Dac | None, adc: Adc | None, layout: Layout, amplifiers: int, dtype: FloatType,
        *, rng: Rng,
    ) -> Transfers:  # fmt: skip
        """Draw the transfer of the converters of every line, both ways."""
        edges = zip((dac, adc, dac, adc), converter_lines(layout, amplifiers), strict=True)
        streams = iter(rng.spawn(4))
        return cls(*(_table(one, lines, dtype, next(streams)) for one, lines in edges))


class Lines(NamedTuple):
    """Lines with converters: groups of arrays beside or below each other, all alike.

    Attributes
    ----------
    groups
        Number of groups.
    each
        Lines of each array of a group.
    """

    groups: int
    each: tuple[int, ...]

    def converters(self, shared: int = 1) -> int:
        """Return how many converters they have, each for up to ``shared`` lines of one array."""
        return self.groups * sum(math.ceil(n / shared) for n in self.each)

    def places(self, shared: int) -> Integers:
        """Return the number of the converter of every line."""
        own = [np.arange(n) // shared for n in self.each]
        first = np.cumsum([0, *(one[-1] + 1 for one in own)])
        group = np.concatenate([k + one for k, one in zip(first[:-1], own, strict=True)])
        places: Integers = (np.arange(self.groups)[:, None] * first[-1] + group).ravel()
        return places


def converter_lines(layout: Layout, amplifiers: int) -> tuple[Lines, Lines, Lines, Lines]:
    """Return the lines that DACs and ADCs of forward reads stand at, and those of transposed ones.

    An array that is sensed apart has ADCs of its own, as a copy has; arrays beside each other share
    the DACs of their lines. A column of weights has ``amplifiers``, each with a line; a word line
    has one, which the planes share in turns.
    """
    copies, rows, cols = layout.copies, layout.rows, layout.cols
    down, across = (
        tuple(one.stop - one.start for one in slices)
        for slices in (layout.row_slices(), layout.col_slices())
    )
    if copies > 1:
        return (Lines(copies, (rows,)), Lines(amplifiers * copies, across),
                Lines(copies, (cols,)), Lines(copies, (rows,)))  # fmt: skip
    return (Lines(1, (rows,)), Lines(amplifiers * len(down), across),
            Lines(1, (cols,)), Lines(len(across), down))  # fmt: skip


def _table(converter: Converter | None, lines: Lines, dtype: FloatType, rng: Rng) -> Floats:
    """Return the table of converters at ``lines``, one row a line; empty where none is needed."""
    if converter is None or converter.top:
        return conversion.unused(dtype)
    count = lines.converters(converter.shared)
    rows = converter.fabricate(count, rng=rng).of_lines(type(converter).__name__, count)
    return (rows[lines.places(converter.shared)] if len(rows) > 1 else rows).astype(dtype)
