"""Spread at fabrication: what differs from cell to cell, drawn once."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from crossbar.contracts import answer, named, require_instance, require_numbers
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import SPREAD, quantity

STEP = "It is relative to a step; measured ones reach 4."
SIGN = "From 1 on pulses move a cell the wrong way."
BOUNDS = "It is relative to the range; wider bounds pass the middle."


class Fabricated(NamedTuple):
    """What was drawn for every cell, (rows, cols)."""

    size: Floats
    """Size of a step, relative to the nominal one."""
    tilt: Floats
    """What a set step is larger and a reset step smaller by, relative."""
    low: Floats
    """Lower bound [S]."""
    high: Floats
    """Upper bound [S]."""


class Spread(Specification):
    """Differences of cells of one device."""

    @abstractmethod
    def draw(self, window: tuple[float, float, float], normal: Callable[[], Floats]) -> Fabricated:
        """Return the steps and bounds of new cells.

        Parameters
        ----------
        window : [S]
            Lowest, middle and highest nominal conductance.
        normal
            Returns independent standard normal numbers, one a cell, at every call.
        """

    def prove(self) -> None:
        """Raise unless it gives four numbers for each cell, and bounds about the middle."""
        super().prove()
        where, window = named(self, "draw"), (1e-6, 2e-5, 4e-5)
        rng, shape = np.random.default_rng(0), (2, 3)
        drawn = answer(self, "draw", window, lambda: rng.standard_normal(shape))
        drawn = require_instance(where, drawn, Fabricated, "Return Fabricated(size, tilt, ...).")
        for name, each in drawn._asdict().items():
            require_numbers(f"{where}, {name}", each, shape)
        if not (drawn.low < drawn.high).all():
            got = f"{drawn.low.max():g} and {drawn.high.min():g} S"
            fail(where, "lower bounds below upper ones", got, "They are in siemens.")


SPREADS = Registry(Spread, "spreads", "what differs from cell to cell", setting="device.spread")


@SPREADS.register("log-normal")
@dataclass(frozen=True, kw_only=True)
class LogNormal(Spread):
    """Log-normal step sizes of mean 1; normal asymmetries and bounds.

    A lower bound is at least a tenth of ``g_min``, and each bound stays a tenth of the range off
    the middle.

    Parameters
    ----------
    sigma
        Spread of the step size, relative.
    sigma_asymmetry
        Spread of the asymmetry, absolute.
    sigma_bounds
        Spread of the upper and the lower bound, relative to the range.

    Source: form of the published fits of IBM aihwkit; the limits of the bounds are assumed.
    """

    sigma: float = quantity(0.0, role=SPREAD, low=0, high=10, remedy=STEP)
    sigma_asymmetry: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=SIGN)
    sigma_bounds: float = quantity(0.0, role=SPREAD, low=0, below=0.3, remedy=BOUNDS)

    def draw(self, window: tuple[float, float, float], normal: Callable[[], Floats]) -> Fabricated:
        """Return exp(s z - s^2 / 2) with s^2 = ln(1 + sigma^2), and normal tilts and bounds."""
        low, middle, high = window
        size = log_normal(self.sigma, normal())
        tilt = self.sigma_asymmetry * normal()
        edge, margin = self.sigma_bounds * (high - low), 0.1 * (high - low)
        lower = np.clip(low + edge * normal(), 0.1 * low, middle - margin)
        upper = np.maximum(high + edge * normal(), middle + margin)
        return Fabricated(size, tilt, lower, upper)


@SPREADS.register("relative")
@dataclass(frozen=True, kw_only=True)
class RelativeSpread(Spread):
    """Cells whose steps and bounds are all multiplied by log-normal factors of mean 1.

    Bounds may spread as far as measured ones do, and stay above zero. A lower bound is at most
    half the upper one.

    Parameters
    ----------
    sigma
        Spread of the step size, relative.
    sigma_asymmetry
        Spread of the asymmetry, absolute.
    sigma_low, sigma_high
        Spread of the lower and of the upper bound, each relative to itself.

    Source: assumed; spreads relative to the mean are how Querlioz et al., IEEE Trans. Nanotechnol.
    12:288, 2013, vary their cells. Valid for: cells that hold no signed weights, as those of
    columns; a mapping with a zero asks for bounds about the middle.
    """

    sigma: float = quantity(0.0, role=SPREAD, low=0, high=10, remedy=STEP)
    sigma_asymmetry: float = quantity(0.0, role=SPREAD, low=0, high=1, remedy=SIGN)
    sigma_low: float = quantity(0.0, role=SPREAD, low=0, high=2)
    sigma_high: float = quantity(0.0, role=SPREAD, low=0, high=2)

    def draw(self, window: tuple[float, float, float], normal: Callable[[], Floats]) -> Fabricated:
        """Return exp(s z - s^2 / 2) of all but the asymmetry, with s^2 = ln(1 + sigma^2)."""
        low, _, high = window
        size = log_normal(self.sigma, normal())
        tilt = self.sigma_asymmetry * normal()
        upper = high * log_normal(self.sigma_high, normal())
        lower = np.minimum(low * log_normal(self.sigma_low, normal()), upper / 2)
        return Fabricated(size, tilt, lower, upper)


def log_normal(sigma: float, z: Floats) -> Floats:
    """Return exp(s z - s^2 / 2) with s^2 = ln(1 + sigma^2): of mean 1 and deviation ``sigma``."""
    s = math.sqrt(math.log1p(sigma**2))
    drawn: Floats = np.exp(s * z - s * s / 2)
    return drawn
