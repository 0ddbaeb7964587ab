"""How the full scale of an ADC is chosen from the line currents that a calibration met."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.contracts import answer, named
from crossbar.converters.transfer import Transfer, uniform
from crossbar.errors import require_number
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Doubles, Floats
from crossbar.units import quantity

OCTAVE = 64  # bins of a doubling: 1.1 % each
LOWEST = -30 * OCTAVE  # 1e-9 of full scale; what is below counts as that
BINS = 50 * OCTAVE
TRIALS = np.geomspace(0.02, 1.0, 200)  # full scales that are tried, relative to the largest current


class Currents:
    """Magnitudes of line currents, relative to the full scale of the amplifiers, as a histogram.

    Attributes
    ----------
    largest
        The largest of them, exactly; 0 before any.
    counts : (3200,)
        How many are in each bin; 64 bins a doubling.
    """

    def __init__(self) -> None:
        self.largest = 0.0
        self.counts = np.zeros(BINS, np.int64)

    def add(self, magnitudes: Floats, full: float = 1.0) -> None:
        """Count ``magnitudes`` of any shape, which are relative to ``full``."""
        self.largest = max(self.largest, float(magnitudes.max(initial=0.0)) / full)
        with np.errstate(divide="ignore"):
            place = np.floor(OCTAVE * np.log2(np.asarray(magnitudes, np.float64) / full)) - LOWEST
        inside = np.clip(place, 0, BINS - 1).astype(np.intp)
        self.counts += np.bincount(inside.ravel(), minlength=BINS)

    @property
    def values(self) -> Doubles:
        """Middle of each bin, none above the largest."""
        middle = 2.0 ** ((np.arange(BINS) + LOWEST + 0.5) / OCTAVE)
        return np.minimum(middle, self.largest)


@dataclass(frozen=True, kw_only=True)
class Calibration(Specification):
    """A rule for the full scale of an ADC."""

    @abstractmethod
    def reach(self, seen: Currents, transfer: Callable[[], Transfer]) -> float:
        """Return the full scale of an ADC, relative to that of the amplifiers.

        Parameters
        ----------
        seen
            Currents of the reads of a calibration, one at least.
        transfer
            Returns thresholds and levels of the ADC without spread, relative to its full scale.
        """

    def prove(self) -> None:
        """Raise unless it gives a full scale."""
        super().prove()
        seen = Currents()
        seen.add(np.linspace(0.01, 0.3, 50))
        require_number(
            named(self, "reach"), answer(self, "reach", seen, lambda: uniform(4)), above=0
        )


CALIBRATIONS = Registry(
    Calibration, "calibrations", "rules for the full scale of ADCs", default="largest",
    setting="tile.adc.calibration",
)  # fmt: skip


@CALIBRATIONS.register("largest")
@dataclass(frozen=True, kw_only=True)
class Largest(Calibration):
    """The largest current: nothing is cut."""

    def reach(self, seen: Currents, transfer: Callable[[], Transfer]) -> float:
        """Return the largest current."""
        return seen.largest


@CALIBRATIONS.register("percentile")
@dataclass(frozen=True, kw_only=True)
class Percentile(Calibration):
    """The current that a share of all is below: outliers are cut, and steps are finer.

    Parameters
    ----------
    below
        Share of the currents that are not cut.
    """

    below: float = quantity(0.999, share=True, above=0, high=1, remedy="99.9 % is usual.")

    def reach(self, seen: Currents, transfer: Callable[[], Transfer]) -> float:
        """Return the current, to the width of a bin, 1.1 %."""
        share = np.cumsum(seen.counts) / seen.counts.sum()
        return float(seen.values[np.searchsorted(share, self.below * (1 - 1e-12))])


@CALIBRATIONS.register("least-error")
@dataclass(frozen=True, kw_only=True)
class LeastError(Calibration):
    """The full scale of the least mean square error of the conversion, cut currents included.

    Both signs are taken as equally frequent, and the converter as it is without spread and noise.
    """

    def reach(self, seen: Currents, transfer: Callable[[], Transfer]) -> float:
        """Return the best of 200 full scales from 2 % of the largest current to all of it."""
        met = np.flatnonzero(seen.counts)
        values, weights = seen.values[met], seen.counts[met]
        thresholds, levels = transfer()

        def error(full: float) -> float:
            signal = np.concatenate([values, -values]) / full
            left = signal - levels[np.searchsorted(thresholds, signal, side="right")]
            return float(full**2 * (np.tile(weights, 2) * left**2).sum())

        return float(min(TRIALS * seen.largest, key=error))
