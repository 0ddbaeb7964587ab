"""What a result keeps of the spikes of a chip."""

from __future__ import annotations

from crossbar.nn import Chip
from crossbar.random import Streams
from crossbar.runs.build import Parts
from crossbar.spiking import Traces
from crossbar.types import Record

WATCHED = 100  # test samples whose spikes are kept


def spikes_of(chip: Chip, parts: Parts, streams: Streams) -> Record:
    """Return what spiking neurons do with some test samples, on a copy; nothing without any."""
    if not any(layer.trace() for layer in chip.layers.values()):
        return {}
    return Traces.of(chip.copy(), parts.test[0][:WATCHED], rng=streams("spikes")).record()
