"""The contract of cells: what they do when they are pulsed, programmed, read and left alone."""

from __future__ import annotations

import copy
import math
from abc import abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING, Self

import numpy as np

from crossbar.array_checks import require_entry
from crossbar.brief import array, siemens
from crossbar.contracts import Contract
from crossbar.devices.cell_checks import check_fabrication, check_targets
from crossbar.devices.compiled import Compiled
from crossbar.devices.tally import Tally
from crossbar.errors import DataError, message, require_number
from crossbar.types import Floats, FloatType, Integers, Masks, Rng
from crossbar.units import text

if TYPE_CHECKING:
    from crossbar.devices.device import Device
    from crossbar.devices.programming import Programming

OLDEST = 1e12  # longest time that a cell is let drift [s], 32 000 years


class Cells(Contract):
    """State of fabricated cells of one device, shape (rows, cols).

    Cells answer whole numbers of pulses, are programmed and age. They know neither the lines that
    they stand on nor the weights that they hold.

    Every attribute that is an array is part of the state and of a checkpoint. Arrays are stored
    bit line by bit line (Fortran order), as the compiled loops visit them.

    Attributes
    ----------
    spec
        The device.
    g : (rows, cols) [S]
        Conductances, now.
    free : (rows, cols) bool
        False where a fault holds the cell.
    low, high : [S], or (rows, cols) [S]
        Bounds of all cells, or of each: at first those of the window.
    elapsed : () [s]
        Time since the cells were programmed.
    """

    g: Floats
    free: Masks
    low: float | Floats
    high: float | Floats

    def __init__(self, spec: Device, shape: tuple[int, int], *, rng: Rng, dtype: FloatType) -> None:
        check_fabrication(spec, shape, rng, dtype)
        self.spec = spec
        self.low, middle, self.high = spec.window
        self.g = np.full(shape, middle, dtype, order="F")
        self.free = np.ones(shape, np.bool_, order="F")
        self.elapsed = np.array(0.0)

    def __repr__(self) -> str:
        rows, cols = self.g.shape
        stuck = int(self.free.size - self.free.sum())
        held = f", {stuck} stuck" if stuck else ""
        age = f", {text(float(self.elapsed), 's')} old" if self.elapsed else ""
        return f"<{type(self).__name__} {rows} x {cols}, {siemens(self.g)}{held}{age}>"

    def _facts(self) -> dict[str, str]:
        return {"device": repr(self.spec), "time since programming": text(float(self.elapsed), "s"),
                **{name: array(value) for name, value in self.arrays().items() if value.ndim},
                "stuck cells": f"{int((~self.free).sum())}"}  # fmt: skip

    @abstractmethod
    def pulse(self, counts: Integers, *, rng: Rng) -> Tally:
        """Give each cell its number of pulses, and return what they did.

        Parameters
        ----------
        counts : (rows, cols)
            Whole numbers: above zero set pulses, which raise a conductance, below zero reset
            pulses.

        Returns
        -------
        Tally
            Pulses, changes that a bound cut, and the conductance that the pulses met. An array
            counts the cells that changed itself.
        """

    def program(
        self,
        target: Floats,
        *,
        rng: Rng,
        way: Programming | None = None,
        only: Masks | None = None,
    ) -> Tally:
        """Write ``target`` (rows, cols) [S], and return what it took.

        ``way`` is how; None for that of the device. ``only`` tells which cells are written, and
        drift anew from now on; None for all, whose time begins again.
        """
        target = check_targets(self, target, rng)
        if only is not None:
            target = np.where(only, target, np.nan)
        tally = (way or self.spec.programming_law).program(self, target, rng=rng)
        if only is None:
            self.begin()
        else:
            self.drift_anew(only)
        return tally

    def begin(self) -> None:
        """Count time from now."""
        self.elapsed[...] = 0.0

    def drift_anew(self, written: Masks) -> None:
        """Let the ``written`` cells drift from now on, where each has a time of its own."""

    def write(self, g: Floats) -> Tally:
        """Bring free cells to ``g`` (rows, cols) [S] at once, each within its bounds.

        A cell stays where ``g`` is not a number.
        """
        before, moved = self.g.copy(), self.free & ~np.isnan(g)
        self.g[moved] = np.clip(g, self.low, self.high)[moved]
        return Tally.of(pulses=0, changed=float(np.count_nonzero(self.g != before)), saturated=0)

    def move(self, wanted: Floats, counts: Integers) -> Tally:
        """Bring free cells to ``wanted`` [S] by ``counts`` pulses, each within its bounds.

        A cell that stands beyond a bound is cut at where it stood. The pulses meet conductances on
        a straight line from the first to the last.

        Returns
        -------
        Tally
            Pulses, changed and cut cells, and the conductance that the pulses met.
        """
        before, given = self.g.copy(), np.abs(counts)
        low, high = np.minimum(self.low, before), np.maximum(self.high, before)
        held = np.where(self.free, np.clip(wanted, low, high), before)
        self.g[...] = held
        cut = self.free & (held != wanted) & (given > 0)
        met = given * before + 0.5 * np.maximum(given - 1, 0) * (self.g - before)
        return Tally.of(
            pulses=float(given.sum()),
            changed=float(np.count_nonzero(self.g != before)),
            saturated=float(np.count_nonzero(cut)),
            conductance=float(met.sum(dtype=np.float64)),
        )

    def age(self, seconds: float) -> None:
        """Let the cells age until ``seconds`` [s] after they were programmed."""
        where, now = f"{type(self).__name__}.age", float(self.elapsed)
        require_number(where, seconds, low=now, high=OLDEST, unit="s", remedy="Time runs on.")
        self.elapsed[...] = seconds

    def age_at(self, seconds: float, temperature: float | None) -> None:
        """Let the cells age until ``seconds`` [s] after programming, from now on at a temperature.

        ``temperature`` [K] is None for that at which their laws hold, and changes nothing where
        these have no activation energy; :attr:`Device.activated` says whether they have.
        """
        self.age(seconds)

    def flicker(self) -> Floats:
        """Return the variance of a read of each cell at its age, (rows, cols) [S^2].

        It adds to that of :attr:`Device.read_noise`; (0, 0) where there is none.
        """
        return np.empty((0, 0), self.g.dtype)

    @property
    def compiled(self) -> Compiled | None:
        """The loop that moves these cells in place of :meth:`pulse`, or None."""
        return None

    def pin(self, on: Masks, off: Masks, g_on: float, g_off: float) -> None:
        """Hold the cells of ``on`` at ``g_on`` and those of ``off`` at ``g_off`` [S] for good."""
        self.g[on] = g_on
        self.g[off] = g_off
        self.free &= ~(on | off)

    def load(self, g: Floats) -> None:
        """Take conductances ``g`` (rows, cols) [S] measured now, those of stuck cells too."""
        self.g[...] = g
        self.begin()

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
        held = self.arrays()
        for name, given in self.checked(arrays).items():
            at = self.free if given.shape == self.free.shape else ...
            held[name][at] = given[at]

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


def single_pulses(counts: Integers) -> Iterator[Integers]:
    """Yield what each of the ``counts`` pulses is, one after the other.

    +1 where a cell gets a set pulse, -1 where it gets a reset pulse, 0 where it has got all.

    Examples
    --------
    >>> [pulse.tolist() for pulse in single_pulses(np.array([2, 0, -1]))]
    [[1, 0, -1], [1, 0, 0]]
    """
    for k in range(int(np.abs(counts).max(initial=0))):
        yield np.sign(counts) * (np.abs(counts) > k)
