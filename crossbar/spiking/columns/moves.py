"""How cells of columns move: by pairs of spikes, and a little by spikes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from crossbar.devices import Cells
from crossbar.devices.changes import change_cells
from crossbar.types import Doubles, Floats, Rng

if TYPE_CHECKING:
    from crossbar.spiking.columns.state import ColumnsState

PART = "columns"  # of activities
PROBED = np.linspace(0.0, 1.0, 33)  # states at which a spike alone is tried


class Moves:
    """Moves cells of a state and counts what that takes.

    Every spike reaches all cells of its line, and what it does there alone (half-select disturb) is
    kept as a number of spikes, and worked out when the column moves next: the change by many is
    taken for their number times that by one. Energies are those of the waveforms, or, where cells
    have pulses of their own, those of their pulses alone.
    """

    def __init__(self, state: ColumnsState) -> None:
        self.state = state
        self.pre = np.zeros((state.lines, state.count))
        self.post = np.zeros(state.count)
        once = state.spec.rule.isolated(PROBED)
        self.disturbs = any(np.any(part) for part in once)
        self.pulsed = state.memory.quantum > 0

    def learn(self, winner: int, lags: Floats, rng: Rng) -> None:
        """Move the cells of the ``winner`` by the ``lags`` (lines,) [s] of its spike.

        A lag of minus infinity stands for a line that did not spike.
        """
        state, spiked = self.state, np.isfinite(lags)
        rule, cells = state.spec.rule, state.cells[winner]
        if self.disturbs:
            self.pre[spiked] += 1
            self.post[winner] += 1
            self._settle(winner)
        share = _share(cells)
        x = rule.state(share)
        lags = lags / state.slow[winner]
        to = rule.share(x + rule.change(lags, x))
        self._move(winner, to - share, rng)
        self._spent(rule.energy(lags, x))

    def settle(self) -> None:
        """Work out what spikes alone did to all columns."""
        for k in range(self.state.count):
            self._settle(k)

    def _settle(self, column: int) -> None:
        """Work out what spikes alone did to the cells of a column."""
        pre, post = self.pre[:, column], self.post[column]
        if not post and not pre.any():
            return
        state, cells = self.state, self.state.cells[column]
        rule, share = state.spec.rule, _share(cells)
        x = rule.state(share)
        one = rule.isolated(x)
        self._spent(pre * one.energy_pre + post * one.energy_post)
        to = rule.share(np.clip(x + pre * one.pre + post * one.post, 0.0, 1.0))
        cells.write(cells.g + ((to - share) * _range(cells))[:, None])
        state.g[:, column] = cells.g[:, 0]
        self.pre[:, column] = self.post[column] = 0.0

    def _spent(self, energies: Floats) -> None:
        """Count the energies [J] of waveforms, unless pulses of the cells take their place."""
        if not self.pulsed:
            self.state.activity.add(PART, "write_energy", float(np.sum(energies)))

    def _move(self, column: int, share: Doubles, rng: Rng) -> None:
        """Ask the cells of a column for changes by ``share`` (lines,) of their ranges."""
        state, cells = self.state, self.state.cells[column]
        wanted = share * _range(cells)
        tally = change_cells(cells, wanted[:, None], rng=rng)
        state.g[:, column] = cells.g[:, 0]
        volts, seconds = state.memory.write_pulse
        for event, amount in (
            ("pulses", tally.pulses),
            ("cells_changed", tally.changed),
            ("saturated", tally.saturated),
            ("write_energy", volts**2 * seconds * tally.conductance),
        ):
            state.activity.add(PART, event, amount)


def _share(cells: Cells) -> Doubles:
    """Return where cells stand in their own ranges, (lines,), from 0 to 1."""
    share = (cells.g - cells.low) / (cells.high - cells.low)
    return np.clip(share[:, 0], 0.0, 1.0).astype(np.float64)


def _range(cells: Cells) -> Doubles:
    """Return the ranges of the cells [S], (lines,)."""
    wide = np.broadcast_to(np.asarray(cells.high) - np.asarray(cells.low), cells.g.shape)
    return wide[:, 0].astype(np.float64)
