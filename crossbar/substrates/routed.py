"""Weights whose rows stand on other word lines, away from faulty cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from crossbar.activity import EVENT, Activity
from crossbar.array_checks import entry, require_entry
from crossbar.circuit.clipping import cut
from crossbar.circuit.remap import assigned
from crossbar.circuit.trains import Trains
from crossbar.circuit.writing import targets_of
from crossbar.devices import Tally
from crossbar.errors import DataError, fail, message
from crossbar.substrates.arguments import as_matrix
from crossbar.substrates.around import Around
from crossbar.substrates.tile import Tile
from crossbar.substrates.wrapped import Wrapped
from crossbar.substrates.writing import count_programming
from crossbar.types import Floats, Integers, Rng
from crossbar.units import quantity


@dataclass
class Routed(Around):
    """Weights whose row k stands on the word line ``lines[k]``; the other lines rest.

    Inputs are led to their lines, and outputs of transposed reads back, in digital.

    Attributes
    ----------
    lines : (rows,)
        Word line of every row, the same in all arrays and copies.
    """

    lines: Integers

    @property
    def order(self) -> Integers:
        """Word line of every row."""
        return self.lines

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and cols."""
        return len(self.lines), self.held.shape[1]

    @property
    def weights(self) -> Floats:
        """Weights in the order of the inputs, (copies, rows, cols)."""
        return self.held.weights[:, self.lines]

    def _led(self, x: Floats) -> Floats:
        """Return ``x`` (..., rows) on the word lines."""
        led = np.zeros((*x.shape[:-1], self.held.shape[0]), x.dtype)
        led[..., self.lines] = x
        return led

    def stored(self, weights: Floats) -> Floats:
        """Return ``weights`` on the word lines."""
        return self._led(weights.T).T

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W."""
        return self.held.read(self._led(x), rng=rng, values=values or x.size)

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T."""
        return self.held.read_back(d, rng=rng)[..., self.lines]

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows."""
        return self.held.read_rows(self._led(driven), rng=rng)

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Change W by ``-rate x^T d``."""
        self.held.change(self._led(x), d, rate, rng=rng, trains=trains)

    def products(self, x: Floats, d: Floats, *, rng: Rng) -> Floats:
        """Return the products of ``d`` and ``x``."""
        return self.held.products(self._led(x), d, rng=rng)[..., self.lines]

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Change W by ``-rate`` times each of ``products``."""
        self.held.offer(self._led(products), rate, multiplied, rng=rng)

    def aged(self, seconds: float, temperature: float | None = None) -> Routed:
        """Return a copy that has drifted until ``seconds``, its rows on the same lines."""
        return Routed(self.held.aged(seconds, temperature), self.lines)

    def arrays(self) -> dict[str, Floats]:
        """Return the state of the arrays, and the word line of every row."""
        return self.held.arrays() | {"lines": self.lines.astype(np.float64)}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        where, lines = f"Routed '{self.name}'", self.held.shape[0]
        order = require_entry(where, arrays, "lines", self.lines.shape)
        if len(np.unique(order)) < len(order) or not np.isin(order, np.arange(lines)).all():
            expected = f"different word lines from 0 to {lines - 1}"
            raise DataError(message(f"{where}, 'lines'", expected, "others", "Check the file."))
        self.held.restore({name: entry(where, arrays, name) for name in self.held.arrays()})
        self.lines = order.astype(np.intp)


@dataclass(frozen=True, kw_only=True)
class Rerouted(Wrapped):
    """A tile that finds its faulty cells, and then puts every row on a word line that suits it.

    Weights are programmed, cells read back, rows assigned to lines for the least sum of squared
    errors (:func:`crossbar.circuit.remap.assigned`), and all cells programmed again, with what the
    other cells of a weight can do.

    Parameters
    ----------
    held
        The tile; its ``remap`` finds the cells.
    spare
        Word lines beyond those of the weights. They are driven by no input.

    Source: the assignment as in Liu et al., DAC 2017, by the algorithm of Crouse, IEEE TAES 52,
    2016 (SciPy). Valid for: faults that stand. A line that is not used adds its cells to bit lines
    alone, at rest.
    """

    held: Tile
    spare: int = quantity(0, low=0, high=100_000)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.held.remap is None:
            remedy = "Set tile.remap.limit, from which a cell is held for faulty."
            fail("Rerouted.held", "a tile with remap", "none", remedy)

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> Routed:
        """Fabricate arrays for ``weights`` (rows, cols), write and route them."""
        weights = as_matrix("Rerouted.program", weights, rng)
        rows, remap = len(weights), self.held.remap
        assert remap is not None  # by __post_init__
        wide = np.pad(weights, ((0, self.spare), (0, 0)))
        first = replace(self.held, remap=None)
        once = Activity()
        state = first.program(wide, rng=rng, copies=copies, name=name, activity=once)
        (writing,), array, tally = rng.spawn(1), state.array, Tally()
        held = cut(wide, array.mapping)
        lines, targets = self.held.compensation, targets_of(array, held)
        targets = targets if lines is None else lines.targets(array, targets)
        inspection = remap.inspect(array.cells, targets, tally, rng=writing)
        tally.faulty = 0.0  # those that are found again count
        order = assigned(held, array.mapping, array.device.window, inspection, driven=rows)
        led = np.zeros_like(wide)
        led[order] = weights
        way = self.held.programming
        tally.add(array.program(led, rng=writing, way=way, remap=remap, lines=lines))
        for event in ("program_clipped", "program_missed"):  # the last programming has its own
            once.of(name)[EVENT[event]] = 0.0
        counted = Activity() if activity is None else activity
        counted.include(once)
        count_programming(counted.of(name), self.held.device, tally)
        return Routed(replace(state, spec=self.held, activity=counted), order)
