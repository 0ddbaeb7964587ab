"""The reference network: LETI 2026, 28x28 -> 3 filters 4x4 -> 64 ReLU -> classes."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from crossbar.circuit.layout import LARGEST
from crossbar.nn.graph import NETWORKS, Network
from crossbar.nn.layers import activations, convolution
from crossbar.nn.layers.activations import Relu
from crossbar.nn.layers.convolution import Convolution
from crossbar.nn.layers.dense import Dense
from crossbar.nn.layers.dropout import Dropout, ExactDropout
from crossbar.units import quantity

Size: TypeAlias = Annotated[int, quantity(low=1, high=LARGEST)]


@NETWORKS.register("leti_cnn")
def leti_cnn(
    *,
    input_shape: tuple[int, ...] = (28, 28),
    classes: int = 2,
    filters: Size = 3,
    kernel: Size = 4,
    hidden: Size = 64,
    copies: Size = 1,
    dropout: Dropout = ExactDropout(),  # noqa: B008 (immutable)
    paper_literal_relu: bool = False,
    paper_literal_kernel: bool = False,
) -> Network:
    """Return the network of LETI 2026: 120 176 weights and 150 128 multiplications an image.

    Parameters
    ----------
    input_shape, classes
        Shape of a sample, and outputs.
    filters
        Filters.
    kernel
        Side of a filter (pixels).
    hidden
        Hidden neurons.
    copies
        Copies of the convolution array, B, 1 to 625.
    dropout
        Dropout behind the hidden layer.
    paper_literal_relu, paper_literal_kernel
        Take eq 12 without the derivative of the rectifier, or eq 16 with the kernel transposed,
        as printed. For study: the first slows or breaks training, the second costs accuracy.

    Source: Petrov, Ryndin, Andreeva, Computer Research and Modeling 18(1):81, 2026; print gives
    32x2 for the output layer, which holds for the half kept by dropout.
    """
    derivative = activations.paper_literal if paper_literal_relu else activations.step
    order = convolution.paper_literal if paper_literal_kernel else convolution.same_order
    return Network(
        input_shape=input_shape,
        layers={
            "conv": Convolution(filters=filters, kernel=kernel, copies=copies, order=order),
            "fc": Dense(units=hidden),
            "relu": Relu(derivative=derivative),
            "dropout": dropout,
            "out": Dense(units=classes),
        },
    )
