"""Line resistance made up for when weights are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from crossbar.checks import Checked
from crossbar.circuit.mapping import Window
from crossbar.circuit.planes import Plane, signs_of_each
from crossbar.displayed import Displayed
from crossbar.types import Doubles, Floats
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.circuit.array import Array


@dataclass(frozen=True, kw_only=True)
class LineCompensation(Checked, Displayed):
    """Cells are written to what makes the wired array compute the weights.

    Steps of Gauss and Newton: what a weight is off by in the exact operator of the array, divided
    by the attenuation of its cells, is added to them, as far as their range goes. What the cells of
    a weight have in common, as pairs about the middle of the range do, is left out, as it cancels
    and loads the lines; cells fall before others rise. Reference lines stay. Weights in need of
    more than the range are left short: ``mapping.headroom`` leaves room.

    Parameters
    ----------
    floor
        Where the lowest cell of a pair is put, relative to the range: away from the end where cells
        whose own bounds spread do not take their targets.
    steps
        Steps, each one exact operator of every array. The first leaves some 3 % of the error, and
        each other one a third of what is left, down to that of weights at the end of the range.

    Source: ours; the idea of correcting conductances for the drops of lines as in Liu et al.,
    ICCAD 2014 (reduction and IR-drop compensations).
    Valid for: ohmic cells that are near their targets; the resistances are taken to be known.
    """

    floor: float = quantity(
        0.0, share=True, low=0, high=0.5, remedy="At 0.5 pairs stay about the middle of the range.",
    )  # fmt: skip
    steps: int = quantity(3, low=1, high=100, remedy="3 do at 1 ohm.")

    def targets(self, array: Array, targets: Sequence[Floats]) -> list[Floats]:
        """Return conductances (lines, cols) [S] of every cell, with which lines give ``targets``.

        ``array`` has the wires; its own cells are not looked at.
        """
        assert array.wires is not None
        placement, (low, middle, high) = array.placement, array.device.window
        floor = low + self.floor * (high - low)
        feet = [np.full(cells.g.shape, middle) for cells in array.groups[len(targets) :]]
        groups = [*(np.array(target, np.float64) for target in targets), *feet]
        for k, g in enumerate(placement.collect(groups)):
            height, width = placement.shapes[k]
            own = g[:height, :width].reshape(height, -1, placement.cells)
            wanted = _weights(g, own.shape, placement.planes)
            _lower(own, placement.planes, (floor, high))
            g[:height, :width] = own.reshape(height, width)
            for _ in range(self.steps):
                missing = wanted - _weights(array.wires.operator(g), own.shape, placement.planes)
                by = array.wires.estimate(g).attenuation[:height, :width].reshape(own.shape)
                _give(missing, own, by, placement.planes, (low, floor, high))
                g[:height, :width] = own.reshape(height, width)
            placement.scatter(k, g, groups)
        return list(groups[: len(targets)])


def _weights(seen: Doubles, shape: tuple[int, ...], planes: Sequence[Plane]) -> Doubles:
    """Return the signed conductances (planes, lines, cols) that a physical array has [S]."""
    height, width, cells = shape
    split = seen[:height, : width * cells].reshape(shape)
    each = split @ np.array(signs_of_each(planes), float).T
    each -= seen[:height, -1, np.newaxis, np.newaxis] * [plane.references for plane in planes]
    weights: Doubles = np.moveaxis(each, 2, 0)
    return weights


def _lower(g: Doubles, planes: Sequence[Plane], span: tuple[float, float]) -> None:
    """Take from cells ``g`` (lines, cols, cells) what cancels within their planes.

    The lowest cell of a weight is put at the begin of ``span``, and lower where the highest one
    would leave it.
    """
    for plane, own in zip(planes, _cells(planes), strict=True):
        if sum(plane.signs) == 0:
            lowest, highest = (end(g[..., own], axis=-1, keepdims=True) for end in (np.min, np.max))
            g[..., own] -= np.maximum(lowest - span[0], highest - span[1])


def _give(missing: Doubles, g: Doubles, by: Doubles, planes: Sequence[Plane], span: Window) -> None:
    """Add to cells ``g`` (lines, cols, cells) what their weights miss, as far as they can.

    Cells fall before others rise, and below the middle of ``span`` at last. ``by`` is how much of a
    change of each cell its line senses.
    """
    low, floor, high = span
    for plane, own, left in zip(planes, _cells(planes), missing, strict=True):
        for some, least in ((np.minimum, floor), (np.maximum, floor), (np.minimum, low)):
            for k, sign in zip(range(own.start, own.stop), plane.signs, strict=True):
                change = some(sign * left / by[..., k], 0.0)
                moved = np.clip(g[..., k] + change, np.minimum(g[..., k], least), high) - g[..., k]
                g[..., k] += moved
                left -= sign * moved * by[..., k]


def _cells(planes: Sequence[Plane]) -> list[slice]:
    """Return which cells of a weight are those of each plane."""
    ends = np.cumsum([len(plane.signs) for plane in planes]).tolist()
    return [slice(end - len(plane.signs), end) for plane, end in zip(planes, ends, strict=True)]
