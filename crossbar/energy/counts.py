"""How many operations a network takes, from the shapes of its weight matrices alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from crossbar.checks import Checked, require_whole
from crossbar.errors import fail
from crossbar.units import quantity

MOST = 10**18  # operations of one image
Matrix: TypeAlias = tuple[str, int, int, int]
"""Name, rows, cols of a weight matrix, and how many vectors an image sends through it."""


@dataclass(frozen=True, kw_only=True)
class OperationCounts(Checked):
    """Multiplications of one image in a dense network, and the weights that it holds.

    Attributes
    ----------
    forward
        In forward reads.
    transposed
        In transposed reads, which every matrix takes that has something that learns before it.
    outer
        Of weight gradients: signal times gradient.
    writes
        Weights, each changed once in a training step.

    Examples
    --------
    >>> counts = OperationCounts.of([("conv", 16, 3, 625), ("fc", 1875, 64, 1), ("out", 64, 2, 1)])
    >>> counts.forward, counts.training, counts.writes
    (150128, 420384, 120176)
    """

    forward: int = quantity(low=1, high=MOST)
    transposed: int = quantity(low=0, high=MOST)
    outer: int = quantity(low=1, high=MOST)
    writes: int = quantity(low=1, high=MOST)

    @property
    def backward(self) -> int:
        """Multiplications of the way back."""
        return self.transposed + self.outer

    @property
    def training(self) -> int:
        """Multiplications of a whole training step."""
        return self.forward + self.backward

    @classmethod
    def of(
        cls, matrices: Sequence[Matrix], foremost: Collection[str] | None = None
    ) -> OperationCounts:
        """Return the counts of ``matrices``, in the order of the network.

        ``foremost`` names those without a transposed read; None for the first alone.
        """
        if not matrices:
            fail("OperationCounts.of", "at least one weight matrix", "none", "Add a layer.")
        for name, *sizes in matrices:
            for what, size in zip(("rows", "cols", "vectors"), sizes, strict=True):
                require_whole(f"OperationCounts.of, matrix '{name}' {what}", size, low=1)
        first = {matrices[0][0]} if foremost is None else foremost
        macs = [(name, rows * cols * vectors) for name, rows, cols, vectors in matrices]
        forward = sum(each for _, each in macs)
        return cls(
            forward=forward,
            transposed=sum(each for name, each in macs if name not in first),
            outer=forward,
            writes=sum(rows * cols for _, rows, cols, _ in matrices),
        )
