"""Master weights in digital memory that are read through chips: hardware-aware training."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.activity import Activity
from crossbar.array_checks import require_entry
from crossbar.circuit.trains import Trains
from crossbar.substrates.arguments import as_age, as_matrix
from crossbar.substrates.around import Around
from crossbar.substrates.digital import DigitalState
from crossbar.substrates.port import Substrate, Weights
from crossbar.substrates.windows import Sliding
from crossbar.substrates.wrapped import Holding
from crossbar.types import Floats, Rng
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Aware(Holding):
    """Master weights in digital memory, read through chips that are fabricated for them anew.

    Forward reads are those of a chip, with all of its errors. Gradients go back through the weights
    of this chip, without errors of their own, and change the master weights as if these stood in
    the cells (straight through).

    Parameters
    ----------
    held
        What the weights are programmed into.
    every
        Changes of the master weights between two chips. In between the same one is programmed
        again, unless a weight has outgrown its range.
    clip
        Largest master weight, in standard deviations of those of its matrix; None for no limit. All
        cells of a matrix share one scale, so a few large weights make the errors of the others
        large.

    Source: noise in weights, Murray and Edwards, IEEE Trans. Neural Netw. 5:792, 1994; with a limit
    of weights, Joshi et al., Nat. Commun. 11:2473, 2020.
    """

    every: int = quantity(20, low=1, high=1_000_000)
    clip: float | None = quantity(None, above=0, high=1e6)

    def program(
        self,
        weights: Floats,
        *,
        rng: Rng,
        copies: int = 1,
        name: str = "tile",
        activity: Activity | None = None,
    ) -> AwareState:
        """Return ``weights`` (rows, cols) in memory, with a first chip."""
        weights = as_matrix("Aware.program", weights, rng)
        counted = Activity() if activity is None else activity
        chips = Chips(self.held.filled(), copies, name, int(rng.integers(2**63)))
        values: Floats = np.array(weights, chips.fabricate(weights, 0).dtype)
        return AwareState(values, name, counted, self, chips)


@dataclass(frozen=True)
class Chips:
    """Where the chips of one matrix come from: each has a number, and its own random draws."""

    substrate: Substrate
    copies: int
    name: str
    key: int

    def fabricate(self, weights: Floats, number: int) -> Weights:
        """Return the chip of ``number``, programmed with ``weights`` (rows, cols)."""
        rng = np.random.default_rng([self.key, number])
        return self.substrate.program(weights, rng=rng, copies=self.copies, name=self.name)

    def write(self, chip: Weights, weights: Floats, *at: int) -> None:
        """Program ``chip`` again, with ``weights``."""
        chip.rewrite(weights, rng=np.random.default_rng([self.key, *at]))


def largest(chip: Weights, weights: Floats) -> float:
    """Return the largest number that the cells of ``chip`` hold where it holds ``weights``."""
    stored = chip.stored(weights) if isinstance(chip, Around) else weights
    return float(np.abs(stored).max())


@dataclass
class AwareState(DigitalState):
    """Master weights, and the chip that they are read through now.

    What the chip does is rehearsal, and counts as the products of digital memory.
    """

    spec: Aware
    chips: Chips
    chip: Weights | None = None
    number: int = 0
    changes: int = field(default=0, init=False)
    written: bool = field(default=True, init=False)
    reach: float = field(default=0.0, init=False)
    ranged: bool = field(default=False, init=False)

    def _now(self) -> Weights:
        """Return the chip of now, programmed with the weights of now."""
        if self.chip is not None and not self.written:
            if largest(self.chip, self.values) > self.reach:
                self._next()
            else:
                self.chips.write(self.chip, self.values, self.number, self.changes)
        if self.chip is None:
            self.chip = self.chips.fabricate(self.values, self.number)
            self.reach = largest(self.chip, self.values)
        self.written = True
        return self.chip

    def _next(self) -> None:
        """Let the next read be that of another chip."""
        self.number, self.changes, self.chip, self.ranged = self.number + 1, 0, None, False

    def read(self, x: Floats, *, rng: Rng, values: int | None = None) -> Floats:
        """Return x @ W as the chip reads it; its ADC has its range from the first read."""
        chip = self._now()
        if not self.ranged and chip.tile is not None and chip.tile.spec.adc is not None:
            chip.tile.calibrate(x, rng=rng)
        self.ranged = True
        self.activity.add(self.name, "mac_forward", x.size * self.values.shape[1])
        return chip.read(x, rng=rng, values=values)

    def read_rows(self, driven: Floats, *, rng: Rng) -> Floats:
        """Return the sums of the driven rows as the chip reads them."""
        cols = self.values.shape[1]
        self.activity.add(self.name, "mac_forward", int(np.count_nonzero(driven)) * cols)
        return self._now().read_rows(driven, rng=rng)

    @property
    def noisy(self) -> bool:
        """Whether reads of the chip have noise."""
        return self._now().noisy

    @property
    def sliding(self) -> Sliding | None:
        """The read of windows of the chip."""
        slide = self._now().sliding
        if slide is None:
            return None

        def counted(x: Floats, kernel: int, *, rng: Rng) -> Floats:
            y = slide(x, kernel, rng=rng)
            self.activity.add(self.name, "mac_forward", y.size * len(self.values))
            return y

        return counted

    def read_back(self, d: Floats, *, rng: Rng) -> Floats:
        """Return d @ W.T of the weights that the chip has, exactly."""
        self.activity.add(self.name, "mac_transposed", int(np.count_nonzero(d)) * len(self.values))
        seen = self._now().weights.mean(axis=0, dtype=self.values.dtype)
        y: Floats = d.astype(self.values.dtype, copy=False) @ seen.T
        return y

    def change(
        self, x: Floats, d: Floats, rate: float, *, rng: Rng, trains: Trains | None = None
    ) -> None:
        """Subtract ``rate x^T d`` from the master weights."""
        super().change(x, d, rate, rng=rng, trains=trains)
        self._changed()

    def offer(
        self, products: Floats, rate: float, multiplied: int | None = None, *, rng: Rng
    ) -> None:
        """Subtract ``rate`` times the sum of ``products`` from the master weights."""
        super().offer(products, rate, multiplied, rng=rng)
        self._changed()

    def _changed(self) -> None:
        """Cut the master weights, and take another chip where that is due."""
        if self.spec.clip is not None:
            most = self.spec.clip * self.values.std(dtype=np.float64)
            np.clip(self.values, -most, most, out=self.values)
        self.changes, self.written, self.ranged = self.changes + 1, False, False
        if self.changes >= self.spec.every:
            self._next()

    def refresh(self) -> None:
        """Take another chip: an epoch begins with its own, resumed or not."""
        self._next()

    def aged(self, seconds: float, temperature: float | None = None) -> AwareState:
        """Return a copy: master weights do not drift."""
        as_age(f"Aware '{self.name}'", seconds, temperature)
        return self.copy()

    def arrays(self) -> dict[str, Floats]:
        """Return the master weights, and the number of the chip."""
        return super().arrays() | {"number": np.array(self.number)}

    def restore(self, arrays: dict[str, Floats]) -> None:
        """Take the state from what :meth:`arrays` returned."""
        super().restore(arrays)
        number = require_entry(f"Aware '{self.name}'", arrays, "number", ())
        self.number, self.changes, self.chip = int(number), 0, None
