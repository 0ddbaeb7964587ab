"""Reads of the windows of samples that are not laid out before."""

from __future__ import annotations

from typing import Protocol

from crossbar.types import Floats, Integers, Rng


class Sliding(Protocol):
    """A read of all windows of images at once: the fast path of a convolution."""

    def __call__(self, x: Floats, kernel: int, *, rng: Rng) -> Floats:
        """Return the products (n, positions, cols) of W and the windows of ``x``.

        ``x`` is (n, height, width[, channels]); positions run along rows, then columns, and
        entries of a square window of side ``kernel`` along rows, columns, channels.
        """


class Cutting(Protocol):
    """A read of windows that it cuts from samples, each entry of which is converted once."""

    def __call__(self, x: Floats, index: Integers, *, values: int, rng: Rng) -> Floats:
        """Return the products (n, positions, cols) of W and windows of ``x``.

        ``x`` is (n, entries, channels), ``index`` (positions, entries of a window) says which
        entries a window has; one past the last is 0. A row more than entries of a window times
        channels is driven with 1. ``values`` as in :meth:`Weights.matvec`.
        """
