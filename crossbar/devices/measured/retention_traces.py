"""Retention as measured: conductance against time of several cells, at one or more temperatures."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.brief import siemens
from crossbar.devices.drift import ConstantExponent
from crossbar.devices.measured.estimates import Estimate, mean_of, spread_of
from crossbar.devices.measured.relaxation_fit import RelaxationFit, relaxation
from crossbar.devices.measured.robust import robust
from crossbar.devices.measured.rows import grouped, require_credible, require_rising, titled
from crossbar.displayed import Displayed
from crossbar.errors import DataError, fail, message
from crossbar.types import Doubles, Floats, Integers
from crossbar.units import text

EXPECTED = "columns t and g, a row a read; device and temperature if there are several"
FEWEST = 3  # reads of a cell


@dataclass(frozen=True, eq=False, repr=False)
class RetentionTraces(Displayed):
    """Reads of cells that are left alone, (reads,), in the order of time for each cell.

    Attributes
    ----------
    device
        Number of the cell; ``devices`` are the names of the file.
    temperature : [K]
        Of storage; None where the file does not say.
    t : [s]
        Time since programming, above 0.
    g : [S]
        Conductance.
    """

    device: Integers
    t: Doubles
    g: Doubles
    temperature: Doubles | None = None
    devices: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        cells = len(np.unique(self.device))
        hot = () if self.temperature is None else np.unique(self.temperature)
        times = f"{text(float(self.t.min()), 's', 3)} to {text(float(self.t.max()), 's', 3)}"
        at = ", ".join(f"{one:g} K" for one in hot[:4])
        parts = [f"{cells} cells", f"{len(self.t)} reads", times, siemens(self.g), at]
        return f"<RetentionTraces: {', '.join(filter(None, parts))}>"

    @classmethod
    def from_csv(
        cls, path: str | Path, columns: Mapping[str, str] | None = None
    ) -> RetentionTraces:
        """Read a CSV file of columns ``t`` and ``g``, ``device`` and ``temperature`` if given.

        ``columns`` says which they are where the header does not, as of
        :meth:`PulseTrains.from_csv`; in place of ``g`` may stand ``r``, or ``i`` and ``v``.

        Raises
        ------
        DataError
            If it cannot be read, a column is missing or unclear, a cell is no number, or the time
            of a cell does not rise; with file, line and column.
        """
        header, lines = titled(Path(path), EXPECTED, columns, needed=("t", "g"))
        device, names = grouped(lines, Path(path))
        hot = header.gives("temperature")
        if hot:
            header.require("temperature", EXPECTED)
        temperature = [line.value("temperature", low=0) for line in lines] if hot else None
        g = [line.conductance() for line in lines]
        require_credible(lines, g)
        require_rising(lines, zip(device, temperature or device, strict=True))
        t = np.array([line.value("t", above=0) for line in lines])
        kelvin = None if temperature is None else np.array(temperature)
        return cls(np.array(device), t, np.array(g), kelvin, names, str(path))

    def drift(self, *, temperature: float | None = None, level: float = 0.9) -> DriftFit:
        """Return the drift exponent of g = g0 (t/t0)^-nu, and its spread from cell to cell.

        The exponent of each cell is the slope of ln g against ln t by robust least
        squares. Mean and spread over the cells have intervals at ``level``: of a normal
        distribution, the spread without what the errors of the slopes add.

        Parameters
        ----------
        temperature : [K]
            Which of several.

        Raises
        ------
        DataError
            If there are several temperatures and none is named, a cell has fewer than three reads,
            or conductances rise on average.
        """
        own = self._stored(temperature)
        slopes, errors = [], []
        for cell in np.unique(self.device[own]):
            here = own & (self.device == cell)
            x, y = np.log(self.t[here]), np.log(self.g[here])
            if here.sum() < FEWEST:
                where = f"{self.source or 'RetentionTraces'}, device {self._name(int(cell))}"
                remedy = "Measure it at more times, or leave it out."
                raise DataError(message(where, f"{FEWEST} reads", f"{here.sum()}", remedy))
            start = np.array(np.polyfit(x - x.mean(), y, 1))
            fit = robust(functools.partial(_off_line, x - x.mean(), y), start)
            slopes.append(-fit.values[0])
            errors.append(fit.errors[0])
        nu, error = np.array(slopes), np.array(errors)
        mean = mean_of(nu, error, level)
        if not mean.value > 0:
            remedy = "Power-law drift falls; look at the traces with plot()."
            got = f"an exponent of {mean.value:.3g}"
            raise DataError(message(self.source or "RetentionTraces", "conductances that fall",
                                    got, remedy))  # fmt: skip
        first = float(np.median([self.t[own & (self.device == c)].min()
                                 for c in np.unique(self.device[own])]))  # fmt: skip
        return DriftFit(mean, spread_of(nu, error, level), first, nu, error)

    def relaxation(
        self, *, rest: float = 0.0, reference: float = 300.0, level: float = 0.9
    ) -> RelaxationFit:
        """Return rates of the loss g = g_r + (g0 - g_r) exp(-(k t)^beta), and what activates them.

        Parameters
        ----------
        rest : [S]
            Conductance g_r that cells relax to.
        reference : [K]
            Temperature that the rate is given for.

        Raises
        ------
        DataError
            If there are not two temperatures, a first read is not above ``rest``, or cells lost
            less than 1 %.
        """
        where = self.source or "RetentionTraces"
        if self.temperature is None:
            remedy = "Add the column, or say it: columns={'temperature': '300 K'}."
            raise DataError(message(where, "a column temperature", "none", remedy))
        keys = np.stack([self.device, self.temperature], axis=1)
        _, begins, cell = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        for first in begins[self.g[begins] <= rest]:
            of = f"{where}, device {self._name(int(self.device[first]))}"
            got = f"{text(float(self.g[first]), 'S')} with rest = {text(rest, 'S')}"
            remedy = "Lower rest, or leave the cell out: it does not fall towards it."
            raise DataError(message(of, "a first read above rest", got, remedy))
        cell = cell.ravel()
        return relaxation(self.t, self.g, cell, self.temperature, rest, reference, level, where)

    def _stored(self, temperature: float | None) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Return which reads are at ``temperature``."""
        if self.temperature is None:
            return np.ones(len(self.t), bool)
        hot = np.unique(self.temperature)
        if temperature is None and len(hot) > 1:
            got = ", ".join(f"{one:g} K" for one in hot)
            fail("RetentionTraces.drift", "one temperature", got, "Say temperature=... in K.")
        wanted = hot[0] if temperature is None else temperature
        if not np.isclose(hot, wanted, atol=0.01).any():
            got = f"{wanted:g} K"
            known = ", ".join(f"{one:g} K" for one in hot)
            fail("RetentionTraces.drift", f"a temperature of the file, {known}", got, "Choose one.")
        return np.asarray(np.isclose(self.temperature, wanted, atol=0.01))

    def _name(self, cell: int) -> str:
        return self.devices[cell] if cell < len(self.devices) else str(cell)


def _off_line(x: Floats, y: Floats, p: Floats) -> Floats:
    return np.asarray(y - p[1] - p[0] * x)


@dataclass(frozen=True, eq=False, repr=False)
class DriftFit(Displayed):
    """Drift exponents of some cells, their mean and their spread.

    Attributes
    ----------
    nu, sigma_nu
        Mean, and standard deviation from cell to cell, with intervals.
    t0 : [s]
        Time of the first read, the median over the cells.
    exponents, errors : (cells,)
        Exponent of each cell and its standard error.
    """

    nu: Estimate
    sigma_nu: Estimate
    t0: float
    exponents: Doubles
    errors: Doubles

    def __repr__(self) -> str:
        return f"<DriftFit: nu {self.nu}, spread {self.sigma_nu}, {len(self.exponents)} cells>"

    @property
    def law(self) -> ConstantExponent:
        """The law of drift for ``device.drift``, with ``t0`` of the device."""
        sigma = self.sigma_nu.value
        return ConstantExponent(nu=self.nu.value, sigma_nu=0.0 if math.isnan(sigma) else sigma)
