"""Neurons of networks from elsewhere: cheap or approximate forms of smooth functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from crossbar.nn.layers.activations import Activation
from crossbar.nn.layers.base import LAYERS
from crossbar.types import Floats
from crossbar.units import quantity

ROOT = float(np.sqrt(2 / np.pi))
CUBIC = 0.044715  # of the approximation by tanh


@LAYERS.register("hard-sigmoid")
@dataclass(frozen=True, kw_only=True)
class HardSigmoid(Activation):
    """y = ``rise`` x + ``middle`` between 0 and 1, the nearer of them elsewhere."""

    rise: float = quantity(1 / 6, above=0, high=1e6, words="slope around zero")
    middle: float = quantity(0.5, low=0, high=1, words="output at zero")

    def value(self, x: Floats) -> Floats:
        """Return the straight line, cut at 0 and 1."""
        y: Floats = np.clip(self.rise * x + self.middle, 0, 1)
        return y

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return ``rise`` inside and 0 outside."""
        return np.where((y > 0) & (y < 1), x.dtype.type(self.rise), x.dtype.type(0))


@LAYERS.register("hard-swish")
@dataclass(frozen=True, kw_only=True)
class HardSwish(Activation):
    """y = x min(max(x / 6 + 1/2, 0), 1).

    Source: Howard et al., Searching for MobileNetV3, ICCV, 2019.
    """

    def value(self, x: Floats) -> Floats:
        """Return x times the cut line."""
        return x * np.clip(x / 6 + 0.5, 0, 1)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return x / 3 + 1/2 between -3 and 3, 0 below and 1 above."""
        one = x.dtype.type(1)
        return np.where(np.abs(x) < 3, x / 3 + one / 2, np.where(x > 0, one, 0 * one))


@LAYERS.register("erf")
@dataclass(frozen=True, kw_only=True)
class Erf(Activation):
    """y = erf x, which files in ONNX write GELU with."""

    def value(self, x: Floats) -> Floats:
        """Return the error function."""
        y: Floats = erf(x)
        return y

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return 2 exp(-x^2) / sqrt(pi)."""
        return np.exp(-x * x) * x.dtype.type(2 / np.sqrt(np.pi))


@LAYERS.register("gelu-tanh")
@dataclass(frozen=True, kw_only=True)
class GeluTanh(Activation):
    """y = x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2, close to :class:`Gelu`.

    Source: Hendrycks and Gimpel, arXiv:1606.08415, 2016.
    """

    def value(self, x: Floats) -> Floats:
        """Return the approximation."""
        return x * (1 + self._bent(x)) / 2

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return its derivative, (1 + t + x (1 - t^2) u') / 2 with t = tanh u."""
        t = self._bent(x)
        return (1 + t + x * (1 - t * t) * ROOT * (1 + 3 * CUBIC * x * x)) / 2

    def _bent(self, x: Floats) -> Floats:
        """Return tanh(sqrt(2 / pi) (x + 0.044715 x^3))."""
        return np.tanh(ROOT * (x + CUBIC * x * x * x))
