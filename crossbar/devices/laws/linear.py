"""Steps that are linear in the conductance, each way by sizes and slopes of its own."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from crossbar.devices.laws.steps import STEPS, ClosedForm, Straight, step_field
from crossbar.types import Floats
from crossbar.units import NOISE, quantity

SLOPE = "Beyond 1 a step changes its sign."


def _spread() -> Any:
    remedy = "It is relative to the range, typically as large as a step."
    return quantity(0.0, share=True, role=NOISE, low=0, high=1, remedy=remedy)


class LinearForm(ClosedForm):
    """A step that is linear in the conductance, with sizes and slopes of its own each way.

    Parameters
    ----------
    dw_min_reset
        Mean step of a reset pulse at mid-range, relative to the range; None: as of a set pulse.
    spread
        Spread of the step from pulse to pulse that is the same everywhere, relative to the range.
    """

    dw_min_reset: float | None
    spread: float

    @property
    @abstractmethod
    def slopes(self) -> tuple[float, float]:
        """Slopes of a set step along the range, and of a reset step against it."""

    @property
    def straight(self) -> Straight:
        """Sizes, slopes and spread."""
        back = self.dw_min if self.dw_min_reset is None else self.dw_min_reset
        slope, against = self.slopes
        return Straight(self.dw_min, slope, back, against, self.spread)

    def form(self, u: Floats) -> Floats:
        """Return 1 + slope (1 - 2 u)."""
        return 1.0 + self.slopes[0] * (1.0 - 2.0 * u)

    def reset_mean(self, u: Floats) -> Floats:
        """Return the size of a reset step times 1 - slope (1 - 2 u)."""
        straight = self.straight
        return straight.reset_size * (1.0 + straight.reset_slope * (1.0 - 2.0 * (1.0 - u)))

    def set_spread(self, u: Floats) -> Floats:
        """Return ``spread``."""
        return np.full_like(u, self.spread)


@STEPS.register("linear")
@dataclass(frozen=True, kw_only=True)
class Linear(LinearForm):
    """A step that changes linearly with the conductance: 1 + slope (1 - 2 u).

    Parameters
    ----------
    slope
        Change of the step along the range.
    slope_reset
        Change of the reset step against the range; None: as of a set pulse.

    Source: dw (1 + gamma w) with w = 2 u - 1; ECRAM of Tang et al., IEDM 2018.
    Valid for: |slope| <= 1, where no step changes sign.
    """

    dw_min: float = step_field(0.001)
    slope: float = quantity(0.1, low=-1, high=1, remedy=SLOPE)
    dw_min_reset: float | None = step_field(None)
    slope_reset: float | None = quantity(None, low=-1, high=1, remedy=SLOPE)
    spread: float = _spread()

    @property
    def slopes(self) -> tuple[float, float]:
        """``slope``, and ``slope_reset`` or the same."""
        return self.slope, self.slope if self.slope_reset is None else self.slope_reset


@STEPS.register("soft-bounds")
@dataclass(frozen=True, kw_only=True)
class SoftBounds(LinearForm):
    """A set step that vanishes at the upper, a reset step that vanishes at the lower bound.

    Set: 2 (1 - u); reset: 2 u. Up and down steps are equal at mid-range (the symmetry point),
    unless ``dw_min_reset`` is another: then at u = dw_min / (dw_min + dw_min_reset).
    Source: form of the loose fit to HfO2 ReRAM of Gong et al., Nat. Commun. 9:2102, 2018; the step
    default is assumed.
    """

    words: ClassVar[str] = "soft bounds"
    dw_min: float = step_field(0.002)
    dw_min_reset: float | None = step_field(None)
    spread: float = _spread()

    slope = 1.0
    slopes = (1.0, 1.0)
