"""A read of a chip inside of a gradient: forward through hardware, backward straight through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from crossbar.torch.base import Function, torch
from crossbar.types import Rng

if TYPE_CHECKING:
    from crossbar.substrates.port import Weights
    from crossbar.substrates.tile_state import TileState


Slices = tuple[tuple[slice, float], ...]


class Reading(NamedTuple):
    """What reads a layer.

    Attributes
    ----------
    held
        The programmed weights.
    rng
        Draws the noise.
    written
        What was programmed, without errors.
    slices
        Rows of each array whose currents are converted apart, and the share of the full scale of
        the first that theirs is; none where the range of outputs does not learn.
    """

    held: Weights
    rng: Rng
    written: Any
    slices: Slices = ()


class Read(Function):
    """y = x W through the chip; gradients are those of the exact product.

    That of x takes the weights that the chip holds, W' with their errors, as they were read:
    ``d W'^T``. That of W is ``D = x^T d``, and goes to the weights that were programmed.

    With a range w of weights, whose errors are in proportion to it, its gradient is that of the
    errors, the sum of ``D (W' - W) / w``. With a range r of outputs, what converters cut passes no
    gradient, and that of r is the sum of ``d dy/dr``: the sign of a current that is cut, and the
    error of a conversion over r else.

    Source: straight-through estimation, Bengio et al., arXiv:1308.3432; of ranges Esser et al.,
    ICLR 2020.
    """

    @staticmethod
    def forward(ctx: Any, x: Any, matrix: Any, limit: Any, full: Any, reading: Reading) -> Any:
        """Return the outputs for vectors ``x`` (n, rows) or (n, positions, rows).

        ``limit`` and ``full`` are the ranges of weights and outputs; None for none that learn.
        """
        held = reading.held
        outputs = torch.from_numpy(held.matvec(x.detach().numpy(), rng=reading.rng)).to(x.dtype)
        weights = torch.from_numpy(held.weights.mean(axis=0)).to(x.dtype)
        ctx.save_for_backward(x, weights, limit, full, outputs)
        ctx.reading = reading
        return outputs

    @staticmethod
    def backward(ctx: Any, d: Any) -> tuple[Any, ...]:
        """Return the gradients of x, of the matrix and of the ranges."""
        x, weights, limit, full, outputs = ctx.saved_tensors
        rows, cols = weights.shape
        flat, last = x.reshape(-1, rows), d.reshape(-1, cols)
        if full is None:
            of_x, of_matrix, of_full = last @ weights.T, flat.T @ last, None
        else:
            of_x, of_matrix, of_full = _within(
                full, ctx.reading.slices, flat, last, weights, outputs
            )
        of_limit = None
        if limit is not None:
            of_limit = (of_matrix * (weights - ctx.reading.written)).sum() / limit
        return of_x.reshape(x.shape), of_matrix, of_limit, of_full, None


def _within(
    full: Any, slices: Slices, x: Any, d: Any, weights: Any, outputs: Any
) -> tuple[Any, Any, Any]:
    """Return the gradients of x, of the matrix and of the range ``full``, array by array."""
    of_x, of_matrix = torch.zeros_like(x), torch.zeros_like(weights)
    left, of_full = outputs.reshape(d.shape).clone(), torch.zeros_like(full)
    for part, share in slices:
        exact, limit = x[:, part] @ weights[part], full * share
        inside = exact.abs() <= limit
        passed = d * inside
        of_x[:, part] = passed @ weights[part].T
        of_matrix[part] = x[:, part].T @ passed
        left -= exact.clamp(-limit, limit)
        of_full += share * (d * exact.sign() * ~inside).sum()
    return of_x, of_matrix, of_full + (d * left).sum() / full


def converted(tile: TileState) -> tuple[Slices, float]:
    """Return the rows of each array of ``tile``, and its full scale at a reach of 1.

    The share is that of the full scale of the first array; the full scale is in outputs, where the
    largest input is 1.
    """
    slices = tile.array.layout.row_slices()
    cells = np.array([part.stop - part.start for part in slices])
    shares = np.sqrt(cells / cells[0]).tolist()
    return tuple(zip(slices, shares, strict=True)), tile.sensing.amplifier(int(cells[0]))
