"""Synapses in hardware: a spike waits for its delay, and then reads its word line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from crossbar.displayed import Displayed
from crossbar.spiking.networks.group import Synapses
from crossbar.spiking.queues import Waiting
from crossbar.spiking.spikes import Spikes
from crossbar.substrates import Weights
from crossbar.types import Doubles, Floats, Integers, Rng

AT_ONCE = 4096  # reads of a call


@dataclass(frozen=True)
class Arrivals:
    """Charges (n,) [C] at neurons (n,), at times (n,) [s]."""

    times: Floats
    neurons: Integers
    charges: Floats

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Arrivals:
        """Return all of ``parts`` in order of time; of equal times those of earlier parts first."""
        parts = [part for part in parts if part.times.size]
        if not parts:
            return Arrivals(np.empty(0), np.empty(0, np.int64), np.empty(0))
        rows = [(part.times, part.neurons, part.charges) for part in parts]
        times, neurons, charges = map(np.concatenate, zip(*rows, strict=True))
        order = np.argsort(times, kind="stable")
        return Arrivals(times[order], neurons[order], charges[order])


@dataclass(eq=False, repr=False)
class Wired(Displayed):
    """Synapses in hardware.

    Attributes
    ----------
    spec, held
        The specification, and what holds the weights.
    delays : (1,), (rows,) or (rows, cols) [s]
        Of all, of every line, or of every synapse.
    """

    spec: Synapses
    held: Weights
    delays: Doubles

    @property
    def shortest(self) -> float:
        """Shortest delay [s]."""
        return float(self.delays.min())

    def send(self, spikes: Spikes, waiting: Waiting) -> None:
        """Let ``spikes`` of the source wait for their delays, each once for every delay it has."""
        if not len(spikes):
            return
        cols = self.held.shape[1] if self.delays.ndim == 2 else 1
        own = np.arange(cols)
        which = (spikes.lines[:, None] * cols + own if self.delays.size > 1
                 else np.zeros((len(spikes), 1), np.int64)).ravel()  # fmt: skip
        times, lines = np.repeat(spikes.times, cols), np.repeat(spikes.lines, cols)
        waits = np.count_nonzero(self.delays.ravel()[which])
        self.held.activity.add(self.held.name, "queued", float(waits))
        waiting.send(times, self.delays.ravel(), which=which, spikes=lines)

    def arrived(self, waiting: Waiting, until: float, rng: Rng) -> Arrivals:
        """Return what arrives before ``until`` [s].

        Every arrival reads its word line alone, with the noise, the wires and the converters of
        the substrate. Where every synapse has a delay of its own, the others of that read count
        for nothing: the arrivals of a spike are as many reads.
        """
        due, (rows, cols) = waiting.deliver(until), self.held.shape
        if not len(due):
            return Arrivals.joined([])
        charges = np.empty((len(due), cols))
        for first in range(0, len(due), AT_ONCE):
            lines = due.spikes[first : first + AT_ONCE]
            charges[first : first + AT_ONCE] = self._read(lines, rows, rng)
        if self.delays.ndim == 2:
            neurons = due.delays % cols
            return Arrivals(due.times, neurons, charges[np.arange(len(due)), neurons])
        neurons = np.tile(np.arange(cols), len(due))
        return Arrivals(np.repeat(due.times, cols), neurons, charges.ravel())

    def _read(self, lines: Integers, rows: int, rng: Rng) -> Floats:
        """Return the charges (n, cols) [C] of reads of single ``lines``."""
        driven = np.zeros((len(lines), rows), self.held.dtype)
        driven[np.arange(len(lines)), lines] = 1
        read: Floats = self.spec.charge * self.held.read_rows(driven, rng=rng).astype(np.float64)
        return read
