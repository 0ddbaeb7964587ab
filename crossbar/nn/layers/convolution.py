"""A convolution as matrix product of windows, on one or many copies of its array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from crossbar.errors import fail
from crossbar.nn.layers.base import LAYERS, LayerState
from crossbar.nn.layers.place import Place, Shape
from crossbar.nn.layers.windowed import Windowed, WindowedState
from crossbar.nn.layers.windows import correlated, overlapped, windows
from crossbar.types import Floats, Rng

Order = Callable[[Floats, int], Floats]


def same_order(x: Floats, kernel: int) -> Floats:
    """Return windows, or sums of them, (..., kernel * kernel * channels) as they are."""
    return x


def paper_literal(x: Floats, kernel: int) -> Floats:
    """Return windows with rows and columns exchanged: eq 16 as printed. For study only."""
    parts = x.reshape(*x.shape[:-1], kernel, kernel, x.shape[-1] // kernel**2)
    return np.ascontiguousarray(np.swapaxes(parts, -3, -2)).reshape(x.shape)


@LAYERS.register("convolution")
@dataclass(frozen=True, kw_only=True)
class Convolution(Windowed):
    """A convolution of images, (height, width[, channels]).

    Parameters
    ----------
    order
        Order of the window in the gradient of the kernel: ``same_order`` as in the forward
        read, or ``paper_literal`` for study, of square windows side by side alone.
    """

    order: Order = same_order

    def dense(self, shape: Shape) -> bool:
        """Return whether square windows lie densely in images of ``shape`` and all read alike."""
        return self.grid(shape).plain and self.groups == 1 and not self.bias

    def output_shape(self, *inputs: Shape) -> Shape:
        """Return (height, width, filters)."""
        shape = super().output_shape(*inputs)
        if self.order is not same_order and not self.dense(inputs[0]):
            expected = "square windows at stride 1 without padding, dilation, groups and bias"
            fail("Convolution.order", expected, str(self), "Leave order as it is.")
        return shape

    def state(self, place: Place) -> LayerState:
        """Return the convolution in hardware, by the fast path of dense windows where it can."""
        dense = self.dense(place.inputs[0])
        return ConvolutionState(place, self) if dense else WindowedState(place, self)


@LAYERS.register("convolution-1d")
@dataclass(frozen=True, kw_only=True)
class Convolution1d(Windowed):
    """A convolution of sequences, (length[, channels])."""

    dimensions: ClassVar[int] = 1


class ConvolutionState(LayerState):
    """A convolution of dense square windows on the chip: stride 1, no padding, no bias."""

    def __init__(self, place: Place, spec: Convolution) -> None:
        super().__init__(place)
        self.spec = spec
        self.kernel = spec.grid(place.inputs[0]).kernel[0]
        self.x: Floats = np.empty(0)

    def infer(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the feature maps (n, height, width, filters)."""
        (x,), held = inputs, self.held["weights"]
        slide = held.sliding
        if slide is not None:
            y = slide(x, self.kernel, rng=rng)
        else:
            y = held.read(windows(x, self.kernel), rng=rng, values=x.size)
        return y.reshape(len(x), *self.output)

    def forward(self, *inputs: Floats, rng: Rng) -> Floats:
        """Return the feature maps and keep the images."""
        (self.x,) = inputs
        return self.infer(self.x, rng=rng)

    def backward(self, d: Floats, *, rng: Rng) -> tuple[Floats]:
        """Return the gradient at the image: transposed reads, added where windows overlap."""
        back = self.held["weights"].read_back(self._positions(d), rng=rng)
        return (overlapped(back, self.kernel, self.x.shape[1:]),)

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return the windows in the order of the gradient, and the gradients of their outputs."""
        laid = self.spec.order(windows(self.x, self.kernel), self.kernel)
        return {"weights": (laid, self._positions(self.d))}

    def update(self, rate: float, *, rng: Rng) -> None:
        """Offer S_M^T G_L (eq 15, 16), summed over the windows of each image."""
        held, d = self.held["weights"], self._positions(self.d)
        if not held.exact_products:  # each product of a window has its own error
            super().update(rate, rng=rng)
            return
        x: Floats = self.x.astype(held.dtype, copy=False)
        products = self.spec.order(correlated(x, d, self.kernel), self.kernel)
        multiplied = products.shape[2] * int(np.count_nonzero(d))
        held.offer(products, rate, multiplied, rng=rng)

    def _positions(self, d: Floats) -> Floats:
        """Return maps (n, height, width, filters) as (n, positions, filters)."""
        return d.reshape(len(d), -1, self.output[-1])
