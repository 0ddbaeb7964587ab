"""A convolution as matrix product of windows, on one or many copies of its array."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from crossbar.checks import check_fields
from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail
from crossbar.nn.layers.base import LAYERS, Layer, LayerState, Matrix, Place, Shape
from crossbar.nn.layers.dense import GAIN
from crossbar.nn.layers.windows import correlated, overlapped, windows
from crossbar.types import Floats
from crossbar.units import quantity

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
class Convolution(Layer):
    """C = S_M K (eq 8): square windows, stride 1, no padding, no activation, no bias.

    Parameters
    ----------
    filters
        Number of output channels.
    kernel
        Side of the window.
    copies
        Arrays that hold K; window p is read on copy p mod copies, so that an image of P windows
        takes ceil(P / copies) cycles. Copies are updated alike, each through its own cells.
    gain
        Variance of the initial weights times the number of inputs of a window.
    order
        Order of the window in the gradient of the kernel: :func:`same_order` as in the forward
        read, or :func:`paper_literal` for study.
    """

    filters: int = quantity(3, low=1, high=LARGEST)
    kernel: int = quantity(4, low=1, high=LARGEST)
    copies: int = quantity(1, low=1, high=LARGEST)
    gain: float = quantity(2.0, low=1e-12, high=1e6, remedy=GAIN)
    order: Order = same_order

    def __post_init__(self) -> None:
        check_fields(self)

    def output_shape(self, *inputs: Shape) -> tuple[int, int, int]:
        """Return (height, width, filters)."""
        (shape,) = inputs
        height, width = (side - self.kernel + 1 for side in shape[:2])
        if len(shape) not in (2, 3) or min(height, width) < 1:
            expected = f"images of at least {self.kernel}x{self.kernel}"
            fail("Convolution.kernel", expected, str(shape), "Use a smaller kernel.")
        if self.copies > height * width:
            expected = f"at most one copy a window, {height * width}"
            fail("Convolution.copies", expected, str(self.copies), "More copies stand idle.")
        return (height, width, self.filters)

    def matrices(self, *inputs: Shape) -> tuple[Matrix]:
        """Return inputs of a window, filters and windows a sample."""
        (shape,), (height, width, filters) = inputs, self.output_shape(*inputs)
        rows = self.kernel**2 * math.prod(shape[2:])
        return (Matrix("weights", rows, filters, height * width, self.copies, self.gain),)

    def state(self, place: Place) -> ConvolutionState:
        """Return the convolution in hardware."""
        return ConvolutionState(place, self)


class ConvolutionState(LayerState):
    """A convolution on the chip."""

    def __init__(self, place: Place, spec: Convolution) -> None:
        super().__init__(place)
        self.spec = spec
        self.kernel = spec.kernel
        self.out = place.output
        self.x: Floats = np.empty(0)

    def infer(self, *inputs: Floats, rng: np.random.Generator) -> Floats:
        """Return the feature maps (n, height, width, filters)."""
        (x,), held = inputs, self.held["weights"]
        slide = held.sliding
        if slide is not None:
            y = slide(x, self.kernel, rng=rng)
        else:
            y = held.read(windows(x, self.kernel), rng=rng, values=x.size)
        return y.reshape(len(x), *self.out)

    def forward(self, *inputs: Floats, rng: np.random.Generator) -> Floats:
        """Return the feature maps and keep the images."""
        (self.x,) = inputs
        return self.infer(self.x, rng=rng)

    def backward(self, d: Floats, *, rng: np.random.Generator) -> tuple[Floats]:
        """Return the gradient at the image: transposed reads, added where windows overlap."""
        back = self.held["weights"].read_back(self._positions(d), rng=rng)
        return (overlapped(back, self.kernel, self.x.shape[1:]),)

    def pairs(self) -> dict[str, tuple[Floats, Floats]]:
        """Return the windows in the order of the gradient, and the gradients of their outputs."""
        laid = self.spec.order(windows(self.x, self.kernel), self.kernel)
        return {"weights": (laid, self._positions(self.d))}

    def update(self, rate: float, *, rng: np.random.Generator) -> None:
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
        return d.reshape(len(d), -1, self.out[-1])
