"""Read noise as measured: cells that are read again and again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crossbar.brief import siemens
from crossbar.devices.measured.estimates import Estimate, normal
from crossbar.devices.measured.rows import (
    grouped,
    places,
    require_credible,
    require_rising,
    titled,
)
from crossbar.devices.noise import PcmFlicker
from crossbar.displayed import Displayed
from crossbar.errors import DataError, message
from crossbar.types import Doubles, Floats, Integers
from crossbar.units import text

EXPECTED = "columns t and g, a row a read; device if there are several"
FEWEST = 64  # reads of a cell
EVEN = 0.05  # by which a distance of reads may be off their median


@dataclass(frozen=True, eq=False, repr=False)
class ReadTraces(Displayed):
    """Repeated reads, (reads,), in the order of time for each cell.

    Attributes
    ----------
    device
        Number of the cell; ``devices`` are the names of the file.
    t : [s]
        Time, at equal distances.
    g : [S]
        Conductance.
    """

    device: Integers
    t: Doubles
    g: Doubles
    devices: tuple[str, ...] = ()
    source: str = ""

    def __repr__(self) -> str:
        cells = len(np.unique(self.device))
        every = text(self.interval, "s", 3)
        return f"<ReadTraces: {cells} cells, {len(self.t)} reads every {every}, {siemens(self.g)}>"

    @property
    def interval(self) -> float:
        """Time between two reads of a cell, the median [s]."""
        steps = [np.diff(self.t[self.device == cell]) for cell in np.unique(self.device)]
        return float(np.median(np.concatenate(steps)))

    @classmethod
    def from_csv(cls, path: str | Path, columns: Mapping[str, str] | None = None) -> ReadTraces:
        """Read a CSV file of columns ``t`` and ``g``, and ``device`` if there are several cells.

        ``columns`` says which they are where the header does not, as of
        :meth:`PulseTrains.from_csv`; in place of ``g`` may stand ``r``, or ``i`` and ``v``.

        Raises
        ------
        DataError
            If it cannot be read, a column is missing or unclear, a cell is no number, a cell has
            fewer than 64 reads, or its reads do not follow at equal distances.
        """
        _, lines = titled(Path(path), EXPECTED, columns, needed=("t", "g"))
        device, names = grouped(lines, Path(path))
        g = [line.conductance() for line in lines]
        require_credible(lines, g)
        t = np.array([line.value("t") for line in lines])
        require_rising(lines, device)
        for name, own in zip(names, places(device), strict=True):
            if len(own) < FEWEST:
                remedy = "Read it more often: slow noise needs long records."
                where = f"{path}, device {name}"
                raise DataError(message(where, f"{FEWEST} reads or more", f"{len(own)}", remedy))
            steps = np.diff(t[own])
            off = np.abs(steps / np.median(steps) - 1.0)
            if off.max() > EVEN:
                line = lines[own[int(off.argmax()) + 1]]
                got = f"{steps[off.argmax()]:.3g} s where the others are {np.median(steps):.3g} s"
                remedy = "Read at equal distances; a gap divides a record in two devices."
                raise line.fail("reads at equal distances", got, remedy, "t")
        return cls(np.array(device), t, np.array(g), names, str(path))

    def noise(self, *, level: float = 0.9) -> ReadNoiseFit:
        """Return white and 1/f part of the read noise, relative to the conductance of each cell.

        The one-sided spectral density of g / (mean of g) is taken as

            S(f) = 2 sigma^2 dt + K / f,

        dt the distance of reads, for all cells together. Both parts maximise the likelihood of
        the periodograms (Whittle): -sum (ln S + P / S). Standard errors are those of the expected
        information.

        Source: P. Whittle, Ark. Mat. 2, 423, 1953. Valid for: stationary noise; jumps between two
        states (random telegraph noise) and drift show as departures from S(f) in ``plot()``.
        """
        from scipy.optimize import minimize

        f, power = self.spectrum()
        white, flicker = 2.0 * self.interval, 1.0 / f
        mean = power.mean(axis=0)
        cells = len(power)

        def loss(logs: Floats) -> float:
            s = math.exp(logs[0]) * white + math.exp(logs[1]) * flicker
            return float(cells * np.sum(np.log(s) + mean / s))

        variance = float(np.sum(mean) * (f[1] - f[0]))
        start = np.log([0.5 * variance, 0.5 * variance / math.log(len(f))])
        best = minimize(loss, start, method="Nelder-Mead",
                        options={"xatol": 1e-9, "fatol": 1e-9, "maxiter": 4000})  # fmt: skip
        w, k = np.exp(best.x)
        slopes = np.stack([white * np.ones_like(f), flicker]) / (w * white + k * flicker)
        covariance = np.linalg.pinv(cells * slopes @ slopes.T)
        w_error, k_error = np.sqrt(np.diag(covariance))
        return ReadNoiseFit(
            _root(float(w), float(w_error), level), _root(float(k), float(k_error), level),
            self.interval, f, mean,
        )  # fmt: skip

    def spectrum(self) -> tuple[Doubles, Doubles]:
        """Return frequencies [Hz] and the density (cells, frequencies) [1/Hz] of each cell."""
        cells = [self.g[self.device == cell] for cell in np.unique(self.device)]
        n = min(len(g) for g in cells) // 2 * 2
        wave = np.stack([g[:n] / g[:n].mean() - 1.0 for g in cells])
        power = 2.0 * self.interval / n * np.abs(np.fft.rfft(wave, axis=1)) ** 2
        f = np.asarray(np.fft.rfftfreq(n, self.interval), np.float64)
        return f[1:-1], power[:, 1:-1]  # without the mean and the end of the spectrum


def _root(value: float, error: float, level: float) -> Estimate:
    """Return the estimate of the square root of ``value``, by the ends of its interval."""
    square = normal(value, error, level)
    root = math.sqrt(value)
    low, high = (math.sqrt(max(end, 0.0)) for end in (square.low, square.high))
    return Estimate(root, low, high, error / (2 * root) if root > 0 else math.nan)


@dataclass(frozen=True, eq=False, repr=False)
class ReadNoiseFit(Displayed):
    """White and 1/f part of read noise.

    Attributes
    ----------
    white
        Standard deviation of a read from white noise, relative to the conductance.
    flicker
        Root of K in S = K/f, relative to the conductance: the standard deviation over a range of
        frequencies of one in the natural logarithm.
    interval : [s]
        Distance of reads.
    f, density
        Frequencies [Hz] and mean periodogram [1/Hz].
    """

    white: Estimate
    flicker: Estimate
    interval: float
    f: Doubles
    density: Doubles

    def __repr__(self) -> str:
        return f"<ReadNoiseFit: white {self.white}, 1/f {self.flicker}, relative to g>"

    def model(self, f: Floats) -> Floats:
        """Return the fitted density at ``f`` [Hz]."""
        white = 2.0 * self.interval * self.white.value**2
        return np.asarray(white + self.flicker.value**2 / f)

    def law(self, t_r: float = 250e-9) -> PcmFlicker:
        """Return the 1/f part for ``device.flicker``; ``white`` is ``sigma_read_value``.

        ``t_r`` [s] is the time of a read of the array, the shortest period that it averages over.
        """
        return PcmFlicker(amplitude=self.flicker.value, power=0.0, most=1.0, t_r=t_r)
