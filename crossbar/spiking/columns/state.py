"""Columns in hardware: cells, thresholds and what they count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import real
from crossbar.checks import require_generator, require_whole
from crossbar.devices import Cells, Device
from crossbar.displayed import Displayed
from crossbar.errors import DataError, ShapeError, message
from crossbar.kernels.spikes.race import race
from crossbar.progress import Progress, reporting, shown
from crossbar.spiking.columns.moves import PART, Moves
from crossbar.types import Doubles, Floats, Integers, Rng

if TYPE_CHECKING:
    from crossbar.spiking.columns.columns import Columns

NOBODY = -1


@dataclass(eq=False, repr=False)
class ColumnsState(Displayed):
    """Columns that were built; waves are (n, lines) times [s], infinity for a silent line.

    Attributes
    ----------
    spec
        What they are.
    cells
        Cells of each column, (lines, 1).
    thresholds : (columns,) [C]
        Charges at which they fire.
    leaks : (columns,) [1/s]
        Of the membranes.
    slow : (columns,)
        Factors of the time constants of the rule.
    activity
        What happened: reads, spikes, pulses and their energies.
    """

    spec: Columns
    cells: list[Cells]
    thresholds: Doubles
    leaks: Doubles
    slow: Doubles
    activity: Activity = field(default_factory=Activity)

    def __post_init__(self) -> None:
        self.g = np.hstack([one.g for one in self.cells]).astype(np.float64)
        self.moves = Moves(self)

    @property
    def memory(self) -> Device:
        """The device of the cells."""
        return self.cells[0].spec

    @property
    def lines(self) -> int:
        """Word lines."""
        return len(self.g)

    @property
    def count(self) -> int:
        """Columns."""
        return len(self.cells)

    def renew(self) -> None:
        """Take the conductances of the cells anew, after they drifted or were pinned."""
        for k, cells in enumerate(self.cells):
            self.g[:, k] = cells.g[:, 0]

    @reporting
    def learn(
        self, waves: Floats, *, passes: int = 1, rng: Rng, progress: Progress = shown
    ) -> Integers:
        """Let the columns race and learn, and return who won each wave, (passes, n).

        -1 stands for nobody. Waves come in another order in every pass; rates of homeostasis fall
        from pass to pass, and start anew with every call.

        Raises
        ------
        ShapeError, DataError
            If waves are of other lines, or a time is negative or not a number.
        """
        require_generator("ColumnsState.learn", rng)
        waves = self._waves("learn", waves)
        require_whole("ColumnsState.learn.passes", passes, low=1)
        won = np.empty((passes, len(waves)), np.int64)
        for k in range(passes):
            for n, s in enumerate(rng.permutation(len(waves))):
                won[k, s] = self._compete(waves[s], k, rng)
                if n % 100 == 0:
                    progress("learn", k * len(waves) + n, won.size, f"pass {k + 1} of {passes}")
        self.moves.settle()
        self.activity.add(PART, "images", won.size)
        return won

    def times(self, waves: Floats, *, first: int = 1, rng: Rng) -> Floats:
        """Return when each column fires in each wave, (n, columns) [s], if none inhibits another.

        A wave ends once ``first`` columns have fired; infinity stands for those that have not.

        Raises
        ------
        ShapeError, DataError, ConfigError
            If waves are of other lines, a time is negative or not a number, or ``first`` is not
            from 1 to the number of columns.
        """
        require_generator("ColumnsState.times", rng)
        waves = self._waves("times", waves)
        require_whole("ColumnsState.times.first", first, low=1, high=self.count)
        if self._quiet:
            crossed = self._race(waves, self.g, first)
        else:
            crossed = np.concatenate([self._race(w[None], self._read(rng), first) for w in waves])
        for wave, each in zip(waves, crossed, strict=True):
            self._count(wave, np.sort(each)[first - 1], min(first, np.isfinite(each).sum()))
        self.activity.add(PART, "images", len(waves))
        return crossed

    def _race(self, waves: Doubles, g: Doubles, first: int) -> Doubles:
        """Return when columns cross their thresholds, (n, columns) [s]."""
        crossed = np.empty((len(waves), self.count))
        spec = self.spec.race
        race(waves, spec.width, g, spec.v_read, self.thresholds, self.leaks, first, crossed)
        return crossed

    def _compete(self, wave: Doubles, passed: int, rng: Rng) -> int:
        """Let one wave be won and learned by the winner, and return who that is."""
        g = self.g if self._quiet else self._read(rng)
        crossed = self._race(wave[None], g, 1)[0]
        winner = int(np.argmin(crossed))
        fired = float(crossed[winner])
        self._count(wave, fired, int(np.isfinite(fired)))
        home = self.spec.homeostasis
        self.thresholds *= home.following(passed, fired)
        if np.isinf(fired):
            return NOBODY
        self.moves.learn(winner, fired - wave, rng)
        every, own = home.winning(passed, self.count)
        self.thresholds *= every
        self.thresholds[winner] *= own
        return winner

    @property
    def _quiet(self) -> bool:
        """Whether reads have no noise."""
        return not any(self.memory.read_noise) and not self.cells[0].flicker().size

    def _read(self, rng: Rng) -> Doubles:
        """Return the conductances as the pulses of one wave read them, a draw a cell."""
        absolute, relative = self.memory.read_noise
        variance = absolute**2 + (relative * self.g) ** 2
        flicker = [one.flicker() for one in self.cells]
        if flicker[0].size:
            variance += np.hstack(flicker)
        return np.asarray(self.g + np.sqrt(variance) * rng.standard_normal(self.g.shape))

    def _count(self, wave: Floats, end: float, fired: int) -> None:
        """Count what the read of a wave until ``end`` [s] took."""
        race = self.spec.race
        begun = wave < end
        on = np.minimum(end - wave[begun], race.width)
        self.activity.add(PART, "read_energy", race.v_read**2 * float(on @ self.g[begun].sum(1)))
        self.activity.add(PART, "mac_forward", int(begun.sum()) * self.count)
        self.activity.add(PART, "spikes", fired)
        over = wave[begun].max(initial=0.0) + race.width
        self.activity.add(PART, "neuron_time", self.count * min(end, over))

    def _waves(self, method: str, waves: Floats) -> Doubles:
        """Return ``waves`` (n, lines), or raise unless they are."""
        where = f"ColumnsState.{method}.waves"
        given = real(where, waves).astype(np.float64)
        if given.ndim != 2 or given.shape[1] != self.lines or not len(given):
            expected, remedy = f"shape (n, {self.lines})", "Give a row a wave, a column a line."
            raise ShapeError(message(where, expected, given.shape, remedy))
        if not given.min() >= 0:
            got = "NaN" if np.isnan(given).any() else f"{given.min():g} s"
            remedy = "Give when each line spikes; infinity for never."
            raise DataError(message(where, "times from 0", got, remedy))
        return np.ascontiguousarray(given)
