"""Where windows lie that slide over an image or a sequence: cut out, and added up again."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from crossbar.errors import ShapeError, fail, message, shown
from crossbar.nn.layers.place import Shape
from crossbar.types import Floats, Integers

Sides = int | tuple[int, ...]
SAME = "same"
WANTED = {1: "samples (length[, channels])", 2: "samples (height, width[, channels])"}


@dataclass(frozen=True)
class WindowGrid:
    """Windows on samples of ``sides`` entries along each side, channels behind them.

    Entry k of window p lies at ``stride p - low + dilation k`` along a side; what lies outside of
    the sample is padding.

    Parameters
    ----------
    sides, kernel, stride, dilation
        One number a side: two for images, one for sequences.
    pads
        Entries of padding before and behind each side, (low, high).
    """

    sides: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]

    @classmethod
    def on(
        cls,
        shape: Shape,
        dimensions: int,
        where: str,
        *,
        kernel: Sides,
        stride: Sides = 1,
        padding: Sides | str = 0,
        dilation: Sides = 1,
    ) -> WindowGrid:
        """Return the windows of the layer ``where`` on samples of ``shape``, or raise.

        ``padding`` is a number of entries on every side, or one a side, or those before every
        side and then those behind; or ``"same"``: as many as make ``ceil(side / stride)`` windows,
        the odd one behind.

        Raises
        ------
        ShapeError
            If samples have another number of axes, or are smaller than a window.
        ConfigError
            If a parameter has another number of sides.
        """
        if len(shape) not in (dimensions, dimensions + 1):
            remedy = "Put a Reshape before it, or use the layer for as many axes."
            raise ShapeError(message(f"{where}.input", WANTED[dimensions], shape, remedy))
        sides = shape[:dimensions]
        each = {"kernel": kernel, "stride": stride, "dilation": dilation}
        kernels, strides, dilations = (
            _sides(f"{where}.{name}", value, dimensions) for name, value in each.items()
        )
        spans = tuple(d * (k - 1) + 1 for k, d in zip(kernels, dilations, strict=True))
        if isinstance(padding, str):
            pads = tuple(map(_same, sides, strides, spans))
        else:
            pads = _pads(f"{where}.padding", padding, dimensions)
        grid = cls(sides, kernels, strides, pads, dilations)
        if min(grid.outputs) < 1:
            expected = f"samples of at least {'x'.join(map(str, spans))} with their padding"
            raise ShapeError(message(f"{where}.kernel", expected, shape, "Use a smaller kernel."))
        return grid

    @cached_property
    def outputs(self) -> tuple[int, ...]:
        """Windows along each side; what is left behind the last whole one is not read."""
        return tuple(
            (side + low + high - dilation * (kernel - 1) - 1) // stride + 1
            for side, kernel, stride, (low, high), dilation in self._axes
        )

    @property
    def plain(self) -> bool:
        """Whether square windows lie densely inside of an image: nothing but a side of theirs."""
        square = len(self.kernel) == 2 and len({*self.kernel}) == 1
        return square and {*self.stride, *self.dilation} == {1} and not any(map(any, self.pads))

    @property
    def _axes(self) -> list[tuple[int, int, int, tuple[int, int], int]]:
        axes = zip(self.sides, self.kernel, self.stride, self.pads, self.dilation, strict=True)
        return list(axes)

    @cached_property
    def index(self) -> Integers:
        """Entry of the flattened sample (positions, entries of a window); one past the last: pad.

        Positions and entries run along rows, then columns.
        """
        at, outside = np.zeros((1, 1), np.intp), np.zeros((1, 1), bool)
        for count, (side, kernel, stride, (low, _), dilation) in zip(
            self.outputs, self._axes, strict=True
        ):
            along = np.arange(count)[:, None] * stride - low + np.arange(kernel) * dilation
            shape = (len(at) * count, at.shape[1] * kernel)
            at = (at[:, None, :, None] * side + along[None, :, None, :]).reshape(shape)
            beyond = ((along < 0) | (along >= side))[None, :, None, :]
            outside = (outside[:, None, :, None] | beyond).reshape(shape)
        return np.where(outside, math.prod(self.sides), at)

    @cached_property
    def covers(self) -> Integers:
        """Entries of the flattened windows that lie on each entry of the sample, (entries, most).

        One past the last stands where fewer than ``most`` do.
        """
        size, flat = math.prod(self.sides), self.index.ravel()
        order = np.argsort(flat, kind="stable")
        inside = order[: np.searchsorted(flat[order], size)]
        on, counts = flat[inside], np.bincount(flat[inside], minlength=size)
        first = np.cumsum(counts) - counts
        table = np.full((size, max(1, int(counts.max()))), flat.size)
        table[on, np.arange(on.size) - first[on]] = inside
        return table

    def cut(self, x: Floats, pad: float = 0.0) -> Floats:
        """Return the windows (n, positions, entries, channels) of ``x`` (n, *sides[, channels])."""
        flat = x.reshape(len(x), math.prod(self.sides), -1)
        return _extended(flat, pad).take(self.index, axis=1)

    def overlapped(self, parts: Floats) -> Floats:
        """Return the samples (n, entries, channels) that ``parts`` of windows add up to.

        It is the transpose of :meth:`cut`.
        """
        flat = parts.reshape(len(parts), self.index.size, -1)
        total: Floats = _extended(flat, 0.0).take(self.covers, axis=1).sum(axis=2)
        return total


def _extended(flat: Floats, pad: float) -> Floats:
    """Return ``flat`` (n, entries, channels) as floats with one more entry ``pad``."""
    dtype = np.result_type(flat.dtype, np.float32)
    edge = np.full((len(flat), 1, flat.shape[2]), pad, dtype)
    return np.concatenate([flat, edge], axis=1)


def _same(side: int, stride: int, span: int) -> tuple[int, int]:
    """Return the padding that makes ``ceil(side / stride)`` windows of ``span`` entries."""
    missing = max(0, (math.ceil(side / stride) - 1) * stride + span - side)
    return missing // 2, missing - missing // 2


def _pads(where: str, padding: Sides, dimensions: int) -> tuple[tuple[int, int], ...]:
    """Return the padding before and behind each side, or raise."""
    if isinstance(padding, tuple) and len(padding) == 2 * dimensions:
        return tuple(zip(padding[:dimensions], padding[dimensions:], strict=True))
    return tuple((p, p) for p in _sides(where, padding, dimensions))


def _sides(where: str, value: Any, dimensions: int) -> tuple[int, ...]:
    """Return one number a side, or raise."""
    each: tuple[int, ...] = (value,) * dimensions if isinstance(value, int) else value
    if len(each) != dimensions:
        fail(where, f"one number, or {dimensions}", shown(value), "Give one a side.")
    return each
