"""Rules that assume their windows: exponentials with hard or soft bounds, and triplets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from crossbar.spiking.plasticity.rule import PLASTICITY, Plasticity
from crossbar.types import Floats
from crossbar.units import quantity


def _sides(lag: Floats | float, tau_plus: float, tau_minus: float) -> tuple[Floats, Floats]:
    """Return exp(-|lag| / tau) where the presynaptic spike is first, else 0; and the other way."""
    lag = np.asarray(lag, np.float64)
    first = np.where(lag > 0, np.exp(-np.abs(lag) / tau_plus), 0.0)
    last = np.where(lag < 0, np.exp(-np.abs(lag) / tau_minus), 0.0)
    return first, last


def _inside(change: Floats, x: Floats | float) -> Floats:
    """Return ``change``, which ends at the bounds of ``x``."""
    return np.clip(change, -np.asarray(x), 1 - np.asarray(x))


@PLASTICITY.register("additive")
@dataclass(frozen=True, kw_only=True)
class Additive(Plasticity):
    """dx = a_plus exp(-lag / tau_plus) for lag > 0, -a_minus exp(lag / tau_minus) for lag < 0.

    Every change is the same whatever the state, and ends at the bounds 0 and 1.

    Source: Song, Miller and Abbott, Nat. Neurosci. 3:919, 2000.
    """

    a_plus: float = quantity(0.005, low=0, high=1, words="largest rise")
    a_minus: float = quantity(0.00525, low=0, high=1, words="largest fall")
    tau_plus: float = quantity(0.02, unit="s", above=0, high=1e3, words="time constant of rises")
    tau_minus: float = quantity(0.02, unit="s", above=0, high=1e3, words="time constant of falls")

    def change(
        self, lag: Floats | float, x: Floats | float, since: Floats | float = np.inf
    ) -> Floats:
        """Return the change of ``x``."""
        first, last = _sides(lag, self.tau_plus, self.tau_minus)
        return _inside(self.a_plus * first - self.a_minus * last, x)


@PLASTICITY.register("multiplicative")
@dataclass(frozen=True, kw_only=True)
class Multiplicative(Plasticity):
    """As :class:`Additive`, but rises are times 1 - x and falls times x.

    States end within the range, where the rises of a synapse balance its falls.

    Source: Rubin, Lee and Sompolinsky, Phys. Rev. Lett. 86:364, 2001; amplitudes and time constants
    those of :class:`Additive`.
    """

    a_plus: float = quantity(0.005, low=0, high=1, words="largest rise")
    a_minus: float = quantity(0.00525, low=0, high=1, words="largest fall")
    tau_plus: float = quantity(0.02, unit="s", above=0, high=1e3, words="time constant of rises")
    tau_minus: float = quantity(0.02, unit="s", above=0, high=1e3, words="time constant of falls")

    def change(
        self, lag: Floats | float, x: Floats | float, since: Floats | float = np.inf
    ) -> Floats:
        """Return the change of ``x``."""
        first, last = _sides(lag, self.tau_plus, self.tau_minus)
        x = np.asarray(x)
        return np.asarray(self.a_plus * first * (1 - x) - self.a_minus * last * x)


@PLASTICITY.register("triplet")
@dataclass(frozen=True, kw_only=True)
class Triplet(Plasticity):
    """Pairs change more where the neuron that completes them fired not long before.

    dx = exp(-lag / tau_plus) (a2_plus + a3_plus exp(-since / tau_y)) for lag > 0 and
    -exp(lag / tau_minus) (a2_minus + a3_minus exp(-since / tau_x)) for lag < 0: the rule of nearest
    spikes. Changes end at the bounds 0 and 1.

    Source: Pfister and Gerstner, J. Neurosci. 26:9673, 2006, hippocampal culture, nearest spikes,
    minimal (a3_minus = 0, so that tau_x has no effect; it is that of the full rule). The paper
    gives changes relative to the weight; here they are shares of the range. Visual cortex has
    a2_plus = 0, a3_plus = 0.05, a2_minus = 0.008 and tau_y = 40 ms.
    """

    a2_plus: float = quantity(4.6e-3, low=0, high=1, words="largest rise by pairs")
    a3_plus: float = quantity(9.1e-3, low=0, high=1, words="largest rise by triplets")
    a2_minus: float = quantity(3.0e-3, low=0, high=1, words="largest fall by pairs")
    a3_minus: float = quantity(0.0, low=0, high=1, words="largest fall by triplets")
    tau_plus: float = quantity(16.8e-3, unit="s", above=0, high=1e3, words="time constant of rises")
    tau_minus: float = quantity(
        33.7e-3, unit="s", above=0, high=1e3, words="time constant of falls"
    )
    tau_x: float = quantity(0.575, unit="s", above=0, high=1e3, words="memory of the input")
    tau_y: float = quantity(0.048, unit="s", above=0, high=1e3, words="memory of the neuron")

    def change(
        self, lag: Floats | float, x: Floats | float, since: Floats | float = np.inf
    ) -> Floats:
        """Return the change of ``x``."""
        first, last = _sides(lag, self.tau_plus, self.tau_minus)
        since = np.asarray(since)
        rise = first * (self.a2_plus + self.a3_plus * np.exp(-since / self.tau_y))
        fall = last * (self.a2_minus + self.a3_minus * np.exp(-since / self.tau_x))
        return _inside(rise - fall, x)
