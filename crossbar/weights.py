"""What a layer needs of its weights, whatever holds them."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Self

import numpy as np

from crossbar.activity import Activity
from crossbar.types import Floats
from crossbar.windows import windows

Order = Callable[[Floats, int], Floats]


class Weights(ABC):
    """State that holds one weight matrix (rows, cols): reads it, transposed too, and changes it.

    Samples come first: x is (n, rows), or (n, positions, rows) where one sample has several
    vectors that share a gain (the windows of a convolution).
    """

    name: str
    activity: Activity

    @property
    @abstractmethod
    def weights(self) -> Floats:
        """What the chip would show when read back without noise, (copies, rows, cols)."""

    @abstractmethod
    def matvec(self, x: Floats, *, rng: np.random.Generator, values: int | None = None) -> Floats:
        """Return x @ W, (n, cols) or (n, positions, cols).

        ``values`` is how many values were scaled to make x, where positions share some (the
        pixels of overlapping windows); None for all of x.
        """

    @abstractmethod
    def rmatvec(self, d: Floats, *, rng: np.random.Generator) -> Floats:
        """Return d @ W.T by a transposed read, (n, rows) or (n, positions, rows)."""

    @abstractmethod
    def update(self, x: Floats, d: Floats, rate: float, *, rng: np.random.Generator) -> None:
        """Change W by ``-rate x^T d``, sample after sample (positions of one sample at once)."""

    def convolve(self, x: Floats, kernel: int, *, rng: np.random.Generator) -> Floats:
        """Return the products (n, positions, cols) of W and the windows of images ``x``.

        ``x`` is (n, height, width[, channels]), windows as in :func:`crossbar.windows.windows`.
        """
        return self.matvec(windows(x, kernel), rng=rng, values=x.size)

    def update_windows(
        self,
        x: Floats,
        kernel: int,
        d: Floats,
        rate: float,
        order: Order,
        *,
        rng: np.random.Generator,
    ) -> None:
        """Change W by ``-rate`` times the windows of ``x``, in ``order``, times ``d``, summed.

        ``d`` is (n, positions, cols).
        """
        self.update(order(windows(x, kernel), kernel), d, rate, rng=rng)

    @abstractmethod
    def aged(self, seconds: float) -> Weights:
        """Return a copy that has drifted until ``seconds`` after programming."""

    @abstractmethod
    def refresh(self) -> None:
        """Clear what rounding and the line-resistance policy let build up over many updates."""

    @abstractmethod
    def arrays(self) -> dict[str, Floats]:
        """Return the arrays that make up the state, by name, for a checkpoint."""

    def copy(self) -> Self:
        """Return an independent copy of the state."""
        return copy.deepcopy(self)

    @abstractmethod
    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""


class Substrate(ABC):
    """What weights are held in: a specification that programs :class:`Weights`."""

    def require_parts(self, parts: Sequence[str]) -> None:  # noqa: B027 (most need nothing)
        """Raise if the substrate says something about a part that is none of ``parts``."""

    def part(self, name: str) -> Substrate:
        """Return the substrate of the part ``name``, where parts differ."""
        return self

    def filled(self) -> Self:
        """Return the substrate for weights that have grown, without room for more."""
        return self

    @abstractmethod
    def program(
        self,
        weights: Floats,
        *,
        rng: np.random.Generator,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Weights:
        """Return new hardware that holds ``weights`` (rows, cols), ``copies`` times over."""
