"""Spread of measured arrays: bounds that spread apart from each other, and corrupt cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from crossbar.devices.spread import SPREADS, STEP, Fabricated, Spread, log_normal
from crossbar.types import Floats
from crossbar.units import SPREAD, quantity

LEAST = 0.01  # distance of a bound from the middle, relative to half the range
CORRUPT = 0.01  # of half the range, about the middle, where corrupt cells stand
WIDE = "It is relative to the range; bounds of measured arrays spread by up to 0.3."
REACH = "It is relative to the range; a fifth leaves room for every programming error."
SHARE = "It is a probability; measured arrays have up to 0.135."


@SPREADS.register("own-bounds")
@dataclass(frozen=True, kw_only=True)
class OwnBounds(Spread):
    """Log-normal step sizes of mean 1; an upper and a lower bound with a spread each.

    No lower bound is below zero conductance, and each bound stays a hundredth of half the range off
    the middle. The nominal range is what weights are mapped to; cells may reach beyond it.

    Parameters
    ----------
    sigma
        Spread of the step size, relative.
    sigma_lower
        Spread of the lower bound, relative to the range.
    sigma_upper
        Spread of the upper bound, relative to the range.
    below
        How far cells reach below the range, relative to it.
    above
        How far cells reach above the range, relative to it.

    Source: form of the published fits of IBM aihwkit; the limits of the bounds are assumed.
    """

    sigma: float = quantity(0.0, share=True, role=SPREAD, low=0, high=10, remedy=STEP)
    sigma_lower: float = quantity(0.0, share=True, role=SPREAD, low=0, high=1, remedy=WIDE)
    sigma_upper: float = quantity(0.0, share=True, role=SPREAD, low=0, high=1, remedy=WIDE)
    below: float = quantity(0.0, share=True, low=0, high=1, remedy=REACH)
    above: float = quantity(0.0, share=True, low=0, high=1, remedy=REACH)

    def draw(self, window: tuple[float, float, float], normal: Callable[[], Floats]) -> Fabricated:
        """Return log-normal sizes and normal bounds."""
        low, middle, high = window
        size, span = log_normal(self.sigma, normal()), high - low
        margin = LEAST * (high - middle)
        lower = low + span * (self.sigma_lower * normal() - self.below)
        lower = np.clip(lower, 0.0, middle - margin)
        upper = high + span * (self.sigma_upper * normal() + self.above)
        upper = np.maximum(upper, middle + margin)
        return Fabricated(size, np.zeros_like(size), lower, upper)


@SPREADS.register("array")
@dataclass(frozen=True, kw_only=True)
class ArraySpread(Spread):
    """Soft-bounds cells of an array: sizes that hold at the middle, folded bounds, corrupt cells.

    The distance of each bound from the middle of the nominal range is |1 + s z| times half the
    range, z normal. The log-normal size is that of a set and of a reset step at that middle, so
    that steps of a cell with its own bounds are exp(...) (1 - w / w_bound), w from the middle.
    Corrupt cells stand within a hundredth of half the range of the middle, and nothing moves them.

    Parameters
    ----------
    sigma
        Spread of the step size, relative.
    sigma_asymmetry
        Spread of the asymmetry, absolute.
    sigma_lower
        Spread of the lower bound, relative to the range.
    sigma_upper
        Spread of the upper bound, relative to the range.
    corrupt
        Share of cells that are corrupt.

    Source: form of the array fits of Gong, Rasch et al., IEDM 2022, in IBM aihwkit.
    Valid for: soft bounds. A lower bound is cut at a conductance of zero.
    """

    sigma: float = quantity(0.0, share=True, role=SPREAD, low=0, high=10, remedy=STEP)
    sigma_asymmetry: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=STEP)
    sigma_lower: float = quantity(0.0, share=True, role=SPREAD, low=0, high=1, remedy=WIDE)
    sigma_upper: float = quantity(0.0, share=True, role=SPREAD, low=0, high=1, remedy=WIDE)
    corrupt: float = quantity(0.0, share=True, role=SPREAD, low=0, high=1, remedy=SHARE)

    def draw(self, window: tuple[float, float, float], normal: Callable[[], Floats]) -> Fabricated:
        """Return sizes and tilts that make steps at the middle those drawn, and bounds."""
        low, middle, high = window
        half = 0.5 * (high - low)
        size, tilt = log_normal(self.sigma, normal()), self.sigma_asymmetry * normal()
        above = half * np.maximum(np.abs(1 + 2 * self.sigma_upper * normal()), LEAST)
        below = half * np.maximum(np.abs(1 + 2 * self.sigma_lower * normal()), LEAST)
        below = np.minimum(below, middle)
        bad, place = ndtr(normal()) < self.corrupt, 2 * ndtr(normal()) - 1
        stuck = middle + CORRUPT * half * place
        rise, fall = 0.5 * (above + below) / above, 0.5 * (above + below) / below
        rise, fall = size * (1 + tilt) * rise, size * (1 - tilt) * fall
        mean = 0.5 * (rise + fall)
        return Fabricated(
            size=np.where(bad, 0.0, mean),
            tilt=(rise - fall) / (2 * mean),
            low=np.where(bad, stuck * (1 - 1e-6), middle - below),
            high=np.where(bad, stuck * (1 + 1e-6), middle + above),
        )
