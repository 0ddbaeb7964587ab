"""Kernels: the answer of a membrane to one event."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np
from scipy.special import exprel

from crossbar.contracts import answer, named, require_numbers
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import quantity

LARGEST = 1e15  # of any unit


class Kernel(Specification):
    """What an event adds to a voltage, by the time since then."""

    @abstractmethod
    def values(self, s: Floats) -> Floats:
        """Return what is added ``s`` (any shape, from 0) [s] after an event, in the same shape."""

    def prove(self) -> None:
        """Raise unless it gives a number for every time."""
        super().prove()
        s = np.linspace(0.0, 1e-3, 6).reshape(2, 3)
        require_numbers(named(self, "values"), answer(self, "values", s), s.shape)


KERNELS = Registry(
    Kernel, "kernels", "answers of a membrane to one event", setting="groups.NAME.neuron.synapse"
)


@KERNELS.register("decay")
@dataclass(frozen=True, kw_only=True)
class Decay(Kernel):
    """height e^{-s / tau}: what a reset leaves of itself, or a jump.

    Parameters
    ----------
    height : [V], of a charge [V/C]
        What is added at once.
    tau : [s]
        Time constant.
    """

    height: float = quantity(-0.5, low=-LARGEST, high=LARGEST)
    tau: float = quantity(1e-4, unit="s", above=0, high=LARGEST)

    def values(self, s: Floats) -> Floats:
        """Return the kernel."""
        values: Floats = self.height * np.exp(-s / self.tau)
        return values


@KERNELS.register("filtered")
@dataclass(frozen=True, kw_only=True)
class Filtered(Kernel):
    """(e^{-s / tau_m} - e^{-s / tau_s}) / (C (1 - tau_s / tau_m)): a charge behind one exponential.

    For equal time constants it is s e^{-s / tau} / (C tau).

    Parameters
    ----------
    capacitance : [F]
        C.
    tau_m, tau_s : [s]
        Time constants of the membrane and of the synaptic current.

    Source: the answer of :class:`LIF` with one exponential.
    """

    capacitance: float = quantity(1e-12, unit="F", above=0, high=LARGEST)
    tau_m: float = quantity(1e-4, unit="s", above=0, high=LARGEST)
    tau_s: float = quantity(5e-5, unit="s", above=0, high=LARGEST)

    def values(self, s: Floats) -> Floats:
        """Return the kernel, in a form that loses no digits where time constants are near."""
        a, b = 1 / self.tau_m, 1 / self.tau_s
        fall = exprel(-abs(b - a) * s)
        values: Floats = b / self.capacitance * s * np.exp(-min(a, b) * s) * fall
        return values
