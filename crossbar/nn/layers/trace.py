"""What the neurons of a layer did in time."""

from __future__ import annotations

from typing import NamedTuple

from crossbar.types import Floats, Integers


class Trace(NamedTuple):
    """What the neurons of a layer did in time, with the samples that were presented last.

    Attributes
    ----------
    samples, neurons : (spikes,)
        Of every spike.
    times : (spikes,) [s]
        When it was.
    width
        How many neurons there are.
    until : [s]
        When a sample ends.
    at : (points,) [s]
        When membranes were seen.
    membranes : (samples, points, neurons) [V]
        Their voltages then; of no points where none are kept.
    """

    samples: Integers
    neurons: Integers
    times: Floats
    width: int
    until: float
    at: Floats
    membranes: Floats
