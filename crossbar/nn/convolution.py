"""A convolution as matrix product of windows, on one or many copies of its array."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from crossbar.activity import Activity
from crossbar.checks import check_fields
from crossbar.circuit.layout import LARGEST
from crossbar.errors import fail
from crossbar.nn.base import Layer, Shape, WeightedState
from crossbar.nn.dense import GAIN, initial
from crossbar.random import Streams
from crossbar.substrates.port import Order, Substrate, Weights
from crossbar.substrates.windows import overlapped
from crossbar.types import Floats
from crossbar.units import quantity


def same_order(x: Floats, kernel: int) -> Floats:
    """Return windows, or sums of them, (..., kernel * kernel * channels) as they are."""
    return x


def paper_literal(x: Floats, kernel: int) -> Floats:
    """Return windows with rows and columns exchanged: eq 16 as printed. For study only."""
    parts = x.reshape(*x.shape[:-1], kernel, kernel, x.shape[-1] // kernel**2)
    return np.ascontiguousarray(np.swapaxes(parts, -3, -2)).reshape(x.shape)


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

    def output_shape(self, input_shape: Shape) -> tuple[int, int, int]:
        """Return (height, width, filters)."""
        height, width = (side - self.kernel + 1 for side in input_shape[:2])
        if len(input_shape) not in (2, 3) or min(height, width) < 1:
            expected = f"images of at least {self.kernel}x{self.kernel}"
            fail("Convolution.kernel", expected, str(input_shape), "Use a smaller kernel.")
        if self.copies > height * width:
            expected = f"at most one copy a window, {height * width}"
            fail("Convolution.copies", expected, str(self.copies), "More copies stand idle.")
        return (height, width, self.filters)

    def matrix(self, input_shape: Shape) -> tuple[int, int, int]:
        """Return inputs of a window, filters and windows a sample."""
        height, width, filters = self.output_shape(input_shape)
        return self.kernel**2 * math.prod(input_shape[2:]), filters, height * width

    def build(
        self,
        name: str,
        input_shape: Shape,
        substrate: Substrate,
        streams: Streams,
        activity: Activity,
        weights: Floats | None = None,
    ) -> ConvolutionState:
        """Write ``weights``, or an initial kernel, to every copy."""
        out = self.output_shape(input_shape)
        channels = math.prod(input_shape[2:])
        shape = (self.kernel**2 * channels, self.filters)
        if weights is None:
            weights = initial(shape, self.gain, streams("initial", layer=name))
        held = substrate.program(
            weights,
            rng=streams("program", layer=name),
            copies=self.copies,
            name=name,
            activity=activity,
        )
        return ConvolutionState(name, held, self.kernel, out, self.order)


class ConvolutionState(WeightedState):
    """A convolution on the chip."""

    def __init__(self, name: str, held: Weights, kernel: int, out: Shape, order: Order) -> None:
        self.name = name
        self.order = order
        self.held = held
        self.kernel = kernel
        self.out = out
        self.x: Floats = np.empty(0)
        self.d: Floats = np.empty(0)

    def infer(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the feature maps (n, height, width, filters)."""
        return self.held.read_windows(x, self.kernel, rng=rng).reshape(len(x), *self.out)

    def forward(self, x: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the feature maps and keep the images."""
        self.x = x
        return self.infer(x, rng=rng)

    def receive(self, d: Floats) -> None:
        """Keep d as (n, positions, filters)."""
        self.d = d.reshape(len(d), -1, self.out[2])

    def backward(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return the gradient at the image: transposed reads, added where windows overlap."""
        back = self.held.read_back(d.reshape(len(d), -1, self.out[2]), rng=rng)
        return overlapped(back, self.kernel, self.x.shape[1:])

    def update(self, rate: float, *, rng: np.random.Generator) -> None:
        """Offer S_M^T G_L (eq 15, 16), summed over the windows of each image."""
        self.held.change_windows(self.x, self.kernel, self.d, rate, self.order, rng=rng)
