"""What a memristor of spice_models/ is in Python: the same equations, drives and spreads."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import ClassVar, Self

import numpy as np

from crossbar.checks import Checked, check_fields
from crossbar.errors import fail
from crossbar.types import Floats
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Sine(Checked):
    """A sinusoid from zero, as it draws a hysteresis loop."""

    amplitude: float = quantity(unit="V", above=0, high=10)
    frequency: float = quantity(
        unit="Hz", low=1e-9, high=1e12, remedy="No loop is drawn below 1 nHz or over 1 THz.",
    )  # fmt: skip
    periods: int = quantity(2, low=1, high=100)

    def voltage(self, time: Floats | float) -> Floats:
        """Return the voltage [V] at ``time`` [s]."""
        return np.asarray(self.amplitude * np.sin(2 * np.pi * self.frequency * np.asarray(time)))


@dataclass(frozen=True, kw_only=True)
class Pulses:
    """Trains of equal set and of equal reset pulses, each pulse followed by a read.

    Parameters
    ----------
    v_set, v_reset, v_read : [V]
        Amplitudes with their signs.
    t_set, t_reset, t_read : [s]
        Widths between the edges.
    t_edge : [s]
        Rise and fall time, and the pause between a pulse and its read.
    count
        Pulses of a train.
    r_access : [ohm]
        Resistance in series with the cell, of the selector and the lines; 0 for a bare cell. It
        belongs to the conductance that is read.
    """

    v_set: float = quantity(unit="V", low=-10, high=10)
    v_reset: float = quantity(unit="V", low=-10, high=10)
    v_read: float = quantity(unit="V", low=-10, high=10)
    t_set: float = quantity(unit="s", low=1e-15, high=10)
    t_reset: float = quantity(unit="s", low=1e-15, high=10)
    t_read: float = quantity(unit="s", low=1e-15, high=10)
    t_edge: float = quantity(unit="s", low=1e-15, high=10)
    count: int = quantity(50, low=5, high=1000)
    r_access: float = quantity(0.0, unit="ohm", low=0, high=1e6)

    def __post_init__(self) -> None:
        check_fields(self)
        for name in ("v_set", "v_reset", "v_read"):
            if getattr(self, name) == 0:
                fail(f"Pulses.{name}", "a voltage other than 0", "0", "Nothing would be driven.")
        if self.v_set * self.v_reset > 0:
            got = f"v_set = {self.v_set!r} V, v_reset = {self.v_reset!r} V"
            fail("Pulses.v_reset", "the sign opposite to v_set", got, "These cells are bipolar.")


@dataclass(frozen=True, kw_only=True)
class Spread(Checked):
    """How a parameter varies, standard deviations relative to its value (log-normal).

    ``d2d`` is drawn once a device, ``c2c`` anew in every cycle of set and reset.
    """

    d2d: float = quantity(0.0, low=0, high=10)
    c2c: float = quantity(0.0, low=0, high=10)


@dataclass(frozen=True, kw_only=True)
class CircuitCell(Checked, ABC):
    """A memristor of one state x, 0 where it conducts least and 1 where it conducts best.

    Fields are the parameters of the subcircuit ``model``, with its names and defaults.

    Attributes
    ----------
    model
        Name of the subcircuit in spice_models/.
    sine
        Drive of its hysteresis loop.
    pulses
        Trains between which it answers gradually.
    spreads
        Variation of its parameters, by name.
    spreads_source
        Where the variation comes from, or "assumed".
    """

    model: ClassVar[str]
    sine: ClassVar[Sine]
    pulses: ClassVar[Pulses]
    spreads: ClassVar[Mapping[str, Spread]]
    spreads_source: ClassVar[str] = "assumed"
    x0: float = quantity(0.5, low=0, high=1, words="state at the start")

    @abstractmethod
    def current(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return the current [A] at the voltage ``v`` [V] and the state ``x``."""

    @abstractmethod
    def rate(self, v: Floats | float, x: Floats | float) -> Floats:
        """Return dx/dt [1/s] at the voltage ``v`` [V] and the state ``x``."""

    def conductance(self, v: float, x: Floats | float) -> Floats:
        """Return current over voltage [S] at ``v`` [V]."""
        return np.asarray(self.current(v, x) / v)

    def parameters(self) -> dict[str, float]:
        """Return the parameters of the subcircuit."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def scaled(self, factors: Mapping[str, float]) -> Self:
        """Return the cell with the named parameters times their factors."""
        changed = {name: getattr(self, name) * factor for name, factor in factors.items()}
        return replace(self, **changed)


def inside(x: Floats | float) -> Floats:
    """Return the state within its range, as the subcircuits read it."""
    return np.clip(np.asarray(x, np.float64), 0.0, 1.0)


def towards_one(x: Floats, ramp: float) -> Floats:
    """Return what is left of a rising motion: 1, down to 0 in the last ``ramp`` of the range."""
    return np.asarray(np.minimum((1.0 - x) / ramp, 1.0))


def towards_zero(x: Floats, ramp: float) -> Floats:
    """Return what is left of a falling motion: 1, down to 0 in the last ``ramp`` of the range."""
    return np.asarray(np.minimum(x / ramp, 1.0))
