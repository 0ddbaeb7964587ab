"""How far one pulse moves a conductance: the contract, and steps in closed form.

u is the normalised conductance, 0 at the lower and 1 at the upper bound of the cell. A step is
relative to the range of the device. Closed forms are scaled so that the step at mid-range is
``dw_min`` for a set pulse.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail
from crossbar.kernels.tables import Jumps
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity

POINTS = 257
CLOSE = 1e-6  # relative, what a law from outside may miss its size and slope by: rounding


def step_field(default: float | None) -> Any:
    """Return the field of a step relative to the range."""
    remedy = "It is the step of one pulse relative to the range, typically 0.001."
    return quantity(default, share=True, low=1e-9, high=0.5, remedy=remedy)


class Straight(NamedTuple):
    """Steps that are linear in u: set a (1 + s (1 - 2 u)), reset b (1 - r (1 - 2 u))."""

    size: float
    """a, the set step at mid-range."""
    slope: float
    """s, along the range, of a set step."""
    reset_size: float
    """b, the reset step at mid-range."""
    reset_slope: float
    """r, against the range, of a reset step."""
    spread: float = 0.0
    """Standard deviation of both, the same at every u."""


class Step(Specification):
    """What one set and one reset pulse do: mean and spread of the step against u.

    A law of one's own is a frozen dataclass with :meth:`set_mean`, and with the other three where
    they differ from what stands here. It is tabulated once, at ``POINTS`` points.
    """

    @abstractmethod
    def set_mean(self, u: Floats) -> Floats:
        """Return the mean set step at u, relative to the range, zero or more."""

    def reset_mean(self, u: Floats) -> Floats:
        """Return the mean reset step at u, a positive number; mirror image of the set step."""
        return self.set_mean(1.0 - u)

    def set_spread(self, u: Floats) -> Floats:
        """Return the standard deviation of the set step at u, relative to the range."""
        return np.zeros_like(u)

    def reset_spread(self, u: Floats) -> Floats:
        """Return the standard deviation of the reset step at u; mirror image of the set step."""
        return self.set_spread(1.0 - u)

    @property
    def size(self) -> float:
        """Step of a set pulse at mid-range, relative to the range."""
        return float(self.set_mean(np.array([0.5]))[0])

    @property
    def slope(self) -> float | None:
        """Slope s of a set step ``size (1 + s (1 - 2 u))``, mirrored for reset; None: other forms.

        Several pulses of such a step add up in closed form.
        """
        return None

    @property
    def straight(self) -> Straight | None:
        """Steps that are linear in u, each with its own size and slope; None: other forms."""
        if self.slope is None:
            return None
        return Straight(self.size, self.slope, self.size, self.slope)

    @property
    def measured_range(self) -> tuple[float, float] | None:
        """Range that the step was measured over [S], None if it is not known."""
        return None

    @property
    def jumps(self) -> tuple[Jumps, Jumps] | None:
        """Distributions of the changes by a set and a reset pulse; None: mean and spread."""
        return None

    def prove(self) -> None:
        """Raise unless it can be tabulated, and size and slope are those of the table."""
        super().prove()
        table, middle = self.table(0.0), POINTS // 2
        if abs(table[0, middle] / self.size - 1.0) > CLOSE:
            got = f"{table[0, middle]:g}, and a size of {self.size:g}"
            fail(named(self, "set_mean"), "the size at u = 0.5", got, "Omit size.")
        if self.slope is not None:
            rise = self.slope * np.linspace(-1.0, 1.0, POINTS)
            linear = self.size * np.stack([1.0 - rise, 0.0 * rise, 1.0 + rise, 0.0 * rise])
            if np.abs(table - linear).max() > CLOSE * self.size:
                where, got = named(self, "slope"), "others, or a spread"
                fail(where, "steps size (1 + slope (1 - 2 u))", got, "Omit slope.")

    def table(self, sigma_c2c: float) -> Floats:
        """Return (4, points): mean and spread of set, mean and spread of reset steps over u.

        ``sigma_c2c`` is a standard deviation from pulse to pulse, relative to each step, beside
        the spread of the law.

        Raises
        ------
        ConfigError
            If a mean or a spread is negative, not finite or not one number for each u, or no set
            pulse moves a cell at mid-range.
        """
        u = np.linspace(0.0, 1.0, POINTS)
        remedy = "Reset steps count as positive, and spreads are standard deviations."
        table = np.stack([
            require_numbers(named(self, name), answer(self, name, u), u.shape, low=0, remedy=remedy)
            for name in ("set_mean", "set_spread", "reset_mean", "reset_spread")
        ])  # fmt: skip
        if not self.size > 0:
            remedy = "The step there is the unit in which weight changes are counted."
            where = named(self, "set_mean")
            fail(where, "a set step above 0 at u = 0.5", f"{self.size:g}", remedy)
        table[[1, 3]] = np.hypot(table[[1, 3]], sigma_c2c * table[[0, 2]])
        return table


STEPS = Registry(Step, "steps", "how far a pulse moves a conductance", setting="device.step")


class ClosedForm(Step):
    """A step given by a formula, ``dw_min`` at mid-range (exact where it is linear in u).

    Parameters
    ----------
    dw_min
        Mean step of a pulse at mid-range, relative to the range.

    Attributes
    ----------
    words
        What the law is called in a sentence.
    """

    words: ClassVar[str] = "a closed form"
    dw_min: float

    @property
    def size(self) -> float:
        """Step of a set pulse at mid-range, relative to the range."""
        return self.dw_min

    def set_mean(self, u: Floats) -> Floats:
        """Return ``dw_min`` times the form at u."""
        return self.dw_min * self.form(u)

    @abstractmethod
    def form(self, u: Floats) -> Floats:
        """Return the relative size of the set step at u, 1 at mid-range."""


@STEPS.register("constant")
@dataclass(frozen=True, kw_only=True)
class Constant(ClosedForm):
    """The same step everywhere.

    Source: Gokmen and Vlasov, Front. Neurosci. 10:333, 2016 (the ideal resistive device).
    Valid for: devices far from their bounds.
    """

    dw_min: float = step_field(0.001)

    slope = 0.0

    def form(self, u: Floats) -> Floats:
        """Return 1."""
        return np.ones_like(u)


@STEPS.register("exponential")
@dataclass(frozen=True, kw_only=True)
class Exponential(ClosedForm):
    """A set step that falls exponentially: exp(-a (u - 1/2)), less its value at the bound.

    up(u) = (exp(-a (u - 1/2)) - exp(-a/2)) / (1 - exp(-a/2)): 1 at mid-range, 0 at the bound.

    Parameters
    ----------
    steepness
        Steepness a of the exponential step.

    Source: assumed: the fit to Gong et al., Nat. Commun. 9:2102, 2018, adds a floor that does not
    vanish at the bound; step and steepness defaults are assumed.
    Valid for: steepness > 0 (to 20; the step at u = 0 is then 22 000 times that at mid-range).
    """

    words: ClassVar[str] = "exponential step"
    dw_min: float = step_field(0.00135)
    steepness: float = quantity(
        3.0, low=1e-6, high=20, remedy="Steps that hardly change are Constant or SoftBounds.",
    )  # fmt: skip

    def form(self, u: Floats) -> Floats:
        """Return the normalised exponential step."""
        return exponential(u, self.steepness)


def exponential(u: Floats, steepness: float | Floats) -> Floats:
    """Return the step of :class:`Exponential` at u, 1 at mid-range."""
    end = np.exp(-np.asarray(steepness) / 2)
    step: Floats = (np.exp(-steepness * (u - 0.5)) - end) / (1.0 - end)
    return step
