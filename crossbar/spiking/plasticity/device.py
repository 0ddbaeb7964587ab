"""Plasticity as a memristor does it: the waveforms of two spikes and the equations of the cell."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from crossbar.devices import Device, IdealCell
from crossbar.devices.equations import CircuitCell
from crossbar.errors import fail
from crossbar.spiking.plasticity.exponential import LEAST, SideFit, fitted
from crossbar.spiking.plasticity.pairs import Moved, moved
from crossbar.spiking.plasticity.rule import Isolated, Plasticity
from crossbar.spiking.plasticity.waveform import SpikeWaveform
from crossbar.types import Floats

READ = np.linspace(0.0, 1.0, 1025)  # states of the table of conductances
STATES = 65  # of the table, equally far apart
FAR = 5.0  # time constants of a tail, beyond which a pair is two spikes alone
BEYOND, WITHIN = 128, 12  # lags of the table on each side, and between edges that overlap


class Window(NamedTuple):
    """A learning window: changes of the state ``x`` and energies [J] at ``lag`` (n,) [s].

    ``depression`` and ``potentiation`` are exponentials fitted to its sides.
    """

    x: float
    lag: Floats
    change: Floats
    energy: Floats
    depression: SideFit
    potentiation: SideFit


@dataclass(frozen=True, kw_only=True)
class DevicePlasticity(Plasticity):
    """Pairs move a memristor by its own law: dx/dt = rate(v, x) with v = post - pre.

    The postsynaptic spike drives the bit line and the presynaptic one the word line; a bit line
    above the word line raises the state (:func:`~crossbar.spiking.plasticity.pairs.polarity`).
    Either waveform alone is to stay below the thresholds of the cell; together, plateau on tail,
    they pass them. Nothing of the window is assumed: it is integrated from the equations, and the
    rule of a network reads a table of it, of lags and states, by linear interpolation.

    Parameters
    ----------
    cell
        Circuit of the cell.
    pre, post
        Waveforms on word line and bit line.

    Source: the scheme of overlapping spikes is that of Zamarreno-Ramos et al., Front. Neurosci.
    5:26, 2011; the waveforms are assumed.
    Valid for: ideal lines and drivers; spikes of one side further apart than their plateaus.
    """

    cell: CircuitCell
    pre: SpikeWaveform
    post: SpikeWaveform

    def change(
        self, lag: Floats | float, x: Floats | float, since: Floats | float = np.inf
    ) -> Floats:
        """Return the change of ``x``, from the table."""
        table = _table(self.cell, self.pre, self.post)
        return _between(table.lag, table.change, lag, x)

    def energy(self, lag: Floats | float, x: Floats | float) -> Floats:
        """Return the energy [J] of a pair beyond its spikes alone, from the table."""
        table = _table(self.cell, self.pre, self.post)
        return _between(table.lag, table.energy, lag, x)

    def isolated(self, x: Floats | float) -> Isolated:
        """Return what a spike alone does, from the table."""
        alone = _table(self.cell, self.pre, self.post).alone
        states = np.linspace(0.0, 1.0, STATES)
        return Isolated(*(np.asarray(np.interp(x, states, values)) for values in alone))

    def share(self, x: Floats | float) -> Floats:
        """Return the share of the range of conductances at ``x``, read as the cell asks for."""
        return np.asarray(np.interp(x, READ, self._shares))

    def state(self, share: Floats | float) -> Floats:
        """Return the state at a ``share`` of the range of conductances."""
        return np.asarray(np.interp(share, self._shares, READ))

    @property
    def _shares(self) -> Floats:
        """Shares of the range of conductances at the states READ."""
        g = self.cell.conductance(self.cell.pulses.v_read, READ)
        return np.asarray((g - g[0]) / (g[-1] - g[0]))

    def cells(self, v_read: float) -> Device:
        """Return cells with the conductances of the circuit, which go where its law takes them.

        A read has the sign that the read of the circuit has.

        Raises
        ------
        ConfigError
            If a read at ``v_read`` [V] would move the state.
        """
        volts = float(np.copysign(v_read, self.cell.pulses.v_read))
        if np.any(self.cell.rate(volts, READ) != 0.0):
            usual = abs(self.cell.pulses.v_read)
            fail("DevicePlasticity.cells.v_read", "a voltage that moves no cell",
                 f"{v_read:g} V", f"It is read at {usual:g} V.")  # fmt: skip
        low, high = self.cell.conductance(volts, np.array([0.0, 1.0]))
        return IdealCell(g_min=float(low), g_max=float(high))

    def pair(self, lag: Floats | float, x: Floats | float) -> Moved:
        """Return what pairs of ``lag`` (n,) [s] do to states ``x`` (m,), by the equations.

        Arrays are (n, m); a number stands for an array of one.
        """
        return moved(self.cell, self.pre, self.post, np.atleast_1d(lag), np.atleast_1d(x))

    def lags(self, x: float, count: int = 40) -> Floats:
        """Return ``count`` lags [s] a side, evenly spaced, where pairs move the state ``x``.

        They begin beside the overlap of the plateaus and end where 1 % of the largest change is
        left; a side without changes is as long as its tail.
        """
        table = _table(self.cell, self.pre, self.post)
        change = np.abs(self.change(table.lag, x))
        moving = table.lag[change > LEAST * change.max()]
        first = moving.min(initial=-self.post.width)
        last = moving.max(initial=self.pre.width)
        first = first if first < -self.post.width else -self.post.width - self.post.tau
        last = last if last > self.pre.width else self.pre.width + self.pre.tau
        return np.concatenate([np.linspace(first, -self.post.width, count),
                               np.linspace(self.pre.width, last, count)])  # fmt: skip

    def window(self, x: float, lag: Floats | None = None) -> Window:
        """Return the learning window of the state ``x`` by the equations, with its fits.

        Parameters
        ----------
        x
            State before the pair.
        lag : (n,) [s]
            Rising lags; None for :meth:`lags`. Fits take those beside the overlap of plateaus.

        Raises
        ------
        DataError
            If a side has too few changes to fit: no pair passes the thresholds there.
        """
        lag = self.lags(x) if lag is None else lag
        change, energy = (part[:, 0] for part in self.pair(lag, np.array([x])))
        before, after = lag <= -self.post.width, lag >= self.pre.width
        return Window(
            x, lag, change, energy,
            fitted(-lag[before][::-1], change[before][::-1]), fitted(lag[after], change[after]),
        )  # fmt: skip


class _Table(NamedTuple):
    """What a spike does ``alone``, and pairs of ``lag`` (n,) [s] beyond that, (n, states)."""

    lag: Floats
    change: Floats
    energy: Floats
    alone: Isolated


@functools.lru_cache(maxsize=32)
def _table(cell: CircuitCell, pre: SpikeWaveform, post: SpikeWaveform) -> _Table:
    """Return the table of a cell and its waveforms; lags lie closest where plateaus overlap."""
    x = np.linspace(0.0, 1.0, STATES)
    far = FAR * np.linspace(0.0, 1.0, BEYOND) ** 2
    edges = np.unique([-post.width, 0.0, pre.width - post.width, pre.width])
    inner = [np.linspace(a, b, WITHIN) for a, b in itertools.pairwise(edges)]
    lag = np.unique(np.concatenate([-post.width - post.tau * far, *inner,
                                    pre.width + pre.tau * far]))  # fmt: skip
    change, energy = moved(cell, pre, post, lag, x)
    one = np.zeros(1)
    no_pre, no_post = (replace(each, height=0.0, tail=0.0) for each in (pre, post))
    by_pre, by_post = moved(cell, pre, no_post, one, x), moved(cell, no_pre, post, one, x)
    alone = Isolated(by_pre.change[0], by_post.change[0], by_pre.energy[0], by_post.energy[0])
    energy = energy - alone.energy_pre - alone.energy_post
    return _Table(lag, np.clip(change, -x, 1 - x) - alone.pre - alone.post, energy, alone)


def _between(lags: Floats, values: Floats, lag: Floats | float, x: Floats | float) -> Floats:
    """Return ``values`` (lags, states) at ``lag`` and ``x``, and 0 beyond ``lags``."""
    lag, x = np.broadcast_arrays(np.asarray(lag, np.float64), np.asarray(x, np.float64))
    k = np.clip(np.searchsorted(lags, lag), 1, len(lags) - 1)
    after = np.clip((lag - lags[k - 1]) / (lags[k] - lags[k - 1]), 0.0, 1.0)
    place = x * (STATES - 1)
    j = np.minimum(place.astype(np.int64), STATES - 2)
    share = place - j
    low = values[k - 1, j] + share * (values[k - 1, j + 1] - values[k - 1, j])
    high = values[k, j] + share * (values[k, j + 1] - values[k, j])
    beyond = (lag < lags[0]) | (lag > lags[-1])
    return np.where(beyond, 0.0, low + after * (high - low))
