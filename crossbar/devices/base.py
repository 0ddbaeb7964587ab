"""The contract of a device: what its cells do when written, pulsed, read and left alone."""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, NamedTuple, Self

import numpy as np

from crossbar.array_checks import require_array, require_entry
from crossbar.brief import brief, siemens
from crossbar.checks import require_generator, require_whole
from crossbar.devices.periphery import PAIR, Periphery
from crossbar.errors import DataError, fail, message, shown
from crossbar.kernels import offers
from crossbar.sources import Source
from crossbar.types import Floats, FloatType, Integers, Masks

OLDEST = 1e12  # longest time that a cell is let drift [s], 32 000 years
SIEMENS = 'Conductances are in siemens, below 1 S: 60e-6, or "60 uS" in a TOML file.'


@dataclass
class Lines:
    """What the lines of an array see of its cells, kept current by every change of a cell.

    Attributes
    ----------
    seen : (lines, cols) [S]
        Conductances summed with their signs (plus and minus cells of a pair), as the lines see
        them; the conductances themselves where one cell holds a weight and wires are ideal.
    row_total : (arrays across, lines) [S]
        Conductance of the cells on each word line of an array, all signs.
    col_total : (parts, cols) [S]
        Conductance of the cells on each bit line (or pair of them) of a copy or an array.
    starts : (parts + 1,)
        First word line of every part (copy or array), and the number of word lines.
    width
        Weights on a word line of one array.
    followed : (cols, lines) or (0, 0)
        What a kernel has to keep current: ``seen``, or nothing where that is the array of
        conductances of the cells.
    """

    seen: Floats
    row_total: Floats
    col_total: Floats
    starts: Integers
    width: int
    followed: Floats

    __repr__ = brief


class Change(NamedTuple):
    """Weight changes offered to the cells (see :mod:`crossbar.kernels.offers`)."""

    x: Floats
    """(n, rows), or (n, 0) where ``d`` is given in full."""
    d: Floats
    """(n, cols, 1) or (n, cols, rows); the product is ``x[s, i] d[s, j, 0]`` or ``d[s, j, i]``."""
    siemens: float
    """Wanted conductance change of each cell for a product of one [S]."""
    sign: float
    """+1 or -1, the sign with which the cells enter ``Lines.seen``."""


@dataclass
class Tally:
    """What a change did: pulses, changed cells, cut changes, conductance met by the pulses [S]."""

    totals: Floats
    offered: float = 0.0
    """Weights offered a change by outer products of nonzero numbers."""

    @classmethod
    def empty(cls) -> Tally:
        """Return a tally of nothing."""
        return cls(np.zeros(4))

    @property
    def pulses(self) -> float:
        """Pulses or code steps applied."""
        return float(self.totals[offers.PULSES])

    @property
    def changed(self) -> float:
        """Cells whose conductance changed."""
        return float(self.totals[offers.CHANGED])

    @property
    def saturated(self) -> float:
        """Changes cut short by the end of a range."""
        return float(self.totals[offers.SATURATED])

    @property
    def conductance(self) -> float:
        """Sum over all pulses of the conductance that each met [S]."""
        return float(self.totals[offers.CONDUCTANCE])


class Cells(ABC):
    """State of fabricated cells of one device, shape (rows, cols).

    Arrays are stored bit line by bit line (Fortran order), as the compiled loops visit them.

    Attributes
    ----------
    g : (rows, cols) [S]
        Conductances, now.
    free : (rows, cols) bool
        False where a fault holds the cell.
    """

    g: Floats
    free: Masks

    def __repr__(self) -> str:
        rows, cols = self.g.shape
        stuck = int(self.free.size - self.free.sum())
        held = f", {stuck} stuck" if stuck else ""
        return f"<{type(self).__name__} {rows} x {cols}, {siemens(self.g)}{held}>"

    @abstractmethod
    def program(self, target: Floats, *, rng: np.random.Generator) -> None:
        """Write ``target`` (rows, cols) [S] with the device's programming error."""

    @abstractmethod
    def change(
        self, change: Change, lines: Lines, tally: Tally, *, rng: np.random.Generator
    ) -> None:
        """Apply offered changes through pulses or code steps, and keep ``lines`` current."""

    def pulses(self, change: Change, starts: Integers, *, rng: np.random.Generator) -> Integers:
        """Return the set and the reset pulses (2, rows, cols) that :meth:`change` would give.

        A generator in the same state gives the same; no cell changes.
        """
        fail(type(self).__name__, "cells that whole pulses move", "exact steps", "Use a device.")

    def flicker(self) -> Floats:
        """Return the variance of a read of each cell at its age, (rows, cols) [S^2].

        It adds to that of :attr:`Device.read_noise`; (0, 0) where there is none.
        """
        return np.empty((0, 0), self.g.dtype)

    @abstractmethod
    def drift(self, seconds: float) -> None:
        """Let the cells drift until ``seconds`` [s] after they were programmed."""

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the cells of ``on`` at ``g_on`` and those of ``off`` at ``g_off`` [S] for good."""
        self.g[on] = g_on
        self.g[off] = g_off
        self.free &= ~(on | off)

    def load(self, g: Floats) -> None:
        """Take conductances ``g`` (rows, cols) [S] measured now, those of stuck cells too."""
        self.g[...] = g

    def copy(self) -> Self:
        """Return an independent copy of the state."""
        return copy.deepcopy(self)

    def arrays(self) -> dict[str, Floats]:
        """Return the arrays that make up the state, by name, for a checkpoint."""
        return {k: v for k, v in vars(self).items() if isinstance(v, np.ndarray)}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned; cells held by a fault stay.

        Raises
        ------
        DataError, ShapeError
            If an entry is missing, has another shape or a value that no cell can have; nothing is
            taken then.
        """
        given = self.checked(arrays)
        for name, value in self.arrays().items():
            if name == "free":
                continue
            if value.shape == self.free.shape:
                value[self.free] = given[name][self.free]
            else:
                value[...] = given[name]

    def checked(self, arrays: dict[str, Floats]) -> dict[str, Floats]:
        """Return the entries of ``arrays`` that make up the state, or raise as :meth:`restore`."""
        return {name: self._entry(arrays, name) for name in self.arrays() if name != "free"}

    def _entry(self, arrays: dict[str, Floats], name: str) -> Floats:
        """Return what ``arrays`` has under ``name``, or raise unless cells can have it."""
        where = f"{type(self).__name__}.restore"
        given = require_entry(where, arrays, name, self.arrays()[name].shape)
        low, high = self.limits.get(name, (-math.inf, math.inf))
        if not low <= given.min() <= given.max() <= high:
            got = f"{given.min():.4g} to {given.max():.4g}"
            expected = f"values in [{low:g}, {high:g}]"
            raise DataError(message(f"{where}, '{name}'", expected, got, "Check the file."))
        return given

    @property
    def limits(self) -> dict[str, tuple[float, float]]:
        """Least and greatest value of the arrays that have some, by name."""
        return {"g": (0.0, math.inf)}


def check_targets(cells: Cells, target: Floats, rng: np.random.Generator) -> Floats:
    """Return the conductances ``target`` [S] that ``cells`` are to be programmed to, or raise."""
    where = f"{type(cells).__name__}.program"
    require_generator(where, rng)
    target = require_array(f"{where}.target", target, cells.free.shape)
    if target.min() < 0:
        remedy = "A conductance is never negative."
        raise DataError(message(f"{where}.target", "0 S or more", f"{target.min():g}", remedy))
    return target


def check_fabrication(
    device: Device, shape: tuple[int, int], rng: np.random.Generator, dtype: FloatType
) -> None:
    """Raise unless cells can be fabricated in this shape and type with this generator."""
    where = f"{type(device).__name__}.fabricate"
    require_generator(where, rng)
    if not isinstance(shape, (tuple, list)) or len(shape) != 2:
        fail(f"{where}.shape", "rows and columns", shown(shape), "For example (128, 64).")
    for side in shape:
        require_whole(f"{where}.shape", side, low=1)
    if dtype not in (np.float32, np.float64):
        fail(f"{where}.dtype", "np.float32 or np.float64", shown(dtype), "Take one of them.")


class Device(ABC):
    """A kind of cell: an immutable specification that fabricates :class:`Cells`.

    Attributes
    ----------
    periphery
        What stands around the cells unless settings say otherwise; a pair of cells a weight.
    sources
        Sources of the defaults of its numbers, by the names that share them; assumed without.
    """

    periphery: ClassVar[Periphery] = PAIR
    sources: ClassVar[Mapping[str, Source]] = {}

    @property
    @abstractmethod
    def window(self) -> tuple[float, float, float]:
        """Lowest, middle and highest nominal conductance [S]; zero weight stands at the middle."""

    @property
    @abstractmethod
    def quantum(self) -> float:
        """Conductance change of one pulse or code step at the middle of the range [S]; 0: none."""

    @abstractmethod
    def fabricate(
        self, shape: tuple[int, int], *, rng: np.random.Generator, dtype: FloatType
    ) -> Cells:
        """Return new cells with their device-to-device spread, unprogrammed (at the middle)."""

    @property
    @abstractmethod
    def read_noise(self) -> tuple[float, float]:
        """Standard deviation of a read of one cell: absolute [S], and relative to its value."""

    @property
    @abstractmethod
    def pulse(self) -> tuple[float, float]:
        """Amplitude [V] and width [s] of a write pulse, for V^2 G t; zero where it does not apply.

        Where it is zero, the energy of writing is charged per counted event.
        """

    @property
    @abstractmethod
    def write_event(self) -> str:
        """Name in :data:`crossbar.activity.EVENTS` of what one step of a change is."""
