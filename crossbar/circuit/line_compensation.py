"""Line resistance made up for when weights are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from crossbar.checks import Checked
from crossbar.circuit.clipping import cut
from crossbar.circuit.closed_loop import ClosedLoop
from crossbar.circuit.layout import Layout
from crossbar.circuit.mapping import Mapping, Window
from crossbar.circuit.placement import Placement
from crossbar.circuit.signed_cells import SignedCells
from crossbar.devices import Programming, Tally
from crossbar.displayed import Displayed
from crossbar.errors import fail
from crossbar.types import Doubles, Floats, Rng
from crossbar.units import quantity

if TYPE_CHECKING:
    from crossbar.circuit.array import Array
    from crossbar.wires import Wires
    from crossbar.wires.estimate import Estimate

GROWTH, MOST = 1.1, 100.0  # of the largest weight from one try to the next, and in all
TRIES = 6  # steps by which it is judged, with estimates
NEAR = 0.01  # of the largest weight, by which a weight may miss


@dataclass(frozen=True, kw_only=True)
class LineCompensation(Checked, Displayed):
    """Cells are written to what makes the wired array compute the weights.

    Steps of Gauss and Newton: what a weight is off by in the exact operator of the array, divided
    by the attenuation of its cells, is added to them, as far as their range goes. What the cells of
    a weight have in common, as pairs about the middle of the range do, is left out, as it cancels
    and loads the lines; cells fall before others rise. Reference lines stay. Weights in need of
    more than the range are left short, unless ``short`` makes room for them.

    Parameters
    ----------
    floor
        Where the lowest cell of a pair is put, relative to the range: away from the end where cells
        whose own bounds spread do not take their targets.
    steps
        Steps, each one exact operator of every array. The first leaves some 3 % of the error, and
        each other one a third of what is left, down to that of weights at the end of the range.
    short
        Share of the weights of an array that may be left short. The largest weight that the range
        holds is raised, by tenths, until no more are: all weights then take less of it, load the
        lines less, and far cells have room. None: it is what the mapping says.
    loop
        How cells that came out otherwise are made up for after writing; None: they are not.

    Source: ours; the idea of correcting conductances for the drops of lines as in Liu et al.,
    ICCAD 2014 (reduction and IR-drop compensations).
    Valid for: ohmic cells that are near their targets, or read back (``loop``); the resistances are
    taken to be known.
    """

    floor: float = quantity(
        0.0, share=True, low=0, high=0.5, remedy="At 0.5 pairs stay about the middle of the range.",
    )  # fmt: skip
    steps: int = quantity(3, low=1, high=100, remedy="3 do at 1 ohm.")
    short: float | None = quantity(
        None, share=True, low=0, high=1, remedy="0.001 leaves one weight of a thousand short.",
    )  # fmt: skip
    loop: ClosedLoop | None = None

    def fitted(
        self, mapping: Mapping, weights: Floats, layout: Layout, window: Window, wires: Wires
    ) -> Mapping:
        """Return ``mapping`` with room for what ``weights`` (rows, cols) need behind ``wires``.

        It is judged by estimates of the lines, which take no solution. Raises ConfigError where
        lines take nearly all of what cells conduct.
        """
        if self.short is None or not weights.any():
            return mapping
        most = MOST * mapping.limit
        one = replace(layout, copies=1)
        placement = Placement(one, mapping.planes, mapping.reference)
        for block in range(one.arrays):
            while self._short(mapping, weights, placement, block, window, wires) > self.short:
                mapping = replace(mapping, w_max=GROWTH * mapping.limit)
                if mapping.limit > most:
                    expected = f"lines behind which cells have room for weights {MOST:g} times less"
                    remedy = "Take smaller arrays (tile.size), or lines that resist less."
                    fail("LineCompensation.short", expected, "lines without", remedy)
        return mapping

    def _short(
        self, mapping: Mapping, weights: Floats, placement: Placement, block: int, window: Window,
        wires: Wires,
    ) -> float:  # fmt: skip
        """Return the share of the weights of an array that need more than the range."""
        low, middle, high = window
        targets = mapping.targets(cut(weights, mapping).astype(np.float64), window)
        g = placement.gather(block, [*targets, *placement.edges(middle)])
        cells = SignedCells.of(placement, block, self._span(window))
        left = _approached(cells, g, wires, TRIES, lambda _, estimate: estimate.transfer)
        needed = np.abs(weights).max() / mapping.limit * (high - low)
        return float(np.mean(np.abs(left) > NEAR * needed))

    def targets(self, array: Array, targets: Sequence[Floats]) -> list[Floats]:
        """Return conductances (lines, cols) [S] of every cell, with which lines give ``targets``.

        ``array`` has the wires; its own cells are not looked at.
        """
        wires, placement, window = array.wires, array.placement, array.device.window
        assert wires is not None
        groups = [*(np.array(t, np.float64) for t in targets), *placement.edges(window[1])]
        for k, g in enumerate(placement.collect(groups)):
            cells = SignedCells.of(placement, k, self._span(window))
            _approached(cells, g, wires, self.steps, lambda g, _: wires.operator(g))
            placement.scatter(k, g, groups)
        return list(groups[: len(targets)])

    def close(
        self, array: Array, targets: Sequence[Floats], tally: Tally, *, rng: Rng,
        way: Programming | None,
    ) -> None:  # fmt: skip
        """Make up for what cells of ``array`` came out as, if ``loop`` says how; add to ``tally``.

        ``targets`` [S] are what ideal lines would have of every cell. Weights that are missed in
        the end take the place of cells that were.
        """
        if self.loop is not None:
            tally.missed = 0.0
            span = self._span(array.device.window)
            tally.add(self.loop.correct(array, targets, span, rng=rng, way=way))

    def _span(self, window: Window) -> Window:
        """Return the lowest conductance, the floor of pairs, and the highest conductance [S]."""
        low, _, high = window
        return low, low + self.floor * (high - low), high


def _approached(
    cells: SignedCells, g: Doubles, wires: Wires, steps: int,
    transfer: Callable[[Doubles, Estimate], Doubles],
) -> Doubles:  # fmt: skip
    """Bring ``g`` [S] of an array to what lines see as the weights of it that ideal lines see.

    ``transfer`` says what the lines see. Returns what weights missed before the last step [S].
    """
    wanted, own = cells.weights(g), cells.own(g)
    cells.lower(own)
    cells.put(own, g)
    left = wanted
    for _ in range(steps):
        estimate = wires.estimate(g)
        left = wanted - cells.weights(transfer(g, estimate))
        cells.give(left, own, cells.own(estimate.attenuation))
        cells.put(own, g)
    return left
