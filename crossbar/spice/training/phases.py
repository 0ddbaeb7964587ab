"""When things happen in a training step: forward read, transposed read, change of the codes."""

from __future__ import annotations

from dataclasses import dataclass

from crossbar.checks import Checked
from crossbar.spice.engine.deck import Deck
from crossbar.spice.engine.numbers import Corners, pulse, pwl
from crossbar.units import quantity


@dataclass(frozen=True, kw_only=True)
class Phases(Checked):
    """Times of one training step, as long as its amplifiers need to settle.

    Parameters
    ----------
    forward : [s]
        Forward read of every layer, softmax and difference.
    backward : [s]
        Transposed reads from the last layer to the second, and multiplication.
    write : [s]
        Latching of the new codes, first into a master, then from it into the cells: the codes
        that are read never depend on themselves.
    edge : [s]
        Rise of the inputs, rise and fall of the phase signals, and the pause between phases. With
        edges of a nanosecond, in which amplifiers slew, one step in two did not converge.

    Source: the softmax of spice_models/ settles to 1 % of full scale in 2.4 us and goes on, the
    amplifiers settle to 1e-4 in 0.1 us (docs/blocks.md).
    """

    forward: float = quantity(12e-6, unit="s", low=1e-12, high=1)
    backward: float = quantity(200e-9, unit="s", low=1e-12, high=1)
    write: float = quantity(5e-9, unit="s", low=1e-12, high=1)
    edge: float = quantity(20e-9, unit="s", low=1e-12, high=1)

    @property
    def read(self) -> float:
        """When the forward signals are held [s]."""
        return self.forward

    @property
    def end(self) -> float:
        """End of the step [s]."""
        return self.forward + self.backward + 2 * self.write + 12 * self.edge

    def place(self, deck: Deck) -> None:
        """Add the phase signals, 1 V in their phase.

        ``forward`` and ``backward`` say which lines drive, ``track`` that forward signals pass,
        ``take`` and ``give`` write master and cells.
        """
        e, turn = self.edge, self.forward + 2 * self.edge
        take = turn + 3 * e + self.backward
        give = take + self.write + 3 * e
        signals: dict[str, Corners] = {
            "track": [(0, 1), (self.forward, 1), (self.forward + e, 0)],
            "forward": [(0, 1), (turn, 1), (turn + e, 0)],
            "backward": [(0, 0), (turn + e, 0), (turn + 2 * e, 1)],  # all lines rest in between
            "take": [(0, 0), *pulse(take, e, take + e + self.write, 1)],
            "give": [(0, 0), *pulse(give, e, give + e + self.write, 1)],
        }
        for name, points in signals.items():
            deck.add(f"V{name} {name} 0 {pwl(points)}")
        deck.add("Voff off 0 0")
        deck.tran(step=self.end / 200, stop=self.end, longest=self.end / 50, uic=True)
