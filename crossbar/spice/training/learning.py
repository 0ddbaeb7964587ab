"""A small network that learns in circuit: one ngspice run a sample, codes carried over."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from crossbar.errors import SimulationError, message
from crossbar.nn import Chip
from crossbar.spice.blocks import FULL
from crossbar.spice.engine.ngspice import LIMIT, run
from crossbar.spice.engine.waveforms import Waveforms
from crossbar.spice.training.phases import Phases
from crossbar.spice.training.ranges import Ranges
from crossbar.spice.training.step import step_deck
from crossbar.types import Floats, Integers

WHOLE = 0.25  # V, farthest from a whole number that a latch may stop whose ADC was in two minds


@dataclass
class Learner:
    """A chip whose learning is simulated by ngspice, in at most ``limit`` seconds a step.

    The codes of the chip are the state and change with every step.
    """

    chip: Chip
    ranges: Ranges
    phases: Phases = field(default_factory=Phases)
    limit: float = LIMIT

    def learn(
        self, image: Floats, label: int, rate: float, *, masks: np.random.Generator
    ) -> Floats:
        """Let ngspice learn one image and write the new codes to the chip.

        Returns the class probabilities (classes,) before the step.

        Raises
        ------
        SimulationError
            If a code did not settle to a whole number.
        """
        plan = step_deck(
            self.chip, image, label, rate, ranges=self.ranges, masks=masks, phases=self.phases
        )
        waves = run(plan.deck, limit=self.limit)
        p = [float(waves.at(f"v({node})", self.phases.read)) / FULL for node in plan.probabilities]
        for crossing in plan.crossings:
            for codes in crossing.groups:
                codes.take(latched(waves, codes.nodes()))
            crossing.tile.array.renew()
        return np.array(p)


def latched(waves: Waveforms, nodes: list[str]) -> Integers:
    """Return the codes (nodes,) that stand on ``nodes`` at the end, whole numbers."""
    volts = np.array([waves[f"v({node})"][-1] for node in nodes])
    codes = np.rint(volts)
    off = int(np.argmax(np.abs(volts - codes)))
    if abs(volts[off] - codes[off]) > WHOLE:
        remedy = "Lengthen Phases.write."
        raise SimulationError(message(nodes[off], "a whole code", f"{volts[off]:.4f}", remedy))
    whole: Integers = codes.astype(np.int16)
    return whole
