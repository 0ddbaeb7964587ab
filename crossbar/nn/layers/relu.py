"""Rectifying neurons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.nn.layers.activations import Activation
from crossbar.nn.layers.base import LAYERS
from crossbar.types import Floats

Derivative = Callable[[Floats], Floats]


def step(x: Floats) -> Floats:
    """Return the derivative of the rectifier, [x > 0]."""
    return (x > 0).astype(x.dtype)


def paper_literal(x: Floats) -> Floats:
    """Return 1: eq 12 as printed, without the derivative. For study: training slows or diverges."""
    return np.ones_like(x)


@LAYERS.register("relu")
@dataclass(frozen=True, kw_only=True)
class Relu(Activation):
    """y = max(x, 0).

    Parameters
    ----------
    derivative
        What gates the gradient: ``step``, or ``paper_literal`` for study.
    """

    derivative: Derivative = step
    event: ClassVar[str] = "relu"
    settling: ClassVar[tuple[str, ...]] = ("rectifier",)

    def value(self, x: Floats) -> Floats:
        """Return max(x, 0)."""
        return np.maximum(x, 0)

    def slope(self, x: Floats, y: Floats) -> Floats:
        """Return the derivative."""
        return self.derivative(x)
