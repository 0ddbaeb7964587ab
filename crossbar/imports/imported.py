"""A network that was trained elsewhere: graph, weights, and what was made of its file."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.circuit.blocks import Blocks
from crossbar.displayed import Displayed
from crossbar.nn import Chip, CrossEntropy, Loss, Network, SquaredError
from crossbar.progress import Progress, shown
from crossbar.random import Streams
from crossbar.substrates.port import Substrate
from crossbar.types import Floats


@dataclass(frozen=True, kw_only=True)
class Imported(Displayed):
    """A network with its weights, for a chip on any substrate.

    Attributes
    ----------
    network
        The graph. Samples have the axes of the file, without the batch.
    weights
        What :meth:`~crossbar.nn.Network.build` takes: matrices by the name of their layer
        (``NAME.group0`` ... of a convolution in groups), and what stays digital.
    softmax
        Whether the file ends with a softmax. The network ends before it: the softmax is that of
        the loss ``cross-entropy``.
    origins
        Name of the node in the file by layer.
    notes
        What was done to the file besides, a sentence each.
    """

    network: Network
    weights: dict[str, Floats]
    softmax: bool
    origins: dict[str, str]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        ends = f"{self.network.input_shape} to {self.network.outputs} outputs"
        matrices = self.network.matrices
        size = sum(matrix.rows * matrix.cols for matrix in matrices)
        layers = f"{len(self.network.nodes)} layers"
        return f"<Imported {ends}, {layers}, {size} weights in {len(matrices)} matrices>"

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one sample, with the axes of the file."""
        return self.network.input_shape

    def build(
        self,
        substrate: Substrate,
        streams: Streams,
        *,
        blocks: Blocks | None = None,
        loss: Loss | None = None,
        progress: Progress = shown,
    ) -> Chip:
        """Return a chip with these weights; see :meth:`crossbar.nn.Network.build`.

        ``chip.scores`` are the outputs of the file, flattened, before its last softmax if it has
        one; with cross-entropy ``chip.outputs`` are those after it. ``loss`` None is cross-entropy
        where there are two outputs or more, else the squared error.
        """
        if loss is None:
            loss = CrossEntropy() if self.network.outputs > 1 else SquaredError()
        return self.network.build(
            substrate, streams, blocks=blocks, loss=loss, weights=self.weights, progress=progress
        )
