"""Read noise that depends on conductance and time, such as flicker (1/f) noise."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from crossbar.contracts import answer, named, require_numbers
from crossbar.errors import fail
from crossbar.registry import Registry
from crossbar.specification import Specification
from crossbar.types import Floats
from crossbar.units import NOISE, quantity


def relative_noise(whole: str) -> Any:
    """Return a field for the standard deviation of a read relative to ``whole``, 0 by default."""
    remedy = f"It is relative to {whole}; at 1 a read says nothing."
    return quantity(0.0, share=True, role=NOISE, low=0, high=1, remedy=remedy)


def read_variance(noise: tuple[float, float], g: Floats, flicker: Floats) -> Floats:
    """Return the variance [S^2] of a read of cells ``g`` [S], with that by their age, if any.

    ``noise`` is :attr:`Device.read_noise`, ``flicker`` what :meth:`Cells.flicker` returns.
    """
    absolute, relative = noise
    own: Floats = absolute**2 + (relative * g) ** 2
    return own + flicker if flicker.size else own


class ReadNoise(Specification):
    """Standard deviation of a read that depends on conductance and time.

    Noise that is constant, or proportional to the conductance, is :attr:`Device.read_noise`.
    """

    @abstractmethod
    def relative(self, x: Floats, seconds: Floats) -> Floats:
        """Return the standard deviation of a read, relative to the conductance at that time.

        Parameters
        ----------
        x : (rows, cols)
            Conductances that the cells were written to, relative to ``g_max``, above zero.
        seconds : (rows, cols) [s]
            Time since each was written, at least the time of the programming read.
        """

    def prove(self) -> None:
        """Raise unless it gives a standard deviation for each cell."""
        super().prove()
        x = np.linspace(0.1, 1.0, 6).reshape(2, 3)
        sigma = answer(self, "relative", x, 1e3 * x)
        require_numbers(named(self, "relative"), sigma, x.shape, low=0)


READ_NOISES = Registry(
    ReadNoise, "read-noises", "read noise against conductance and time", setting="device.flicker"
)


@READ_NOISES.register("pcm")
@dataclass(frozen=True, kw_only=True)
class PcmFlicker(ReadNoise):
    """Flicker noise of phase-change cells, integrated from the write to the read.

    sigma/g = min(amplitude x^-power, most) sqrt(ln((t + t_r) / (2 t_r))): at 20 s 5.8 % of the
    conductance at mid range and 3.7 % at the upper end, after ten years 1.4 times as much.

    Parameters
    ----------
    amplitude
        1/f noise at full conductance, relative to it, for a root of the logarithm of one.
    power
        Power of its growth towards small conductances.
    most
        Largest 1/f noise, relative to the conductance, for a root of the logarithm of one.
    t_r : [s]
        Time of a read of the measured 1/f noise, the shortest period that it averages over.

    Source: Nandakumar et al., ICECS 2019; Joshi et al., Nat. Commun. 11:2473, 2020.
    Valid for: conductances up to 25 uS, by default relative to 25 uS (at another ``g_max`` multiply
    the amplitude by (g_max / 25 uS)^-power). Reads draw it independently of one another, while
    flicker noise of reads that follow each other closely is correlated.
    """

    amplitude: float = quantity(0.0088, low=0, high=1, remedy="Published: 0.0088.")
    power: float = quantity(0.65, low=0, high=2, remedy="Published: 0.65.")
    most: float = quantity(0.2, low=0, high=1, remedy="Published: 0.2.")
    t_r: float = quantity(250e-9, unit="s", low=1e-12, high=1e-3, remedy="Published: 250 ns.")

    def relative(self, x: Floats, seconds: Floats) -> Floats:
        """Return min(amplitude x^-power, most) sqrt(ln((t + t_r) / (2 t_r))).

        Raises
        ------
        ConfigError
            If a cell was written less than ``t_r`` ago.
        """
        youngest = float(np.min(seconds))
        if youngest < self.t_r:
            expected = f"at most the time since a cell was written, {youngest:g} s"
            remedy = "Lower it, or raise t0 of the device."
            fail("PcmFlicker.t_r", expected, f"{self.t_r:g} s", remedy)
        grown = np.sqrt(np.log((seconds + self.t_r) / (2 * self.t_r)))
        sigma: Floats = np.minimum(self.amplitude * x**-self.power, self.most) * grown
        return sigma


@READ_NOISES.register("saturating")
@dataclass(frozen=True, kw_only=True)
class SaturatingNoise(ReadNoise):
    """Read noise that saturates with the conductance and does not change with time.

    sigma / g_max = amplitude (1 - exp(-x / scale)), x relative to ``g_max``.

    Parameters
    ----------
    amplitude
        Largest standard deviation of a read, relative to ``g_max``.
    scale
        Conductance at which it is 63 % of that, relative to ``g_max``.

    Source: form of the SONOS cells of Agrawal et al., IEDM 2022, as fitted in CrossSim; the
    defaults are theirs at 16 uS.
    """

    amplitude: float = quantity(12.58037 / 1600, low=0, high=1, remedy="Published: 0.0079.")
    scale: float = quantity(215.36557 / 1600, above=0, high=10, remedy="Published: 0.135.")

    def relative(self, x: Floats, seconds: Floats) -> Floats:
        """Return amplitude (1 - exp(-x / scale)) / x."""
        sigma: Floats = -self.amplitude * np.expm1(-x / self.scale) / x
        return sigma
