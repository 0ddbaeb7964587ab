"""Where a layer stands, and the weight matrices that it asks for."""

from __future__ import annotations

from typing import NamedTuple

from crossbar.activity import Activity
from crossbar.substrates.port import Weights

Shape = tuple[int, ...]


class Matrix(NamedTuple):
    """One weight matrix of a layer.

    Attributes
    ----------
    part
        Name within the layer. Outside it is called after the node, or ``node.part`` if the layer
        holds several.
    rows, cols
        Lines that are driven (inputs, and a bias if there is one), and outputs.
    vectors
        Vectors that one sample sends through it.
    copies
        Arrays that hold it, among which the vectors of a sample are divided.
    gain
        Variance of the initial weights times ``rows``; see :meth:`Layer.initial`.
    loops
        Whether errors pass it within the layer, by transposed reads that no other layer asks for.
    """

    part: str
    rows: int
    cols: int
    vectors: int = 1
    copies: int = 1
    gain: float = 2.0
    loops: bool = False


class Place(NamedTuple):
    """Where a layer stands: its name, the shapes at its ends, and the weights programmed for it.

    ``held`` has the weights by their name within the layer, as :attr:`Matrix.part`.
    """

    name: str
    inputs: tuple[Shape, ...]
    output: Shape
    held: dict[str, Weights]
    activity: Activity
